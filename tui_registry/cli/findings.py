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

_FILE, _DIRECTORY = stat.S_IFREG | 0o600, stat.S_IFDIR | 0o700
"""The kind and the mode of what is the registry's own."""


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
        ("database", paths.database, _FILE),
        ("directory of the database", paths.database.parent, _DIRECTORY),
        ("backups", paths.backups, _DIRECTORY),
        ("directory of the vault key", paths.vault_key.parent, _DIRECTORY),
    )
    for what, path, mode in places:
        yield _place(what, path, mode)
    yield from _settings(session)


def _settings(session: Session) -> Iterator[Finding]:
    """What of the settings cannot be followed; nothing where there are none."""
    path = session.paths.config
    if not os.path.lexists(path):
        return
    from tui_registry.config import read_settings

    complaints = read_settings(path).complaints
    yield from (Finding("settings", "warning", complaint) for complaint in complaints)
    if not complaints:
        yield Finding("settings", "ok", f"{path}, all of it is followed.")


def _place(what: str, path: Path, wanted: int) -> Finding:
    try:
        found = path.stat()
    except FileNotFoundError:
        return Finding(what, "ok", f"{path}, not there yet")
    except OSError as error:
        return Finding(what, "problem", f"{path} cannot be looked at: {error.strerror}.")
    kind, mode = stat.S_IFMT(found.st_mode), stat.S_IMODE(found.st_mode)
    if kind != stat.S_IFMT(wanted):
        sentence = f"{path} is no {'file' if wanted == _FILE else 'directory'}. Run: mv {quote(str(path))} "
        return Finding(what, "problem", sentence + quote(f"{path}.aside"))
    if found.st_uid != os.geteuid():
        sentence = f"{path} belongs to another user ({_user(found.st_uid)}). Run: sudo chown {os.geteuid()} "
        return Finding(what, "problem", sentence + quote(str(path)))
    if mode & 0o077:
        command = f"chmod {stat.S_IMODE(wanted):o} {quote(str(path))}"
        sentence = f"{path} is open to other users ({mode:04o}). Run: {command}"
        return Finding(what, "warning", sentence)
    return Finding(what, "ok", f"{path}, {mode:04o}, {_user(found.st_uid)}")


def _user(number: int) -> str:
    """A user's name, or the number where it has none."""
    try:
        import pwd

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return str(number)
