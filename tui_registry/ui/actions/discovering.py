"""A provider's own model list: asked for, shown against the registry, and taken in when that is wanted."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.records.history_lines import Line
from tui_registry.ui.records.laying_out import laid_out
from tui_registry.ui.screens.dialogs import Seconds
from tui_registry.ui.screens.difference_page import DifferencePage
from tui_registry.verification.discovery_words import changed_words, new_words, taken_words

if TYPE_CHECKING:
    from tui_registry.store import Provider
    from tui_registry.verification import Discovery

LISTED = 1000
"""How many models of each kind the page names."""


async def discover(screen: DeskScreen, provider_id: int) -> None:
    """Ask a provider which models it has, while other things may be done."""
    screen.begin_asking(_ask, screen.desk.store.reads.provider_by_id(provider_id))


async def _ask(screen: DeskScreen, row: "Provider") -> None:
    """Read the list and show the difference, unless something else is looked at; nothing is changed yet."""
    from tui_registry import verification

    desk = screen.desk
    screen.announce(f"Asking {row.name} for its models…")
    try:
        found = await verification.discover(desk.store, row, desk.options())
    finally:
        screen.announce(desk.banner())
    if not found.was_read:
        screen.refuse(f"{found.provider} gave no list of its models. {found.sentence}")
    elif screen.is_current:
        screen.app.push_screen(DiscoveryPage(desk, found))
    else:
        screen.tell(f"{found.sentence} {desk.keys.first('record.discover')} shows them.")


class DiscoveryPage(DifferencePage):
    """What a provider lists and the registry does not, the other way round, and what differs."""

    def __init__(self, desk: Desk, found: "Discovery", clock: Seconds = time.monotonic) -> None:
        """The page of this list; `clock` tells when it starts to listen."""
        self._found = found
        super().__init__(
            desk,
            f"Models of {found.provider}",
            lambda: laid_out(difference_lines(desk, found)),
            differs=_differs(found),
            clock=clock,
        )

    def take_in(self) -> None:
        """Take the list in."""
        self.begin(_take_in, self._found)


async def _take_in(screen: DeskScreen, found: "Discovery") -> None:
    """Take a list in, leave its page and say what that did."""
    from tui_registry import verification

    report = await verification.apply_discovery(screen.desk.store, found)
    screen.tell(f"{found.provider}: {taken_words(report)}")
    screen.dismiss()


def _differs(found: "Discovery") -> bool:
    """Whether taking the list in says anything new: also that a model was seen on it."""
    return bool(found.listed or found.gone)


def difference_lines(desk: Desk, found: "Discovery") -> Iterator[Line]:
    """The sum, then what is new, what would change from what to what, and what is not listed any more."""
    yield None, found.sentence
    yield None, f"Known and the same: {found.unchanged:,}."
    yield from ((None, note) for note in found.notes)
    key = desk.keys.first("discovery.apply")
    how = f"{key} takes the list in; what you set yourself stays, nothing is deleted."
    yield None, how if _differs(found) else "There is nothing to take in."
    if found.new:
        yield from _heading("New", len(found.new))
        listed = {model.model_id: model for model in found.listed}
        for model_id in found.new[:LISTED]:
            facts = new_words(listed[model_id])
            yield None, f"  {model_id}{f': {facts}' if facts else ''}"
        yield from _more(len(found.new))
    if found.changed:
        yield from _heading("Changed", len(found.changed))
        for model in found.changed[:LISTED]:
            yield None, f"  {model.model_id}"
            yield from ((None, f"      {words}") for words in changed_words(model))
        yield from _more(len(found.changed))
    if found.gone:
        yield from _headed("Not listed any more; they stay, and may still answer", found.gone)


def _headed(title: str, names: tuple[str, ...]) -> Iterator[Line]:
    yield from _heading(title, len(names))
    yield from ((None, f"  {name}") for name in names[:LISTED])
    yield from _more(len(names))


def _heading(title: str, number: int) -> Iterator[Line]:
    yield None, ""
    yield None, f"{title}: {number:,}"


def _more(number: int) -> Iterator[Line]:
    if number > LISTED:
        yield None, f"  and {number - LISTED:,} more"
