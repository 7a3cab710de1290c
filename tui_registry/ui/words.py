"""Stored values as the words and numbers a person reads; every state is a glyph and a word."""

from datetime import datetime

from rich.text import Text

from tui_registry.clock import age
from tui_registry.text import clean
from tui_registry.text import counted as counted

UNKNOWN = "?"
NONE = "-"

GLYPHS = {
    "ok": ("✓", "+"),
    "fail": ("✗", "x"),
    "off": ("-", "-"),
    "warn": ("!", "!"),
    "never": ("?", "?"),
    "mark": ("●", "*"),
    "differs": ("≠", "!"),
    "ascending": ("▲", "^"),
    "descending": ("▼", "v"),
}
"""Each glyph and what stands for it where the terminal's font lacks it."""

STATE_GLYPH = {
    "active": "ok",
    "on": "ok",
    "off": "off",
    "inactive": "off",
    "verified": "ok",
    "unverified": "never",
    "ok": "ok",
    "never": "never",
    "pass": "ok",
    "partial": "warn",
    "fail": "fail",
    "unsupported": "off",
    "blocked": "warn",
    "error": "warn",
    "skipped": "off",
}

_GLYPH_TONE = {"ok": "success", "fail": "error", "warn": "warning", "never": "muted", "off": "muted"}

STATE_TONE = {word: _GLYPH_TONE[name] for word, name in STATE_GLYPH.items()}
"""The tone a state is drawn in; the word beside its glyph says the same."""


def glyph(name: str, ascii_only: bool = False) -> str:
    """A named glyph, or its ASCII stand-in."""
    return GLYPHS[name][ascii_only]


def state(word: str, ascii_only: bool = False) -> str:
    """A state as glyph and word, e.g. `✓ verified`."""
    return f"{glyph(STATE_GLYPH.get(word, 'never'), ascii_only)} {word}"


def plain(value: object, *, lines: bool = False) -> Text:
    """Any value as text that can neither style nor steer the terminal; None is a dash."""
    return Text(NONE if value is None else clean(str(value), lines=lines))


def aged(stamp_text: str | None, now: datetime, *, absent: str = NONE) -> str:
    """The age of a stored time, or `absent`."""
    return absent if stamp_text is None else age(stamp_text, now)


def ago(stamp_text: str | None, now: datetime) -> str:
    """How long ago a stored time was, in a sentence: `3h ago`, `just now`."""
    words = aged(stamp_text, now)
    return "just now" if words == "now" else words if words == NONE else f"{words} ago"


def yes_no(value: object) -> str:
    """A stored boolean as a word; None is unknown."""
    return UNKNOWN if value is None else "yes" if value else "no"


def host(url: str) -> str:
    """A URL without its scheme, as it stands in narrow columns."""
    return url.split("://", 1)[-1]
