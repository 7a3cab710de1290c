"""The connections that lists are read through: without Peewee, never writing, sure of their file."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from tui_registry.errors import StoreError, StoreMissing
from tui_registry.money import mixed

CACHE = "PRAGMA cache_size = -512"
"""Half a megabyte: a list's pages are seldom read twice, and the system keeps them at hand as well."""


def identity(path: Path) -> tuple[int, int]:
    """What tells one file from another in the same place; raises StoreMissing when there is none."""
    try:
        found = os.stat(path)
    except OSError as error:
        sentence = f"{path} cannot be found any more. Put it back, or restore a backup."
        raise StoreMissing(sentence) from error
    return found.st_dev, found.st_ino


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
