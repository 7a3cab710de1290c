"""Foreign JSON read within bounds; what no registry can keep stays recognisable, so that it can be named."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tui_registry.errors import Refused

DEEPEST = 32
"""Nesting that a document may have; the known ones have eight."""

MOST_VALUES = 4_000_000
"""Values that a document may hold; memory is needed for each."""

_LONGEST_NUMBER = 32
_LONGEST_WHOLE = 17
_MOST_EXPONENT = 400


@dataclass(frozen=True, slots=True)
class NoNumber:
    """A number that no registry can keep, such as NaN or one of 5,000 digits."""

    written: str


class Repeated(dict[str, Any]):
    """An object in which names stand more than once."""

    names: tuple[str, ...] = ()


def read_json(text: str, name: str) -> Any:  # noqa: ANN401 - it is foreign
    """The document, with Decimal for every number with a point; raises Refused for what is no document."""
    if text.count(",") + text.count("[") + text.count("{") > MOST_VALUES:
        raise Refused(f"{name} holds more than {MOST_VALUES:,} values, so it was not read.")
    try:
        document = json.loads(
            text,
            parse_int=_whole,
            parse_float=_decimal,
            parse_constant=NoNumber,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise Refused(_too_deep(name)) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno:,}, column {error.colno:,}"
        raise Refused(f"{name} is not JSON: {error.msg} at {place}.") from None
    level = [document]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, (dict, list))]
        if not level:
            return document
    raise Refused(_too_deep(name))


def _too_deep(name: str) -> str:
    return f"{name} is nested more than {DEEPEST} deep, so it was not read."


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    seen: set[str] = set()
    twice = Repeated(made)
    twice.names = tuple({name: None for name, _ in pairs if name in seen or seen.add(name)})  # type: ignore[func-returns-value]
    return twice


def _whole(digits: str) -> int | NoNumber:
    return int(digits) if len(digits) <= _LONGEST_WHOLE else NoNumber(digits[:_LONGEST_NUMBER])


def _decimal(digits: str) -> Decimal | NoNumber:
    """The number exactly as written; its exponent is bounded before anything is computed with it."""
    exponent = digits.lower().partition("e")[2] or "0"
    if len(digits) > _LONGEST_NUMBER or len(exponent) > 5 or abs(int(exponent)) > _MOST_EXPONENT:
        return NoNumber(digits[:_LONGEST_NUMBER])
    return Decimal(digits)
