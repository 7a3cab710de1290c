"""A field of several lines: typed, pasted, left by the arrows, changed only by what it says."""

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tests.form_host import host_of, opened
from tests.registries import add_model
from tui_registry.ui.forms.form import Field, FormScreen
from tui_registry.ui.forms.lines_field import LinesField
from tui_registry.ui.screens.list_screen import ListScreen


def notes_form(notes: str = "") -> "FormScreen[object]":
    async def keep(draft: object) -> object:
        return draft

    fields = [Field("name", "Name"), Field("notes", "Notes", "lines"), Field("after", "After")]
    return FormScreen("Record", fields, {"name": "a", "notes": notes}, dict, keep)


def notes(pilot: Pilot[None]) -> LinesField:
    return pilot.app.screen.query_one(LinesField)


def focused(pilot: Pilot[None]) -> str | None:
    return pilot.app.focused.id if pilot.app.focused else None


async def test_enter_begins_a_line_and_everything_else_is_as_in_any_field() -> None:
    async with opened(notes_form()) as pilot:
        await pilot.press("tab")
        await type_text(pilot, "q1e?")
        await pilot.press("enter")
        await type_text(pilot, "d/:")
        assert "1 change" in screen_text(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: host_of(pilot).answers)
        assert host_of(pilot).answers == [{"name": "a", "notes": "q1e?\nd/:", "after": ""}]


async def test_the_arrows_leave_it_at_its_first_and_last_line_and_tab_anywhere() -> None:
    async with opened(notes_form("one\ntwo")) as pilot:
        await pilot.press("down")
        assert focused(pilot) == "field-notes"
        await pilot.press("down")
        assert (focused(pilot), notes(pilot).cursor_location[0]) == ("field-notes", 1)
        await pilot.press("down")
        assert focused(pilot) == "field-after"
        await pilot.press("up", "up")
        assert (focused(pilot), notes(pilot).cursor_location[0]) == ("field-notes", 0)
        await pilot.press("up")
        assert focused(pilot) == "field-name"
        await pilot.press("tab", "tab")
        assert focused(pilot) == "field-after"


@pytest.mark.parametrize(
    ("text", "held"),
    [("a\r\nb\tc", "a\nb    c"), ("a\x1b]52;c;x\x07", ""), ("x" * 5000, "")],
    ids=["lines", "controls", "long"],
)
async def test_what_is_pasted_keeps_its_lines_and_nothing_that_steers_a_terminal(
    text: str, held: str
) -> None:
    async with opened(notes_form()) as pilot:
        await pilot.press("tab")
        pilot.app.post_message(Paste(text))
        await pilot.pause()
        await pilot.pause()
        assert notes(pilot).value == held
        assert ("1 problem" in screen_text(pilot)) is not bool(held)


async def test_notes_of_several_lines_are_edited_in_the_form(full: Session) -> None:
    row = add_model(full.store, full.store.reads.provider("Groq"), "mine", description="one\ntwo")
    app = full.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, ListScreen) and app.screen.table.is_loaded)
        assert isinstance(app.screen, ListScreen)
        app.screen.table.move_to(row.id)
        await pilot.press("e")
        await on_screen(pilot, "Notes          one")
        assert "1 change" not in screen_text(pilot)
        notes(pilot).focus()
        await pilot.press("end", "enter")
        await type_text(pilot, "and a half")
        await on_screen(pilot, "was one two")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Saved mine.")
    assert full.store.reads.model_by_id(row.id).description == "one\nand a half\ntwo"
