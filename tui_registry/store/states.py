"""A model's state as its results say it is."""

from dataclasses import asdict, dataclass, replace

import peewee as pw

from tui_registry.store.rows import StateDifference
from tui_registry.store.statements import fetch

FAILURES_UNTIL_UNVERIFIED = 3

_HISTORY = """
SELECT model_id, status, score, created_at FROM verification_result
WHERE model_id IS NOT NULL AND status IN ('pass', 'fail', 'error') ORDER BY id
"""
_STATES = (
    "SELECT id, verification_state, consecutive_failures, score, last_verified_at FROM model ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class ModelState:
    """What a model's results say of it."""

    verification_state: str = "unverified"
    consecutive_failures: int = 0
    score: float | None = None
    last_verified_at: str | None = None

    def after(self, status: str, score: float | None, at: str) -> "ModelState":
        """The state after one more result; only a pass, a fail and an error count."""
        if status == "pass":
            latest = at if self.last_verified_at is None else max(at, self.last_verified_at)
            return ModelState("verified", 0, self.score if score is None else score, latest)
        if status not in ("fail", "error"):
            return self
        failures = self.consecutive_failures + 1
        lost = failures >= FAILURES_UNTIL_UNVERIFIED
        state = "unverified" if lost else self.verification_state
        return replace(self, consecutive_failures=failures, verification_state=state)


def differences(database: pw.SqliteDatabase) -> list[StateDifference]:
    """Where the stored states of models are not what their results say."""
    computed: dict[int, ModelState] = {}
    for model_id, status, score, created_at in fetch(database, _HISTORY):
        computed[model_id] = computed.get(model_id, ModelState()).after(status, score, created_at)
    found = []
    for id, *stored in fetch(database, _STATES):
        held, due = asdict(ModelState(*stored)), asdict(computed.get(id, ModelState()))
        found += [
            StateDifference(id, each, held[each], due[each]) for each in held if held[each] != due[each]
        ]
    return found
