"""The connections to one database file: a lasting one for the screen's reads, short ones for the rest."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import peewee as pw

from tui_registry.errors import StoreError, StoreMissing, StoreReadOnly
from tui_registry.store.database import READ_PATIENCE, WRITE_PATIENCE, RegistryDatabase
from tui_registry.store.edition import edition_here, follows, read_edition
from tui_registry.store.faults import explained, replaced
from tui_registry.store.schema import FORMAT
from tui_registry.store.statements import fetch
from tui_registry.store.view_connection import FileSeen, look


class Connections:
    """Opens the file for reading and for writing; every fault is raised as a child of StoreError."""

    def __init__(self, path: Path, *, read_only: bool = False, read_patience: float = READ_PATIENCE) -> None:
        """Remember the file; nothing is opened yet. The calling thread gets the lasting read connection."""
        self.path = path
        self.read_only = read_only
        self._read_patience = read_patience
        self._home_thread = threading.get_ident()
        self._lasting: RegistryDatabase | None = None
        self._seen: FileSeen | None = None
        self._openings = 0
        self._version: tuple[int, int] | None = None
        self._edition: str | None = None
        self._replacements = 0

    @contextmanager
    def read(self) -> Iterator[pw.SqliteDatabase]:
        """A connection for reads; raises StoreLocked within a tenth of a second."""
        with explained(self.path):
            if threading.get_ident() == self._home_thread:
                yield self._lasting_connection()
            else:
                database = self._database(self._read_patience)
                with database.connection_context():
                    yield database

    @contextmanager
    def write(self) -> Iterator[pw.SqliteDatabase]:
        """One BEGIN IMMEDIATE transaction on its own connection; committed whole or not at all."""
        if self.read_only:
            raise StoreReadOnly(f"The registry was opened read-only, so nothing was saved: {self.path}")
        database = self._database(WRITE_PATIENCE)
        with explained(self.path), database.connection_context(), database.atomic():
            self._require_format(int(fetch(database, "PRAGMA user_version")[0][0]))
            database.begun = read_edition(database)
            yield database
            saved = edition_here(database, database.begun)
        if self._edition is not None and follows(saved, self._edition):
            self._edition = saved

    def data_version(self) -> tuple[int, int]:
        """Numbers that change when any other connection has committed, or another file is read now."""
        with self.read() as database:
            version = self._openings, int(fetch(database, "PRAGMA data_version")[0][0])
            if version == self._version:
                return version
            seen = self._edition  # before the file is asked, for a save may come between
            now = read_edition(database)
        self._version = version
        if seen is not None and not follows(now, seen):
            self._replacements += 1
            self.close()  # what SQLite keeps at hand of a file that was written over is not this one's
        if self._edition is seen:
            self._edition = now
        return version

    @property
    def replacements(self) -> int:
        """How often `data_version` has found another file in the place of the one that was read."""
        return self._replacements

    def rescue(self, backups: Path, moment: datetime) -> Path:
        """Copy through the lasting connection, which a deleted file outlives, as a backup; for its thread."""
        if self._lasting is None or threading.get_ident() != self._home_thread:
            raise StoreMissing(f"Nothing is open any more of {self.path}. Restore a backup.")
        from tui_registry.store.backup import back_up

        return back_up(self.path, backups, "rescue", moment, source=_plain(self._lasting))

    def close(self) -> None:
        """Close the lasting connection; only the thread that opened it can."""
        if self._lasting is not None and threading.get_ident() == self._home_thread:
            self._lasting.close()
            self._lasting = None

    def _require_format(self, found: int) -> None:
        """Refuse to write to what is no longer the file that was opened; inside the transaction."""
        if found > FORMAT:
            raise StoreError("The registry was upgraded by a newer version. Please restart this one.")
        if 0 < found < FORMAT:
            raise StoreError("The registry was replaced by one of an older version. Please restart this one.")
        if found != FORMAT:
            raise replaced(self.path)

    def _database(self, patience: float) -> RegistryDatabase:
        return RegistryDatabase(self.path, timeout=patience, read_only=self.read_only)

    def _lasting_connection(self) -> RegistryDatabase:
        """The lasting connection, opened again when the file under its path is another one now."""
        try:
            now = look(self.path)
        except FileNotFoundError:
            raise StoreMissing(
                f"The registry's file is gone: {self.path}. Put it back or restore a backup; the command"
                " Back up now saves what is still open of it."
            ) from None
        except OSError as error:
            raise StoreError(
                f"The registry's file cannot be reached: {self.path} ({error.strerror})."
            ) from error
        held = self._lasting
        if held is not None and self._seen is not None and self._seen.is_another(_plain(held), now):
            self.close()
        if self._lasting is None:
            fresh = self._database(self._read_patience)
            fresh.connect()
            self._lasting, self._seen = fresh, FileSeen(_plain(fresh), now)
            self._openings += 1
        return self._lasting


def _plain(database: RegistryDatabase) -> sqlite3.Connection:
    connection: sqlite3.Connection = database.connection()  # type: ignore[no-untyped-call]
    return connection
