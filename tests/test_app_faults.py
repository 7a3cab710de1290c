"""What happens to the file or the vault's key while the app is open: it says so, goes on, and comes back."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext

import pytest
from textual.pilot import Pilot

from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tests.registries import CANARY, add_keyed, done, provider_draft
from tui_registry.store import connections
from tui_registry.store.schema import FORMAT
from tui_registry.text import Secret
from tui_registry.ui.actions import backing_up
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.screens.list_screen import ListScreen

WIDE = (120, 36)


@contextmanager
def held(session: Session) -> Iterator[None]:
    """The registry's file locked by somebody else."""
    with closing(sqlite3.connect(session.home.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def told(pilot: Pilot[None], sentence: str) -> None:
    """Wait until a sentence can be read, wherever a long path makes it wrap."""
    try:
        await until(pilot, lambda: sentence in " ".join(screen_text(pilot).split()))
    except AssertionError:
        raise AssertionError(f"{sentence!r} never appeared on:\n{screen_text(pilot)}") from None


async def test_a_file_that_is_gone_is_named_in_every_view_and_missed_until_it_is_back(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=WIDE) as pilot:
        await on_screen(pilot, "sorted by name")
        away = full.home.database.rename(full.home.database.with_name("away.db"))
        for key in "21":
            await pilot.press(key)
            await told(pilot, "Put it back or restore a backup")
        assert "Anthropic" in screen_text(pilot), "what was read before is still shown"
        await pilot.press("2")
        await told(pilot, "Put it back or restore a backup")
        away.rename(full.home.database)
        await on_screen(pilot, "2,329, sorted by provider")
        assert "restore a backup" not in screen_text(pilot)


async def test_a_held_file_is_waited_for_in_every_view(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=WIDE) as pilot:
        await on_screen(pilot, "sorted by name")
        with held(full):
            for key in "21":
                await pilot.press(key)
                await told(pilot, "locked by another process")
            await pilot.press("e", "K", "2")
            await told(pilot, "locked by another process")
        await on_screen(pilot, "2,329, sorted by provider")


async def test_a_filtered_list_is_counted_although_the_whole_cannot_be(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("2", "slash")
        await type_text(pilot, "provider:groq")
        await pilot.press("enter")
        await on_screen(pilot, " of 2,329")
        with held(full):
            await pilot.press("space")
            await on_screen(pilot, "1 marked")


async def test_the_first_page_stands_without_an_answer_about_keys(empty: Session) -> None:
    app = empty.app()
    async with app.run_test(size=WIDE) as pilot:
        await on_screen(pilot, "No providers yet")
        screen = app.screen
        assert isinstance(screen, ListScreen)
        with held(empty):
            screen._tell_count()
            await told(pilot, "locked by another process")


@pytest.mark.parametrize("key", ["K", "enter"])
async def test_an_endpoint_made_unreadable_in_a_shell_is_shown_and_can_be_opened(
    full: Session, key: str
) -> None:
    groq = full.store.reads.provider("Groq")
    done(full.store, lambda write: write.set_key(groq, Secret(CANARY)))
    with closing(sqlite3.connect(full.home.database, isolation_level=None)) as shell:
        shell.execute(
            "UPDATE provider SET endpoint = 'https://api.groq.com:99999', row_version = row_version + 1"
            " WHERE id = ?",
            (groq.id,),
        )
    app = full.app()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await on_screen(pilot, "sorted by name")
        screen = app.screen
        assert isinstance(screen, ListScreen)
        screen.table.move_to(groq.id)
        await until(pilot, lambda: screen.table.cursor_id == groq.id)
        await pilot.press(key)
        told = "must be put right first" if key == "K" else "for api.groq.com"
        await on_screen(pilot, told)


async def test_r_looks_again_for_a_vault_key_that_went_away_or_came_back(empty: Session) -> None:
    add_keyed(empty.store)
    app = empty.app()
    async with app.run_test(size=WIDE) as pilot:
        await on_screen(pilot, "set, not checked yet")
        away = empty.home.key_file.rename(empty.home.key_file.with_name("away"))
        await pilot.press("r")
        await on_screen(pilot, "locked (vault key missing)")
        away.rename(empty.home.key_file)
        await pilot.press("r")
        await on_screen(pilot, "set, not checked yet")


async def test_the_shells_key_is_not_taken_over_for_a_host_that_an_endpoint_was_moved_to(
    full: Session,
) -> None:
    full.desk.environ = {"GROQ_API_KEY": CANARY, "OPENAI_API_KEY": "sk-" + "x" * 30}
    groq = full.store.reads.provider("Groq")
    moved = provider_draft(endpoint="https://elsewhere.example/v1")
    done(full.store, lambda write: write.save_provider(moved, groq))
    app = full.app()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await on_screen(pilot, "sorted by name")
        await pilot.press("T")
        await on_screen(pilot, "Take over keys?")
        assert "GROQ_API_KEY" not in screen_text(pilot)
        await pilot.pause(0.3)
        await pilot.press("y")
        await on_screen(pilot, "Sealed 1 of 1 keys")
        assert full.store.reads.provider("Groq").api_key_encrypted is None


def deleted(session: Session) -> None:
    session.home.database.unlink()


def upgraded(session: Session) -> None:
    with closing(sqlite3.connect(session.home.database)) as shell:
        shell.execute(f"PRAGMA user_version = {FORMAT + 1}")


def emptied(session: Session) -> None:
    session.home.database.write_bytes(b"")


@pytest.mark.parametrize(
    ("spoil", "told_as"),
    [
        (deleted, "There is no registry at"),
        (upgraded, "Please restart this one"),
        (emptied, "any more that was opened"),
        (held, "locked by another process"),
    ],
)
async def test_a_save_that_cannot_be_made_says_why_and_keeps_what_was_typed(
    empty: Session, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Session], object], told_as: str
) -> None:
    monkeypatch.setattr(connections, "WRITE_PATIENCE", 0.1)
    add_keyed(empty.store)
    app = empty.app()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await type_text(pilot, "4217")
        context = spoil(empty)
        with context if isinstance(context, AbstractContextManager) else nullcontext():
            await pilot.press("ctrl+s")
            await told(pilot, told_as)
        assert isinstance(app.screen, FormScreen)
        assert app.screen.texts["requests_per_minute"] == "4217"
        assert "4217" in screen_text(pilot)
    assert not empty.home.database.exists() or spoil is not deleted, "it is not made anew"


async def test_a_deleted_file_is_saved_from_what_is_still_open_of_it(empty: Session) -> None:
    add_keyed(empty.store)
    app = empty.app()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        empty.home.database.unlink()
        await pilot.press("2")
        await told(pilot, "Back up now saves what is still open of it")
        await pilot.press("1")
        assert isinstance(app.screen, ListScreen)
        app.screen.begin(backing_up.back_up_now)
        await told(pilot, "Backed up to")
    (backup,) = empty.store.backups()
    assert empty.store.look_into_backup(backup.path).keys == 1
