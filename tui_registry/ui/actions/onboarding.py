"""The first minutes: the bundled catalogue brought in, and the keys this shell already holds taken over."""

import asyncio
from typing import TYPE_CHECKING

from tui_registry.endpoint import origin_of_stored
from tui_registry.errors import RegistryError
from tui_registry.text import read_pasted_key
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.screens.dialogs import Confirm
from tui_registry.ui.screens.unlocking import unlocked

if TYPE_CHECKING:
    from tui_registry.catalog import FoundKey
    from tui_registry.store import ImportReport

LISTED = 12
"""How many found variables a question lists by name."""


def found_keys(desk: Desk) -> "list[FoundKey]":
    """The variables of this shell that hold the key of exactly one known provider that has none here.

    A provider whose endpoint was moved to another host is left out: only its own form names that host.
    """
    from tui_registry.catalog import environment_keys, known_providers, starting_endpoint

    homes = {
        known.name: origin_of_stored(starting_endpoint(known.endpoint)) for known in known_providers().rows()
    }
    unfit = {
        row.name
        for row in desk.store.reads.providers()
        if row.api_key_encrypted or origin_of_stored(row.endpoint) != homes.get(row.name)
    }
    by_variable: dict[str, list[FoundKey]] = {}
    for found in environment_keys(desk.environ):
        by_variable.setdefault(found.variable, []).append(found)
    alone = [each[0] for each in by_variable.values() if len(each) == 1]
    first_of: dict[str, FoundKey] = {}
    for found in alone:
        if found.provider_name not in unfit:
            first_of.setdefault(found.provider_name, found)
    return list(first_of.values())


async def import_catalogue(screen: DeskScreen) -> None:
    """Bring in every model and price of the bundled catalogue, and say what that did."""
    from tui_registry.catalog import summary

    desk = screen.desk
    screen.announce("Importing the catalogue…")
    try:
        report = await _imported(desk)
    finally:
        screen.announce(desk.banner())
    screen.changed("\n".join(summary(report)))


async def _imported(desk: Desk) -> "ImportReport":
    from tui_registry.catalog import bundled_catalogue

    batch = await asyncio.to_thread(bundled_catalogue, desk.clock())
    return await desk.save(lambda writes: writes.import_catalog(batch))


async def take_over_keys(screen: DeskScreen) -> None:
    """Ask, then seal the keys of this shell's variables, adding the providers that are not here yet."""
    found = found_keys(screen.desk)
    if not found:
        screen.tell("No variable of this shell holds a key that is not here already.")
        return
    lines = [f"{each.provider_name:<20} ${each.variable}" for each in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(f"and {len(found) - LISTED} more")
    question = Confirm("Take over keys?", ["Seal these keys in the registry:", "", *lines], verb="seal them")
    if not (await screen.app.push_screen_wait(question) and await unlocked(screen)):
        return
    refusals = []
    for each in found:
        try:
            await _take_over(screen.desk, each)
        except (RegistryError, ValueError) as error:
            refusals.append(f"{each.provider_name}: {error}")
    done = len(found) - len(refusals)
    screen.changed(" ".join([f"Sealed {done} of {len(found)} keys; none is checked yet.", *refusals]))


async def _take_over(desk: Desk, found: "FoundKey") -> None:
    """Seal one variable's key; raises RegistryError, or ValueError whose text does not hold the key."""
    from tui_registry.catalog import starting_endpoint
    from tui_registry.drafts import ProviderDraft

    reads = desk.store.reads
    secret = read_pasted_key(desk.environ[found.variable])[0]
    row = next((row for row in reads.providers() if row.name == found.provider_name), None)
    if row is None:
        known = reads.known(found.provider_name)
        draft = ProviderDraft.parse(
            {
                "name": known.name,
                "endpoint": starting_endpoint(known.endpoint),
                "website": known.website or "",
            }
        )
        row = await desk.save(lambda writes: writes.add_provider(draft))
    provider_id = row.id
    await desk.save(lambda writes: writes.set_key(provider_id, secret))
