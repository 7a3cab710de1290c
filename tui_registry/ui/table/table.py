"""The one table of all lists: keys, mouse and marks over rows that are read as they are needed."""

from typing import ClassVar

from textual import events

from tui_registry.ui.bindings import bind
from tui_registry.ui.table import table_messages as told
from tui_registry.ui.table.followed_rows import FollowedRows

WHEEL_ROWS = 3
"""Rows that one notch of the mouse wheel scrolls."""


class RecordTable(FollowedRows, can_focus=True, inherit_bindings=False):
    """A list of records from a row source, with a cursor that follows its record, and marks."""

    Highlighted = told.Highlighted
    Opened = told.Opened
    MarksChanged = told.MarksChanged
    HeaderClicked = told.HeaderClicked
    Counted = told.Counted
    Stalled = told.Stalled
    Resumed = told.Resumed

    BINDINGS: ClassVar = [
        bind("list.down", "move(1)"),
        bind("list.up", "move(-1)"),
        bind("list.first", "first"),
        bind("list.last", "last"),
        bind("list.page_down", "page(1)"),
        bind("list.page_up", "page(-1)"),
        bind("list.half_down", "half_page(1)"),
        bind("list.half_up", "half_page(-1)"),
        bind("record.open", "open"),
        bind("mark.toggle", "toggle_mark"),
        bind("mark.all", "mark_all"),
    ]

    _marks_all_later = False

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._go(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move cursor and list by whole pages."""
        self._scroll(pages * self._page)

    def action_half_page(self, halves: int) -> None:
        """Move cursor and list by half pages."""
        self._scroll(halves * max(1, self._page // 2))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last row, also while it is not known yet which one that is."""
        self._go(self._blocks.size - 1)
        self._chases_end = not self._blocks.complete

    def action_open(self) -> None:
        """Ask for the record under the cursor."""
        if (row_id := self.cursor_id) is not None:
            self.post_message(self.Opened(self, row_id))

    def action_toggle_mark(self) -> None:
        """Mark or unmark the record under the cursor and go down."""
        if (row_id := self.cursor_id) is not None:
            self._mark(self._marks ^ {row_id})
            self._repaint_line(self._cursor)
            self._go(self._cursor + 1)

    def action_mark_all(self) -> None:
        """Mark all rows of the list, or none of them if all are marked; waits until all are known."""
        self._marks_all_later = not self._blocks.complete
        if not self._marks_all_later:
            shown = frozenset(self._blocks.ids)
            self._mark(self._marks - shown if shown <= self._marks else self._marks | shown)
            self._repaint_body()

    def clear_marks(self) -> None:
        """Unmark everything."""
        self._mark(frozenset())
        self._repaint_body()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; twice opens; on a column's head asks for its order."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y == 0:
            column = self._painter.column_at(offset.x)
            if column is not None and column.sort is not None:
                self.post_message(self.HeaderClicked(self, column.sort))
        elif self._top + offset.y - 1 < self._blocks.size:
            self._go(self._top + offset.y - 1)
            if event.chain == 2:
                self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down; the cursor stays on the screen."""
        event.stop()
        self._wheel(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up; the cursor stays on the screen."""
        event.stop()
        self._wheel(-WHEEL_ROWS)

    def _scroll(self, rows: int) -> None:
        """Move cursor and list together."""
        self._go(self._cursor + rows, self._top + rows)

    def _wheel(self, rows: int) -> None:
        """Move the list; the cursor only as far as it must to stay on the screen."""
        top = max(0, min(self._top + rows, self._blocks.size - self._page))
        self._go(max(top, min(self._cursor, top + self._page - 1)), top)

    def _loaded(self) -> None:
        """Mark all rows if that was asked for before they were known."""
        if self._marks_all_later:
            self.action_mark_all()
