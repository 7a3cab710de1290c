"""The vault's passphrase asked for in the app, when a key is first needed; the screen lives on meanwhile."""

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from tui_registry.errors import KeyFileMissing, VaultError
from tui_registry.text import Secret
from tui_registry.ui.forms.fields import PassphraseField
from tui_registry.ui.screens.dialogs import Dialog, Seconds
from tui_registry.ui.words import plain

if TYPE_CHECKING:
    from tui_registry.ui.desk import DeskScreen
    from tui_registry.vault import Vault


class UnlockDialog(Dialog[bool]):
    """Asks for the passphrase until it fits; `esc` goes on with a locked vault."""

    BINDINGS: ClassVar = [Binding("escape", "decline", "Go on locked")]

    def __init__(self, vault: "Vault", *, clock: Seconds = time.monotonic) -> None:
        """Ask for the passphrase of this vault."""
        lines = ["A key is needed, and the vault is locked.", "", "Its passphrase, then enter. esc goes on."]
        super().__init__("Unlock the vault", lines, clock=clock)
        self._vault = vault
        self._is_trying = False

    def compose_answer(self) -> ComposeResult:
        """A line to type into, and what came of the last try."""
        yield PassphraseField(id="typed")
        yield Static(classes="dialog-refusal", markup=False)

    @on(Input.Changed)
    def _forget_type_ahead(self, event: Input.Changed) -> None:
        if event.value and not self.listening:
            event.input.value = ""
        if not self._is_trying:
            self._say("")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if self.listening and event.value and not self._is_trying:
            self._try(Secret(event.value))
            event.input.value = ""

    @work
    async def _try(self, passphrase: Secret) -> None:
        """Derive the key in a thread, so that everything else goes on."""
        self._is_trying = True
        self._say("Unlocking…")
        try:
            await asyncio.to_thread(self._vault.unlock, passphrase)
        except VaultError as error:
            self._say(f"! {error}")
        else:
            if self.is_current:
                self.dismiss(True)
        finally:
            self._is_trying = False

    def _say(self, sentence: str) -> None:
        self.query_one(".dialog-refusal", Static).update(plain(sentence))

    def action_decline(self) -> None:
        """Go on without the keys."""
        self.answer(False)


async def unlocked(screen: "DeskScreen") -> bool:
    """Whether keys can be used now: at once, after asking a slow place, or once the passphrase was typed.

    To be awaited in a worker. What else is wrong with the vault is for the deed to say that needs it.
    """
    desk = screen.desk
    if not desk.vault.needs_unlocking():
        return True
    if desk.vault.place.is_slow:
        opened = await _asked(screen)
    else:
        opened = await _given(screen) or await screen.app.push_screen_wait(UnlockDialog(desk.vault))
    desk.look_at_keys_again()
    screen.keys_changed()
    return opened


async def _given(screen: "DeskScreen") -> bool:
    """Unlock with what the program was started with, once."""
    given, screen.desk.passphrase = screen.desk.passphrase, None
    if given is None:
        return False
    try:
        await asyncio.to_thread(screen.desk.vault.unlock, given)
    except VaultError as error:
        screen.refuse(str(error))
        return False
    return True


async def _asked(screen: "DeskScreen") -> bool:
    """Ask a place that may take seconds; raises VaultError when it fails, but not when it has no key yet."""
    vault = screen.desk.vault
    screen.announce(f"Asking {vault.place.name}…")
    try:
        await asyncio.to_thread(vault.unlock, None)
    except KeyFileMissing:
        return True
    finally:
        screen.announce(screen.desk.banner())
    return True
