"""A model's price in the units of other tools."""

from tui_registry.export.offers import Offered
from tui_registry.money import per_million


def usd_per_million(price: float | None) -> float | None:
    """A kept price (USD per token) in USD per 1M tokens; whole where it is whole."""
    if price is None:
        return None
    amount = per_million(price)
    return int(amount) if amount == int(amount) else float(amount)


def both_prices(model: Offered) -> tuple[float, float] | None:
    """Input and output in USD per token; None where the input's is unknown or does not apply.

    An output that has no price costs nothing: such a model, like one for embeddings, has no output.
    """
    price = model.price
    if price is None or price.input is None:
        return None
    return price.input, price.output or 0.0
