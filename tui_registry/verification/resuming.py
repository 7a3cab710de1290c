"""Runs that were cut off: whose process is gone, and what is left of them to do."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from tui_registry.clock import Clock, moment, utc_now
from tui_registry.errors import NotFound
from tui_registry.money import exact
from tui_registry.store import Identified, Result, Run, Store
from tui_registry.verification.estimate import estimate
from tui_registry.verification.plan import ModelPlan, Plan, ProviderPlan
from tui_registry.verification.planning import plan_run

ENDED = frozenset({"pass", "partial", "fail", "unsupported", "blocked"})
"""Statuses of a probe that is not asked again when its run is resumed."""

FOREIGN_LASTS = timedelta(days=1)
"""How long a run of another machine, which cannot be looked at, counts as running."""

_OURS: set[int] = set()
"""The runs that this process has in hand."""


def owner() -> str:
    """This process, as a run names it."""
    return f"{platform.node()[:100] or 'here'} {os.getpid()}"


def take(run_id: int) -> None:
    """Say that this process works on a run."""
    _OURS.add(run_id)


def leave(run_id: int) -> None:
    """Say that this process works on it no more."""
    _OURS.discard(run_id)


def mark_interrupted(store: Store, *, clock: Clock = utc_now) -> list[Run]:
    """Mark the runs whose process is gone as interrupted; those runs, newest first.

    A run that another living session works on stays as it is. To be called when a registry was opened.
    """
    if store.read_only or not store.proofs.runs(state="running", limit=1):
        return []
    return store.write(lambda write: write.proofs.interrupt_runs(lambda run: _is_dead(run, clock()))).result()


def _is_dead(run: Run, now: datetime) -> bool:
    host, _, process = (run.owner or "").rpartition(" ")
    if not process.isdigit():
        return True
    if host != owner().rpartition(" ")[0]:
        return now - moment(run.started_at) > FOREIGN_LASTS
    if int(process) == os.getpid():
        return run.id not in _OURS
    return not _is_alive(int(process))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    except OverflowError:
        return False
    return True


def resume_plan(store: Store, run: Run, *, clock: Clock = utc_now) -> Plan:
    """The rest of an interrupted or cancelled run, with what is left of its budget.

    Probes that have an ending keep it; skipped ones are asked now. Raises NotFound for a run that does not
    say what it set out to do.
    """
    if run.plan is None:
        raise NotFound(f"Run {run.id} does not say what it set out to do, so it cannot be resumed.")
    wanted = json.loads(run.plan)
    providers = store.reads.providers()
    ids = _still_there(wanted["models"], (model for row in providers for model in store.reads.models(row.id)))
    keys = [] if ids else _still_there(wanted["providers"], providers)
    budget = None if run.budget is None else Decimal(repr(run.budget))
    if not ids and not keys:
        return Plan(wanted["suite"], budget, (), (), run)
    plan = plan_run(store, suite=wanted["suite"], providers=keys, models=ids, budget=budget, clock=clock)
    return rest_of(plan, run, store.proofs.run_results(run.id))


def _still_there(named: Iterable[str | int], rows: Iterable[Identified]) -> list[int]:
    """The ids of the records that a plan names by their uuid, or by their id as plans once did."""
    here: dict[str | int, int] = {}
    for row in rows:
        here[row.uuid] = here[row.id] = row.id
    return [here[name] for name in named if name in here]


def rest_of(plan: Plan, run: Run, results: Iterable[Result]) -> Plan:
    """The plan without the probes that have an ending in these results of the run."""
    ended: dict[int, set[str]] = {}
    scores: dict[int, dict[str, float]] = {}
    stopped: set[int] = set()
    spent, keys = Decimal(0), set()
    for row in results:
        spent += exact(row.cost) if row.cost is not None else Decimal(0)
        if row.model_id is None:
            keys.add(row.provider_id) if row.test_type == "key" and row.status == "pass" else None
        elif row.status in ENDED:
            ended.setdefault(row.model_id, set()).add(row.test_type)
            scores.setdefault(row.model_id, {}).update(_scores(row))
            if row.test_type == "chat" and row.status not in ("pass", "partial"):
                stopped.add(row.model_id)
    providers = []
    for each in plan.providers:
        models = tuple(
            _rest_of_model(model, ended.get(model.id, set()), scores.get(model.id, {}))
            for model in each.models
            if model.id not in stopped
        )
        left = tuple(model for model in models if model.probes)
        checks_key = each.checks_key and each.row.id not in keys
        if left or checks_key:
            providers.append(_with_models(each, left, checks_key))
    return replace(plan, providers=tuple(providers), run=run, spent=spent)


def _with_models(plan: ProviderPlan, models: tuple[ModelPlan, ...], checks_key: bool) -> ProviderPlan:
    return replace(plan, models=models, checks_key=checks_key)


def _rest_of_model(model: ModelPlan, ended: set[str], scores: dict[str, float]) -> ModelPlan:
    probes = tuple(probe for probe in model.probes if probe not in ended)
    needed = estimate(probes, model.reasons, model.price)
    return replace(
        model,
        probes=probes,
        scores=scores,
        calls=needed.calls,
        tokens=needed.tokens,
        bound=needed.bound,
    )


def _scores(row: Result) -> dict[str, float]:
    return (
        {} if row.scores is None else {name: float(value) for name, value in json.loads(row.scores).items()}
    )
