"""View 3: what every model costs."""

from functools import partial

from tui_registry.store.views import Order
from tui_registry.ui.actions import deleting, editing
from tui_registry.ui.actions.deleting_marked import PRICES, delete_marked
from tui_registry.ui.actions.text_editing import ask_in_editor
from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import Desk
from tui_registry.ui.records.copies import model_copies
from tui_registry.ui.screens.model_rows import ModelRows
from tui_registry.ui.table.lists import price_columns
from tui_registry.ui.table.sorting import ViewSpec


class PricesScreen(ModelRows):
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

    def action_edit(self) -> None:
        """Edit the price of the model under the cursor."""
        self.on_one(editing.edit_model_price)

    def action_edit_text(self) -> None:
        """Edit the price under the cursor in the editor."""
        self.on_one(partial(editing.edit_model_price, asking=ask_in_editor))

    def action_delete(self) -> None:
        """Forget the prices that the marked models or the one under the cursor have of their own."""
        if not self.on_marked(delete_marked, PRICES):
            self.on_one(deleting.delete_model_price)
