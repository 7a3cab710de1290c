"""View 5: every verification result, newest first."""

import asyncio

from rich.table import Table
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from tui_registry.errors import RegistryError
from tui_registry.store.views import Order, Scope
from tui_registry.ui.desk import Desk
from tui_registry.ui.records import pictures
from tui_registry.ui.records.copies import result_copies
from tui_registry.ui.records.describe import result_text
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.pages import show_result
from tui_registry.ui.table import table_messages as told
from tui_registry.ui.table.lists import history_columns
from tui_registry.ui.table.sorting import ViewSpec


class HistoryScreen(ListScreen):
    """What was asked of whom, and what came of it."""

    def __init__(self, desk: Desk) -> None:
        """The results of the desk's registry."""
        super().__init__(
            desk,
            ViewSpec(
                view="history",
                title="Verification results",
                noun="result",
                columns=history_columns(desk),
                order=Order("created_at", True),
                empty=f"Nothing verified yet. {desk.keys.first('verify.one')} on a provider or a model"
                " runs the checks and uses quota.",
                copies=result_copies,
                pane=True,
            ),
        )
        self._summed: tuple[object, ...] | None = None

    def compose_head(self) -> ComposeResult:
        """The last thirty days on one line."""
        yield Static(id="strip", markup=False)

    def refresh_rows(self, *, at: int | None = None) -> None:
        """Show the newest results, in the list and on the line above it."""
        super().refresh_rows(at=at)
        state = (self._seen, f"{self.desk.clock():%Y-%m-%d}")
        if state != self._summed and self.query("#strip"):
            self._draw_strip(state)

    @work(exclusive=True, group="strip")
    async def _draw_strip(self, state: tuple[object, ...]) -> None:
        """Sum up the last thirty days in a thread and draw them; hidden while nothing was verified."""
        desk, strip = self.desk, self.query_one("#strip", Static)
        try:
            days = await asyncio.to_thread(desk.store.history.days, Scope(), desk.clock())
        except RegistryError:
            return  # the list's banner says why; the strip stays as it is
        self._summed = state
        strip.display = any(day.results for day in days)
        drawn = pictures.share_strip(days, ascii_only=desk.ascii)
        legend = pictures.share_legend(ascii_only=desk.ascii)
        words = f" {drawn}  {pictures.passed_words(days, short=True)}  {legend}"
        strip.update(Text(words, no_wrap=True, overflow="ellipsis"))

    def detail_text(self, row_id: int) -> Table:
        """The result under the cursor."""
        return result_text(self.desk, row_id)

    @on(told.Opened)
    def _open(self, event: told.Opened) -> None:
        self.begin(show_result, event.row_id)
