"""A bare app that opens one form or dialog, for the tests of both."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Static

import tui_registry.ui
from tui_registry.ui.forms.form import FormScreen

A = TypeVar("A")

STYLES = Path(tui_registry.ui.__file__).with_name("styles") / "form.tcss"


def patient() -> Callable[[], float]:
    """A clock on which every look is a second later, so that dialogs listen at once."""
    return itertools.count(1.0).__next__


class Host(App[None]):
    """Shows a line of text; what is pushed on it leaves its answers here."""

    CSS_PATH = [STYLES]

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[object] = []
        self.copied: list[str] = []

    def compose(self) -> ComposeResult:
        yield Static("the list below")

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)
        super().copy_to_clipboard(text)

    async def action_quit(self) -> None:
        self.run_worker(self._ask_and_quit())

    async def _ask_and_quit(self) -> None:
        form = next(each for each in self.screen_stack if isinstance(each, FormScreen))
        if await form.confirm_leave():
            self.exit()

    def picture(self) -> str:
        """What stands on the screen, line by line."""
        strips = self.screen._compositor.render_strips(self.size)
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@asynccontextmanager
async def opened(screen: ModalScreen[A], size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    """The host with `screen` on it."""
    host = Host()
    async with host.run_test(size=size) as pilot:
        await host.push_screen(screen, host.answers.append)
        await pilot.pause()
        yield pilot


def host_of(pilot: Pilot[None]) -> Host:
    """The pilot's app, as what it is."""
    assert isinstance(pilot.app, Host)
    return pilot.app
