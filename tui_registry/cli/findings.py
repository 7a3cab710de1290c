"""One line of what `doctor` reports, and the places of the registry with their owners and modes."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Literal

from tui_registry.cli.opening import Session

State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `unusable` says that the registry cannot be opened because of it."""

    what: str
    state: State
    sentence: str
    unusable: bool = False

    def cells(self) -> tuple[str, str, str]:
        """The line for people."""
        return self.what, self.state, self.sentence

    def record(self) -> dict[str, str]:
        """The line for scripts."""
        return {"what": self.what, "state": self.state, "finding": self.sentence}


def place_findings(session: Session) -> Iterator[Finding]:
    """Files and directories with who owns them and who may read them."""
    paths = session.paths
    places = (
        ("database", paths.database, 0o600),
        ("directory of the database", paths.database.parent, 0o700),
        ("backups", paths.backups, 0o700),
        ("directory of the vault key", paths.vault_key.parent, 0o700),
    )
    for what, path, mode in places:
        yield _place(what, path, mode)


def _place(what: str, path: Path, wanted: int) -> Finding:
    try:
        found = path.stat()
    except FileNotFoundError:
        return Finding(what, "ok", f"{path}, not there yet")
    except OSError as error:
        return Finding(what, "problem", f"{path} cannot be looked at: {error.strerror}.")
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid != os.geteuid():
        sentence = f"{path} belongs to another user ({_user(found.st_uid)}). Run: sudo chown {os.geteuid()} "
        return Finding(what, "problem", sentence + quote(str(path)))
    if mode & 0o077:
        sentence = f"{path} is open to other users ({mode:04o}). Run: chmod {wanted:o} {quote(str(path))}"
        return Finding(what, "warning", sentence)
    return Finding(what, "ok", f"{path}, {mode:04o}, {_user(found.st_uid)}")


def _user(number: int) -> str:
    """A user's name, or the number where it has none."""
    try:
        import pwd

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return str(number)
