"""The table held against a plain list through random edits, orders, filters, resizes, moves and refreshes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.plain_rows import PlainRows, TableApp, lines, until
from tui_registry.text import clean
from tui_registry.ui.table.columns import Column
from tui_registry.ui.table.table import RecordTable

PARTS = ("a", "b", "claude-", "-mini", "[/b]", "\x1b[2J", "語", "e\u0301", "\u202e", "👩\u200d🔬", " ", "\t")
NAMES = st.lists(st.sampled_from(PARTS), max_size=6).map("".join)
ORDERS: dict[str, Callable[[PlainRows, int], object]] = {
    "id": lambda _source, row_id: row_id,
    "number": lambda source, row_id: source.records[row_id][1],
    "number down": lambda source, row_id: -source.records[row_id][1],
    "name": lambda source, row_id: source.records[row_id][0],
}
FILTERS: dict[str, Callable[[PlainRows, int], bool]] = {
    "all": lambda _source, _row_id: True,
    "even": lambda source, row_id: source.records[row_id][1] % 2 == 0,
    "few": lambda source, row_id: source.records[row_id][1] % 10 == 3,
    "none": lambda _source, _row_id: False,
}
COLUMNS = (
    Column("id", "Id", 5, justify="right", rank=0),
    Column("number", "Number", 8, justify="right", rank=1),
    Column("name", "Name", None, rank=2, cut="middle"),
)
KEYS = {
    "move": (-3, -1, 1, 7),
    "page": (-1, 1),
    "half_page": (-1, 1),
    "first": (),
    "last": (),
    "toggle_mark": (),
}

steps = st.one_of(
    st.tuples(st.just("insert"), st.lists(st.tuples(NAMES, st.integers(0, 99)), min_size=1, max_size=40)),
    st.tuples(st.just("delete"), st.lists(st.integers(0, 400), min_size=1, max_size=30)),
    st.tuples(st.just("delete cursor"), st.none()),
    st.tuples(st.just("edit"), st.tuples(st.integers(0, 400), NAMES, st.integers(0, 99))),
    st.tuples(st.just("order"), st.sampled_from(sorted(ORDERS))),
    st.tuples(st.just("filter"), st.sampled_from(sorted(FILTERS))),
    st.tuples(st.just("resize"), st.tuples(st.integers(1, 90), st.integers(2, 80))),
    st.tuples(st.just("mark all"), st.none()),
    *(
        st.tuples(st.just(f"key {name}"), st.sampled_from(values) if values else st.none())
        for name, values in KEYS.items()
    ),
)


@dataclass
class PlainList:
    """What the table should be: an order of ids, a cursor and marks."""

    records: dict[int, tuple[str, int]]
    order_name: str = "id"
    filter_name: str = "all"
    order: list[int] = field(default_factory=list)
    cursor: int = 0
    marks: set[int] = field(default_factory=set)

    def source(self) -> PlainRows:
        source = PlainRows(self.records, counts=self.filter_name == "all", chunk=33)
        source.by = lambda row_id: ORDERS[self.order_name](source, row_id)
        source.where = lambda row_id: FILTERS[self.filter_name](source, row_id)
        return source

    def read(self, *, anew: bool) -> None:
        """Take the present order; the cursor stays on its record, else on a place known at once."""
        was = self.cursor_id
        self.order = self.source().order()
        self.marks &= self.records.keys()
        if was in self.order:
            self.cursor = self.order.index(was)
        elif anew and len(self.order) >= 64 and self.cursor >= 64:
            self.cursor = 0
        self.move(0)

    @property
    def cursor_id(self) -> int | None:
        return self.order[self.cursor] if self.order else None

    def move(self, rows: int) -> None:
        self.cursor = max(0, min(self.cursor + rows, len(self.order) - 1))


def change(plain: PlainList, what: str, how: object) -> bool:
    """Do what another session would; False if this step is not of that kind."""
    if what == "insert" and isinstance(how, list):
        start = max(plain.records, default=0) + 1
        plain.records.update(enumerate(how, start))
    elif what == "delete" and isinstance(how, list):
        for row_id in how:
            plain.records.pop(row_id, None)
    elif what == "delete cursor":
        plain.records.pop(plain.cursor_id or 0, None)
    elif what == "edit" and isinstance(how, tuple):
        if how[0] in plain.records:
            plain.records[how[0]] = how[1:]
    else:
        return False
    return True


def press(plain: PlainList, table: RecordTable, key: str, value: object) -> None:
    """The same key on the list and on the table."""
    page = max(1, table.size.height - 1)
    sizes = {"move": 1, "page": page, "half_page": max(1, page // 2)}
    if isinstance(value, int):
        plain.move(value * sizes[key])
        getattr(table, f"action_{key}")(value)
        return
    if key == "toggle_mark" and plain.cursor_id is not None:
        plain.marks ^= {plain.cursor_id}
        plain.move(1)
    elif key in ("first", "last"):
        plain.move(-len(plain.order) if key == "first" else len(plain.order))
    getattr(table, f"action_{key}")()


def compare(plain: PlainList, table: RecordTable) -> None:
    """Every promise of the table against the list."""
    width, height = table.size
    page = max(1, height - 1)
    assert table.total == len(plain.order)
    assert table.cursor_id == plain.cursor_id
    assert table.marks == plain.marks
    assert table.top <= table.cursor_position < table.top + page
    assert table.top == 0 or table.top + page <= len(plain.order)
    shown = plain.order[table.top : table.top + page]
    drawn = lines(table)
    assert {cell_len(line) for line in drawn} == {width}
    for row_id, line in zip(shown, drawn[1:], strict=False):
        name, number = plain.records[row_id]
        if width >= 8:
            assert line[0] == ("●" if row_id in plain.marks else " ")
            assert line[2:7] == f"{row_id:5}"
        if width >= 19:
            assert line[9:17] == f"{number:8}"
        if width >= 80:
            assert line[19:].rstrip("▐").rstrip() == clean(name).rstrip()
    assert all(not line.strip("▐ ") for line in drawn[1 + len(shown) :])


async def play(count: int, script: list[tuple[str, object]]) -> None:
    """Do every step to the list and to the table and compare them after each."""
    plain = PlainList({row_id: (f"m{row_id}", row_id * 37 % 100) for row_id in range(1, count + 1)})
    app = TableApp(COLUMNS)
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.table
        source = plain.source()
        table.show(source)
        plain.read(anew=True)
        for what, how in script:
            if change(plain, what, how):
                table.refresh_rows()
                plain.read(anew=False)
            elif what in ("order", "filter") and isinstance(how, str):
                setattr(plain, f"{what}_name", how)
                source = plain.source()
                table.show(source, sorted_by=("number", True))
                plain.read(anew=True)
            elif what == "resize" and isinstance(how, tuple):
                await pilot.resize_terminal(*how)
            elif what == "mark all":
                shown = set(plain.order)
                plain.marks = plain.marks - shown if shown <= plain.marks else plain.marks | shown
                table.action_mark_all()
            else:
                press(plain, table, what.removeprefix("key "), how)
            await until(pilot, lambda: table.is_loaded)
            compare(plain, table)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(count=st.sampled_from([0, 3, 63, 64, 65, 200]), script=st.lists(steps, max_size=25))
def test_the_table_is_the_plain_list_after_any_sequence_of_steps(
    count: int, script: list[tuple[str, object]]
) -> None:
    asyncio.run(play(count, script))
