"""How a table is drawn: columns by width, glyphs, hostile text, themes, another size."""

import pytest
from rich.cells import cell_len
from rich.text import Text
from textual.strip import Strip

from tests.plain_rows import (
    COLUMNS,
    PlainRows,
    TableApp,
    lines,
    names,
    records,
    until,
)
from tui_registry.ui.table.columns import Column

SIZE = (60, 21)
PAGE = 20


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
