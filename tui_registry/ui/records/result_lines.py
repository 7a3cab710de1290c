"""One verification result as lines: what it came to and why, checks, request, reply and all its evidence."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tui_registry.store import Result
from tui_registry.ui.desk import Desk
from tui_registry.ui.records.history_lines import Line
from tui_registry.ui.words import NONE, ago, host, state
from tui_registry.verification.plan_words import KIND_WORDS, change_words
from tui_registry.verification.result_words import (
    Evidence,
    evidence_of,
    further,
    lines,
    measured,
    members,
    reply_lines,
    request_line,
    words,
)

if TYPE_CHECKING:
    from tui_registry.verification import Change

MOST_OF_A_RUN = 100
"""Results that one model can have in one run; there are fewer even when each is tried again."""


def result_lines(desk: Desk, row: Result, *, whole: bool = False) -> list[Line]:
    """A result; `whole` adds the request, the reply and what changed since the model last passed."""
    evidence = evidence_of(row.evidence)
    found = [
        *measured(row),
        *_members("Checks", evidence.get("checks")),
        *_members("Scores", evidence_of(row.scores)),
    ]
    head = list(_head(desk, row, evidence))
    if not whole:
        return [*head, *found, ("", ""), (None, _ways(desk))]
    return [
        *head,
        *_since_pass(desk, row),
        *found,
        *_request(row, evidence),
        *_reply(row, evidence),
        *_rest(row, evidence),
    ]


def _ways(desk: Desk) -> str:
    whole, again = desk.keys.first("record.open"), desk.keys.first("verify.one")
    return f"{whole} shows the request and the reply, {again} asks again."


def _head(desk: Desk, row: Result, evidence: Evidence) -> Iterator[Line]:
    """What was tested, and what came of it and why."""
    reads = desk.store.reads
    provider = reads.provider_by_id(row.provider_id).name
    model = None if row.model_id is None else reads.model_by_id(row.model_id).model_id
    outcome = NONE if row.outcome is None else row.outcome
    http = "" if row.http_status is None else f", HTTP {row.http_status}"
    yield "Status", state(row.status, desk.ascii)
    yield "Outcome", f"{outcome}{http}"
    if sentence := evidence.get("sentence"):
        yield "Because", words(sentence)
    yield "Tested", f"{row.test_type} of {provider}" + ("" if model is None else f"/{model}")
    run = "" if row.run_id is None else f", run {row.run_id}"
    yield (
        "When",
        f"{row.created_at[:19].replace('T', ' ')} UTC, {ago(row.created_at, desk.clock())}{run}",
    )


def _since_pass(desk: Desk, row: Result) -> Iterator[Line]:
    """What is different from the same probe when the model last passed."""
    if row.model_id is None:
        return
    from tui_registry.verification.regression import JUDGED, compared

    before = [
        each for each in desk.store.proofs.last_pass(row.model_id, _first(desk, row)) if each.status in JUDGED
    ]
    same = [each for each in before if each.test_type == row.test_type]
    if not before:
        yield "Last pass", "never before"
        return
    when = ago((same or before)[-1].created_at, desk.clock())
    if not same or row.status not in JUDGED:
        yield "Last pass", f"{when}; this cannot be compared with it"
        return
    changes = compared(same[-1], row)
    yield "Last pass", f"{when}. {' '.join(map(_change, changes)) or 'Nothing changed since.'}"


def _change(change: "Change") -> str:
    return f"{KIND_WORDS[change.kind]}: {change_words(change)}."


def _first(desk: Desk, row: Result) -> int:
    """The id of the first result of the same run and model: what stands before it is earlier."""
    if row.run_id is None:
        return row.id
    reads = desk.store.reads
    return reads.results(run_id=row.run_id, model_id=row.model_id, limit=MOST_OF_A_RUN)[-1].id


def _request(row: Result, evidence: Evidence) -> Iterator[Line]:
    line = request_line(row, evidence)
    if line is not None:
        yield from _titled("REQUEST", [line, *lines(evidence.get("request_body"))])


def _reply(row: Result, evidence: Evidence) -> Iterator[Line]:
    """Status, headers and body as they came, and the answer that was read from them."""
    if came := list(reply_lines(row, evidence)):
        yield from _titled("REPLY", came)
    if "answer" in evidence:
        yield from _titled("ANSWER", lines(evidence["answer"]))


def _rest(row: Result, evidence: Evidence) -> Iterator[Line]:
    """What else is kept as evidence."""
    yield from _titled("EVIDENCE", [])
    yield "Endpoint", host(row.endpoint) if row.endpoint else NONE
    yield from further(evidence)
    if row.key_fingerprint:
        yield "Key", f"fingerprint {row.key_fingerprint}"


def _titled(title: str, text: Iterable[str]) -> Iterator[Line]:
    yield None, ""
    yield None, title
    yield from ((None, line) for line in text)


def _members(label: str, value: object) -> Iterator[Line]:
    """The members of an object, the label beside the first."""
    for place, line in enumerate(members(value)):
        yield ("" if place else label), line
