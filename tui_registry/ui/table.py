"""The one table of all lists: a line API over positions, whose cost does not depend on the number of rows."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.geometry import Region
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from tui_registry.errors import StoreError
from tui_registry.ui.bindings import bind
from tui_registry.ui.blocks import Blocks, id_of
from tui_registry.ui.columns import Column, Record
from tui_registry.ui.row_painter import OPAQUE, PARTS, RowPainter

if TYPE_CHECKING:
    from tui_registry.store.rows import Row, RowSource

WHEEL_ROWS = 3
"""Rows that one notch of the mouse wheel scrolls."""

PRUNED = 4096
"""Marks that a refresh looks up; more than that stay until they are acted upon."""

STRIPS = 1024
"""Drawn lines held at a time."""


class RecordTable(ScrollView, can_focus=True, inherit_bindings=False):
    """A list of records from a row source, with a cursor that follows its record, and marks."""

    ALLOW_SELECT = False
    _styles_known = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"record-table--{part}" for part in PARTS}
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

    @dataclass
    class Told(Message):
        """Something a table says."""

        table: "RecordTable"

        @property
        def control(self) -> "RecordTable":
            """The table, for selectors."""
            return self.table

    @dataclass
    class Highlighted(Told):
        """The cursor stands on another record, or on none."""

        row_id: int | None

    @dataclass
    class Opened(Told):
        """Enter or a double click asks for the record."""

        row_id: int

    @dataclass
    class MarksChanged(Told):
        """Records were marked or unmarked; `count` are marked now."""

        count: int

    @dataclass
    class HeaderClicked(Told):
        """A column's head was clicked; `key` is its `sort`."""

        key: str

    @dataclass
    class Counted(Told):
        """The number of rows became known."""

        total: int

    @dataclass
    class Stalled(Told):
        """The registry could not be read; the table keeps what it shows and asks again."""

        sentence: str

    @dataclass
    class Resumed(Told):
        """The registry can be read again after it could not."""

    @dataclass
    class Arrived(Message, bubble=False):
        """Ids from the loading thread: the next chunk, None at the end, or why there are no more."""

        generation: int
        news: "array[int] | StoreError | None"

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        ascii_only: bool = False,
        retry_seconds: float = 0.5,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """An empty table; `retry_seconds` is the pause before a locked registry is asked again."""
        super().__init__(name=name, id=id, classes=classes)
        self._painter = RowPainter(columns, ascii_only=ascii_only)
        self._sorted_by: tuple[str, bool] | None = None
        self._blocks = Blocks.none()
        self._loading: Blocks | None = None
        self._generation = 0
        self._reads_again = False
        self._cursor = 0
        self._top = 0
        self._chases_end = False
        self._marks: set[int] = set()
        self._marks_all_later = False
        self._highlighted: int | None = None
        self._strips: dict[tuple[int, bool, bool, bool], Strip] = {}
        self._thumb = range(0)
        self._retry_seconds = retry_seconds
        self._retry: Timer | None = None

    @property
    def cursor_id(self) -> int | None:
        """The id of the record under the cursor."""
        return self._blocks.id_at(self._cursor)

    @property
    def cursor_position(self) -> int:
        """The place of the cursor in the list, from 0."""
        return self._cursor

    @property
    def top(self) -> int:
        """The place of the first row on the screen, from 0."""
        return self._top

    @property
    def marks(self) -> frozenset[int]:
        """The ids of the marked records, also of those a filter hides."""
        return frozenset(self._marks)

    @property
    def total(self) -> int | None:
        """How many rows the list has, once that is known."""
        return self._blocks.total

    @property
    def is_loaded(self) -> bool:
        """Whether every row's place is known and nothing is being read."""
        return self._blocks.complete and self._loading is None

    def row(self, row_id: int) -> Record | None:
        """A record's cells by column name, None if it is gone; raises StoreError."""
        found = self._blocks.find(row_id, self._cursor)
        row = None if found is None else self._blocks.row(found)
        row = row or self._blocks.source.rows([row_id])[0]
        return None if row is None else self._record(row)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Draw other columns of the same source."""
        self._painter.columns = tuple(columns)
        self._measure()

    def show(
        self, source: "RowSource", *, sorted_by: tuple[str, bool] | None = None, keep: bool = True
    ) -> bool:
        """Open a view: its head is drawn at once; False if the registry is locked, then it is tried again.

        `keep` holds the marks, and the cursor on its record; where that is gone it holds its place.
        """
        try:
            opened = Blocks(source)
        except StoreError as error:
            self._stall(error, lambda: self.show(source, sorted_by=sorted_by, keep=keep))
            return False
        row_id, line = (self.cursor_id if keep else None), self._cursor - self._top
        if not keep:
            self._mark(set())
            self._cursor = line = 0
        self._blocks, self._sorted_by = opened, sorted_by
        self._prune_marks()
        self._measure()
        found = opened.find(row_id, self._cursor)
        opened.seek(row_id if found is None else None)
        place = self._cursor if opened.complete or self._cursor < opened.size_at_hand else 0
        self._place(place if found is None else found, line)
        self._load(opened)
        return True

    def refresh_rows(self) -> None:
        """Read the same view again after a commit; cursor, scroll position and marks stay."""
        if self._loading is not None and self._loading is not self._blocks:
            self._reads_again = True
            return
        try:
            fresh = Blocks(self._blocks.source)
            self._blocks.reread(self._top, self._top + self._page)
        except StoreError as error:
            self._stall(error, self.refresh_rows)
            return
        self._prune_marks()
        fresh.seek(self.cursor_id)
        if fresh.complete:
            self._swap(fresh)
        self._repaint()
        self._load(fresh)

    def move_to(self, row_id: int) -> bool:
        """Put the cursor on a record; False if its place is not known (yet)."""
        found = self._blocks.find(row_id, self._cursor)
        if found is not None:
            self._go(found)
        return found is not None

    def clear_marks(self) -> None:
        """Unmark everything."""
        self._mark(set())
        self._repaint()

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._go(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor and the list by whole pages."""
        self._scroll(pages * self._page)

    def action_half_page(self, halves: int) -> None:
        """Move the cursor and the list by half pages."""
        self._scroll(halves * max(1, self._page // 2))

    def action_first(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last row, also when it is not known yet which one that is."""
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
        """Mark all rows of the list, or none if all are marked; waits until all are known."""
        self._marks_all_later = not self._blocks.complete
        if self._marks_all_later:
            return
        shown = set(self._blocks.ids)
        self._mark(self._marks - shown if shown <= self._marks else self._marks | shown)
        self._repaint()

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

    def on_resize(self) -> None:
        """Choose the columns again and keep the cursor on the screen."""
        self._measure()
        self._place(self._cursor, min(self._cursor - self._top, self._page - 1))

    def on_unmount(self) -> None:
        """Let a loading thread stop."""
        self._generation += 1

    @property
    def _page(self) -> int:
        """Rows on the screen, one before the size is known."""
        return max(1, self.size.height - 1)

    def _go(self, cursor: int, top: int | None = None) -> None:
        """Move the cursor, and the list as far as it must; nothing moves if the rows cannot be read."""
        self._chases_end = False
        self._blocks.seek(None)
        cursor = max(0, min(cursor, self._blocks.size - 1))
        top = self._bounded_top(cursor, self._top if top is None else top)
        if (cursor, top) == (self._cursor, self._top) or not self._fetch(top):
            return
        before, self._cursor = self._cursor, cursor
        if top != self._top:
            self._top = top
            self._repaint()
        else:
            self._repaint_line(before)
            self._repaint_line(cursor)
        self._tell_cursor()

    def _scroll(self, rows: int) -> None:
        """Move cursor and list together."""
        self._go(self._cursor + rows, self._top + rows)

    def _wheel(self, rows: int) -> None:
        """Move the list; the cursor only as far as it must to stay on the screen."""
        top = max(0, min(self._top + rows, self._blocks.size - self._page))
        self._go(max(top, min(self._cursor, top + self._page - 1)), top)

    def _place(self, cursor: int, line: int) -> None:
        """Put the cursor on a row and that row on a line of the screen, as far as there are rows."""
        self._cursor = max(0, min(cursor, self._blocks.size - 1))
        self._top = self._bounded_top(self._cursor, self._cursor - line)
        self._fetch(self._top)
        self._repaint()
        self._tell_cursor()

    def _bounded_top(self, cursor: int, top: int) -> int:
        """The nearest first row that shows the cursor and leaves no line empty that could be filled."""
        top = max(cursor - self._page + 1, min(top, cursor))
        return max(0, min(top, self._blocks.size - self._page))

    def _fetch(self, top: int) -> bool:
        """Have a screenful of rows at hand; False if they cannot be read."""
        try:
            self._blocks.need(top, top + self._page)
        except StoreError as error:
            self._stall(error, self.refresh_rows)
            return False
        self._resume()
        return True

    def _load(self, blocks: Blocks) -> None:
        """Read the ids in a thread; a later generation drops what an earlier one still sends."""
        self._generation += 1
        generation = self._generation
        self._reads_again = False
        self._loading = None if blocks.complete else blocks
        if blocks.complete:
            self._loaded(blocks)
            return

        def is_dropped() -> bool:
            return generation != self._generation

        def read() -> None:
            try:
                for chunk in blocks.source.ids(is_dropped):
                    if is_dropped():
                        return
                    self.post_message(self.Arrived(generation, chunk))
                self.post_message(self.Arrived(generation, None))
            except StoreError as error:
                self.post_message(self.Arrived(generation, error))

        self.run_worker(read, group="ids", exclusive=True, thread=True)

    @on(Arrived)
    def _take_ids(self, message: Arrived) -> None:
        """Take what the loading thread sent, unless another view was opened since."""
        message.stop()
        loading = self._loading
        if message.generation != self._generation or loading is None:
            return
        if isinstance(message.news, StoreError):
            self._loading = None
            self._stall(message.news, self.refresh_rows)
        elif message.news is None:
            loading.finish()
            self._loading = None
            self._swap(loading)
            self._loaded(loading)
        elif loading.extend(message.news) | (loading is self._blocks):
            self._grow()

    def _grow(self) -> None:
        """The list being shown became longer: follow what was waited for."""
        if self._loading is not self._blocks:
            return
        if self._blocks.found is not None:
            self._place(self._blocks.found, self._cursor - self._top)
            self._blocks.seek(None)
        elif self._chases_end:
            self.action_last()
        elif self._fetch(self._top) and self._thumb != self._thumb_lines():
            self._repaint()

    def _swap(self, fresh: Blocks) -> None:
        """Show a list whose places are all known; the cursor stays on its record, else on its place."""
        row_id, line = self.cursor_id, self._cursor - self._top
        found = fresh.found if self._blocks is fresh else None
        self._blocks = fresh
        found = fresh.find(row_id, self._cursor) if found is None else found
        self._place(fresh.size - 1 if self._chases_end else self._cursor if found is None else found, line)

    def _loaded(self, blocks: Blocks) -> None:
        """All places are known: tell the count and do what waited for it."""
        if blocks.total is not None:
            self.post_message(self.Counted(self, blocks.total))
        if self._marks_all_later:
            self.action_mark_all()
        if self._reads_again:
            self._reads_again = False
            self.refresh_rows()

    def _stall(self, error: StoreError, again: Callable[[], object]) -> None:
        """Say that the registry cannot be read, and try again soon."""
        self.post_message(self.Stalled(self, str(error)))
        if self._retry is not None:
            self._retry.stop()
        self._retry = self.set_timer(self._retry_seconds, again)

    def _resume(self) -> None:
        """The registry could be read: no further try is needed."""
        if self._retry is not None:
            self._retry.stop()
            self._retry = None
            self.post_message(self.Resumed(self))

    def _mark(self, marks: set[int]) -> None:
        """Have these marks and say so if they are others."""
        if marks != self._marks:
            self._marks = marks
            self.post_message(self.MarksChanged(self, len(marks)))

    def _prune_marks(self) -> None:
        """Drop the marks of records that are gone."""
        marks = sorted(self._marks)
        if not marks or len(marks) > PRUNED:
            return
        try:
            rows = self._blocks.source.rows(marks)
        except StoreError as error:
            self._stall(error, self.refresh_rows)
            return
        self._mark({id_of(row) for row in rows if row is not None})

    def _tell_cursor(self) -> None:
        """Say on which record the cursor is if that is another one."""
        if self._highlighted != self.cursor_id:
            self._highlighted = self.cursor_id
            self.post_message(self.Highlighted(self, self._highlighted))

    def _measure(self) -> None:
        """Lay the columns out for the present width."""
        self._painter.measure(self.size.width, self._sorted_by)
        self._repaint(header=True)

    def _repaint(self, *, header: bool = False) -> None:
        """Draw the rows anew, and the header if the columns changed."""
        self._strips.clear()
        self._thumb = self._thumb_lines()
        width, height = self.size
        self.refresh(Region(0, 0, width, height) if header else Region(0, 1, width, max(0, height - 1)))

    def _repaint_line(self, position: int) -> None:
        """Draw one row anew."""
        self.refresh(Region(0, position - self._top + 1, self.size.width, 1))

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> "RecordTable":
        """Draw anew; a refresh of everything is how Textual says that the styles may have changed."""
        if not regions:
            self._styles_known = False
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_line(self, y: int) -> Strip:
        """One line of the table from what is at hand; the registry is never asked while drawing."""
        if not self._styles_known:
            self._learn_styles()
        if y == 0:
            return self._painter.header()
        position, thumb = self._top + y - 1, y - 1 in self._thumb
        key = (position, position == self._cursor, self._blocks.id_at(position) in self._marks, thumb)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self._draw(*key)
        return strip

    def _draw(self, position: int, cursor: bool, marked: bool, thumb: bool) -> Strip:
        """One row as a strip."""
        row = self._blocks.row(position)
        if row is not None:
            return self._painter.row(self._record(row), cursor=cursor, marked=marked, thumb=thumb)
        if self._blocks.is_gone(position):
            return self._painter.gone(cursor=cursor, thumb=thumb)
        return self._painter.blank(thumb=thumb)

    def _record(self, row: "Row") -> Record:
        """A row by column names."""
        return {"id": row[0], **dict(zip(self._blocks.source.columns, row[1:], strict=False))}

    def _thumb_lines(self) -> range:
        """The lines beside which the scroll thumb stands; none while everything fits."""
        size, page = self._blocks.size, self._page
        if size <= page:
            return range(0)
        length = max(1, page * page // size)
        start = self._top * (page - length) // max(1, size - page)
        return range(start, start + length)

    def _learn_styles(self) -> None:
        """Take the colours from the style sheet; drawn lines are worthless if they changed."""
        looks = {
            part: self.get_component_rich_style(f"record-table--{part}", partial=part not in OPAQUE)
            for part in PARTS
        }
        self._styles_known = True
        if looks != self._painter.looks:
            self._painter.looks = looks
            self._strips.clear()
