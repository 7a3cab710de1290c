"""The fields of a foreign entry, each read strictly: kept as it is meant, unknown, or Bad with its name."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Context, Decimal
from typing import Any

from tui_registry.intake.found import Bad
from tui_registry.intake.plainjson import NoNumber, Repeated
from tui_registry.money import MAX_COUNT, MAX_PRICE
from tui_registry.text import clean, is_showable, looks_like_key

Entry = Mapping[str, Any]

MAX_ID = 256
"""Characters a model's id and name may have; the database holds no more."""

MILLION = Decimal(1_000_000)
_ROUNDED = Context(
    prec=15
)  # what a double keeps for certain: an upstream 0.13999999999999999 is the 0.14 it was
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
KEY_IN_TEXT = "This looks like an API key. Keys are never taken from such a file."


def entry(value: object, what: str = "an object") -> Entry:
    """The entry as an object without doubled names."""
    if not isinstance(value, dict):
        raise Bad("", f"Expected {what}, found {kind(value)}.")
    if isinstance(value, Repeated):
        raise Bad(
            value.names[0] if is_showable(value.names[0]) else "", "This name stands here more than once."
        )
    return value


def members(value: object, what: str) -> tuple[Entry, frozenset[str]]:
    """The members of an object that lists entries by name, and the names that stand there more than once."""
    if not isinstance(value, dict):
        raise Bad("", f"Expected {what}, found {kind(value)}.")
    return value, frozenset(value.names if isinstance(value, Repeated) else ())


def kind(value: object) -> str:
    """What a value is, in words, without the value."""
    words = {bool: "true or false", int: "a number", Decimal: "a number", str: "a text", list: "a list"}
    return words.get(
        type(value), "an object" if isinstance(value, dict) else "nothing" if value is None else "no number"
    )


def identifier(value: object, field: str) -> str:
    """An id that calls must name, never altered."""
    if not isinstance(value, str):
        raise Bad(field, f"An id is a text; this is {kind(value)}.")
    if not value.strip():
        raise Bad(field, "The id is blank.")
    if len(value) > MAX_ID:
        raise Bad(field, f"The id has {len(value):,} characters; at most {MAX_ID} are kept.")
    if not is_showable(value):
        raise Bad(field, "The id holds characters that cannot be shown.")
    return value


def text(of: Entry, field: str, longest: int, *, lines: bool = False) -> str | None:
    """A text made safe to show and cut to what is kept; None when it is absent or blank."""
    value = of.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Bad(field, f"Expected a text, found {kind(value)}.")
    if looks_like_key(value):
        raise Bad(field, KEY_IN_TEXT)
    words = value.strip() if lines else " ".join(value[: 4 * longest].split())
    return clean(words, limit=longest, lines=lines)[:longest].strip() or None


def exact_text(of: Entry, field: str, longest: int, *, lines: bool = False) -> str | None:
    """A text as a registry wrote it, whole or Bad."""
    value = of.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Bad(field, f"Expected a text, found {kind(value)}.")
    if len(value) > longest:
        raise Bad(field, f"This has {len(value):,} characters; at most {longest:,} are kept.")
    if not is_showable(value, lines=lines):
        raise Bad(field, "This holds characters that cannot be shown.")
    return value if value.strip() else None


def count(of: Entry, field: str, *, zero_is_unknown: bool = False, name: str | None = None) -> int | None:
    """A positive whole number, None when it is absent."""
    value = of.get(field)
    if value is None or (zero_is_unknown and value == 0 and not isinstance(value, bool)):
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise Bad(name or field, f"Expected a whole number, found {_number_words(value)}.")
    if not 1 <= value <= MAX_COUNT:
        raise Bad(name or field, f"Expected a number from 1 to {MAX_COUNT:,}, found {value:,}.")
    return value


def price(
    of: Entry, field: str, *, per: Decimal = Decimal(1), exact: bool = False, name: str | None = None
) -> float | None:
    """A price of 0 or more in currency per token; `per` is how many tokens the figure is for."""
    value = of.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise Bad(name or field, f"Expected a price, found {_number_words(value)}.")
    if not 0 <= value <= MAX_PRICE * per:
        raise Bad(name or field, "Expected a price from 0 to 1,000 per token.")
    figure = Decimal(value)
    kept = float(figure if exact else _ROUNDED.divide(figure, per))
    if value and not kept:
        raise Bad(name or field, "This price is too small to be kept.")
    return abs(kept)


def flag(of: Entry, field: str) -> bool | None:
    """True, false, or None when it is absent."""
    value = of.get(field)
    if value is not None and not isinstance(value, bool):
        raise Bad(field, f"Expected true or false, found {_number_words(value)}.")
    return value


def day(of: Entry, field: str, *, whole: bool = True) -> str | None:
    """A date as YYYY-MM-DD; without `whole` one that names no day counts as absent."""
    value = of.get(field)
    if value is None:
        return None
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    if not whole:
        return None
    raise Bad(field, "Expected a date such as 2026-11-23.")


def choice(of: Entry, field: str, choices: Iterable[str]) -> str:
    """One of a few words."""
    value = of.get(field)
    if not (isinstance(value, str) and value in choices):
        raise Bad(field, f"Expected one of: {', '.join(choices)}.")
    return value


def _number_words(value: object) -> str:
    if isinstance(value, NoNumber):
        return f"{clean(value.written, limit=12)}, which cannot be kept"
    if isinstance(value, Decimal):
        return "a fraction"
    return kind(value)
