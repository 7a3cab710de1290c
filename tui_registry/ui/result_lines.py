"""One verification result as lines: what it came to and why, checks, request, reply and all its evidence."""

import json
from collections.abc import Iterator, Mapping

from tui_registry.money import exact
from tui_registry.store import ResultRow
from tui_registry.ui.desk import Desk
from tui_registry.ui.history_lines import Line
from tui_registry.ui.run_words import change_words
from tui_registry.ui.words import NONE, ago, counted, host, state

Evidence = Mapping[str, object]

MOST_OF_A_RUN = 100
"""Results that one model can have in one run; there are fewer even when each is tried again."""

_TOLD = frozenset(
    {"method", "url", "request_body", "http_status", "headers", "answer", "head", "tail", "length", "chunks"}
    | {"sentence", "checks", "outcome", "finish_reason", "scoring_version", "started_at"}
)
"""Evidence that has a place of its own, or repeats a column of the result."""


def result_lines(desk: Desk, row: ResultRow, *, whole: bool = False) -> list[Line]:
    """A result; `whole` adds the request, the reply and what changed since the model last passed."""
    evidence = _object(row.evidence)
    found = [
        *_measured(row),
        *_members("Checks", evidence.get("checks")),
        *_members("Scores", _object(row.scores)),
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


def _head(desk: Desk, row: ResultRow, evidence: Evidence) -> Iterator[Line]:
    """What was tested, and what came of it and why."""
    reads = desk.store.reads
    provider = reads.provider_by_id(row.provider_id).name
    model = None if row.model_id is None else reads.model_by_id(row.model_id).model_id
    outcome = NONE if row.outcome is None else row.outcome
    http = "" if row.http_status is None else f", HTTP {row.http_status}"
    yield "Status", state(row.status, desk.ascii)
    yield "Outcome", f"{outcome}{http}"
    if sentence := evidence.get("sentence"):
        yield "Because", _words(sentence)
    yield "Tested", f"{row.test_type} of {provider}" + ("" if model is None else f"/{model}")
    run = "" if row.run_id is None else f", run {row.run_id}"
    yield (
        "When",
        f"{row.created_at[:19].replace('T', ' ')} UTC, {ago(row.created_at, desk.clock())}{run}",
    )


def _measured(row: ResultRow) -> Iterator[Line]:
    """Times, tokens, score and money, as far as they were measured."""
    if row.latency_ms is not None:
        first = "" if row.ttft_ms is None else f", first token after {row.ttft_ms:,.0f} ms"
        yield "Latency", f"{row.latency_ms:,.0f} ms{first}"
    if row.tokens_per_second is not None:
        yield "Speed", f"{row.tokens_per_second:,.1f} tokens/s"
    counts = (
        ("in", row.input_tokens),
        ("out", row.output_tokens),
        ("of them reasoning", row.reasoning_tokens),
    )
    if tokens := ", ".join(f"{count:,} {words}" for words, count in counts if count is not None):
        yield "Tokens", tokens
    if row.score is not None:
        version = "" if row.scoring_version is None else f", scoring version {row.scoring_version}"
        yield "Score", f"{row.score:.2f}{version}"
    if row.cost is not None:
        source = f", {row.cost_source}" if row.cost_source else ""
        yield "Cost", f"{exact(row.cost):f} USD{source}"
    if row.model_served:
        yield "Served by", row.model_served


def _since_pass(desk: Desk, row: ResultRow) -> Iterator[Line]:
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
    yield "Last pass", f"{when}. {' '.join(map(change_words, changes)) or 'Nothing changed since.'}"


def _first(desk: Desk, row: ResultRow) -> int:
    """The id of the first result of the same run and model: what stands before it is earlier."""
    if row.run_id is None:
        return row.id
    reads = desk.store.reads
    return reads.results(run_id=row.run_id, model_id=row.model_id, limit=MOST_OF_A_RUN)[-1].id


def _request(row: ResultRow, evidence: Evidence) -> Iterator[Line]:
    address = evidence.get("url") or row.endpoint
    if address is None and "request_body" not in evidence:
        return
    yield from _titled("REQUEST")
    yield None, f"{evidence.get('method', '')} {_words(address)}".strip()
    yield from _text(evidence.get("request_body"))


def _reply(row: ResultRow, evidence: Evidence) -> Iterator[Line]:
    """Status, headers and body as they came, and the answer that was read from them."""
    if row.http_status is None and not {"head", "answer"} & evidence.keys():
        return
    yield from _titled("REPLY")
    parts = [
        None if row.http_status is None else f"HTTP {row.http_status}",
        f"{evidence['length']} bytes" if "length" in evidence else None,
        counted(int(str(evidence["chunks"])), "chunk") if "chunks" in evidence else None,
        f"ended with {evidence['finish_reason']}" if "finish_reason" in evidence else None,
    ]
    yield None, ", ".join(part for part in parts if part)
    headers = evidence.get("headers")
    if isinstance(headers, dict):
        yield from ((None, f"{name}: {_words(value)}") for name, value in headers.items())
    yield from _text(evidence.get("head"))
    if "tail" in evidence:
        yield None, "..."
        yield from _text(evidence["tail"])
    if "answer" in evidence:
        yield from _titled("ANSWER")
        yield from _text(evidence["answer"])


def _rest(row: ResultRow, evidence: Evidence) -> Iterator[Line]:
    """What else is kept as evidence."""
    rest = {name: value for name, value in evidence.items() if name not in _TOLD}
    yield from _titled("EVIDENCE")
    yield "Endpoint", host(row.endpoint) if row.endpoint else NONE
    for name, value in rest.items():
        yield name.replace("_", " ").capitalize(), _words(value)
    if row.key_fingerprint:
        yield "Key", f"fingerprint {row.key_fingerprint}"


def _titled(title: str) -> Iterator[Line]:
    yield None, ""
    yield None, title


def _text(value: object) -> Iterator[Line]:
    """A text line by line."""
    if value is not None:
        yield from ((None, line) for line in _words(value).splitlines())


def _members(label: str, value: object) -> Iterator[Line]:
    """The members of an object, the label beside the first."""
    if isinstance(value, dict):
        for place, (name, each) in enumerate(value.items()):
            yield ("" if place else label), f"{name}: {_words(each)}"


def _object(text: str | None) -> Evidence:
    """The members of a JSON object; anything else under one name."""
    if text is None:
        return {}
    found = json.loads(text)
    return found if isinstance(found, dict) else {"evidence": found}


def _words(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: NONE, True: "yes", False: "no"}[value]
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
