"""What a probe's answer came to: its status, its scores, and the checks a person can follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui_registry.wire import Exchange

PASS_FROM = 0.99
"""A probe passes from this value of its gate on."""

_STATUS = {
    "auth": "blocked",
    "funds": "blocked",
    "denied": "blocked",
    "rate": "blocked",
    "daily": "blocked",
    "too_large": "blocked",
    "missing": "fail",
    "protocol": "fail",
    "unsupported": "unsupported",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one answer; `scores` holds only what was measured, times are seconds."""

    status: str
    outcome: str
    sentence: str
    scores: Mapping[str, float] = field(default_factory=dict)
    checks: Mapping[str, object] = field(default_factory=dict)
    ttft: float | None = None
    tokens_per_second: float | None = None
    output_tokens: int | None = None
    reasons: bool | None = None


def refused(exchange: Exchange) -> Judgement:
    """The verdict on an exchange that brought no usable answer.

    Blocked says nothing about the model; errors are transient; only a definitive answer fails it.
    """
    status = _STATUS.get(exchange.outcome, "error")
    scores = {"responsiveness": 0.0} if exchange.outcome in ("server", "timeout", "protocol") else {}
    return Judgement(status, exchange.outcome, exchange.message or exchange.outcome, scores)


def gate(value: float) -> str:
    """The status that a probe's gate value gives."""
    return "pass" if value >= PASS_FROM else "partial" if value > 0 else "fail"
