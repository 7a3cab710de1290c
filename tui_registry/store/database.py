"""The database file: how it is made, and a connection that never creates, weakens or hides an error."""

import os
import secrets
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import peewee as pw

from tui_registry.durable import sync_directory
from tui_registry.errors import StoreError
from tui_registry.store.schema import APPLICATION_ID, FORMAT, build, require_sqlite, steps
from tui_registry.store.tables import KnownProvider

WRITE_PATIENCE = 5.0
READ_PATIENCE = 0.02

# EXTRA: with FULL a power cut can bring the journal back and with it undo an acknowledged save
_WANTED: dict[str, tuple[str, str]] = {
    "foreign_keys": ("on", "1"),
    "journal_mode": ("delete", "delete"),
    "synchronous": ("extra", "3"),
    "trusted_schema": ("off", "0"),
    "secure_delete": ("on", "1"),
}


class WeakSettings(StoreError):
    """SQLite did not accept a setting that keeps saves safe."""


class RegistryDatabase(pw.SqliteDatabase):
    """A connection to the registry's file with every safety setting on and read back.

    Timeouts are seconds of waiting for another process's lock. Opening a file that is missing fails
    instead of making one.
    """

    begun: str | None = None
    """The edition that the open write transaction found; None outside of one."""

    def __init__(self, path: Path, *, timeout: float = WRITE_PATIENCE, read_only: bool = False) -> None:
        """Prepare the connection; `connect()` opens it and raises WeakSettings or Peewee's errors."""
        self.path = path
        super().__init__(
            location(path, read_only=read_only),
            uri=True,
            timeout=timeout,
            pragmas=[
                (name, asked)
                for name, (asked, _) in wanted_settings().items()
                if not (read_only and name == "journal_mode")
            ],
            lock_type="IMMEDIATE",
            autoconnect=False,
        )

    def _add_conn_hooks(self, conn: sqlite3.Connection) -> None:
        # here and not in _initialize_connection: a refusal there leaves Peewee with a dead open connection
        super()._add_conn_hooks(conn)  # type: ignore[misc]  # missing in the stubs
        for name, (_, answer) in wanted_settings().items():
            found = str(conn.execute(f"PRAGMA {name}").fetchone()[0]).lower()
            if found != answer:
                raise WeakSettings(
                    f"{self.path}: SQLite keeps {name} at {found} instead of {answer}, so the file is shut."
                )

    def rollback(self) -> None:
        """Undo the open transaction; does nothing where SQLite has undone it, which keeps its first error."""
        connection = None if self.is_closed() else self.connection()  # type: ignore[no-untyped-call]
        if connection is None or connection.in_transaction:
            super().rollback()


def wanted_settings() -> dict[str, tuple[str, str]]:
    """Each pragma of a safe connection with what is asked and what SQLite then answers."""
    return _WANTED | ({"fullfsync": ("on", "1")} if sys.platform == "darwin" else {})


def location(path: Path, *, read_only: bool = False) -> str:
    """The file as a URI that opens what is there and never creates."""
    return f"file:{quote(str(path.absolute()))}?mode={'ro' if read_only else 'rw'}"


def create_database(path: Path, known: Iterable[KnownProvider] = ()) -> bool:
    """Make the file whole under another name and link it to its own; False when there was one already.

    The file gets mode 0600, a new directory 0700. Raises StoreError when the place cannot be written.
    """
    require_sqlite()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be made: {error.strerror}. Choose another place with --home."
        ) from error
    try:
        try:
            fill(draft, known)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.link(draft, path)
    except FileExistsError:
        return False
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path} cannot be made: {error}. Nothing is left of it.") from error
    finally:
        draft.unlink(missing_ok=True)
        sync_directory(path.parent)
    return True


def fill(draft: Path, known: Iterable[KnownProvider]) -> None:
    """Write the format and the known providers into an empty file that nobody else knows yet."""
    names = list(KnownProvider.columns())
    insert = f"INSERT INTO known_provider ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
    connection = sqlite3.connect(location(draft), uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = memory")
        connection.execute("BEGIN IMMEDIATE")
        build(connection, steps())
        connection.executemany(insert, [tuple(row.values().values()) for row in known])
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
        connection.execute("VACUUM")  # a step that built a table anew left its pages
    finally:
        connection.close()
