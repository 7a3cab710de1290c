"""A `.env` file, read for the variables that conventionally hold keys of providers, and for nothing else.

It is read as data: nothing in it is executed or expanded, and the value of any other variable is let go of.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tui_registry.intake.found import Problem
from tui_registry.text import Secret, read_pasted_key

_ASSIGNMENT = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*")
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_SINGLE = re.compile(r"'([^']*)'")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_BARE = re.compile(r"[^\n]*")
_COMMENT = re.compile(r"(?:^|[ \t]+)#.*$")
_EXPANDED = re.compile(r"\$[({A-Za-z_]|`")
_ESCAPED = re.compile(r"\\([\"\\$`])")

EXPANDS = "Its value would be computed by a shell; nothing is expanded here. Write the key itself."


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A variable of the file with its line and its value, which never prints."""

    variable: str
    line: int
    secret: Secret


@dataclass(frozen=True, slots=True)
class EnvKeys:
    """What a file holds for the variables asked for; `others` counts those that were passed over."""

    keys: tuple[NamedKey, ...]
    problems: tuple[Problem, ...]
    others: int


def looks_like_env(text: str) -> bool:
    """Whether the first line that says anything is an assignment."""
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return _ASSIGNMENT.match(next(lines, "")) is not None


def read_env(text: str, wanted: Collection[str]) -> EnvKeys:
    """The keys in the `wanted` variables; of one that is given twice with two values, none."""
    keys: dict[str, NamedKey] = {}
    doubtful: set[str] = set()
    problems: list[Problem] = []
    others = 0
    for variable, line, value, is_literal in _assignments(text.replace("\r\n", "\n").replace("\r", "\n")):
        if variable not in wanted:
            others += 1
            continue
        if not value.strip():
            continue
        path = f"line {line:,} ({variable})"
        try:
            key = NamedKey(variable, line, _key(value, is_literal))
        except ValueError as error:
            problems.append(Problem(path, str(error)))
            continue
        if keys.setdefault(variable, key).secret != key.secret:
            doubtful.add(variable)
            problems.append(Problem(path, f"Line {keys[variable].line:,} gives it another value."))
    return EnvKeys(tuple(key for name, key in keys.items() if name not in doubtful), tuple(problems), others)


def _key(value: str, is_literal: bool) -> Secret:
    """The value as a key; raises ValueError whose sentence does not hold it."""
    if not is_literal and _EXPANDED.search(value):
        raise ValueError(EXPANDS)
    if "\n" in value:
        raise ValueError("It goes over several lines, and a key does not.")
    return read_pasted_key(value)[0]


def _assignments(text: str) -> Iterator[tuple[str, int, str, bool]]:
    """Each assignment: its variable, its line, its value, and whether a shell would leave it as it is."""
    place, line = 0, 1
    while place < len(text):
        matched = _ASSIGNMENT.match(text, place)
        start = place
        if matched is None:
            place = _BARE.match(text, place).end()  # type: ignore[union-attr]
        else:
            value, is_literal, place = _value(text, matched.end())
            yield matched[1], line, value, is_literal
            place = _BARE.match(text, place).end()  # type: ignore[union-attr]
        place += 1
        line += text.count("\n", start, place)


def _value(text: str, place: int) -> tuple[str, bool, int]:
    """The value that begins here, whether it is literal, and where it ends."""
    single = _SINGLE.match(text, place)
    if single is not None and _BLANK.match(text, single.end()):
        return single[1], True, single.end()
    double = _DOUBLE.match(text, place)
    if double is not None and _BLANK.match(text, double.end()):
        return _ESCAPED.sub(r"\1", double[1]), False, double.end()
    bare = _BARE.match(text, place)
    assert bare is not None
    return _COMMENT.sub("", bare[0]).strip(), False, bare.end()
