"""The rows of one opened view by position: ids as far as they are known, rows in blocks, a few at a time."""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from tui_registry.store.rows import Row, RowSource

BLOCK = 64
"""Rows fetched by one query."""

KEPT = 32
"""Blocks held at a time."""


def id_of(row: "Row") -> int:
    """The record's id, which every row starts with."""
    return cast("int", row[0])


class Blocks:
    """Positions 0..size-1 of a source; the head is read at once, ids arrive later through `extend`.

    A head shorter than a block is the whole list, unless the source says that it was `cut` for lack of time.
    The constructor, `need` and `reread` ask the source and raise what it raises; the rest only looks.
    """

    def __init__(self, source: "RowSource") -> None:
        """Read the first block and, where it is cheap, the count."""
        self.source = source
        head = source.head(BLOCK)
        self.complete = len(head) < BLOCK and not getattr(source, "cut", False)
        self.ids: array[int] | range = array("q", [id_of(row) for row in head] if self.complete else [])
        self._head = len(head)
        self._total = None if self.complete else source.total()
        self._kept: OrderedDict[int, list[Row | None]] = OrderedDict()
        self._sought: int | None = None
        self.found: int | None = None
        if head:
            self._kept[0] = list(head)

    @classmethod
    def none(cls) -> "Blocks":
        """A view without rows, for before one is opened."""
        return cls(_Nothing())

    @property
    def at_hand(self) -> int:
        """How many positions of the head and of the ids are known."""
        return max(len(self.ids), self._head)

    @property
    def size(self) -> int:
        """How many positions there are, as far as is known."""
        if self.complete:
            return len(self.ids)
        return max(self.at_hand, self._total or 0)

    @property
    def total(self) -> int | None:
        """The count once it is known."""
        return len(self.ids) if self.complete else self._total

    def need(self, start: int, stop: int) -> None:
        """Have the rows of these positions at hand; raises StoreError and then has changed nothing."""
        wanted = self._numbers(start, stop)
        self._kept.update({number: self._fetch(number) for number in wanted if number not in self._kept})
        for number in wanted:
            self._kept.move_to_end(number)
        while len(self._kept) > max(KEPT, len(wanted)):
            self._kept.popitem(last=False)

    def reread(self, start: int, stop: int) -> None:
        """Read the rows of these positions again and let all others go; raises as `need` does."""
        self._kept = OrderedDict((number, self._fetch(number)) for number in self._numbers(start, stop))

    def _numbers(self, start: int, stop: int) -> range:
        """The blocks that hold these positions."""
        return range(max(start, 0) // BLOCK, -(-min(stop, self.size) // BLOCK))

    def _fetch(self, number: int) -> "list[Row | None]":
        """One block from the source, by ids where they are known."""
        start = number * BLOCK
        end = min(start + BLOCK, self.size)
        if end <= len(self.ids):
            return self.source.rows(self.ids[start:end])
        return list(self.source.slice(start, BLOCK))

    def row(self, position: int) -> "Row | None":
        """The row at a position if it is at hand and still there."""
        block = self._kept.get(position // BLOCK, [])
        place = position % BLOCK
        return block[place] if 0 <= place < len(block) else None

    def id_at(self, position: int) -> int | None:
        """The id at a position if it is known."""
        if 0 <= position < len(self.ids):
            return self.ids[position]
        row = self.row(position) if position >= 0 else None
        return None if row is None else id_of(row)

    def seek(self, row_id: int | None) -> None:
        """Look for an id among those that are still to come; its position is then in `found`."""
        self._sought = row_id
        self.found = None

    def extend(self, chunk: Sequence[int]) -> bool:
        """Take the next ids; True if rows at hand turned out to stand elsewhere."""
        start = len(self.ids)
        if self._sought is not None and self.found is None and self._sought in chunk:
            self.found = start + chunk.index(self._sought)
        if isinstance(chunk, range) and not self.ids:
            self.ids = chunk  # a million ids without a gap need no memory
        elif isinstance(self.ids, range):
            self.ids = array("q", chain(self.ids, chunk))
        else:
            self.ids.extend(chunk)
        return self._let_go(lambda known, block: len(block) < len(known))

    def finish(self) -> None:
        """All ids have come: the size is theirs."""
        self.complete = True
        self._let_go(lambda known, block: len(block) != len(known))

    def _let_go(self, is_unfit: "Callable[[Sequence[int], list[Row | None]], bool]") -> bool:
        """Drop the blocks that the ids contradict; True if there were any."""
        dropped = []
        for number, block in self._kept.items():
            known = self.ids[number * BLOCK : (number + 1) * BLOCK]
            pairs = zip(block, known, strict=False)
            if is_unfit(known, block) or any(row is not None and row[0] != row_id for row, row_id in pairs):
                dropped.append(number)
        for number in dropped:
            del self._kept[number]
        return bool(dropped)

    def is_gone(self, position: int) -> bool:
        """Whether the record at a position was asked for and is not there any more."""
        block = self._kept.get(position // BLOCK, [])
        place = position % BLOCK
        return place < len(block) and block[place] is None

    def find(self, row_id: int | None, near: int) -> int | None:
        """The position of an id among those known, looked for at `near` first."""
        if row_id is None:
            return None
        for likely in (near, self.found):
            if likely is not None and self.id_at(likely) == row_id:
                return likely
        try:
            return self.ids.index(row_id)
        except ValueError:
            pass
        for number, block in self._kept.items():
            for place, row in enumerate(block):
                if row is not None and row[0] == row_id:
                    return number * BLOCK + place
        return None


class _Nothing:
    """A source without rows."""

    columns: tuple[str, ...] = ()

    def head(self, size: int) -> "list[Row]":
        return []

    def rows(self, ids: Sequence[int]) -> "list[Row | None]":
        return [None for _ in ids]

    def slice(self, start: int, size: int) -> "list[Row]":
        return []

    def ids(self, stop: Callable[[], bool]) -> "Iterator[Sequence[int]]":
        return iter(())

    def total(self) -> int | None:
        return 0
