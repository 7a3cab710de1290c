"""How a question is put to the registry: a Peewee query, answered with whole records or with plain rows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeAlias, TypeVar

import peewee as pw

from tui_registry.store.edition import edition_here
from tui_registry.store.record import Record
from tui_registry.store.tables import Model, Provider

R = TypeVar("R", bound=Record)
Opener: TypeAlias = Callable[[], AbstractContextManager[pw.SqliteDatabase]]
Query: TypeAlias = "pw.SelectBase"


class Questions:
    """Answers from one registry file; raises StoreLocked quickly while another process holds it."""

    def __init__(self, opener: Opener) -> None:
        """Ask on the connections this opener gives."""
        self._open = opener

    def edition(self) -> str:
        """The edition of the file that is read now, for what is added to no other."""
        with self._open() as database:
            return edition_here(database, getattr(database, "begun", None))

    def _all(self, kind: type[R], query: "pw.ModelSelect[Any]") -> list[R]:
        """The records that a query selects whole."""
        with self._open() as database:
            # before the rows: one that is older than they are only makes a save ask once more
            is_edited = kind in (Provider, Model)
            edition = edition_here(database, getattr(database, "begun", None)) if is_edited else ""
            return [kind.read(row, edition) for row in query.tuples().bind(database)]

    def _one(self, kind: type[R], query: "pw.ModelSelect[Any]") -> R | None:
        """The first of them, if there is any."""
        return next(iter(self._all(kind, query.limit(1))), None)

    def _rows(self, query: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  # every kind of select
        """What a query selects, row by row."""
        with self._open() as database:
            return list(query.tuples().bind(database))

    def _value(self, query: Any) -> Any:  # noqa: ANN401  # what one column holds
        """The one value that a query selects."""
        return self._rows(query)[0][0]
