import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commanding import everything_below
from tests.fault_server import Asked, FaultServer, Line, says, says_json
from tests.loopback_provider import NAME, AskingShell, Provider, answers, counts, refuses, served
from tests.registries import CANARY
from tui_registry.cli.verify_report import exit_code, once_free
from tui_registry.errors import StoreLocked
from tui_registry.store import Result

Served = tuple[AskingShell, FaultServer, Provider]
PROBE_FIELDS = {
    "event", "provider", "model", "sentence", "id", "created_at", "provider_id", "model_id", "run_id",
    "test_type", "status", "outcome", "http_status", "latency_ms", "ttft_ms", "tokens_per_second",
    "input_tokens", "output_tokens", "reasoning_tokens", "cost", "cost_source", "model_served", "scores",
    "score", "endpoint", "key_fingerprint", "scoring_version",
}  # fmt: skip
SUMMARY_FIELDS = {
    "event", "run_id", "suite", "state", "statuses", "cost", "unknown_costs", "left_out", "skipped",
    "changes", "fail_on", "exit_code",
}  # fmt: skip


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Served]:
    """A provider with one model that answers rightly."""
    with served(tmp_path / "home") as found:
        yield found


def wrong(asked: Asked, line: Line) -> None:
    """The answer of a model that was asked something else."""
    answers(asked.json, content="I am a teapot.")(asked, line)


class TestEnding:
    def test_a_model_that_answers_rightly_is_verified_and_the_exit_code_is_zero(self, one: Served) -> None:
        shell, _, _ = one
        written = shell.done("verify", NAME, "m-1", "--yes")
        assert shell.json("model", "show", NAME, "m-1")["verification_state"] == "verified"
        assert "4 passed" in written
        assert shell.statuses() == [
            (None, "key", "pass"),
            ("m-1", "chat", "pass"),
            ("m-1", "tools", "pass"),
            ("m-1", "json", "pass"),
        ]

    def test_a_wrong_answer_in_a_200_is_one(self, one: Served) -> None:
        shell, _, provider = one
        provider.instead["m-1"] = wrong
        result = shell.run("verify", NAME, "--yes")
        assert result.exit_code == 1
        assert "fail        In House m-1, tools" in result.stdout
        assert "history show" in result.stderr

    def test_a_rejected_key_is_one_and_no_model_is_asked(self, one: Served) -> None:
        shell, server, provider = one
        provider.key = "another"
        result = shell.run("verify", NAME, "--yes")
        assert result.exit_code == 1
        assert (None, "key", "fail") in shell.statuses()
        assert not [asked for asked in server.asked if asked.method == "POST"]

    def test_a_provider_that_nobody_answers_for_is_four(self, tmp_path: Path) -> None:
        with served(tmp_path / "home") as (shell, _, _):
            pass
        result = shell.run("verify", NAME, "--suite", "quick", "--yes")
        assert result.exit_code == 4
        assert "cannot be reached" in result.stdout

    def test_a_failing_provider_is_four_and_what_it_said_is_shown_on_one_line(self, one: Served) -> None:
        shell, _, provider = one
        provider.instead["m-1"] = refuses("down\n\n\x1b]0;title\x07for \u202emaintenance", 503)
        result = shell.run("verify", NAME, "--suite", "quick", "--yes")
        assert result.exit_code == 4
        assert not {"\x1b", "\x07", "\u202e"} & set(result.stdout)
        assert "(HTTP 503): down \ufffd]0;title\ufffdfor \ufffdmaintenance\n" in result.stdout

    def test_no_funds_is_no_pass(self, one: Served) -> None:
        shell, _, provider = one
        provider.instead["m-1"] = refuses("You have no credits left.", 402)
        assert shell.run("verify", NAME, "--suite", "quick", "--yes").exit_code == 1
        assert shell.statuses()[-1] == ("m-1", "chat", "blocked")

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            ((), "Name providers"),
            (("Nobody", "--yes"), "no provider Nobody"),
            ((NAME, "m-9", "--yes"), "has no model m-9"),
            ((NAME, "--all", "--yes"), "not both"),
            ((NAME, "--suite", "huge"), "huge"),
            ((NAME, "--budget", "much", "--yes"), "amount in USD"),
            ((NAME, "--budget", "nan", "--yes"), "amount in USD"),
            ((NAME, "--budget=-1", "--yes"), "amount in USD"),
            ((NAME, "--resume"), "--resume"),
            (("--resume", "--budget", "1"), "--resume"),
            (("--resume",), "nothing to go on with"),
            (("--all", "--yes"), "no provider is switched on"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, one: Served, words: tuple[str, ...], told: str) -> None:
        shell, server, _ = one
        assert told in shell.refused("verify", *words)
        assert server.accepted == 0

    def test_without_a_terminal_and_without_yes_nothing_is_sent(self, one: Served) -> None:
        shell, server, _ = one
        sentence = shell.refused("verify", NAME)
        assert "--yes" in sentence
        assert "3 paid requests" in sentence
        assert server.accepted == 0

    def test_a_provider_without_a_key_is_refused_with_the_reason(self, one: Served) -> None:
        shell, _, _ = one
        shell.done("key", "remove", NAME)
        assert "it has no key" in shell.refused("verify", NAME, "--yes")

    def test_a_registry_that_cannot_keep_results_asks_for_none(self, one: Served) -> None:
        shell, server, _ = one
        assert "read-only" in shell.refused("--read-only", "verify", NAME, "--yes", code=3)
        assert server.accepted == 0


class TestJson:
    def test_each_probe_is_a_line_and_the_summary_is_the_last(self, one: Served) -> None:
        shell, _, _ = one
        *probes, summary = shell.lines("verify", NAME, "--yes")
        assert [(each["model"], each["test_type"]) for each in probes] == [
            (None, "key"),
            ("m-1", "chat"),
            ("m-1", "tools"),
            ("m-1", "json"),
        ]
        assert all(set(each) == PROBE_FIELDS for each in probes)
        assert set(summary) == SUMMARY_FIELDS
        assert (summary["state"], summary["statuses"]["pass"], summary["exit_code"]) == ("done", 4, 0)

    def test_a_dry_run_prints_the_plan_and_sends_nothing(self, one: Served) -> None:
        shell, server, _ = one
        shell.done("pricing", "set", NAME, "--input", "1", "--output", "2")
        plan = shell.json("verify", NAME, "--dry-run", "--budget", "0.50")
        assert (plan["event"], plan["calls"], plan["budget"], plan["unpriced"]) == ("plan", 3, 0.5, 0)
        assert plan["providers"][0]["models"][0]["probes"] == ["chat", "tools", "json"]
        assert plan["cost_bound"] == pytest.approx(1e-6 * 1056 + 2e-6 * 512)
        assert plan["cost_likely"] == pytest.approx(plan["cost_bound"] / 3)
        assert "at most 0.0021 USD" in shell.done("verify", NAME, "--dry-run")
        assert (server.accepted, shell.json("history")) == (0, [])

    def test_a_plan_says_what_it_does_not_know_and_what_it_leaves_out(self, one: Served) -> None:
        shell, _, _ = one
        shell.done("model", "add", NAME, "whisper-large")
        shell.done("limits", "set", NAME, "--rpm", "1")
        written = shell.done("verify", NAME, "--dry-run")
        assert "unknown" in written
        assert "whisper-large" in written
        assert "at least 2 min" in written


class TestMoney:
    def test_a_budget_is_kept_and_what_it_cannot_hold_is_left_out(self, one: Served) -> None:
        shell, server, _ = one
        shell.done("pricing", "set", NAME, "--input", "1", "--output", "2")
        *_, summary = shell.lines("verify", NAME, "--yes", "--budget", "0.0004", code=1)
        assert summary["statuses"]["skipped"] == 1
        assert summary["cost"] <= 0.0004
        assert len([asked for asked in server.asked if asked.method == "POST"]) == 1

    def test_a_budget_leaves_out_models_whose_price_nobody_knows_which_is_no_pass(self, one: Served) -> None:
        shell, server, _ = one
        result = shell.run("verify", NAME, "--yes", "--budget", "1")
        assert result.exit_code == 1
        assert "its price is unknown" in result.stderr
        assert not [asked for asked in server.asked if asked.method == "POST"]


class TestRegression:
    def test_what_got_worse_is_one_and_named(self, one: Served) -> None:
        shell, _, provider = one
        shell.done("verify", NAME, "--yes", "--fail-on", "regression")
        provider.instead["m-1"] = wrong
        *_, summary = shell.lines("verify", NAME, "--yes", "--fail-on", "regression", code=1)
        worse = {(each["model"], each["probe"], each["field"]) for each in summary["changes"]}
        assert ("m-1", "tools", "status") in worse
        result = shell.run("verify", NAME, "--yes", "--fail-on", "regression")
        assert (
            "Worse than when it last passed: In House m-1, tools status was pass, is fail." in result.stdout
        )

    def test_what_never_passed_cannot_get_worse(self, one: Served) -> None:
        shell, _, provider = one
        provider.instead["m-1"] = wrong
        assert shell.run("verify", NAME, "--yes", "--fail-on", "regression").exit_code == 0
        assert shell.run("verify", NAME, "--yes", "--fail-on", "failure").exit_code == 1


class TestChoosing:
    def test_a_model_after_its_provider_is_asked_alone(self, tmp_path: Path) -> None:
        with served(tmp_path / "home", Provider(models=["m-1", "m-2"])) as (shell, server, _):
            shell.done("verify", NAME.upper(), "m-2", "--suite", "quick", "--yes")
            asked = [each.json["model"] for each in server.asked if each.method == "POST"]
            assert asked == ["m-2"]

    def test_all_means_every_provider_that_is_switched_on(self, one: Served) -> None:
        shell, _, _ = one
        shell.done("key", "check", NAME)
        shell.done("provider", "activate", NAME)
        shell.done("provider", "add", "Groq")
        plan = shell.json("verify", "--all", "--dry-run")
        assert [each["provider"] for each in plan["providers"]] == [NAME]

    def test_a_provider_that_cannot_be_asked_beside_one_that_can_is_no_pass(self, one: Served) -> None:
        shell, _, _ = one
        shell.done("provider", "add", "Groq")
        result = shell.run("verify", NAME, "Groq", "--yes")
        assert result.exit_code == 1
        assert "Left out: Groq, because it has no key." in result.stderr

    def test_a_model_that_no_probe_fits_is_left_out_and_nothing_is_missed(self, one: Served) -> None:
        shell, _, _ = one
        shell.done("model", "add", NAME, "whisper-large")
        result = shell.run("verify", NAME, "--yes")
        assert result.exit_code == 0
        assert "Left out: In House whisper-large, because not a chat model" in result.stderr

    def test_several_providers_each_with_its_models(self, one: Served) -> None:
        shell, server, _ = one
        shell.done("provider", "add", "Second", "--custom", "--endpoint", server.url)
        shell.done("key", "set", "Second", typed=CANARY)
        shell.done("model", "add", "Second", "m-1")
        shell.done("model", "add", "Second", "m-2")
        plan = shell.json("verify", "Second", "m-2", NAME, "--dry-run")
        found = {each["provider"]: [model["model"] for model in each["models"]] for each in plan["providers"]}
        assert found == {"Second": ["m-2"], NAME: ["m-1"]}


class TestKeyStaysHome:
    def test_no_output_and_no_file_ever_holds_the_key(self, one: Served) -> None:
        shell, server, provider = one
        told: list[str] = []
        for echo in (
            refuses(f"the key {CANARY} is not good enough", 400),
            says(f"<html>{CANARY}</html>", 502, "text/html"),
            says_json({"choices": [{"message": {"content": CANARY}}], "key": CANARY}),
        ):
            provider.instead["m-1"] = echo
            ended = shell.run("verify", NAME, "--yes", *(["--json"] if len(told) % 2 else []))
            told.append(ended.stdout + ended.stderr)
        rows = shell.json("history", "--limit", "1000")
        told += [shell.done("history", "show", str(row["id"])) for row in rows]
        told.append(json.dumps([shell.json("history", "show", str(row["id"])) for row in rows]))
        assert any(CANARY in asked.headers["authorization"] for asked in server.asked)
        assert len(rows) >= 6
        assert not [text for text in told if CANARY in text]
        assert not [path for path, data in everything_below(shell.root).items() if CANARY.encode() in data]


def test_a_registry_that_another_session_holds_is_waited_for_before_the_summary(one: Served) -> None:
    shell, _, _ = one
    with shell.home.open() as store:
        holder = sqlite3.connect(shell.home.database, isolation_level=None, check_same_thread=False)
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreLocked):
            store.reads.provider(NAME)
        letting_go = threading.Timer(0.2, holder.close)
        letting_go.start()
        assert once_free(lambda: store.reads.provider(NAME)).name == NAME
        letting_go.join()


def result(test_type: str, status: str, model_id: int | None = 1, provider_id: int = 1) -> Result:
    return Result(
        provider_id=provider_id,
        model_id=None if test_type == "key" else model_id,
        test_type=test_type,
        status=status,
        id=1,
        created_at="2026-11-23T06:52:00.000Z",
    )


@pytest.mark.parametrize(
    ("ended", "code", "code_of_regression"),
    [
        ([("key", "pass"), ("chat", "pass"), ("tools", "unsupported"), ("json", "partial")], 0, 0),
        ([("key", "pass"), ("chat", "fail")], 1, 0),
        ([("key", "fail")], 1, 1),
        ([("key", "pass"), ("chat", "error")], 4, 4),
        ([("key", "error")], 4, 4),
        ([("key", "error"), ("chat", "pass")], 0, 0),
        ([("key", "pass"), ("chat", "error"), ("json", "fail")], 1, 4),
        ([("key", "pass"), ("chat", "blocked")], 1, 0),
        ([("key", "pass"), ("chat", "skipped")], 1, 0),
        ([("key", "partial")], 1, 0),
        ([("chat", "partial")], 1, 0),
        ([], 1, 0),
    ],
)
def test_the_exit_code_follows_from_how_the_probes_ended(
    ended: list[tuple[str, str]], code: int, code_of_regression: int
) -> None:
    last = [result(probe, status) for probe, status in ended]
    assert exit_code(last, False, False, "failure") == code
    assert exit_code(last, False, False, "regression") == code_of_regression
    assert exit_code(last, False, True, "regression") == 1


def test_a_provider_that_was_left_alone_is_no_pass() -> None:
    last = [result("chat", "pass")]
    assert exit_code(last, True, False, "failure") == 1


def test_counting_wrongly_is_told_from_counting_rightly(one: Served) -> None:
    shell, _, provider = one
    provider.instead["m-1"] = lambda asked, line: counts(asked.json, ("twenty", "nineteen"))(asked, line)
    shell.run("verify", NAME, "--suite", "quick", "--yes")
    assert shell.json("history", "--model", "m-1")[0]["scores"]["instruction"] == 0
