"""One line on standard error that tells how far a long piece of work is, where that is a terminal."""

import asyncio
import shutil
import sys

from tui_registry.cli.output import is_terminal
from tui_registry.text import clean, cut

PACE = 0.5
"""Seconds between two writings of the line."""

_START_OF_EMPTY_LINE = "\r\x1b[K"


class ProgressLine:
    """A line that is rewritten in place, at most twice a second; nothing anywhere but on a terminal."""

    def __init__(self) -> None:
        """Begin with nothing shown."""
        self._on_terminal = is_terminal(sys.stderr)
        self._text = self._shown = ""

    def say(self, text: str) -> None:
        """What the line is to tell from its next writing on."""
        self._text = text

    async def draw_on(self) -> None:
        """Keep the line up to date until cancelled."""
        while self._on_terminal:
            if self._text != self._shown:
                room = shutil.get_terminal_size().columns - 1
                self._write(_START_OF_EMPTY_LINE + cut(clean(self._text), room))
                self._shown = self._text
            await asyncio.sleep(PACE)

    def clear(self) -> None:
        """Take the line away, to make room for something that stays."""
        if self._shown:
            self._write(_START_OF_EMPTY_LINE)
            self._shown = ""

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
