"""What verification hands to the store and reads back: findings, limits seen, models seen, lists taken in.

Times are UTC text as `clock.stamp` writes it; prices are USD per token; None means unknown or not seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui_registry.store.rows import NewResult


@dataclass(frozen=True, slots=True)
class SeenLimit:
    """One limit as a provider just stated it; `reset_at` is UTC text."""

    metric: str
    window: str
    limit_value: int | None
    remaining: int | None
    reset_at: str | None
    header: str


@dataclass(frozen=True, slots=True)
class ModelSeen:
    """What one probe showed of a model; None is what it did not show, and leaves what is known."""

    served: bool = False
    supports_streaming: bool | None = None
    supports_reasoning: bool | None = None
    supports_tools: bool | None = None
    supports_json: bool | None = None
    quirks: Mapping[str, str] | None = None
    """How the model must be asked, whole; an empty mapping forgets what was known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One probe's result with what else its answer showed.

    `limits_of_model` says that the limits hold for the result's model alone.
    """

    result: NewResult
    limits: tuple[SeenLimit, ...] = ()
    limits_of_model: bool = False
    seen: ModelSeen | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one earlier probe took of a provider's limits, for the limiter to remember."""

    at: str
    model_id: int | None
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class DiscoveredModel:
    """One model of a provider's own list."""

    model_id: str
    name: str | None = None
    description: str | None = None
    architecture: str | None = None
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
    supports_streaming: bool | None = None
    supports_reasoning: bool | None = None
    mode: str | None = None
    supports_tools: bool | None = None
    supports_json: bool | None = None
    input_price: float | None = None
    output_price: float | None = None
    cache_read_price: float | None = None
    cache_write_price: float | None = None
    limits: tuple[SeenLimit, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class DiscoveryReport:
    """What taking in a provider's list did; `kept_user` counts models with a value that a person set."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    prices: int = 0
    kept_user: int = 0
