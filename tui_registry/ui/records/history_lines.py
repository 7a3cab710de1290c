"""The history of a provider or a model as lines of its page: thirty days, latencies, scores, last failure."""

from tui_registry.store.views import Scope
from tui_registry.ui.desk import Desk
from tui_registry.ui.records import pictures
from tui_registry.ui.words import NONE, aged

Line = tuple[str | None, str]
"""A label and a value side by side; without a label the value has the whole width."""


def provider_history(desk: Desk, provider_id: int) -> list[Line]:
    """What the results of a provider's models and of its key come to; nothing where there are none."""
    scope = Scope(provider_id=provider_id)
    lines = _pictures(desk, scope)
    row = desk.store.views.source("providers").rows([provider_id])[0] if lines else None
    if row is None:
        return lines
    score = row[1 + desk.store.views.source("providers").columns.index("score")]
    words = NONE if score is None else f"{float(score):.2f}, mean of its models"
    return [("", ""), ("Score", words), *lines]


def model_history(desk: Desk, row_id: int) -> list[Line]:
    """What the results of a model come to; nothing where there are none."""
    scope = Scope(model_id=row_id)
    lines = _pictures(desk, scope)
    if not lines:
        return []
    return [("", ""), ("Score", pictures.score_trend(desk.store.history.scores(scope))), *lines]


def _pictures(desk: Desk, scope: Scope) -> list[Line]:
    """Latencies, days and the last failure in pictures and words."""
    history = desk.store.history
    latencies = history.latencies(scope)
    days = history.days(scope, desk.clock())
    if not latencies and not any(day.results for day in days):
        return []
    words, scale = pictures.latency_words(latencies)
    drawn = [("", pictures.sparkline(latencies, ascii_only=desk.ascii)), ("", scale)] if scale else []
    return [
        ("Latency", words),
        *drawn,
        ("Last 30 days", pictures.passed_words(days)),
        (None, pictures.day_strip(days, ascii_only=desk.ascii)),
        (None, pictures.day_legend(ascii_only=desk.ascii)),
        *_last_failure(desk, scope),
    ]


def _last_failure(desk: Desk, scope: Scope) -> list[Line]:
    failure = desk.store.history.last_failure(scope)
    if failure is None:
        return []
    at, outcome, http_status = failure
    reasons = [str(each) for each in (http_status, outcome) if each is not None]
    told = f"{at[5:16].replace('T', ' ')} UTC, {aged(at, desk.clock())}"
    return [("Last failure", ": ".join([told, " ".join(reasons)]) if reasons else told)]
