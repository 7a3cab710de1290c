"""The vault's page, and its commands in the palette: how it stands, and what can be done about that."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from rich.table import Table
from textual.app import SystemCommand
from textual.screen import Screen

from tui_registry.errors import StoreError
from tui_registry.ui.actions import vault_deeds as deeds
from tui_registry.ui.actions.locking import lock
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.keymap import BY_ID
from tui_registry.ui.records.history_lines import Line
from tui_registry.ui.records.laying_out import laid_out
from tui_registry.ui.screens.record_page import RecordPage
from tui_registry.ui.screens.unlocking import unlocked
from tui_registry.vault import VaultState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

LOST = (VaultState.MISSING, VaultState.OTHER, VaultState.REFUSED, VaultState.LOCKED)
"""States in which bringing a vault key back may help; a forgotten passphrase is one."""


class VaultPage(RecordPage):
    """Where the vault key is, whether it has a passphrase, and whether it fits the registry."""

    def __init__(self, desk: Desk) -> None:
        """The page of the desk's vault."""
        super().__init__(desk, "providers", "Vault", lambda: status_table(desk))

    def keys_changed(self) -> None:
        """Draw it anew."""
        super().keys_changed()
        self.refresh_rows()


def status_table(desk: Desk) -> Table:
    """The lines of the page."""
    return laid_out(status_lines(desk))


def status_lines(desk: Desk) -> Iterator[Line]:
    """What there is to say about the vault, and where its commands are."""
    reads, found = desk.store.reads, desk.store.vault_status()
    named = reads.setting("vault_key_id")
    yield "State", found.state.value
    yield None, found.sentence
    yield None, ""
    yield "Kept in", found.place
    yield "Passphrase", f"yes, {found.passphrase}" if found.passphrase else "none"
    yield "Vault key", named[:8] if named else "none yet"
    yield "Holds", ", ".join(each[:8] for each in found.key_ids) or "nothing that can be seen"
    yield "Sealed keys", f"{reads.sealed_count():,}"
    yield None, ""
    commands = desk.keys.printed(BY_ID["app.commands"])
    yield None, f"{commands}, then `vault`: what can be done, as passphrase, rotation, recovery code."


async def show_vault(screen: DeskScreen) -> None:
    """Open the vault's page."""
    screen.app.push_screen(VaultPage(screen.desk))


async def _lock(screen: DeskScreen) -> None:
    await lock(screen.app, screen.desk)


async def _unlock(screen: DeskScreen) -> None:
    if await unlocked(screen):
        screen.tell("The vault is unlocked.")


def vault_commands(screen: Screen[object]) -> Iterator[SystemCommand]:
    """The palette's commands about the vault that make sense now."""
    if not isinstance(screen, DeskScreen):
        return
    try:
        status = screen.desk.store.vault_status()
    except StoreError:  # the banner says what is wrong with the registry
        return

    def command(title: str, help: str, deed: "Callable[[DeskScreen], Awaitable[None]]") -> SystemCommand:
        return SystemCommand(title, help, partial(screen.begin, deed))

    yield command("Vault", "where its key is, and how it stands", show_vault)
    if status.state is VaultState.LOCKED:
        yield command("Vault: unlock", "give the passphrase", _unlock)
    elif screen.desk.vault.is_open_by_passphrase:
        yield command("Vault: lock", "forget the keys until the passphrase is given", _lock)
    if screen.desk.store.read_only:
        return
    if status.state in (VaultState.READY, VaultState.LOCKED):
        words = "change the passphrase" if status.passphrase else "set a passphrase"
        yield command(f"Vault: {words}", "no stored key is touched", deeds.set_passphrase)
        if status.passphrase:
            yield command("Vault: remove the passphrase", "the key lies open then", deeds.remove_passphrase)
        yield command("Vault: rotate the key", "seal every key anew", deeds.rotate_key)
        yield command("Vault: recovery code", "the vault key, to write down", deeds.show_recovery_code)
    if status.state in LOST:
        yield command("Vault: bring the key back", "from a copy or its code", deeds.bring_back)
