"""What both lists with a row for each model have in common: its page, and the marked ones compared."""

from textual import on

from tui_registry.ui.screens.compare import compare_models, offer_to_compare
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.pages import show_model
from tui_registry.ui.table import table_messages as told


class ModelRows(ListScreen):
    """A list whose rows are models."""

    def marked_words(self, number: int) -> str:
        """How many models are marked, and that they can be compared."""
        return offer_to_compare(self.desk, super().marked_words(number), number)

    @on(told.Opened)
    def _open(self, event: told.Opened) -> None:
        self.begin(show_model, event.row_id)

    def action_compare(self) -> None:
        """Show the marked models side by side."""
        self.begin(compare_models, sorted(self.table.marks))
