"""A provider as commands show it: for people line by line, for scripts with the data model's names."""

from typing import TYPE_CHECKING

from tui_registry.cli.opening import Session
from tui_registry.cli.output import print_facts, print_json
from tui_registry.money import show_count, show_price

if TYPE_CHECKING:
    from tui_registry.store import Provider


def print_provider(session: Session, row: "Provider", as_json: bool) -> None:
    """One provider in full."""
    if as_json:
        print_json(provider_record(session, row))
        return
    reads = session.store.reads
    price, limits = reads.pricing(row.id), reads.limits(row.id)
    prices = price and (
        f"in {show_price(price.input_price_per_token)}, out {show_price(price.output_price_per_token)}"
        f" {price.currency} per 1M tokens ({price.source})"
    )
    rates = limits and ", ".join(
        f"{show_count(getattr(limits, field))} {words}" for field, words in LIMIT_WORDS.items()
    )
    print_facts(
        [
            ("Name", row.name),
            ("Status", state_word(row) + (f": {row.state_reason}" if row.state_reason else "")),
            ("Base URL", row.endpoint),
            ("Key", session.store.key_words(row)),
            ("Key checked", row.key_validated_at),
            ("Models", show_count(reads.dependents_of_provider(row.id)["models"])),
            ("Price", prices or "unknown"),
            ("Limits", rates or "unknown"),
            ("Website", row.website),
            ("Description", row.description),
            ("Added", row.created_at),
            ("Changed", row.updated_at),
        ]
    )


LIMIT_WORDS = {
    "requests_per_minute": "requests/min",
    "requests_per_hour": "requests/hour",
    "tokens_per_minute": "tokens/min",
    "tokens_per_hour": "tokens/hour",
}
"""The fields of the limits with their units."""


def provider_record(session: Session, row: "Provider") -> dict[str, object]:
    """A provider with the data model's field names; of the key only its state in words."""
    return {
        "id": row.id,
        "name": row.name,
        "endpoint": row.endpoint,
        "key": session.store.key_words(row),
        "key_validated_at": row.key_validated_at,
        "description": row.description,
        "website": row.website,
        "is_active": row.is_active,
        "state_reason": row.state_reason,
        "state_changed_at": row.state_changed_at,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def state_word(row: "Provider") -> str:
    """A provider's state as a word."""
    return "active" if row.is_active else "inactive"
