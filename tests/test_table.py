"""The table: every key, the mouse, columns by width, hostile text, locks, late answers, a million rows."""

import pytest
from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.strip import Strip

from tests.plain_rows import (
    COLUMNS,
    LOCKED,
    ManyRows,
    PlainRows,
    TableApp,
    lines,
    names,
    records,
    until,
)
from tui_registry.ui.columns import Column
from tui_registry.ui.table import RecordTable

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


@pytest.mark.parametrize(
    ("width", "titles"),
    [(60, ["Name", "Number", "State"]), (33, ["Name", "State"]), (23, ["Name"]), (8, ["Name"])],
)
async def test_columns_give_way_by_rank_as_the_width_shrinks(width: int, titles: list[str]) -> None:
    app = TableApp()
    async with app.run_test(size=(width, 10)):
        app.table.show(PlainRows(records(3)))
        assert lines(app.table)[0].split() == titles
        assert {cell_len(line) for line in lines(app.table)} == {width}


async def test_the_sorted_column_shows_its_direction_and_numbers_stand_at_the_right() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 4)):
        source = PlainRows({1: ("short", 7), 2: ("a-name-that-is-much-too-long-for-its-column", 1234567)})
        app.table.show(source, sorted_by=("number", True))
        assert lines(app.table) == [
            "  Name                Number ▼  State   ",
            "  short                      7  ✓ ok    ",
            "  a-name-th…s-column   1234567  ✓ ok    ",
            " " * 40,
        ]
        app.table.show(source, sorted_by=("name", False))
        assert lines(app.table)[0] == "  Name ▲                Number  State   "


async def test_without_glyphs_everything_of_the_table_itself_is_ascii() -> None:
    app = TableApp(COLUMNS[:2], ascii_only=True)
    async with app.run_test(size=(30, 4)) as pilot:
        app.table.show(PlainRows(records(100) | {1: ("x" * 99, 1)}), sorted_by=("name", False))
        await pilot.press("space")
        drawn = lines(app.table)
        assert "".join(drawn).isascii()
        assert drawn[0].startswith("  Name ^")
        assert drawn[1].startswith("* xxxx")
        assert "~" in drawn[1]
        assert drawn[1].endswith("|")


HOSTILE = [
    "[/b] [red]not markup[/red] [@click=app.quit]x[/]",
    "\x1b]52;c;aGk=\x07 \x1b[2J escape",
    "right\u202eto left\u2066 and \u200b nothing",
    "日本語のモデル名前はとても長いのです" * 3,
    "e\u0301a\u0300" * 30,
    "e" + "\u0301" * 5000,
    "👩\u200d👩\u200d👧\ufe0f❤\ufe0f family",
    "line\nfeed\r\ttab\0nul",
    "\ud800 lone",
    "",
    "x" * 1_000_000,
    "語" * 1_000_000,
]


async def test_hostile_text_is_drawn_as_text_and_in_the_right_width_at_every_width() -> None:
    styled = Column(
        "number", "Styled", 9, rank=3, show=lambda _value, record: Text(str(record["name"]), "error")
    )
    app = TableApp((*COLUMNS, styled))
    async with app.run_test(size=(100, 40)):
        app.table.show(PlainRows(dict(enumerate(((text, 7) for text in HOSTILE), 1))))
        assert lines(app.table)[1].startswith("  [/b] [red]not markup[/red] [@click=app.quit]x[/]")
        painter = app.table._painter
        for width in range(1, 101):
            painter.measure(width, ("name", False))
            for number, text in enumerate(HOSTILE, 1):
                record = {"id": number, "name": text, "number": 10**number, "state": "ok"}
                strip = painter.row(record, cursor=False, marked=bool(number % 2), thumb=True)
                assert cell_len(strip.text) == strip.cell_length == width
                assert not any(ord(sign) < 32 or sign in "\u202e\u2066\x7f\ud800" for sign in strip.text)


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


async def test_the_same_state_is_drawn_the_same_whatever_went_before() -> None:
    async def drawn(*keys: str) -> list[Strip]:
        app = TableApp()
        async with app.run_test(size=SIZE) as pilot:
            app.table.show(PlainRows(records(200)), sorted_by=("name", False))
            await until(pilot, lambda: app.table.is_loaded)
            await pilot.press(*keys)
            await pilot.resize_terminal(40, 12)
            await pilot.resize_terminal(*SIZE)
            return [app.table.render_line(y) for y in range(SIZE[1])]

    assert await drawn("g") == await drawn("G", "space", "up", "space", "asterisk", "asterisk", "g")


async def test_a_resize_keeps_the_cursor_on_its_record_and_on_the_screen() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.table.show(PlainRows(records(200)))
        await until(pilot, lambda: app.table.is_loaded)
        await pilot.press(*["down"] * 18)
        for size in ((50, 6), (120, 50), (20, 3), SIZE):
            await pilot.resize_terminal(*size)
            assert app.table.cursor_id == 19
            assert app.table.top <= 18 < app.table.top + size[1] - 1
            assert len(names(app.table)) == size[1] - 1


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
async def test_the_cursor_row_is_told_by_its_background_or_reversed(theme: str) -> None:
    app = TableApp()
    async with app.run_test(size=SIZE):
        app.theme = theme
        app.table.show(PlainRows(records(5)))
        app.stylesheet.update(app)
        cursor, other = (next(iter(app.table.render_line(y))).style for y in (1, 2))
        assert cursor is not None
        assert other is not None
        assert cursor.reverse or cursor.bgcolor != other.bgcolor


async def test_another_theme_and_the_loss_of_focus_are_drawn() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.table.show(PlainRows(records(5)))
        await pilot.pause()
        dark = [app.table.render_line(y) for y in (0, 1, 2)]
        app.theme = "textual-light"
        await pilot.pause()
        light = [app.table.render_line(y) for y in (0, 1, 2)]
        assert all(one != other and one.text == other.text for one, other in zip(dark, light, strict=True))
        app.set_focus(None)
        await pilot.pause()
        assert app.table.render_line(1) != light[1]
        assert app.table.render_line(2) == light[2]


async def test_without_colour_the_cursor_row_is_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = TableApp()
    async with app.run_test(size=SIZE):
        app.table.show(PlainRows(records(5)))
        assert all(
            segment.style is not None and segment.style.reverse for segment in app.table.render_line(1)
        )
        assert not any(
            segment.style is not None and segment.style.reverse for segment in app.table.render_line(2)
        )


async def test_a_records_cells_can_be_asked_for_by_name() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE):
        app.table.show(PlainRows(records(5)))
        assert app.table.row(2) == {"id": 2, "name": "model-0002", "number": 20, "state": "ok"}
        assert app.table.row(77) is None


async def test_other_columns_are_drawn_from_the_same_rows() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE):
        app.table.show(PlainRows(records(5)))
        app.table.set_columns([Column("number", "Number", 8, justify="right")])
        assert lines(app.table)[:2] == ["    Number" + " " * 50, "        10" + " " * 50]
