"""What changed since a model last passed, and which of that is for the worse."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tui_registry.store import Result, Store

WORSE_BY = 0.2
"""How much a score must fall before it counts as a regression; less is the weather of one sample."""

SPEEDS = frozenset({"latency", "throughput", "reliability"})
"""Scores of one sample or of a time; they change without anything being broken."""

JUDGED = ("pass", "partial", "fail", "unsupported")
_RANK = {"pass": 3, "partial": 2, "unsupported": 1, "fail": 0}

Kind = Literal["regression", "improvement", "difference"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different: of a probe's status, of a score from 0 to 1, or of the model served."""

    model_id: int
    probe: str
    field: str
    was: str | float
    now: str | float
    kind: Kind


def changes_since_pass(store: Store, run_id: int) -> list[Change]:
    """What a run found different from the last run that each of its models passed before.

    Endings that say nothing about a model (blocked, error, skipped) are no change, and a model that never
    passed before has none.
    """
    found: dict[int, dict[str, Result]] = {}
    first: dict[int, int] = {}
    for row in store.proofs.run_results(run_id):
        if row.model_id is not None:
            first.setdefault(row.model_id, row.id)
            if row.status in JUDGED:
                found.setdefault(row.model_id, {})[row.test_type] = row
    changes: list[Change] = []
    for model_id, now in found.items():
        before = {
            row.test_type: row
            for row in store.proofs.last_pass(model_id, first[model_id])
            if row.status in JUDGED
        }
        for probe in now:
            if probe in before:
                changes += compared(before[probe], now[probe])
    return changes


def is_regression(changes: Iterable[Change]) -> bool:
    """Whether any of the changes is for the worse."""
    return any(change.kind == "regression" for change in changes)


def compared(was: Result, now: Result) -> list[Change]:
    """The changes between two judged results of one probe."""
    model, probe = now.model_id or 0, now.test_type
    changes = []
    if was.status != now.status:
        kind = _kind(_RANK[now.status] - _RANK[was.status])
        changes.append(Change(model, probe, "status", was.status, now.status, kind))
    if was.model_served and now.model_served and was.model_served != now.model_served:
        changes.append(Change(model, probe, "model_served", was.model_served, now.model_served, "difference"))
    if was.scoring_version != now.scoring_version:
        return changes
    old, new = _scores(was), _scores(now)
    for name in sorted(old.keys() & new.keys() - SPEEDS):
        if abs(new[name] - old[name]) >= WORSE_BY:
            kind = _kind(new[name] - old[name])
            changes.append(Change(model, probe, name, old[name], new[name], kind))
    return changes


def _kind(difference: float) -> Kind:
    return "regression" if difference < 0 else "improvement"


def _scores(row: Result) -> dict[str, float]:
    return json.loads(row.scores) if row.scores else {}
