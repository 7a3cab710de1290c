"""Writing cells to a terminal in few bytes: lines of cells, and the way from one to the next."""

from collections.abc import Iterator, Set
from itertools import compress
from operator import is_not, ne, or_
from typing import NamedTuple

from tui_registry.ui.terminal.pens import PLAIN, Pen, change

SMALL_GAP = 6
"""Unchanged cells between two changed ones that cost no more than a move of the cursor."""

LONG_BLANK = 5
"""Blank cells that are worth stepping over once they are erased."""

WORTH_GOING_BACK = 16
"""Bytes of a pen from which on it is cheaper to come back to a cell than to take the pen up again."""


class Line(NamedTuple):
    """One line of the screen: a text for each cell, empty behind a wide one, None if unknown; and its pen."""

    texts: list[str | None]
    pens: list[Pen]

    @classmethod
    def unknown(cls, width: int) -> "Line":
        """A line of which nothing is known."""
        return cls([None] * width, [PLAIN] * width)

    def copy(self) -> "Line":
        """The same cells, to be changed."""
        return Line(self.texts.copy(), self.pens.copy())

    def differences(self, other: "Line") -> int:
        """About how many cells are not the same."""
        texts: int = sum(map(ne, self.texts, other.texts))
        return max(texts, sum(map(is_not, self.pens, other.pens)))

    def put(self, at: int, texts: list[str | None], pens: list[Pen]) -> None:
        """Lay cells over these, as a terminal does that does not wrap; raises Unknown if they do not fit."""
        end = at + len(texts)
        if at < 0 or end > len(self.texts):
            raise Unknown
        # What a terminal shows of a wide character that lost one half is its own affair.
        if self.texts[at : at + 1] == [""] and at:
            self.texts[at - 1] = None
        if self.texts[end : end + 1] == [""]:
            self.texts[end] = None
        self.texts[at:end] = texts
        self.pens[at:end] = pens


class Unknown(Exception):
    """An update whose effect on the terminal cannot be foretold."""


class CellWriter:
    """Text for the terminal, with the pen and the place that it leaves there."""

    def __init__(self, *, erases: bool) -> None:
        """Begin with the plain pen at a place unknown; `erases` if erased cells take the pen's background."""
        self._erases = erases
        self._sent: list[str] = []
        self._pen = PLAIN
        self._place: tuple[int, int] | None = None

    def text(self) -> str:
        """All of it; the pen is put back, because others write to the terminal too."""
        if self._pen != PLAIN:
            self._sent.append("\x1b[m")
            self._pen = PLAIN
        return "".join(self._sent)

    def line(self, y: int, shown: Line, wanted: Line) -> None:
        """Write what is wanted of a line and not shown."""
        # Beside a wide character each cell must be written after the one to its left.
        is_narrow = not any(odd in line.texts for odd in ("", None) for line in (shown, wanted))
        for start, end in _stretches(shown, wanted):
            self._go(start, y)
            self._write(wanted, start, end, is_narrow=is_narrow)

    def _go(self, x: int, y: int) -> None:
        """Put the cursor on a cell the short way."""
        moves = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"]
        if self._place is not None:
            at_x, at_y = self._place
            if (at_x, at_y) == (x, y):
                return
            if at_y == y and at_x < x:
                moves.append(f"\x1b[{x - at_x}C" if x - at_x > 1 else "\x1b[C")
            if at_y == y and at_x > x:
                moves.append(f"\x1b[{at_x - x}D")
            if at_y + 1 == y:
                moves.append(f"\r\n\x1b[{x}C" if x > 1 else ("\r\n", "\r\n\x1b[C")[x])
        self._sent.append(min(moves, key=len))
        self._place = x, y

    def _write(self, line: Line, start: int, end: int, *, is_narrow: bool) -> None:
        """Write neighbouring cells from where the cursor is, in any order if all are narrow."""
        assert self._place is not None
        y = self._place[1]
        texts, pens, sent = line.texts, line.pens, self._sent
        blanks, look = self._erased(line, start, end)
        cells = [x for x in range(start, end) if texts[x] and x not in blanks]
        ordered = _in_order(cells, pens) if is_narrow else cells
        if look is not None and ordered is not cells:
            ordered = [*_without_edges(ordered, {x for x in cells if texts[x] == " " and pens[x] is look})]
        for first, last in _runs(ordered, line):
            self._take(pens[first])
            if self._place != (first, y):
                self._go(first, y)
            sent.extend(texts[first : last + 1])  # type: ignore[arg-type]  # what is written is known
            edge = last + (2 if texts[last + 1 : last + 2] == [""] else 1)
            # At the right edge the cursor stands on the last cell or behind it.
            is_lost = edge == len(texts) or _is_doubtful(texts[last] or "")
            self._place = None if is_lost else (edge, y)

    def _take(self, pen: Pen) -> None:
        """Write with this pen from now on."""
        if pen is not self._pen:
            sequence, self._pen = change(self._pen, pen)
            self._sent.append(sequence)

    def _erased(self, line: Line, start: int, end: int) -> tuple[Set[int], Pen | None]:
        """Erase the cells from the cursor on if that spares bytes; what is not written, and their pen."""
        runs = list(_blank_runs(line, start, end)) if self._erases else []
        steps = sum(len(f"\x1b[{len(run)}C") for run in runs if run.stop < end)
        erase = f"\x1b[{end - start}X"
        if sum(map(len, runs)) <= steps + len(erase):
            return frozenset(), None
        blank = line.pens[runs[0].start]
        # The pen of the letters that follow erases as well, and need not be taken then.
        self._take(
            next((pen for pen in line.pens[start:end] if pen != blank and pen.blank() == blank), blank)
        )
        self._sent.append(erase)
        return {x for run in runs for x in run}, blank


def _is_doubtful(text: str) -> bool:
    """Whether terminals disagree on how wide a cell's text is."""
    return not text.isascii() and (
        ord(text[0]) >= 0x1F000 or any(not 0x300 <= ord(mark) < 0x370 for mark in text[1:])
    )


def _stretches(shown: Line, wanted: Line) -> Iterator[tuple[int, int]]:
    """Where to write so that a line is as wanted: first cell and the one behind the last."""
    width = len(wanted.texts)
    start = end = -1
    differs = map(or_, map(ne, shown.texts, wanted.texts), map(is_not, shown.pens, wanted.pens))
    for x in compress(range(width), differs):
        if wanted.texts[x] is None:
            continue
        if start >= 0 and (x == end or _is_bridged(wanted, end, x)):
            end = x + 1
            continue
        if start >= 0:
            yield _whole(wanted, start, end, width)
        start, end = x, x + 1
    if start >= 0:
        yield _whole(wanted, start, end, width)


def _runs(cells: list[int], line: Line) -> Iterator[tuple[int, int]]:
    """First and last of cells that are written at once: side by side, with one pen, surely narrow."""
    texts, pens = line
    first = last = -1
    for x in cells:
        if x == last + 1 and first >= 0 and pens[x] is pens[last] and not _is_doubtful(texts[last] or ""):
            last = x
            continue
        if first >= 0:
            yield first, last
        first = last = x
    if first >= 0:
        yield first, last


def _in_order(cells: list[int], pens: list[Pen]) -> list[int]:
    """The cells in the order to write them: those of the first pen first, if taking it up again costs more.

    A tinted word amid a row is then written last, and the row's own long colours are sent once.
    """
    inked = [x for x in cells if pens[x].foreground is not None]
    if not inked or pens[inked[0]] is not (first := pens[inked[-1]]):
        return cells
    others = [x for x in inked if pens[x] is not first]
    if not others or len(change(pens[others[-1]], first)[0]) < WORTH_GOING_BACK:
        return cells
    late = set(others)
    return [x for x in cells if x not in late] + others


def _without_edges(cells: list[int], erased: Set[int]) -> Iterator[int]:
    """The cells without those erased ones beside which the cursor jumps, and might as well jump further."""
    stretches: list[list[int]] = []
    for x in cells:
        if stretches and x == stretches[-1][-1] + 1:
            stretches[-1].append(x)
        else:
            stretches.append([x])
    for place, stretch in enumerate(stretches):
        first, last = 0, len(stretch)
        while place > 0 and first < last and stretch[first] in erased:
            first += 1
        while place + 1 < len(stretches) and first < last and stretch[last - 1] in erased:
            last -= 1
        yield from stretch[first:last]


def _blank_runs(line: Line, start: int, end: int) -> Iterator[range]:
    """Long runs of blank cells that look the same, and the last one however short."""
    look: Pen | None = None
    x = start
    while x < end:
        pen, first = line.pens[x], x
        while x < end and line.texts[x] == " " and line.pens[x] is pen:
            x += 1
        is_long = x - first >= LONG_BLANK or first < x == end
        if is_long and pen.foreground is None and look in (None, pen):
            look = pen
            yield range(first, x)
        x = max(x, first + 1)


def _is_bridged(line: Line, end: int, start: int) -> bool:
    """Whether it is as cheap to send the cells between two stretches again as to step over them."""
    if start - end >= SMALL_GAP or None in line.texts[end:start]:
        return False
    edges = line.pens[end - 1], line.pens[start]
    return all(any(pen is edge for edge in edges) for pen in line.pens[end:start])


def _whole(line: Line, start: int, end: int, width: int) -> tuple[int, int]:
    """A stretch that holds both halves of the wide characters at its ends."""
    while start > 0 and line.texts[start] == "":
        start -= 1
    while end < width and line.texts[end] == "":
        end += 1
    return start, end
