"""The screen of a registry that cannot be opened: nothing happens until a person chooses a way."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.commanding import Shell, everything_below
from tests.driving import on_screen, screen_text, until
from tests.registries import add_keyed, done, provider_draft
from tui_registry.cli.opening import Choices, Session, Surroundings
from tui_registry.cli.recovering import recovered, recovery_app
from tui_registry.cli.screen import Look
from tui_registry.errors import StoreDamaged, StoreMissing
from tui_registry.ui.screens.recovery import RecoveryApp

LOOK = Look(None, ansi_color=False, ascii=False)
SIZE = (80, 24)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A home with one backup, and more saved since."""
    shell = Shell(tmp_path / "home")
    with shell.home.open() as store:
        add_keyed(store)
        store.back_up("exit")
        done(store, lambda write: write.add_provider(provider_draft("xAI", "https://api.x.ai/v1")))
    shell.clock.move(hours=2)
    return shell


def app_of(shell: Shell, *, read_only: bool = False) -> RecoveryApp:
    """The screen that the app would show instead of its first view."""
    session = Session(Choices(home=shell.root, read_only=read_only), Surroundings({}, shell.clock))
    with pytest.raises((StoreDamaged, StoreMissing)) as caught:
        session.opened()
    assert isinstance(caught.value, (StoreDamaged, StoreMissing))
    if read_only:
        recovered(session, caught.value, LOOK)
    return recovery_app(session, caught.value, LOOK)


async def choose(pilot: Pilot[None], key: str, then: str) -> None:
    """Press a letter of the menu once it listens, and wait for what comes of it."""
    await pilot.pause(0.3)
    await pilot.press(key)
    await on_screen(pilot, then)
    await pilot.pause(0.3)


def zero_bytes(path: Path) -> None:
    path.write_bytes(b"")


def a_text(path: Path) -> None:
    path.write_bytes(b"my keys are in the drawer\n" * 400)


def first_page_gone(path: Path) -> None:
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("spoil", [zero_bytes, a_text, first_page_gone, half, gone])
async def test_the_newest_sound_backup_comes_back_and_what_was_there_is_set_aside(
    shell: Shell, spoil: Callable[[Path], None]
) -> None:
    spoil(shell.home.database)
    before = shell.home.database.read_bytes() if shell.home.database.exists() else None
    app = app_of(shell)
    async with app.run_test(size=SIZE) as pilot:
        await on_screen(pilot, "backup of 2h ago   1 provider, 1 key, 0 models, 0 results")
        await choose(pilot, "a", "Restored registry-exit-")
        await pilot.press("y")
        await until(pilot, lambda: not app.is_running)
    assert app.is_mended
    asides = list(shell.home.database.parent.glob("registry.db.damaged-*"))
    assert [each.read_bytes() for each in asides] == ([] if before is None else [before])
    assert "xAI" not in shell.done("provider", "list")


async def test_leaving_changes_nothing(shell: Shell) -> None:
    first_page_gone(shell.home.database)
    before = everything_below(shell.root)
    app = app_of(shell)
    async with app.run_test(size=SIZE) as pilot:
        await on_screen(pilot, "cannot be opened")
        await pilot.pause(0.3)
        await pilot.press("escape")
        await until(pilot, lambda: not app.is_running)
    assert not app.is_mended
    assert everything_below(shell.root) == before


async def test_without_a_sound_backup_rows_are_saved_and_counted(shell: Shell) -> None:
    (backup,) = (shell.root / "data" / "backups").glob("*.db")
    backup.write_bytes(b"damaged too")
    content = bytearray(shell.home.database.read_bytes())
    content[-4096:] = bytes(4096)
    shell.home.database.write_bytes(content)
    app = app_of(shell)
    async with app.run_test(size=SIZE) as pilot:
        await on_screen(pilot, "what can be read")
        assert "backup of" not in screen_text(pilot)
        await choose(pilot, "s", "Saved, table by table:")
        assert "provider                     2 of 2" in screen_text(pilot)
        await pilot.press("y")
        await until(pilot, lambda: not app.is_running)
    assert "xAI" in shell.done("provider", "list")


async def test_what_fails_is_said_and_asked_again(shell: Shell) -> None:
    a_text(shell.home.database)
    app = app_of(shell)
    async with app.run_test(size=SIZE) as pilot:
        await choose(pilot, "s", "Nothing could be saved from")
        await choose(pilot, "n", "A new, empty registry is begun.")
        await pilot.press("escape")
        await until(pilot, lambda: not app.is_running)
    assert not app.is_mended
    assert list(shell.home.database.parent.glob("registry.db.damaged-*"))
    assert shell.done("provider", "list") == ""


def test_who_only_reads_is_told_and_not_asked(shell: Shell) -> None:
    zero_bytes(shell.home.database)
    with pytest.raises(StoreDamaged, match="is empty"):
        app_of(shell, read_only=True)
