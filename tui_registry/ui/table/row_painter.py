"""Rows and the header of a table as strips of exactly the table's width."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from tui_registry.ui.table.columns import GAP, TONES, Column, Record, Tinted, fit, lay_out, runs
from tui_registry.ui.words import glyph

GUTTER = 2
"""Cells at the left for the mark."""

MARGIN = 1
"""Cells at the right for the scroll thumb."""

PARTS = ("header", "row", "cursor", "marked", "thumb", *TONES)
"""The component classes a table's style sheet may speak of, without their prefix."""

OPAQUE = ("header", "row", "cursor", "marked")
"""Those of the PARTS that bring their background; the others are laid over one of these."""

CUT = ("…", "~")
THUMB = ("▐", "|")


class RowPainter:
    """Draws lines of one width; `looks` are the styles by the names in PARTS."""

    def __init__(self, columns: Sequence[Column], *, ascii_only: bool = False) -> None:
        """Paint these columns, without glyphs beyond ASCII if so asked."""
        self.columns = tuple(columns)
        self.ascii_only = ascii_only
        self.looks: Mapping[str, Style] = {}
        self._cut = CUT[ascii_only]
        self._width = 0
        self._placed = lay_out((), 0, {})

    def measure(self, width: int, sorted_by: tuple[str, bool] | None) -> None:
        """Choose and place the columns for this width."""
        arrows = {}
        if sorted_by is not None:
            key, descending = sorted_by
            arrow = glyph("descending" if descending else "ascending", self.ascii_only)
            arrows = {each.key: arrow for each in self.columns if key in (each.sort, each.key)}
        self._width = width
        self._placed = lay_out(self.columns, max(width - GUTTER - MARGIN, 0), arrows)

    def column_at(self, x: int) -> Column | None:
        """The column whose head is drawn at a cell, blanks to its right included."""
        x -= GUTTER
        return next(
            (each.column for each in self._placed if each.start <= x < each.start + each.width + GAP), None
        )

    def header(self) -> Strip:
        """The titles on one line, each on its column's side."""
        look = self._look("header")
        titles = [[(fit(each.title, each.width, each.column, self._cut), look)] for each in self._placed]
        return self._line(" " * GUTTER, titles, look, thumb=False)

    def row(self, record: Record, *, cursor: bool, marked: bool, thumb: bool) -> Strip:
        """One record on one line."""
        base = self._look("cursor" if cursor else "marked" if marked else "row")
        toned = (lambda _style: base) if cursor else self._tones(base)
        cells = []
        for column, _title, _start, width in self._placed:
            shown = column.show(record.get(column.key), record)
            if isinstance(shown, Text):
                cells.append([(text, toned(style)) for text, style in runs(shown, width, column, self._cut)])
            elif isinstance(shown, Tinted):
                cells.append([(fit(shown.text, width, column, self._cut), toned(shown.tone))])
            else:
                cells.append([(fit(shown, width, column, self._cut), base)])
        gutter = glyph("mark", self.ascii_only) + " " if marked else " " * GUTTER
        return self._line(gutter, cells, base, thumb=thumb)

    def gone(self, *, cursor: bool, thumb: bool) -> Strip:
        """The line of a record that another session deleted, until the list is read again."""
        look = self._look("cursor") if cursor else self._look("row") + self._look("muted")
        return self._line(" " * GUTTER, [[("deleted", look)]], look, thumb=thumb)

    def blank(self, *, thumb: bool) -> Strip:
        """A line without a record."""
        return self._line("", [], self._look("row"), thumb=thumb)

    def _line(
        self, gutter: str, cells: Iterable[Iterable[tuple[str, Style]]], base: Style, *, thumb: bool
    ) -> Strip:
        """Cells side by side, padded or cut to the width, the scroll thumb in the last cell."""
        texts: list[tuple[str, Style]] = [(gutter, base)]
        for cell in cells:
            texts.extend(cell)
            texts.append((" " * GAP, base))
        body = Strip(_joined(texts)).adjust_cell_length(max(self._width - MARGIN, 0), base)
        edge = [Segment(THUMB[self.ascii_only], self._look("row") + self._look("thumb"))] if thumb else []
        return Strip([*body, *edge]).adjust_cell_length(self._width, base)

    def _look(self, part: str) -> Style:
        return self.looks.get(part, Style.null())

    def _tones(self, base: Style) -> Callable[[object], Style]:
        """What turns a cell's own style, a tone's name or a Rich style, into the style it is drawn in."""

        def toned(style: object) -> Style:
            if isinstance(style, Style):
                return base + style
            return base + self._look(style) if isinstance(style, str) and style in TONES else base

        return toned


def _joined(texts: Iterable[tuple[str, Style]]) -> list[Segment]:
    """Neighbours of one style as one segment, so that fewer bytes are sent."""
    segments: list[Segment] = []
    for text, style in texts:
        if not text:
            continue
        if segments and segments[-1].style == style:
            segments[-1] = Segment(segments[-1].text + text, style)
        else:
            segments.append(Segment(text, style))
    return segments
