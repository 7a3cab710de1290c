"""A backup in the place of the registry; what was there is set aside, never overwritten."""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tui_registry.durable import sync_directory
from tui_registry.errors import StoreDamaged, StoreError, StoreLocked, StoreMissing
from tui_registry.store.backups import check_sum
from tui_registry.store.contents import Contents, look_into
from tui_registry.store.database import fill, location
from tui_registry.store.edition import KEY as EDITION
from tui_registry.store.edition import new_edition
from tui_registry.store.faults import explain, explained
from tui_registry.store.rows import KnownSeed
from tui_registry.store.soundness import check_copy

HOLD_PATIENCE = 1.0
"""Seconds that another session's save is waited for before its file is taken away from under it."""

COMPANIONS = ("-journal", "-wal", "-shm")
"""What SQLite keeps beside a file; left behind, it would be played into whatever takes the file's place."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What the registry now holds, and where the file it replaced lies."""

    contents: Contents
    aside: Path | None


def restore(path: Path, backup: Path, moment: datetime) -> Restored:
    """Put a checked copy of a backup in the registry's place.

    The present file becomes `<name>.before-restore-<time>`, or `<name>.damaged-<time>` when it is damaged.

    Raises StoreMissing, StoreDamaged or StoreNewer for a backup that is not sound, StoreLocked while another
    session holds the registry, StoreError where nothing can be written; then nothing was changed.
    """
    if not backup.is_file():
        raise StoreMissing(f"There is no backup at {backup}. To list them, run: tui-registry restore")
    why = "damaged" if _is_damaged(path) else "before-restore"
    with new_beside(path) as draft:
        with explained(backup):
            was_summed = check_sum(backup)
            _copy(backup, draft)
        held = replace(check_new(draft, backup), was_summed=was_summed)
        return Restored(held, put_in_place(draft, path, why, moment))


def _is_damaged(path: Path) -> bool:
    """Whether the present file is damaged; one that cannot be looked at now is not called so."""
    try:
        check_copy(path)
    except StoreDamaged:
        return True
    except StoreError:
        pass
    return False


def begin_anew(path: Path, known: KnownSeed, moment: datetime) -> Path | None:
    """An empty registry in the place of a damaged or lost one; where that lies now. Raises as `restore`."""
    with new_beside(path) as draft:
        fill(draft, known.rows())
        return put_in_place(draft, path, "damaged", moment)


def check_new(draft: Path, named: Path) -> Contents:
    """Check what is to become the registry and look into it; the refusal names where it came from."""
    try:
        check_copy(draft)
        return look_into(draft)
    except StoreError as error:
        raise type(error)(
            str(error).replace(str(draft), str(named)).replace(draft.name, named.name)
        ) from error


@contextmanager
def new_beside(path: Path) -> Iterator[Path]:
    """An empty private file beside the registry to build another in; it goes unless it was put in place."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            yield draft
        finally:
            for name in ("", *COMPANIONS):
                draft.with_name(draft.name + name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"Nothing could be put at {path}: {error.strerror}. Nothing was changed.") from error


def put_in_place(draft: Path, path: Path, why: str, moment: datetime) -> Path | None:
    """Give the draft the registry's name; the file that had it becomes `<name>.<why>-<time>`, returned.

    At no moment is there no file or half of one. Ids that the former file has given are not given again, and
    open sessions notice that this is another file. Raises StoreLocked while another session holds the file.
    """
    aside = _aside(path, why, moment)
    if not path.exists():
        _begin(draft, {})
        _set_companions_aside(path, aside)
        os.link(draft, path)
        sync_directory(path.parent)
        return None
    with _held(path) as former:
        _begin(draft, {} if former is None else ids_given(former))
        os.link(path, aside)
        _set_companions_aside(path, aside)
        draft.replace(path)
    sync_directory(path.parent)
    return aside


LARGEST_ID = 2**53
"""A counter that says it gave more was made by a hand or by damage: ids would soon run out after it."""


def ids_given(former: sqlite3.Connection) -> dict[str, int]:
    """The last id that each table of a file has given; as much as can be read of a damaged one."""
    given: dict[str, int] = {}
    with suppress(sqlite3.Error, TypeError, ValueError):
        for table, last in former.execute("SELECT name, seq FROM sqlite_sequence"):
            if 0 < int(last) <= LARGEST_ID:
                given[str(table)] = max(int(last), given.get(str(table), 0))
    return given


def _begin(draft: Path, given: Mapping[str, int]) -> None:
    """Make a file of its own of the draft: no id that was given is given again, and its edition is new."""
    with closing(sqlite3.connect(location(draft), uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = memory")
        connection.execute("BEGIN IMMEDIATE")
        go_on_after(connection, given)
        connection.execute("DELETE FROM meta WHERE key = ?", (EDITION,))
        connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (EDITION, new_edition()))
        connection.execute("COMMIT")
    _sync(draft)


def go_on_after(connection: sqlite3.Connection, given: Mapping[str, int]) -> None:
    """Let the ids of each table go on after the last one that was given, here or in the former file."""
    own = ids_given(connection)
    made = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
    for (table,) in connection.execute(made).fetchall():
        ((highest,),) = connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608
        last = max(given.get(table, 0), own.get(table, 0), highest)
        connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))


def set_strays_aside(path: Path, moment: datetime) -> None:
    """Keep what SQLite left beside a file that is gone from being played into the next of its name."""
    _set_companions_aside(path, _aside(path, "left", moment))


def _aside(path: Path, why: str, moment: datetime) -> Path:
    """A name beside the registry that nothing has yet."""
    named = path.with_name(f"{path.name}.{why}-{moment.astimezone(UTC):%Y%m%dT%H%M%S%f}")
    free, number = named, 1
    while os.path.lexists(free):
        number += 1
        free = named.with_name(f"{named.name}-{number}")
    return free


def _set_companions_aside(path: Path, aside: Path) -> None:
    for name in COMPANIONS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + name).rename(aside.with_name(aside.name + name))


@contextmanager
def _held(path: Path) -> Iterator[sqlite3.Connection | None]:
    """The file locked against every other session, an interrupted save undone; a damaged one as it is."""
    if path.stat().st_size == 0:  # locking it would begin a database in it
        yield None
        return
    with closing(
        sqlite3.connect(location(path), uri=True, timeout=HOLD_PATIENCE, isolation_level=None)
    ) as connection:
        try:
            connection.execute("PRAGMA journal_mode = delete")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            fault = explain(error, path)
            if isinstance(fault, StoreLocked):
                raise fault from error
        yield connection


def _copy(backup: Path, draft: Path) -> None:
    """The backup as it was meant: an interrupted save beside it is undone in the copy alone."""
    try:
        with (
            closing(sqlite3.connect(location(backup, read_only=True), uri=True)) as source,
            closing(sqlite3.connect(location(draft), uri=True)) as copy,
        ):
            source.backup(copy)
    except sqlite3.Error as error:
        if "READONLY" not in str(getattr(error, "sqlite_errorname", "")):
            raise
        shutil.copyfile(backup, draft)
        for name in COMPANIONS:
            with suppress(FileNotFoundError):
                shutil.copyfile(backup.with_name(backup.name + name), draft.with_name(draft.name + name))
        with closing(sqlite3.connect(location(draft), uri=True)) as copy:
            copy.execute("PRAGMA journal_mode = delete")
            if copy.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise StoreDamaged(f"{backup} is damaged. Choose another backup.") from error


def _sync(draft: Path) -> None:
    with draft.open("rb") as written:
        os.fsync(written.fileno())
