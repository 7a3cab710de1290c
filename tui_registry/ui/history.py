"""View 5: every verification result, newest first."""

from rich.table import Table
from textual import on

from tui_registry.store.views import Order
from tui_registry.ui import table_messages as told
from tui_registry.ui.copies import result_copies
from tui_registry.ui.describe import result_text
from tui_registry.ui.desk import Desk
from tui_registry.ui.list_screen import ListScreen, ViewSpec
from tui_registry.ui.lists import history_columns
from tui_registry.ui.pages import show_result


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
                empty="Nothing verified yet.",
                copies=result_copies,
                pane=True,
            ),
        )

    def detail_text(self, row_id: int) -> Table:
        """The result under the cursor."""
        return result_text(self.desk, row_id)

    @on(told.Opened)
    def _open(self, event: told.Opened) -> None:
        self.begin(show_result, event.row_id)
