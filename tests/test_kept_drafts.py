"""What was typed outlives the terminal: kept for its owner alone, offered at the next start, never a key."""

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.commanding import Shell
from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tests.registries import CANARY
from tests.watching import Watched
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.kept_forms import KeptForm, KeptForms, Origin
from tui_registry.ui.forms.restoring import DEEDS
from tui_registry.ui.screens.list_screen import ListScreen

SIZE = (80, 24)
FIRST = "Amazon Bedrock"
"""The provider under the cursor when the app opens."""


@pytest.fixture
def kept(full: Session) -> KeptForms:
    """The kept forms of the full registry."""
    full.desk.drafts = full.home.root / "state" / "drafts"
    return KeptForms(full.desk.drafts, full.store.path)


def form_of(app: RegistryApp) -> "FormScreen[object]":
    """The form that is open."""
    assert isinstance(app.screen, FormScreen)
    return app.screen


async def in_form(pilot: Pilot[None], *keys: str) -> None:
    """Press keys that open a form."""
    await pilot.press(*keys)
    await until(pilot, lambda: isinstance(pilot.app.screen, FormScreen))


async def at_first_provider(pilot: Pilot[None]) -> None:
    await on_screen(pilot, FIRST)


async def end_by_signal(app: RegistryApp, pilot: Pilot[None]) -> None:
    """Let the system end the app, as a closed terminal does."""
    os.kill(os.getpid(), signal.SIGTERM)
    await until(pilot, lambda: not app.is_running)


async def answered(pilot: Pilot[None], key: str) -> None:
    """Answer the offer of a kept form."""
    await on_screen(pilot, "Kept unsaved")
    await pilot.pause(0.3)
    await pilot.press(key)


async def type_limits(full: Session) -> None:
    """Type into the limits of the first provider, and have the app ended."""
    app = full.app()
    async with app.run_test(size=SIZE) as pilot:
        await at_first_provider(pilot)
        await in_form(pilot, "l")
        await type_text(pilot, "42")
        await pilot.press("tab")
        await type_text(pilot, "not a number")
        await end_by_signal(app, pilot)
    assert app.return_code == 128 + signal.SIGTERM


async def test_what_was_typed_comes_back_in_the_same_form_and_can_be_saved(
    full: Session, kept: KeptForms
) -> None:
    await type_limits(full)
    app = full.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, f"Kept unsaved: Limits of {FIRST}")
        await answered(pilot, "r")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        assert form_of(app).form_title == f"Limits of {FIRST}"
        assert form_of(app).texts["requests_per_minute"] == "42"
        assert form_of(app).texts["requests_per_hour"] == "not a number"
        assert form_of(app).has_unsaved()
        assert len(kept.all()) == 1
        await pilot.press("tab", "ctrl+u", "ctrl+s")
        await on_screen(pilot, f"Saved the limits of {FIRST}")
        await until(pilot, lambda: kept.all() == [])
    limits = full.store.reads.limits(full.store.reads.provider(FIRST).id)
    assert limits is not None
    assert limits.requests_per_minute == 42


async def test_a_form_restored_and_lost_again_is_still_kept(full: Session, kept: KeptForms) -> None:
    await type_limits(full)
    app = full.app()
    async with app.run_test(size=SIZE) as pilot:
        await answered(pilot, "r")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await type_text(pilot, "7")
        await end_by_signal(app, pilot)
    assert [each.texts["requests_per_minute"] for each in kept.all()] == ["427"]


@pytest.mark.parametrize(("key", "left"), [("x", 0), ("escape", 1)])
async def test_a_kept_form_is_forgotten_on_request_and_else_offered_again(
    full: Session, kept: KeptForms, key: str, left: int
) -> None:
    await type_limits(full)
    app = full.app()
    async with app.run_test(size=SIZE) as pilot:
        await answered(pilot, key)
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        await until(pilot, lambda: len(kept.all()) == left)


async def test_only_its_owner_can_read_what_is_kept(full: Session, kept: KeptForms) -> None:
    await type_limits(full)
    assert full.desk.drafts is not None
    assert stat.S_IMODE(full.desk.drafts.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in full.desk.drafts.iterdir()] == [0o600]


async def test_a_key_is_never_kept(full: Session, kept: KeptForms) -> None:
    app = full.app()
    async with app.run_test(size=SIZE) as pilot:
        await at_first_provider(pilot)
        await in_form(pilot, "j", "K")
        await type_text(pilot, CANARY.replace("_", "-"))
        assert form_of(app).has_unsaved()
        await end_by_signal(app, pilot)
    assert full.desk.drafts is not None
    assert not full.desk.drafts.exists()


async def test_a_key_typed_into_a_note_by_mistake_is_not_kept(full: Session, kept: KeptForms) -> None:
    app = full.app()
    async with app.run_test(size=SIZE) as pilot:
        await at_first_provider(pilot)
        await in_form(pilot, "e")
        await pilot.press("tab", "tab", "tab")
        await type_text(pilot, "sk-proj-" + "Ab3xY9" * 6)
        await end_by_signal(app, pilot)
    assert kept.all() == []


async def test_a_form_without_changes_is_not_kept(full: Session, kept: KeptForms) -> None:
    app = full.app()
    async with app.run_test(size=SIZE) as pilot:
        await at_first_provider(pilot)
        await in_form(pilot, "l")
        await end_by_signal(app, pilot)
    assert kept.all() == []


async def test_what_another_session_saved_meanwhile_in_another_field_stays(
    full: Session, kept: KeptForms
) -> None:
    from tui_registry.store.drafts import LimitsDraft

    provider = full.store.reads.provider(FIRST)
    await type_limits(full)
    draft = LimitsDraft.parse({"tokens_per_hour": "9000"})
    full.store.write(lambda writes: writes.save_limits(provider, draft, None)).result()
    app = full.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await answered(pilot, "r")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("tab", "ctrl+u", "ctrl+s")
        await on_screen(pilot, f"Saved the limits of {FIRST}")
    limits = full.store.reads.limits(provider.id)
    assert limits is not None
    assert (limits.requests_per_minute, limits.tokens_per_hour) == (42, 9000)


async def test_a_form_whose_record_is_gone_says_so_and_stays_kept(full: Session, kept: KeptForms) -> None:
    kept.keep(
        KeptForm(Origin("limits", (987654,)), "Limits of Gone", {"requests_per_minute": "1"}, _now(full))
    )
    app = full.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await answered(pilot, "r")
        await on_screen(pilot, "This cannot be restored now, and stays kept")
        assert len(kept.all()) == 1, "what was typed is forgotten by x alone"


async def test_a_new_provider_comes_back_with_its_address(empty: Session) -> None:
    empty.desk.drafts = empty.home.root / "state" / "drafts"
    app = empty.app()
    async with app.run_test(size=SIZE) as pilot:
        await on_screen(pilot, "No providers yet")
        await pilot.press("n")
        await on_screen(pilot, "New provider")
        await type_text(pilot, "Groq")
        await in_form(pilot, "enter")
        await pilot.press("tab", "tab", "tab")
        await type_text(pilot, "for the team")
        await end_by_signal(app, pilot)
    again = empty.app()
    async with again.run_test(size=SIZE) as pilot:
        await answered(pilot, "r")
        await until(pilot, lambda: isinstance(again.screen, FormScreen))
        assert form_of(again).texts["description"] == "for the team"
        assert form_of(again).texts["name"] == "Groq"
        assert "groq.com" in screen_text(pilot)


def _provider(full: Session) -> tuple[int, str]:
    row = full.store.reads.provider("Groq")
    return row.id, row.uuid


def _model(full: Session) -> tuple[int, str]:
    row = full.store.reads.models(_provider(full)[0])[0]
    return row.id, row.uuid


FORMS: dict[str, tuple[str, Callable[[Session], tuple[int | str, ...]]]] = {
    "default price": ("input_price_per_token", _provider),
    "limits": ("requests_per_minute", _provider),
    "model": ("name", _model),
    "model price": ("input_price_per_token", _model),
    "new model": ("model_id", _provider),
    "cloned model": ("name", _model),
    "provider": ("description", _provider),
    "new provider": ("description", lambda full: ("Of my own",)),
    "cloned provider": ("description", lambda full: (*_provider(full), "Of my own")),
}


def _now(full: Session) -> str:
    from tui_registry.clock import stamp

    return stamp(full.home.clock())


def test_every_form_that_can_be_kept_is_tried() -> None:
    assert FORMS.keys() == DEEDS.keys()


@pytest.mark.parametrize("form", FORMS)
async def test_each_form_opens_again_with_its_texts_and_is_the_one_it_says(
    full: Session, kept: KeptForms, form: str
) -> None:
    name, records = FORMS[form]
    origin = Origin(form, records(full))
    kept.keep(KeptForm(origin, "Some form", {name: "31"}, _now(full)))
    app = full.app()
    async with app.run_test(size=SIZE) as pilot:
        await answered(pilot, "r")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        assert form_of(app).texts[name] == "31"
        assert form_of(app).origin == origin


@pytest.mark.parametrize(
    "written", [b"", b"{", b"[]", b"{}", b"\xff", b'{"database": 1}', b"x" * 300_000], ids=range(7)
)
def test_a_file_that_is_none_of_ours_is_left_alone(tmp_path: Path, written: bytes) -> None:
    forms = KeptForms(tmp_path / "drafts", tmp_path / "registry.db")
    assert forms.all() == []
    origin = Origin("limits", (1,))
    forms.keep(KeptForm(origin, "Limits", {"requests_per_minute": "1"}, "2026-01-01T00:00:00.000Z"))
    (tmp_path / "drafts" / "other.json").write_bytes(written)
    assert [each.origin for each in forms.all()] == [origin]
    assert (tmp_path / "drafts" / "other.json").read_bytes() == written


def test_another_database_is_not_offered_these_forms(tmp_path: Path) -> None:
    here = KeptForms(tmp_path / "drafts", tmp_path / "registry.db")
    there = KeptForms(tmp_path / "drafts", tmp_path / "other.db")
    kept = KeptForm(Origin("limits", (1,)), "Limits", {"a": "1"}, "2026-01-01T00:00:00.000Z")
    here.keep(kept)
    assert (here.all(), there.all()) == ([kept], [])
    there.forget(kept.origin)
    assert here.all() == [kept]
    here.forget(kept.origin)
    assert here.all() == []


def _form_of_groq(root: Path) -> Watched:
    """The program in a real terminal, with 42 typed into the limits of Groq."""
    terminal = Watched(root)
    terminal.shows("Groq")
    terminal.type("l")
    terminal.shows("Requests / min")
    terminal.type("42")
    terminal.shows("1 change")
    return terminal


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_keeps_the_form_and_says_so(tmp_path: Path, number: signal.Signals) -> None:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    terminal = _form_of_groq(shell.root)
    terminal.process.send_signal(number)
    assert terminal.end() == 128 + number
    assert b"kept for the next start" in terminal.written
    again = Watched(shell.root)
    again.shows("Kept unsaved")
    again.process.terminate()
    again.end()


def test_a_terminal_that_is_closed_leaves_the_form_and_no_process(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    terminal = _form_of_groq(shell.root)
    os.close(terminal.master)
    terminal.process.wait(timeout=20)
    again = Watched(shell.root)
    again.shows("Kept unsaved")
    again.process.terminate()
    again.end()
