"""What a pressed key arrives as: its bytes, the name that Textual gives it, and what it does here."""

import os
import select
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from textual._xterm_parser import XTermParser
from textual.events import Key as KeyEvent
from textual.events import Paste

from tui_registry.errors import Refused
from tui_registry.ui.keymap import KEYS
from tui_registry.ui.own_keys import OwnKeys

PATIENCE = 0.02
"""Seconds between two looks whether an escape was a key of its own."""

KITTY_KEYS = 25
"""What Textual asks of terminals with the Kitty protocol: every key as an escape, with its text."""
PASTES, PASTES_NO_MORE = "\x1b[?2004h", "\x1b[?2004l"


class Pressed:
    """Bytes of a terminal as lines about the keys they stand for; `q` twice ends it."""

    def __init__(self, own: OwnKeys) -> None:
        """Nothing pressed yet; `own` says what each key does."""
        self.ended = False
        self._own = own
        self._parser = XTermParser()
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._bytes = b""
        self._was_q = False

    def take(self, written: bytes) -> list[str]:
        """The lines about what arrived; a key that is not complete yet comes with a later call."""
        lines = []
        # One byte at a time, so that each key's line shows its own bytes when several arrive at once.
        for place in range(len(written)):
            self._bytes += written[place : place + 1]
            if text := self._decoder.decode(written[place : place + 1]):
                lines += self._lines(self._parser.feed(text))
        return lines

    def tick(self) -> list[str]:
        """The lines about what only the passing of time completes: a lone escape."""
        return self._lines(self._parser.tick())

    def _lines(self, events: "Iterable[object]") -> list[str]:
        lines = []
        for event in events:
            if not isinstance(event, KeyEvent | Paste):
                continue
            name = event.key if isinstance(event, KeyEvent) else "(a paste)"
            lines.append(f"{_readable(self._bytes):<24} {name:<24} {self._meaning(name)}".rstrip())
            self._bytes = b""
            self.ended = name == "q" and self._was_q
            self._was_q = name == "q"
            if self.ended:
                break
        return lines

    def _meaning(self, name: str) -> str:
        """The actions a key is bound to."""
        return ", ".join(key.id for key in KEYS if name in self._own.names(key))


def show_pressed(keyboard: int, screen: TextIO, own: OwnKeys, environ: Mapping[str, str]) -> None:
    """Read keys from a terminal and write a line for each until q was pressed twice; raises Refused."""
    pressed = Pressed(own)
    with _unbuffered(keyboard), _asked_as_by_textual(screen, environ):
        _say(screen, "Press keys; q twice ends.", f"{'Bytes':<24} {'Name':<24} Bound to")
        while not pressed.ended:
            if select.select([keyboard], [], [], PATIENCE)[0]:
                if not (written := os.read(keyboard, 1024)):
                    return
                _say(screen, *pressed.take(written))
            else:
                _say(screen, *pressed.tick())


def _say(screen: TextIO, *lines: str) -> None:
    if lines:
        screen.write("".join(f"{line}\r\n" for line in lines))
        screen.flush()


@contextmanager
def _asked_as_by_textual(screen: TextIO, environ: Mapping[str, str]) -> Iterator[None]:
    """The terminal asked for the same kind of keys as Textual asks for, so that they arrive as in the app."""
    is_asked = not environ.get("TEXTUAL_DISABLE_KITTY_KEY")
    screen.write(PASTES + (f"\x1b[>{KITTY_KEYS}u" if is_asked else ""))
    try:
        yield
    finally:
        screen.write(PASTES_NO_MORE + ("\x1b[<u" if is_asked else ""))
        screen.flush()


def _readable(written: bytes) -> str:
    """Bytes as one would look them up: `ESC [ A`, `^S`, `j`."""
    names = {0x1B: "ESC", 0x20: "SPC", 0x7F: "DEL"}
    return " ".join(
        names.get(each) or (f"^{chr(each + 64)}" if each < 32 else chr(each) if each < 127 else f"{each:02x}")
        for each in written
    )


@contextmanager
def _unbuffered(keyboard: int) -> Iterator[None]:
    """A terminal that hands over every key as it is pressed, and is then as it was; raises Refused."""
    if sys.platform == "win32":
        raise Refused("Keys can be checked in a terminal of Linux or macOS only.")
    import termios
    import tty

    before = termios.tcgetattr(keyboard)
    try:
        tty.setraw(keyboard)
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
