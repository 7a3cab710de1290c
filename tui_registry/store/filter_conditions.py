"""The kinds of conditions a filter can set: each turns an operator and a typed value into bound SQL."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from tui_registry.clock import stamp
from tui_registry.money import parse_count, parse_price

Value: TypeAlias = int | float | str
Sql: TypeAlias = tuple[str, tuple[Value, ...]]
Build: TypeAlias = Callable[[str, str, datetime], Sql]

COMPARISONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "=", ":": "="}
_AMOUNT = re.compile(r"\$?(\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})(%?)", re.ASCII)
_AGE = re.compile(r"(\d{1,5})(h|d|w|m|y)", re.ASCII)
_HOURS = {"h": 1, "d": 24, "w": 168, "m": 730, "y": 8766}
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Condition:
    """One name that may stand before an operator, an example of it and what it means.

    `build` turns operator, value and the present moment into SQL with bound values; it raises ValueError
    with a sentence when the value says nothing.
    """

    example: str
    meaning: str
    build: Build


@dataclass(frozen=True, slots=True)
class Flag:
    """One word that stands for a fact instead of a text to look for."""

    meaning: str
    sql: str


def holds(text: str) -> str:
    """The LIKE pattern for a text anywhere, written so that `%`, `_` and `\\` mean themselves."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def amount(value: str) -> float:
    """A plain number, a share in percent or an amount of dollars."""
    match = _AMOUNT.fullmatch(value)
    if match is None:
        raise ValueError("Write a number, for example 0.9.")
    return float(match[1]) / (100 if match[2] else 1)


def count(value: str) -> int:
    """A whole number such as 0, 128k or 1M."""
    if value == "0":
        return 0
    found = parse_count(value)
    if found is None:
        raise ValueError("Write a whole number, for example 128k.")
    return found


def price(value: str) -> float:
    """A price per token from what is written per 1M tokens."""
    found = parse_price(value)
    if found is None:
        raise ValueError("Write a price per 1M tokens, for example 0.50.")
    return float(found)


def number(sql: str, read: Callable[[str], int | float]) -> Build:
    """A comparison with a number."""

    def build(operator: str, value: str, _now: datetime) -> Sql:
        return f"({sql}) {COMPARISONS[operator]} ?", (read(value),)

    return build


def part_of(like: str, whole: str) -> Build:
    """`:` looks for a part of the text, `=` for the whole of it; case never matters.

    Both are SQL with a `?` for each place the text is looked for in.
    """

    def build(operator: str, value: str, _now: datetime) -> Sql:
        if operator == ":":
            return like, (holds(value),) * like.count("?")
        if operator == "=":
            return whole, (value,) * whole.count("?")
        raise ValueError("Write it with a colon.")

    return build


def choice(choices: Mapping[str, str]) -> Build:
    """One of a few words; the beginning of one is enough."""

    def build(operator: str, value: str, _now: datetime) -> Sql:
        asked = value.lower()
        meant = [asked] if asked in choices else [word for word in choices if word.startswith(asked)]
        if operator not in (":", "=") or not meant:
            raise ValueError(f"Write one of: {', '.join(choices)}.")
        return f"({' OR '.join(choices[word] for word in meant)})", ()

    return build


def one_of(sql: str, words: str) -> Build:
    """A column that holds one of a few words."""
    return choice({word: f"{sql} = '{word}'" for word in words.split()})


def since(operator: str, value: str, now: datetime) -> Sql:
    """From a day, month or year on, or from so long ago."""
    _only_colon(operator)
    return "r.created_at >= ?", (_ago(value, now) or _day(value),)


def until(operator: str, value: str, now: datetime) -> Sql:
    """Up to the end of a day, month or year, or up to so long ago."""
    _only_colon(operator)
    # "~" sorts after everything that may follow a date, so the whole day, month or year is meant.
    return "r.created_at <= ?", (_ago(value, now) or _day(value) + "~",)


def _only_colon(operator: str) -> None:
    """Refuse `since>…`, which would mean two things at once."""
    if operator not in (":", "="):
        raise ValueError("Write it with a colon.")


def _ago(value: str, now: datetime) -> str | None:
    """The stored form of the moment so long ago, None when the value is not an age."""
    match = _AGE.fullmatch(value.lower())
    if match is None:
        return None
    try:
        found = now - timedelta(hours=int(match[1]) * _HOURS[match[2]])
    except OverflowError:
        return stamp(_EARLIEST)
    return stamp(max(found, _EARLIEST))


def _day(value: str) -> str:
    """A checked year, month or day."""
    if not _DATE.fullmatch(value):
        raise ValueError("Write a date such as 2026-09-01, or an age such as 7d.")
    date.fromisoformat(value + "-01-01"[len(value) - 4 :] if len(value) < 10 else value)
    return value
