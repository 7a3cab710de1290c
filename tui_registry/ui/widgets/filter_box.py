"""The filter line: typed at the bottom of a list, applied with every key."""

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui_registry.ui.bindings import bind
from tui_registry.ui.keymap import CHARACTERS


class FilterInput(Input):
    """The text of the filter; enter keeps it, escape clears it."""

    BINDINGS = [
        bind("app.back", "clear", word="Clear", shown=True),
        replace(bind("app.keys", "app.keys"), key_display="f1"),
    ]

    class Cleared(Message):
        """Escape was pressed: the filter is to go."""

    def __init__(self) -> None:
        """A one-line input without a box or a blinking cursor."""
        super().__init__(compact=True, select_on_focus=False)
        self.cursor_blink = False

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether the key is typed here, so that the bottom line does not name it; Textual misses signs."""
        return key in CHARACTERS or super().check_consume_key(key, character)

    def action_clear(self) -> None:
        """Empty the filter and tell the list."""
        self.value = ""
        self.post_message(self.Cleared())


class FilterBox(Horizontal):
    """A slash and the filter's text; hidden while there is no filter."""

    def compose(self) -> ComposeResult:
        """The slash and the input."""
        yield Static("/ ", id="filter-mark", markup=False)
        yield FilterInput()

    def on_mount(self) -> None:
        """Start hidden."""
        self.display = False

    def open(self, examples: str) -> None:
        """Show the line and type into it; while it is empty it shows `examples`."""
        self.display = True
        self.query_one(FilterInput).placeholder = examples
        self.query_one(FilterInput).focus()

    def close(self, *, keep_shown: bool) -> None:
        """Leave the input; the line stays while it holds a filter."""
        self.display = keep_shown
