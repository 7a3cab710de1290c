"""Models as commands show them: as a list, in full, and for scripts."""

from typing import TYPE_CHECKING

from tui_registry.cli.listing import Listed, listed, listed_by_id
from tui_registry.cli.opening import Session
from tui_registry.cli.output import print_facts, print_table, remark
from tui_registry.cli.prices import PRICE_FIELDS, price_words, shown_price
from tui_registry.money import short_count, show_count

if TYPE_CHECKING:
    from tui_registry.store import Model

_NOT_FOR_SCRIPTS = ("row_version", "uuid")


def print_models(session: Session, provider: str | None, expression: str) -> None:
    """The models under a filter as a table."""
    found = listed(session, "models", text=expression, provider=provider)
    print_table(
        ("Provider", "Model", "Context", "In/1M", "Out/1M", "State"),
        [
            (
                str(row["provider"]),
                str(row["model_id"]),
                short_count(_count(row["max_input_tokens"])),
                shown_price(row, "input_price_per_token"),
                shown_price(row, "output_price_per_token"),
                str(row["verification_state"]),
            )
            for row in found
        ],
        numbers=("Context", "In/1M", "Out/1M"),
    )
    if not found:
        remark("No model fits." if expression or provider else "No model yet.")


def model_records(session: Session, provider: str | None, expression: str) -> list[dict[str, object]]:
    """The models under a filter with the data model's field names and the prices that apply."""
    found = listed(session, "models", text=expression, provider=provider)
    prices = listed_by_id(session, "prices", [int(str(row["id"])) for row in found])
    owners = {int(str(row["provider_id"])) for row in found}
    models = {row.id: row for owner in owners for row in session.store.reads.models(owner)}
    return [_record(models[id], price) for id, price in prices.items() if id in models]


def model_record(session: Session, row: "Model") -> dict[str, object]:
    """One model with the data model's field names and the prices that apply."""
    return _record(row, listed_by_id(session, "prices", [row.id])[row.id])


def print_model(session: Session, owner: str, row: "Model") -> None:
    """One model in full."""
    checked = f", last passed {row.last_verified_at}" if row.last_verified_at else ", never passed a check"
    set_by_you = ", ".join(row.user_fields.split()).replace("_", " ") or None
    print_facts(
        [
            ("Provider", owner),
            ("Model", row.model_id),
            ("Name", row.name),
            ("Status", row.verification_state + checked),
            ("Context", f"{show_count(row.max_input_tokens)} tokens" if row.max_input_tokens else "unknown"),
            ("Output", f"{show_count(row.max_output_tokens)} tokens" if row.max_output_tokens else "unknown"),
            ("Streaming", _yes_no(row.supports_streaming)),
            ("Reasoning", _yes_no(row.supports_reasoning)),
            ("Price", price_words(session.store.reads.effective_price(row.id))),
            ("Version", row.version),
            ("Architecture", row.architecture),
            ("Description", row.description),
            ("Source", row.source + (f", {row.source_date}" if row.source_date else "")),
            ("Set by you", set_by_you),
            ("Added", row.created_at),
            ("Changed", row.updated_at),
        ]
    )


def _record(row: "Model", price: Listed) -> dict[str, object]:
    facts = {name: value for name, value in row.values().items() if name not in _NOT_FOR_SCRIPTS}
    facts["user_fields"] = row.user_fields.split()
    return facts | {"provider": price["provider"]} | {name: price[name] for name in PRICE_FIELDS}


def _count(cell: object) -> int | None:
    return cell if isinstance(cell, int) else None


def _yes_no(value: bool | None) -> str:
    return "unknown" if value is None else "yes" if value else "no"
