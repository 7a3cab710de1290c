"""What a provider's list says of models and what taking it in did, in words."""

from typing import TYPE_CHECKING

from tui_registry.money import show_count, show_price
from tui_registry.text import counted

if TYPE_CHECKING:
    from tui_registry.store import DiscoveredModel, DiscoveryReport
    from tui_registry.verification.discovery import ChangedModel


def new_words(model: "DiscoveredModel") -> str:
    """The facts a list states of a model that is new, shortly; nothing where it states none."""
    facts = []
    if model.mode not in (None, "chat"):
        facts.append(str(model.mode))
    if model.max_input_tokens is not None:
        facts.append(f"context {show_count(model.max_input_tokens)}")
    if model.max_output_tokens is not None:
        facts.append(f"output {show_count(model.max_output_tokens)}")
    prices = (("in", model.input_price), ("out", model.output_price))
    stated = [f"{name} {show_price(price)}" for name, price in prices if price is not None]
    if stated:
        facts.append(f"{', '.join(stated)} USD per 1M")
    return "; ".join(facts)


def changed_words(model: "ChangedModel") -> list[str]:
    """Each field that would change, with what is kept now and what the list states."""
    return [
        f"{field.replace('_', ' ')} was {_fact(field, was)}, is {_fact(field, now)}"
        for field, (was, now) in model.fields.items()
    ]


def taken_words(report: "DiscoveryReport") -> str:
    """What taking a list in did."""
    kept = f" What you set on {counted(report.kept_user, 'model')} stays." if report.kept_user else ""
    return (
        f"added {counted(report.added, 'model')}, changed {report.changed:,}, took in"
        f" {counted(report.prices, 'price')}. Nothing was deleted.{kept}"
    )


def _fact(field: str, value: object) -> str:
    """A fact in words; prices per 1M tokens."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.endswith("_price") and isinstance(value, float):
        return show_price(value)
    return show_count(value) if isinstance(value, int) else str(value)
