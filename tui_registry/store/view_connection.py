"""The connections that lists are read through: without Peewee, never writing, sure of their file."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from tui_registry.errors import StoreError
from tui_registry.money import mixed

CACHE = "PRAGMA cache_size = -512"
"""Half a megabyte: a list's pages are seldom read twice, and the system keeps them at hand as well."""


class Looked(NamedTuple):
    """A file as it was found in its place."""

    device: int
    inode: int
    changed_at: int
    """Nanoseconds; nobody can set it back."""
    size: int


def look(path: Path) -> Looked:
    """The file that stands here now; raises OSError when there is none."""
    found = os.stat(path)
    return Looked(found.st_dev, found.st_ino, found.st_ctime_ns, found.st_size)


class FileSeen:
    """What stood under a connection's path when it was last asked, to tell whether it still reads that."""

    def __init__(self, connection: sqlite3.Connection, now: Looked) -> None:
        """Begin with a connection that was opened on the file found as `now`."""
        self._looked = now
        self._saves = _saves_noticed(connection)

    def is_another(self, connection: sqlite3.Connection, now: Looked) -> bool:
        """Whether the connection is to be opened again before its next question.

        That is so where another file stands there, and where the file was written over by what SQLite does
        not count as a save: the connection would go on with the pages that it holds of the old one.
        """
        if now == self._looked:
            return False
        if now[:2] != self._looked[:2] or self._saves is None:
            return True
        saves = _saves_noticed(connection)
        if saves is None:  # somebody is saving; it is asked again when they are done
            return False
        before, self._looked, self._saves = self._saves, now, saves
        return saves == before


def _saves_noticed(connection: sqlite3.Connection) -> int | None:
    """A number that changes whenever SQLite drops a connection's pages; None while the file is held."""
    try:
        number: int = connection.execute("PRAGMA data_version").fetchone()[0]
    except sqlite3.Error:
        return None
    return number


def connect(path: Path, patience: float, mix: tuple[int, int]) -> sqlite3.Connection:
    """A connection that never creates a file and never writes a row, and can average prices by `mix`.

    `mode=rw` and not `ro`: after another program's crash its journal must be rolled back before reading.
    """
    address = f"file:{quote(str(path.absolute()))}?mode=rw"
    try:
        connection = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None)
    except sqlite3.Error as error:
        raise explained_for(error, path) from error
    with suppress(sqlite3.Error):  # what is wrong with the file is said by the first question to it
        connection.execute("PRAGMA query_only = ON")
        connection.execute(CACHE)
    connection.create_function("price_mix", 2, lambda entry, out: mixed(entry, out, mix), deterministic=True)
    return connection


def explained_for(error: sqlite3.Error, path: Path) -> StoreError:
    """The sentence for what SQLite said."""
    # Peewee comes with it, and the first paint needs neither.
    from tui_registry.store.faults import explain

    return explain(error, path)
