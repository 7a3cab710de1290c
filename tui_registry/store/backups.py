"""The backups of one registry: which there are, which are kept, and when another one is due."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tui_registry.errors import StoreDamaged
from tui_registry.store.backup_names import TIME, name_of, sum_beside
from tui_registry.store.schema import FORMAT

LATEST, DAYS, WEEKS, FORMATS = 5, 7, 4, 2
"""How many backups are kept: the latest, of days, of weeks, and formats whose last backups all stay."""

EVERY = timedelta(hours=1)
"""How old the newest backup may become while the registry changes."""

QUICK_BYTES = 20_000_000
"""How large a file may be to be copied while a person waits to leave; this takes a tenth of a second."""

_WORDS = {
    "hand": "by hand",
    "exit": "on leaving the app",
    "hour": "after changes",
    "import": "before an import",
    "purge": "before a purge",
    "delete": "before deleting many",
    "rescue": "from a deleted file",
}


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup as its name tells: why and when it was made, UTC; `size` is in bytes."""

    path: Path
    reason: str
    made_at: datetime
    size: int

    @property
    def words(self) -> str:
        """The reason in words."""
        number = self.reason.removeprefix("format")
        return _WORDS.get(self.reason, f"before the upgrade from format {number}" if number else self.reason)


def backups_of(path: Path, directory: Path) -> list[Backup]:
    """Every backup of this file, the newest first; none where there is no such directory."""
    found = []
    with suppress(OSError):
        for item in directory.iterdir():
            if (name := name_of(path, item.name)) is not None:
                with suppress(OSError, ValueError):
                    made_at = datetime.strptime(name["time"], TIME).replace(tzinfo=UTC)
                    found.append(Backup(item, name["reason"], made_at, item.stat().st_size))
    return sorted(found, key=lambda each: each.made_at, reverse=True)


def is_due(path: Path, directory: Path, now: datetime, every: timedelta = EVERY) -> bool:
    """Whether the file has changed since its newest backup and that is older than `every`; costs two looks.

    A backup made in what is now the future, by a clock that was wrong, is as good as none.
    """
    newest = next(iter(backups_of(path, directory)), None)
    if newest is None:
        return True
    if timedelta() <= now - newest.made_at < every:
        return False
    return not is_unchanged(path, newest.path)


def is_unchanged(path: Path, backup: Path) -> bool:
    """Whether nothing was saved since this backup was made, which carries the time of what it holds."""
    try:
        return path.stat().st_mtime_ns == backup.stat().st_mtime_ns
    except OSError:
        return False


def check_sum(backup: Path) -> bool:
    """Compare a backup with the sum beside it; False where there is none, StoreDamaged where it differs."""
    try:
        wanted = sum_beside(backup).read_text(encoding="ascii", errors="replace").split()[:1]
    except OSError:
        return False
    with backup.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if wanted != [found]:
        raise StoreDamaged(
            f"{backup} is not what it was when it was made: its SHA-256 differs from the one in"
            f" {sum_beside(backup).name}. Choose another backup."
        )
    return True


def thin(path: Path, directory: Path, newest: Path) -> None:
    """Delete the backups that are not worth keeping any more; never `newest`, which was just checked."""
    found = backups_of(path, directory)
    kept = {newest, *(each.path for each in worth_keeping(found))}
    for each in found:
        if each.path not in kept:
            with suppress(OSError):
                each.path.unlink()
                sum_beside(each.path).unlink(missing_ok=True)


def worth_keeping(found: Iterable[Backup]) -> list[Backup]:
    """The latest, the last of each of some days and weeks, and those made before the latest upgrades."""
    ordered = sorted(found, key=lambda each: each.made_at, reverse=True)
    days: dict[object, Backup] = {}
    weeks: dict[object, Backup] = {}
    for each in ordered:
        days.setdefault(each.made_at.date(), each)
        weeks.setdefault(each.made_at.isocalendar()[:2], each)
    upgrades = {f"format{FORMAT - back}" for back in range(1, FORMATS + 1)}
    wanted = {
        each.path for each in (*ordered[:LATEST], *list(days.values())[:DAYS], *list(weeks.values())[:WEEKS])
    }
    return [each for each in ordered if each.path in wanted or each.reason in upgrades]
