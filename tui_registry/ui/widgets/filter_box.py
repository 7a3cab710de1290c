"""The filter line: typed at the bottom of a list, applied with every key."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui_registry.ui.bindings import bind


class FilterInput(Input):
    """The text of the filter; enter keeps it, escape clears it."""

    BINDINGS = [
        bind("app.back", "clear", word="Clear", shown=True),
    ]

    class Cleared(Message):
        """Escape was pressed: the filter is to go."""

    def __init__(self) -> None:
        """A one-line input without a box or a blinking cursor."""
        super().__init__(
            compact=True, select_on_focus=False, placeholder="words, provider:x, ctx>=128k, in<1"
        )
        self.cursor_blink = False

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

    def open(self) -> None:
        """Show the line and type into it."""
        self.display = True
        self.query_one(FilterInput).focus()

    def close(self, *, keep_shown: bool) -> None:
        """Leave the input; the line stays while it holds a filter."""
        self.display = keep_shown
