"""What a run would do: of whom it asks what, what that takes at most, and what it leaves out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tui_registry.store import Attempt, EffectivePrice, ObservedLimit, Provider, Run
from tui_registry.verification.limiter import Rule
from tui_registry.verification.suites import Probe

LIKELY_SHARE = Decimal(1) / 3
"""What a run usually costs of its bound."""


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """What is asked of one model; money is USD, None where the price is unknown."""

    id: int
    uuid: str
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

    row: Provider
    models: tuple[ModelPlan, ...]
    checks_key: bool
    is_local: bool
    rules: tuple[Rule, ...]
    observed: tuple[ObservedLimit, ...] = field(default=(), repr=False)
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
    """A run before it starts; `run` is the interrupted run that it goes on with."""

    suite: str
    budget: Decimal | None
    providers: tuple[ProviderPlan, ...]
    skipped: tuple[Skip, ...] = ()
    run: Run | None = None
    spent: Decimal = Decimal(0)

    @property
    def run_id(self) -> int | None:
        """The id of the run that it goes on with."""
        return None if self.run is None else self.run.id

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
        """What the run sets out to do as JSON text, to resume it by; each record by what never changes."""
        return json.dumps(
            {
                "suite": self.suite,
                "providers": [each.row.uuid for each in self.providers],
                "models": [model.uuid for each in self.providers for model in each.models],
            }
        )
