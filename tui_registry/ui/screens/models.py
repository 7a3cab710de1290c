"""View 2: every model of every provider."""

from functools import partial

from tui_registry.store.views import Order
from tui_registry.ui.actions import cloning, deleting, editing
from tui_registry.ui.actions.deleting_marked import MODELS, delete_marked
from tui_registry.ui.actions.text_editing import ask_in_editor
from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import Desk
from tui_registry.ui.own_keys import OwnKeys
from tui_registry.ui.records.copies import model_copies
from tui_registry.ui.screens.model_rows import ModelRows
from tui_registry.ui.table.lists import model_columns
from tui_registry.ui.table.sorting import ViewSpec


def _empty(keys: OwnKeys) -> str:
    new, providers, fetch = map(keys.first, ("record.new", "view.1", "catalog.import"))
    return f"No models yet. {new} adds one; {providers}, then {fetch} imports the catalogue."


class ModelsScreen(ModelRows):
    """Models, a row for each."""

    BINDINGS = [
        bind("record.edit", "edit"),
        bind("record.edit_text", "edit_text"),
        bind("record.new", "new"),
        bind("record.clone", "clone"),
        bind("record.delete", "delete"),
        bind("record.price", "price"),
        bind("mark.compare", "compare"),
    ]

    def __init__(self, desk: Desk) -> None:
        """The models of the desk's registry."""
        super().__init__(
            desk,
            ViewSpec(
                view="models",
                title="Models",
                noun="model",
                columns=model_columns(desk),
                order=Order("provider"),
                empty=_empty(desk.keys),
                copies=model_copies,
            ),
        )

    def action_new(self) -> None:
        """Add a model, to the provider of the one under the cursor or to another."""
        self.begin(editing.new_model, self.table.cursor_id)

    def action_edit(self) -> None:
        """Edit the model under the cursor."""
        self.on_one(editing.edit_model)

    def action_edit_text(self) -> None:
        """Edit the model under the cursor in the editor."""
        self.on_one(partial(editing.edit_model, asking=ask_in_editor))

    def action_clone(self) -> None:
        """Add a model like the one under the cursor."""
        self.on_one(cloning.clone_model)

    def action_price(self) -> None:
        """Edit the price of the model under the cursor."""
        self.on_one(editing.edit_model_price)

    def action_delete(self) -> None:
        """Delete the marked models or the one under the cursor, if nothing depends on them."""
        if not self.on_marked(delete_marked, MODELS):
            self.on_one(deleting.delete_model)
