"""What `doctor` finds of backups, and of what killed programs left half written."""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING

from tui_registry.cli.findings import Finding
from tui_registry.cli.opening import Session
from tui_registry.clock import age, stamp
from tui_registry.errors import RegistryError, StoreError
from tui_registry.text import counted

if TYPE_CHECKING:
    from tui_registry.store.backups import Backup

OLD = timedelta(days=7)
"""How old the newest backup may be while there are changes that it lacks."""

MAKE_ONE = "Run: tui-registry backup"


def backup_findings(session: Session) -> Iterator[Finding]:
    """The newest backup, really checked: its age, and whether it has what the registry has."""
    from tui_registry.store.backups import backups_of, is_unchanged

    with suppress(StoreError):
        is_there = session.is_there()
        found = backups_of(session.paths.database, session.paths.backups)
        if not found:
            if is_there:
                yield Finding("newest backup", "warning", f"There is none. {MAKE_ONE}")
            return
        newest = found[0]
        if problem := _problem(newest):
            yield Finding("newest backup", "problem", f"{problem} {MAKE_ONE}")
            return
        is_behind = is_there and not is_unchanged(session.paths.database, newest.path)
        now = session.clock()
        made = age(stamp(newest.made_at), now)
        told = f"{newest.path.name}, {'just made' if made == 'now' else f'{made} old'}, checked"
        if is_behind and now - newest.made_at > OLD:
            yield Finding("newest backup", "warning", f"{told}; there are later changes. {MAKE_ONE}")
        else:
            behind = "; there are later changes" if is_behind else ""
            yield Finding("newest backup", "ok", f"{told}{behind}. {len(found)} in all.")


def _problem(backup: "Backup") -> str | None:
    """Why a backup cannot be relied on; None where it can."""
    from tui_registry.store.backups import check_sum
    from tui_registry.store.soundness import check_copy

    try:
        check_sum(backup.path)
        check_copy(backup.path)
    except RegistryError as error:
        return str(error)
    except OSError as error:
        return f"{backup.path} cannot be read: {error.strerror}."
    return None


def leftover_findings(session: Session) -> Iterator[Finding]:
    """An interrupted save beside the file, and drafts that a killed program left."""
    from tui_registry.store.leftovers import STALE_SECONDS, drafts_of

    database = session.paths.database
    for name in ("-journal", "-wal"):
        beside = database.with_name(f"{database.name}{name}")
        with suppress(OSError):
            if beside.stat().st_size and not database.exists():
                command = f"mv {quote(str(beside))} {quote(f'{beside}.aside')}"
                yield Finding(
                    "leftovers", "problem", f"{beside} belongs to a registry that is gone. Run: {command}"
                )
            elif beside.stat().st_size:
                sentence = (
                    f"{beside.name}: a save is under way, or one cut off is undone by the next to open it."
                )
                yield Finding("leftovers", "warning", sentence)
    stale = 0
    for draft in drafts_of(database, session.paths.backups):
        with suppress(OSError):
            stale += time.time() - draft.lstat().st_mtime > STALE_SECONDS
    if stale:
        yield Finding(
            "leftovers",
            "warning",
            f"{counted(stale, 'draft')} of killed programs; the next start removes them.",
        )
