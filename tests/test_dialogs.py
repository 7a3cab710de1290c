"""Dialogs answer only to deliberate keys, and show whatever text they are given as text."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.form_host import Host, host_of, opened, patient
from tui_registry.ui.screens.dialogs import (
    Change,
    Choice,
    ChoiceMenu,
    Collision,
    Confirm,
    Dialog,
    TypedConfirm,
    UnsavedChanges,
)

SIZES = [(80, 24), (120, 36)]
HOSTILE = "a[/b]c [v2] \x1b]0;x\x07 \u202e"


class Hands:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def confirm(clock: Callable[[], float]) -> Confirm:
    return Confirm("Delete provider deepseek?", ["Also deletes", "  4 models"], clock=clock)


@pytest.mark.parametrize("key", ["enter", "escape", "n", "q"])
async def test_a_confirmation_keeps_everything_on(key: str) -> None:
    async with opened(confirm(patient())) as pilot:
        await pilot.press(key)
        assert host_of(pilot).answers == [False]


async def test_only_y_affirms_and_the_key_that_opened_the_dialog_does_nothing() -> None:
    async with opened(confirm(patient())) as pilot:
        await pilot.press("d", "d", "space", "Y", "x")
        assert host_of(pilot).answers == []
        await pilot.press("y")
        assert host_of(pilot).answers == [True]


@pytest.mark.parametrize("size", SIZES)
async def test_a_confirmation_shows_its_lines_and_its_keys(size: tuple[int, int]) -> None:
    async with opened(confirm(patient()), size) as pilot:
        picture = host_of(pilot).picture()
        assert "Delete provider deepseek?" in picture
        assert "  4 models" in picture
        assert "y  delete       esc  keep (enter also)" in picture
        assert picture.splitlines()[-1].rstrip() == "y Yes esc Keep"


def every_dialog(clock: Callable[[], float]) -> list[tuple[Dialog[Any], str]]:
    """Each dialog with a key it would answer to."""
    return [
        (confirm(clock), "y"),
        (confirm(clock), "escape"),
        (TypedConfirm("Purge?", [], expected="Groq", verb="purge", clock=clock), "escape"),
        (ChoiceMenu("Sort by", [Choice("a", "name", "name")], clock=clock), "a"),
        (UnsavedChanges("Price", [Change("Output", "1", "2")], clock=clock), "d"),
        (Collision("Changed.", {"output": (1, 2, 3)}, {}, clock=clock), "t"),
    ]


@pytest.mark.parametrize("which", range(6))
async def test_every_dialog_is_deaf_for_a_quarter_of_a_second(which: int) -> None:
    hands = Hands()
    dialog, key = every_dialog(hands)[which]
    async with opened(dialog) as pilot:
        hands.now += 0.249
        await pilot.press(key)
        assert host_of(pilot).answers == []
        hands.now += 0.001
        await pilot.press(key)
        assert len(host_of(pilot).answers) == 1


async def test_a_purge_needs_the_exact_name() -> None:
    dialog = TypedConfirm("Purge Groq?", ["18 models"], expected="Groq", verb="purge", clock=patient())
    async with opened(dialog) as pilot:
        await pilot.press(*"groq", "enter")
        assert host_of(pilot).answers == []
        assert "! That is not Groq; nothing was done." in host_of(pilot).picture()
        await pilot.press(*["backspace"] * 4, *"Groq", "enter")
        assert host_of(pilot).answers == [True]


async def test_a_purge_is_left_with_escape() -> None:
    dialog = TypedConfirm("Purge Groq?", [], expected="Groq", verb="purge", clock=patient())
    async with opened(dialog) as pilot:
        await pilot.press(*"Groq", "escape")
        assert host_of(pilot).answers == [False]


async def test_a_name_typed_ahead_does_not_count() -> None:
    hands = Hands()
    dialog = TypedConfirm("Purge Groq?", [], expected="Groq", verb="purge", clock=hands)
    async with opened(dialog) as pilot:
        await pilot.press(*"Groq")
        hands.now += 1
        await pilot.press("enter")
        assert host_of(pilot).answers == []


def menu() -> ChoiceMenu:
    choices = [
        Choice("n", "name", "name", "a to z"),
        Choice("M", "models", "model_count"),
        Choice("3", "s", "score"),
    ]
    return ChoiceMenu("Sort providers by", choices, current="name", clock=patient())


@pytest.mark.parametrize(
    ("key", "answer"), [("n", "name"), ("M", "model_count"), ("3", "score"), ("escape", None), ("q", None)]
)
async def test_a_menu_answers_to_its_letters(key: str, answer: str | None) -> None:
    async with opened(menu()) as pilot:
        await pilot.press("m", "x", "7", "enter")
        assert host_of(pilot).answers == []
        await pilot.press(key)
        assert host_of(pilot).answers == [answer]


async def test_a_menu_marks_what_is_chosen_now_and_aligns_what_more_there_is_to_say() -> None:
    async with opened(menu()) as pilot:
        assert "n  name     a to z  (now)" in host_of(pilot).picture()


def unsaved() -> UnsavedChanges:
    return UnsavedChanges("Price of x", [Change("Output", "15.00", "18.00")], clock=patient())


@pytest.mark.parametrize(("key", "answer"), [("s", "save"), ("d", "discard"), ("escape", None)])
async def test_unsaved_changes_are_listed_and_saved_discarded_or_kept(key: str, answer: str | None) -> None:
    async with opened(unsaved()) as pilot:
        await pilot.press("y", "q", "enter")
        assert "Output  15.00 -> 18.00" in host_of(pilot).picture()
        assert host_of(pilot).answers == []
        await pilot.press(key)
        assert host_of(pilot).answers == [answer]


@pytest.mark.parametrize(("key", "answer"), [("k", "mine"), ("t", "theirs"), ("escape", None)])
async def test_two_edits_of_one_field_are_shown_side_by_side(key: str, answer: str | None) -> None:
    fields = {"output": (15, 18, None)}
    dialog = Collision("Changed by another session.", fields, {"output": "Output"}, clock=patient())
    async with opened(dialog) as pilot:
        picture = host_of(pilot).picture()
        for line in ("Output", "was     15", "mine    18", "theirs  empty"):
            assert line in picture
        await pilot.press(key)
        assert host_of(pilot).answers == [answer]


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_text_is_shown_as_text(size: tuple[int, int]) -> None:
    shown = "a[/b]c [v2] �]0;x� �"
    dialogs: list[Dialog[Any]] = [
        Confirm(HOSTILE, [HOSTILE], clock=patient()),
        ChoiceMenu(HOSTILE, [Choice("a", HOSTILE, "a", HOSTILE)], note=HOSTILE, clock=patient()),
        UnsavedChanges(HOSTILE, [Change(HOSTILE, HOSTILE, HOSTILE)], clock=patient()),
        Collision(HOSTILE, {"x": (HOSTILE, HOSTILE, HOSTILE)}, {"x": HOSTILE}, clock=patient()),
        TypedConfirm(HOSTILE, [HOSTILE], expected=HOSTILE, verb="purge", clock=patient()),
    ]
    for dialog in dialogs:
        async with opened(dialog, size) as pilot:
            picture = host_of(pilot).picture()
            assert picture.count(shown) >= 2
            assert "\x1b" not in picture
            assert "\u202e" not in picture


async def test_a_long_list_of_changes_scrolls_and_its_frame_stays_on_the_screen() -> None:
    changes = [Change(f"Field {number}", "a" * 1000, "b") for number in range(60)]
    async with opened(UnsavedChanges("Model x", changes, clock=patient())) as pilot:
        host = host_of(pilot)
        assert "Unsaved changes" in host.picture()
        assert "Field 59" not in host.picture()
        await pilot.press(*["pagedown"] * 5)
        assert "Field 59" in host.picture()
        assert "s  save" in host.picture()


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
async def test_dialogs_draw_in_every_theme(theme: str) -> None:
    host = Host()
    async with host.run_test(size=(80, 24)) as pilot:
        host.theme = theme
        await host.push_screen(confirm(patient()))
        await pilot.pause()
        assert "╭─ Delete provider deepseek?" in host.picture()
