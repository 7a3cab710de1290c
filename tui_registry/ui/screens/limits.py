"""View 4: how much each provider allows."""

from functools import partial

from textual import on

from tui_registry.store.views import Order
from tui_registry.ui.actions import deleting, editing
from tui_registry.ui.actions.deleting_marked import LIMITS, delete_marked
from tui_registry.ui.actions.text_editing import ask_in_editor
from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import Desk
from tui_registry.ui.records.copies import provider_copies
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.table import table_messages as told
from tui_registry.ui.table.lists import limit_columns
from tui_registry.ui.table.sorting import ViewSpec


class LimitsScreen(ListScreen):
    """Rate limits, a row for each provider."""

    BINDINGS = [
        bind("record.edit", "edit"),
        bind("record.edit_text", "edit_text"),
        bind("record.delete", "delete"),
        bind("record.limits", "edit", shown=False),
    ]

    def __init__(self, desk: Desk) -> None:
        """The limits of the desk's registry."""
        super().__init__(
            desk,
            ViewSpec(
                view="limits",
                title="Limits",
                noun="provider",
                columns=limit_columns(desk),
                order=Order("name"),
                empty=f"No providers yet, so no limits. {desk.keys.first('view.1')} goes to the providers.",
                copies=provider_copies,
            ),
        )

    @on(told.Opened)
    def _open(self, event: told.Opened) -> None:
        self.begin(editing.edit_limits, event.row_id)

    def action_edit(self) -> None:
        """Edit the limits under the cursor."""
        self.on_one(editing.edit_limits)

    def action_edit_text(self) -> None:
        """Edit the limits under the cursor in the editor."""
        self.on_one(partial(editing.edit_limits, asking=ask_in_editor))

    def action_delete(self) -> None:
        """Forget the limits of the marked providers or of the one under the cursor."""
        if not self.on_marked(delete_marked, LIMITS):
            self.on_one(deleting.delete_limits)
