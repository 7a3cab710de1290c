"""A file or models.dev's catalogue in the app: read, compared on a page, taken in when that is wanted."""

import asyncio
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import SystemCommand
from textual.screen import Screen

from tui_registry.errors import Refused
from tui_registry.ui.actions.copying import target
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.form_values import Field
from tui_registry.ui.screens.dialogs import Choice, ChoiceMenu, Confirm, Seconds
from tui_registry.ui.screens.difference_page import DifferencePage
from tui_registry.ui.words import counted, plain

if TYPE_CHECKING:
    from tui_registry.intake import EnvKeys, Intake, Source
    from tui_registry.store.import_rows import ImportPlan

LISTED = 20
"""How many models of each kind the page names for a provider."""

EVERYTHING, HERE = "all", "here"


def import_commands(screen: Screen[object]) -> Iterator[SystemCommand]:
    """The commands that bring something in, for every screen from which records are changed."""
    if isinstance(screen, DeskScreen) and not screen.desk.store.read_only:
        kinds = "a registry, models.dev, LiteLLM or .env"
        if all(each.binding.id != "catalog.file" for each in screen.active_bindings.values()):
            yield SystemCommand(
                "Import a file…", f"{kinds}; compared first", partial(screen.begin, import_file)
            )
        yield SystemCommand(
            "Refresh from models.dev…",
            "its prices and limits, compared first; asks before it uses the network",
            partial(screen.begin, refresh),
        )


async def import_file(screen: DeskScreen) -> None:
    """Ask for a file, and show what it would bring."""
    desk = screen.desk

    async def keep(path: Path) -> "tuple[Source, Intake | EnvKeys]":
        return await asyncio.to_thread(_read_file, desk, path)

    form: FormScreen[tuple[Source, Intake | EnvKeys]] = FormScreen(
        "Import a file",
        [Field("file", "File", required=True, hint="JSON, CSV or .env; nothing is changed yet")],
        {"file": ""},
        lambda raw: target(raw, desk.environ),
        keep,
        intro=f"A registry, models.dev, LiteLLM or .env. Relative to {Path.cwd()}",
    )
    read = await screen.app.push_screen_wait(form)
    if read is not None:
        await _show(screen, *read)


def _read_file(desk: Desk, path: Path) -> "tuple[Source, Intake | EnvKeys]":
    from tui_registry import intake

    source = intake.read_file(path)
    return source, intake.read(source, "auto", desk.store.reads.known_providers())


async def refresh(screen: DeskScreen) -> None:
    """Ask whether models.dev may be asked, and for what; then fetch it while other things may be done."""
    from tui_registry.intake import MODELS_DEV

    choices = [
        Choice("h", "the providers that are here", HERE),
        Choice("a", "all known providers", EVERYTHING),
    ]
    note = f"Fetches {MODELS_DEV}, about 5 MB; no key is sent."
    wanted = await screen.app.push_screen_wait(ChoiceMenu("Refresh from models.dev", choices, note=note))
    if wanted is not None:
        screen.begin_asking(_fetch, wanted)


async def _fetch(screen: DeskScreen, wanted: str) -> None:
    from tui_registry import intake

    desk = screen.desk
    screen.announce("Asking models.dev for its catalogue…")
    try:
        source = await intake.fetch(intake.MODELS_DEV, desk.environ)
        read = await asyncio.to_thread(intake.read, source, "models.dev", desk.store.reads.known_providers())
    finally:
        screen.announce(desk.banner())
    assert isinstance(read, intake.Intake)
    if wanted == HERE:
        read = intake.of_providers(read, {row.name for row in desk.store.reads.providers()})
    if screen.is_current:
        await _show(screen, source, read)
    else:
        screen.tell("models.dev's catalogue came, but something else is looked at. Ask again to see it.")


async def _show(screen: DeskScreen, source: "Source", read: "Intake | EnvKeys") -> None:
    """Show what was read: a page of differences, or the question which keys to seal."""
    from tui_registry.intake import EnvKeys

    if source.note is not None:
        screen.tell(source.note)
    if isinstance(read, EnvKeys):
        await _offer_keys(screen, read)
        return
    plan = await asyncio.to_thread(screen.desk.store.reads.import_plan, read.batch)
    screen.app.push_screen(ImportPage(screen.desk, read, plan))


class ImportPage(DifferencePage):
    """What an import would do to the registry, provider by provider."""

    def __init__(
        self, desk: Desk, found: "Intake", plan: "ImportPlan", clock: Seconds = time.monotonic
    ) -> None:
        """The page of this plan; `clock` tells when it starts to listen."""
        text = difference_text(found, plan, desk.keys.first("discovery.apply"))
        super().__init__(desk, "Import", lambda: text, differs=plan.differs, clock=clock)
        self._found = found
        self._plan = plan

    def take_in(self) -> None:
        """Take in what the page shows."""
        self.begin(_take_in, self._found, self._plan)


async def _take_in(screen: DeskScreen, found: "Intake", plan: "ImportPlan") -> None:
    """Take in what the page shows, without bad entries only if that is affirmed, and leave it."""
    from tui_registry.intake import summary

    if found.problems:
        bad = f"{len(found.problems):,} bad {'entry' if len(found.problems) == 1 else 'entries'}"
        question = Confirm(
            "Take in the rest?", [f"The file has {bad}, listed at the end."], verb="take in the rest"
        )
        if not await screen.app.push_screen_wait(question):
            return
    done = await screen.desk.save(lambda writes: writes.take_in(found.batch, plan))
    screen.tell(f"{summary(done)} Nothing was deleted.")
    screen.dismiss()


def difference_text(found: "Intake", plan: "ImportPlan", key: str) -> Text:
    """The sum and the key that takes it in, then everything that differs."""
    from tui_registry.intake import difference_lines, summary

    how = [f"{key} takes it in; what you set yourself stays, nothing is deleted."] if plan.differs else []
    how += [f"Bad entries: {len(found.problems):,}, at the end."] if found.problems else []
    text = plain("\n".join(filter(None, (f"{found.said}.", summary(plan), " ".join(how)))), lines=True)
    for line in difference_lines(plan, found, LISTED):
        text.append("\n\n" if line.depth == 1 else "\n")
        text.append(
            "    " * max(line.depth - 1, 0) + plain(line.text).plain, style="bold" if line.depth == 1 else ""
        )
    return text


async def _offer_keys(screen: DeskScreen, read: "EnvKeys") -> None:
    """Name whose keys a file holds and for which hosts, and seal them when that is affirmed."""
    from tui_registry import intake

    reads = screen.desk.store.reads
    edition = reads.edition()
    found = intake.offers(read.keys, reads.providers())
    wanted = [offer for offer in found if offer.refusal is None]
    lines = [str(offer) for offer in found] + [f"Bad: {problem}" for problem in read.problems]
    if not wanted:
        raise Refused("\n".join(["The file holds no key that could be sealed.", *lines[:6]]))
    what = "the rest" if read.problems else counted(len(wanted), "key")
    if not await screen.app.push_screen_wait(Confirm(f"Seal {what}?", lines, verb=f"seal {what}")):
        return
    rows = await screen.desk.save(lambda writes: intake.seal(writes, wanted, edition))
    places = ", ".join(f"{row.name} for {screen.desk.store.sealed_for(row)}" for row in rows)
    screen.changed(f"Sealed: {places}. None is checked yet.")
