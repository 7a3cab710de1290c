"""How each kind of value is read that a person or a file puts in: kept as it is meant, or refused.

Every reader raises ValueError with a sentence for what cannot be kept or shown.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from tui_registry.endpoint import parse_endpoint
from tui_registry.money import MAX_COUNT, MAX_PRICE, parse_count, parse_price
from tui_registry.text import is_showable

URL_LENGTH = 2048
"""Characters a website may have."""

LONGEST_CURRENCY = 128
"""Characters of a currency that are looked at before it is called too long."""


def text(label: str, length: int, *, lines: bool = False) -> Callable[[object], str | None]:
    """A reader of texts: trimmed, None when empty; raises ValueError for what cannot be kept or shown."""

    def read(value: object) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise ValueError(f"{label} must be text.")
        written = value.strip()
        if len(written) > length:
            raise ValueError(f"{label} has {len(written):,} characters; at most {length:,} are kept.")
        if not is_showable(written, lines=lines):
            raise ValueError(f"{label} holds a character that cannot be shown; remove it.")
        return written or None

    return read


def needed(label: str, read: Callable[[object], str | None]) -> Callable[[object], str]:
    """A reader of texts that must not be empty."""

    def checked(value: object) -> str:
        written = read(value)
        if written is None:
            raise ValueError(f"{label} is needed.")
        return written

    return checked


def endpoint(value: object) -> str:
    """A base URL in canonical form."""
    if not isinstance(value, str):
        raise ValueError("Write the base URL as text.")
    return parse_endpoint(value).url


def website(value: object) -> str | None:
    """An optional address; one without a scheme is taken as https."""
    written = text("Website", URL_LENGTH)(value)
    if written is None:
        return None
    scheme, separator, rest = written.partition("://")
    if not separator:
        scheme, rest = "https", written
    host = re.split("[/?#]", rest, maxsplit=1)[0]
    tail = rest[len(host) :]
    try:
        canonical = parse_endpoint(f"{scheme}://{host}").url
    except ValueError:
        canonical = ""
    fits = len(f"{scheme}://{rest}") <= URL_LENGTH
    if not canonical or not fits or not tail.isascii() or any(bad in tail for bad in ' <>"{}|^`\\@'):
        raise ValueError("Write the website as an address, for example https://groq.com.")
    return f"{scheme.lower()}://{host}{tail}" if host.isascii() else canonical + tail


def count(*rates: str) -> Callable[[object], int | None]:
    """A reader of positive whole numbers or None; a text may name one of `rates`, and no other window."""

    def read(value: object) -> int | None:
        if value is None or isinstance(value, str):
            return parse_count(value or "", rates=rates)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("Write a whole number, such as 128k or 200,000.")
        if not 1 <= value <= MAX_COUNT:
            raise ValueError(f"Write a number from 1 to {MAX_COUNT:,}, or leave it empty when it is unknown.")
        return value

    return read


def price(value: object) -> float | None:
    """A price per token; texts are per 1M tokens unless they name a unit, numbers are per token."""
    if value is None or isinstance(value, str):
        written = parse_price(value or "")
        return None if written is None else float(written)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise ValueError("Write a price, such as 0.15.")
    if (isinstance(value, Decimal) and value.is_nan()) or not 0 <= value <= MAX_PRICE:
        raise ValueError("Write a price of 0 or more, such as 0.15.")
    kept = abs(float(value))
    if not kept and value:
        raise ValueError("Write 0 or a larger price; one this small cannot be kept exactly.")
    return kept


def needed_price(value: object) -> float:
    """A price that must be there."""
    kept = price(value)
    if kept is None:
        raise ValueError("A price is needed, such as 0.15; free is a price too.")
    return kept


def flag(value: object) -> bool | None:
    """Yes, no, or None for unknown."""
    if value is None or isinstance(value, bool):
        return value
    words = {"": None, "unknown": None, "yes": True, "true": True, "no": False, "false": False}
    if isinstance(value, str) and value.strip().lower() in words:
        return words[value.strip().lower()]
    raise ValueError("Write yes, no or unknown.")


def currency(value: object) -> str:
    """Three capital letters; small ones are put right, empty is USD."""
    written = (text("Currency", LONGEST_CURRENCY)(value) or "USD").upper()
    if len(written) != 3 or not (written.isascii() and written.isalpha()):
        raise ValueError("Write the currency as three letters, for example USD.")
    return written
