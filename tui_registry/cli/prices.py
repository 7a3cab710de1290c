"""Prices as commands show them, always per 1M tokens."""

from typing import TYPE_CHECKING

from tui_registry.money import show_price

if TYPE_CHECKING:
    from tui_registry.cli.listing import Listed
    from tui_registry.store import EffectivePrice, Pricing

PRICE_FIELDS = (
    "input_price_per_token",
    "output_price_per_token",
    "cache_read_price_per_token",
    "cache_write_price_per_token",
    "currency",
    "price_origin",
)
"""What says what a model costs, as lists name it."""


def shown_price(row: "Listed", column: str) -> str:
    """A price of a list's row: an amount, `free`, `?` when unknown, `-` when it does not apply.

    USD goes without saying; any other currency is named.
    """
    value = row[column]
    amount = float(value) if isinstance(value, int | float) else None
    shown = show_price(amount, applicable=not (amount is None and row["price_origin"] == "model"))
    return shown if amount is None or row["currency"] == "USD" else f"{shown} {row['currency']}"


def price_words(price: "EffectivePrice") -> str:
    """What a model costs and where that is from, on up to three lines."""
    if price.origin == "unknown":
        return "unknown"
    own = price.origin == "model"

    def shown(amount: float | None) -> str:
        return show_price(amount, applicable=not (amount is None and own))

    lines = [f"in {shown(price.input)}, out {shown(price.output)} {price.currency} per 1M tokens"]
    if price.cache_read is not None or price.cache_write is not None:
        lines.append(f"cache read {shown(price.cache_read)}, cache write {shown(price.cache_write)}")
    whose = "its own" if own else "the provider's default"
    lines.append(f"{whose}, {price.source}{f', {price.source_date}' if price.source_date else ''}")
    return "\n".join(lines)


def default_price(row: "Pricing | None") -> "EffectivePrice":
    """A provider's default price in the form of what a model costs."""
    from tui_registry.store import EffectivePrice

    if row is None:
        return EffectivePrice(None, None, None, None, None, None, None, "unknown")
    amounts = (row.input_price_per_token, row.output_price_per_token)
    return EffectivePrice(*amounts, None, None, row.currency, row.source, row.source_date, "provider")
