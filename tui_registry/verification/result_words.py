"""One result in words: what was measured, what was asked and came back, and what else is kept of it."""

import json
from collections.abc import Iterator, Mapping

from tui_registry.money import exact
from tui_registry.store import Result
from tui_registry.text import counted
from tui_registry.verification.scoring import PARTIAL_BELOW

Evidence = Mapping[str, object]
Fact = tuple[str, str]

_TOLD = frozenset(
    {"method", "url", "request_body", "http_status", "headers", "answer", "head", "tail", "length", "chunks"}
    | {"sentence", "checks", "outcome", "finish_reason", "scoring_version", "started_at"}
)
"""Evidence that has a place of its own, or repeats a column of the result."""


def evidence_of(text: str | None) -> Evidence:
    """The members of a JSON object; anything else under one name."""
    if text is None:
        return {}
    found = json.loads(text)
    return found if isinstance(found, dict) else {"evidence": found}


def measured(row: Result) -> Iterator[Fact]:
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
        yield "Score", f"{row.score:.2f}{_partial(row)}{version}"
    if row.cost is not None:
        source = f" ({row.cost_source})" if row.cost_source else ""
        yield "Cost", f"{exact(row.cost):f} USD{source}"
    if row.model_served:
        yield "Served by", row.model_served


def _partial(row: Result) -> str:
    """How much of a score was measured, where that is little."""
    share = evidence_of(row.evidence).get("coverage")
    is_little = isinstance(share, int | float) and share < PARTIAL_BELOW
    return f", partial: {share:.0%} of what counts was measured" if is_little else ""


def request_line(row: Result, evidence: Evidence) -> str | None:
    """Method and address, None when nothing was asked."""
    address = evidence.get("url") or row.endpoint
    if address is None and "request_body" not in evidence:
        return None
    return f"{evidence.get('method', '')} {words(address)}".strip()


def reply_lines(row: Result, evidence: Evidence) -> Iterator[str]:
    """Status, headers and body as they came; nothing when nothing came."""
    if row.http_status is None and not {"head", "answer"} & evidence.keys():
        return
    parts = [
        None if row.http_status is None else f"HTTP {row.http_status}",
        f"{evidence['length']} bytes" if "length" in evidence else None,
        counted(int(str(evidence["chunks"])), "chunk") if "chunks" in evidence else None,
        f"ended with {evidence['finish_reason']}" if "finish_reason" in evidence else None,
    ]
    yield ", ".join(part for part in parts if part)
    yield from members(evidence.get("headers"))
    yield from lines(evidence.get("head"))
    if "tail" in evidence:
        yield "..."
        yield from lines(evidence["tail"])


def further(evidence: Evidence) -> Iterator[Fact]:
    """What else is kept as evidence."""
    for name, value in evidence.items():
        if name not in _TOLD:
            yield name.replace("_", " ").capitalize(), words(value)


def members(value: object) -> list[str]:
    """One line for each member of an object."""
    return [f"{name}: {words(each)}" for name, each in value.items()] if isinstance(value, dict) else []


def lines(value: object) -> list[str]:
    """A text line by line."""
    return [] if value is None else words(value).splitlines()


def words(value: object) -> str:
    """A value of JSON as plain text."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "-", True: "yes", False: "no"}[value]
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
