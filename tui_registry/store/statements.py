"""SQL text run on the open connection of a Peewee database; errors are sqlite3's own."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import peewee as pw

Bound = Sequence[object] | Mapping[str, object]


def fetch(database: pw.SqliteDatabase, sql: str, values: Bound = ()) -> list[tuple[Any, ...]]:
    """Every row the statement gives."""
    return _connection(database).execute(sql, values).fetchall()


def run_many(database: pw.SqliteDatabase, sql: str, rows: Iterable[Bound]) -> int:
    """Run one statement for every row of values; how many records it touched."""
    return max(0, _connection(database).executemany(sql, rows).rowcount)


def changes_made(database: pw.SqliteDatabase) -> int:
    """How many records were written through this connection since it was opened."""
    return _connection(database).total_changes


def _connection(database: pw.SqliteDatabase) -> sqlite3.Connection:
    connection: sqlite3.Connection = database.connection()  # type: ignore[no-untyped-call]
    return connection
