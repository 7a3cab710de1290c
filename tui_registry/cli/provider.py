"""`tui-registry provider`: the providers, headless."""

from shlex import quote
from typing import TYPE_CHECKING

import click

from tui_registry.cli.given import only_given, warn
from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import json_option, print_json, print_table, remark, tell
from tui_registry.cli.provider_facts import print_provider, provider_record, state_word
from tui_registry.endpoint import shown_origin, stored_endpoint
from tui_registry.errors import NotFound
from tui_registry.money import show_count
from tui_registry.vault import KeyState

if TYPE_CHECKING:
    from tui_registry.store import Provider

dialect_option = click.option(
    "--dialect",
    type=click.Choice(["openai", "anthropic", "gemini"]),
    default="openai",
    help="How a custom provider is spoken to.",
)
custom_option = click.option("--custom", is_flag=True, help="Accept a name that is not known yet.")
endpoint_option = click.option("--endpoint", metavar="URL", help="Base URL of the API.")
description_option = click.option("--description", metavar="TEXT", help="What it is, in your words.")
website_option = click.option("--website", metavar="URL", help="The provider's website.")


@click.group()
def provider() -> None:
    """Providers: list, show, add, edit, switch on and off, delete."""


@provider.command("list")
@json_option
@pass_session
def list_providers(session: Session, as_json: bool) -> None:
    """List every provider."""
    store = session.store
    rows = store.reads.providers()
    if as_json:
        print_json([provider_record(session, row) for row in rows])
        return
    models = {row.id: store.reads.dependents_of_provider(row.id)["models"] for row in rows}
    print_table(
        ("Name", "Status", "Models", "Key", "Base URL"),
        [
            (row.name, state_word(row), show_count(models[row.id]), store.key_words(row), row.endpoint)
            for row in rows
        ],
        numbers=("Models",),
    )
    if not rows:
        remark(
            "No provider yet. `tui-registry catalog import --all` takes in the bundled catalogue,"
            " `tui-registry provider add NAME` adds one."
        )


@provider.command("show")
@click.argument("name")
@json_option
@pass_session
def show_provider(session: Session, name: str, as_json: bool) -> None:
    """Show one provider with its key's state, price and limits."""
    print_provider(session, session.store.reads.provider(name), as_json)


@provider.command("add")
@click.argument("name")
@custom_option
@dialect_option
@endpoint_option
@description_option
@website_option
@json_option
@pass_session
def add_provider(
    session: Session,
    name: str,
    custom: bool,
    dialect: str,
    endpoint: str | None,
    description: str | None,
    website: str | None,
    as_json: bool,
) -> None:
    """Add a provider; what is not given is taken from what is known of it."""
    from tui_registry.store.drafts import ProviderDraft

    raw = {"name": name, "endpoint": endpoint or "", "description": description or ""}
    raw["website"] = website or ""
    if not custom:
        raw |= _known_facts(session, name, endpoint, website)
    draft = ProviderDraft.parse(raw)
    warn(draft.warnings())
    row = session.write(lambda writes: writes.add_provider(draft, custom=custom, dialect=dialect))
    if as_json:
        print_json(provider_record(session, row))
        return
    tell(f"Added {row.name}. It is off until it has a key that passed a check.")
    tell(f"Next: tui-registry key set {quote(row.name)}")


@provider.command("edit")
@click.argument("name")
@click.option("--name", "new_name", metavar="NAME", help="Another name for it.")
@custom_option
@dialect_option
@endpoint_option
@description_option
@website_option
@json_option
@pass_session
def edit_provider(
    session: Session,
    name: str,
    new_name: str | None,
    custom: bool,
    dialect: str,
    endpoint: str | None,
    description: str | None,
    website: str | None,
    as_json: bool,
) -> None:
    """Change only what is given; an empty text clears a field."""
    from tui_registry.store.drafts import ProviderDraft

    base = session.store.reads.provider(name)
    given = {"name": new_name, "endpoint": endpoint, "description": description, "website": website}
    draft = ProviderDraft.parse({**ProviderDraft.shown(base), **only_given(given)})
    warn(draft.warnings())
    row = session.write(lambda writes: writes.save_provider(draft, base, custom=custom, dialect=dialect))
    _tell_change(session, row, f"Saved {row.name}.", as_json)
    if session.store.key_state(row) is KeyState.OTHER_HOST:
        place = stored_endpoint(row.name, row.endpoint)
        danger = ", where it will cross the network unencrypted" if place.is_cleartext else ""
        remark(
            f"The key of {row.name} is still {session.store.key_words(row)} and goes nowhere else."
            f" To move it to {shown_origin(place.origin)}{danger}:"
            f" tui-registry key move {quote(row.name)} --to-host {quote(shown_origin(place.origin))}"
        )


@provider.command("activate")
@click.argument("name")
@json_option
@pass_session
def activate_provider(session: Session, name: str, as_json: bool) -> None:
    """Switch a provider on; its key must have passed a check."""
    seen = session.store.reads.provider(name)
    row = session.write(lambda writes: writes.activate(seen))
    _tell_change(session, row, f"{row.name} is on.", as_json)


@provider.command("deactivate")
@click.argument("name")
@json_option
@pass_session
def deactivate_provider(session: Session, name: str, as_json: bool) -> None:
    """Switch a provider off; nothing of it is lost."""
    seen = session.store.reads.provider(name)
    row = session.write(lambda writes: writes.deactivate(seen))
    _tell_change(session, row, f"{row.name} is off.", as_json)


@provider.command("delete")
@click.argument("name")
@json_option
@pass_session
def delete_provider(session: Session, name: str, as_json: bool) -> None:
    """Delete a provider that has neither models nor results."""
    row = session.store.reads.provider(name)
    row = session.write(lambda writes: writes.delete_provider(row))
    if as_json:
        print_json({"deleted": row.name})
    else:
        tell(f"Deleted {row.name}.")


@provider.command("purge")
@click.argument("name")
@click.option("--confirm", metavar="NAME", required=True, help="The provider's name once more.")
@json_option
@pass_session
def purge_provider(session: Session, name: str, confirm: str, as_json: bool) -> None:
    """Delete a provider with everything it has, after a backup."""
    row = session.store.reads.provider(name)
    before = set(session.paths.backups.glob("*.db"))
    counts = session.write(lambda writes: writes.purge_provider(row, confirm))
    backup = max(set(session.paths.backups.glob("*.db")) - before)
    if as_json:
        print_json({"purged": row.name, **counts, "backup": str(backup)})
        return
    gone = ", ".join(f"{count:,} {noun}" for noun, count in counts.items())
    tell(f"Purged {row.name}: {gone}. The registry as it was before is in {backup}.")


def _tell_change(session: Session, row: "Provider", sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(provider_record(session, row))
    else:
        tell(sentence)


def _known_facts(session: Session, name: str, endpoint: str | None, website: str | None) -> dict[str, str]:
    """The name, base URL and website that are known of a provider, behind what was given."""
    from tui_registry.catalog import starting_endpoint

    try:
        known = session.store.reads.known(name)
    except NotFound as error:
        way_out = "To use it all the same, add --custom and --endpoint URL."
        raise NotFound(f"{error} {way_out}") from error
    return {
        "name": known.name,
        "endpoint": endpoint or starting_endpoint(known.endpoint),
        "website": website if website is not None else known.website or "",
    }
