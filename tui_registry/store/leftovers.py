"""What a killed program leaves half written: drafts that nobody will finish."""

import re
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tui_registry.store.backup_names import name_of

STALE_SECONDS = 3600
"""How long a draft was not touched before it surely belongs to nobody; writing one takes seconds."""

_OF_BACKUPS = re.compile(r"(?P<backup>.+)\.(part(-journal)?|(?P<sum>sha256))")


def drafts_of(path: Path, backups: Path) -> list[Path]:
    """Drafts of this registry and of its backups, whoever may still be writing them; no other file."""
    draft = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{12}}\.new(-journal|-wal|-shm)?")
    found = [item for item in _files(path.parent) if draft.fullmatch(item.name)]
    for item in _files(backups):
        name = _OF_BACKUPS.fullmatch(item.name)
        if name is None or name_of(path, name["backup"]) is None:
            continue
        # the sum is written before its backup has its name, and removed after it
        if not name["sum"] or not item.with_name(name["backup"]).exists():
            found.append(item)
    return found


def remove_stale(drafts: Iterable[Path]) -> None:
    """Remove the drafts that were not touched for STALE_SECONDS; what cannot be removed stays."""
    now = time.time()
    for each in drafts:
        with suppress(OSError):
            # the times of files are the system's, so they are compared with the system's clock
            if now - each.lstat().st_mtime > STALE_SECONDS:
                each.unlink()


def _files(directory: Path) -> list[Path]:
    with suppress(OSError):
        return list(directory.iterdir())
    return []
