"""What verification keeps: findings with all they showed, runs that go on, controls of an endpoint."""

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

from tui_registry.store import write_results
from tui_registry.store.change import Change
from tui_registry.store.proof_rows import DiscoveredModel, DiscoveryReport, Finding, ModelSeen, SeenLimit
from tui_registry.store.read_proofs import ProofReads
from tui_registry.store.recording import record
from tui_registry.store.statements import fetch
from tui_registry.store.tables import KeyControl, Limits, Provider, Result, Run
from tui_registry.store.write_discovery import take_list

_SEEN_LIMIT = """
UPDATE observed_limit SET limit_value = coalesce(?, limit_value), remaining = ?, reset_at = ?, header = ?,
  observed_at = max(observed_at, ?)
WHERE provider_id = ? AND ifnull(model_id, 0) = ifnull(?, 0) AND metric = ? AND "window" = ? RETURNING id
"""
_NEW_LIMIT = """
INSERT INTO observed_limit (limit_value, remaining, reset_at, header, observed_at, provider_id, model_id,
  metric, "window") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_LOWEST = """
SELECT metric, "window", min(limit_value) FROM observed_limit
WHERE provider_id = ? AND limit_value > 0 GROUP BY metric, "window"
"""
_LIMIT_FIELDS = {
    ("requests", "minute"): "requests_per_minute",
    ("requests", "hour"): "requests_per_hour",
    ("tokens", "minute"): "tokens_per_minute",
    ("tokens", "hour"): "tokens_per_hour",
}
_MAKE_OBSERVATION = "INSERT INTO model_observation (model_id, last_updated) VALUES (?, ?)"
_OBSERVE = """
UPDATE model_observation SET
  served_at = CASE WHEN :served THEN max(ifnull(served_at, ''), :now) ELSE served_at END,
  supports_tools = coalesce(:tools, supports_tools), supports_json = coalesce(:json, supports_json),
  last_updated = max(last_updated, :now) WHERE model_id = :model
"""
_SHOWN_FIELDS = ("supports_streaming", "supports_reasoning")
_SHOWN = "SELECT user_fields, updated_at, supports_streaming, supports_reasoning FROM model WHERE id = ?"
_SHOW = """
UPDATE model SET supports_streaming = ?, supports_reasoning = ?, updated_at = ?, row_version = row_version + 1
WHERE id = ?
"""
_QUIRKS = "UPDATE model_observation SET quirks = ?, quirks_at = ? WHERE model_id = ?"
_CONTROL = """
UPDATE key_control SET proof = ?, refuses_wrong = ?, checked_at = max(checked_at, ?) WHERE endpoint = ?
RETURNING endpoint
"""


class ProofWrites:
    """Every change verification asks for; each method is one transaction, on the writer's thread."""

    def __init__(self, change: Callable[[], AbstractContextManager[Change]]) -> None:
        """Write in the transactions this opener gives."""
        self._change = change

    def record(self, findings: Sequence[Finding]) -> list[Result]:
        """Keep results in the order given, with the limits and facts they showed, all or none."""
        with self._change() as change:
            return [_record(change, finding) for finding in findings]

    def keep_control(self, endpoint: str, proof: str, refuses_wrong: bool) -> KeyControl:
        """Remember whether this endpoint refused a wrong key."""
        with self._change() as change:
            values = (proof, refuses_wrong, change.now)
            if not fetch(change.db, _CONTROL, (*values, endpoint)):
                fetch(change.db, "INSERT INTO key_control VALUES (?, ?, ?, ?)", (endpoint, *values))
            return KeyControl(endpoint, *values)

    def take_list(self, seen: Provider, models: Iterable[DiscoveredModel]) -> DiscoveryReport:
        """Take in a provider's own list without touching what a person stated; nothing is deleted."""
        with self._change() as change:
            listed, provider_id = list(models), change.provider(seen).id
            report, ids = take_list(change, provider_id, listed)
            for model in listed:
                for limit in model.limits:
                    _see_limit(change, provider_id, ids[model.model_id], limit)
            return report

    def resume_run(self, seen: Run, owner: str, asks: Sequence[Provider] = ()) -> Run:
        """Open an interrupted or cancelled run again for this process; raises Refused for another one."""
        with self._change() as change:
            return write_results.resume_run(change, seen, owner, asks)

    def close_run(self, seen: Run, state: str) -> Run:
        """Close a run as `done`, `cancelled` or `interrupted`, with what its results cost together."""
        with self._change() as change:
            cost = run_cost(ProofReads(lambda: nullcontext(change.db)), seen.id)
            return write_results.finish_run(change, seen, state, cost)

    def interrupt_runs(self, is_dead: Callable[[Run], bool]) -> list[Run]:
        """Close running runs whose process is gone; those runs as they are then."""
        with self._change() as change:
            proofs = ProofReads(lambda: nullcontext(change.db))
            dead = [run for run in proofs.runs(state="running", limit=10_000) if is_dead(run)]
            return [
                write_results.finish_run(change, run, "interrupted", run_cost(proofs, run.id)) for run in dead
            ]


def run_cost(proofs: ProofReads, run_id: int) -> float | None:
    """What the results of a run cost together in USD; None when no cost is known."""
    from tui_registry.money import exact

    costs = [exact(row.cost) for row in proofs.run_results(run_id) if row.cost is not None]
    return float(sum(costs)) if costs else None


def _record(change: Change, finding: Finding) -> Result:
    kept = record(change, finding.result)
    model_id = kept.model_id if finding.limits_of_model else None
    for limit in finding.limits:
        _see_limit(change, kept.provider_id, model_id, limit)
    if finding.limits:
        _fill_limits(change, kept.provider_id)
    if finding.seen is not None and kept.model_id is not None:
        _see_model(change, kept.model_id, finding.seen)
    return kept


def _see_limit(change: Change, provider_id: int, model_id: int | None, limit: SeenLimit) -> None:
    stated = (limit.limit_value, limit.remaining, limit.reset_at, limit.header, change.now)
    place = (provider_id, model_id, limit.metric, limit.window)
    if not fetch(change.db, _SEEN_LIMIT, (*stated, *place)):
        fetch(change.db, _NEW_LIMIT, (*stated, *place))


def _fill_limits(change: Change, provider_id: int) -> None:
    """Let the lowest limits seen stand as the provider's, unless a person stated some."""
    lowest = {
        _LIMIT_FIELDS[metric, window]: value
        for metric, window, value in fetch(change.db, _LOWEST, (provider_id,))
        if (metric, window) in _LIMIT_FIELDS
    }
    held = change.reads.limits(provider_id)
    if not lowest or (held is not None and held.source == "user"):
        return
    if held is None:
        stamps = {"source": "observed", "row_version": 1, "last_updated": change.now}
        change.insert(Limits, {"provider_id": provider_id} | lowest | stamps)
    elif any(getattr(held, name) != value for name, value in lowest.items()):
        change.update(Limits, provider_id, held.row_version, _observed(change, held, lowest))


def _observed(change: Change, held: Limits, lowest: dict[str, int]) -> dict[str, object]:
    return {**lowest, "source": "observed", "last_updated": change.later(held.last_updated)}


def _see_model(change: Change, model_id: int, seen: ModelSeen) -> None:
    if not fetch(change.db, "SELECT 1 FROM model_observation WHERE model_id = ?", (model_id,)):
        fetch(change.db, _MAKE_OBSERVATION, (model_id, change.now))
    facts = {"served": seen.served, "tools": seen.supports_tools, "json": seen.supports_json}
    fetch(change.db, _OBSERVE, facts | {"now": change.now, "model": model_id})
    if seen.quirks is not None:
        text = json.dumps(dict(sorted(seen.quirks.items()))) if seen.quirks else None
        fetch(change.db, _QUIRKS, (text, change.now if text else None, model_id))
    _show_on_model(change, model_id, seen)


def _show_on_model(change: Change, model_id: int, seen: ModelSeen) -> None:
    """Put what a probe showed on the model itself, where no person stated it."""
    shown = (seen.supports_streaming, seen.supports_reasoning)
    if shown == (None, None):
        return
    users, updated_at, *held = fetch(change.db, _SHOWN, (model_id,))[0]
    wanted = [
        old if new is None or name in users.split() else int(new)
        for name, old, new in zip(_SHOWN_FIELDS, held, shown, strict=True)
    ]
    if wanted != held:
        fetch(change.db, _SHOW, (*wanted, change.later(updated_at), model_id))
