"""Replies as servers really send them: every dialect and every shape of stream gives the same facts."""

import json
from decimal import Decimal

import httpx2
import pytest

from tests.fault_server import DONE, FaultServer, delta, event, repeats, says, says_json, streams
from tests.wire_asking import QUICK, asking, at, chat_with, mocked
from tui_registry.wire import ChatReply, ChatRequest, JsonSchema, Tool, ToolCall, Usage, Wire

WEATHER = Tool(
    "get_weather", "Weather in a city", {"type": "object", "properties": {"city": {"type": "string"}}}
)
CITY = JsonSchema("city", {"type": "object", "properties": {"city": {"type": "string"}}})
STOP = event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "completion_tokens_details": {"reasoning_tokens": 1}}


async def test_role_empty_and_comment_chunks_are_no_tokens() -> None:
    reply = await chat_with(
        streams(
            [
                *(": keep-alive\n\n\n\n", delta(role="assistant"), delta(content=""), event({"choices": []})),
                *(0.15, delta(content="one "), 0.2, delta(content="two"), 0.2, STOP),
                *(event({"choices": [], "usage": USAGE}), 0.3, DONE),
            ]
        )
    )
    timings = reply.timings
    assert (reply.text, reply.finish_reason, reply.streamed, reply.clean_end) == (
        "one two",
        "stop",
        True,
        True,
    )
    assert reply.content_chunks == 2
    assert reply.exchange.usage == Usage(9, 4, 1)
    assert timings.first_token is not None
    assert timings.last_token is not None
    assert timings.finish is not None
    assert 0.15 <= timings.first_token < timings.last_token < timings.finish < timings.end
    assert timings.finish + 0.1 < timings.end


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_reasoning_beside_the_answer_is_told_apart(field: str) -> None:
    reply = await chat_with(streams([delta(**{field: "hm "}), 0.2, delta(content="yes"), STOP, DONE]))
    assert (reply.reasoning_text, reply.text) == ("hm ", "yes")
    assert reply.timings.first_token is not None
    assert reply.timings.first_answer is not None
    assert reply.timings.first_token + 0.05 < reply.timings.first_answer


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_reasoning_in_think_tags_is_told_apart_however_it_is_cut(size: int) -> None:
    said = "\n<think>a < b</think>\n\nyes </think> no"
    pieces = [delta(content=said[start : start + size]) for start in range(0, len(said), size)]
    reply = await chat_with(streams([*pieces, STOP, DONE]))
    assert (reply.reasoning_text, reply.text) == ("a < b", "yes </think> no")


@pytest.mark.parametrize("said", ["<thin", "<", "answer <think>x</think>"])
async def test_text_that_only_looks_like_a_tag_stays_the_answer(said: str) -> None:
    reply = await chat_with(streams([delta(content=letter) for letter in said] + [STOP, DONE]))
    assert (reply.reasoning_text, reply.text) == ("", said)


async def test_tool_calls_come_together_from_fragments() -> None:
    reply = await chat_with(
        streams(
            [
                delta(
                    tool_calls=[
                        {"index": 0, "id": "c1", "function": {"name": "get_weather", "arguments": ""}}
                    ]
                ),
                delta(tool_calls=[{"index": 0, "function": {"arguments": '{"city":'}}]),
                delta(
                    tool_calls=[{"index": 1, "id": "c2", "function": {"name": "other", "arguments": "{}"}}]
                ),
                delta(tool_calls=[{"index": 0, "function": {"arguments": '"Paris"}'}}]),
                STOP,
                DONE,
            ]
        )
    )
    assert reply.tool_calls == (
        ToolCall("get_weather", '{"city":"Paris"}', "c1"),
        ToolCall("other", "{}", "c2"),
    )
    assert reply.exchange.outcome == "ok"


async def test_arguments_that_are_an_object_stay_one() -> None:
    call = {"function": {"name": "get_weather", "arguments": {"city": "Paris"}}}
    answer = says_json({"choices": [{"message": {"tool_calls": [call]}, "finish_reason": "stop"}]})
    reply = await chat_with(answer, asking(stream=False))
    assert reply.tool_calls == (ToolCall("get_weather", {"city": "Paris"}),)


@pytest.mark.parametrize(
    ("pieces", "outcome"),
    [
        ([delta(content="a"), event({"error": {"code": 502, "message": "lost"}})], "server"),
        ([delta(content="a"), event({"error": {"code": 429, "message": "slow"}, "choices": []})], "rate"),
        ([delta(content="a"), event({"message": "boom"}, "error")], "server"),
        ([delta(content="a"), "data: {not json}\n\n"], "protocol"),
        (["event: error\ndata: Internal server error\n\n"], "server"),
        ([event({"error": {"message": "x", "code": "insufficient_quota"}})], "funds"),
        ([delta(content="a"), event({"choices": [{"error": {"message": "lost", "code": 502}}]})], "server"),
        ([delta(content="a"), delta("error"), DONE], "server"),
        ([event({"hello": 1}), DONE], "protocol"),
        ([DONE], "protocol"),
        ([": nothing\n\n"], "protocol"),
        ([delta(role="assistant"), STOP, DONE], "protocol"),
    ],
)
async def test_a_stream_that_fails_says_so(pieces: list[str], outcome: str) -> None:
    reply = await chat_with(streams(pieces))
    assert reply.exchange.outcome == outcome
    assert reply.exchange.status == 200
    assert reply.exchange.message


async def test_a_stream_cut_before_its_end_is_no_answer() -> None:
    reply = await chat_with(streams([delta(content="one two")], end=False))
    assert (reply.exchange.outcome, reply.exchange.reason) == ("protocol", "cut")
    assert (reply.text, reply.clean_end) == ("one two", False)


async def test_a_stream_cut_after_its_finish_is_whole() -> None:
    reply = await chat_with(streams([delta(content="one"), STOP], end=False))
    assert (reply.exchange.outcome, reply.clean_end) == ("ok", True)


async def test_a_stream_that_just_ends_is_an_unclean_end() -> None:
    reply = await chat_with(streams([delta(content="one")]))
    assert (reply.exchange.outcome, reply.clean_end, reply.text) == ("ok", False, "one")


async def test_a_terminal_event_ends_the_reading_although_the_server_stays() -> None:
    with FaultServer(streams([delta(content="one"), STOP, DONE, 30.0])) as server:
        async with Wire(deadlines=QUICK) as wire:
            reply = await wire.chat(at(server.url), asking())
    assert reply.exchange.outcome == "ok"
    assert reply.timings.end < 1


async def test_the_next_request_uses_the_same_connection() -> None:
    with FaultServer(streams([delta(content="one"), STOP, DONE])) as server:
        async with Wire(deadlines=QUICK) as wire:
            first = await wire.chat(at(server.url), asking())
            second = await wire.chat(at(server.url), asking())
        assert server.accepted == 1
    assert first.exchange.connect_ms is not None
    assert second.exchange.connect_ms is None


async def test_json_although_a_stream_was_asked_for_is_read_and_said() -> None:
    reply = await chat_with(
        says_json({"choices": [{"message": {"content": "one"}, "finish_reason": "stop"}]})
    )
    assert (reply.text, reply.streamed, reply.exchange.outcome) == ("one", False, "ok")


async def test_events_in_any_cut_and_line_ending_are_the_same() -> None:
    whole = (delta(content="öne ") + delta(content="two") + STOP).replace("\n", "\r\n").encode()
    reply = await chat_with(streams([whole[at : at + 1] for at in range(len(whole))]))
    assert (reply.text, reply.content_chunks) == ("öne two", 2)


@pytest.mark.parametrize(
    "whole",
    [
        "data:{}\n\ndata:{}\n\n",
        "data: {}\r\rdata: {}\r\r",
        "\ufeffdata: {}\n\n: note\nid: 7\ndata: {}\nretry: 5\n\n",
        "event: x\ndata: {}\n\ndata: {}",
        "data\n\ndata: {}\n\n\n\ndata: {}\r\n\r\n",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
async def test_every_spelling_of_events_is_read(whole: str, size: int) -> None:
    one, two = (delta(content=text).removeprefix("data: ").strip() for text in ("one ", "two"))
    first, _, rest = whole.partition("{}")
    data = (first + one + rest.replace("{}", two)).encode()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    reply = await chat_with(streams(pieces))
    assert (reply.text, reply.content_chunks) == ("one two", 2)


async def test_data_over_several_lines_is_one_event() -> None:
    said = json.dumps({"choices": [{"delta": {"content": "one"}}]}, indent=1)
    lines = "".join(f"data: {line}\n" for line in said.split("\n"))
    assert (await chat_with(streams([f"{lines}\n", STOP]))).text == "one"


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/octet-stream", ""])
async def test_a_stream_is_read_whatever_its_type_says(kind: str) -> None:
    reply = await chat_with(
        streams([": hi\n\n", delta(content="one "), delta(content="two"), STOP], kind=kind)
    )
    assert (reply.text, reply.streamed, reply.exchange.outcome) == ("one two", True, "ok")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('{"choices": [{"message": {"content": "one"}, "finish_reason": "stop"}]}', "ok"),
        ('{"error": {"message": "no", "code": 401}}', "auth"),
        ("<!doctype html><p>sign in", "protocol"),
        ("", "protocol"),
        ("   \n", "protocol"),
    ],
)
async def test_what_is_only_called_a_stream_is_read_as_what_it_is(body: str, outcome: str) -> None:
    reply = await chat_with(says(body, kind="text/event-stream"))
    assert reply.exchange.outcome == outcome
    assert not reply.streamed or not body.strip()


async def test_reasoning_whose_tag_was_opened_in_the_prompt_is_told_apart() -> None:
    reply = await chat_with(streams([delta(content="hm, </th"), delta(content="ink>\n\nyes"), STOP]))
    assert (reply.reasoning_text, reply.text, reply.timings.first_answer) == ("hm, ", "yes", None)


@pytest.mark.parametrize(
    ("message", "answer", "thought"),
    [
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab", ""),
        (
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                    {"type": "text", "text": "a"},
                ]
            },
            "a",
            "hm",
        ),
        ({"content": "a", "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]}, "a", "hm"),
        ({"content": "a", "reasoning_content": "hm", "reasoning": "hm"}, "a", "hm"),
        ({"content": None, "refusal": "I cannot."}, "I cannot.", ""),
    ],
)
async def test_a_message_is_read_in_all_its_parts(
    message: dict[str, object], answer: str, thought: str
) -> None:
    reply = await chat_with(says_json({"choices": [{"message": message, "finish_reason": "stop"}]}))
    assert (reply.text, reply.reasoning_text, reply.exchange.outcome) == (answer, thought, "ok")


async def test_a_reply_far_past_its_cap_is_not_read_to_its_end() -> None:
    reply = await chat_with(repeats(delta(content="word " * 20).encode()), asking(cap=16))
    assert (reply.keeps_cap, reply.exchange.outcome, reply.clean_end) == (False, "ok", False)
    assert len(reply.text) < 16 * 16 + 200


async def test_a_provider_that_counts_more_than_the_cap_is_known_by_it() -> None:
    message = {"choices": [{"message": {"content": "one"}}], "usage": {"completion_tokens": 500}}
    assert not (await chat_with(says_json(message))).keeps_cap
    assert (await chat_with(says_json(message), asking(cap=500))).keeps_cap


async def test_a_cost_comes_from_the_usage_or_a_header_with_its_source() -> None:
    choices = {"choices": [{"message": {"content": "a"}}]}
    told = await chat_with(says_json({**choices, "usage": {"cost": 0.00012}}, x_litellm_response_cost="9"))
    header = await chat_with(says_json(choices, x_litellm_response_cost="2.5e-06"))
    silent = await chat_with(
        says_json({**choices, "usage": {"cost": -1}}, x_litellm_response_cost="1e999999999")
    )
    assert (told.exchange.cost, told.exchange.cost_source) == (Decimal("0.00012"), "usage.cost")
    assert (header.exchange.cost, header.exchange.cost_source) == (
        Decimal("2.5e-6"),
        "x-litellm-response-cost",
    )
    assert (silent.exchange.cost, silent.exchange.cost_source) == (None, None)


def sent_by(chat: ChatRequest, dialect: str) -> tuple[httpx2.Request, dict[str, object]]:
    """What a dialect sends for a chat."""
    import asyncio

    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={})

    async def ask() -> None:
        async with mocked(handler) as wire:
            await wire.chat(at("https://api.example.com/v1", dialect), chat)

    asyncio.run(ask())
    return seen[0], json.loads(seen[0].content)


def test_openai_words_a_prompt() -> None:
    request, body = sent_by(asking(), "openai")
    assert str(request.url) == "https://api.example.com/v1/chat/completions"
    assert body == {
        "model": "m-1",
        "messages": [{"role": "user", "content": "Count."}],
        "max_tokens": 128,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert request.headers["accept"] == "text/event-stream"


def test_openai_words_adaptations() -> None:
    _, body = sent_by(asking(stream_usage=False, cap_name="max_completion_tokens", temperature=0.0), "openai")
    assert "stream_options" not in body
    assert "max_tokens" not in body
    assert (body["max_completion_tokens"], body["temperature"]) == (128, 0.0)


@pytest.mark.parametrize(
    ("dialect", "choices"),
    [
        (
            "openai",
            {
                "auto": "auto",
                "required": "required",
                "named": {"type": "function", "function": {"name": "get_weather"}},
            },
        ),
        (
            "anthropic",
            {
                "auto": {"type": "auto"},
                "required": {"type": "any"},
                "named": {"type": "tool", "name": "get_weather"},
            },
        ),
        ("cohere", {"auto": None, "required": "REQUIRED", "named": "REQUIRED"}),
    ],
)
def test_a_tool_choice_is_worded_by_dialect(dialect: str, choices: dict[str, object]) -> None:
    for choice, worded in choices.items():
        _, body = sent_by(asking(stream=False, tools=(WEATHER,), tool_choice=choice), dialect)
        assert body.get("tool_choice") == worded
        assert "get_weather" in json.dumps(body["tools"])


def test_gemini_words_a_prompt_with_a_tool_and_a_schema() -> None:
    request, body = sent_by(asking(tools=(WEATHER,), tool_choice="named", output=CITY), "gemini")
    assert request.url.path == "/v1/models/m-1:streamGenerateContent"
    assert request.url.query == b"alt=sse"
    assert body["toolConfig"] == {
        "functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["get_weather"]}
    }
    assert body["generationConfig"] == {
        "maxOutputTokens": 128,
        "responseMimeType": "application/json",
        "responseJsonSchema": CITY.schema,
    }


@pytest.mark.parametrize(
    ("dialect", "part"),
    [
        (
            "openai",
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "city", "strict": True, "schema": CITY.schema},
                }
            },
        ),
        ("anthropic", {"output_config": {"format": {"type": "json_schema", "schema": CITY.schema}}}),
        ("cohere", {"response_format": {"type": "json_object", "json_schema": CITY.schema}}),
    ],
)
def test_a_schema_is_worded_by_dialect(dialect: str, part: dict[str, object]) -> None:
    _, body = sent_by(asking(stream=False, output=CITY), dialect)
    assert part.items() <= body.items()


def test_anthropic_names_its_version_and_its_cap() -> None:
    request, body = sent_by(asking(), "anthropic")
    assert request.url.path == "/v1/messages"
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert (body["max_tokens"], body["stream"]) == (128, True)


ANTHROPIC = [
    event(
        {
            "type": "message_start",
            "message": {"model": "c-1", "usage": {"input_tokens": 7, "output_tokens": 1}},
        },
        "message_start",
    ),
    event({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}}),
    event({"type": "ping"}, "ping"),
    event({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}}),
    event(
        {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "x"}}
    ),
    event({"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}}),
    event({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "yes"}}),
    event(
        {
            "type": "content_block_start",
            "index": 2,
            "content_block": {"type": "tool_use", "id": "t", "name": "get_weather", "input": {}},
        }
    ),
    event(
        {
            "type": "content_block_delta",
            "index": 2,
            "delta": {"type": "input_json_delta", "partial_json": '{"city":"Paris"}'},
        }
    ),
    event({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 12}}),
    event({"type": "message_stop"}, "message_stop"),
]
GEMINI = [
    event({"candidates": [{"content": {"parts": [{"text": "hm", "thought": True}]}}], "modelVersion": "g-1"}),
    event({"candidates": [{"content": {"parts": [{"text": "yes"}]}}]}),
    event(
        {
            "candidates": [
                {
                    "content": {
                        "parts": [{"functionCall": {"name": "get_weather", "args": {"city": "Paris"}}}]
                    },
                    "finishReason": "STOP",
                }
            ],
            "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 10, "thoughtsTokenCount": 2},
        }
    ),
]
COHERE = [
    event({"type": "message-start", "id": "1"}, "message-start"),
    event(
        {"type": "content-start", "delta": {"message": {"content": {"type": "thinking", "thinking": "hm"}}}}
    ),
    event({"type": "content-delta", "delta": {"message": {"content": {"text": "yes"}}}}, "content-delta"),
    event(
        {
            "type": "tool-call-start",
            "index": 0,
            "delta": {
                "message": {"tool_calls": {"id": "t", "function": {"name": "get_weather", "arguments": ""}}}
            },
        }
    ),
    event(
        {
            "type": "tool-call-delta",
            "index": 0,
            "delta": {"message": {"tool_calls": {"function": {"arguments": '{"city":"Paris"}'}}}},
        }
    ),
    event(
        {
            "type": "message-end",
            "delta": {
                "finish_reason": "COMPLETE",
                "usage": {"tokens": {"input_tokens": 7, "output_tokens": 12}},
            },
        }
    ),
]


@pytest.mark.parametrize(
    ("dialect", "pieces", "finish", "arguments", "served"),
    [
        ("anthropic", ANTHROPIC, "tool_use", '{"city":"Paris"}', "c-1"),
        ("gemini", GEMINI, "STOP", {"city": "Paris"}, "g-1"),
        ("cohere", COHERE, "COMPLETE", '{"city":"Paris"}', None),
    ],
)
async def test_every_dialects_stream_gives_the_same_facts(
    dialect: str, pieces: list[str], finish: str, arguments: str | dict[str, str], served: str | None
) -> None:
    reply = await chat_with(streams(pieces), dialect=dialect)
    assert (reply.exchange.outcome, reply.clean_end, reply.streamed) == ("ok", True, True)
    assert (reply.reasoning_text, reply.text, reply.content_chunks) == ("hm", "yes", 2)
    assert [(call.name, call.arguments) for call in reply.tool_calls] == [("get_weather", arguments)]
    assert reply.exchange.usage.input_tokens == 7
    assert reply.exchange.usage.output_tokens == 12
    assert (reply.finish_reason, reply.exchange.model_served) == (finish, served)


WHOLE: list[tuple[str, dict[str, object]]] = [
    (
        "openai",
        {
            "model": "w",
            "choices": [{"message": {"content": "yes", "reasoning": "hm"}, "finish_reason": "stop"}],
        },
    ),
    (
        "anthropic",
        {
            "model": "w",
            "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "yes"}],
            "stop_reason": "end_turn",
        },
    ),
    (
        "gemini",
        {
            "modelVersion": "w",
            "candidates": [
                {
                    "content": {"parts": [{"text": "hm", "thought": True}, {"text": "yes"}]},
                    "finishReason": "STOP",
                }
            ],
        },
    ),
    (
        "cohere",
        {
            "message": {"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "yes"}]},
            "finish_reason": "COMPLETE",
        },
    ),
]


@pytest.mark.parametrize(("dialect", "document"), WHOLE)
async def test_every_dialects_whole_answer_gives_the_same_facts(
    dialect: str, document: dict[str, object]
) -> None:
    reply = await chat_with(says_json(document), asking(stream=False), dialect=dialect)
    assert (reply.text, reply.reasoning_text, reply.exchange.outcome) == ("yes", "hm", "ok")
    assert reply.finish_reason


async def test_anthropics_empty_arguments_are_an_object_when_the_answer_is_whole() -> None:
    block = {"type": "tool_use", "id": "t", "name": "now", "input": {}}
    reply = await chat_with(says_json({"content": [block]}), asking(stream=False), dialect="anthropic")
    assert reply.tool_calls == (ToolCall("now", {}, "t"),)


async def test_anthropics_error_event_is_an_error() -> None:
    error = event({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "error")
    reply = await chat_with(streams([*ANTHROPIC[:2], error]), dialect="anthropic")
    assert (reply.exchange.outcome, reply.exchange.reason) == ("server", "overloaded_error")


EMBEDDINGS = [
    (
        "openai",
        {
            "data": [{"index": 1, "embedding": [3, 4]}, {"index": 0, "embedding": [1, 2.5]}],
            "usage": {"prompt_tokens": 2},
        },
    ),
    ("gemini", {"embeddings": [{"values": [1, 2.5]}, {"values": [3, 4]}]}),
    ("cohere", {"embeddings": {"float": [[1, 2.5], [3, 4]]}}),
]


@pytest.mark.parametrize(("dialect", "document"), EMBEDDINGS)
async def test_embeddings_come_in_the_order_of_their_inputs(dialect: str, document: object) -> None:
    with FaultServer(says_json(document)) as server:
        async with Wire(deadlines=QUICK) as wire:
            reply = await wire.embed(at(server.url, dialect), "e-1", ["alpha", "omega"])
        assert "max_tokens" not in server.asked[0].json
    assert reply.vectors == ((1.0, 2.5), (3.0, 4.0))
    assert reply.exchange.outcome == "ok"


@pytest.mark.parametrize(
    "vector", ["pong", [], [None], [True], ["1"], [[1]], [1e999], None, {"a": 1}, [1.0] * 70_000]
)
async def test_something_else_under_the_name_of_an_embedding_is_none(vector: object) -> None:
    body = json.dumps({"data": [{"embedding": vector}]}).replace("Infinity", "1e999")

    def handler(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=body)

    async with mocked(handler) as wire:
        reply = await wire.embed(at("https://api.example.com/v1"), "e-1", ["alpha"])
    assert (reply.vectors, reply.exchange.outcome) == ((), "protocol")


async def test_a_dialect_without_embeddings_sends_nothing() -> None:
    with FaultServer(says_json({})) as server:
        async with Wire(deadlines=QUICK) as wire:
            reply = await wire.embed(at(server.url, "anthropic"), "e-1", ["alpha"])
        assert server.asked == []
    assert reply.exchange.outcome == "unsupported"


def test_the_evidence_holds_both_ends_of_a_long_answer() -> None:
    import asyncio
    import hashlib

    pieces = [delta(content=f"word{number} ") for number in range(200)]
    reply: ChatReply = asyncio.run(chat_with(streams([*pieces, STOP, DONE])))
    whole = "".join([*pieces, STOP, DONE])
    exchange = reply.exchange
    assert exchange.head == whole[:3072]
    assert exchange.tail == whole[-1024:]
    assert (exchange.length, exchange.sha256) == (len(whole), hashlib.sha256(whole.encode()).hexdigest())
    assert (exchange.method, exchange.url.endswith("/v1/chat/completions")) == ("POST", True)
    assert json.loads(exchange.request_body or "")["model"] == "m-1"
