"""A page of its own for one record: everything about it, and the keys that change it."""

from collections.abc import Callable
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from tui_registry.errors import RegistryError
from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.widgets.chrome import Banner, KeyBar, TopLine
from tui_registry.ui.widgets.panes import ReadingPane


class RecordPage(DeskScreen):
    """One record, drawn anew after every change; it closes when the record is gone."""

    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar = [
        bind("app.back", "close", word="Back", shown=True),
        bind("app.reload", "reload", shown=False),
    ]

    def __init__(self, desk: Desk, view: str, title: str, describe: Callable[[], Table | Text]) -> None:
        """The page of the record that `describe` draws; it raises NotFound once the record is gone."""
        super().__init__(desk)
        self._view = view
        self._page_title = title
        self._describe = describe

    def compose(self) -> ComposeResult:
        """The line of views, the record, the keys."""
        yield TopLine(self._view, self.desk.opened())
        yield Banner()
        with ReadingPane(id="page"):
            yield Static(id="record", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Draw the record."""
        self.query_one("#page").border_title = Text(self._page_title)
        self.refresh_rows()

    def on_screen_resume(self) -> None:
        """Draw what a form above has changed."""
        self.announce(self.desk.banner())
        self.keys_changed()
        self.come_up_to_date()

    def action_reload(self) -> None:
        """Read the record and the vault's key file again."""
        self.desk.look_at_keys_again()
        self.take_note()
        self.keys_changed()

    def begin_anew(self) -> None:
        """Close: the record that was opened here may be another one in the file that is there now."""
        self.dismiss()

    def refresh_rows(self, *, at: int | None = None) -> None:
        """Draw the record as it is now."""
        if not self.query("#record"):  # what goes on behind a page may end while the page is being closed
            return
        try:
            self.query_one("#record", Static).update(self._describe())
        except RegistryError as error:
            self.query_one(Banner).tell(str(error))

    def action_close(self) -> None:
        """Back to the list."""
        self.dismiss()
