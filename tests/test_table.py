"""The table by hand: every key, marks, and the mouse."""

import pytest
from textual import events

from tests.plain_rows import (
    PlainRows,
    TableApp,
    lines,
    names,
    records,
    until,
)
from tui_registry.ui.table.table import RecordTable

SIZE = (60, 21)
PAGE = 20

KEYS = [
    (["j"], 1, 0),
    (["down", "down"], 2, 0),
    (["down", "k"], 0, 0),
    (["down", "up", "up"], 0, 0),
    (["G"], 199, 180),
    (["end"], 199, 180),
    (["G", "g"], 0, 0),
    (["end", "home"], 0, 0),
    (["pagedown"], 20, 20),
    (["pagedown", "pagedown", "pageup"], 20, 20),
    (["ctrl+d"], 10, 10),
    (["ctrl+d", "ctrl+d", "ctrl+u"], 10, 10),
    (["pageup"], 0, 0),
    (["end", "pagedown"], 199, 180),
    (["down"] * 20, 20, 1),
]


@pytest.mark.parametrize(("keys", "cursor", "top"), KEYS, ids=[" ".join(keys[:3]) for keys, _, _ in KEYS])
async def test_a_key_moves_the_cursor_and_the_list_as_far_as_it_says(
    keys: list[str], cursor: int, top: int
) -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.table.show(PlainRows(records(200)))
        await until(pilot, lambda: app.table.is_loaded)
        await pilot.press(*keys)
        assert (app.table.cursor_position, app.table.top) == (cursor, top)
        assert app.table.cursor_id == cursor + 1
        assert names(app.table) == [f"model-{row_id:04d}" for row_id in range(top + 1, top + 1 + PAGE)]
        assert app.heard(RecordTable.Highlighted)[-1] == RecordTable.Highlighted(app.table, cursor + 1)


async def test_enter_opens_the_record_under_the_cursor() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.table.show(PlainRows(records(5)))
        await pilot.press("down", "enter")
        assert app.heard(RecordTable.Opened) == [RecordTable.Opened(app.table, 2)]


async def test_keys_on_an_empty_list_do_nothing() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.table.show(PlainRows({}))
        await pilot.press("down", "G", "pagedown", "enter", "space", "asterisk", "g")
        assert app.table.cursor_id is None
        assert app.table.total == 0
        assert not app.heard(RecordTable.Opened)
        assert not app.table.marks


async def test_space_marks_and_goes_down_and_marks_are_drawn() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.table.show(PlainRows(records(5)))
        await pilot.press("space", "down", "space")
        assert app.table.marks == {1, 3}
        assert app.table.cursor_id == 4
        assert [line[0] for line in lines(app.table)[1:6]] == ["●", " ", "●", " ", " "]
        await pilot.press("up", "space")
        assert app.table.marks == {1}
        assert app.heard(RecordTable.MarksChanged)[-1] == RecordTable.MarksChanged(app.table, 1)
        app.table.clear_marks()
        assert app.table.marks == frozenset()
        assert [line[0] for line in lines(app.table)[1:6]] == [" "] * 5


async def test_star_marks_all_shown_and_then_none_of_them() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(100))
        app.table.show(source)
        await until(pilot, lambda: app.table.is_loaded)
        await pilot.press("space")
        app.table.show(PlainRows(source.records, where=lambda row_id: row_id > 90))
        await pilot.press("asterisk")
        assert app.table.marks == {1, *range(91, 101)}
        await pilot.press("asterisk")
        assert app.table.marks == {1}


async def test_star_before_the_ids_are_read_marks_all_when_they_are() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(200))
        source.released.clear()
        app.table.show(source)
        await pilot.press("asterisk")
        assert not app.table.marks
        source.released.set()
        await until(pilot, lambda: len(app.table.marks) == 200)


async def test_the_mouse_selects_opens_sorts_and_scrolls() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.table.show(PlainRows(records(200)), sorted_by=("name", False))
        await until(pilot, lambda: app.table.is_loaded)
        await pilot.click(app.table, offset=(5, 4))
        assert app.table.cursor_position == 3
        assert not app.heard(RecordTable.Opened)
        await pilot.double_click(app.table, offset=(5, 6))
        assert app.heard(RecordTable.Opened) == [RecordTable.Opened(app.table, 6)]
        await pilot.click(app.table, offset=(4, 0))
        number_at = lines(app.table)[0].index("Number")
        await pilot.click(app.table, offset=(number_at, 0))
        state_at = lines(app.table)[0].index("State")
        await pilot.click(app.table, offset=(state_at, 0))
        assert app.heard(RecordTable.HeaderClicked) == [
            RecordTable.HeaderClicked(app.table, "name"),
            RecordTable.HeaderClicked(app.table, "number"),
        ]
        app.table.post_message(_wheel(events.MouseScrollDown))
        await pilot.pause()
        assert (app.table.top, app.table.cursor_position) == (3, 5)
        app.table.post_message(_wheel(events.MouseScrollDown))
        await pilot.pause()
        assert (app.table.top, app.table.cursor_position) == (6, 6)
        app.table.post_message(_wheel(events.MouseScrollUp))
        await pilot.pause()
        assert (app.table.top, app.table.cursor_position) == (3, 6)


def _wheel(kind: type[events.MouseEvent]) -> events.MouseEvent:
    """One notch of the wheel over the table."""
    return kind(None, 5, 5, 0, 0, 0, shift=False, meta=False, ctrl=False)


async def test_a_click_below_the_last_row_is_no_click_on_it() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.table.show(PlainRows(records(3)))
        await pilot.double_click(app.table, offset=(5, 10))
        assert app.table.cursor_position == 0
        assert not app.heard(RecordTable.Opened)
