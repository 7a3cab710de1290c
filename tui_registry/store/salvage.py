"""A damaged file read row by row into a new one, through the same rules; the old one is only read."""

import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path

import peewee as pw

from tui_registry.clock import stamp
from tui_registry.errors import StoreDamaged
from tui_registry.store.connections import Connections
from tui_registry.store.contents import Contents
from tui_registry.store.database import fill, location
from tui_registry.store.edition import KEY as EDITION
from tui_registry.store.faults import BRING_BACK, explained
from tui_registry.store.restoring import (
    COMPANIONS,
    check_new,
    go_on_after,
    ids_given,
    new_beside,
    put_in_place,
)
from tui_registry.store.rows import KnownSeed
from tui_registry.store.statements import fetch
from tui_registry.store.states import differences
from tui_registry.store.tables import KnownProvider

MOST_PROBED, MOST_PROBED_BLINDLY = 200_000, 1_000
"""How many ids are tried one by one between two readable stretches of a table, and after the only one."""

_HOPELESS = re.compile("not a database|no such table")

_NOT_KEPT = ("purge", "known_providers", EDITION)
"""Settings that are not taken over: a purge under way, which known providers were filled in, the edition."""

_MODEST: dict[str, dict[str, object]] = {
    "provider": {"is_active": 0, "key_validated_at": None},
    "model": {
        "verification_state": "unverified",
        "consecutive_failures": 0,
        "score": None,
        "last_verified_at": None,
    },
}
"""How a record starts; what its results say is added once they are there."""

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of one table: rows kept, rows the rules refused, and how many there were, None if unknown."""

    table: str
    kept: int
    refused: int
    there: int | None


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What the registry now holds, what came of each table, and where the damaged file lies."""

    contents: Contents
    tables: tuple[Saved, ...]
    aside: Path | None


def salvage(path: Path, known: KnownSeed, moment: datetime) -> Salvaged:
    """Save what can be read of a damaged file; it becomes `.damaged-<time>` and the new one takes its name.

    Raises StoreDamaged when nothing could be read, StoreLocked while another session holds the file, and
    StoreError where nothing can be written; then nothing was changed.
    """
    with new_beside(path) as draft, new_beside(path) as copy:
        _copy_with_journal(path, copy)
        fill(draft, known.rows())
        with explained(draft), closing(_lenient(copy)) as damaged, Connections(draft).write() as database:
            tables = tuple(_save(damaged, database, table) for table in _parents_first(database))
            go_on_after(database.connection(), ids_given(damaged))  # type: ignore[no-untyped-call]
            _give_states_back(damaged, database, stamp(moment))
        if not any(each.kept for each in tables if each.table not in ("meta", "known_provider")):
            raise _hopeless(path, sum(each.refused for each in tables))
        return Salvaged(check_new(draft, path), tables, put_in_place(draft, path, "damaged", moment))


def _hopeless(path: Path, refused: int) -> StoreDamaged:
    why = f"{refused:,} rows can be read, but not the providers they belong to. " if refused else ""
    return StoreDamaged(f"Nothing could be saved from {path}. {why}It was left as it is. {BRING_BACK}")


def _copy_with_journal(path: Path, copy: Path) -> None:
    shutil.copyfile(path, copy)
    for name in COMPANIONS:
        with suppress(FileNotFoundError):
            shutil.copyfile(path.with_name(path.name + name), copy.with_name(copy.name + name))


def _lenient(copy: Path) -> sqlite3.Connection:
    """A connection that goes on where a schema is odd; its first question undoes an interrupted save."""
    connection = sqlite3.connect(location(copy), uri=True, isolation_level=None)
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA writable_schema = on")
    connection.row_factory = sqlite3.Row
    return connection


def _parents_first(database: pw.SqliteDatabase) -> list[str]:
    """The tables of a fresh file, each after those it refers to."""
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    parents = {
        name: {row[2] for row in fetch(database, f'PRAGMA foreign_key_list("{name}")')}
        for (name,) in fetch(database, named)
    }
    return list(TopologicalSorter(parents).static_order())


def _save(damaged: sqlite3.Connection, database: pw.SqliteDatabase, table: str) -> Saved:
    """Carry one table over, row by row."""
    columns = {row[1] for row in fetch(database, f'PRAGMA table_info("{table}")')}
    kept = refused = 0
    for row in _readable(damaged, table):
        values = {name: row[name] for name in row if name in columns}
        if table == "meta" and values.get("key") in _NOT_KEPT:
            continue
        if _insert(database, table, values | _MODEST.get(table, {})):
            kept += 1
        else:
            refused += 1
    return Saved(table, kept, refused, _counted(damaged, table))


def _insert(database: pw.SqliteDatabase, table: str, values: Row) -> bool:
    """Whether the rules take the row; a known provider that the package brought anew counts as taken."""
    if table == "known_provider" and _is_known(database, values.get("name")):
        return True
    if table == "provider" and not _is_known(database, values.get("name")):
        lost = KnownProvider(str(values.get("name")), str(values.get("endpoint")), source="user")
        _try(database, "known_provider", lost.values())
    return _try(database, table, values)


def _is_known(database: pw.SqliteDatabase, name: object) -> bool:
    return fetch(database, "SELECT 1 FROM known_provider WHERE name = ?", (name,)) != []


def _try(database: pw.SqliteDatabase, table: str, values: Mapping[str, object]) -> bool:
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join("?" * len(values))
    try:
        fetch(database, f'INSERT INTO "{table}" ({names}) VALUES ({places})', tuple(values.values()))  # noqa: S608
    except (sqlite3.IntegrityError, OverflowError):
        return False
    return True


def _readable(damaged: sqlite3.Connection, table: str) -> Iterator[Row]:
    """Every row that can be read: from the front up to the damage, from the back, then one by one between."""
    cuts: list[str] = []
    first, last = 0, None
    for row in _stretch(damaged, table, "rowid > 0 ORDER BY rowid", cuts):
        first = int(str(row["rowid"]))
        yield row
    if not cuts or _HOPELESS.search(cuts[0]):
        return
    for row in _stretch(damaged, table, f"rowid > {first} ORDER BY rowid DESC"):
        last = int(str(row["rowid"]))
        yield row
    beyond = first + MOST_PROBED_BLINDLY if last is None else min(last, first + MOST_PROBED)
    for rowid in range(first + 1, beyond):
        yield from _stretch(damaged, table, f"rowid = {rowid}")


def _stretch(
    damaged: sqlite3.Connection, table: str, where: str, cuts: list[str] | None = None
) -> Iterator[Row]:
    """Rows until the first one that cannot be read, which `cuts` is told of."""
    question = f'SELECT rowid AS rowid, * FROM "{table}" NOT INDEXED WHERE {where}'  # noqa: S608
    try:
        for row in damaged.execute(question):
            yield dict(row)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if cuts is not None:
            cuts.append(str(error))


def _counted(damaged: sqlite3.Connection, table: str) -> int | None:
    """How many rows there were, as an index or the table still tells."""
    try:
        return int(damaged.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608
    except sqlite3.Error:
        return None


def _give_states_back(damaged: sqlite3.Connection, database: pw.SqliteDatabase, now: str) -> None:
    """Switch on what was on and can prove its key; give each model the state that its results say."""
    for row in _stretch(damaged, "provider", "key_validated_at IS NOT NULL"):
        for columns in (("key_validated_at", "is_active"), ("key_validated_at",)):
            with suppress(sqlite3.IntegrityError):
                _edit(database, "provider", row["id"], {name: row[name] for name in columns}, now)
                break
    due: dict[int, dict[str, object]] = {}
    for each in differences(database):
        due.setdefault(each.model_id, {})[each.field] = each.computed
    for id, state in due.items():
        with suppress(sqlite3.IntegrityError):
            _edit(database, "model", id, state, now)


def _edit(database: pw.SqliteDatabase, table: str, id: object, values: Row, now: str) -> None:
    """Change one record as an edit does."""
    sets = ", ".join(f"{name} = :{name}" for name in values)
    statement = (
        f"UPDATE {table} SET {sets}, row_version = row_version + 1, updated_at = max(updated_at, :now)"  # noqa: S608
        " WHERE id = :id"
    )
    fetch(database, statement, {**values, "id": id, "now": now})
