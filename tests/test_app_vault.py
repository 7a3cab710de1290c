"""A vault with a passphrase in the app: unlocked when a key is needed, locked again, and looked after."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import Session, open_session
from tests.driving import on_screen, screen_text, type_text, until
from tests.fault_server import FaultServer
from tests.openai_like import OpenAiLike, add_provider
from tests.passphrases import PASSPHRASE, quick
from tests.registries import CANARY, OPENAI, Home, add_keyed, done, provider_draft
from tui_registry.errors import KeyFileRefused
from tui_registry.store import Provider
from tui_registry.text import Secret
from tui_registry.ui.actions import locking, vault_deeds, verifying
from tui_registry.ui.actions.locking import IdleLock
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.forms.fields import PassphraseField, SecretField, TextField
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.screens.dialogs import Confirm
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.unlocking import UnlockDialog
from tui_registry.ui.screens.vault_dialogs import RecoveryCode
from tui_registry.ui.screens.vault_page import VaultPage, show_vault, vault_commands
from tui_registry.ui.screens.verify_dialog import VerifyDialog
from tui_registry.vault import Vault

__all__ = ["quick"]

pytestmark = pytest.mark.usefixtures("quick")
SIZE = (80, 24)
OTHER = "another passphrase"


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Session]:
    """A registry with one key, behind a passphrase that nobody has given."""
    session = open_session(Home(tmp_path / "home"))
    add_keyed(session.store)
    wrap = session.desk.vault.wrap_for(Secret(PASSPHRASE))
    done(session.store, lambda writes: writes.vault.protect(wrap))
    session.desk.vault.lock()
    yield session
    session.store.close()


@asynccontextmanager
async def opened(session: Session) -> AsyncIterator[tuple[RegistryApp, Pilot[None]]]:
    app = session.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        yield app, pilot


async def listening(pilot: Pilot[None], kind: type[Any]) -> None:
    """Wait for a dialog, and until it takes an answer."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.listening)


async def unlock(pilot: Pilot[None], words: str = PASSPHRASE) -> None:
    """Answer the question for the passphrase."""
    await listening(pilot, UnlockDialog)
    pilot.app.screen.query_one(PassphraseField).value = words
    await pilot.press("enter")


def begin(app: RegistryApp, deed: Any) -> None:  # noqa: ANN401
    screen = app.screen
    assert isinstance(screen, DeskScreen)
    screen.begin(deed)


async def test_a_locked_vault_is_shown_and_everything_that_needs_no_key_works(locked: Session) -> None:
    async with opened(locked) as (app, pilot):
        await on_screen(pilot, "locked")
        assert "KEYS-LOCKED" in screen_text(pilot)
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await type_text(pilot, "60")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        assert locked.store.reads.limits(1).requests_per_minute == 60  # type: ignore[union-attr]
        for key in "2341":
            await pilot.press(key)
        await until(pilot, lambda: app.current_mode == "providers")
        assert not isinstance(app.screen, UnlockDialog)


async def test_the_passphrase_is_asked_for_when_a_key_is_needed_until_it_fits(locked: Session) -> None:
    async with opened(locked) as (app, pilot):
        await pilot.press("K")
        await unlock(pilot, "wrong passphrase")
        await on_screen(pilot, "does not open")
        assert app.screen.query_one(PassphraseField).value == ""
        await unlock(pilot)
        await on_screen(pilot, "Key of Groq: set")
        await pilot.pause(0.3)
        await pilot.press("escape")
        await on_screen(pilot, "unchecked")
        assert "KEYS-LOCKED" not in screen_text(pilot)
        assert PASSPHRASE not in repr(app.screen._nodes) + screen_text(pilot)


async def test_esc_goes_on_locked_and_loses_nothing_that_was_typed(locked: Session) -> None:
    row = done(locked.store, lambda writes: writes.add_provider(provider_draft("OpenAI", OPENAI)))
    async with opened(locked) as (app, pilot):
        screen = app.screen
        assert isinstance(screen, ListScreen)
        await until(pilot, lambda: screen.table.total == 2)
        screen.table.move_to(row.id)
        await until(pilot, lambda: screen.table.cursor_id == row.id)
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.screen, UnlockDialog | FormScreen))
        if isinstance(app.screen, UnlockDialog):
            await pilot.pause(0.3)
            await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        app.screen.query_one(SecretField).value = "sk-0123456789abcdef"
        await pilot.press("ctrl+s")
        await listening(pilot, UnlockDialog)
        await pilot.press("escape")
        await on_screen(pilot, "Not saved. The vault is locked")
        assert app.screen.query_one(SecretField).value == "sk-0123456789abcdef"
        await pilot.press("ctrl+s")
        await unlock(pilot)
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        assert locked.store.open_key(locked.store.reads.provider_again(row)).reveal() == "sk-0123456789abcdef"


async def test_a_deed_that_meets_a_locked_vault_asks_and_goes_on(locked: Session) -> None:
    seen = []

    async def deed(screen: DeskScreen) -> None:
        seen.append(screen.desk.store.open_key(screen.desk.store.reads.provider_by_id(1)).reveal())

    async with opened(locked) as (app, pilot):
        begin(app, deed)
        await unlock(pilot)
        await until(pilot, lambda: seen == [CANARY])


async def test_a_passphrase_the_program_was_started_with_is_used_once(locked: Session) -> None:
    locked.desk.passphrase = Secret(PASSPHRASE)
    async with opened(locked) as (_app, pilot):
        await pilot.press("K")
        await on_screen(pilot, "Key of Groq: set")
        assert locked.desk.passphrase is None


async def test_ctrl_l_locks_hides_what_is_shown_and_stops_what_uses_keys(locked: Session) -> None:
    stopped = []

    async def waits(_screen: DeskScreen) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.append(True)

    locked.desk.vault.unlock(Secret(PASSPHRASE))
    async with opened(locked) as (app, pilot):
        await on_screen(pilot, "unchecked")
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        screen.begin_asking(waits)
        await pilot.press("K")
        await pilot.pause(0.3)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        field = app.screen.query_one(SecretField)
        field.value = CANARY
        field.revealed = True
        await on_screen(pilot, CANARY)
        assert CANARY in app.export_screenshot(), "the control"
        await pilot.press("ctrl+l")
        await on_screen(pilot, "The vault is locked.")
        await until(pilot, lambda: CANARY not in screen_text(pilot))
        assert (stopped, field.value) == ([True], CANARY)
        assert CANARY not in app.export_screenshot()
        assert not [each for each in app.get_system_commands(app.screen) if "creenshot" in each.title]
        assert locked.desk.vault.needs_unlocking()
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, FormScreen))
        await pilot.pause(0.3)
        await pilot.press("d")
        await on_screen(pilot, "KEYS-LOCKED")


async def test_ctrl_l_only_redraws_where_there_is_no_passphrase(empty: Session) -> None:
    add_keyed(empty.store)
    async with opened(empty) as (app, pilot):
        await on_screen(pilot, "unchecked")
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert not empty.desk.vault.needs_unlocking()
        assert len(app._notifications) == 0


def test_the_time_of_idling_counts_from_the_last_key() -> None:
    now = [0.0]
    idle = IdleLock(15, lambda: now[0])
    now[0] = 899
    assert not idle.is_due()
    idle.pressed()
    now[0] += 899
    assert not idle.is_due()
    now[0] += 1
    assert idle.is_due()
    never = IdleLock(0, lambda: now[0])
    now[0] += 1e6
    assert not never.is_due()
    assert locking.awake_seconds() > 0


async def test_a_vault_that_nobody_works_with_is_locked_and_a_key_puts_that_off(locked: Session) -> None:
    locked.desk.vault.unlock(Secret(PASSPHRASE))
    async with opened(locked) as (app, pilot):
        now = [0.0]
        app._idle = IdleLock(15, lambda: now[0])
        now[0] = 890
        await pilot.press("j")
        now[0] = 1000
        await app._look_around()
        assert not locked.desk.vault.needs_unlocking()
        now[0] = 1790
        await app._look_around()
        assert locked.desk.vault.needs_unlocking()
        await on_screen(pilot, "no key was pressed for 15 min")


async def test_locking_stops_a_run_which_can_be_gone_on_with(locked: Session) -> None:
    class Run:
        is_going = True
        progress = SimpleNamespace(sentence=lambda: "A run goes on.")

        async def stop(self) -> None:
            self.is_going = False

    locked.desk.vault.unlock(Secret(PASSPHRASE))
    async with opened(locked) as (app, pilot):
        run = Run()
        locked.desk.run = run  # type: ignore[assignment]
        await locking.lock(app, locked.desk)
        assert not run.is_going
        await on_screen(pilot, "The run was stopped")


async def test_checking_a_key_asks_for_the_passphrase_and_goes_on(
    locked: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    async def check(screen: DeskScreen, row: Provider) -> None:
        seen.append(screen.desk.store.open_key(row).reveal())

    monkeypatch.setattr(verifying, "check_key", check)
    async with opened(locked) as (_app, pilot):
        await pilot.press("v")
        await listening(pilot, VerifyDialog)
        await pilot.press("c")
        await unlock(pilot)
        await until(pilot, lambda: seen == [CANARY])


async def test_a_plan_needs_no_key_and_the_run_asks_for_the_passphrase(empty: Session) -> None:
    with FaultServer(OpenAiLike().answer) as server:
        add_provider(empty, server.url, "m-1")
        wrap = empty.desk.vault.wrap_for(Secret(PASSPHRASE))
        done(empty.store, lambda writes: writes.vault.protect(wrap))
        empty.desk.vault.lock()
        async with opened(empty) as (app, pilot):
            await pilot.press("v")
            await on_screen(pilot, "Sends real requests")
            await listening(pilot, VerifyDialog)
            await pilot.press("y")
            await listening(pilot, UnlockDialog)
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, ListScreen))
            assert server.asked == []
            assert empty.store.proofs.runs() == []
            await pilot.press("v")
            await listening(pilot, VerifyDialog)
            await pilot.press("y")
            await unlock(pilot)
            await on_screen(pilot, "pass         Here/m-1")
    assert {asked.headers["authorization"] for asked in server.asked if asked.body} == {f"Bearer {CANARY}"}


async def test_the_key_is_derived_in_a_thread_so_that_the_screen_lives_on(
    locked: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, threads = Vault.unlock, []

    def watched(vault: Vault, passphrase: Secret | None) -> None:
        threads.append(threading.current_thread())
        real(vault, passphrase)

    monkeypatch.setattr(Vault, "unlock", watched)
    async with opened(locked) as (_app, pilot):
        await pilot.press("K")
        await unlock(pilot)
        await on_screen(pilot, "Key of Groq: set")
        assert len(threads) == 1
        assert threading.main_thread() not in threads


def titles(app: RegistryApp) -> list[str]:
    return [each.title for each in vault_commands(app.screen)]


async def test_the_palette_offers_what_can_be_done_now(locked: Session) -> None:
    async with opened(locked) as (app, _pilot):
        assert titles(app) == [
            "Vault",
            "Vault: unlock",
            "Vault: change the passphrase",
            "Vault: remove the passphrase",
            "Vault: rotate the key",
            "Vault: recovery code",
            "Vault: bring the key back",
        ]
        locked.desk.vault.unlock(Secret(PASSPHRASE))
        assert titles(app)[1] == "Vault: lock"
        locked.home.key_file.rename(locked.home.root / "away")
        locked.desk.vault.lock()
        assert titles(app) == ["Vault", "Vault: bring the key back"]


async def test_the_vaults_page_says_how_it_stands_and_follows_it(locked: Session) -> None:
    async with opened(locked) as (app, pilot):
        begin(app, show_vault)
        await on_screen(pilot, "argon2id m=19456 t=1 p=1")
        assert "State        locked" in screen_text(pilot)
        begin(app, vault_deeds.set_passphrase)
        await unlock(pilot)
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, VaultPage))
        await on_screen(pilot, "State        ready")


async def filled(pilot: Pilot[None], **texts: str) -> None:
    """Fill a form and save it."""
    await until(pilot, lambda: isinstance(pilot.app.screen, FormScreen))
    first = f"#field-{next(iter(texts))}"
    await until(pilot, lambda: pilot.app.screen.query(first))
    for name, text in texts.items():
        pilot.app.screen.query_one(f"#field-{name}", PassphraseField).value = text
    await pilot.press("ctrl+s")


async def test_a_passphrase_is_set_changed_and_removed(empty: Session) -> None:
    add_keyed(empty.store)
    async with opened(empty) as (app, pilot):
        begin(app, vault_deeds.set_passphrase)
        await filled(pilot, passphrase=PASSPHRASE, again="something else")
        await on_screen(pilot, "This is not the same as above")
        await filled(pilot, passphrase="short", again="short")
        await on_screen(pilot, "at least 8 characters")
        await filled(pilot, passphrase=PASSPHRASE, again=PASSPHRASE)
        await on_screen(pilot, "The vault has a new passphrase.")
        assert empty.desk.vault.is_open_by_passphrase
        begin(app, vault_deeds.set_passphrase)
        await filled(pilot, present="wrong wrong", passphrase=OTHER, again=OTHER)
        await on_screen(pilot, "does not fit")
        await filled(pilot, present=PASSPHRASE)
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        Vault(empty.home.key_file).check(Secret(OTHER))
        begin(app, vault_deeds.remove_passphrase)
        await filled(pilot, present=OTHER)
        await on_screen(pilot, "no passphrase any more")
        assert b"kdf: none" in empty.home.key_file.read_bytes()
        assert empty.store.open_key(empty.store.reads.provider_by_id(1)).reveal() == CANARY


async def test_the_vault_key_is_rotated_after_a_yes(empty: Session) -> None:
    add_keyed(empty.store)
    before = empty.desk.vault.key_ids()
    async with opened(empty) as (app, pilot):
        for key, moves in (("n", False), ("y", True)):
            begin(app, vault_deeds.rotate_key)
            await listening(pilot, Confirm)
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, ListScreen))
            if moves:
                await on_screen(pilot, "The vault key is rotated")
            assert (Vault(empty.home.key_file).key_ids() != before) is moves
        assert empty.store.open_key(empty.store.reads.provider_by_id(1)).reveal() == CANARY


async def test_the_recovery_code_is_shown_after_a_yes_and_hidden_by_a_lock(locked: Session) -> None:
    async with opened(locked) as (app, pilot):
        begin(app, vault_deeds.show_recovery_code)
        await unlock(pilot)
        await listening(pilot, Confirm)
        await pilot.press("y")
        await listening(pilot, RecoveryCode)
        code = locked.store.recovery_code().reveal()
        assert code[:34] in screen_text(pilot)
        assert code[35:] in screen_text(pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: code[:4] not in screen_text(pilot))
        await on_screen(pilot, "hidden again")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))


@pytest.mark.parametrize("way", ["f", "c", "n"])
async def test_a_lost_vault_key_is_brought_back_or_given_up(
    locked: Session, tmp_path: Path, way: str
) -> None:
    vault = locked.desk.vault
    vault.unlock(Secret(PASSPHRASE))
    code, copy = locked.store.recovery_code().reveal(), tmp_path / "copy.key"
    vault.lock()
    locked.home.key_file.rename(copy)
    async with opened(locked) as (app, pilot):
        await on_screen(pilot, "locked")
        begin(app, vault_deeds.bring_back)
        await on_screen(pilot, "Bring the vault key back from")
        await pilot.pause(0.3)
        await pilot.press(way)
        if way == "f":
            await until(pilot, lambda: isinstance(app.screen, FormScreen))
            path = app.screen.query_one("#field-path", TextField)
            path.value = str(tmp_path / "nothing.key")
            await pilot.press("ctrl+s")
            await on_screen(pilot, "! The vault key is not at")
            path.value = str(copy)
            await pilot.press("ctrl+s")
            await on_screen(pilot, "! The vault is locked")
            await filled(pilot, passphrase=PASSPHRASE)
        elif way == "c":
            await filled(pilot, code=code.replace("A", "B").replace("0", "1"))
            await until(pilot, lambda: "! " in screen_text(pilot))
            await filled(pilot, code=code)
        else:
            await until(pilot, lambda: "Type new vault key" in screen_text(pilot))
            await pilot.pause(0.3)
            await type_text(pilot, "new vault key")
            await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        if way == "n":
            await on_screen(pilot, "other vau")
        else:
            await on_screen(pilot, "unchecked")
            assert locked.store.open_key(locked.store.reads.provider_by_id(1)).reveal() == CANARY


class SlowPlace:
    """A place that may take its time; it remembers the threads that waited for it."""

    name, kind, is_slow = "the system's keyring", "keyring", True

    def __init__(self, text: bytes | None) -> None:
        self._text = text
        self.threads: list[threading.Thread] = []

    def read(self) -> bytes:
        self.threads.append(threading.current_thread())
        if self._text is None:
            raise KeyFileRefused("The system's keyring did not answer within 3 seconds.")
        return self._text

    def make(self, text: bytes) -> None:
        raise AssertionError("nothing is made")

    def replace(self, text: bytes) -> None:
        raise AssertionError("nothing is replaced")

    def keep_copy(self) -> str | None:
        raise AssertionError("nothing is kept")


@pytest.mark.parametrize("answers", [True, False])
async def test_a_slow_place_is_asked_when_a_key_is_needed_and_never_by_the_screen_itself(
    empty: Session, answers: bool
) -> None:
    add_keyed(empty.store)
    text = empty.home.key_file.read_bytes()
    empty.desk.vault.place = place = SlowPlace(text if answers else None)
    empty.desk.vault.lock()
    async with opened(empty) as (app, pilot):
        await on_screen(pilot, "locked")
        begin(app, show_vault)
        await until(pilot, lambda: isinstance(app.screen, VaultPage))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        assert place.threads == []
        await pilot.press("K")
        await on_screen(pilot, "Key of Groq: set" if answers else "did not answer")
        assert place.threads
        assert threading.main_thread() not in place.threads
