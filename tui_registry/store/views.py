"""The lists as the table reads them: rows of one view in one order, under one filter.

Reads only, on connections of its own and without Peewee: the first page of a list is what the first
paint waits for. Calls made on the UI's thread wait less than 100 ms for another process's lock.
"""

import json
import sqlite3
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_registry.clock import Clock, utc_now
from tui_registry.errors import StoreLocked, StoreMissing
from tui_registry.money import USUAL_MIX
from tui_registry.store.first_page import first_page
from tui_registry.store.view_columns import AMONG, Column, Shape, ViewName
from tui_registry.store.view_connection import FileSeen, Looked, connect, explained_for, look
from tui_registry.store.view_shapes import SHAPES

if TYPE_CHECKING:
    from tui_registry.store.filters import CompiledFilter
    from tui_registry.store.rows import Cell, Row

CHUNK = 16_384
FIRST_TRY = 0.012
MOST_COUNTED = 20_000
OPCODES_BETWEEN_LOOKS = 5_000
WORKER_PATIENCE = 5.0


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
        self._seen: FileSeen | None = None

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
        wish = order or Order()
        column, descending = shape.sorted_by(wish.column, wish.descending)
        wanted = _compiled(view, text, self.clock) if text else None
        return ViewRows(self, shape, wanted, column=column, descending=descending, scope=scope or Scope())

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def connection(self) -> sqlite3.Connection:
        """The UI's connection, opened anew when another file stands in the old one's place."""
        now = _standing(self.path)
        if self._connection is None or self._seen is None or self._seen.is_another(self._connection, now):
            self.close()
            self._connection = connect(self.path, self.patience, self.mix)
            self._seen = FileSeen(self._connection, now)
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
        self._scope, self._scoped = shape.limited_to(scope.provider_id, scope.model_id)
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
        self._rank = None if self._filtered or self._scope else shape.ranks.get(column.name)
        self._order = column, descending
        self._walk_sql = " ".join((*begin, walk, *limits, "ORDER BY", order))
        self._scan_sql = " ".join((*begin, scan, *limits, "ORDER BY", sorted_late + order))
        cells = ", ".join((shape.key, *(each.sql for each in shape.columns)))
        self._rows_sql = " ".join(("SELECT", cells, "FROM", shape.rows, "WHERE", shape.key, AMONG))
        self._in_time = shape.counted == "verification_result" and column.name == "created_at" and not where

    @property
    def statement(self) -> str:
        """The SQL that gives all ids in order, without its bound values."""
        return self._scan_sql

    def head(self, size: int) -> "list[Row]":
        """The first rows in order; raises StoreLocked while another process holds the file."""
        return self.slice(0, size)

    def slice(self, start: int, size: int) -> "list[Row]":
        """The rows from a position on, for the time while the ids are not loaded yet."""
        budget = self._views.budget
        latest = None if budget is None else time.monotonic() + budget
        with self._one_moment():
            found = self._by_index(start, size, latest)
            if found is None:
                found = self._page(self._scan_sql, start, size, latest)
            return [row for row in self.rows(found) if row is not None]

    @contextmanager
    def _one_moment(self) -> Iterator[None]:
        """What is asked meanwhile is answered from one state of the file, whatever others commit."""
        connection = self._views.connection()
        connection.execute("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.ProgrammingError):  # closed, as another file stands in this one's place
                connection.rollback()

    def _by_index(self, start: int, size: int, latest: float | None) -> list[int] | None:
        """A page by an index that has its order; None where there is none, or it does not help soon."""
        if self._rank is not None and not start:

            def ask(sql: str, values: "Sequence[Cell]") -> list[Any]:
                found = self._ids(sql, values, latest)
                if self.cut:
                    raise TimeoutError
                return found

            with suppress(TimeoutError):
                return first_page(ask, self._shape, self._rank, self._order, size)
        elif self._walk_sql != self._scan_sql:
            soon = time.monotonic() + FIRST_TRY
            found = self._page(self._walk_sql, start, size, min(soon, latest or soon))
            return None if self.cut else found
        return None

    def _page(self, sql: str, start: int, size: int, latest: float | None) -> list[int]:
        """The ids of a page of what a statement gives, as far as there is time."""
        return self._ids(f"{sql} LIMIT ? OFFSET ?", (*self._values, size, start), latest)

    def _ids(self, sql: str, values: "Sequence[Cell]", latest: float | None) -> list[Any]:
        """What is found until the clock shows `latest`; `cut` says whether that was not all."""
        found: list[Any] = []
        connection = self._views.connection()
        self.cut = False
        if latest is not None:
            connection.set_progress_handler(lambda: time.monotonic() > latest, OPCODES_BETWEEN_LOOKS)
        try:
            with closing(connection.execute(sql, values)) as page:
                found.extend(chain.from_iterable(page))
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "") != "SQLITE_INTERRUPT":
                raise explained_for(error, self._views.path) from error
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
            raise explained_for(error, self._views.path) from error
        return [found.get(number) for number in ids]

    def ids(self, stop: Callable[[], bool]) -> Iterator["Sequence[int]"]:
        """All ids in order, in chunks, on a connection of its own; ends early once `stop()` is true.

        A history without gaps is one chunk, a range. Everything is read before the first chunk is given out,
        so that a slow taker holds no lock.
        """
        found = self._all_ids(stop)
        size = max(len(found), 1) if isinstance(found, range) else CHUNK
        for start in range(0, len(found), size):
            if stop():
                return
            yield found[start : start + size]

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
            raise explained_for(error, self._views.path) from error
        return None if most is not None and number > most else number

    def _all_ids(self, stop: Callable[[], bool]) -> "array[int] | range":
        """Every id in order; empty once `stop()` is true."""
        _standing(self._views.path)
        latest = time.monotonic() + WORKER_PATIENCE
        while not stop():
            try:
                with closing(connect(self._views.path, 0.1, self._views.mix)) as connection:
                    connection.set_progress_handler(stop, OPCODES_BETWEEN_LOOKS)
                    return self._unbroken(connection) or array(
                        "q", chain.from_iterable(connection.execute(self._scan_sql, self._values))
                    )
            except sqlite3.Error as error:
                explained = explained_for(error, self._views.path)
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
        return range(last, first - 1, -1) if self._order[1] else range(first, last + 1)


def _standing(path: Path) -> Looked:
    """The file that stands there; raises StoreMissing when there is none."""
    try:
        return look(path)
    except OSError as error:
        sentence = f"{path} cannot be found any more. Put it back, or restore a backup."
        raise StoreMissing(sentence) from error


def _compiled(view: ViewName, text: str, clock: Clock) -> "CompiledFilter":
    """What a filter line asks for; the first paint has none and does not load the language."""
    from tui_registry.store.filters import compile_filter

    return compile_filter(view, text, clock=clock)
