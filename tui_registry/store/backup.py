"""Copies of the database that are whole even while it is in use."""

import hashlib
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tui_registry.errors import StoreDamaged, StoreError
from tui_registry.store.database import location, sync_directory
from tui_registry.store.faults import explained


def back_up(path: Path, directory: Path, reason: str, moment: datetime) -> Path:
    """Copy the file into a 0700 directory as `registry-<reason>-<time>.db`, checked, with its SHA-256 beside.

    Raises StoreError when no checked copy could be made; a half copy is removed.
    """
    name = f"{path.stem}-{reason}-{moment.astimezone(UTC):%Y%m%dT%H%M%S%f}.db"
    target, draft = directory / name, directory / f"{name}.part"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            with explained(target):
                _copy(path, draft)
            _keep(draft, target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"No backup could be made at {target}: {error.strerror}. Nothing was changed."
        ) from error
    return target


def _copy(path: Path, draft: Path) -> None:
    """SQLite's own copy, then a whole check of it."""
    with (
        closing(sqlite3.connect(location(path, read_only=True), uri=True)) as source,
        closing(sqlite3.connect(location(draft), uri=True)) as copy,
    ):
        source.backup(copy)
        problem = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if problem != "ok":
        raise StoreDamaged(f"{path} could not be backed up whole: {problem}. Nothing was changed.")


def _keep(draft: Path, target: Path) -> None:
    """Give the copy its name and its sum, both safe against a power cut."""
    digest = hashlib.sha256(draft.read_bytes()).hexdigest()
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    summary = target.with_name(f"{target.name}.sha256")
    descriptor = os.open(summary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as sums:
        sums.write(f"{digest}  {target.name}\n")
        sums.flush()
        os.fsync(sums.fileno())
    draft.replace(target)
    sync_directory(target.parent)
