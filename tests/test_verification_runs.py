"""A run keeps every probe at once, stops when it should, and loses nothing when it is cut off."""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import httpx2
import pytest

from tests.registries import CANARY, done
from tests.verifying import (
    RIGHT,
    Asked,
    Bench,
    Service,
    called,
    failed,
    finished,
    opened,
    said,
    streamed,
    summary,
)
from tui_registry.errors import Refused
from tui_registry.store import Result
from tui_registry.verification import (
    Plan,
    ProbeFinished,
    RunFinished,
    RunStarted,
    mark_interrupted,
    plan_run,
    resume_plan,
    run,
)


def planned(bench: Bench, suite: str = "standard") -> Plan:
    return plan_run(bench.store, providers=[bench.provider.id], suite=suite, clock=bench.home.clock)


def results(bench: Bench, test_type: str | None = None) -> list[Result]:
    return bench.store.reads.results(test_type=test_type, limit=1000)[::-1]


class TestGoesWell:
    async def test_every_probe_is_kept_and_the_model_verified(self, tmp_path: Path) -> None:
        bench = opened(tmp_path)
        bench.add()
        events = await bench.verify(planned(bench))
        assert isinstance(events[0], RunStarted)
        assert [event.result.test_type for event in finished(events)] == ["key", "chat", "tools", "json"]
        assert all(event.result == bench.store.reads.result(event.result.id) for event in finished(events))
        model = bench.model()
        assert (model.verification_state, model.supports_streaming) == ("verified", True)
        assert model.score == pytest.approx(1.0)
        ended = summary(events)
        assert (ended.run.state, ended.summary.statuses) == ("done", {"pass": 4})
        seen = bench.store.proofs.observation(model.id)
        assert seen is not None
        assert (seen.supports_tools, seen.supports_json) == (True, True)
        assert seen.served_at is not None

    async def test_each_result_holds_what_it_cost_and_how_it_was_judged(self, tmp_path: Path) -> None:
        bench = opened(tmp_path)
        bench.add(price=2e-06)
        await bench.verify(planned(bench, "quick"))
        row = results(bench, "chat")[0]
        assert (row.input_tokens, row.output_tokens, row.http_status) == (40, 30, 200)
        assert (row.cost, row.cost_source, row.model_served) == (0.00014, "usage", "llama-4")
        assert (row.scoring_version, row.key_fingerprint) == ("1", bench.row().key_fingerprint)
        assert row.ttft_ms is not None
        assert row.latency_ms is not None
        assert json.loads(row.scores or "")["instruction"] == 1.0
        evidence = json.loads(row.evidence or "")
        assert evidence["checks"]["right_words"] == 20
        assert evidence["price"]["input"] == 2e-06
        assert len(row.evidence or "") <= 8192

    async def test_an_embedding_model_is_asked_for_vectors_alone(self, tmp_path: Path) -> None:
        bench = opened(tmp_path)
        bench.add("text-embedding-3")
        await bench.verify(planned(bench, "full"))
        assert bench.statuses()[1:] == [("embeddings", "pass", "ok")]
        assert bench.model("text-embedding-3").score == 1.0

    async def test_a_benchmark_is_five_different_prompts(self, tmp_path: Path) -> None:
        bench = opened(tmp_path)
        bench.add(price=1e-06)
        await bench.verify(planned(bench, "full"))
        asked = [body["messages"][0]["content"] for body in bench.service.prompts()][-5:]
        assert len(set(asked)) == 5
        row = results(bench, "benchmark")[0]
        assert (row.status, row.cost) == ("pass", 0.00035)
        assert json.loads(row.evidence or "")["samples"] == 5

    async def test_no_more_calls_run_at_once_than_allowed(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, Service(slow=0.01))
        for number in range(12):
            bench.add(f"model-{number}")
        running: list[int] = [0, 0]
        answer = bench.service.__call__

        async def counted(request: httpx2.Request) -> httpx2.Response:
            running[0] += 1
            running[1] = max(running)
            try:
                return await answer(request)
            finally:
                running[0] -= 1

        from tui_registry.wire import Wire

        def wire() -> Wire:
            return Wire(transport=httpx2.MockTransport(counted), clock=bench.home.clock)

        await bench.verify(planned(bench, "quick"), open_wire=wire, per_key=3)
        assert running[1] == 3


class TestTriesAgain:
    @pytest.mark.parametrize("status", [500, 503, 529])
    async def test_a_server_fault_three_times_at_most(self, tmp_path: Path, status: int) -> None:
        bench = opened(tmp_path, Service(chat=lambda body: failed(status, "busy")))
        bench.add()
        events = await bench.verify(planned(bench))
        assert bench.statuses()[1:] == [("chat", "error", "server")] * 3
        assert [event.is_final for event in finished(events)][1:] == [False, False, True]
        assert bench.waits == [0.5, 1.0]
        assert (bench.model().verification_state, bench.model().consecutive_failures) == ("unverified", 0)

    async def test_a_passing_attempt_after_a_fault_is_a_pass(self, tmp_path: Path) -> None:
        waiting = [failed(500, "busy")]
        bench = opened(
            tmp_path,
            Service(chat=lambda body: waiting.pop() if waiting else streamed(body, RIGHT.split())),
        )
        bench.add()
        await bench.verify(planned(bench, "quick"))
        assert bench.statuses()[1:] == [("chat", "error", "server"), ("chat", "pass", "ok")]
        assert bench.model().verification_state == "verified"

    async def test_a_broken_answer_once(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, Service(chat=lambda body: httpx2.Response(200, text="<html>")))
        bench.add()
        await bench.verify(planned(bench, "quick"))
        assert len(bench.service.prompts()) <= 2
        assert bench.model().verification_state == "unverified"

    async def test_a_rate_limit_as_long_as_the_provider_asks(self, tmp_path: Path) -> None:
        waiting = [failed(429, "slow down", retry_after="7")]
        bench = opened(
            tmp_path,
            Service(chat=lambda body: waiting.pop() if waiting else streamed(body, RIGHT.split())),
        )
        bench.add()
        await bench.verify(planned(bench, "quick"))
        assert bench.statuses()[1:] == [("chat", "error", "rate"), ("chat", "pass", "ok")]
        assert sum(bench.waits) == pytest.approx(7.0)

    async def test_not_when_it_must_wait_for_more_than_a_minute(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, Service(chat=lambda body: failed(429, "slow down", retry_after="3600")))
        bench.add()
        await bench.verify(planned(bench, "quick"))
        assert [status for _, status, _ in bench.statuses()[1:]] == ["blocked"]
        assert bench.waits == []

    @pytest.mark.parametrize(
        ("refusal", "quirk"),
        [
            ("Unsupported parameter: max_tokens. Use max_completion_tokens instead.", "cap_name"),
            ("Unrecognized request argument supplied: stream_options", "stream_usage"),
        ],
    )
    async def test_in_other_words_when_a_parameter_is_refused_and_remembers_them(
        self, tmp_path: Path, refusal: str, quirk: str
    ) -> None:
        def particular(body: Asked) -> httpx2.Response:
            refused = "max_tokens" if quirk == "cap_name" else "stream_options"
            if refused in body:
                return failed(400, refusal, "unsupported_parameter")
            return streamed(body, RIGHT.split())

        bench = opened(tmp_path, Service(chat=particular))
        bench.add()
        await bench.verify(planned(bench, "quick"))
        assert bench.statuses()[1:] == [("chat", "error", "params"), ("chat", "pass", "ok")]
        assert list(planned(bench).providers[0].models[0].quirks) == [quirk]
        await bench.verify(planned(bench, "quick"))
        assert len(bench.service.prompts()) == 3

    @pytest.mark.parametrize(("strict", "prompts"), [("stream_options", 2), ("stream", 3)])
    async def test_without_its_extras_when_a_refusal_names_nothing(
        self, tmp_path: Path, strict: str, prompts: int
    ) -> None:
        def particular(body: Asked) -> httpx2.Response:
            if strict in body:
                return failed(400, "Bad Request")
            return streamed(body, RIGHT.split()) if "stream" in body else said(body, RIGHT)

        bench = opened(tmp_path, Service(chat=particular))
        bench.add()
        await bench.verify(planned(bench, "quick"))
        assert bench.statuses()[-1] == ("chat", "pass", "ok")
        assert len(bench.service.prompts()) == prompts

    async def test_and_a_refusal_is_no_answer_of_unknown_cost(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, Service(chat=lambda body: failed(404, "no", "model_not_found")))
        bench.add(price=None)
        assert summary(await bench.verify(planned(bench, "quick"))).summary.unknown_costs == 0

    async def test_no_more_when_nothing_is_left_to_leave_away(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, Service(chat=lambda body: failed(400, "Bad Request")))
        bench.add()
        await bench.verify(planned(bench, "quick"))
        assert len(bench.service.prompts()) == 3
        assert planned(bench).providers[0].models[0].quirks == {}

    async def test_when_the_stream_ended_without_saying_so_in_the_middle(self, tmp_path: Path) -> None:
        answers = iter([RIGHT.split()[:12], RIGHT.split()])

        def cut(body: Asked) -> httpx2.Response:
            text = "".join(
                f'data: {{"choices": [{{"delta": {{"content": "{word} "}}}}]}}\n\n' for word in next(answers)
            )
            return httpx2.Response(200, content=text.encode(), headers={"content-type": "text/event-stream"})

        bench = opened(tmp_path, Service(chat=cut))
        bench.add()
        await bench.verify(planned(bench, "quick"))
        assert bench.statuses()[1:] == [("chat", "error", "protocol"), ("chat", "pass", "ok")]
        assert json.loads(bench.store.reads.results(test_type="chat")[0].scores or "")["streaming"] == 0.5

    async def test_with_more_room_when_reasoning_used_it_up(self, tmp_path: Path) -> None:
        def thinking(body: Asked) -> httpx2.Response:
            if body["max_tokens"] < 1024:
                return streamed(body, ["hm"], reason="length", field="reasoning_content")
            return streamed(body, RIGHT.split())

        bench = opened(tmp_path, Service(chat=thinking))
        bench.add()
        await bench.verify(planned(bench, "quick"))
        assert [body["max_tokens"] for body in bench.service.prompts()] == [128, 1024]
        assert bench.model().verification_state == "verified"
        assert bench.model().supports_reasoning is True

    async def test_tools_and_json_in_their_weaker_forms(self, tmp_path: Path) -> None:
        def tools(body: Asked) -> httpx2.Response:
            return failed(400, "tool_choice required") if body["tool_choice"] == "required" else called(body)

        def structured(body: Asked) -> httpx2.Response:
            if body["response_format"]["type"] == "json_schema":
                return failed(400, "json_schema is not supported", "unsupported_parameter")
            return said(body, '{"city": "Paris", "population": 1}')

        bench = opened(tmp_path, Service(tools=tools, structured=structured))
        bench.add()
        await bench.verify(planned(bench))
        scores = {row.test_type: json.loads(row.scores) for row in results(bench) if row.scores}
        assert scores["tools"] == {"tools": 0.5}
        assert scores["json"] == {"json": 0.7}


class TestJudges:
    async def test_a_200_with_a_wrong_answer_verifies_nothing(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, Service(chat=lambda body: said(body, "This is a mock response.")))
        bench.add()
        await bench.verify(planned(bench, "quick"))
        assert bench.statuses()[1:] == [("chat", "partial", "ok")]
        assert bench.model().verification_state == "unverified"

    async def test_a_missing_model_is_not_there_once_it_was_missing_twice(self, tmp_path: Path) -> None:
        bench = opened(tmp_path)
        bench.add()
        await bench.verify(planned(bench, "quick"))
        bench.service.chat = lambda body: failed(404, "no such model", "model_not_found")
        await bench.verify(planned(bench, "quick"))
        assert (results(bench, "chat")[-1].status, results(bench, "chat")[-1].score) == ("fail", None)
        assert bench.model().verification_state == "verified"
        bench.home.clock.move(minutes=11)
        await bench.verify(planned(bench, "quick"))
        assert results(bench, "chat")[-1].score == 0.0
        assert (bench.model().verification_state, bench.model().score) == ("unverified", 0.0)

    @pytest.mark.parametrize("status", [402, 403, 429, 500, 503])
    async def test_trouble_that_passes_never_takes_a_verification_back(
        self, tmp_path: Path, status: int
    ) -> None:
        bench = opened(tmp_path)
        bench.add()
        await bench.verify(planned(bench, "quick"))
        bench.service.chat = lambda body: failed(status, "trouble", retry_after="1")
        for _ in range(5):
            bench.home.clock.move(hours=1)
            bench.passed += 3600
            await bench.verify(planned(bench, "quick"))
        model = bench.model()
        assert (model.verification_state, model.consecutive_failures) == ("verified", 0)
        assert bench.store.reads.recompute_states() == []

    async def test_without_an_answer_nothing_more_is_asked_of_a_model(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, Service(chat=lambda body: failed(404, "gone", "model_not_found")))
        bench.add()
        await bench.verify(planned(bench, "full"))
        assert len(bench.service.prompts()) == 1


class TestStops:
    async def test_a_rejected_key_asks_no_model(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, Service(keys=set()))
        bench.add()
        ended = summary(await bench.verify(planned(bench)))
        assert bench.service.prompts() == []
        assert bench.statuses() == [
            ("key", "error", "auth"),
            ("key", "fail", "auth"),
            ("chat", "skipped", "breaker"),
        ]
        assert ended.summary.left_out == ("Groq rejected the key twice. Enter another one.",)

    async def test_no_money_stops_the_provider(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, Service(chat=lambda body: failed(402, "insufficient balance")))
        for number in range(9):
            bench.add(f"model-{number}")
        await bench.verify(planned(bench, "quick"), per_key=1)
        assert len(bench.service.prompts()) == 1

    async def test_five_faults_over_two_models_stop_it_and_one_model_goes_first_next_time(
        self, tmp_path: Path
    ) -> None:
        bench = opened(tmp_path, Service(chat=lambda body: failed(500, "busy")))
        for number in range(9):
            bench.add(f"model-{number}")
        ended = summary(await bench.verify(planned(bench, "quick"), per_key=1))
        assert 5 <= len(bench.service.prompts()) <= 6
        assert "failed 5 times in a row" in ended.summary.left_out[0]
        assert ended.summary.statuses["skipped"] >= 6
        assert planned(bench).providers[0].starts_with_one

    async def test_a_401_of_one_model_checks_the_key_once_and_blames_nobody(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, Service(chat=lambda body: failed(401, "no access to model")))
        for number in range(4):
            bench.add(f"model-{number}")
        await bench.verify(planned(bench, "quick"), per_key=1)
        lists = [path for path, body in bench.service.asked if not body]
        assert len(lists) == 2
        assert bench.row().key_validated_at is not None
        assert {status for probe, status, _ in bench.statuses() if probe == "chat"} == {"blocked"}

    async def test_a_call_larger_than_the_limit_is_blocked_and_not_awaited(self, tmp_path: Path) -> None:
        from tests.registries import limits_draft

        bench = opened(tmp_path)
        bench.add()
        held = bench.store.reads.limits(bench.provider.id)
        draft = limits_draft(tokens_per_minute=40)
        done(bench.store, lambda write: write.save_limits(bench.provider, draft, held))
        await bench.verify(planned(bench, "quick"))
        assert bench.statuses()[1:] == [("chat", "blocked", "limit")]
        assert bench.service.prompts() == []


class TestLimits:
    async def test_limits_in_headers_are_kept_and_fill_what_nobody_stated(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, limit_headers="groq")
        bench.service.headers = {
            "x-ratelimit-limit-requests": "1000",
            "x-ratelimit-remaining-requests": "999",
            "x-ratelimit-reset-requests": "1m26.4s",
            "x-ratelimit-limit-tokens": "12000",
            "x-ratelimit-remaining-tokens": "11900",
        }
        model = bench.add()
        done(bench.store, lambda write: write.delete_limits(bench.provider))
        await bench.verify(planned(bench, "quick"))
        seen = {
            (row.model_id, row.metric, row.window): (row.limit_value, row.remaining)
            for row in bench.store.proofs.observed_limits(bench.provider.id)
        }
        assert seen == {
            (model.id, "requests", "day"): (1000, 999),
            (model.id, "tokens", "minute"): (12000, 11900),
        }
        limits = bench.store.reads.limits(bench.provider.id)
        assert limits is not None
        assert (limits.tokens_per_minute, limits.requests_per_minute, limits.source) == (
            12000,
            None,
            "observed",
        )

    async def test_a_persons_limits_are_left_alone(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, limit_headers="openai")
        bench.service.headers = {"x-ratelimit-limit-requests": "3", "x-ratelimit-remaining-requests": "2"}
        bench.add()
        before = bench.store.reads.limits(bench.provider.id)
        await bench.verify(planned(bench, "quick"))
        assert bench.store.reads.limits(bench.provider.id) == before

    async def test_what_was_asked_before_a_restart_still_counts(self, tmp_path: Path) -> None:
        from tests.registries import limits_draft

        bench = opened(tmp_path)
        bench.add()
        held = bench.store.reads.limits(bench.provider.id)
        draft = limits_draft(requests_per_minute=4)
        done(bench.store, lambda write: write.save_limits(bench.provider, draft, held))
        await bench.verify(planned(bench))
        assert sum(bench.waits) == 0
        await bench.verify(planned(bench, "quick"))
        assert sum(bench.waits) == pytest.approx(60, abs=0.1)


class TestIsCutOff:
    async def test_cancelled_it_keeps_what_was_done_and_can_go_on(self, tmp_path: Path) -> None:
        bench = opened(tmp_path)
        for number in range(4):
            bench.add(f"model-{number}")
        seen: list[ProbeFinished] = []
        bench.service.slow = 0.02
        async with aclosing(run(bench.store, planned(bench), options=bench.options(per_key=1))) as events:
            async for event in events:
                if isinstance(event, ProbeFinished):
                    seen.append(event)
                    if len(seen) == 4:
                        break
        (cut,) = bench.store.proofs.runs()
        assert cut.state == "cancelled"
        kept = bench.store.proofs.run_results(cut.id)
        assert [event.result for event in seen] == kept[:4]
        rest = resume_plan(bench.store, cut, clock=bench.home.clock)
        assert rest.calls == 12 - sum(row.model_id is not None for row in kept)
        ended = summary(await bench.verify(rest))
        assert (ended.run.id, ended.run.state) == (cut.id, "done")
        asked = [(row.model_id, row.test_type) for row in bench.store.proofs.run_results(cut.id)]
        assert len(asked) == len(set(asked)) == 13
        with pytest.raises(Refused, match="nothing to resume"):
            await bench.verify(rest)

    async def test_a_cancelled_task_closes_its_run(self, tmp_path: Path) -> None:
        bench = opened(tmp_path, Service(wait_at=asyncio.Event()))
        bench.add()
        task = asyncio.create_task(bench.verify(planned(bench)))
        while not bench.service.prompts():
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [row.state for row in bench.store.proofs.runs()] == ["cancelled"]
        assert bench.statuses() == [("key", "pass", "ok")]

    async def test_a_run_that_is_going_on_is_not_marked(self, tmp_path: Path) -> None:
        bench = opened(tmp_path)
        bench.add()
        async for event in run(bench.store, planned(bench), options=bench.options()):
            assert mark_interrupted(bench.store, clock=bench.home.clock) == []
            assert not isinstance(event, RunFinished) or event.run.state == "done"

    async def test_a_killed_run_is_marked_and_resumed(self, tmp_path: Path) -> None:
        bench = opened(tmp_path)
        for number in range(3):
            bench.add(f"model-{number}")
        bench.store.close()
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert killed.returncode == -9, killed.stderr
        store = bench.home.open()
        bench.store = store
        assert [row.state for row in store.proofs.runs()] == ["running"]
        (marked,) = mark_interrupted(store, clock=bench.home.clock)
        assert marked.state == "interrupted"
        assert mark_interrupted(store, clock=bench.home.clock) == []
        kept = store.proofs.run_results(marked.id)
        assert [row.test_type for row in kept][:2] == ["key", "chat"]
        assert marked.actual_cost is not None
        await bench.verify(resume_plan(store, marked, clock=bench.home.clock))
        rows = store.proofs.run_results(marked.id)
        assert sorted({(row.model_id or 0, row.test_type) for row in rows}) == sorted(
            [(0, "key"), *((model, probe) for model in (1, 2, 3) for probe in ("chat", "json", "tools"))]
        )
        assert all(row.state == "done" for row in store.proofs.runs())

    async def test_another_machines_run_counts_as_running_for_a_day(self, tmp_path: Path) -> None:
        bench = opened(tmp_path)
        done(bench.store, lambda write: write.start_run("quick", "manual", owner="elsewhere 1"))
        assert mark_interrupted(bench.store, clock=bench.home.clock) == []
        bench.home.clock.move(days=1, seconds=1)
        assert len(mark_interrupted(bench.store, clock=bench.home.clock)) == 1

    async def test_a_run_of_this_process_number_that_we_do_not_know_is_dead(self, tmp_path: Path) -> None:
        from tui_registry.verification.resuming import owner

        bench = opened(tmp_path)
        assert owner().endswith(str(os.getpid()))
        done(bench.store, lambda write: write.start_run("quick", "manual", owner=owner()))
        assert len(mark_interrupted(bench.store, clock=bench.home.clock)) == 1


class TestKeepsSecrets:
    @pytest.mark.parametrize("shape", ["chat", "error"])
    async def test_an_echoed_key_reaches_neither_results_nor_events(self, tmp_path: Path, shape: str) -> None:
        def echo(body: Asked) -> httpx2.Response:
            padding = "x" * 3000
            if shape == "chat":
                return streamed(body, [padding, CANARY, "\x1b[2J", padding])
            return failed(500, f"{padding}{CANARY}\x1b[31m", CANARY)

        bench = opened(tmp_path, Service(chat=echo))
        bench.add()
        events = await bench.verify(planned(bench, "quick"))
        assert CANARY not in repr(events)
        assert "\x1b" not in "".join(event.sentence for event in finished(events))
        stored = bench.store.path.read_bytes()
        assert CANARY.encode() not in stored
        assert b"\x1b" not in b"".join((row.evidence or "").encode() for row in results(bench))


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
import httpx2
from tests.registries import Home, Seed, GROQ
from tests.verifying import Service
from tui_registry.store import KnownProvider
from tui_registry.verification import Options, ProbeFinished, plan_run, run
from tui_registry.wire import Wire

home = Home(Path(sys.argv[1]))
store = home.open(known=Seed(known=(KnownProvider("Groq", GROQ, key_proof="GET /models"),)))
service = Service(slow=0.05)
wire = lambda: Wire(transport=httpx2.MockTransport(service))
options = Options(open_wire=wire, clock=home.clock, per_key=1)

async def main():
    async for event in run(store, plan_run(store, providers=[1]), options=options):
        if isinstance(event, ProbeFinished) and event.result.test_type == "chat":
            os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""
