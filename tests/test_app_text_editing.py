"""E hands a record to the editor as TOML: saved as by a form, refused text comes back, nothing is left."""

import stat
import sys
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from tests.conftest import Session
from tests.driving import on_screen, screen_text, until
from tests.registries import add_model
from tui_registry.errors import Refused
from tui_registry.ui.actions.text_editing import editor_command
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.screens.list_screen import ListScreen

NARROW = (80, 24)


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that can be handed over, which Textual's headless driver is not."""
    monkeypatch.setattr(HeadlessDriver, "can_suspend", True)


class Editor:
    """A program that stands for a person: each call runs the next lines of shell on the file `$1`."""

    def __init__(self, folder: Path, *turns: str) -> None:
        self.seen = folder / "seen"
        self.seen.mkdir()
        self.program = folder / "editor"
        cases = "\n".join(f"{number}) {turn};;" for number, turn in enumerate(turns))
        self.program.write_text(
            f'#!/bin/sh\nn=$(ls "{self.seen}" | wc -l | tr -d " ")\ncp -p "$1" "{self.seen}/$n"\n'
            f'echo "$1" >> "{folder}/paths"\ncase $n in\n{cases}\nesac\n',
            encoding="utf-8",
        )
        self.program.chmod(0o700)
        self.paths = folder / "paths"

    def shown(self, turn: int) -> str:
        """What the file held when the editor was opened for the turn, from 0."""
        return (self.seen / str(turn)).read_text(encoding="utf-8")


def replaced(before: str, after: str) -> str:
    """Shell that edits the file."""
    return f'sed \'s|{before}|{after}|\' "$1" > "$1.new" && mv "$1.new" "$1"'


def app_with(session: Session, editor: Editor) -> RegistryApp:
    session.desk.environ = {"EDITOR": str(editor.program), "VISUAL": ""}
    return session.app()


async def go_to(pilot: object, app: RegistryApp, view: str, row_id: int) -> None:
    await pilot.press(view)  # type: ignore[attr-defined]
    await until(pilot, lambda: isinstance(app.screen, ListScreen) and app.screen.table.is_loaded)  # type: ignore[arg-type]
    assert isinstance(app.screen, ListScreen)
    app.screen.table.move_to(row_id)


async def test_a_model_is_edited_as_text_and_the_file_is_gone(full: Session, tmp_path: Path) -> None:
    row = add_model(full.store, full.store.reads.provider("Groq"), "mine", description="one\ntwo")
    editor = Editor(tmp_path, replaced('max_input_tokens = ""', "max_input_tokens = 128_000"))
    app = app_with(full, editor)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, "2", row.id)
        await pilot.press("E")
        await on_screen(pilot, "Saved mine.")
    assert full.store.reads.model_by_id(row.id).max_input_tokens == 128_000
    assert full.store.reads.model_by_id(row.id).description == "one\ntwo"
    assert editor.shown(0).startswith("# Model Groq/mine\n")
    assert stat.S_IMODE((editor.seen / "0").stat().st_mode) == 0o600
    assert not Path(editor.paths.read_text(encoding="utf-8").strip()).parent.exists()


async def test_refused_text_comes_back_with_the_reason_and_everything_that_was_typed(
    full: Session, tmp_path: Path
) -> None:
    groq = full.store.reads.provider("Groq")
    editor = Editor(
        tmp_path,
        replaced("^endpoint = .*", 'endpoint = "groq"\\nwebsite = "https://typed.example"')
        + ' && sed -i \'0,/^website = ""/{/^website = ""/d}\' "$1"',
        replaced("^endpoint = .*", 'endpoint = "https://api.groq.com/openai/v2"'),
    )
    app = app_with(full, editor)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, "1", groq.id)
        await pilot.press("E")
        await on_screen(pilot, "Saved Groq.")
    assert editor.shown(1).startswith("#! endpoint: Start with https:// or http://")
    assert 'website = "https://typed.example"' in editor.shown(1)
    saved = full.store.reads.provider("Groq")
    assert (saved.endpoint, saved.website) == ("https://api.groq.com/openai/v2", "https://typed.example")


async def test_leaving_the_text_as_it_is_changes_nothing(full: Session, tmp_path: Path) -> None:
    groq = full.store.reads.provider("Groq")
    app = app_with(full, Editor(tmp_path, "true"))
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, "1", groq.id)
        await pilot.press("E")
        await until(pilot, lambda: (tmp_path / "paths").exists())
        await pilot.pause()
        assert isinstance(app.screen, ListScreen)
    assert full.store.reads.provider("Groq") == groq


async def test_what_was_typed_and_refused_is_only_let_go_when_asked(full: Session, tmp_path: Path) -> None:
    groq = full.store.reads.provider("Groq")
    editor = Editor(tmp_path, replaced("^name = .*", 'name = ""'), "true", "true")
    app = app_with(full, editor)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, "1", groq.id)
        await pilot.press("E")
        await on_screen(pilot, "Let go of what you typed?")
        assert "name: Name is needed." in screen_text(pilot)
        await pilot.pause(0.3)
        await pilot.press("escape")
        await until(pilot, lambda: (editor.seen / "2").exists())
        await on_screen(pilot, "Let go of what you typed?")
        await pilot.pause(0.3)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
    assert editor.shown(2) == editor.shown(1)
    assert full.store.reads.provider("Groq") == groq


async def test_a_price_that_looks_off_is_saved_only_when_it_is_meant(full: Session, tmp_path: Path) -> None:
    row = add_model(full.store, full.store.reads.provider("Groq"), "mine")
    editor = Editor(
        tmp_path, replaced("^input_price_per_token = .*", "input_price_per_token = 0.00000015"), "true"
    )
    app = app_with(full, editor)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, "3", row.id)
        await pilot.press("E")
        await on_screen(pilot, "Looks like a price per")
        assert full.store.reads.model_pricing(row.id) is None
        await pilot.pause(0.3)
        await pilot.press("y")
        await on_screen(pilot, "Saved the price of Groq/mine.")
    price = full.store.reads.model_pricing(row.id)
    assert price is not None
    assert price.input_price_per_token == 1.5e-13


@pytest.mark.parametrize(("answer", "kept"), [("k", "mine"), ("t", "theirs")])
async def test_an_edit_of_the_same_field_by_another_session_asks_which_side_stays(
    full: Session, tmp_path: Path, answer: str, kept: str
) -> None:
    row = add_model(full.store, full.store.reads.provider("Groq"), "mine", version="1")
    theirs = (
        f'"{sys.executable}" -m tui_registry --home "{full.home.root}" model edit Groq mine --version theirs'
    )
    mine = replaced("^version = .*", 'version = "mine"')
    editor = Editor(tmp_path, f"{mine}; {theirs} > /dev/null")
    app = app_with(full, editor)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, "2", row.id)
        await pilot.press("E")
        await on_screen(pilot, "Changed by another session")
        assert all(word in screen_text(pilot) for word in ("was     1", "mine    mine", "theirs  theirs"))
        await pilot.pause(0.3)
        await pilot.press(answer)
        await on_screen(pilot, "Saved mine.")
    assert full.store.reads.model_by_id(row.id).version == kept


@pytest.mark.parametrize(
    ("turn", "sentence"),
    [("exit 3", "ended with 3, so nothing was saved."), ("printf '\\377' > \"$1\"", "UTF-8")],
)
async def test_an_editor_that_fails_is_told_and_nothing_is_saved(
    full: Session, tmp_path: Path, turn: str, sentence: str
) -> None:
    groq = full.store.reads.provider("Groq")
    app = app_with(full, Editor(tmp_path, turn))
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, "1", groq.id)
        await pilot.press("E")
        # The editor's path before it may be long, so the sentence may be broken anywhere.
        await until(pilot, lambda: all(word in screen_text(pilot) for word in sentence.split()))
    assert full.store.reads.provider("Groq") == groq


async def test_an_editor_that_is_not_there_is_told(full: Session, tmp_path: Path) -> None:
    full.desk.environ = {"VISUAL": str(tmp_path / "no-editor")}
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, "4", full.store.reads.provider("Groq").id)
        await pilot.press("E")
        await on_screen(pilot, "Set $EDITOR.")


@pytest.mark.parametrize(
    ("environ", "command"),
    [
        ({"VISUAL": "code --wait", "EDITOR": "nano"}, ["code", "--wait"]),
        ({"VISUAL": " ", "EDITOR": "nano"}, ["nano"]),
        ({}, ["vi"]),
    ],
)
def test_the_editor_is_the_one_of_ones_choice(environ: dict[str, str], command: list[str]) -> None:
    assert editor_command(environ) == command


def test_a_choice_that_is_no_command_is_refused() -> None:
    with pytest.raises(Refused, match="cannot be read"):
        editor_command({"EDITOR": "'vim"})
