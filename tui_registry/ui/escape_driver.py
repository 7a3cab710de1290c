"""Textual's Unix driver with a short wait after esc."""

import os
import select
from codecs import getincrementaldecoder

from textual import constants
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

ESCAPE_SECONDS = 0.02
"""How long the rest of a key's sequence may come after its esc, unless ESCDELAY says otherwise."""

LOOK_SECONDS = 0.1
"""How often the input looks whether the app ends; as often as Textual's own."""


class EscapeDriver(LinuxDriver):
    """Textual looks for the end of an esc every tenth of a second; this driver looks when it is due."""

    def run_input_thread(self) -> None:
        """Read keys until the app ends."""
        parser = XTermParser(self._debug)
        # A byte that is no UTF-8 comes from a terminal of another encoding; it must not end the app.
        decode = getincrementaldecoder("utf-8")("replace").decode
        patience = constants.ESCAPE_DELAY if "ESCDELAY" in os.environ else ESCAPE_SECONDS
        while not self.exit_event.is_set():
            is_open = parser._timeout_time is not None
            ready, _, _ = select.select([self.fileno], [], [], patience if is_open else LOOK_SECONDS)
            if ready:
                if not (came := os.read(self.fileno, 4096)):
                    break
                # Half a character decodes to nothing, which the parser would take for the end.
                for event in parser.feed(text) if (text := decode(came)) else ():
                    self.process_message(event)
            elif is_open:
                parser._timeout_time = 0.0
                for event in parser.tick():
                    self.process_message(event)
