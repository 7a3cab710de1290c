"""What a run would do, told before anything is sent: calls, tokens, money, time, and what is left out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from tui_registry.clock import Clock, moment, stamp, utc_now
from tui_registry.endpoint import stored_endpoint
from tui_registry.errors import InvalidInput, NotFound, Refused, RegistryError
from tui_registry.store import (
    Attempt,
    EffectivePrice,
    ModelObservationRow,
    ModelRow,
    ObservedLimitRow,
    ProviderRow,
    Store,
)
from tui_registry.vault import KeyState
from tui_registry.verification import questions
from tui_registry.verification.budget import tariff_of
from tui_registry.verification.limiter import Limiter, Rule
from tui_registry.verification.limits import starting_rules
from tui_registry.verification.suites import Probe, model_probes, suite_probes

QUIRKS_LAST = timedelta(days=30)
"""How long a way of asking is remembered before the plain one is tried again."""

LIKELY_SHARE = Decimal(1) / 3
"""What a run usually costs of its bound."""


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """What is asked of one model; money is USD, None where the price is unknown."""

    id: int
    model_id: str
    probes: tuple[Probe, ...]
    price: EffectivePrice
    calls: int
    tokens: int
    bound: Decimal | None
    reasons: bool = False
    listed: bool | None = None
    quirks: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    """What an interrupted run had measured already."""


@dataclass(frozen=True, slots=True)
class ProviderPlan:
    """What is asked of one provider, with the limits known now; `seconds` is the least time they allow."""

    row: ProviderRow
    models: tuple[ModelPlan, ...]
    checks_key: bool
    is_local: bool
    rules: tuple[Rule, ...]
    observed: tuple[ObservedLimitRow, ...] = field(default=(), repr=False)
    attempts: tuple[Attempt, ...] = field(default=(), repr=False)
    seconds: float = 0.0
    starts_with_one: bool = False
    """Whether the last run broke off here, so that one model goes ahead of the others."""


@dataclass(frozen=True, slots=True)
class Skip:
    """What is left out, and why."""

    provider: str
    model_id: str | None
    why: str
    has_no_probe: bool = False
    """Whether no probe fits it, as for a model that makes pictures; nothing is missed then."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A run before it starts; `run_id` names the interrupted run that it goes on with."""

    suite: str
    budget: Decimal | None
    providers: tuple[ProviderPlan, ...]
    skipped: tuple[Skip, ...] = ()
    run_id: int | None = None
    spent: Decimal = Decimal(0)

    @property
    def models(self) -> int:
        """How many models are asked."""
        return sum(len(each.models) for each in self.providers)

    @property
    def calls(self) -> int:
        """How many paid calls it makes when nothing goes wrong."""
        return sum(model.calls for each in self.providers for model in each.models)

    @property
    def tokens(self) -> int:
        """Tokens in and out at most."""
        return sum(model.tokens for each in self.providers for model in each.models)

    @property
    def unpriced(self) -> int:
        """How many models have no known price; their cost is in neither estimate."""
        return sum(model.bound is None for each in self.providers for model in each.models)

    @property
    def bound(self) -> Decimal:
        """The most the priced models cost in USD when nothing is retried."""
        return sum(
            (model.bound or Decimal(0) for each in self.providers for model in each.models), Decimal(0)
        )

    @property
    def likely(self) -> Decimal:
        """What the priced models will probably cost in USD."""
        return self.bound * LIKELY_SHARE

    @property
    def seconds(self) -> float:
        """The least time the known limits allow; answers take their own time."""
        return max((each.seconds for each in self.providers), default=0.0)

    def document(self) -> str:
        """What the run sets out to do as JSON text, to resume it by."""
        return json.dumps(
            {
                "suite": self.suite,
                "providers": [each.row.id for each in self.providers],
                "models": [model.id for each in self.providers for model in each.models],
            }
        )


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


def resume_plan(store: Store, run_id: int, *, clock: Clock = utc_now) -> Plan:
    """The rest of an interrupted or cancelled run, with what is left of its budget.

    Probes that have an ending keep it; skipped ones are asked now. Raises NotFound for a run that does not
    say what it set out to do.
    """
    from tui_registry.verification.resuming import rest_of

    run = store.reads.run(run_id)
    if run.plan is None:
        raise NotFound(f"Run {run_id} does not say what it set out to do, so it cannot be resumed.")
    wanted = json.loads(run.plan)
    held = {row.id for row in store.reads.providers()}
    ids = [id for id in wanted["models"] if _still_there(store, id)]
    budget = None if run.budget is None else Decimal(repr(run.budget))
    keys = [] if ids else [id for id in wanted["providers"] if id in held]
    if not ids and not keys:
        return Plan(wanted["suite"], budget, (), (), run_id)
    plan = plan_run(store, suite=wanted["suite"], providers=keys, models=ids, budget=budget, clock=clock)
    return rest_of(plan, run_id, store.proofs.run_results(run_id))


def _still_there(store: Store, model_id: int) -> bool:
    try:
        store.reads.model_by_id(model_id)
    except RegistryError:
        return False
    return True


def _chosen(
    store: Store, providers: Sequence[int], models: Sequence[int]
) -> list[tuple[ProviderRow, list[ModelRow]]]:
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
    row: ProviderRow,
    models: Iterable[ModelRow],
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
        why = "it has no key" if state is KeyState.NONE else f"its key cannot be used: {words}"
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
    row: ProviderRow,
    models: Iterable[ModelRow],
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
    model: ModelRow,
    probes: tuple[Probe, ...],
    price: EffectivePrice,
    seen: ModelObservationRow | None,
    has_list: bool,
    now: datetime,
) -> ModelPlan:
    reasons, tariff = bool(model.supports_reasoning), tariff_of(price)
    sizes = [(questions.size(probe, reasons), questions.calls(probe)) for probe in probes]
    bound = None
    if tariff is not None:
        bound = sum((times * tariff.bound(size.given, size.cap) for size, times in sizes), Decimal(0))
    on_list = seen is not None and seen.listed_at is not None and seen.unlisted_at is None
    return ModelPlan(
        model.id,
        model.model_id,
        probes,
        price,
        sum(times for _, times in sizes),
        sum(times * (size.given + size.cap) for size, times in sizes),
        bound,
        reasons,
        on_list if has_list else None,
        _fresh_quirks(seen, now),
    )


def _fresh_quirks(seen: ModelObservationRow | None, now: datetime) -> Mapping[str, str]:
    if seen is None or seen.quirks is None or seen.quirks_at is None:
        return {}
    if now - moment(seen.quirks_at) > QUIRKS_LAST:
        return {}
    return {str(name): str(value) for name, value in json.loads(seen.quirks).items()}
