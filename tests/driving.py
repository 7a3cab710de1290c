"""Driving the app as a person does: keys, typed text, and waiting for what is to appear."""

import time
from collections.abc import Callable

from textual.pilot import Pilot
from textual.widget import Widget

PATIENCE = 10.0
"""Seconds until a wait is given up; a machine under load is slow, a defect waits for ever."""

NAMED = {
    " ": "space",
    "/": "slash",
    ":": "colon",
    ".": "full_stop",
    ",": "comma",
    "-": "minus",
    "_": "underscore",
    ">": "greater_than_sign",
    "<": "less_than_sign",
    "=": "equals_sign",
    "?": "question_mark",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    "*": "asterisk",
    '"': "quotation_mark",
    "$": "dollar_sign",
}


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Type a text key by key."""
    await pilot.press(*(NAMED.get(character, character) for character in text))


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    """Wait until something is so."""
    latest = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < latest, "it never came to hold"
        await pilot.pause(0.01)


async def on_screen(pilot: Pilot[None], text: str) -> None:
    """Wait until a text can be read on the screen."""
    try:
        await until(pilot, lambda: text in screen_text(pilot))
    except AssertionError:
        raise AssertionError(f"{text!r} never appeared on:\n{screen_text(pilot)}") from None


def screen_text(pilot: Pilot[None]) -> str:
    """The screen as a person reads it, line by line."""
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in lines)


def shown(widget: Widget) -> str:
    """What one widget shows."""
    return str(widget.render())
