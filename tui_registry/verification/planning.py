"""Making a plan before anything is sent: who can be asked, at which limits, and what is left out and why."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from tui_registry.clock import Clock, moment, stamp, utc_now
from tui_registry.endpoint import stored_endpoint
from tui_registry.errors import InvalidInput, Refused
from tui_registry.store import EffectivePrice, Model, ModelObservation, Provider, Store
from tui_registry.vault import KeyState
from tui_registry.verification.estimate import estimate
from tui_registry.verification.limiter import Limiter
from tui_registry.verification.limits import starting_rules
from tui_registry.verification.plan import ModelPlan, Plan, ProviderPlan, Skip
from tui_registry.verification.suites import Probe, model_probes, suite_probes

QUIRKS_LAST = timedelta(days=30)
"""How long a way of asking is remembered before the plain one is tried again."""

DOCTOR = "tui-registry doctor says what to do"


def plan_run(
    store: Store,
    *,
    suite: str = "standard",
    providers: Sequence[int] = (),
    models: Sequence[int] = (),
    budget: Decimal | None = None,
    clock: Clock = utc_now,
) -> Plan:
    """The plan for these providers with all their models and for these models, by their ids.

    With neither, all active providers. Sends nothing. Raises InvalidInput for an unknown suite or a budget
    that is no amount, and Gone for what was deleted.
    """
    suite_probes(suite)
    if budget is not None and not (budget.is_finite() and budget >= 0):
        raise InvalidInput({"budget": "Write the budget as an amount in USD, such as 0.50."})
    chosen = _chosen(store, providers, models)
    plans: list[ProviderPlan] = []
    skipped: list[Skip] = []
    for row, rows in chosen:
        plan = _of_provider(store, row, rows, suite, budget, clock(), skipped)
        if plan is not None:
            plans.append(plan)
    return Plan(suite, budget, tuple(plans), tuple(skipped))


def _chosen(
    store: Store, providers: Sequence[int], models: Sequence[int]
) -> list[tuple[Provider, list[Model]]]:
    """The providers with those of their models that are meant, in the order of the providers' names."""
    rows = store.reads.providers()
    if not providers and not models:
        return [(row, store.reads.models(row.id)) for row in rows if row.is_active]
    wanted = set(models)
    named = (
        {row.id: [each for each in store.reads.models(row.id) if each.id in wanted] for row in rows}
        if wanted
        else {}
    )
    for id in wanted - {each.id for held in named.values() for each in held}:
        store.reads.model_by_id(id)  # raises Gone, with its sentence
    for id in providers:
        named[store.reads.provider_by_id(id).id] = store.reads.models(id)
    return [(row, named[row.id]) for row in rows if named.get(row.id) or row.id in providers]


def _of_provider(
    store: Store,
    row: Provider,
    models: Iterable[Model],
    suite: str,
    budget: Decimal | None,
    now: datetime,
    skipped: list[Skip],
) -> ProviderPlan | None:
    try:
        endpoint = stored_endpoint(row.name, row.endpoint)
    except Refused as error:
        skipped.append(Skip(row.name, None, str(error)))
        return None
    state = store.key_state(row)
    if state not in (KeyState.SET, KeyState.LOCKED):  # a locked vault is opened before anything is sent
        words = store.key_words(row)
        why = "it has no key" if state is KeyState.NONE else f"its key cannot be used: {words}; {DOCTOR}"
        skipped.append(Skip(row.name, None, why))
        return None
    plans = _of_models(store, row, models, suite, budget, now, skipped)
    local = endpoint.is_loopback
    observed = tuple(store.proofs.observed_limits(row.id))
    rules = starting_rules(store.reads.limits(row.id), observed, local=local)
    seconds = Limiter(rules).seconds_for(sum(p.calls for p in plans), sum(p.tokens for p in plans))
    since = stamp(now - timedelta(seconds=max((rule.seconds for rule in rules), default=0.0)))
    return ProviderPlan(
        row,
        tuple(plans),
        "key" in suite_probes(suite),
        local,
        rules,
        observed,
        tuple(store.proofs.attempts(row.id, since)) if rules else (),
        seconds,
        store.proofs.broken_off(row.id),
    )


def _of_models(
    store: Store,
    row: Provider,
    models: Iterable[Model],
    suite: str,
    budget: Decimal | None,
    now: datetime,
    skipped: list[Skip],
) -> list[ModelPlan]:
    prices, seen = store.proofs.prices(row.id), store.proofs.observations(row.id)
    has_list = any(each.listed_at is not None for each in seen.values())
    plans = []
    for model in models:
        observation = seen.get(model.id)
        probes, why = model_probes(suite, model.model_id, observation.mode if observation else None)
        if why is not None:
            skipped.append(Skip(row.name, model.model_id, why, has_no_probe=True))
            continue
        plan = _of_model(model, probes, prices[model.id], observation, has_list, now)
        if budget is not None and plan.bound is None:
            why = "its price is unknown, and a budget only holds what it can count"
            skipped.append(Skip(row.name, model.model_id, why))
            continue
        plans.append(plan)
    return plans


def _of_model(
    model: Model,
    probes: tuple[Probe, ...],
    price: EffectivePrice,
    seen: ModelObservation | None,
    has_list: bool,
    now: datetime,
) -> ModelPlan:
    reasons = bool(model.supports_reasoning)
    needed = estimate(probes, reasons, price)
    on_list = seen is not None and seen.listed_at is not None and seen.unlisted_at is None
    return ModelPlan(
        model.id,
        model.uuid,
        model.model_id,
        probes,
        price,
        needed.calls,
        needed.tokens,
        needed.bound,
        reasons,
        on_list if has_list else None,
        _fresh_quirks(seen, now),
    )


def _fresh_quirks(seen: ModelObservation | None, now: datetime) -> Mapping[str, str]:
    if seen is None or seen.quirks is None or seen.quirks_at is None:
        return {}
    if now - moment(seen.quirks_at) > QUIRKS_LAST:
        return {}
    return {str(name): str(value) for name, value in json.loads(seen.quirks).items()}
