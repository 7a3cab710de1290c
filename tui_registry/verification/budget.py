"""The money a run may spend: reserved at each call's cap before it is sent, so that it cannot overshoot."""

from dataclasses import dataclass
from decimal import Decimal

from tui_registry.money import exact
from tui_registry.store import EffectivePrice

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a model's tokens cost in USD each."""

    input: Decimal
    output: Decimal

    def bound(self, given: int, cap: int) -> Decimal:
        """The most that a call with so many tokens in and at most so many out can cost."""
        return given * self.input + cap * self.output

    def cost(self, given: int | None, out: int | None) -> Decimal | None:
        """What the reported usage costs; None when it was not reported."""
        return None if given is None or out is None else given * self.input + out * self.output


def tariff_of(price: EffectivePrice) -> Tariff | None:
    """The tariff of an effective price; None when it is unknown, in another currency, or per something else.

    A price that does not apply beside one that does costs nothing, as output of an embedding model.
    """
    if price.currency != "USD" or (price.input is None and price.output is None):
        return None
    entry, out = (NOTHING if each is None else exact(each) for each in (price.input, price.output))
    return Tariff(entry, out)


class Reservation:
    """Money held for one call until its cost is known."""

    __slots__ = ("amount",)

    def __init__(self, amount: Decimal) -> None:
        """Hold this many USD."""
        self.amount = amount


class Budget:
    """At most `limit` USD, None for no limit; `spent` and `held` never exceed it together."""

    def __init__(self, limit: Decimal | None, spent: Decimal = NOTHING) -> None:
        """Start with what was spent before, as in a run that is resumed."""
        self.limit = limit
        self.spent = spent
        self.held = NOTHING

    @property
    def left(self) -> Decimal | None:
        """What can still be reserved; None without a limit."""
        return None if self.limit is None else max(NOTHING, self.limit - self.spent - self.held)

    def reserve(self, amount: Decimal | None) -> Reservation | None:
        """Hold the most a call can cost; None when that does not fit, or is unknown under a limit."""
        if self.limit is None:
            held = Reservation(amount or NOTHING)
        elif amount is None or self.spent + self.held + amount > self.limit:
            return None
        else:
            held = Reservation(amount)
        self.held += held.amount
        return held

    def settle(self, reservation: Reservation, actual: Decimal | None, *, sent: bool = True) -> None:
        """Replace what was held by what was charged.

        A call whose cost nobody reported counts with all that was held, unless nothing was sent.
        """
        self.held -= reservation.amount
        if actual is not None:
            self.spent += actual
        elif sent:
            self.spent += reservation.amount
        reservation.amount = NOTHING
