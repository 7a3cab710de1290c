"""The page of keys: read from the bindings of the screen below it, so that changed keys show."""

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from tui_registry.ui.bindings import bind
from tui_registry.ui.keymap import KEYS, Key, lines, printed
from tui_registry.ui.own_keys import OwnKeys
from tui_registry.ui.widgets.chrome import KeyBar

KEY_WIDTH = 13


class KeysPage(ModalScreen[None]):
    """Every key that works on the screen it was opened from, and those of forms."""

    BINDINGS = [
        bind("app.back", "close", word="Close", shown=True),
        bind("app.keys", "close", shown=False),
        bind("app.quit", "close", shown=False),
    ]

    def __init__(self, below: Screen[object], own: OwnKeys) -> None:
        """The keys of the screen `below`; `own` knows those of forms."""
        super().__init__()
        self._own = own
        keys_of: dict[str, list[str]] = {}
        for name, active in below.active_bindings.items():
            if active.binding.id:
                keys_of.setdefault(active.binding.id, []).append(printed(name, own.ascii_only))
        self._keys_of = keys_of

    def compose(self) -> ComposeResult:
        """Two columns of keys, scrolled when they do not fit."""
        with VerticalScroll(id="keys", can_focus=True) as page:
            page.border_title = "Keys"
            yield Static(Group(*map(self._group, ("Move", "List", "App"))), classes="keys-column")
            yield Static(Group(*map(self._group, ("Record", "Form"))), classes="keys-column")
        yield KeyBar()

    def _group(self, group: str) -> Table:
        """One group under its head; a form's keys are listed although no form is open."""
        table = Table.grid(padding=(0, 1))
        table.add_column(width=KEY_WIDTH)
        table.add_column()
        table.add_row(Text("IN A FORM" if group == "Form" else group.upper(), style="bold"))
        here = [key for key in KEYS if key.group == group and self._names(key)]
        for shared in lines(here):
            names = " ".join(name for key in shared for name in self._names(key))
            table.add_row(Text(names), Text(", ".join(key.help for key in shared)))
        table.add_row()
        return table

    def _names(self, key: Key) -> list[str]:
        """The keys of an action as they are bound now; none where it does not exist here."""
        if key.group == "Form":
            return [printed(name, self._own.ascii_only) for name in self._own.names(key)]
        return self._keys_of.get(key.id, [])

    def action_close(self) -> None:
        """Leave the page."""
        self.dismiss()
