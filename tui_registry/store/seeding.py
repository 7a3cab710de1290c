"""Keeping the known providers of the file in step with those of the package."""

from tui_registry import names
from tui_registry.store.change import Change
from tui_registry.store.rows import KnownSeed
from tui_registry.store.statements import fetch
from tui_registry.store.tables import KnownProvider


def seed(change: Change, known: KnownSeed) -> None:
    """Add the package's new names and bring its old ones up to date; the user's own stay as they are."""
    held = {names.fold(row.name): row for row in change.reads.known_providers()}
    used = {row.name for row in change.reads.providers()}
    for fresh in known.rows():
        row = held.get(names.fold(fresh.name))
        if row is None:
            change.insert(KnownProvider, fresh.values())
        elif row.source == "package" and row != fresh:
            _update(change, row, fresh, keep_name=row.name in used)


def _update(change: Change, row: KnownProvider, fresh: KnownProvider, keep_name: bool) -> None:
    """Write a package's row anew; a name that a provider uses keeps its spelling."""
    values = fresh.values() | ({"name": row.name} if keep_name else {})
    columns = ", ".join(f"{column} = :{column}" for column in values)
    fetch(change.db, f"UPDATE known_provider SET {columns} WHERE name = :was", values | {"was": row.name})  # noqa: S608
