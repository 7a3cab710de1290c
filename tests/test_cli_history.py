from functools import partial
from pathlib import Path

import pytest

from tests.commanding import Shell
from tests.registries import add_model, done
from tui_registry.store import Writes, new_result

FIELDS = {
    "id", "created_at", "provider_id", "provider", "model_id", "model", "run_id", "test_type", "status",
    "outcome", "http_status", "latency_ms", "ttft_ms", "tokens_per_second", "input_tokens",
    "output_tokens", "reasoning_tokens", "cost", "cost_source", "model_served", "scores", "score",
    "evidence", "endpoint", "key_fingerprint", "scoring_version",
}  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Two models that share an id, three results."""
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    shell.done("provider", "add", "OpenAI")
    with shell.home.open() as store:
        for name, status in (("Groq", "pass"), ("OpenAI", "fail")):
            owner = store.reads.provider(name)
            model = add_model(store, owner, "llama-4")
            result = new_result(
                provider=owner,
                model=model,
                test_type="chat",
                status=status,
                latency_ms=1_234.5,
                score=0.5,
                scores='{"answer": 0.5}',
                evidence='{"reply": "P\\u001b]0;x\\u0007ONG \u202e"}',
            )
            done(store, partial(Writes.record_result, result=result))
        groq = store.reads.provider("Groq")
        probe = new_result(provider=groq, test_type="key", status="blocked")
        done(store, lambda write: write.record_result(probe))
    return shell


def test_an_empty_history_says_so_on_standard_error(tmp_path: Path) -> None:
    result = Shell(tmp_path).run("history")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing was verified yet" in result.stderr


def test_the_history_is_listed_newest_first_with_or_without_the_word(shell: Shell) -> None:
    rows = shell.json("history")
    assert [row["id"] for row in rows] == [3, 2, 1]
    assert shell.json("history", "list") == rows
    assert all(set(row) == FIELDS for row in rows)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--provider", "groq"), [3, 1]),
        (("--model", "llama-4"), [2, 1]),
        (("--provider", "OpenAI", "--model", "llama-4"), [2]),
        (("--status", "fail"), [2]),
        (("--limit", "2"), [3, 2]),
        (("--model", "llama-4", "--limit", "1"), [2]),
        (("--status", "skipped"), []),
    ],
)
def test_the_history_is_narrowed_by_options(shell: Shell, options: tuple[str, ...], found: list[int]) -> None:
    assert [row["id"] for row in shell.json("history", *options)] == found
    assert [row["id"] for row in shell.json("history", "list", *options)] == found


def test_an_unknown_provider_or_model_is_not_found(shell: Shell) -> None:
    assert "no provider" in shell.refused("history", "--provider", "Nobody")
    assert "No provider has a model x." in shell.refused("history", "--model", "x")
    assert "no model" in shell.refused("history", "--provider", "Groq", "--model", "x")


def test_one_result_is_shown_with_its_evidence_as_data(shell: Shell) -> None:
    row = shell.json("history", "show", "1")
    assert set(row) == FIELDS
    assert (row["provider"], row["model"], row["scores"]) == ("Groq", "llama-4", {"answer": 0.5})
    assert row["evidence"] == {"reply": "P\x1b]0;x\x07ONG \u202e"}


def test_evidence_cannot_act_on_the_terminal(shell: Shell) -> None:
    written = shell.done("history", "show", "1")
    assert "ONG" in written
    assert not {"\x1b", "\x07", "\u202e"} & set(written)


def test_a_result_that_is_not_there_is_not_found(shell: Shell) -> None:
    assert shell.refused("history", "show", "99") == "There is no result 99.\n"


@pytest.mark.parametrize("words", [("list", "--limit"), ("show",)])
def test_a_number_that_no_registry_can_hold_is_wrong_usage(shell: Shell, words: tuple[str, ...]) -> None:
    assert "range" in shell.refused("history", *words, str(2**63))


def test_the_largest_number_is_a_number_like_others(shell: Shell) -> None:
    assert len(shell.json("history", "list", "--limit", str(2**63 - 1))) == 3
    assert "no result" in shell.refused("history", "show", str(2**63 - 1))


def test_a_model_with_results_is_not_deleted(shell: Shell) -> None:
    sentence = shell.refused("model", "delete", "Groq", "llama-4")
    assert "1 result" in sentence
