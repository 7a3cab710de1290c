"""The way from an older format of the database file to the present one, step by step, whole or not at all."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tui_registry.clock import Clock
from tui_registry.errors import StoreDamaged
from tui_registry.store.database import WRITE_PATIENCE, location
from tui_registry.store.faults import BRING_BACK, explained
from tui_registry.store.schema import FORMAT, build, steps
from tui_registry.store.soundness import read_format

# another start may be upgrading a large file, backup included
_UPGRADE_PATIENCE = 60


def climb(path: Path, backups: Path, clock: Clock, scripts: Sequence[str] | None = None) -> Path | None:
    """Bring the file to the format of the last script; the backup made before is returned, or None.

    Several programs may start at once: one upgrades, the others wait and find it done. A step that fails
    leaves the file as it was. Raises StoreNewer, StoreDamaged, StoreLocked, StoreFull or StoreReadOnly.
    """
    newest = FORMAT if scripts is None else len(scripts)
    with explained(path), closing(_connect(path)) as connection:
        _prepare(connection)
        if read_format(connection, path, newest) == newest:
            return None
        scripts = steps() if scripts is None else scripts
        connection.execute(f"PRAGMA busy_timeout = {_UPGRADE_PATIENCE * 1000}")
        connection.execute("BEGIN IMMEDIATE")
        try:
            # the lock may have been waited for while another start did all of this
            found = read_format(connection, path, newest)
            backup = None
            if found < newest:
                backup = _step_up(connection, path, scripts[found:], newest, backups, clock)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    return backup


def _connect(path: Path) -> sqlite3.Connection:
    """A connection that waits as long as a save may take, and creates nothing."""
    return sqlite3.connect(location(path), uri=True, timeout=WRITE_PATIENCE, isolation_level=None)


def _prepare(connection: sqlite3.Connection) -> None:
    """Safe saves, and foreign keys off as rebuilding a table needs; they cannot be switched inside."""
    for pragma in ("foreign_keys = off", "synchronous = extra", "secure_delete = on"):
        connection.execute(f"PRAGMA {pragma}")


def _step_up(
    connection: sqlite3.Connection,
    path: Path,
    scripts: Sequence[str],
    newest: int,
    backups: Path,
    clock: Clock,
) -> Path:
    """Back the file up, run the steps and check what they left, inside the open transaction."""
    from tui_registry.store.backup import back_up

    problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise StoreDamaged(f"{path} is damaged, so it was not upgraded: {problem}. {BRING_BACK}")
    backup = back_up(path, backups, f"format{newest - len(scripts)}", clock())
    build(connection, scripts)
    orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
    if orphan is not None:
        raise StoreDamaged(f"{path} was not upgraded: a row of {orphan[0]} refers to a missing {orphan[2]}.")
    connection.execute(f"PRAGMA user_version = {newest}")
    return backup
