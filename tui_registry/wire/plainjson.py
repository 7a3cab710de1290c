"""Foreign JSON read within bounds: no NaN, no huge numbers, no deep nesting."""

import json
import math
from collections.abc import Mapping
from functools import cache
from typing import TypeGuard, cast

from tui_registry.wire.exchange import Json

DEEPEST = 64
"""Nesting that an answer may have."""

_LARGEST = 2**53


def read_json(text: str) -> Json:
    """The document; a number that is infinite, NaN or a whole one beyond 2**53 is None.

    Raises ValueError with words of ours.
    """
    try:
        document = _decoder().decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        raise ValueError("not JSON") from None
    if text.count("[") + text.count("{") <= DEEPEST:
        return cast(Json, document)
    level = [document]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, (dict, list))]
        if not level:
            return cast(Json, document)
    raise ValueError("nested too deeply")


@cache
def _decoder() -> json.JSONDecoder:
    """The decoder, made once: making one costs more than reading an event."""
    return json.JSONDecoder(parse_int=_whole, parse_float=_finite, parse_constant=_unknown)


def at(document: object, *path: str | int) -> object:
    """What stands at a path of keys and positions, or None."""
    for step in path:
        if isinstance(document, dict) and isinstance(step, str):
            document = document.get(step)
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        else:
            return None
    return document


def text_at(document: object, *path: str | int) -> str | None:
    """The non-empty string at a path, or None."""
    found = at(document, *path)
    return found if isinstance(found, str) and found else None


def count_at(document: object, *path: str | int) -> int | None:
    """The whole number from 0 at a path, or None."""
    found = at(document, *path)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def items_at(document: object, *path: str | int) -> list[Json]:
    """The list at a path, or an empty one."""
    found = at(document, *path)
    return found if isinstance(found, list) else []


def is_object(value: object) -> TypeGuard[Mapping[str, Json]]:
    """Whether the value is a JSON object."""
    return isinstance(value, dict)


def _inside(value: object) -> list[object]:
    """The members of a container."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _whole(digits: str) -> int | None:
    """A whole number that a double holds exactly, or None."""
    number = int(digits) if len(digits) <= 17 else _LARGEST + 1
    return number if abs(number) <= _LARGEST else None


def _finite(digits: str) -> float | None:
    """A finite number, or None."""
    number = float(digits)
    return number if math.isfinite(number) else None


def _unknown(_: str) -> None:
    """NaN and the infinities are no numbers of JSON; what they stand for is not known."""
