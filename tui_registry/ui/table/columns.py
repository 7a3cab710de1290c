"""The columns of a list: which fit a width, where they stand, and how a value becomes cells of text."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from rich.text import Text

from tui_registry.text import clean, cut, cut_middle, width

GAP = 2
"""Blank cells between two columns."""

LONGEST = 1024
"""Characters of a value that are looked at; a cell never has room for more."""

TONES = ("muted", "success", "warning", "error")
"""Colours a cell may ask for by name; the words beside them say the same."""


class Tinted(NamedTuple):
    """Plain text in one of the TONES."""

    text: str
    tone: str


Shown = str | Tinted | Text
"""What a column makes of a value: plain text, text in a tone, or text with several styles."""

Record = Mapping[str, object]
"""A row by the names of its source's columns, and its `id`."""


def as_text(value: object, _record: Record) -> Shown:
    """Any value as plain text; None is a dash."""
    return "-" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where its value comes from, how it is drawn, and how long it survives narrow screens.

    `width` is in cells, None takes what the others leave (but no less than `least`). Of two columns
    that do not both fit, the one with the lower `rank` stays. `sort` is the order's name of the column.
    """

    key: str
    title: str
    width: int | None
    justify: Literal["left", "right"] = "left"
    rank: int = 0
    show: Callable[[object, Record], Shown] = as_text
    cut: Literal["end", "middle"] = "end"
    sort: str | None = None
    least: int = 12


class Placed(NamedTuple):
    """A column that fits: its title as drawn, its first cell and its width."""

    column: Column
    title: str
    start: int
    width: int


def lay_out(columns: Sequence[Column], room: int, arrows: Mapping[str, str]) -> tuple[Placed, ...]:
    """The columns that fit in `room` cells, by rank; `arrows` holds the sign of the sorted column's key."""
    titles = {
        each.key: f"{each.title} {arrows[each.key]}" if each.key in arrows else each.title for each in columns
    }
    least = {each.key: max(each.width or each.least, width(titles[each.key])) for each in columns}
    kept: set[str] = set()
    left = room + GAP
    for column in sorted(columns, key=lambda each: each.rank):
        left -= least[column.key] + GAP
        if left < 0 and kept:
            left += least[column.key] + GAP
            break
        kept.add(column.key)
    fitting = [each for each in columns if each.key in kept]
    return tuple(_placed(fitting, titles, least, left))


def _placed(
    columns: Sequence[Column], titles: Mapping[str, str], least: Mapping[str, int], left: int
) -> Iterator[Placed]:
    """The columns side by side; what is left over goes to those without a width of their own."""
    open_ended = sum(each.width is None for each in columns)
    start = 0
    for column in columns:
        cells = least[column.key]
        if column.width is None or (left < 0 and len(columns) == 1):
            cells += left // open_ended if open_ended else left
            left -= left // open_ended if open_ended else left
            open_ended -= 1
        yield Placed(column, titles[column.key], start, max(cells, 0))
        start += cells + GAP


def plain_text(text: str) -> str:
    """Foreign text as it may stand in a cell; of a huge text only the head and the tail are looked at."""
    if len(text) > LONGEST:
        half = LONGEST // 2
        return clean(text[:half]) + "…" + clean(text[-half:])
    return clean(text)


def fit(text: str, cells: int, column: Column, mark: str) -> str:
    """Text cut or padded to exactly `cells` terminal cells, on the column's side; `mark` shows a cut."""
    text = plain_text(text)
    if width(text) > cells:
        text = (cut_middle if column.cut == "middle" else cut)(text, cells, mark=mark)
    blank = " " * (cells - width(text))
    return blank + text if column.justify == "right" else text + blank


def runs(shown: Text, cells: int, column: Column, mark: str) -> Iterable[tuple[str, object]]:
    """Styled text as (text, style) pairs that take exactly `cells` terminal cells together."""
    marks = sorted({0, len(shown.plain), *(edge for span in shown.spans for edge in span[:2])})
    pieces: list[tuple[str, object]] = []
    left = cells
    for start, end in pairwise(marks):
        styles = [span.style for span in shown.spans if span.start <= start and span.end >= end]
        text = plain_text(shown.plain[start:end])
        if width(text) > left:
            text = cut(text, left, mark=mark)
        left -= width(text)
        pieces.append((text, styles[-1] if styles else shown.style))
        if not left:
            break
    blank = (" " * left, None)
    return [blank, *pieces] if column.justify == "right" else [*pieces, blank]
