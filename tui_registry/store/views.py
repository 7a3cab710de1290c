"""The lists as the table reads them: rows of one view in one order, under one filter.

Reads only, on connections of its own and without Peewee: the first page of a list is what the first
paint waits for. Calls made on the UI's thread wait less than 100 ms for another process's lock.
"""

import json
import os
import sqlite3
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tui_registry.clock import Clock, utc_now
from tui_registry.errors import InvalidInput, StoreError, StoreLocked, StoreMissing
from tui_registry.money import USUAL_MIX, mixed
from tui_registry.store.view_columns import SHAPES, Column, Shape, ViewName

if TYPE_CHECKING:
    from tui_registry.store.filters import CompiledFilter
    from tui_registry.store.rows import Row

CHUNK = 16_384
FIRST_TRY = 0.012
MOST_COUNTED = 20_000
OPCODES_BETWEEN_LOOKS = 5_000
WORKER_PATIENCE = 5.0
WORKER_CACHE = "PRAGMA cache_size = -512"  # a page that was read once is not read again


@dataclass(frozen=True, slots=True)
class Order:
    """By which column a view is sorted; no column means the view's own order."""

    column: str | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """The one provider or model a view is about; None means all."""

    provider_id: int | None = None
    model_id: int | None = None


class Views:
    """Every list of one registry file, read through one connection that belongs to the UI's thread.

    `patience` is how long a locked file is waited for and `budget` how long one page may be searched (None:
    to the end), in seconds. `mix` is the parts of input to output that the mix of a price is made of.
    """

    def __init__(
        self, path: Path, *, clock: Clock = utc_now, patience: float = 0.02, budget: float | None = None
    ) -> None:
        """Remember the file; it is opened when the first row is asked for."""
        self.path = path
        self.clock = clock
        self.patience = patience
        self.budget = budget
        self.mix = USUAL_MIX
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    def source(
        self,
        view: ViewName,
        *,
        order: Order | None = None,
        text: str = "",
        scope: Scope | None = None,
    ) -> "ViewRows":
        """The rows of a view; raises InvalidInput when it has no such column to sort by."""
        shape = SHAPES[view]
        column, descending = _sorted_by(shape, order or Order())
        wanted = _compiled(view, text, self.clock) if text else None
        return ViewRows(self, shape, wanted, column=column, descending=descending, scope=scope or Scope())

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def connection(self) -> sqlite3.Connection:
        """The UI's connection, opened anew when another file stands in the old one's place."""
        found = _identity(self.path)
        if self._connection is None or found != self._file:
            self.close()
            self._connection = _connect(self.path, self.patience, self.mix)
            self._file = found
        return self._connection


class ViewRows:
    """The rows of one view in one order under one filter; a RowSource.

    `notes` says what of the filter was not understood, `words` are its plain words. `cut` is true when the
    last page ran out of its time budget: it is then shorter than it should be, and only `ids` finds the rest.
    """

    def __init__(
        self,
        views: Views,
        shape: Shape,
        wanted: "CompiledFilter | None",
        *,
        column: Column,
        descending: bool,
        scope: Scope,
    ) -> None:
        """Put the statements together; nothing is read yet."""
        self.columns = shape.names
        self.notes = wanted.notes if wanted else ()
        self.words = wanted.words if wanted else ()
        self.cut = False
        self._views = views
        self._shape = shape
        condition, values = (wanted.where_sql, wanted.params) if wanted else ("", ())
        self._filtered = bool(condition)
        self._scope, self._scoped = _scope_sql(shape, scope)
        self._values: tuple[int | float | str, ...] = (*self._scoped, *values)
        where = " AND ".join(part for part in (self._scope, condition) if part)
        order = shape.order(column, descending)
        # A time alone seldom lets much through, and is found by its index if nothing offers the order too.
        sorted_late = "+" if "r.created_at" in condition and order.startswith("r.id") else ""
        if scope.provider_id is not None:
            walk = scan = shape.scoped
        else:
            walk = shape.walks.get(column.name, shape.scan)
            scan = shape.scan if self._filtered else shape.sweeps.get(column.name, walk)
            walk = walk if column.name in shape.walks else scan
        begin, limits = ("SELECT", shape.key, "FROM"), ("WHERE", where) if where else ()
        self._walk_sql = " ".join((*begin, walk, *limits, "ORDER BY", order))
        self._scan_sql = " ".join((*begin, scan, *limits, "ORDER BY", sorted_late + order))
        cells = ", ".join((shape.key, *(each.sql for each in shape.columns)))
        self._rows_sql = " ".join(
            ("SELECT", cells, "FROM", shape.rows, "WHERE", shape.key, "IN (SELECT value FROM json_each(?))")
        )
        self._in_time = shape.counted == "verification_result" and column.name == "created_at" and not where
        self._descending = descending

    @property
    def statement(self) -> str:
        """The SQL that gives all ids in order, without its bound values."""
        return self._scan_sql

    def head(self, size: int) -> "list[Row]":
        """The first rows in order; raises StoreLocked while another process holds the file."""
        return self.slice(0, size)

    def slice(self, start: int, size: int) -> "list[Row]":
        """The rows from a position on, for the time while the ids are not loaded yet."""
        found = None
        if self._walk_sql != self._scan_sql:
            found = self._page(self._walk_sql, start, size, FIRST_TRY)
        if found is None or self.cut:
            found = self._page(self._scan_sql, start, size, self._views.budget)
        return [row for row in self.rows(found) if row is not None]

    def _page(self, sql: str, start: int, size: int, budget: float | None) -> list[int]:
        """The ids of a page as far as `budget` seconds allow; `cut` says whether they did not."""
        found: list[int] = []
        connection = self._views.connection()
        self.cut = False
        if budget is not None:
            latest = time.monotonic() + budget
            connection.set_progress_handler(lambda: time.monotonic() > latest, OPCODES_BETWEEN_LOOKS)
        try:
            with closing(connection.execute(sql + " LIMIT ? OFFSET ?", (*self._values, size, start))) as page:
                found.extend(chain.from_iterable(page))
        except sqlite3.Error as error:
            if error.sqlite_errorname != "SQLITE_INTERRUPT":
                raise _explained(error, self._views.path) from error
            self.cut = True
        finally:
            connection.set_progress_handler(None, 0)
        return found

    def rows(self, ids: Sequence[int]) -> "list[Row | None]":
        """The rows of these ids in the order asked; None where a record is gone."""
        if not ids:
            return []
        connection = self._views.connection()
        try:
            found: dict[int, Row] = {
                row[0]: row for row in connection.execute(self._rows_sql, (json.dumps(list(ids)),))
            }
        except sqlite3.Error as error:
            raise _explained(error, self._views.path) from error
        return [found.get(number) for number in ids]

    def ids(self, stop: Callable[[], bool]) -> Iterator["Sequence[int]"]:
        """All ids in order, in chunks, on a connection of its own; ends early once `stop()` is true.

        Everything is read before the first chunk is given out, so that a slow taker holds no lock.
        """
        found = self._all_ids(stop)
        for start in range(0, len(found), CHUNK):
            if stop():
                return
            yield found[start : start + CHUNK]

    def total(self) -> int | None:
        """How many rows there are; None when a filter is set or counting would take long."""
        if self._filtered:
            return None
        shape, whole = self._shape, not self._scope
        most = MOST_COUNTED if shape.counted == "verification_result" or not whole else None
        words = ["SELECT count(*) FROM", shape.counted]
        if most is not None:
            inner = ["SELECT 1 FROM", shape.counted if whole else shape.scoped]
            inner += [] if whole else ["WHERE", self._scope]
            words = ["SELECT count(*) FROM (", *inner, "LIMIT", str(most + 1), ")"]
        try:
            number: int = self._views.connection().execute(" ".join(words), self._scoped).fetchone()[0]
        except sqlite3.Error as error:
            raise _explained(error, self._views.path) from error
        return None if most is not None and number > most else number

    def _all_ids(self, stop: Callable[[], bool]) -> "array[int] | range":
        """Every id in order; empty once `stop()` is true."""
        _identity(self._views.path)
        latest = time.monotonic() + WORKER_PATIENCE
        while not stop():
            try:
                with closing(_connect(self._views.path, 0.1, self._views.mix)) as connection:
                    connection.execute(WORKER_CACHE)
                    connection.set_progress_handler(stop, OPCODES_BETWEEN_LOOKS)
                    return self._unbroken(connection) or array(
                        "q", chain.from_iterable(connection.execute(self._scan_sql, self._values))
                    )
            except sqlite3.Error as error:
                explained = _explained(error, self._views.path)
                waiting = isinstance(explained, StoreLocked) and time.monotonic() < latest
                if not waiting and not stop():
                    raise explained from error
        return array("q")

    def _unbroken(self, connection: sqlite3.Connection) -> range | None:
        """The ids of a history without gaps, which need not be read one by one."""
        if not self._in_time:
            return None
        first, last, number = connection.execute(
            "SELECT (SELECT min(id) FROM verification_result), (SELECT max(id) FROM verification_result),"
            " (SELECT count(*) FROM verification_result)"
        ).fetchone()
        if not number or last - first + 1 != number:
            return None
        return range(last, first - 1, -1) if self._descending else range(first, last + 1)


def _compiled(view: ViewName, text: str, clock: Clock) -> "CompiledFilter":
    """What a filter line asks for; the first paint has none and does not load the language."""
    from tui_registry.store.filters import compile_filter

    return compile_filter(view, text, clock=clock)


def _sorted_by(shape: Shape, order: Order) -> tuple[Column, bool]:
    """The column and direction an order asks for."""
    name, descending = shape.default if order.column is None else (order.column, order.descending)
    column = shape.column(name)
    if column is None:
        choices = ", ".join(shape.names)
        raise InvalidInput({"sort": f"There is no column {name!r} here. Sort by one of: {choices}."})
    return column, descending


def _scope_sql(shape: Shape, scope: Scope) -> tuple[str, tuple[int, ...]]:
    """The conditions of a scope, with their values."""
    wanted = ((shape.provider_scope, scope.provider_id), (shape.model_scope, scope.model_id))
    chosen = [(sql, number) for sql, number in wanted if sql and number is not None]
    return " AND ".join(sql + " = ?" for sql, _ in chosen), tuple(number for _, number in chosen)


def _identity(path: Path) -> tuple[int, int]:
    """What tells one file from another in the same place; raises StoreMissing when there is none."""
    try:
        found = os.stat(path)
    except OSError as error:
        sentence = f"{path} cannot be found any more. Put it back, or restore a backup."
        raise StoreMissing(sentence) from error
    return found.st_dev, found.st_ino


def _connect(path: Path, patience: float, mix: tuple[int, int]) -> sqlite3.Connection:
    """A connection that never creates a file and never writes a row, and can average prices by `mix`.

    `mode=rw` and not `ro`: after another program's crash its journal must be rolled back before reading.
    """
    address = f"file:{quote(str(path.absolute()))}?mode=rw"
    try:
        connection = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None)
    except sqlite3.Error as error:
        raise _explained(error, path) from error
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA query_only = ON")
    connection.create_function("price_mix", 2, lambda entry, out: mixed(entry, out, mix), deterministic=True)
    return connection


def _explained(error: sqlite3.Error, path: Path) -> StoreError:
    """The sentence for what SQLite said."""
    # Peewee comes with it, and the first paint needs neither.
    from tui_registry.store.faults import explain

    return explain(error, path)
