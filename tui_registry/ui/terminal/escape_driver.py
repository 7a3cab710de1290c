"""Textual's Unix driver with a short wait after esc, and with keys handed over one after the other."""

import asyncio
import os
import select
from codecs import getincrementaldecoder
from threading import Event
from time import monotonic

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui_registry.ui.terminal.paste_guard import PasteGuard

ESCAPE_SECONDS = 0.02
"""How long the rest of a key's sequence may come after its esc, unless ESCDELAY says otherwise."""

LOOK_SECONDS = 0.1
"""How often the input looks whether the app ends; as often as Textual's own."""

FRAME_SECONDS = 0.02
"""How long a key is left to be handled and drawn before the app is asked whether it was."""

PATIENCE = 1.0
"""Seconds that a key waits for the one before it to be handled."""


class EscapeDriver(LinuxDriver):
    """Textual looks for the end of an esc every tenth of a second; this driver looks when it is due.

    A slow line brings several keys at once. Each waits until the app has done what the one before it means:
    what follows `/` is typed into the filter, and no letter of it is taken for a key of the list.
    """

    _is_unsure = False
    """Whether the last key is perhaps not handled yet."""

    def run_input_thread(self) -> None:
        """Read keys until the app ends."""
        parser = XTermParser(self._debug)
        # A byte that is no UTF-8 comes from a terminal of another encoding; it must not end the app.
        decode = getincrementaldecoder("utf-8")("replace").decode
        guard = PasteGuard()
        patience = constants.ESCAPE_DELAY if "ESCDELAY" in os.environ else ESCAPE_SECONDS
        while not self.exit_event.is_set():
            is_open = parser._timeout_time is not None
            rest = FRAME_SECONDS if self._is_unsure else LOOK_SECONDS
            ready, _, _ = select.select([self.fileno], [], [], patience if is_open else rest)
            if ready:
                if not (came := os.read(self.fileno, 4096)):
                    break
                # Half a character decodes to nothing, which the parser would take for the end.
                for event in parser.feed(text) if (text := guard(decode(came))) else ():
                    self._hand_over(event)
            elif is_open:
                parser._timeout_time = 0.0
                for event in parser.tick():
                    self._hand_over(event)
            elif self._is_unsure:
                self._wait_until_handled()

    def _hand_over(self, event: Message) -> None:
        """Give the app an event, the key before it being handled; one that ends takes no more."""
        if self.exit_event.is_set():
            return
        if self._is_unsure:
            self._wait_until_handled()
        self.process_message(event)
        self._is_unsure = isinstance(event, events.Key)

    def _wait_until_handled(self) -> None:
        """Wait until the app has handled the last key, unless it ends or takes long."""
        self._is_unsure = False
        handled = Event()
        asyncio.run_coroutine_threadsafe(self._tell_when_handled(handled), self._loop)
        latest = monotonic() + PATIENCE
        while not handled.wait(0.01) and monotonic() < latest and not self.exit_event.is_set():
            pass

    async def _tell_when_handled(self, handled: Event) -> None:
        """Follow a key on its way: to the focus, up through what holds it, to the app and what it set off."""
        app = self._app
        focused = app.focused
        way = (app, *(focused.ancestors_with_self if focused else ()), app, app)
        for node in way:
            passed = asyncio.Event()
            if node.is_running and node.call_later(passed.set):
                await passed.wait()
        handled.set()
