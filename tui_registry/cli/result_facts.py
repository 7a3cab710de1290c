"""A verification result as commands show it: for scripts, and for people with request, reply and checks."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tui_registry.verification.result_words import (
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
    from tui_registry.store import Reads, Result

Fact = tuple[str, str | None]


class ResultNames:
    """The names behind the ids of results, each looked up once."""

    def __init__(self, reads: "Reads") -> None:
        """Look names up here."""
        self._reads = reads
        self._providers = {row.id: row.name for row in reads.providers()}
        self._models: dict[int, str] = {}

    def provider(self, row: "Result") -> str | None:
        """The provider's name."""
        return self._providers.get(row.provider_id)

    def model(self, row: "Result") -> str | None:
        """What the provider calls the model; None for a result of a key or a list."""
        if row.model_id is None:
            return None
        if row.model_id not in self._models:
            self._models[row.model_id] = self._reads.model_by_id(row.model_id).model_id
        return self._models[row.model_id]


def result_record(names: ResultNames, row: "Result") -> dict[str, object]:
    """A result with the data model's field names, the names of its provider and model beside the ids."""
    facts = row.values()
    first = {name: facts.pop(name) for name in ("id", "created_at", "provider_id", "model_id")}
    parsed = {
        name: None if facts[name] is None else json.loads(facts[name]) for name in ("scores", "evidence")
    }
    return first | {"provider": names.provider(row), "model": names.model(row)} | facts | parsed


def result_facts(names: ResultNames, row: "Result") -> Iterator[Fact]:
    """A result for a person: what it came to, what was measured, and its evidence as plain text."""
    evidence = evidence_of(row.evidence)
    yield "Result", str(row.id)
    yield "When", f"{row.created_at[:19].replace('T', ' ')} UTC"
    yield "Provider", names.provider(row)
    yield "Model", names.model(row)
    yield "Test", row.test_type + (f", in run {row.run_id}" if row.run_id is not None else "")
    yield "Status", row.status
    yield "Outcome", row.outcome
    if "sentence" in evidence:
        yield "Because", words(evidence["sentence"])
    yield from measured(row)
    asked = [request_line(row, evidence), *lines(evidence.get("request_body"))]
    yield "Request", _text(asked)
    if came := list(reply_lines(row, evidence)):
        yield "Reply", _text(came)
    if "answer" in evidence:
        yield "Answer", words(evidence["answer"])
    for label, members_of in (("Checks", evidence.get("checks")), ("Scores", evidence_of(row.scores))):
        if found := members(members_of):
            yield label, _text(found)
    yield from further(evidence)
    yield "Key", row.key_fingerprint and f"fingerprint {row.key_fingerprint}"


def _text(found: Iterable[str | None]) -> str | None:
    return "\n".join(line for line in found if line is not None) or None
