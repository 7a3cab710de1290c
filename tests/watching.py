"""A real terminal with somebody before it: what the screen shows after all that was written, and its size."""

import fcntl
import re
import struct
import termios
import time

import pyte

from tests.commanding import PATIENCE, Terminal

# Sequences that pyte would print; they ask for kinds of keys.
_ASKING = re.compile(rb"\x1b\[[<>=?][0-9;]*u|\x1b\[\?[0-9;]*\$p")


class Watched(Terminal):
    """A real process on a pseudo-terminal, with the screen that a person would see."""

    size = (80, 24)

    def screen(self) -> str:
        """What a person sees now."""
        screen = pyte.Screen(*self.size)
        pyte.ByteStream(screen).feed(_ASKING.sub(b"", self.written))
        return "\n".join(line.rstrip() for line in screen.display)

    def shows(self, words: str) -> None:
        """Wait until this can be read on the screen."""
        self._wait(words, is_there=True)

    def shows_no_more(self, words: str) -> None:
        """Wait until this cannot be read on the screen any more."""
        self._wait(words, is_there=False)

    def quiet(self, seconds: float) -> int:
        """How many bytes are written while nobody does anything for so long."""
        before, until = len(self.written), time.monotonic() + seconds
        while time.monotonic() < until:
            self._read()
        return len(self.written) - before

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size."""
        self.size = (columns, lines)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def _wait(self, words: str, *, is_there: bool) -> None:
        latest = time.monotonic() + PATIENCE
        while (words in self.screen()) is not is_there:
            self._give_up_after(latest, if_ended=True)
            self._read()
