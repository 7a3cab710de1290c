"""One model's price as the bundled catalogue states it: per token, exact, with a note on what else holds.

The library's figures are USD per 1M tokens as Decimal. They are divided in Decimal, to the 15 significant
digits a float64 keeps for certain, so that an upstream 0.13999999999999999 is stored as the 0.14 it was.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from tui_registry.errors import InvalidInput
from tui_registry.store.rows import CatalogPrice
from tui_registry.text import clean

if TYPE_CHECKING:
    from genai_prices.types import ConditionalPrice, ModelInfo, TieredPrices

MAX_NOTE = 1000
"""Characters a note is cut to; the database holds no more."""

MILLION = Decimal(1_000_000)

HIGHEST = Decimal(1000)
"""The highest price per token, in USD, that the database takes."""

_EXACT = Context(prec=15)

_COLUMNS = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")
_UNITS = (
    ("_mtok", "1M tokens"),
    ("_mchars", "1M characters"),
    ("_kpages", "1,000 pages"),
    ("_kcount", "1,000"),
    ("_hours", "hour"),
)

FREE = ":free"
"""How an id ends that promises to cost nothing."""


def catalogue_price(info: "ModelInfo", now: datetime) -> CatalogPrice | None:
    """A model's price in force at `now`; None where the catalogue states none.

    Of several prices in force the last one holds, and the first where none is, as the library itself
    rules. Raises InvalidInput for a figure that cannot be a price.
    """
    choices = _choices(info)
    if not choices:
        return None
    in_force = [choice for choice in choices if choice.constraint is None or choice.constraint.active(now)]
    chosen = in_force[-1] if in_force else choices[0]
    stated = {key: price for key, price in vars(chosen.prices).items() if price is not None}
    if not stated and info.id.endswith(FREE):
        return CatalogPrice(0.0, 0.0)
    if not stated:
        return None
    start = getattr(chosen.constraint, "start_date", None)
    return CatalogPrice(
        input_price_per_token=_per_token(stated.get("input_mtok")),
        output_price_per_token=_per_token(stated.get("output_mtok")),
        cache_read_price_per_token=_per_token(stated.get("cache_read_mtok")),
        cache_write_price_per_token=_per_token(stated.get("cache_write_mtok")),
        source_date=start.isoformat() if start else None,
        note=_note(info, choices, stated, now),
    )


def _choices(info: "ModelInfo") -> list["ConditionalPrice"]:
    """A model's prices with their conditions, in the library's order."""
    from genai_prices.types import ConditionalPrice

    return info.prices if isinstance(info.prices, list) else [ConditionalPrice(prices=info.prices)]


def _per_token(price: "Decimal | TieredPrices | None") -> float | None:
    """A price per 1M tokens as float64 USD per token; of a tiered price, the base."""
    if price is None:
        return None
    per_million = _base(price)
    if not (per_million.is_finite() and 0 <= per_million <= HIGHEST * MILLION):
        raise InvalidInput({"price": f"{per_million} USD per 1M tokens cannot be a price."})
    return float(_EXACT.divide(per_million, MILLION))


def _base(price: "Decimal | TieredPrices") -> Decimal:
    return price if isinstance(price, Decimal) else price.base


def _note(
    info: "ModelInfo",
    choices: Iterable["ConditionalPrice"],
    stated: Mapping[str, "Decimal | TieredPrices"],
    now: datetime,
) -> str | None:
    """What the four prices do not say, a line each: tiers, hours, coming prices, other units, a comment."""
    lines = [
        *_tier_lines(stated),
        *_constraint_lines(choices, now),
        *_other_unit_lines(stated),
        (info.price_comments or "").strip(),
    ]
    return clean("\n".join(filter(None, lines)), limit=MAX_NOTE, lines=True)[:MAX_NOTE] or None


def _tier_lines(stated: Mapping[str, "Decimal | TieredPrices"]) -> Iterator[str]:
    """What holds above a threshold of input tokens."""
    starts: set[int] = set()
    dearer: set[bool] = set()
    for key in _COLUMNS:
        price = stated.get(key)
        if price is not None and not isinstance(price, Decimal):
            starts.update(tier.start for tier in price.tiers)
            dearer.update(tier.price > price.base for tier in price.tiers)
    if starts:
        change = {frozenset({True}): "higher", frozenset({False}): "lower"}.get(
            frozenset(dearer), "different"
        )
        places = " and ".join(f"{start:,}" for start in sorted(starts))
        yield f"Base price; {change} above {places} input tokens."


def _constraint_lines(choices: Iterable["ConditionalPrice"], now: datetime) -> Iterator[str]:
    """The hours that have a price of their own, and the next price that is already announced."""
    from genai_prices.types import StartDateConstraint, TimeOfDateConstraint

    constraints = [choice.constraint for choice in choices]
    hours = [
        f"{constraint.start_time:%H:%M}-{constraint.end_time:%H:%M}"
        for constraint in constraints
        if isinstance(constraint, TimeOfDateConstraint)
    ]
    if hours:
        yield f"Another price holds by the hour, {' and '.join(hours)} UTC; this is the one at the import."
    coming = [
        constraint.start_date
        for constraint in constraints
        if isinstance(constraint, StartDateConstraint) and not constraint.active(now)
    ]
    if coming:
        yield f"A new price is announced for {min(coming).isoformat()}."


def _other_unit_lines(stated: Mapping[str, "Decimal | TieredPrices"]) -> Iterator[str]:
    """The prices of anything but plain input, output and cached tokens."""
    others = [_priced_thing(key, _base(price)) for key, price in stated.items() if key not in _COLUMNS]
    if others:
        plain = any(key in _COLUMNS for key in stated)
        yield f"{'Also priced' if plain else 'Not priced by the token'}: {'; '.join(others)}."


def _priced_thing(key: str, price: Decimal) -> str:
    """A price key and its figure as prose, e.g. `web searches 10 USD per 1,000`."""
    for suffix, unit in _UNITS:
        if key.endswith(suffix):
            return f"{key.removesuffix(suffix).replace('_', ' ')} {price:f} USD per {unit}"
    return f"{key.replace('_', ' ')} {price:f} USD"
