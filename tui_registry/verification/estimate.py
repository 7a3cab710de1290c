"""What the probes of one model take at most: paid calls, tokens and money."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from tui_registry.store import EffectivePrice
from tui_registry.verification import questions
from tui_registry.verification.budget import tariff_of
from tui_registry.verification.suites import Probe


class Estimate(NamedTuple):
    """The most when nothing is repeated; `bound` is USD, None where the price is unknown."""

    calls: int
    tokens: int
    bound: Decimal | None


def estimate(probes: Iterable[Probe], reasons: bool, price: EffectivePrice) -> Estimate:
    """What these probes take; `reasons` gives room for reasoning."""
    sizes = [(questions.size(probe, reasons), questions.calls(probe)) for probe in probes]
    tariff = tariff_of(price)
    bound = None
    if tariff is not None:
        bound = sum((times * tariff.bound(size.given, size.cap) for size, times in sizes), Decimal(0))
    return Estimate(
        sum(times for _, times in sizes), sum(times * (size.given + size.cap) for size, times in sizes), bound
    )
