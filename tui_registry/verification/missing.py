"""Whether a provider has said before, and not just now, that it has no such model."""

from datetime import datetime, timedelta

from tui_registry.clock import moment
from tui_registry.store import Store

APART = timedelta(minutes=10)
"""How far apart two such answers must be before the model counts as not there."""


def missing_before(store: Store, model_id: int, now: datetime) -> bool:
    """Whether the model was missing at least ten minutes ago and did not answer since."""
    for row in store.reads.results(model_id=model_id, limit=50):
        if row.status == "pass":
            return False
        if row.outcome == "missing" and now - moment(row.created_at) >= APART:
            return True
    return False
