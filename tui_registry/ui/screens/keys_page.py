"""The page of keys: read from the bindings of the screen below it, so that changed keys show."""

from collections.abc import Sequence

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
TOPICS = "help.topics"
"""The key that works on this page alone, and is listed on it."""


class KeysPage(ModalScreen[None]):
    """Every key that works on the screen it was opened from, those of forms, and the filter's terms."""

    BINDINGS = [
        bind("app.back", "close", word="Close", shown=True),
        bind(TOPICS, "topics", shown=True),
        bind("app.keys", "close", shown=False),
        bind("app.quit", "close", shown=False),
    ]

    def __init__(self, below: Screen[object], own: OwnKeys, terms: Sequence[tuple[str, str]] = ()) -> None:
        """The keys of the screen `below`; `own` knows those of forms. `terms` are examples and meanings."""
        super().__init__()
        self._own = own
        self._terms = terms
        keys_of: dict[str, list[str]] = {}
        for name, active in below.active_bindings.items():
            if active.binding.id:
                keys_of.setdefault(active.binding.id, []).append(printed(name, own.ascii_only))
        self._keys_of = keys_of

    def compose(self) -> ComposeResult:
        """Two columns of keys, scrolled when they do not fit."""
        with VerticalScroll(id="keys", can_focus=True) as page:
            page.border_title = "Keys"
            for groups in (("Move", "List", "App", "Filter"), ("Record", "Form")):
                shown = filter(None, map(self._group, groups))
                yield Static(Group(*shown), classes="keys-column")
        yield KeyBar()

    def _group(self, group: str) -> Table | None:
        """One group under its head; None where it has nothing. A form's keys are listed anyhow."""
        here = [key for key in KEYS if key.group == group and self._names(key)]
        rows = [
            (
                " ".join(name for key in shared for name in self._names(key)),
                ", ".join(key.help for key in shared),
            )
            for shared in lines(here)
        ]
        if group == "Filter":
            rows = list(self._terms)
        if not rows:
            return None
        table = Table.grid(padding=(0, 1))
        table.add_column(width=KEY_WIDTH)
        table.add_column()
        table.add_row(Text("IN A FORM" if group == "Form" else group.upper(), style="bold"))
        for name, meaning in rows:
            table.add_row(Text(name), Text(meaning))
        table.add_row()
        return table

    def _names(self, key: Key) -> list[str]:
        """The keys of an action as they are bound now; none where it does not exist here."""
        if key.group == "Form" or key.id == TOPICS:
            return [printed(name, self._own.ascii_only) for name in self._own.names(key)]
        return self._keys_of.get(key.id, [])

    def action_topics(self) -> None:
        """Open the help's topics above this page."""
        from tui_registry.ui.actions.helping import begin_reading

        begin_reading(self.app)

    def action_close(self) -> None:
        """Leave the page."""
        self.dismiss()
