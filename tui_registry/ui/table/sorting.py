"""Lists that are ordered by a column: by menu, by the next column, the other way round, or by a click."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work

from tui_registry.store.view_columns import ViewName
from tui_registry.store.views import Order
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.table import table_messages as told
from tui_registry.ui.table.columns import Column

if TYPE_CHECKING:
    from tui_registry.ui.actions.copying import Source


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """What makes one list different from the others."""

    view: ViewName
    title: str
    noun: str
    columns: tuple[Column, ...]
    order: Order
    empty: str
    copies: "Source"
    pane: bool = False


class SortedScreen(DeskScreen):
    """A view that keeps the order a person chose."""

    def __init__(self, desk: Desk, spec: ViewSpec) -> None:
        """A view as `spec` describes it, in its own order."""
        super().__init__(desk)
        self._spec = spec
        self._order = spec.order

    def open_view(self, *, keep: bool) -> None:
        """Open the rows in the present order; `keep` holds cursor and marks."""
        raise NotImplementedError

    def title_of(self, key: str | None) -> str:
        """The head of the column that sorts by `key`."""
        return next((column.title for column in self._spec.columns if column.sort == key), key or "")

    def _sortable(self) -> list[Column]:
        """The columns that can order the list, as they stand from left to right."""
        return [column for column in self._spec.columns if column.sort]

    def _sort_by(self, key: str | None, *, descending: bool = False) -> None:
        """Order the list; the cursor stays on its record."""
        self._order = Order(key, descending)
        self.open_view(keep=True)

    @work
    async def action_sort_menu(self) -> None:
        """Choose the order from a menu of the columns."""
        from tui_registry.ui.screens.dialogs import Choice, ChoiceMenu

        choices = [
            Choice(letter, column.title, column.sort or "")
            for letter, column in zip("abcdefghijklmnop", self._sortable(), strict=False)
        ]
        reverse = f"{self.desk.keys.first('sort.reverse')} reverses the order."
        menu = ChoiceMenu(f"Sort {self._spec.noun}s by", choices, current=self._order.column, note=reverse)
        if (chosen := await self.app.push_screen_wait(menu)) is not None:
            self._sort_by(chosen)

    def action_sort_reverse(self) -> None:
        """Turn the order round."""
        self._sort_by(self._order.column, descending=not self._order.descending)

    def action_sort_step(self, step: int) -> None:
        """Order by the next column to the left or right."""
        keys = [column.sort for column in self._sortable()]
        place = keys.index(self._order.column) if self._order.column in keys else 0
        self._sort_by(keys[(place + step) % len(keys)] or "")

    @on(told.HeaderClicked)
    def _header_clicked(self, event: told.HeaderClicked) -> None:
        if event.key == self._order.column:
            self.action_sort_reverse()
        else:
            self._sort_by(event.key)
