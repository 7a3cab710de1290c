"""TELLS: what a person may want to read about the program, one Markdown text for each topic.

The texts are the `.md` files beside this module. The first line of each is its title; the rest uses headings,
paragraphs, lists, tables and fenced lines, and no other mark of Markdown.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from tui_registry.errors import NotFound
from tui_registry.text import clean

_SUFFIX = ".md"
_LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Topic:
    """One text: its name, the line that says what it tells, and all of it as Markdown."""

    name: str
    title: str
    text: str


@cache
def topics() -> tuple[Topic, ...]:
    """Every topic, by name."""
    found = []
    for item in files("tui_registry.help").iterdir():
        if item.name.endswith(_SUFFIX):
            text = item.read_text(encoding="utf-8")
            title = text.partition("\n")[0].removeprefix("# ")
            found.append(Topic(item.name.removesuffix(_SUFFIX), title, text))
    return tuple(sorted(found, key=lambda each: each.name))


def topic(name: str) -> Topic:
    """The topic of a name, in any case; raises NotFound with the nearest and with all there are."""
    known = {each.name: each for each in topics()}
    asked = name.strip().casefold()
    if asked in known:
        return known[asked]
    near = get_close_matches(asked, list(known), n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]}?" if near else ""
    shown = clean(name, limit=_LONGEST_SHOWN) or "without a name"
    raise NotFound(f"There is no help topic {shown}.{hint} The topics: {', '.join(known)}.")
