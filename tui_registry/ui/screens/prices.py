"""View 3: what every model costs."""

from functools import partial

from textual import on

from tui_registry.store.views import Order
from tui_registry.ui.actions import deleting, editing
from tui_registry.ui.actions.deleting_marked import PRICES, delete_marked
from tui_registry.ui.actions.text_editing import ask_in_editor
from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import Desk
from tui_registry.ui.records.copies import model_copies
from tui_registry.ui.screens.compare import compare_models, offer_to_compare
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.pages import show_model
from tui_registry.ui.table import table_messages as told
from tui_registry.ui.table.lists import price_columns
from tui_registry.ui.table.sorting import ViewSpec


class PricesScreen(ListScreen):
    """Prices in currency per 1M tokens, a row for each model."""

    BINDINGS = [
        bind("record.edit", "edit"),
        bind("record.edit_text", "edit_text"),
        bind("record.delete", "delete"),
        bind("mark.compare", "compare"),
        bind("record.price", "edit", shown=False),
    ]

    def __init__(self, desk: Desk) -> None:
        """The prices of the desk's registry."""
        super().__init__(
            desk,
            ViewSpec(
                view="prices",
                title="Prices per 1M tokens, mix {}:{} in:out".format(*desk.store.views.mix),
                noun="model",
                columns=price_columns(desk),
                order=Order("provider"),
                empty=f"No models yet, so no prices. {desk.keys.first('view.1')} goes to the providers.",
                copies=model_copies,
            ),
        )

    def marked_words(self, number: int) -> str:
        """How many models are marked, and that they can be compared."""
        return offer_to_compare(self.desk, super().marked_words(number), number)

    @on(told.Opened)
    def _open(self, event: told.Opened) -> None:
        self.begin(show_model, event.row_id)

    def action_edit(self) -> None:
        """Edit the price of the model under the cursor."""
        self.on_one(editing.edit_model_price)

    def action_edit_text(self) -> None:
        """Edit the price under the cursor in the editor."""
        self.on_one(partial(editing.edit_model_price, asking=ask_in_editor))

    def action_compare(self) -> None:
        """Show the marked models side by side."""
        self.begin(compare_models, sorted(self.table.marks))

    def action_delete(self) -> None:
        """Forget the prices that the marked models or the one under the cursor have of their own."""
        if not self.on_marked(delete_marked, PRICES):
            self.on_one(deleting.delete_model_price)
