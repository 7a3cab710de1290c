"""The first page of a list sorted by a column whose values stand in order in an index.

The value at the page's edge is read first. Then only the rows beyond it have to be sorted, and of the many
that may be equal to it those are taken that come first in the order of equals.
"""

import json
from typing import TYPE_CHECKING, Any, Protocol

from tui_registry.store.view_columns import Column, Rank, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_registry.store.rows import Cell

FIRST_TRY = 0.012
"""Seconds that equals are looked for in their own order, where most rows are equal, before all are sorted."""


AMONG = "IN (SELECT value FROM json_each(?))"
"""The condition for ids that are bound as one JSON text."""


class Ask(Protocol):
    """A question to the file; None if its answer was not there in `budget` seconds."""

    def __call__(self, sql: str, values: "Sequence[Cell]", budget: float | None = None) -> list[Any] | None:
        """The first column of what is found."""


def first_page(ask: Ask, shape: Shape, rank: Rank, order: tuple[Column, bool], size: int) -> list[int] | None:
    """The ids of the first `size` rows; None where they were not found in time."""
    column, descending = order
    sign, way = (">", "DESC") if descending else ("<", "ASC")
    joins, value = rank.holder
    in_order = _select(value, joins, f"{value} IS NOT NULL", f"{value} {way}")
    edge = ask(f"{in_order} LIMIT 1 OFFSET ?", (size - 1,))
    if edge is None:
        return None
    beyond = f"{sign} ?" if edge else "IS NOT NULL"
    page = _sorted(ask, shape, rank, (beyond, edge), shape.order(column, descending), size)
    if page is None or len(page) == size:
        return page
    equals = _equals(ask, shape, rank, column, edge, size - len(page))
    return None if equals is None else page + equals


def _equals(
    ask: Ask, shape: Shape, rank: Rank, column: Column, edge: "list[Cell]", size: int
) -> list[int] | None:
    """The first rows with the value at the edge, without any value if there is no edge."""
    ties = ", ".join(shape.tie)
    # The sign keeps SQLite from leaving the order of equals for an index of the value.
    walk = f"{_select(shape.key, shape.scan, f'+({column.compared}) IS ?', ties)} LIMIT ?"
    if not edge:
        return ask(walk, (None, size))
    found = ask(walk, (*edge, size), FIRST_TRY)
    return _sorted(ask, shape, rank, ("= ?", edge), ties, size) if found is None else found


def _sorted(
    ask: Ask, shape: Shape, rank: Rank, wanted: "tuple[str, list[Cell]]", order: str, size: int
) -> list[int] | None:
    """The first rows, in an order, of those whose value is as wanted."""
    condition, values = wanted
    ids: list[int] = []
    for joins, value in (rank.holder, *rank.others):
        found = ask(_select(shape.key, joins, f"{value} {condition}"), values)
        if found is None:
            return None
        ids += found
    return ask(
        _select(shape.key, shape.rows, f"{shape.key} {AMONG}", order) + " LIMIT ?", (json.dumps(ids), size)
    )


def _select(what: str, joins: str, condition: str, order: str = "") -> str:
    return " ".join(
        ("SELECT", what, "FROM", joins, "WHERE", condition, *(("ORDER BY", order) if order else ()))
    )
