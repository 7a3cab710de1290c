"""A terminal in memory: what a person would see of the bytes that a program sends."""

from typing import Any

import pyte
from wcwidth import wcwidth


class Terminal(pyte.Screen):
    """A terminal that does not wrap; a wide character that loses one half leaves a blank, as in real ones."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self._stream = pyte.Stream(self)
        self.feed("\x1b[?7l")

    def feed(self, text: str) -> None:
        self._stream.feed(text)

    def draw(self, data: str) -> None:
        for letter in data:
            if width := max(wcwidth(letter), 0):
                self._split_wide(min(self.cursor.x, self.columns - width), width)
            super().draw(letter)

    def erase_characters(self, count: int | None = None) -> None:
        self._split_wide(self.cursor.x, count or 1)
        super().erase_characters(count)

    def _split_wide(self, x: int, width: int) -> None:
        line = self.buffer[self.cursor.y]
        if x > 0 and line[x].data == "":
            line[x - 1] = line[x - 1]._replace(data=" ")
        if x + width < self.columns and line[x + width].data == "":
            line[x + width] = line[x + width]._replace(data=" ")

    def seen(self) -> list[list[tuple[Any, ...]]]:
        """Every cell as far as it can be seen: of a blank neither its letter's colour nor its weight."""
        return [[_seen(self.buffer[y][x]) for x in range(self.columns)] for y in range(self.lines)]


def _seen(cell: pyte.screens.Char) -> tuple[Any, ...]:
    if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough or cell.blink):
        return (" ", cell.bg)
    return tuple(cell)
