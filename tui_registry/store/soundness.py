"""Whether a database file can be trusted and written, asked before anything else is done with it."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tui_registry.errors import StoreDamaged, StoreError, StoreMissing, StoreNewer, StoreReadOnly
from tui_registry.store.database import WRITE_PATIENCE, location
from tui_registry.store.faults import BRING_BACK, explained, owner_and_mode
from tui_registry.store.schema import (
    APPLICATION_ID,
    FORMAT,
    FRESH,
    expected_rules,
    fingerprint,
    require_sqlite,
    rules,
)

DEEP_CHECK_BYTES = 20_000_000
"""Above this a start reads no pages, which would take more than a tenth of a second."""

VALUE_CHECK_BYTES = 2_000_000
"""Above this a start compares no values with the rules, which takes ten times as long as reading pages."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a file can be opened, and what to tell a person who can only read."""

    read_only: bool
    banner: str | None


def how_to_open(path: Path) -> Opening:
    """Read-only with the reason where the file or its directory takes no writes; raises StoreMissing."""
    if not path.exists():
        raise StoreMissing(f"There is no registry at {path}. Restore a backup, or start a new one.")
    if not os.access(path, os.W_OK):
        reason = f"{path.name} {owner_and_mode(path)}"
    elif not os.access(path.parent, os.W_OK | os.X_OK):
        reason = f"its directory {owner_and_mode(path.parent)}"
    else:
        return Opening(read_only=False, banner=None)
    return Opening(read_only=True, banner=f"Read-only: {reason}. Reading works, saving is off.")


def check_file(
    path: Path, *, quick: bool = False, newest: int = FORMAT, patience: float = WRITE_PATIENCE
) -> tuple[str, ...]:
    """Refuse a file that is missing, empty, foreign, newer or damaged; what was put right is returned.

    `quick` leaves out the reading of every page, for files above DEEP_CHECK_BYTES; above VALUE_CHECK_BYTES
    the values are left out. A worker checks both with `check_content`. Raises StoreMissing, StoreDamaged,
    StoreNewer, StoreLocked or StoreReadOnly.
    """
    require_sqlite()
    opening = how_to_open(path)
    notes = () if opening.read_only else _make_private(path)
    with explained(path), closing(_connect(path, opening, patience)) as connection:
        found = read_format(connection, path, newest)
        if found < newest:
            raise StoreReadOnly(
                f"{path} has the older format {found} and must be upgraded first; make it writable."
            )
        if not quick:
            _check_pages(connection, path, values=path.stat().st_size <= VALUE_CHECK_BYTES)
        _check_rules(connection, path)
    return notes


def check_content(path: Path, *, patience: float = WRITE_PATIENCE) -> None:
    """Read every page and compare every rule; raises StoreDamaged with what was found. For a worker."""
    with explained(path), closing(_connect(path, how_to_open(path), patience)) as connection:
        _check_pages(connection, path)
        _check_rules(connection, path)


def check_copy(path: Path) -> int:
    """Check a copy that nobody writes to, of this format or an older one, whole; its format.

    Raises StoreDamaged, StoreNewer or StoreError.
    """
    require_sqlite()
    with explained(path), closing(_connect(path, Opening(read_only=True, banner=None), 0)) as connection:
        found = read_format(connection, path, FORMAT)
        _check_pages(connection, path)
        _check_rules(connection, path, found)
    return found


def read_format(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    """The file's format; raises StoreDamaged for an empty or foreign file, StoreNewer for a newer one."""
    if path.stat().st_size == 0:
        raise StoreDamaged(f"{path} is empty. Nothing was written to it. {BRING_BACK}")
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreDamaged(
            f"{path} is a database of another program. Nothing was written to it. Choose another place with"
            f" --home. {BRING_BACK}"
        )
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > newest:
        raise StoreNewer(
            f"{path.name} has format {found}, this version knows {newest}. Update tui_registry, or choose "
            "another registry with --home."
        )
    if found < 1:
        raise StoreDamaged(f"{path} does not say which format it has. {BRING_BACK}")
    return found


def _connect(path: Path, opening: Opening, patience: float) -> sqlite3.Connection:
    """A plain connection; a writable one, so that an interrupted save is undone, where that is possible."""
    return sqlite3.connect(
        location(path, read_only=opening.read_only), uri=True, timeout=patience, isolation_level=None
    )


def _check_pages(connection: sqlite3.Connection, path: Path, *, values: bool = True) -> None:
    """Structure and references of the whole file, and its values against the rules unless left out."""
    connection.execute(f"PRAGMA ignore_check_constraints = {int(not values)}")
    problems = [str(text) for (text,) in connection.execute("PRAGMA quick_check(5)") if text != "ok"]
    if not problems:
        orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(5)
        problems = [f"{table} row {row} refers to a missing {parent}" for table, row, parent, _ in orphans]
    if problems:
        raise StoreDamaged(f"{path} is damaged: {_in_one_line(problems)}. {BRING_BACK}")


def _in_one_line(problems: Sequence[str]) -> str:
    """The first of what was found; SQLite puts several in one text, under a heading."""
    lines = [line for text in problems for line in text.splitlines() if not line.startswith("***")]
    more = f"; and {len(lines) - 1:,} more" if len(lines) > 1 else ""
    return f"{lines[0] if lines else problems[0]}{more}"


def _check_rules(connection: sqlite3.Connection, path: Path, form: int = FORMAT) -> None:
    """Tables, rules and indexes as a fresh file of the format has them."""
    if form == FORMAT and fingerprint(connection) == FRESH:
        return  # what a file should define need not be worked out
    present, wanted = rules(connection), expected_rules(form)
    missing = sorted({name for _, name, _ in wanted - present})
    added = sorted({name for _, name, _ in present - wanted} - set(missing))
    found = (("missing or changed", missing), ("added", added))
    said = "; ".join(f"{words}: {', '.join(names[:5])}" for words, names in found if names)
    if said:
        raise StoreDamaged(f"{path} does not hold the rules it was made with ({said}). {BRING_BACK}")


def _make_private(path: Path) -> tuple[str, ...]:
    """Take a file of ours away from other users; another user's file is only named."""
    status = path.stat()
    if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
        return (f"{path.name} {owner_and_mode(path)}; its keys and prices are in that user's hands.",)
    mode = status.st_mode & 0o777
    if not mode & 0o077:
        return ()
    try:
        path.chmod(0o600)
    except OSError as error:
        raise StoreError(f"{path} is open to other users ({mode:04o}): {error.strerror}.") from error
    return (f"{path.name} was open to other users ({mode:04o}) and is private now (0600).",)
