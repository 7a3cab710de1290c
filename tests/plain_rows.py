"""Records in plain lists behind the table's row source, for tests that compare the table with a list."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event

from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

import tui_registry.ui
from tui_registry.errors import StoreLocked
from tui_registry.store.rows import Row
from tui_registry.ui.table.columns import Column, Tinted
from tui_registry.ui.table.table import RecordTable
from tui_registry.ui.table.table_messages import Told

LOCKED = "Another session is writing; the list is as it was."


class PlainRows:
    """A row source over a dictionary of (name, number) that tests change as another session would."""

    columns: tuple[str, ...] = ("name", "number", "state")

    def __init__(
        self,
        records: dict[int, tuple[str, int]],
        *,
        by: Callable[[int], object] = lambda row_id: row_id,
        where: Callable[[int], bool] | None = None,
        counts: bool = True,
        chunk: int = 50,
    ) -> None:
        self.records = records
        self.by = by
        self.where = where
        self.counts = counts
        self.chunk = chunk
        self.is_locked = False
        self.asked: list[str] = []
        self.first_head: list[Row] | None = None
        self.cut = False
        self.obeys_stop = True
        self.is_reading = False
        self.released = Event()
        self.released.set()

    def order(self) -> list[int]:
        """The ids as the list should have them."""
        shown = [row_id for row_id in self.records if self.where is None or self.where(row_id)]
        return sorted(shown, key=lambda row_id: (self.by(row_id), row_id))

    def row(self, row_id: int) -> Row:
        name, number = self.records[row_id]
        return (row_id, name, number, "ok" if number % 3 else "fail")

    def head(self, size: int) -> list[Row]:
        self._ask("head")
        if self.first_head is not None:
            earlier, self.first_head = self.first_head, None
            return earlier[:size]
        return [self.row(row_id) for row_id in self.order()[:size]]

    def rows(self, ids: Sequence[int]) -> list[Row | None]:
        self._ask("rows")
        return [self.row(row_id) if row_id in self.records else None for row_id in ids]

    def slice(self, start: int, size: int) -> list[Row]:
        self._ask("slice")
        return [self.row(row_id) for row_id in self.order()[start : start + size]]

    def ids(self, stop: Callable[[], bool]) -> Iterator["array[int]"]:
        order = self.order()
        self.is_reading = True
        self.released.wait(timeout=10)
        for start in range(0, len(order), self.chunk):
            if self.obeys_stop and stop():
                return
            yield array("q", order[start : start + self.chunk])

    def total(self) -> int | None:
        return len(self.order()) if self.counts else None

    def _ask(self, what: str) -> None:
        if self.is_locked:
            raise StoreLocked(LOCKED)
        self.asked.append(what)


class ManyRows:
    """A row source that makes up any number of rows without keeping one."""

    columns: tuple[str, ...] = ("name", "number", "state")

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked: list[str] = []

    def row(self, row_id: int) -> Row:
        return (row_id, f"model-{row_id:07d}-{row_id * 7919 % 1_000_003}", row_id * 3, "ok")

    def head(self, size: int) -> list[Row]:
        return self.slice(0, size)

    def rows(self, ids: Sequence[int]) -> list[Row | None]:
        self.asked.append("rows")
        return [self.row(row_id) for row_id in ids]

    def slice(self, start: int, size: int) -> list[Row]:
        self.asked.append("slice")
        return [self.row(row_id) for row_id in range(start + 1, min(start + size, self.count) + 1)]

    def ids(self, stop: Callable[[], bool]) -> Iterator["array[int]"]:
        for start in range(1, self.count + 1, 10_000):
            if stop():
                return
            yield array("q", range(start, min(start + 10_000, self.count + 1)))

    def total(self) -> int | None:
        return self.count


def records(count: int) -> dict[int, tuple[str, int]]:
    """Records 1..count with names in the order of their ids."""
    return {row_id: (f"model-{row_id:04d}", row_id * 10) for row_id in range(1, count + 1)}


COLUMNS = (
    Column("name", "Name", None, rank=0, cut="middle", sort="name"),
    Column("number", "Number", 8, justify="right", rank=2, sort="number"),
    Column(
        "state",
        "State",
        7,
        rank=1,
        show=lambda value, _record: Tinted("✓ ok", "success") if value == "ok" else Tinted("✗ fail", "error"),
    ),
)


class TableApp(App[None]):
    """A screen with nothing but the table, which keeps what the table says."""

    CSS_PATH = [str(Path(tui_registry.ui.__file__).with_name("styles") / "table.tcss")]

    def __init__(self, columns: Sequence[Column] = COLUMNS, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.table = RecordTable(columns, ascii_only=ascii_only, retry_seconds=0.01)
        self.said: list[Told] = []

    def compose(self) -> ComposeResult:
        yield self.table

    @on(RecordTable.Highlighted)
    @on(RecordTable.Opened)
    @on(RecordTable.MarksChanged)
    @on(RecordTable.HeaderClicked)
    @on(RecordTable.Counted)
    @on(RecordTable.Stalled)
    @on(RecordTable.Resumed)
    def _keep(self, message: Told) -> None:
        self.said.append(message)

    def heard(self, kind: type[Told]) -> list[Told]:
        """What the table said of one kind so far."""
        return [message for message in self.said if isinstance(message, kind)]


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Let the app work until something holds; fails after many turns."""
    for _turn in range(2000):
        await pilot.pause()
        if holds():
            return
    raise AssertionError("it never came true")


def lines(table: RecordTable) -> list[str]:
    """The table as drawn, header first."""
    return [table.render_line(y).text for y in range(table.size.height)]


def names(table: RecordTable) -> list[str]:
    """The first words of the rows on the screen."""
    return [line[2:].split(" ")[0] for line in lines(table)[1:] if line.strip()]
