"""A key that is typed or pasted is hidden, is not copied, and leaves nothing behind."""

import asyncio
from typing import Literal

import pytest
from textual.events import AppBlur, Paste
from textual.pilot import Pilot

from tests.form_host import host_of, opened, patient
from tui_registry.errors import InvalidInput
from tui_registry.text import Secret, read_pasted_key
from tui_registry.ui.forms.fields import DOTS, SecretField
from tui_registry.ui.forms.form import Field, FormScreen
from tui_registry.ui.screens.dialogs import Confirm

CANARY = "sk-canary-123456"


def parse(raw: dict[str, str]) -> Secret:
    try:
        return read_pasted_key(raw["api_key"])[0]
    except ValueError as refusal:
        raise InvalidInput({"api_key": str(refusal)}) from None


async def save(secret: Secret) -> Secret:
    return secret


def key_form(
    *, stored: str = "", reveal_seconds: float = 10.0, kind: Literal["text", "check"] = "text"
) -> FormScreen[Secret]:
    fields = [Field("api_key", "API key", kind="secret", required=True), Field("note", "Note", kind=kind)]
    return FormScreen(
        "Key of Groq",
        fields,
        {"api_key": stored},
        parse,
        save,
        reveal_seconds=reveal_seconds,
        clock=patient(),
    )


def key_field(pilot: Pilot[None]) -> SecretField:
    return next(each for each in pilot.app.screen_stack if isinstance(each, FormScreen)).query_one(
        SecretField
    )


def picture(pilot: Pilot[None]) -> str:
    return host_of(pilot).picture()


async def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(Paste(text))
    await pilot.pause()
    await pilot.pause()


@pytest.mark.parametrize("key", ["x", CANARY, CANARY * 40])
async def test_the_dots_do_not_tell_the_length_and_neither_does_the_cursor(key: str) -> None:
    async with opened(key_form()) as pilot:
        field = key_field(pilot)
        await pilot.press(*key[:20])
        field.value = key
        await pilot.press("home", "left", "ctrl+left", "shift+home")
        await pilot.pause()
        line = next(line for line in picture(pilot).splitlines() if "API key" in line)
        assert line.count("•") == len(DOTS) == 12
        assert field.cursor_screen_offset.x == field.content_region.x + len(DOTS) + 1
        assert key not in picture(pilot) or len(key) == 1


async def test_letters_that_are_keys_elsewhere_land_in_the_field() -> None:
    async with opened(key_form()) as pilot:
        await pilot.press(*"q123edus?:/ ")
        assert key_field(pilot).value == "q123edus?:/ "


async def test_backspace_and_ctrl_u_correct_the_hidden_key_at_its_end() -> None:
    async with opened(key_form()) as pilot:
        await pilot.press(*"abc", "home", "backspace")
        assert key_field(pilot).value == "ab"
        await pilot.press("ctrl+u")
        assert key_field(pilot).value == ""


async def test_nothing_of_a_key_reaches_a_clipboard() -> None:
    async with opened(key_form()) as pilot:
        field = key_field(pilot)
        for revealed in (False, True):
            field.value = CANARY
            field.revealed = revealed
            await pilot.pause()
            field.select_all()
            await pilot.press("ctrl+c", "ctrl+x", "super+c")
            await pilot.double_click(field)
            await pilot.press("ctrl+c")
            await pilot.pause()
            assert host_of(pilot).copied == []
            assert pilot.app.clipboard == ""
            assert CANARY not in (pilot.app.screen.get_selected_text() or "")
            assert field.value == CANARY


async def test_a_stored_key_is_never_filled_in() -> None:
    async with opened(key_form(stored=CANARY)) as pilot:
        assert key_field(pilot).value == ""
        assert "•" not in picture(pilot)


async def test_a_pasted_key_is_freed_from_what_came_with_it_and_nothing_is_run() -> None:
    async with opened(key_form()) as pilot:
        await paste(pilot, f'  "{CANARY}"\r\nrm -rf ~\r\n')
        assert key_field(pilot).value == CANARY
        assert "Removed the lines after the first, blanks around it" in picture(pilot)
        assert CANARY not in picture(pilot)
        assert host_of(pilot).answers == []


async def test_a_paste_that_starts_with_a_newline_and_an_export_gives_the_key() -> None:
    async with opened(key_form()) as pilot:
        await paste(pilot, f"\nexport X={CANARY}\n")
        assert key_field(pilot).value == CANARY


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (DOTS, "! That is the hidden form of a key; paste the key itself."),
        ("x" * 1_000_000, "! A key has at most 4,096 characters"),
        ("two words", "! A key holds no spaces"),
        ("sk-\x1b[31mabcdefgh", "! A key holds only plain letters"),
    ],
)
async def test_a_paste_that_is_no_key_is_refused_and_keeps_what_was_there(text: str, sentence: str) -> None:
    async with opened(key_form()) as pilot:
        await paste(pilot, CANARY)
        await paste(pilot, text)
        assert sentence in picture(pilot)
        assert text not in picture(pilot) or text == DOTS
        assert key_field(pilot).value == CANARY


async def test_the_typed_mask_is_refused_on_saving() -> None:
    async with opened(key_form()) as pilot:
        await pilot.press(*DOTS, "ctrl+s")
        await pilot.pause()
        assert "! That is the hidden form of a key" in picture(pilot)
        assert host_of(pilot).answers == []


async def test_a_key_is_shown_on_request_and_hidden_on_the_same_key() -> None:
    async with opened(key_form()) as pilot:
        await paste(pilot, CANARY)
        assert "ctrl+t Show key" in picture(pilot)
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert CANARY in picture(pilot)
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert CANARY not in picture(pilot)
        await pilot.press("tab")
        assert "Show key" not in picture(pilot)


@pytest.mark.parametrize("way", ["tab", "dialog", "blur"])
async def test_a_shown_key_hides_as_soon_as_the_eye_goes_elsewhere(way: str) -> None:
    async with opened(key_form()) as pilot:
        await paste(pilot, CANARY)
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert CANARY in picture(pilot)
        if way == "tab":
            await pilot.press("tab")
        elif way == "dialog":
            await pilot.app.push_screen(Confirm("Quit?", []))
        else:
            pilot.app.post_message(AppBlur())
        await pilot.pause()
        await pilot.pause()
        assert not key_field(pilot).revealed
        assert CANARY not in picture(pilot)
        assert CANARY not in pilot.app.export_screenshot()


async def test_a_shown_key_hides_by_itself() -> None:
    async with opened(key_form(reveal_seconds=0.01)) as pilot:
        await paste(pilot, CANARY)
        await pilot.press("ctrl+t")
        async with asyncio.timeout(5):
            while key_field(pilot).revealed:
                await pilot.pause()
        assert CANARY not in picture(pilot)


async def test_the_list_of_unsaved_changes_says_only_that_a_key_was_entered() -> None:
    async with opened(key_form()) as pilot:
        await paste(pilot, CANARY)
        await pilot.press("escape")
        await pilot.pause()
        assert "none -> entered" in picture(pilot)
        assert CANARY not in picture(pilot)


async def test_a_closed_form_keeps_nothing_of_the_key() -> None:
    async with opened(key_form()) as pilot:
        await paste(pilot, f"'{CANARY}'")
        form, field = pilot.app.screen, key_field(pilot)
        await pilot.press("ctrl+s")
        await pilot.pause()
        await pilot.pause()
        assert host_of(pilot).answers == [Secret(CANARY)]
        assert field.value == ""
        assert isinstance(form, FormScreen)
        assert CANARY not in repr(vars(form)) + repr(vars(form._values)) + repr(vars(form._remarks))
