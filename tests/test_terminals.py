"""Terminals of all kinds: small, without colour, ASCII alone, resized, stopped and continued, idle."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.commanding import PROGRAM, Shell
from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tests.watching import Watched
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.keymap import KEYS
from tui_registry.ui.screens.dialogs import UnsavedChanges
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.too_small import TooSmall
from tui_registry.ui.terminal.safety import AsciiFilter
from tui_registry.ui.words import STATE_GLYPH, state

HARD_KEYS = frozenset(
    {"ctrl+h", "ctrl+i", "ctrl+m", "ctrl+a", "ctrl+b", "ctrl+space", "ctrl+@", "ctrl+enter"}
)
"""Keys that terminals or multiplexers change, swallow or never send."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A home with one provider."""
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    return shell.root


def opened(root: Path, *words: str, environ: Mapping[str, str] | None = None) -> Watched:
    """The app in a real terminal, once it shows its first view."""
    terminal = Watched(root, *words, environ=environ)
    terminal.shows("- off   Groq")
    return terminal


def left(terminal: Watched) -> bytes:
    """All that was written, after ctrl+q."""
    terminal.type("\x11")
    assert terminal.end() == 0
    return terminal.written


# Too small.


async def test_below_60x15_a_page_says_so_and_goes_when_there_is_room(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await on_screen(pilot, "Amazon Bedrock")
        await pilot.press("j", "j")
        for width, height in ((59, 24), (80, 14), (59, 14), (40, 10)):
            await pilot.resize_terminal(width, height)
            await on_screen(pilot, f"This terminal is {width}x{height}.")
        await pilot.press("2", "e", "d", "ctrl+p", "colon", "question_mark", "escape")
        assert isinstance(app.screen, TooSmall)
        await pilot.resize_terminal(60, 15)
        await on_screen(pilot, "Amazon Bedrock")
        assert isinstance(app.screen, ListScreen)
        assert app.screen.table.cursor_position == 2
        assert app.current_mode == "providers"


async def test_a_form_outlives_a_terminal_that_was_too_small(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await on_screen(pilot, "Amazon Bedrock")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await type_text(pilot, "42")
        await pilot.resize_terminal(40, 10)
        await on_screen(pilot, "60x15 or more")
        await type_text(pilot, "7")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, UnsavedChanges))
        await pilot.resize_terminal(80, 24)
        await pilot.pause(0.3)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        assert isinstance(app.screen, FormScreen)
        assert app.screen.texts["requests_per_minute"] == "42"


async def test_q_leaves_a_terminal_that_is_too_small(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=(40, 10)) as pilot:
        await on_screen(pilot, "q quits")
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


@pytest.mark.parametrize("size", [(80, 24), (112, 30), (120, 36), (200, 60)])
async def test_at_every_size_the_frame_is_whole_and_nothing_scrolls_sideways(
    full: Session, size: tuple[int, int]
) -> None:
    app = full.app()
    async with app.run_test(size=size) as pilot:
        await on_screen(pilot, "Amazon Bed")
        for key in "12345":
            await pilot.press(key)
            await pilot.pause()
            await until(pilot, lambda: "Filter" in screen_text(pilot).splitlines()[-1])
            lines = screen_text(pilot).splitlines()
            assert len(lines) == size[1]
            assert {line[-1] for line in lines[1:-1] if line} <= set("╮│╯▐"), key
            shown = [each for each in app.screen.query("*") if each.show_horizontal_scrollbar]
            assert shown == []


# Without colour, and with ASCII alone.


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "linux"}, {"TERM": "screen"}], ids=str)
def test_cursor_focus_marks_and_states_are_told_apart_without_colour(
    root: Path, environ: dict[str, str]
) -> None:
    terminal = opened(root, environ=environ)
    assert b"\x1b[7m  - off   Groq" in terminal.written
    terminal.type(" ")
    terminal.shows("* - off   Groq" if environ.get("TERM") == "linux" else "● - off   Groq")
    terminal.type("l")
    terminal.shows("> Requests / min" if environ.get("TERM") == "linux" else "▸ Requests / min")
    assert b";4m" in terminal.written or b"[4m" in terminal.written
    written = left(terminal)
    assert b"38;5;" not in written
    assert b"38;2;" not in written


def test_every_state_has_a_word_of_its_own_beside_its_glyph() -> None:
    words = list(STATE_GLYPH)
    for ascii_only in (False, True):
        drawn = [state(word, ascii_only) for word in words]
        assert len(set(drawn)) == len(words)
        assert all(text.split(" ", 1)[1] == word for text, word in zip(drawn, words, strict=True))
        assert not ascii_only or all(text.isascii() for text in drawn)


@pytest.mark.parametrize(
    ("words", "environ"),
    [
        (("--ascii",), {}),
        ((), {"TERM": "linux"}),
        (("--ascii", "--no-thin-line"), {}),
        ((), {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    ],
    ids=str,
)
def test_no_character_beyond_ascii_leaves_whatever_is_opened(
    root: Path, words: tuple[str, ...], environ: dict[str, str]
) -> None:
    terminal = opened(root, *words, environ=environ)
    for key, sign in (
        ("\r", "Base URL"),
        ("?", "MOVE"),
        ("q", "Base URL"),
        ("q", "sorted by name"),
        ("e", "Save"),
        ("\x1b", "sorted by name"),
        ("s", "Sort providers by"),
        ("\x1b", "sorted by name"),
        ("y", "Copy from"),
        ("\x1b", "sorted by name"),
        ("n", "New provider"),
        ("\x1b", "sorted by name"),
        ("/", "/"),
        ("é\r", "No provider matches"),
        ("\x1b", "sorted by name"),
        ("2", "No models"),
        ("3", "Prices"),
        ("4", "Limits"),
        ("5", "Nothing verified"),
        (":", "Search"),
    ):
        terminal.quiet(0.5)  # a dialog is deaf at first
        terminal.type(key)
        terminal.shows(sign)
    terminal.quiet(0.5)
    terminal.type("\x1b")
    terminal.shows_no_more("Search")
    assert left(terminal).isascii()


def test_what_stands_for_a_character_is_as_wide_as_it() -> None:
    from rich.segment import Segment
    from textual.color import Color

    drawn = AsciiFilter().apply([Segment("╔═╗…日é▸")], Color(0, 0, 0))
    assert drawn[0].text.isascii()
    assert drawn[0].cell_length == Segment("╔═╗…日é▸").cell_length


# Keys that arrive.


def test_no_key_is_one_that_terminals_change_or_multiplexers_swallow() -> None:
    assert [name for key in KEYS for name in key.names if name in HARD_KEYS or name.startswith("alt+")] == []


def test_what_a_list_does_needs_no_more_than_letters_digits_signs_enter_esc_tab_and_arrows() -> None:
    """Paging has arrows and `G`, suspending and redrawing have a shell's own ways."""
    spared = {"app.suspend", "app.redraw", "app.copy_or_quit", "app.quit_now"}
    spared |= {"list.page_down", "list.page_up", "list.half_down", "list.half_up"}
    for key in KEYS:
        if key.group == "Form" or key.id in spared:
            continue
        easy = [name for name in key.names if "+" not in name and not (name[0] == "f" and name[1:].isdigit())]
        assert easy, key.id


# Ways out of a form.


@pytest.mark.parametrize("keys", [("ctrl+q", "ctrl+q"), ("escape",)], ids=str)
@pytest.mark.parametrize("opening", ["l", "e", "p"])
async def test_every_way_out_of_a_changed_form_asks_once_and_keeps_what_was_typed(
    full: Session, keys: tuple[str, ...], opening: str
) -> None:
    app = full.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await on_screen(pilot, "Amazon Bedrock")
        await pilot.press(opening)
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("end")
        await type_text(pilot, "7")
        form = app.screen
        assert isinstance(form, FormScreen)
        texts = form.texts
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, UnsavedChanges))
        assert len([each for each in app.screen_stack if isinstance(each, UnsavedChanges)]) == 1
        await pilot.pause(0.3)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is form)
        assert form.texts == texts


async def test_no_view_and_no_command_leads_out_of_a_form(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await on_screen(pilot, "Amazon Bedrock")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await type_text(pilot, "7")
        await pilot.press("ctrl+p", "ctrl+c", "ctrl+c", "f1")
        await on_screen(pilot, "IN A FORM")
        await pilot.press("2", "colon", "ctrl+p")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        assert isinstance(app.screen, FormScreen)
        assert app.screen.texts["requests_per_minute"] == "7"
        assert app.current_mode == "providers"


# A slow line, and none.


async def test_on_a_slow_line_there_is_no_pane_beside_the_list(full: Session) -> None:
    full.desk.slow = True
    app = full.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await on_screen(pilot, "Amazon Bedrock")
        assert not app.screen.query("#detail-pane")
        await pilot.press("5")
        await on_screen(pilot, "Nothing verified")
        assert not app.screen.query("#detail-pane")


def test_a_slow_line_gets_fewer_bytes(root: Path) -> None:
    usual, slow = opened(root), opened(root, "--slow")
    assert len(left(slow)) < len(left(usual))
    assert b"38;5;" not in slow.written


@pytest.mark.parametrize("words", [(), ("--no-thin-line",)], ids=str)
def test_nothing_is_written_while_nobody_does_anything(root: Path, words: tuple[str, ...]) -> None:
    terminal = opened(root, *words)
    terminal.quiet(2.5)
    assert terminal.quiet(5) == 0
    terminal.type("l")
    terminal.shows("Requests / min")
    terminal.quiet(1)
    assert terminal.quiet(3) == 0
    left(terminal)


# A real terminal that changes under the app.


def test_a_resized_terminal_shows_the_page_that_fits_it(root: Path) -> None:
    terminal = opened(root)
    terminal.resize(40, 10)
    terminal.shows("60x15 or more is needed.")
    terminal.resize(120, 36)
    terminal.shows("- off   Groq")
    terminal.shows("Base URL")
    left(terminal)


def test_ctrl_z_gives_the_shell_back_and_fg_the_app(root: Path) -> None:
    shell = Watched(root, "-i", program=("/bin/sh",), environ={"PS1": "ready> ", "ENV": ""})
    shell.shows("ready>")
    shell.type(f"{PROGRAM[0]} -m tui_registry\r")
    shell.shows("- off   Groq")
    shell.type("\x1a")
    shell.shows("topped")
    assert shell.written.rindex(b"\x1b[?1049l") > shell.written.rindex(b"\x1b[?1049h")
    shell.type("fg\r")
    shell.quiet(1)
    shell.type("2")
    shell.shows("No models")
    shell.type("\x11")
    shell.quiet(2)
    shell.type("exit\r")
    assert shell.end() == 0
    assert shell.written.count(b"\x1b[?1049h") == shell.written.count(b"\x1b[?1049l") == 2


def test_a_terminal_with_another_encoding_gets_what_it_can_show(root: Path) -> None:
    terminal = Watched(root, environ={"PYTHONIOENCODING": "iso-8859-1"})
    terminal.shows("- off   Groq")
    assert b"\\u" not in left(terminal)
