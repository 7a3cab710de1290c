"""JSON as it is handed out: ASCII, indented, its keys in the order they were put in."""

import json
from collections.abc import Callable, Iterator, Mapping

_INDENT = "  "


class Reference(str):
    """A text that a tool replaces by what an environment variable holds; no other text may do so there."""

    __slots__ = ()


def quoted(text: str) -> str:
    """A text as an ASCII JSON string, without a character that acts on a terminal."""
    return json.dumps(text, ensure_ascii=True).replace("\x7f", "\\u007f")


def json_text(value: object, quote: Callable[[str], str] = quoted) -> str:
    """A value as JSON, a line feed at its end, each text written by `quote`.

    Raises ValueError for a number that JSON does not have.
    """
    return "".join(_pieces(value, quote, "\n")) + "\n"


def scalar(value: object, quote: Callable[[str], str]) -> str:
    """A text, number, flag or null as JSON; raises ValueError for a number that JSON does not have."""
    return quote(value) if isinstance(value, str) else json.dumps(value, allow_nan=False)


def _pieces(value: object, quote: Callable[[str], str], line: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        entries = [(quote(str(name)) + ": ", each) for name, each in value.items()]
        brackets = "{}"
    elif isinstance(value, list | tuple):
        entries = [("", each) for each in value]
        brackets = "[]"
    else:
        yield scalar(value, quote)
        return
    if not entries:
        yield brackets
        return
    inner = line + _INDENT
    for place, (name, each) in enumerate(entries):
        yield f"{',' if place else brackets[0]}{inner}{name}"
        yield from _pieces(each, quote, inner)
    yield line + brackets[1]
