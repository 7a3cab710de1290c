"""A list to choose from by typing: known providers, or providers that are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_registry.text import clean, cut_middle
from tui_registry.ui.bindings import bind
from tui_registry.ui.forms.fields import TextField
from tui_registry.ui.widgets.chrome import KeyBar
from tui_registry.ui.words import plain

NAME_WIDTH = 28
DETAIL_WIDTH = 34


@dataclass(frozen=True, slots=True)
class Entry:
    """One line to choose: its value, its words, and what else helps to choose."""

    value: str
    words: str
    detail: str = ""


class Picker(ModalScreen[str | None]):
    """Type to narrow, up and down to move, enter to take; the answer is an entry's value, or None.

    With `other`, a text that no entry is called may be taken as it is; the answer is then that text.
    """

    BINDINGS: ClassVar = [
        bind("record.open", "take", word="Take", shown=True),
        bind("app.back", "close", word="Close", shown=True),
    ]

    def __init__(self, title: str, entries: Sequence[Entry], *, other: str = "") -> None:
        """Choose among `entries`; `other` is the sentence that offers the typed text itself."""
        super().__init__()
        self._picker_title = title
        self._entries = entries
        self._other = other
        self._shown: list[Entry] = []

    def compose(self) -> ComposeResult:
        """The line to type into, the entries that match, the keys."""
        with Vertical(id="picker"):
            yield TextField(id="picker-text")
            yield OptionList(id="picker-list", compact=True)
            yield Static("", id="picker-none", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show all entries; the list itself never takes the focus."""
        self.query_one("#picker").border_title = plain(self._picker_title)
        self.query_one(OptionList).can_focus = False
        field = self.query_one(TextField)
        field.placeholder = "type to narrow" + (", or a name of your own" if self._other else "")
        field.focus()
        self._narrow("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._narrow(event.value)

    def _narrow(self, text: str) -> None:
        """Show the entries whose words or detail hold the text, the nearest first."""
        wanted = text.strip().casefold()
        found = [each for each in self._entries if wanted in f"{each.words} {each.detail}".casefold()]
        found.sort(key=lambda each: _nearness(each.words.casefold(), wanted))
        self._shown = found
        if self._other and wanted and all(each.words.casefold() != wanted for each in found):
            self._shown = [*found, Entry(text.strip(), self._other.format(name=clean(text.strip())))]
        options = self.query_one(OptionList)
        options.set_options([Option(_line(each)) for each in self._shown])
        options.highlighted = 0 if self._shown else None
        none = self.query_one("#picker-none", Static)
        none.display = not self._shown
        none.update(plain("" if self._shown else "Nothing is called that."))

    def on_key(self, event: events.Key) -> None:
        """Up and down move in the list while the text keeps the focus."""
        if event.key in ("up", "down"):
            event.stop()
            options = self.query_one(OptionList)
            (options.action_cursor_up if event.key == "up" else options.action_cursor_down)()

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Take the entry that is highlighted."""
        place = self.query_one(OptionList).highlighted
        if place is not None and self._shown:
            self.dismiss(self._shown[place].value)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._shown[event.option_index].value)

    def action_close(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


def _nearness(words: str, wanted: str) -> int:
    """0 where the words start with the text, 1 where they hold it, 2 where only the detail does."""
    return 0 if words.startswith(wanted) else 1 if wanted in words else 2


def _line(entry: Entry) -> Text:
    words = cut_middle(clean(entry.words), NAME_WIDTH) if entry.detail else clean(entry.words)
    return Text(f"{words:<{NAME_WIDTH}} {cut_middle(clean(entry.detail), DETAIL_WIDTH)}", no_wrap=True)
