"""`tui-registry limits`: rate limits of providers, headless."""

from typing import TYPE_CHECKING

import click

from tui_registry.cli.given import counts_given, warn
from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import json_option, print_facts, print_json, tell
from tui_registry.cli.provider_facts import LIMIT_WORDS
from tui_registry.errors import InvalidInput, NotFound
from tui_registry.money import show_count

if TYPE_CHECKING:
    from tui_registry.store import Limits, Provider


@click.group()
def limits() -> None:
    """Rate limits: show, set, delete."""


@limits.command("show")
@click.argument("name")
@json_option
@pass_session
def show_limits(session: Session, name: str, as_json: bool) -> None:
    """Show a provider's rate limits."""
    owner = session.store.reads.provider(name)
    row = session.store.reads.limits(owner.id)
    if as_json:
        print_json(_record(owner, row))
        return
    rates = [
        (words.capitalize(), "unknown" if row is None else show_count(getattr(row, field)))
        for field, words in LIMIT_WORDS.items()
    ]
    whence = [("Source", f"{row.source}, {row.last_updated}")] if row else []
    print_facts([("Provider", owner.name), *rates, *whence])


@limits.command("set")
@click.argument("name")
@click.option("--rpm", metavar="N", help="Requests per minute: 60, 1.5k, unknown.")
@click.option("--rph", metavar="N", help="Requests per hour.")
@click.option("--tpm", metavar="N", help="Tokens per minute.")
@click.option("--tph", metavar="N", help="Tokens per hour.")
@json_option
@pass_session
def set_limits(
    session: Session,
    name: str,
    rpm: str | None,
    rph: str | None,
    tpm: str | None,
    tph: str | None,
    as_json: bool,
) -> None:
    """Set the limits that are given and leave the others."""
    from tui_registry.store.drafts import LimitsDraft

    given = counts_given(dict(zip(LIMIT_WORDS, (rpm, rph, tpm, tph), strict=True)))
    if not given:
        raise InvalidInput({"limits": "Give at least one of --rpm, --rph, --tpm and --tph."})
    owner = session.store.reads.provider(name)
    base = session.store.reads.limits(owner.id)
    draft = LimitsDraft.parse({**LimitsDraft.shown(base), **given})
    warn(draft.warnings())
    row = session.write(lambda writes: writes.save_limits(owner, draft, base))
    if as_json:
        print_json(_record(owner, row))
    else:
        tell(f"Saved the limits of {session.store.reads.provider_again(owner).name}.")


@limits.command("delete")
@click.argument("name")
@json_option
@pass_session
def delete_limits(session: Session, name: str, as_json: bool) -> None:
    """Delete a provider's limits; they are unknown then."""
    owner = session.store.reads.provider(name)
    if session.store.reads.limits(owner.id) is None:
        raise NotFound(f"{owner.name} has no limits.")
    owner = session.write(lambda writes: writes.delete_limits(owner))
    if as_json:
        print_json(_record(owner, None))
    else:
        tell(f"Deleted the limits of {owner.name}.")


def _record(owner: "Provider", row: "Limits | None") -> dict[str, object]:
    """The limits with the data model's field names; null is unknown."""
    fields = (*LIMIT_WORDS, "source", "last_updated")
    facts: dict[str, object] = {field: getattr(row, field, None) for field in fields}
    return {"provider_id": owner.id, "provider": owner.name} | facts
