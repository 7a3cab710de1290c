"""The lists of the app, read whole for a command."""

from typing import TYPE_CHECKING

from tui_registry.cli.opening import Session
from tui_registry.cli.output import remark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_registry.store.rows import Cell
    from tui_registry.store.view_columns import ViewName

Listed = dict[str, "Cell"]
"""One row of a list: its cells by their columns' names, and the record's `id`."""


def listed(
    session: Session, view: "ViewName", *, text: str = "", provider: str | None = None
) -> list[Listed]:
    """Every row of a view under a filter, in the view's order; what was not understood is remarked."""
    from tui_registry.store.views import Scope

    reads = session.store.reads
    scope = Scope() if provider is None else Scope(provider_id=reads.provider(provider).id)
    rows = session.views.source(view, text=text, scope=scope)
    for note in rows.notes:
        remark(note)
    return [row for chunk in rows.ids(lambda: False) for row in _named(rows.columns, rows.rows(chunk))]


def listed_by_id(session: Session, view: "ViewName", ids: "Sequence[int]") -> dict[int, Listed]:
    """The rows of these records by their ids; one that is gone is left out."""
    rows = session.views.source(view)
    return {int(str(row["id"])): row for row in _named(rows.columns, rows.rows(ids))}


def _named(columns: tuple[str, ...], rows: "Sequence[tuple[Cell, ...] | None]") -> list[Listed]:
    return [dict(zip(("id", *columns), row, strict=True)) for row in rows if row is not None]
