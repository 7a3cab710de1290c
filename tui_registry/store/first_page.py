"""The first page of a list sorted by a column whose values stand in order in an index.

The value at the page's edge is read first. Then only the rows beyond it have to be sorted, and of the many
that may be equal to it those are taken that come first in the order of equals.
"""

import json
from typing import TYPE_CHECKING, Any, Protocol

from tui_registry.store.view_columns import AMONG, Column, Rank, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_registry.store.rows import Cell

FEW = 1_280
"""Rows that are quickly sorted; where more are beyond the edge, another way is quicker."""


class Ask(Protocol):
    """A question to the file, at one moment of it; raises what says that there is no time left."""

    def __call__(self, sql: str, values: "Sequence[Cell]") -> list[Any]:
        """The first column of what is found."""


def first_page(ask: Ask, shape: Shape, rank: Rank, order: tuple[Column, bool], size: int) -> list[int] | None:
    """The ids of the first `size` rows; None where sorting all rows is quicker."""
    column, descending = order
    sign, way = (">", "DESC") if descending else ("<", "ASC")
    joins, value = rank.holder
    in_order = _select(value, joins, f"{value} IS NOT NULL", f"{value} {way}")
    edge = ask(f"{in_order} LIMIT 1 OFFSET ?", (size - 1,))
    beyond = f"{sign} ?" if edge else "IS NOT NULL"
    page = _sorted(ask, shape, rank, (beyond, edge), shape.order(column, descending), size)
    if page is None or len(page) == size:
        return page
    return page + _equals(ask, shape, rank, column, edge, size - len(page))


def _equals(ask: Ask, shape: Shape, rank: Rank, column: Column, edge: "list[Cell]", size: int) -> list[int]:
    """The first rows with the value at the edge, without any value if there is no edge."""
    ties = ", ".join(shape.tie)
    if edge and (found := _sorted(ask, shape, rank, ("= ?", edge), ties, size)) is not None:
        return found
    # So many are equal that they are soon met in their own order, for which the sign keeps SQLite from
    # taking an index of the value.
    walk = _select(shape.key, shape.scan, f"+({column.compared}) IS ?", ties)
    return ask(f"{walk} LIMIT ?", (*(edge or [None]), size))


def _sorted(
    ask: Ask, shape: Shape, rank: Rank, wanted: "tuple[str, list[Cell]]", order: str, size: int
) -> list[int] | None:
    """The first rows, in an order, of those whose value is as wanted; None if these are many."""
    condition, values = wanted
    ids: list[int] = []
    for joins, value in (rank.holder, *rank.others):
        ids += ask(f"{_select(shape.key, joins, f'{value} {condition}')} LIMIT ?", (*values, FEW + 1))
    if len(ids) > FEW:
        return None
    chosen = _select(shape.key, shape.rows, f"{shape.key} {AMONG}", order)
    return ask(f"{chosen} LIMIT ?", (json.dumps(ids), size))


def _select(what: str, joins: str, condition: str, order: str = "") -> str:
    words = ("SELECT", what, "FROM", joins, "WHERE", condition)
    return " ".join((*words, "ORDER BY", order) if order else words)
