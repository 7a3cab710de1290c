"""The drawn side of a table: lines made of what is at hand, never of a question to the registry."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from rich.style import Style
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_registry.ui.table.blocks import Blocks
from tui_registry.ui.table.columns import Column, Record
from tui_registry.ui.table.row_painter import OPAQUE, PARTS, RowPainter

if TYPE_CHECKING:
    from tui_registry.store.rows import Row

STRIPS = 1024
"""Drawn lines held at a time."""


class PaintedRows(ScrollView):
    """A header and a screenful of rows from `_top` on; the cost of a line does not depend on their number.

    The scroll position is the widget's own: Textual sees a widget that never overflows.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"record-table--{part}" for part in PARTS}
    _styles_known = False

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        ascii_only: bool,
        name: str | None,
        id: str | None,
        classes: str | None,
    ) -> None:
        """No rows yet."""
        super().__init__(name=name, id=id, classes=classes)
        self._painter = RowPainter(columns, ascii_only=ascii_only)
        self._sorted_by: tuple[str, bool] | None = None
        self._blocks = Blocks.none()
        self._cursor = 0
        self._top = 0
        self._marks: frozenset[int] = frozenset()
        self._strips: dict[tuple[int, bool, bool, bool], Strip] = {}
        self._thumb = range(0)

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
        return self._marks

    @property
    def total(self) -> int | None:
        """How many rows the list has, once that is known."""
        return self._blocks.total

    @property
    def _page(self) -> int:
        """Rows on the screen, one before the size is known."""
        return max(1, self.size.height - 1)

    def _measure(self) -> None:
        """Lay the columns out for the present width."""
        self._painter.measure(self.size.width, self._sorted_by)
        self._strips.clear()
        super().refresh(Region(0, 0, *self.size))

    def _repaint(self) -> None:
        """Draw the rows anew because they are others."""
        self._strips.clear()
        self._repaint_body()

    def _repaint_body(self) -> None:
        """Draw the rows anew because they stand elsewhere."""
        self._thumb = self._thumb_lines()
        self.refresh(Region(0, 1, self.size.width, max(0, self.size.height - 1)))

    def _repaint_line(self, position: int) -> None:
        """Draw one row anew."""
        self.refresh(Region(0, position - self._top + 1, self.size.width, 1))

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draw anew; a refresh of everything is how Textual says that the styles may be others."""
        if not regions:
            self._styles_known = False
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines as they were drawn, without a border or a tint; before a resize is known, of its width."""
        filters, background = self.get_line_filters(), self.background_colors[1]
        strips = [self.render_line(y) for y in crop.line_range]
        width, blank = self.size.width, self._painter.looks.get("row", Style.null())
        strips = [strip.adjust_cell_length(width, blank) for strip in strips]
        for each in filters:
            strips = [strip.apply_filter(each, background) for strip in strips]
        return (
            strips if crop.column_span == (0, width) else [strip.crop(*crop.column_span) for strip in strips]
        )

    def render_line(self, y: int) -> Strip:
        """One line of the table."""
        if not self._styles_known:
            self._learn_styles()
        if y == 0:
            return self._painter.header()
        position = self._top + y - 1
        is_marked = bool(self._marks) and self._blocks.id_at(position) in self._marks
        key = (position, position == self._cursor, is_marked, y - 1 in self._thumb)
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
        return {"id": row[0], **dict(zip(self._blocks.source.columns, row[1:], strict=True))}

    def _thumb_lines(self) -> range:
        """The lines beside which the scroll thumb stands; none while everything fits."""
        size, page = self._blocks.size, self._page
        if size <= page:
            return range(0)
        length = max(1, page * page // size)
        start = self._top * (page - length) // (size - page)
        return range(start, start + length)

    def _learn_styles(self) -> None:
        """Take the colours from the style sheet; lines drawn with others are let go."""
        self._styles_known = True
        looks = {
            part: self.get_component_rich_style(f"record-table--{part}", partial=part not in OPAQUE)
            for part in PARTS
        }
        if looks != self._painter.looks:
            self._painter.looks = looks
            self._strips.clear()
