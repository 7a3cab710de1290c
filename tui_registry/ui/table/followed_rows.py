"""The moving side of a table: views opened and read again, and a cursor that stays on its record."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.timer import Timer

from tui_registry.errors import StoreError
from tui_registry.ui.table import table_messages as told
from tui_registry.ui.table.blocks import Blocks, id_of
from tui_registry.ui.table.columns import Column, Record
from tui_registry.ui.table.painted_rows import PaintedRows

if TYPE_CHECKING:
    from tui_registry.store.rows import RowSource
    from tui_registry.ui.table.table import RecordTable

PRUNED = 4096
"""Marks that are looked up when a view is read; more than that stay until they are acted upon."""


class FollowedRows(PaintedRows):
    """Rows of a source: the head is drawn at once, a thread then reads the ids, late answers are dropped."""

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
        """No rows yet; `retry_seconds` is the pause before a locked registry is asked again."""
        super().__init__(columns, ascii_only=ascii_only, name=name, id=id, classes=classes)
        self._loading: Blocks | None = None
        self._generation = 0
        self._reads_again = False
        self._wanted: int | None = None
        self._chases_end = False
        self._told_cursor: int | None = None
        self._told_total: int | None = None
        self._retry_seconds = retry_seconds
        self._retry: Timer | None = None

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

    def show(
        self, source: "RowSource", *, sorted_by: tuple[str, bool] | None = None, keep: bool = True
    ) -> bool:
        """Open a view: its head is drawn at once. False if the registry is locked; it is then tried again.

        `keep` holds the marks, and the cursor on its record; where that is gone it holds its place,
        or goes to the first row if that place is not known yet.
        """
        try:
            opened = Blocks(source)
        except StoreError as error:
            self._stall(error, lambda: self.show(source, sorted_by=sorted_by, keep=keep))
            return False
        row_id, line = (self.cursor_id, self._cursor - self._top) if keep else (None, 0)
        self._forget_wishes()
        self._blocks, self._sorted_by, self._told_total = opened, sorted_by, None
        if keep:
            self._prune_marks()
        else:
            self._cursor = 0
            self._mark(frozenset())
        self._measure()
        found = opened.find(row_id, self._cursor)
        if found is None:
            self._want(row_id)
            found = self._cursor if self._cursor < opened.at_hand or opened.complete else 0
        self._place(found, line)
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
        self._resume()
        self._prune_marks()
        fresh.seek(self._wanted or self.cursor_id)
        self._repaint()
        self._load(fresh)

    def move_to(self, row_id: int) -> bool:
        """Put the cursor on a record; if its place is not known yet, then as soon as it is, and False now."""
        found = self._blocks.find(row_id, self._cursor)
        if found is None:
            self._want(row_id)
        else:
            self._go(found)
        return found is not None

    def on_resize(self, _event: events.Resize) -> None:
        """Choose the columns again and keep the cursor on the screen."""
        self._measure()
        self._place(self._cursor, min(self._cursor - self._top, self._page - 1))

    def on_unmount(self) -> None:
        """Let a loading thread stop."""
        self._generation += 1

    def _go(self, cursor: int, top: int | None = None) -> None:
        """Move the cursor, and the list as far as it must; nothing moves if the rows cannot be read."""
        self._forget_wishes()
        cursor = max(0, min(cursor, self._blocks.size - 1))
        top = self._bounded_top(cursor, self._top if top is None else top)
        if (cursor, top) == (self._cursor, self._top) or not self._fetch(top):
            return
        before, self._cursor = self._cursor, cursor
        if top == self._top:
            self._repaint_line(before)
            self._repaint_line(cursor)
        else:
            self._top = top
            self._repaint_body()
        self._tell_cursor()

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

    def _want(self, row_id: int | None) -> None:
        """Let the cursor go to a record as soon as its place is known."""
        self._wanted = row_id
        (self._loading or self._blocks).seek(row_id)

    def _forget_wishes(self) -> None:
        """A move of the person's own outdoes what the cursor still waited for."""
        self._wanted = None
        self._chases_end = False
        self._blocks.seek(None)

    def _load(self, blocks: Blocks) -> None:
        """Read the ids in a thread; a later generation drops what an earlier one still sends."""
        self._generation += 1
        self._reads_again = False
        self._loading = blocks
        if blocks.complete:
            self._finish(blocks)
            return
        self._tell_total()
        generation = self._generation

        def is_dropped() -> bool:
            return generation != self._generation

        def read() -> None:
            try:
                for chunk in blocks.source.ids(is_dropped):
                    self.post_message(told.Arrived(generation, chunk))
                self.post_message(told.Arrived(generation, None))
            except StoreError as error:
                self.post_message(told.Arrived(generation, error))

        self.run_worker(read, group="ids", exclusive=True, thread=True)

    @on(told.Arrived)
    def _take_ids(self, message: told.Arrived) -> None:
        """Take what the loading thread sent, unless something else was opened since."""
        loading = self._loading
        if message.generation != self._generation or loading is None:
            return
        if isinstance(message.news, StoreError):
            self._loading = None
            self._stall(message.news, self.refresh_rows)
        elif message.news is None:
            self._finish(loading)
        else:
            row_id, was_short = self.cursor_id, self._top + self._page > self._blocks.size
            has_moved = loading.extend(message.news)
            if loading is self._blocks:
                self._grow(row_id, must_repaint=has_moved or was_short)

    def _grow(self, row_id: int | None, *, must_repaint: bool) -> None:
        """The list on the screen became longer: follow what was waited for, else stay on the record."""
        if self._wanted is not None and self._blocks.found is not None:
            self._place(self._blocks.found, self._cursor - self._top)
            self._wanted = None
        elif self._chases_end:
            self._place(self._blocks.size - 1, self._page - 1)
        elif must_repaint:
            found = self._blocks.find(row_id, self._cursor)
            if found is None and self._wanted is None:
                self._want(row_id)
            self._place(self._cursor if found is None else found, self._cursor - self._top)
        elif self._thumb != self._thumb_lines():
            self._repaint_body()

    def _finish(self, fresh: Blocks) -> None:
        """All places are known: show them; the cursor stays on its record, else on its place."""
        row_id, line = self.cursor_id, self._cursor - self._top
        fresh.finish()
        self._loading = None
        self._blocks = fresh
        found = fresh.find(self._wanted, self._cursor)
        if found is None:
            found = fresh.find(row_id, self._cursor)
        if self._chases_end:
            found, line = fresh.size - 1, self._page - 1
        self._forget_wishes()
        self._place(self._cursor if found is None else found, line)
        self._tell_total()
        self._loaded()
        if self._reads_again:
            self._reads_again = False
            self.refresh_rows()

    def _loaded(self) -> None:
        """Do what waited until all places are known."""

    def _stall(self, error: StoreError, again: Callable[[], object]) -> None:
        """Say that the registry cannot be read, and try again soon."""
        self.post_message(told.Stalled(self._itself, str(error)))
        if self._retry is not None:
            self._retry.stop()
        self._retry = self.set_timer(self._retry_seconds, again)

    def _resume(self) -> None:
        """The registry could be read: no further try is needed."""
        if self._retry is not None:
            self._retry.stop()
            self._retry = None
            self.post_message(told.Resumed(self._itself))

    def _mark(self, marks: frozenset[int]) -> None:
        """Have these marks and say so if they are others."""
        if marks != self._marks:
            self._marks = marks
            self.post_message(told.MarksChanged(self._itself, len(marks)))

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
        self._mark(frozenset(id_of(row) for row in rows if row is not None))

    def _tell_cursor(self) -> None:
        """Say on which record the cursor is if that is another one."""
        if self._told_cursor != self.cursor_id:
            self._told_cursor = self.cursor_id
            self.post_message(told.Highlighted(self._itself, self._told_cursor))

    def _tell_total(self) -> None:
        """Say how many rows there are if that is news."""
        if self.total is not None and self._told_total != self.total:
            self._told_total = self.total
            self.post_message(told.Counted(self._itself, self._told_total))

    @property
    def _itself(self) -> "RecordTable":
        """This widget as what it is in the end."""
        return cast("RecordTable", self)
