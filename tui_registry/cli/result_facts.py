"""A verification result as commands show it: for scripts, and for people with request, reply and checks."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING

from tui_registry.money import exact

if TYPE_CHECKING:
    from tui_registry.store import Reads, ResultRow

Fact = tuple[str, str | None]

_TOLD_ELSEWHERE = frozenset(
    {"method", "url", "request_body", "http_status", "headers", "answer", "head", "tail", "length", "chunks"}
    | {"sentence", "checks", "outcome", "finish_reason", "scoring_version", "started_at"}
)
"""Evidence that has a line of its own, or repeats a column of the result."""


class ResultNames:
    """The names behind the ids of results, each looked up once."""

    def __init__(self, reads: "Reads") -> None:
        """Look names up here."""
        self._reads = reads
        self._providers = {row.id: row.name for row in reads.providers()}
        self._models: dict[int, str] = {}

    def provider(self, row: "ResultRow") -> str | None:
        """The provider's name."""
        return self._providers.get(row.provider_id)

    def model(self, row: "ResultRow") -> str | None:
        """What the provider calls the model; None for a result of a key or a list."""
        if row.model_id is None:
            return None
        if row.model_id not in self._models:
            self._models[row.model_id] = self._reads.model_by_id(row.model_id).model_id
        return self._models[row.model_id]


def result_record(names: ResultNames, row: "ResultRow") -> dict[str, object]:
    """A result with the data model's field names, the names of its provider and model beside the ids."""
    facts = asdict(row)
    first = {name: facts.pop(name) for name in ("id", "created_at", "provider_id", "model_id")}
    parsed = {
        name: None if facts[name] is None else json.loads(facts[name]) for name in ("scores", "evidence")
    }
    return first | {"provider": names.provider(row), "model": names.model(row)} | facts | parsed


def result_facts(names: ResultNames, row: "ResultRow") -> Iterator[Fact]:
    """A result for a person: what it came to, what was measured, and its evidence as plain text."""
    evidence = _object(row.evidence)
    yield "Result", str(row.id)
    yield "When", f"{row.created_at[:19].replace('T', ' ')} UTC"
    yield "Provider", names.provider(row)
    yield "Model", names.model(row)
    yield "Test", row.test_type + (f", in run {row.run_id}" if row.run_id is not None else "")
    yield "Status", row.status
    yield "Outcome", row.outcome
    if "sentence" in evidence:
        yield "Because", _words(evidence["sentence"])
    yield from _measured(row)
    yield from _exchanged(row, evidence)
    yield from _checked(row, evidence)
    for name, value in evidence.items():
        if name not in _TOLD_ELSEWHERE:
            yield _label(name), _words(value)
    yield "Key", row.key_fingerprint and f"fingerprint {row.key_fingerprint}"


def _measured(row: "ResultRow") -> Iterator[Fact]:
    """Times, tokens and money, as far as there are any."""
    if row.latency_ms is not None:
        yield "Latency", f"{row.latency_ms:,.0f} ms"
    if row.ttft_ms is not None:
        yield "First token", f"{row.ttft_ms:,.0f} ms"
    if row.tokens_per_second is not None:
        yield "Speed", f"{row.tokens_per_second:,.1f} tokens/s"
    counts = {"in": row.input_tokens, "out": row.output_tokens, "of them reasoning": row.reasoning_tokens}
    if any(count is not None for count in counts.values()):
        yield (
            "Tokens",
            ", ".join(f"{count:,} {words}" for words, count in counts.items() if count is not None),
        )
    if row.cost is not None:
        source = f", from {row.cost_source}" if row.cost_source else ""
        yield "Cost", f"{_plain(exact(row.cost))} USD{source}"
    if row.model_served is not None:
        yield "Served by", row.model_served


def _exchanged(row: "ResultRow", evidence: dict[str, object]) -> Iterator[Fact]:
    """The request and the reply."""
    address = evidence.get("url") or row.endpoint
    sent = [
        _words(address) and f"{evidence.get('method', '')} {address}".strip(),
        evidence.get("request_body"),
    ]
    yield "Request", "\n".join(str(each) for each in sent if each) or None
    if row.http_status is None and "head" not in evidence and "answer" not in evidence:
        return
    size = evidence.get("length")
    parts = [
        None if row.http_status is None else f"HTTP {row.http_status}",
        None if size is None else f"{size} bytes",
        f"{evidence['chunks']} chunks" if "chunks" in evidence else None,
        f"ended with {evidence['finish_reason']}" if "finish_reason" in evidence else None,
    ]
    body = [evidence.get("head"), "..." if "tail" in evidence else None, evidence.get("tail")]
    lines = [", ".join(part for part in parts if part), *_named(evidence.get("headers"))]
    yield "Reply", "\n".join([*lines, *(str(each).rstrip("\n") for each in body if each)])
    if "answer" in evidence:
        yield "Answer", _words(evidence["answer"])


def _checked(row: "ResultRow", evidence: dict[str, object]) -> Iterator[Fact]:
    """The checks and the scores."""
    if "checks" in evidence:
        yield "Checks", "\n".join(_named(evidence["checks"])) or None
    scores = _object(row.scores)
    if scores:
        yield "Scores", "\n".join(_named(scores))
    if row.score is not None:
        version = f", scoring version {row.scoring_version}" if row.scoring_version else ""
        yield "Score", f"{row.score:.2f}{version}"


def _object(text: str | None) -> dict[str, object]:
    """The members of a JSON object; anything else under one name."""
    if text is None:
        return {}
    found = json.loads(text)
    return found if isinstance(found, dict) else {"evidence": found}


def _named(value: object) -> list[str]:
    """One line for each member."""
    if not isinstance(value, dict):
        return [] if value is None else [str(_words(value))]
    return [f"{name}: {_words(each)}" for name, each in value.items()]


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _words(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _plain(amount: Decimal) -> str:
    """An amount with every digit, never with an exponent."""
    return f"{amount:f}"
