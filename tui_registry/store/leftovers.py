"""What a killed program leaves half written: drafts that nobody will finish."""

import re
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

STALE_SECONDS = 3600
"""How long a draft was not touched before it surely belongs to nobody; writing one takes seconds."""

_PART = re.compile(r".+\.part(-journal)?")


def drafts_of(path: Path, backups: Path) -> list[Path]:
    """Drafts of this registry and of its backups, whoever may still be writing them."""
    draft = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{12}}\.new(-journal)?")
    return [*_named(path.parent, draft), *_named(backups, _PART), *_sums_alone(backups)]


def remove_stale(drafts: Iterable[Path]) -> None:
    """Remove the drafts that were not touched for STALE_SECONDS; what cannot be removed stays."""
    now = time.time()
    for each in drafts:
        with suppress(OSError):
            # the times of files are the system's, so they are compared with the system's clock
            if now - each.lstat().st_mtime > STALE_SECONDS:
                each.unlink()


def _named(directory: Path, pattern: re.Pattern[str]) -> list[Path]:
    with suppress(OSError):
        return [item for item in directory.iterdir() if pattern.fullmatch(item.name)]
    return []


def _sums_alone(backups: Path) -> list[Path]:
    """Sums whose backup is not there; the sum is written first and removed last."""
    with suppress(OSError):
        return [item for item in backups.glob("*.db.sha256") if not item.with_suffix("").exists()]
    return []
