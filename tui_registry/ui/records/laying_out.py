"""Lines drawn: a label and its value side by side, or a text at the whole width."""

from collections.abc import Iterable
from itertools import groupby

from rich.table import Table
from rich.text import Text

from tui_registry.ui.records.history_lines import Line
from tui_registry.ui.words import plain

LABEL_WIDTH = 12


def laid_out(lines: Iterable[Line]) -> Table:
    """Lines as a label and a value side by side, a value wraps in its own column; or at the whole width."""
    page = Table.grid(expand=True)
    page.add_column(ratio=1)
    for whole, group in groupby(lines, lambda line: line[0] is None):
        if whole:
            for _, value in group:
                page.add_row(plain(value))
        else:
            page.add_row(_side_by_side(group))
    return page


def _side_by_side(lines: Iterable[Line]) -> Table:
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=LABEL_WIDTH, style="bold")
    table.add_column(ratio=1, overflow="fold")
    for label, value in lines:
        table.add_row(Text(label or ""), plain(value, lines=True))
    return table
