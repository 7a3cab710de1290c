"""A table reads what it needs: late answers, locks, commits of others, a million rows."""

import pytest

from tests.plain_rows import (
    LOCKED,
    ManyRows,
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


async def test_a_late_answer_of_a_view_that_was_left_is_dropped() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        late, now = (
            PlainRows(records(300)),
            PlainRows({row_id + 1000: v for row_id, v in records(100).items()}),
        )
        late.obeys_stop = False
        late.released.clear()
        now.released.clear()
        app.table.show(late)
        await until(pilot, lambda: late.is_reading)
        app.table.show(now, keep=False)
        await until(pilot, lambda: now.is_reading)
        late.released.set()
        for _turn in range(20):
            await pilot.pause()
        now.released.set()
        await until(pilot, lambda: app.table.is_loaded)
        assert app.table.total == 100
        await pilot.press("G")
        assert app.table.cursor_id == 1100


async def test_rows_that_moved_before_their_ids_came_are_put_right_and_the_cursor_with_its_record() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(300))
        earlier = PlainRows(source.records | {0: ("old", 1)})
        source.first_head = earlier.head(64)
        source.released.clear()
        app.table.show(source)
        await pilot.press("down", "down")
        assert names(app.table)[:3] == ["old", "model-0001", "model-0002"]
        source.released.set()
        await until(pilot, lambda: app.table.is_loaded)
        assert names(app.table)[:3] == ["model-0001", "model-0002", "model-0003"]
        assert (app.table.cursor_id, app.table.cursor_position) == (2, 1)


async def test_a_head_that_ran_out_of_time_is_filled_up_when_the_ids_come() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(300), counts=False)
        source.first_head, source.cut = source.head(5), True
        source.released.clear()
        app.table.show(source)
        assert (len(names(app.table)), app.table.total) == (5, None)
        source.released.set()
        await until(pilot, lambda: app.table.is_loaded)
        assert len(names(app.table)) == PAGE
        assert app.table.total == 300


async def test_rows_are_drawn_and_reached_before_any_id_is_read() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(300))
        source.released.clear()
        app.table.show(source)
        assert names(app.table)[0] == "model-0001"
        await pilot.press("G")
        assert app.table.cursor_id == 300
        assert names(app.table)[-1] == "model-0300"
        source.released.set()
        await until(pilot, lambda: app.table.is_loaded)
        assert (app.table.cursor_id, app.table.top) == (300, 280)


async def test_the_last_row_is_followed_while_nobody_knows_how_many_there_are() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(300), counts=False)
        source.released.clear()
        app.table.show(source)
        assert app.table.total is None
        await pilot.press("G")
        source.released.set()
        await until(pilot, lambda: app.table.is_loaded)
        assert app.table.cursor_id == 300
        assert app.heard(RecordTable.Counted)[-1] == RecordTable.Counted(app.table, 300)


async def test_the_cursor_stays_on_its_record_through_another_order() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(300))
        app.table.show(source)
        await until(pilot, lambda: app.table.is_loaded)
        await pilot.press(*["down"] * 5)
        app.table.show(PlainRows(source.records, by=lambda row_id: -row_id), sorted_by=("name", True))
        assert names(app.table)[0] == "model-0300"
        await until(pilot, lambda: app.table.is_loaded)
        assert (app.table.cursor_id, app.table.cursor_position) == (6, 294)


async def test_a_move_of_the_persons_own_outdoes_the_record_that_is_still_looked_for() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(300))
        app.table.show(source)
        await until(pilot, lambda: app.table.is_loaded)
        turned = PlainRows(source.records, by=lambda row_id: -row_id)
        turned.released.clear()
        app.table.show(turned)
        await pilot.press("down")
        turned.released.set()
        await until(pilot, lambda: app.table.is_loaded)
        assert (app.table.cursor_id, app.table.cursor_position) == (299, 1)


async def test_another_sessions_commit_leaves_cursor_scroll_and_marks_where_they_are() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(300))
        app.table.show(source)
        await until(pilot, lambda: app.table.is_loaded)
        await pilot.press("pagedown", "pagedown", "space", "space", "down")
        line = app.table.cursor_position - app.table.top
        for row_id in (1, 2, 3, 42):
            del source.records[row_id]
        source.records[-7] = ("model-new", 1)
        source.records[44] = ("model-edited", 1)
        app.table.refresh_rows()
        assert "model-edited" in names(app.table)
        await until(pilot, lambda: app.table.is_loaded)
        assert app.table.cursor_id == 44
        assert app.table.cursor_position - app.table.top == line
        assert app.table.marks == {41}
        assert app.table.total == 297
        assert app.heard(RecordTable.Counted)[-1] == RecordTable.Counted(app.table, 297)


@pytest.mark.parametrize("count", [40, 300])
async def test_when_the_record_is_gone_the_cursor_keeps_its_place(count: int) -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(count))
        app.table.show(source)
        await until(pilot, lambda: app.table.is_loaded)
        await pilot.press("pagedown", "down")
        del source.records[22]
        app.table.refresh_rows()
        await until(pilot, lambda: app.table.is_loaded)
        assert (app.table.cursor_id, app.table.cursor_position) == (23, 21)
        assert app.heard(RecordTable.Highlighted)[-1] == RecordTable.Highlighted(app.table, 23)


async def test_a_row_deleted_meanwhile_says_so_until_the_list_is_read_again() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(300))
        app.table.show(source)
        await until(pilot, lambda: app.table.is_loaded)
        del source.records[2]
        source.released.clear()
        app.table.refresh_rows()
        assert lines(app.table)[2].strip("▐ ") == "deleted"
        source.released.set()
        await until(pilot, lambda: app.table.is_loaded)
        assert names(app.table)[1] == "model-0003"


async def test_commits_that_come_faster_than_the_ids_do_not_keep_the_list_from_being_read() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(300))
        app.table.show(source)
        await until(pilot, lambda: app.table.is_loaded)
        source.released.clear()
        source.is_reading = False
        for row_id in range(301, 311):
            source.records[row_id] = (f"model-{row_id:04d}", 1)
            app.table.refresh_rows()
            await until(pilot, lambda: source.is_reading)
        source.released.set()
        await until(pilot, lambda: app.table.is_loaded)
        assert app.table.total == 310


async def test_a_new_record_is_gone_to_as_soon_as_its_place_is_known() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(300))
        app.table.show(source)
        await until(pilot, lambda: app.table.is_loaded)
        source.records[301] = ("model-0301", 1)
        app.table.refresh_rows()
        assert not app.table.move_to(301)
        await until(pilot, lambda: app.table.is_loaded)
        assert app.table.cursor_id == 301
        assert app.table.move_to(7)
        assert app.table.cursor_id == 7
        assert names(app.table)[0] == "model-0007"


async def test_marks_survive_a_filter_and_fall_with_their_record() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(50))
        app.table.show(source)
        await pilot.press("space", "space", "space")
        del source.records[2]
        app.table.show(PlainRows(source.records, where=lambda row_id: row_id > 40))
        assert app.table.marks == {1, 3}
        app.table.show(source, keep=False)
        assert app.table.marks == frozenset()
        assert app.table.cursor_position == 0


async def test_a_lock_keeps_what_is_shown_says_so_and_is_tried_again() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        first, second = PlainRows(records(200)), PlainRows({9: ("other", 1)})
        app.table.show(first)
        await until(pilot, lambda: app.table.is_loaded)
        before = lines(app.table)
        first.is_locked = second.is_locked = True
        await pilot.press("end")
        assert lines(app.table) == before
        assert app.table.cursor_position == 0
        assert app.heard(RecordTable.Stalled)[0] == RecordTable.Stalled(app.table, LOCKED)
        assert app.table.show(second) is False
        assert lines(app.table) == before
        second.is_locked = False
        await until(pilot, lambda: bool(app.heard(RecordTable.Resumed)))
        assert names(app.table) == ["other"]


async def test_a_lock_during_a_refresh_leaves_the_rows_and_is_tried_again() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(30))
        app.table.show(source)
        del source.records[1]
        source.is_locked = True
        app.table.refresh_rows()
        await until(pilot, lambda: bool(app.heard(RecordTable.Stalled)))
        assert names(app.table)[0] == "model-0001"
        source.is_locked = False
        await until(pilot, lambda: names(app.table)[0] == "model-0002")
        assert app.heard(RecordTable.Resumed)


async def test_moving_within_the_page_asks_the_registry_nothing() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = PlainRows(records(200))
        app.table.show(source)
        await until(pilot, lambda: app.table.is_loaded)
        source.asked.clear()
        await pilot.press("down", "down", "up", "space", "ctrl+d")
        assert source.asked == []


@pytest.mark.parametrize("count", [1_000, 1_000_000])
async def test_a_million_rows_are_asked_for_as_little_as_a_thousand(count: int) -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        source = ManyRows(count)
        app.table.show(source)
        assert source.asked == ["slice"]
        await until(pilot, lambda: app.table.is_loaded)
        asked = []
        for key in ("down", "pagedown", "pagedown", "end", "pageup", "home", "ctrl+d"):
            source.asked.clear()
            await pilot.press(key)
            asked.append(len(source.asked))
        assert asked == [0, 0, 0, 1, 0, 0, 0]
        assert app.table.total == count
