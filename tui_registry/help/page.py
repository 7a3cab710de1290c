"""A help text laid out for reading, as wide as whatever draws it; no style in it but bold heads."""

import re
from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_HEAD = re.compile(r"(#+) (.*)")
_ITEM = re.compile(r"(\*|\d+\.) +(.*)")
_FENCE = "```"
_INDENT = 2
_RULE = re.compile(r":?-+:?")


def page(text: str) -> Group:
    """The Markdown of a topic as something to draw; whatever looks like markup in it is shown as it is."""
    drawn: list[RenderableType] = []
    for block in _blocks(text.splitlines()):
        if drawn:
            drawn.append(Text())
        drawn.append(_laid_out(block))
    return Group(*drawn)


def fenced(text: str) -> Iterator[str]:
    """The lines that stand between fences, which are never wrapped."""
    for block in _blocks(text.splitlines()):
        if block[0].startswith(_FENCE):
            yield from block[1:]


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    """Lines that belong together: a head, what stands between fences, and else what no empty line parts."""
    block: list[str] = []
    in_fence = False
    for line in lines:
        begins = not in_fence and (line.startswith(_FENCE) or _HEAD.fullmatch(line))
        ends = line == _FENCE if in_fence else not line or begins
        if ends and block:
            yield block
            block = []
        in_fence = not ends if in_fence else line.startswith(_FENCE)
        if not ends or begins:
            block.append(line)
        if begins and not in_fence:
            yield block
            block = []
    if block:
        yield block


def _laid_out(block: list[str]) -> RenderableType:
    first = block[0]
    if first.startswith(_FENCE):
        lines = "\n".join(" " * _INDENT + line for line in block[1:])
        return Text(lines, no_wrap=True, overflow="ignore")
    if head := _HEAD.fullmatch(first):
        # Where nothing is bold, as in a pipe, capitals still tell a head from a sentence.
        return Text(head[2] if head[1] == "#" else head[2].upper(), style="bold")
    if first.startswith("|"):
        return _table(block)
    if _ITEM.match(first):
        return _list(block)
    return Text(" ".join(map(str.strip, block)))


def _list(block: list[str]) -> Table:
    """Items with their marks at the left; a line that begins with none goes on with the item before."""
    items: list[tuple[str, list[str]]] = []
    for line in block:
        if begun := _ITEM.match(line):
            items.append((begun[1], [begun[2]]))
        else:
            items[-1][1].append(line.strip())
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    for mark, words in items:
        table.add_row(Text(mark), Text(" ".join(words)))
    return table


def _table(block: list[str]) -> Table:
    """Rows under their heads; the line of dashes says which columns stand right."""
    heads, rules, *rows = map(_cells, block)
    assert all(map(_RULE.fullmatch, rules))
    table = Table(box=None, pad_edge=False, padding=(0, _INDENT, 0, 0), header_style="bold")
    for head, rule in zip(heads, rules, strict=True):
        right = rule.endswith(":")
        table.add_column(Text(head), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
