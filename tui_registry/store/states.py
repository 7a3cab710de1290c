"""A model's state as its results say it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import peewee as pw

from tui_registry.clock import moment
from tui_registry.store.rows import Cell, StateDifference
from tui_registry.store.statements import fetch

FAILURES_UNTIL_UNVERIFIED = 3
FAILING_FOR = timedelta(minutes=15)
"""How long failures in a row must go on before they count as repeated, so that one bad moment does not."""
MISSING_FOR = timedelta(minutes=10)
"""How long a provider must say that it has no such model, twice or more."""

FEATURE_TESTS = ("tools", "json", "benchmark")
"""Probes of what a model can do besides answering; they change its score and never its state."""

_STORED = ("verification_state", "consecutive_failures", "score", "last_verified_at")
_HISTORY = """
SELECT model_id, test_type, status, outcome, score, created_at FROM verification_result
WHERE model_id IS NOT NULL AND status IN ('pass', 'partial', 'fail', 'unsupported') ORDER BY id
"""
_STATES = (
    "SELECT id, verification_state, consecutive_failures, score, last_verified_at FROM model ORDER BY id"
)
_SINCE_PASS = """
SELECT test_type, status, outcome, created_at FROM verification_result
WHERE model_id = :model AND status = 'fail' AND id < :result AND id > coalesce((
  SELECT max(id) FROM verification_result
  WHERE model_id = :model AND status = 'pass' AND id < :result
    AND test_type NOT IN ('tools', 'json', 'benchmark')
), 0) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class ModelState:
    """What a model's results say of it; the two times are those of the failures since the last pass."""

    verification_state: str = "unverified"
    consecutive_failures: int = 0
    score: float | None = None
    last_verified_at: str | None = None
    failing_since: str | None = None
    missing_since: str | None = None

    def after(self, said: str | None, score: float | None, at: str) -> "ModelState":
        """The state after one more result that said this, in the words of `says`."""
        if said is None:
            return self
        judged = replace(self, score=self.score if score is None else score)
        if said == "pass":
            latest = at if self.last_verified_at is None else max(at, self.last_verified_at)
            return ModelState("verified", 0, judged.score, latest)
        return judged._failed(said, at) if said in ("fail", "missing") else judged

    def _failed(self, said: str, at: str) -> "ModelState":
        failures = self.consecutive_failures + 1
        lost = failures >= FAILURES_UNTIL_UNVERIFIED and _lasted(self.failing_since, at, FAILING_FOR)
        lost = lost or (said == "missing" and _lasted(self.missing_since, at, MISSING_FOR))
        return replace(
            self,
            consecutive_failures=failures,
            verification_state="unverified" if lost else self.verification_state,
            failing_since=self.failing_since or at,
            missing_since=self.missing_since or (at if said == "missing" else None),
        )

    def stored(self) -> dict[str, Cell]:
        """The columns of the model that hold this state."""
        return {name: getattr(self, name) for name in _STORED}


def says(test_type: str, status: str, outcome: str | None) -> str | None:
    """What a result says of its model: `pass`, `fail`, `missing`, `score` alone, or None for nothing.

    Blocked, skipped and transient endings (`error`) say nothing about a model.
    """
    if status not in ("pass", "partial", "fail", "unsupported"):
        return None
    if test_type in FEATURE_TESTS or status not in ("pass", "fail"):
        return "score"
    return "missing" if status == "fail" and outcome == "missing" else status


def before(database: pw.SqliteDatabase, model_id: int, stored: ModelState, result: int) -> ModelState:
    """A model's stored state with the times of its failures, as they were before this result's id."""
    if not stored.consecutive_failures:
        return stored
    streak = _folded(
        (says(*row[:3]), None, row[3])
        for row in fetch(database, _SINCE_PASS, {"model": model_id, "result": result})
    )
    return replace(stored, failing_since=streak.failing_since, missing_since=streak.missing_since)


def differences(database: pw.SqliteDatabase) -> list[StateDifference]:
    """Where the stored states of models are not what their results say."""
    computed: dict[int, ModelState] = {}
    for model_id, test_type, status, outcome, score, created_at in fetch(database, _HISTORY):
        said = says(test_type, status, outcome)
        computed[model_id] = computed.get(model_id, ModelState()).after(said, score, created_at)
    found = []
    for id, *stored in fetch(database, _STATES):
        held, due = ModelState(*stored).stored(), computed.get(id, ModelState()).stored()
        found += [
            StateDifference(id, each, held[each], due[each]) for each in held if held[each] != due[each]
        ]
    return found


def _folded(said: Iterable[tuple[str | None, float | None, Any]]) -> ModelState:
    state = ModelState()
    for each in said:
        state = state.after(*each)
    return state


def _lasted(since: str | None, at: str, long: timedelta) -> bool:
    return since is not None and moment(at) - moment(since) >= long
