"""Copies of the database that are whole even while it is in use."""

import hashlib
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tui_registry.durable import sync_directory
from tui_registry.errors import Refused, StoreDamaged, StoreError
from tui_registry.store.backup_names import made_name, sum_beside
from tui_registry.store.backups import thin
from tui_registry.store.database import location
from tui_registry.store.faults import explained
from tui_registry.store.schema import FORMAT
from tui_registry.store.soundness import read_format


def back_up(
    path: Path, directory: Path, reason: str, moment: datetime, *, source: sqlite3.Connection | None = None
) -> Path:
    """Copy the file into a 0700 directory as `registry-<reason>-<time>.db`, checked, with its SHA-256 beside.

    Older backups are thinned once this one is checked. `source` is a connection to a file that is gone.
    Raises StoreError when no checked copy could be made; a half copy is removed.
    """
    target = directory / made_name(path, reason, moment.astimezone(UTC))
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_made(target, error) from error
    _write(path, target, source)
    thin(path, directory, newest=target)
    return target


def back_up_as(path: Path, target: Path) -> Path:
    """Copy the file to a place that a person named, checked, with its SHA-256 beside.

    Raises Refused where something has that name already, else StoreError as `back_up` does.
    """
    for taken in (target, sum_beside(target)):
        if os.path.lexists(taken):
            raise Refused(f"{taken} is there already, and nothing is overwritten. Choose another name.")
    _write(path, target)
    return target


def _write(path: Path, target: Path, source: sqlite3.Connection | None = None) -> None:
    """Copy under another name, check, and only then give the copy its own."""
    draft = target.with_name(f"{target.name}.part")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            changed: int | None = None
            with explained(target):
                if source is None:
                    changed = path.stat().st_mtime_ns
                    _copy_file(path, draft)
                else:
                    _copy(source, path, draft)
            _keep(draft, target)
            if changed is not None:
                # the time of the content, to tell changes by; a draft of that age would pass for a leftover
                os.utime(target, ns=(changed, changed))
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise _not_made(target, error) from error


def _not_made(target: Path, error: OSError) -> StoreError:
    return StoreError(f"No backup could be made at {target}: {error.strerror}. Nothing was changed.")


def _copy_file(path: Path, draft: Path) -> None:
    """A checked copy of a file."""
    # a connection that may write also undoes a save that was cut off
    place = location(path, read_only=not os.access(path, os.W_OK))
    with closing(sqlite3.connect(place, uri=True)) as source:
        _copy(source, path, draft)


def _copy(source: sqlite3.Connection, path: Path, draft: Path) -> None:
    """SQLite's own copy, then a whole check of it."""
    with closing(sqlite3.connect(location(draft), uri=True)) as copy:
        source.backup(copy)
        problem = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if problem != "ok":
            raise StoreDamaged(f"{path} could not be backed up whole: {problem}. Nothing was changed.")
        read_format(copy, draft, FORMAT)


def _keep(draft: Path, target: Path) -> None:
    """Give the copy its name and its sum, both safe against a power cut."""
    with draft.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
        os.fsync(written.fileno())
    descriptor = os.open(sum_beside(target), os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as sums:
        sums.write(f"{digest}  {target.name}\n")
        sums.flush()
        os.fsync(sums.fileno())
    draft.replace(target)
    sync_directory(target.parent)
