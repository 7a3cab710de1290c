"""What a run tells while it goes on; every event of a probe comes after its result was kept."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from tui_registry.store import Result, Run
from tui_registry.verification.plan import Plan


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run is open; nothing was sent yet."""

    run: Run
    plan: Plan


@dataclass(frozen=True, slots=True)
class ProbeStarted:
    """A probe is about to be sent; `model_id` is the provider's name for the model, None for a key."""

    provider: str
    model: int | None
    model_id: str | None
    probe: str


@dataclass(frozen=True, slots=True)
class ProbeFinished:
    """One attempt was kept; `is_final` is false when the probe is tried again."""

    provider: str
    model_id: str | None
    result: Result
    sentence: str
    is_final: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to: how many probes ended in each status, and the money in USD.

    `unknown_costs` counts paid answers whose cost nobody could tell; `spent` counts such calls with the
    most they could cost.
    """

    statuses: dict[str, int] = field(default_factory=dict)
    cost: Decimal = Decimal(0)
    spent: Decimal = Decimal(0)
    unknown_costs: int = 0
    left_out: tuple[str, ...] = ()
    """Why a provider was not asked to the end, as sentences."""


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is closed as done; a run that is cancelled ends without this event."""

    run: Run
    summary: Summary


Event: TypeAlias = RunStarted | ProbeStarted | ProbeFinished | RunFinished
