"""Kinds of values: how each is read, written and limited; the ground of declarations, drafts and forms.

A kind reads a text that a person or a file puts in, or a value that is of the kind already, and raises
ValueError with a sentence for what cannot be kept or shown. Empty text is None: whether that may be is the
column's to say. What a kind's limits are in the words of a database stands in `store/engines`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Generic, Literal, TypeVar

from tui_registry.endpoint import parse_endpoint
from tui_registry.money import (
    MAX_COUNT,
    MAX_PRICE,
    looks_off,
    parse_count,
    parse_price,
    per_million,
    show_amount,
    show_count,
)
from tui_registry.text import is_showable

T = TypeVar("T")
Storage = Literal["TEXT", "INTEGER", "REAL"]

URL_LENGTH = 2048
"""Characters that an address may have."""

LONGEST_CURRENCY = 128
"""Characters of a currency that are looked at before it is called too long."""


class Kind(Generic[T]):
    """One kind of value; `rule` is what a database's refusal calls it, `unit` what a number counts."""

    rule: str
    storage: ClassVar[Storage] = "TEXT"
    unit: ClassVar[str] = ""
    starts_as: ClassVar[str] = ""
    """What the form of a new record begins with."""

    def read(self, value: object, label: str) -> T | None:
        """The value that is meant, None for an empty text; raises ValueError with a sentence."""
        raise NotImplementedError

    def needed(self, label: str) -> str:
        """The sentence for one that is not there and must be."""
        return f"{label} is needed."

    def written(self, value: T) -> str:
        """A value as a form shows it; read again, it is the same."""
        return str(value)

    def doubt(self, value: T) -> str | None:
        """What is odd about an allowed value, as a sentence."""
        return None


@dataclass(frozen=True)
class Text(Kind[str]):
    """Characters that can be shown, on one line or on several; trimmed, and None when nothing is left."""

    length: int
    lines: bool = False

    @property
    def rule(self) -> str:  # type: ignore[override]
        """With the length, since each length is a rule of its own."""
        return f"{'lines' if self.lines else 'text'}_{self.length}"

    def read(self, value: object, label: str) -> str | None:
        """The text, trimmed."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise ValueError(f"{label} must be text.")
        written = value.strip()
        if len(written) > self.length:
            raise ValueError(f"{label} has {len(written):,} characters; at most {self.length:,} are kept.")
        if not is_showable(written, lines=self.lines):
            raise ValueError(f"{label} holds a character that cannot be shown; remove it.")
        return written or None


@dataclass(frozen=True)
class Endpoint(Kind[str]):
    """A base URL that keys are sent to, in canonical form."""

    rule = "base_url"

    def read(self, value: object, label: str) -> str:
        """The base URL as it is sent to."""
        if not isinstance(value, str):
            raise ValueError("Write the base URL as text.")
        return parse_endpoint(value).url


@dataclass(frozen=True)
class Template(Kind[str]):
    """A base URL in which {placeholders} may stand."""

    rule = "template"


@dataclass(frozen=True)
class Url(Kind[str]):
    """An address to look at; one without a scheme is taken as https."""

    rule = "url"

    def read(self, value: object, label: str) -> str | None:
        """The address with its scheme, and its host in small letters."""
        written = Text(URL_LENGTH).read(value, label)
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


@dataclass(frozen=True)
class Hex(Kind[str]):
    """So many hexadecimal digits, in small letters."""

    digits: int

    @property
    def rule(self) -> str:  # type: ignore[override]
        """With the number of digits."""
        return f"hex_{self.digits}"


@dataclass(frozen=True)
class Moment(Kind[str]):
    """A moment in UTC, as `clock.stamp` writes it."""

    rule = "utc"


@dataclass(frozen=True)
class Day(Kind[str]):
    """A date, `YYYY-MM-DD`."""

    rule = "date"


@dataclass(frozen=True)
class Choice(Kind[str]):
    """One of a few words."""

    words: tuple[str, ...]
    rule = "choice"


@dataclass(frozen=True)
class Words(Kind[str]):
    """Names with one blank between them, of these characters alone."""

    allowed: str
    length: int = 512
    may_be_empty: bool = False
    rule = "names"


@dataclass(frozen=True)
class Word(Kind[str]):
    """The name of a setting."""

    rule = "word"


@dataclass(frozen=True)
class Token(Kind[str]):
    """The short word that a server without keys of its own is given."""

    rule = "token"


@dataclass(frozen=True)
class Sealed(Kind[str]):
    """A sealed key, as the vault writes it."""

    rule = "sealed"


@dataclass(frozen=True)
class Json(Kind[str]):
    """A JSON object of at most so many bytes."""

    size: int
    rule: str = "json"


@dataclass(frozen=True)
class Currency(Kind[str]):
    """Three capital letters; small ones are put right, empty is USD."""

    rule = "currency"
    starts_as = "USD"

    def read(self, value: object, label: str) -> str:
        """The currency's code."""
        written = (Text(LONGEST_CURRENCY).read(value, label) or "USD").upper()
        if len(written) != 3 or not (written.isascii() and written.isalpha()):
            raise ValueError("Write the currency as three letters, for example USD.")
        return written


@dataclass(frozen=True)
class Id(Kind[int]):
    """A record's own number, which is given once and never again."""

    rule = "id"
    storage = "INTEGER"


@dataclass(frozen=True)
class Of(Kind[int]):
    """The number of the record that this one belongs to."""

    rule = "id"
    storage = "INTEGER"


@dataclass(frozen=True)
class Count(Kind[int]):
    """A positive whole number that a person writes as 128k; a text may name one of `rates`, no other."""

    rates: tuple[str, ...] = ()
    rule = "count"
    storage = "INTEGER"

    def read(self, value: object, label: str) -> int | None:
        """The number."""
        if value is None or isinstance(value, str):
            return parse_count(value or "", rates=self.rates)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("Write a whole number, such as 128k or 200,000.")
        if not 1 <= value <= MAX_COUNT:
            raise ValueError(f"Write a number from 1 to {MAX_COUNT:,}, or leave it empty when it is unknown.")
        return value

    def written(self, value: int) -> str:
        """The number with its thousands."""
        return show_count(value)


@dataclass(frozen=True)
class Tally(Kind[int]):
    """A whole number of 0 or more, as a program counts."""

    least: int = 0
    most: int | None = MAX_COUNT
    rule: str = "tally"
    storage = "INTEGER"


@dataclass(frozen=True)
class Flag(Kind[bool]):
    """Yes or no."""

    rule = "flag"
    storage = "INTEGER"

    def read(self, value: object, label: str) -> bool | None:
        """Yes, no, or None for unknown."""
        if value is None or isinstance(value, bool):
            return value
        words = {"": None, "unknown": None, "yes": True, "true": True, "no": False, "false": False}
        if isinstance(value, str) and value.strip().lower() in words:
            return words[value.strip().lower()]
        raise ValueError("Write yes, no or unknown.")

    def written(self, value: bool) -> str:
        """As a choice of a form names it."""
        return "true" if value else "false"


@dataclass(frozen=True)
class Price(Kind[float]):
    """Money for one token; texts are for 1M tokens unless they name a unit, numbers are for one."""

    rule = "price"
    storage = "REAL"
    unit = "per 1M tokens"

    def read(self, value: object, label: str) -> float | None:
        """The price for one token."""
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

    def needed(self, label: str) -> str:
        """Free is not unknown."""
        return "A price is needed, such as 0.15; free is a price too."

    def written(self, value: float) -> str:
        """The price for 1M tokens, every digit of it."""
        return show_amount(per_million(value))

    def doubt(self, value: float) -> str | None:
        """What a slip of the unit looks like."""
        doubt = looks_off(Decimal(repr(value)))
        return None if doubt is None else doubt.sentence


@dataclass(frozen=True)
class Amount(Kind[float]):
    """A number from 0 to `most`: money in USD, milliseconds, a share of 1."""

    most: int = 1_000_000_000
    rule: str = "amount"
    storage = "REAL"


FRACTION = Amount(1, "fraction")
"""From 0 to 1."""

HTTP_STATUS = Tally(100, 599, "code")
"""The number that an HTTP answer begins with."""

VERSION = Tally(1, None)
"""How often a record was saved."""


def reader(kind: Kind[T], label: str, *, needed: bool) -> Callable[[object], T | None]:
    """How a value of this kind is read under its label; raises ValueError where it is needed and missing."""

    def read(value: object) -> T | None:
        found = kind.read(value, label)
        if found is None and needed:
            raise ValueError(kind.needed(label))
        return found

    return read


def echo_count(text: str) -> str:
    """How a written count is read, e.g. `= 128,000`; nothing for text that is no count."""
    try:
        count = parse_count(text)
    except ValueError:
        return ""
    return "" if count is None else f"= {show_count(count)}"


def likelier_price(text: str) -> str | None:
    """Another reading of a price that is far out, as it would be typed."""
    try:
        price = parse_price(text)
    except ValueError:
        return None
    doubt = None if price is None else looks_off(price)
    return None if doubt is None or doubt.reading is None else show_amount(doubt.reading.scaleb(6))


def listed(words: Sequence[str]) -> str:
    """Words as a sentence names them: `a, b or c`."""
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
