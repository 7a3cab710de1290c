"""What is typed arrives where it is typed, and a name with signs of markup is shown as it is."""

from collections.abc import Mapping
from pathlib import Path
from time import monotonic

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.commanding import Shell
from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tests.gallery import Steps, at_home, play
from tests.registries import add_model, done, owner_of
from tests.watching import Watched
from tui_registry.errors import StoreError
from tui_registry.store import new_result

EVERY_KEY = "q123edus?:/ x"
"""Letters and signs that are keys of lists, ended by one that a trimmed field would keep."""

NARROW = (80, 24)
GROQ = ("see|sorted by name", "find|groq", "see|1 of 36")
MODEL = ("2", "see|sorted by", "find|provider:groq", "see|of 2,3")

INPUTS: Mapping[str, Steps] = {
    "filter": ("see|sorted by name", "slash"),
    "commands": ("see|sorted by name", "colon"),
    "picker": (*GROQ, "n", "see|New provider"),
    "custom provider": (*GROQ, "n", "type|Mine", "enter", "see|API type", "down"),
    "provider": (*GROQ, "e", "see|Base URL", "ctrl+u"),
    "key": (*GROQ, "K", "see|API key of"),
    "default price": (*GROQ, "p", "see|Default price of", "ctrl+u"),
    "limits": (*GROQ, "l", "see|Limits of"),
    "model": (*MODEL, "e", "see|Model id", "ctrl+u"),
    "model price": (*MODEL, "p", "see|Price of", "ctrl+u"),
    "file": (*MODEL, "y", "deaf", "w", "deaf", "i", "see|File", "ctrl+u"),
    "purge": (*GROQ, "d", "deaf", "p", "see|Type Groq", "deaf"),
    "budget": (*GROQ, "v", "see|Nothing can be asked", "deaf", "b", "see|no budget", "deaf"),
}


def written(pilot: Pilot[None]) -> str:
    """What the focused field holds."""
    focused = pilot.app.focused
    if isinstance(focused, TextArea):
        return focused.text
    assert isinstance(focused, Input), focused
    return focused.value


async def test_every_sign_typed_into_an_input_ends_up_in_it(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        for name, steps in INPUTS.items():
            await play(pilot, steps)
            screen = app.screen
            await type_text(pilot, EVERY_KEY)
            await until(pilot, lambda: EVERY_KEY in written(pilot))
            assert (name, app.screen, written(pilot)) == (name, screen, EVERY_KEY)
            await at_home(pilot, NARROW)


NAME = "a[/b]c [v2]"
LEAST_WAIT = 0.01
"""Seconds that a key would at least wait for one that nobody handles any more."""


@pytest.fixture
def marked_up(full: Session) -> Session:
    """A model whose name, note and error look like markup."""
    row = add_model(full.store, full.store.reads.provider("Groq"), NAME, name=NAME, description=NAME)
    result = new_result(
        provider=owner_of(full.store, row),
        model=row,
        test_type="chat",
        status="fail",
        outcome="http",
        evidence=f'{{"sentence": "The provider says {NAME}"}}',
    )
    done(full.store, lambda write: write.record_result(result))
    return full


async def test_a_name_like_markup_is_whole_in_table_page_dialog_toast_and_error(marked_up: Session) -> None:
    app = marked_up.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await play(pilot, ("2", "slash", "type|a[/b]c", "enter", "see|1 of 2,330"))
        assert NAME in screen_text(pilot)
        await pilot.press("enter")
        await on_screen(pilot, f"Name         {NAME}")
        assert f"Notes        {NAME}" in screen_text(pilot)
        await play(pilot, ("d", f"see|Delete model Groq/{NAME}?", "deaf", "escape", "y", "deaf", "i"))
        await on_screen(pilot, "Copied the model id")
        assert f"▌ {NAME}" in screen_text(pilot)
        app.clear_notifications()
        await play(pilot, ("escape", "5", "see|sorted by when", f"see|The provider says {NAME}"))
        await play(pilot, ("enter", "see|Result 1", f"see|The provider says {NAME}", "escape"))
        screen = app.screen
        screen.refuse(str(StoreError(NAME)))  # type: ignore[attr-defined]
        await on_screen(pilot, f"▌ {NAME}")
        screen.announce(NAME)  # type: ignore[attr-defined]
        await on_screen(pilot, f"! {NAME}")


def test_what_a_slow_line_brings_at_once_is_typed_where_it_belongs(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    terminal = Watched(shell.root)
    terminal.shows("Groq")
    terminal.type("/ncedKpl")
    terminal.shows("No provider matches  ncedKpl")
    terminal.type("\x1b")
    terminal.shows("1, sorted by name")
    terminal.type("q")
    assert terminal.end() == 0


def test_keys_typed_after_the_last_one_do_not_hold_the_program_back(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    terminal = Watched(shell.root)
    terminal.shows("Groq")
    terminal.type("\x11" + "j" * 600)
    started = monotonic()
    assert terminal.end() == 0
    assert monotonic() - started < 600 * LEAST_WAIT
