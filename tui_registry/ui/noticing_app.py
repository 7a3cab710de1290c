"""An app that notices what other sessions commit, and shows it without losing anybody's place."""

import asyncio

from tui_registry.errors import RegistryError
from tui_registry.store.notices import Notices
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.terminal.terminal_app import TerminalApp

LOOK_EVERY = 2.0
"""Seconds between two looks for another session's commit, where the system does not tell of one."""
TOLD = 12.0
"""Seconds for which it is told over whatever is open that another file took the registry's place."""
LOOK_ANYHOW = 30.0
"""The same where it does, for what it does not see, such as a change made on another machine."""


class NoticingApp(TerminalApp):
    """The app over a desk whose registry others write too."""

    def __init__(self, desk: Desk, *, ansi_color: bool, thin_line: bool) -> None:
        """Nothing is watched before `begin_noticing`."""
        super().__init__(ansi_color=ansi_color, thin_line=thin_line)
        self.desk = desk
        self._seen_version: tuple[int, int] | None = None
        self._replacements = desk.store.replacements
        self._is_troubled = False
        self._notices: Notices | None = None

    def begin_noticing(self) -> float:
        """Be told of commits, where the system can; seconds between two looks all the same."""
        try:
            self._notices = Notices(self.desk.store.path)
        except OSError:
            return LOOK_EVERY
        asyncio.get_running_loop().add_reader(self._notices.handle, self._noticed)
        return LOOK_ANYHOW

    def _noticed(self) -> None:
        if self._notices is not None and self._notices.read():
            self.call_later(self.look_for_changes)

    def on_unmount(self) -> None:
        """Notice nothing any more."""
        if self._notices is not None:
            asyncio.get_running_loop().remove_reader(self._notices.handle)
            self._notices.close()
            self._notices = None

    def look_for_changes(self) -> None:
        """Show what another session has committed."""
        try:
            version = self.desk.store.data_version()
            self._look_for_another_file()
        except RegistryError as error:
            from tui_registry.ui.screens.list_screen import ListScreen

            can_reload = isinstance(self.screen, ListScreen)
            self.announce(self.desk.trouble(error) if can_reload else str(error))
            self._is_troubled = True
            return
        if self._is_troubled:
            self.announce(self.desk.banner())
            self._is_troubled = False
        # A screen that is just being opened has nothing to show yet, and reads the registry by itself.
        if version != self._seen_version and self.screen.is_mounted:
            self._seen_version = version
            if isinstance(self.screen, DeskScreen):
                self.screen.refresh_rows()

    def on_registry_replaced(self) -> None:
        """A screen found another file in the registry's place before this was looked for."""
        self._look_for_another_file()

    def _look_for_another_file(self) -> None:
        """Say that another file took the registry's place, and let the screen drop what it has read.

        Those below it do so when they are come back to.
        """
        desk, found = self.desk, self.desk.store.replacements
        if found == self._replacements:
            return
        self._replacements = found
        if not desk.is_restoring:
            reload = desk.keys.first("app.reload")
            words = f"Another file took this registry's place at {desk.clock():%H:%M} UTC"
            desk.replaced = f"{words}; what you see is that file. {reload} hides this line."
            told = f"{words}. Look at it before you go on."
            self.notify(told, severity="warning", markup=False, timeout=TOLD)
        if isinstance(self.screen, DeskScreen) and self.screen.is_mounted:
            self.screen.come_up_to_date()

    def announce(self, sentence: str | None) -> None:
        """Say what is going on, on a screen that can."""
        if isinstance(self.screen, DeskScreen) and self.screen.is_mounted:
            self.screen.announce(sentence)
