"""Backups from the app: one now, one every hour of changes, and one brought back."""

import asyncio
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING

from tui_registry.clock import stamp
from tui_registry.errors import StoreError
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.noticing_app import NoticingApp
from tui_registry.ui.screens.dialogs import Choice, ChoiceMenu, Confirm
from tui_registry.ui.words import ago

if TYPE_CHECKING:
    from tui_registry.store.backups import Backup

LETTERS = ascii_lowercase.replace("q", "")
"""What a menu answers to."""


async def back_up_now(screen: DeskScreen) -> None:
    """Make a backup and say where it is; of a file that was deleted, from what is still open of it."""
    store = screen.desk.store
    if store.path.exists():
        made = await asyncio.to_thread(store.back_up, "hand")
    else:
        made = store.rescue()
    screen.tell(f"Backed up to {made}")


async def back_up_if_due(desk: Desk) -> str | None:
    """Make the hourly backup where one is due; the sentence to tell when it failed."""
    try:
        if desk.store.backup_is_due():
            await asyncio.to_thread(desk.store.back_up, "hour")
    except StoreError as error:
        return f"No backup was made: {error}"
    return None


async def choose_backup(screen: DeskScreen) -> None:
    """Ask which backup comes back, say what it holds, and put it in the registry's place."""
    desk = screen.desk
    found = await asyncio.to_thread(desk.store.backups)
    if not found:
        screen.tell("There are no backups yet. The command Back up now makes one.")
        return
    now = desk.clock()
    choices = [
        Choice(letter, ago(stamp(each.made_at), now), str(each.path), f"{each.words}, {_size(each)}")
        for letter, each in zip(LETTERS, found, strict=False)
    ]
    chosen = await screen.app.push_screen_wait(
        ChoiceMenu("Restore a backup", choices, note="The present file is set aside.")
    )
    if chosen is not None:
        await _restore(screen, Path(chosen))


async def _restore(screen: DeskScreen, backup: Path) -> None:
    """Check the backup, ask once more with what it holds, and restore it."""
    desk = screen.desk
    held = await asyncio.to_thread(desk.store.look_into_backup, backup)
    lines = [backup.name, held.words(), "", "What was saved since is set aside with the present file."]
    if held.keys:
        lines.append("Its keys need the vault key they were sealed with.")
    if not await screen.app.push_screen_wait(Confirm("Restore this backup?", lines, verb="restore it")):
        return
    desk.is_restoring = True
    try:
        restored = await asyncio.wrap_future(desk.store.restore(backup))
        if isinstance(screen.app, NoticingApp):
            screen.app.look_for_changes()
    finally:
        desk.is_restoring = False
    desk.look_at_keys_again()
    screen.changed(f"Restored {backup.name}. The file before is {restored.aside}")


def _size(backup: "Backup") -> str:
    return f"{backup.size / 1000:,.0f} KB"
