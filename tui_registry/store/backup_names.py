"""What the backups of a registry are called, which tells them from a person's files beside them."""

import re
from datetime import datetime
from pathlib import Path

TIME = "%Y%m%dT%H%M%S%f"
"""How the moment is written in a name."""

_NAME = re.compile(r"(?P<stem>.+)-(?P<reason>[a-z]+[0-9]*)-(?P<time>[0-9]{8}T[0-9]{12})\.db")


def made_name(path: Path, reason: str, moment: datetime) -> str:
    """What a backup of this file is called; reason is one word, moment in UTC."""
    return f"{_stem(path)}-{reason}-{moment:{TIME}}.db"


def name_of(path: Path, name: str) -> re.Match[str] | None:
    """The parts of a name that a backup of this file has; None for any other, whose file is not ours."""
    found = _NAME.fullmatch(name)
    return found if found is not None and found["stem"] == _stem(path) else None


def sum_beside(backup: Path) -> Path:
    """Where the SHA-256 of a backup lies."""
    return backup.with_name(f"{backup.name}.sha256")


def _stem(path: Path) -> str:
    """What the backups of a file begin with; two files of one directory share it only as `a` and `a.db`."""
    return path.name.removesuffix(".db")
