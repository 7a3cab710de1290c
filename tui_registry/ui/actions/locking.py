"""The vault locked again: by ctrl+l, by a command, or after nobody pressed a key for a while."""

import time
from typing import TYPE_CHECKING

from textual.app import App

from tui_registry.clock import span
from tui_registry.ui.desk import Desk, DeskScreen

if TYPE_CHECKING:
    from collections.abc import Callable


def awake_seconds() -> float:
    """Seconds that only ever go forward, also while the machine sleeps, where the system counts those."""
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class IdleLock:
    """How long ago the last key was pressed, and whether that is too long for an open vault."""

    def __init__(self, minutes: int, clock: "Callable[[], float]" = awake_seconds) -> None:
        """Lock after so many minutes without a key; 0 never does."""
        self.seconds = minutes * 60
        self._clock = clock
        self._pressed = clock()

    def pressed(self) -> None:
        """A key was pressed just now."""
        self._pressed = self._clock()

    def is_due(self) -> bool:
        """Whether the time is over."""
        return 0 < self.seconds <= self._clock() - self._pressed


async def lock(app: App[None], desk: Desk, why: str = "") -> None:
    """Forget the vault's keys, stop what uses them, and hide every secret that is shown."""
    if not desk.vault.is_open_by_passphrase:
        return
    from tui_registry.ui.forms.fields import SecretField
    from tui_registry.ui.screens.vault_dialogs import RecoveryCode

    desk.vault.lock()
    for screen in app.screen_stack:
        for field in screen.query(SecretField):
            field.hide()
        if isinstance(screen, RecoveryCode):
            screen.hide()
    for worker in list(app.workers):
        if worker.group == "asking":
            worker.cancel()
    said = f"The vault is locked{why}."
    if desk.run is not None and desk.run.is_going:
        said += " The run was stopped; what it had done is kept."
        await desk.run.stop()
    desk.look_at_keys_again()
    if isinstance(app.screen, DeskScreen):
        app.screen.keys_changed()
    app.notify(said, markup=False)


async def lock_when_idle(app: App[None], desk: Desk, idle: IdleLock) -> None:
    """Lock the vault if nobody pressed a key for too long."""
    if desk.vault.is_open_by_passphrase and idle.is_due():
        await lock(app, desk, f": no key was pressed for {span(idle.seconds)}")
