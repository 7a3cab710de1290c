from functools import partial
from pathlib import Path

import pytest

from tests.commanding import Shell
from tests.registries import add_model, done
from tui_registry.store import Writes, new_result

EVIDENCE = (
    '{"sentence":"The answer is no JSON.","method":"POST","url":"https://api.groq.com/openai/v1/chat/completions",'
    '"request_body":"{\\"max_tokens\\": 128}","headers":{"x-request-id":"r-7"},"length":4200,"chunks":3,'
    '"finish_reason":"stop","head":"data: one","tail":"data: [DONE]","answer":"one \\u001b[31mtwo",'
    '"checks":{"whole":false,"right_words":2},"queued_ms":12}'
)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Four results on four days, of two models and a key."""
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    with shell.home.open() as store:
        owner = store.reads.provider("Groq")
        models = [add_model(store, owner, name) for name in ("llama-4", "qwen-3")]
        endings = (("pass", "ok"), ("blocked", "rate"), ("fail", "protocol"), ("error", "timeout"))
        for place, (status, outcome) in enumerate(endings):
            result = new_result(
                provider=owner,
                model=models[place % 2],
                test_type="chat",
                status=status,
                outcome=outcome,
                http_status=200,
                evidence=EVIDENCE if status == "fail" else None,
                cost=1.5e-05,
                cost_source="usage",
                score=0.25,
                scores='{"json": 0.0}',
            )
            done(store, partial(Writes.record_result, result=result))
            shell.clock.move(days=1)
    return shell


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--outcome", "rate"), [2]),
        (("--outcome", "RATE"), [2]),
        (("--outcome", "rat"), []),
        (("--since", "2026-11-25"), [4, 3]),
        (("--until", "2026-11-24"), [2, 1]),
        (("--since", "2026-11-24", "--until", "2026-11-25"), [3, 2]),
        (("--since", "36h"), [4]),
        (("--since", "2026-11"), [4, 3, 2, 1]),
        (("--model", "llama-4", "--since", "2026-11-24"), [3]),
        (("--provider", "groq", "--status", "fail", "--outcome", "protocol"), [3]),
        (("--provider", "groq", "--limit", "1"), [4]),
    ],
)
def test_results_are_narrowed_by_day_and_outcome(
    shell: Shell, options: tuple[str, ...], found: list[int]
) -> None:
    assert [row["id"] for row in shell.json("history", *options)] == found


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("since", "yesterday"),
        ("since", ""),
        ("since", "2026-13-01"),
        ("since", "7d status:pass"),
        ("until", '2026" status:"pass'),
        ("outcome", " "),
        ("outcome", 'x" status:pass'),
    ],
)
def test_what_is_no_day_or_outcome_is_refused_instead_of_widening(
    shell: Shell, option: str, value: str
) -> None:
    assert shell.refused("history", f"--{option}", value).startswith(f"{option}: Write ")


def test_a_result_is_shown_with_request_reply_answer_and_checks_as_plain_text(shell: Shell) -> None:
    written = shell.done("history", "show", "3")
    lines = [" ".join(line.split()) for line in written.splitlines()]
    for line in (
        "Because The answer is no JSON.",
        "Request POST https://api.groq.com/openai/v1/chat/completions",
        '{"max_tokens": 128}',
        "Reply HTTP 200, 4200 bytes, 3 chunks, ended with stop",
        "x-request-id: r-7",
        "data: one",
        "data: [DONE]",
        "Checks whole: no",
        "right_words: 2",
        "Scores json: 0.0",
        "Queued ms 12",
        "Cost 0.000015 USD (usage)",
    ):
        assert line in lines, written
    assert "\x1b" not in written


def test_a_result_without_evidence_is_shown_all_the_same(shell: Shell) -> None:
    written = shell.done("history", "show", "1")
    assert "llama-4" in written
    assert "Checks" not in written
