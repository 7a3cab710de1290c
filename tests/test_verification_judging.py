"""An answer is judged by what it holds: a status of 200 alone proves nothing."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.verifying import RIGHT
from tui_registry.verification.judge_chat import counted, decode_rate, instruction, judge_chat, other_name
from tui_registry.verification.judge_embeddings import judge_embeddings
from tui_registry.verification.judge_json import judge_json
from tui_registry.verification.judge_tools import judge_tools
from tui_registry.verification.judgement import Judgement
from tui_registry.wire import ChatReply, EmbedReply, Exchange, Json, Outcome, Timings, ToolCall, Usage

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SERVED = Exchange("POST", "https://x.example/v1/chat/completions", NOW, "ok", 200, model_served="m-1")
RIGHT_REPLY = ChatReply(
    replace(SERVED, usage=Usage(40, 41)),
    RIGHT,
    finish_reason="stop",
    streamed=True,
    clean_end=True,
    content_chunks=20,
    timings=Timings(0.3, 0.3, 1.3, 1.4, 1.5),
)


def judged(reply: ChatReply, *, listed: bool | None = True, asked_stream: bool = True) -> Judgement:
    return judge_chat(reply, model_id="m-1", listed=listed, asked_stream=asked_stream)


def failed(outcome: Outcome) -> Exchange:
    return replace(SERVED, outcome=outcome, status=400, message="No.")


class TestChat:
    def test_gives_every_score_at_once(self) -> None:
        verdict = judged(RIGHT_REPLY)
        assert (verdict.status, verdict.outcome) == ("pass", "ok")
        assert verdict.tokens_per_second == pytest.approx(40.0)
        assert verdict.scores == pytest.approx(
            {
                "existence": 1.0,
                "responsiveness": 1.0,
                "instruction": 1.0,
                "streaming": 1.0,
                "latency": 1.0,
                "throughput": 0.5637,
            },
            abs=1e-4,
        )

    @pytest.mark.parametrize(
        ("text", "share"),
        [
            (RIGHT, 1.0),
            (RIGHT.upper().replace(" ", ", "), 1.0),
            (" ".join(map(str, range(1, 21))), 1.0),
            ("one two three five", 0.15),
            ("One\ntwo\n3 four", 0.2),
            (RIGHT + " twenty-one", 1.0),
            ("Sure! one two", 0.0),
            ("\x11[<|", 0.0),
            ("", 0.0),
        ],
    )
    def test_counts_the_right_beginning_in_words_or_digits(self, text: str, share: float) -> None:
        assert instruction(text) == share

    @pytest.mark.parametrize("text", ["pong", "This is a mock response.", "\x11[<|a b c", "one two three"])
    def test_a_wrong_answer_is_no_pass_and_shows_no_existence(self, text: str) -> None:
        verdict = judged(replace(RIGHT_REPLY, text=text))
        assert verdict.status == "partial"
        assert "existence" not in verdict.scores

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (f"Sure! Here are the numbers from one to twenty:\n\n{RIGHT}.", 20),
            ("\n".join(f"{place}. {word.title()}" for place, word in enumerate(RIGHT.split(), 1)), 20),
            ("Write the numbers from one to twenty as English words, in order.", 1),
            ("one two three four five six seven eight nine", 9),
            ("twenty nineteen eighteen", 0),
        ],
    )
    def test_the_sequence_counts_wherever_it_stands(self, text: str, words: int) -> None:
        verdict = judged(replace(RIGHT_REPLY, text=text))
        assert verdict.checks["right_words"] == words
        assert verdict.status == ("pass" if words >= 10 else "partial")

    @pytest.mark.parametrize(
        ("asked", "served", "other"),
        [
            ("gpt-4o", "gpt-4o-2024-08-06", None),
            ("openai/gpt-4o", "gpt-4o-2024-08-06", None),
            ("gemini-2.5-pro", "models/gemini-2.5-pro", None),
            ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5", None),
            ("llama-3:free", "llama-3", None),
            ("m-1", None, None),
            ("gpt-4o", "gpt-4o-mini", "gpt-4o-mini"),
            ("gpt-4", "gpt-3.5-turbo", "gpt-3.5-turbo"),
        ],
    )
    def test_an_answer_under_another_name_is_told(
        self, asked: str, served: str | None, other: str | None
    ) -> None:
        assert other_name(served, asked) == other
        reply = replace(RIGHT_REPLY, exchange=replace(RIGHT_REPLY.exchange, model_served=served))
        verdict = judge_chat(reply, model_id=asked, listed=True, asked_stream=True)
        assert ("names another model" in verdict.sentence) is (other is not None)
        assert verdict.checks["served_as"] == other

    def test_a_stream_under_another_type_is_half_a_stream(self) -> None:
        exchange = replace(RIGHT_REPLY.exchange, headers={"content-type": "text/plain"})
        assert judged(replace(RIGHT_REPLY, exchange=exchange)).scores["streaming"] == 0.5

    def test_going_on_past_the_cap_is_told(self) -> None:
        verdict = judged(replace(RIGHT_REPLY, keeps_cap=False))
        assert (verdict.status, verdict.checks["keeps_cap"]) == ("pass", False)
        assert "past the tokens" in verdict.sentence

    def test_an_empty_answer_fails(self) -> None:
        for text in ("", " \n"):
            verdict = judged(replace(RIGHT_REPLY, text=text, finish_reason="stop"))
            assert (verdict.status, verdict.outcome) == ("fail", "protocol")
            assert verdict.scores["responsiveness"] == 0.0

    def test_reasoning_alone_is_half_a_response(self) -> None:
        verdict = judged(replace(RIGHT_REPLY, text="", reasoning_text="hm", finish_reason="length"))
        assert (verdict.status, verdict.scores["responsiveness"], verdict.reasons) == ("partial", 0.5, True)

    def test_thoughts_in_the_text_are_not_the_answer(self) -> None:
        verdict = judged(replace(RIGHT_REPLY, text=f"<think>one three</think>\n{RIGHT}"))
        assert (verdict.status, verdict.reasons) == ("pass", True)

    @pytest.mark.parametrize(
        ("listed", "served", "exists"),
        [
            (True, None, True),
            (None, "m-1", True),
            (None, None, False),
            (False, "m-1", False),
            (False, "m-1-2026-08-01", True),
            (False, "other", False),
        ],
    )
    def test_an_echoed_name_of_an_unlisted_model_proves_nothing(
        self, listed: bool | None, served: str | None, exists: bool
    ) -> None:
        reply = replace(RIGHT_REPLY, exchange=replace(RIGHT_REPLY.exchange, model_served=served))
        assert ("existence" in judged(reply, listed=listed).scores) is exists

    @pytest.mark.parametrize(
        ("changed", "score"),
        [
            ({}, 1.0),
            ({"content_chunks": 1}, 0.5),
            ({"clean_end": False}, 0.5),
            ({"content_chunks": 0}, 0.0),
            ({"streamed": False}, 0.0),
        ],
    )
    def test_streaming_needs_two_events_and_a_clean_end(
        self, changed: dict[str, object], score: float
    ) -> None:
        assert judged(replace(RIGHT_REPLY, **changed)).scores["streaming"] == score  # type: ignore[arg-type]
        assert judged(RIGHT_REPLY, asked_stream=False).scores["streaming"] == 0.0

    def test_a_whole_answer_has_no_latency_score(self) -> None:
        scores = judged(replace(RIGHT_REPLY, streamed=False)).scores
        assert "latency" not in scores
        assert "throughput" not in scores

    @pytest.mark.parametrize(
        ("outcome", "status"),
        [
            ("auth", "blocked"),
            ("funds", "blocked"),
            ("denied", "blocked"),
            ("rate", "blocked"),
            ("daily", "blocked"),
            ("too_large", "blocked"),
            ("missing", "fail"),
            ("protocol", "fail"),
            ("unsupported", "unsupported"),
            ("server", "error"),
            ("timeout", "error"),
            ("edge", "error"),
            ("params", "error"),
        ],
    )
    def test_each_outcome_has_its_status(self, outcome: Outcome, status: str) -> None:
        verdict = judged(ChatReply(failed(outcome)))
        assert (verdict.status, verdict.outcome) == (status, outcome)
        assert "existence" not in verdict.scores


class TestRate:
    @pytest.mark.parametrize(
        ("reply", "flag"),
        [
            (replace(RIGHT_REPLY, content_chunks=2), "burst"),
            (replace(RIGHT_REPLY, timings=Timings(0.3, 0.3, 0.54, 0.6, 0.6)), "burst"),
            (replace(RIGHT_REPLY, exchange=replace(SERVED, usage=Usage(40, 15))), "burst"),
            (replace(RIGHT_REPLY, exchange=replace(SERVED, usage=Usage(40, 41, 12))), "hidden reasoning"),
        ],
    )
    def test_a_sample_that_is_too_small_gives_none(self, reply: ChatReply, flag: str) -> None:
        rate, flags, _ = decode_rate(reply)
        assert rate is None
        assert flag in flags

    def test_tokens_are_estimated_from_bytes_when_nobody_counted(self) -> None:
        rate, flags, tokens = decode_rate(replace(RIGHT_REPLY, exchange=SERVED, text="x" * 401))
        assert rate == pytest.approx(100.0)
        assert tokens == 101
        assert "estimated" in flags


class TestTools:
    @pytest.mark.parametrize(
        ("name", "arguments", "choice", "value", "status"),
        [
            ("get_weather", '{"city": "Paris"}', "required", 1.0, "pass"),
            ("get_weather", '{"city": "PARIS, France"}', "required", 1.0, "pass"),
            ("get_weather", '{"city": "Paris"}', "auto", 0.5, "partial"),
            ("get_weather", {"city": "Paris"}, "required", 0.5, "partial"),
            ("get_weather", '{"city": "Berlin"}', "required", 0.5, "partial"),
            ("get_weather", '{"city": 7}', "required", 0.0, "fail"),
            ("get_weather", "{}", "required", 0.0, "fail"),
            ("get_weather", "[1]", "required", 0.0, "fail"),
            ("get_weather", '{"city": ', "required", 0.0, "fail"),
            ("weather", '{"city": "Paris"}', "required", 0.0, "fail"),
        ],
    )
    def test_the_right_tool_with_usable_arguments(
        self, name: str, arguments: Json, choice: str, value: float, status: str
    ) -> None:
        reply = ChatReply(SERVED, tool_calls=(ToolCall(name, arguments),), finish_reason="stop")
        verdict = judge_tools(reply, choice=choice)
        assert (verdict.scores, verdict.status) == ({"tools": value}, status)

    def test_an_object_is_right_where_the_dialect_sends_objects(self) -> None:
        reply = ChatReply(SERVED, tool_calls=(ToolCall("get_weather", {"city": "Paris"}),))
        assert judge_tools(reply, choice="required", as_objects=True).status == "pass"

    def test_an_imitation_in_text_is_no_call(self) -> None:
        reply = ChatReply(SERVED, text='get_weather({"city": "Paris"})', finish_reason="tool_calls")
        assert judge_tools(reply, choice="required").scores == {"tools": 0.0}

    @pytest.mark.parametrize("outcome", ["params", "unsupported"])
    def test_a_refusal_is_unsupported_and_no_failure(self, outcome: Outcome) -> None:
        verdict = judge_tools(ChatReply(failed(outcome)), choice="auto")
        assert (verdict.status, verdict.scores) == ("unsupported", {"tools": 0.0})

    def test_a_soft_failure_measures_nothing(self) -> None:
        verdict = judge_tools(ChatReply(failed("timeout")), choice="required")
        assert (verdict.status, verdict.scores) == ("error", {})


class TestJson:
    @pytest.mark.parametrize(
        ("text", "form", "value", "status"),
        [
            ('{"city": "Paris", "population": 2100000}', "json_schema", 1.0, "pass"),
            ('\n{"population": 1, "city": "x"} ', "json_schema", 1.0, "pass"),
            ('{"city": "Paris", "population": 2100000}', "json_object", 0.7, "partial"),
            ('```json\n{"city": "Paris", "population": 1}\n```', "json_schema", 0.3, "partial"),
            ('Here: {"city": "Paris", "population": 1}. Done', "json_object", 0.3, "partial"),
            ('{"city": "Paris", "population": "1"}', "json_schema", 0.0, "fail"),
            ('{"city": "Paris", "population": true}', "json_schema", 0.0, "fail"),
            ('{"city": "Paris", "population": 2100000.0}', "json_schema", 1.0, "pass"),
            ('{"city": "Paris", "population": NaN}', "json_schema", 0.0, "fail"),
            ('{"city": "Paris", "population": 1.5}', "json_schema", 0.0, "fail"),
            ('{"city": "Paris"}', "json_schema", 0.0, "fail"),
            ('{"city": "Paris", "population": 1, "more": 2}', "json_schema", 0.0, "fail"),
            ("[" * 100_000, "json_schema", 0.0, "fail"),
            ("", "json_schema", 0.0, "fail"),
        ],
    )
    def test_the_whole_answer_must_fit(self, text: str, form: str, value: float, status: str) -> None:
        verdict = judge_json(ChatReply(SERVED, text), form=form)
        assert (verdict.scores, verdict.status) == ({"json": value}, status)

    def test_values_that_were_not_asked_for_are_told(self) -> None:
        for text, as_asked in (
            ('{"city": "Paris", "population": 2100000}', True),
            ('{"city": "string", "population": 0}', False),
        ):
            verdict = judge_json(ChatReply(SERVED, text), form="json_schema")
            assert (verdict.status, verdict.checks["as_asked"]) == ("pass", as_asked)
            assert ("not those that were asked" in verdict.sentence) is not as_asked

    def test_a_refusal_of_both_forms_is_unsupported(self) -> None:
        verdict = judge_json(ChatReply(failed("params")), form="json_object")
        assert (verdict.status, verdict.scores) == ("unsupported", {"json": 0.0})


class TestEmbeddings:
    def test_usable_vectors_show_the_model(self) -> None:
        vectors = (tuple(range(8)), tuple(range(1, 9)))
        verdict = judge_embeddings(EmbedReply(SERVED, vectors), listed=None)
        assert (verdict.status, verdict.scores) == ("pass", {"embeddings": 1.0, "existence": 1.0})

    def test_a_200_without_vectors_fails(self) -> None:
        verdict = judge_embeddings(EmbedReply(SERVED), listed=True)
        assert (verdict.status, verdict.scores) == ("fail", {"embeddings": 0.0})


def test_what_is_made_to_be_read_for_ever_is_read_at_once() -> None:
    began = time.thread_time()
    assert other_name(f"m-1{'-1' * 98}x", "m-1") is not None
    assert other_name("m-1-2026-11-26.v2-preview", "m-1") is None
    assert counted("1 " * 2_000 + RIGHT) == pytest.approx(1 / 20)
    assert counted("1 " * 500 + RIGHT) == 1
    assert time.thread_time() - began < 0.05
