"""The screen of a registry that cannot be opened: a person chooses how it comes back."""

import asyncio
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.filter import LineFilter
from textual.widgets import Static

from tui_registry.errors import RegistryError
from tui_registry.ui.screens.dialogs import Choice, ChoiceMenu, Confirm
from tui_registry.ui.terminal.safety import AsciiFilter, ControlFilter
from tui_registry.ui.terminal.terminal_app import TerminalApp
from tui_registry.ui.words import plain


@dataclass(frozen=True, slots=True)
class Way:
    """One way back: its letter and words, what more there is to say, and the deed, which says what it did."""

    key: str
    words: str
    detail: str
    take: Callable[[], Sequence[str]]


class RecoveryApp(TerminalApp):
    """Says what is wrong with the registry and offers the ways back; nothing happens unless one is chosen."""

    TITLE = "tui-registry"
    CSS_PATH: ClassVar = ["../styles/app.tcss", "../styles/form.tcss"]
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self, sentence: str, ways: Sequence[Way], *, ascii_only: bool = False, ansi_color: bool = False
    ) -> None:
        """Offer `ways` out of what the sentence says; `is_mended` tells whether one was gone to its end."""
        super().__init__(ansi_color=ansi_color)
        self.is_mended = False
        self._sentence = sentence
        self._ways = ways
        self._line_filters: list[LineFilter] = [ControlFilter(), *([AsciiFilter()] if ascii_only else [])]

    def compose(self) -> ComposeResult:
        """What is seen while a way is being gone."""
        yield Static(markup=False)

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's own filters, then ours, so that no drawn line carries a control character."""
        return [*super().get_line_filters(), *self._line_filters]

    def on_mount(self) -> None:
        """Ask."""
        self.animation_level = "none"
        self.run_worker(self._ask())
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                loop.add_signal_handler(name, self._ended_by_signal, name)

    def _ended_by_signal(self, number: signal.Signals) -> None:
        self.exit(return_code=128 + number)

    async def _ask(self) -> None:
        """Ask until a way led to a registry that can be opened, or none is wanted."""
        said = self._sentence
        while (chosen := await self.push_screen_wait(self._menu(said))) is not None:
            way = next(each for each in self._ways if each.key == chosen)
            self.query_one(Static).update(" Bringing it back…")
            try:
                lines = await asyncio.to_thread(way.take)
            except RegistryError as error:
                said = str(error)
                continue
            finally:
                self.query_one(Static).update("")
            question = Confirm("Done", lines, verb="open the registry", keep="leave")
            self.is_mended = True
            if not await self.push_screen_wait(question):
                self.is_mended = False
            break
        self.exit()

    def _menu(self, said: str) -> ChoiceMenu:
        choices = [Choice(each.key, each.words, each.key, each.detail) for each in self._ways]
        head = [said, "", "Bring back:"]
        note = "The present file is set aside, never lost."
        return ChoiceMenu("The registry cannot be opened", choices, head=head, note=note)

    def _fatal_error(self) -> None:
        """End after a bug without showing any local variable."""
        from tui_registry.ui.terminal.crashing import crash_text

        self._exit_renderables.clear()
        self.panic(plain(crash_text(self._exception, None), lines=True))
