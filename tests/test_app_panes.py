"""Zoom gives one pane all the room, and every way back works."""

import pytest

from tests.conftest import Session
from tests.driving import on_screen, screen_text, until
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.widgets.panes import ReadingPane

NARROW, WIDE = (80, 24), (120, 36)


@pytest.mark.parametrize("back", ["z", "escape"])
async def test_the_list_takes_the_room_of_the_detail_and_gives_it_back(full: Session, back: str) -> None:
    app = full.app()
    async with app.run_test(size=WIDE) as pilot:
        await on_screen(pilot, "Base URL   ")
        await pilot.press("z")
        await until(pilot, lambda: not app.screen.query_one(ReadingPane).display)
        await pilot.press(back)
        await until(pilot, lambda: app.screen.query_one(ReadingPane).display)
        assert isinstance(app.screen, ListScreen)
        assert app.screen.table.display


async def test_tab_goes_to_the_detail_and_z_shows_it_alone(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=WIDE) as pilot:
        await on_screen(pilot, "Base URL   ")
        await pilot.press("tab")
        assert isinstance(app.focused, ReadingPane)
        await pilot.press("z")
        await until(pilot, lambda: app.screen.query_one(ReadingPane).size.width > 100)
        await pilot.press("z")
        assert isinstance(app.screen, ListScreen)
        await until(pilot, lambda: app.focused is app.screen.table)  # type: ignore[attr-defined]
        await pilot.press("tab", "escape")
        assert not isinstance(app.focused, ReadingPane)


async def test_z_shows_the_detail_where_there_is_no_room_for_two_panes(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "sorted by name")
        await pilot.press("z")
        await on_screen(pilot, "Limits       unknown")
        await pilot.press("escape")
        await on_screen(pilot, "sorted by name")
        assert isinstance(app.screen, ListScreen)
        assert app.focused is app.screen.table


async def test_z_says_so_where_there_is_one_pane(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press("2", "z")
        await on_screen(pilot, "There is one pane here.")


async def test_a_page_is_scrolled_with_the_keys_of_a_list(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=(80, 15)) as pilot:
        await on_screen(pilot, "sorted by name")
        await pilot.press("enter")
        await on_screen(pilot, "Status")
        await pilot.press("G")
        await on_screen(pilot, "Notes")
        assert "Status " not in screen_text(pilot)
        await pilot.press("g")
        await on_screen(pilot, "Status ")
