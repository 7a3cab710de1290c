"""The first minutes: the bundled catalogue brought in, and the keys this shell already holds taken over."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_registry.endpoint import origin_of_stored, shown_origin
from tui_registry.errors import RegistryError
from tui_registry.text import read_pasted_key
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.screens.dialogs import Confirm
from tui_registry.ui.screens.unlocking import unlocked

if TYPE_CHECKING:
    from tui_registry.catalog import FoundKey
    from tui_registry.store import ImportReport, Provider
    from tui_registry.store.drafts import ProviderDraft


def found_keys(desk: Desk) -> "list[FoundKey]":
    """The variables of this shell that hold the key of exactly one known provider that has none here.

    A provider whose endpoint was moved to another host is left out: its variable was set for the usual one.
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
    edition = screen.desk.store.reads.edition()
    found = found_keys(screen.desk)
    if not found:
        screen.tell("No variable of this shell holds a key that is not here already.")
        return
    offers = [_offer(screen.desk, each) for each in found]
    columns = zip(*(each.texts for each in offers), strict=True)
    widths = [max(map(len, column)) for column in columns]
    lines = ["  ".join(map(str.ljust, each.texts, widths)).rstrip() for each in offers]
    what = "Seal these keys, each for the host beside it:"
    question = Confirm("Take over keys?", [what, "", *lines], verb="seal them")
    if not (await screen.app.push_screen_wait(question) and await unlocked(screen)):
        return
    refusals = []
    for each in offers:
        try:
            await _take_over(screen.desk, each, edition)
        except (RegistryError, ValueError) as error:
            refusals.append(f"{each.draft.name}: {error}")
    done = len(offers) - len(refusals)
    screen.changed(" ".join([f"Sealed {done} of {len(offers)} keys; none is checked yet.", *refusals]))


@dataclass(frozen=True, slots=True)
class Offer:
    """A variable whose key would be sealed for the host of the provider as it was read, else of the draft."""

    variable: str
    draft: "ProviderDraft"
    row: "Provider | None"

    @property
    def host(self) -> str:
        """The host as a person writes it."""
        return shown_origin(origin_of_stored((self.row or self.draft).endpoint))

    @property
    def texts(self) -> tuple[str, str, str]:
        """What a question shows of it."""
        return self.draft.name, f"${self.variable}", self.host


def _offer(desk: Desk, found: "FoundKey") -> Offer:
    """What is shown of one variable before its key is sealed."""
    from tui_registry.catalog import starting_endpoint
    from tui_registry.store.drafts import ProviderDraft

    reads = desk.store.reads
    known = reads.known(found.provider_name)
    texts = {"name": known.name, "website": known.website or ""}
    draft = ProviderDraft.parse({**texts, "endpoint": starting_endpoint(known.endpoint)})
    row = next((row for row in reads.providers() if row.name == draft.name), None)
    return Offer(found.variable, draft, row)


async def _take_over(desk: Desk, offer: Offer, edition: str) -> None:
    """Seal one variable's key; raises RegistryError, or ValueError whose text does not hold the key."""
    secret = read_pasted_key(desk.environ[offer.variable])[0]
    await desk.save(lambda writes: writes.seal_new_keys([(offer.row, offer.draft, secret)], edition))
