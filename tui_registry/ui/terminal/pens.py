"""Pens: what a cell is drawn with, read from SGR sequences, and changed by the shortest of them."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

SHOWN_ON_BLANKS = frozenset(("4", "5", "6", "7", "9", "21", "51", "52", "53"))
"""SGR flags that can be seen where there is no letter, such as underline and reverse."""

SWITCHED_OFF_BY = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
"""Flags that one parameter of SGR ends everywhere; any other flag is ended by a full reset."""

COLOUR_LENGTHS = {"2": 5, "5": 3}
"""Parameters of a colour given as red, green and blue, or by its number of 256."""


class Pen(NamedTuple):
    """Colours as SGR parameters, empty for the terminal's own, and flags; no foreground if none is seen."""

    foreground: str | None
    background: str
    flags: frozenset[str]

    def blank(self) -> "Pen":
        """What of this pen can be seen where there is no letter."""
        if self.flags & SHOWN_ON_BLANKS:
            return self
        return _blank(self.background)


PLAIN = Pen("", "", frozenset())
"""The terminal's own pen."""


@lru_cache(maxsize=1024)
def pen_of(parameters: str) -> Pen:
    """The pen that these parameters of one SGR sequence make of the plain one."""
    foreground, background, flags = "", "", set()
    for parameter in _split(parameters):
        number = parameter.partition(";")[0]
        if number in ("38", "39") or (len(number) == 2 and number[0] in "39"):
            foreground = parameter if number != "39" else ""
        elif number in ("48", "49") or (number[0] == "4" and len(number) == 2) or number.startswith("10"):
            background = parameter if number != "49" else ""
        elif number != "0":
            flags.add(number)
    return Pen(foreground, background, frozenset(flags))


@lru_cache(maxsize=4096)
def change(held: Pen, wanted: Pen) -> tuple[str, Pen]:
    """What to send so that a terminal holding one pen writes as wanted, and the pen it holds then."""
    flags = held.flags if wanted.foreground is None else wanted.flags
    gone = {flag for flag in held.flags - wanted.flags if flag in SHOWN_ON_BLANKS or flag not in flags}
    short = "" if not gone else None
    if gone.issubset(SWITCHED_OFF_BY):
        ended = {SWITCHED_OFF_BY[flag] for flag in gone}
        kept = frozenset(flag for flag in held.flags if SWITCHED_OFF_BY.get(flag) not in ended)
        parts = [*sorted(ended), *sorted(wanted.flags - kept)]
        foreground = held.foreground if wanted.foreground is None else wanted.foreground
        if foreground != held.foreground:
            parts.append(foreground or "39")
        if wanted.background != held.background:
            parts.append(wanted.background or "49")
        short = ";".join(parts)
        now = Pen(foreground, wanted.background, kept | wanted.flags)
        if not parts:
            return "", now
    fresh = ";".join(["", *sorted(wanted.flags), *filter(None, (wanted.foreground, wanted.background))])
    if short is not None and len(short) <= len(fresh):
        return f"\x1b[{short}m", now
    return f"\x1b[{fresh}m", wanted._replace(foreground=wanted.foreground or "")


@lru_cache(maxsize=1024)
def _blank(background: str) -> Pen:
    """The pen of an unmarked cell without a letter."""
    return Pen(None, background, frozenset())


def _split(parameters: str) -> Iterator[str]:
    """Parameters one by one, those of one colour together."""
    numbers = parameters.split(";") if parameters else []
    at = 0
    while at < len(numbers):
        length = 1
        if numbers[at] in ("38", "48") and at + 1 < len(numbers):
            length = COLOUR_LENGTHS.get(numbers[at + 1], 1)
        yield ";".join(numbers[at : at + length])
        at += length
