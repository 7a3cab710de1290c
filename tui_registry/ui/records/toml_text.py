"""One flat record as TOML to edit by hand, and back: what a form would hold, field by field."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from tui_registry.errors import InvalidInput
from tui_registry.ui.forms.form_values import Field

REMARK = "#! "
"""How the lines start that say why a text was not saved; they are taken off when it is read again."""

_LINE_ENDS = {"\n": "\\n", "\r": "\\r"}


def written(heading: str, fields: Sequence[Field], values: Mapping[str, str]) -> str:
    """The texts of a form as TOML, each field under a line that says what it is."""
    lines = [f"# {line}" for line in heading.splitlines()]
    for field in fields:
        if field.kind == "note":
            continue
        options = " or ".join(text for text, _ in field.options if text)
        hints = "; ".join(each for each in (options, field.hint) if each)
        lines += [
            "",
            f"# {field.label}" + (f": {hints}" if hints else ""),
            f"{field.name} = {_value(field.name, values.get(field.name, ''))}",
        ]
    return "\n".join(lines) + "\n"


def texts(text: str, fields: Sequence[Field], values: Mapping[str, str]) -> dict[str, str]:
    """What a form would hold after this edit; a field that is left out keeps its value.

    Raises InvalidInput for text that is no TOML or holds what the record has not.
    """
    try:
        # numbers stay the digits that were typed, so that a price is read like one typed into a form
        read = tomllib.loads(text, parse_float=str)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise InvalidInput({"": _why_no_toml(str(error), text)}) from error
    labels = {field.name: field.label for field in fields if field.kind != "note"}
    problems = {}
    found = {}
    for name, value in read.items():
        if name not in labels:
            problems[name] = _unknown(name, labels)
        elif isinstance(value, bool):
            found[name] = "true" if value else "false"
        elif isinstance(value, (str, int)):
            found[name] = str(value)
        else:
            problems[name] = "Write text in quotes, a number, true or false."
    if problems:
        raise InvalidInput(problems)
    return {name: values.get(name, "") for name in labels} | found


def with_remarks(text: str, remarks: Mapping[str, str]) -> str:
    """The text with one remark per sentence above it, in place of earlier ones; nothing else changes."""
    lines = [
        f"{REMARK}{name}: {line}" if name else f"{REMARK}{line}"
        for name, sentence in remarks.items()
        for line in sentence.splitlines()
    ]
    return "".join(f"{line}\n" for line in lines) + without_remarks(text)


def without_remarks(text: str) -> str:
    """The text without the remarks above it; what starts like one further down is a person's own."""
    while text.startswith(REMARK.rstrip()):
        text = text.partition("\n")[2]
    return text


def _why_no_toml(reason: str, text: str) -> str:
    """What is wrong, with the line itself: remarks above the text would put any line number off."""
    what, _, where = reason.partition(" (at ")
    number = re.match(r"line (\d+)", where)
    line = text.split("\n")[int(number[1]) - 1].strip() if number else "the end"
    return f"This is not TOML: {what} at: {line}"


def _unknown(name: str, labels: Mapping[str, str]) -> str:
    near = get_close_matches(name, labels, 1)
    return f"This record has no {name}." + (f" Did you mean {near[0]}?" if near else "")


def _value(name: str, text: str) -> str:
    """One value: a number or a boolean bare where the field holds such, else a string."""
    if name.startswith("supports_") and text in ("true", "false"):
        return text
    if name.endswith(("_tokens", "_per_minute", "_per_hour")) and text.replace(",", "").isdecimal():
        return text.replace(",", "_")
    if "price" in name and _is_toml_number(text):
        return text
    if "\n" in text:
        return f'"""\n{_escaped(text, keep_lines=True)}"""'
    return f'"{_escaped(text, keep_lines=False)}"'


def _is_toml_number(text: str) -> bool:
    try:
        return isinstance(tomllib.loads(f"x = {text}", parse_float=float)["x"], (int, float))
    except tomllib.TOMLDecodeError:
        return False


def _escaped(text: str, *, keep_lines: bool) -> str:
    """A text as it stands between TOML's quotes; every character that is not plain is escaped."""
    pieces = []
    for character in text:
        if character == "\n" and keep_lines:
            pieces.append(character)
        elif character in _LINE_ENDS:
            pieces.append(_LINE_ENDS[character])
        elif character.isprintable():
            pieces.append(json.dumps(character, ensure_ascii=False)[1:-1])
        else:
            pieces.append(f"\\U{ord(character):08x}")
    return "".join(pieces)
