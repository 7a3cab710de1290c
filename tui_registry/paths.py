"""Where the database, its backups, the vault key and the settings live."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from tui_registry.errors import InvalidInput, Refused

APP_NAME = "tui_registry"
"""The directory's name under the system's places for data, state and settings."""

_ELSEWHERE = "Choose another place with --home."


@dataclass(frozen=True, slots=True)
class Paths:
    """The places of one registry, all absolute; nothing of it need exist.

    `usual_vault_key` is where the vault key lies unless a person names another file for it.
    """

    database: Path
    backups: Path
    vault_key: Path
    config: Path
    state: Path
    usual_vault_key: Path

    def own(self, path: Path) -> bool:
        """Whether this is one of the registry's own files or among its backups, however it is named."""
        real = Path(os.path.realpath(path))
        database, backups, *others = (
            Path(os.path.realpath(each))
            for each in (self.database, self.backups, self.vault_key, self.usual_vault_key, self.config)
        )
        beside = real.parent == database.parent and real.name.startswith(database.name)
        return beside or real in others or backups in (real, *real.parents)


def find_paths(home: Path | None, environ: Mapping[str, str], key_file: Path | None = None) -> Paths:
    """The places under `home`, else under TUI_REGISTRY_HOME, else where the system keeps such files.

    TUI_REGISTRY_DB moves the database (with its backups) alone; `key_file`, or TUI_REGISTRY_KEY_FILE without
    it, the vault key.
    Raises InvalidInput for a text that is no path. Makes no directory.
    """
    named_home = environ.get("TUI_REGISTRY_HOME") or None
    if home is not None:
        data, state, config = _under(_absolute(home, "--home"))
    elif named_home is not None:
        data, state, config = _under(_absolute(Path(named_home), "TUI_REGISTRY_HOME"))
    else:
        data, state, config = _of_the_system()
    database = _moved(environ, "TUI_REGISTRY_DB", data / "registry.db")
    return Paths(
        database=database,
        backups=database.parent / "backups",
        vault_key=_absolute(key_file, "--key-file")
        if key_file is not None
        else _moved(environ, "TUI_REGISTRY_KEY_FILE", state / "vault.key"),
        config=config / "config.toml",
        state=state,
        usual_vault_key=state / "vault.key",
    )


def make_private(directory: Path) -> None:
    """Make a directory that only its owner can enter, or close to others the one that is there.

    Raises Refused when it or the link to it is another user's, or when others can write to it.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        link, found = directory.lstat(), directory.stat()
    except OSError as error:
        raise Refused(f"{directory} cannot be used: {error.strerror}. {_ELSEWHERE}") from error
    if os.name != "posix":
        return
    if link.st_uid != os.geteuid() or found.st_uid != os.geteuid():
        raise Refused(f"{directory} belongs to another user. {_ELSEWHERE}")
    if stat.S_IMODE(found.st_mode) & 0o022:  # what others could put there must not be closed in and trusted
        command = f"chmod 700 {quote(str(directory))}"
        raise Refused(f"Other users can write to {directory}. Look through it, then run: {command}")
    if stat.S_IMODE(found.st_mode) & 0o077:
        directory.chmod(0o700)


def _under(home: Path) -> tuple[Path, Path, Path]:
    """The directories for data, state and settings under one home."""
    return home / "data", home / "state", home / "config"


def _of_the_system() -> tuple[Path, Path, Path]:
    """The directories that the system means for data, state and settings of this user."""
    from platformdirs import PlatformDirs

    system = PlatformDirs(APP_NAME, appauthor=False)
    return apart(system.user_data_path, system.user_state_path, system.user_config_path)


def apart(data: Path, state: Path, config: Path) -> tuple[Path, Path, Path]:
    """The same directories, but never the vault key in that of the database: a copy of one is not both."""
    return data, (state.with_name(f"{state.name}-vault") if state == data else state), config


def _moved(environ: Mapping[str, str], variable: str, usual: Path) -> Path:
    """The path that a variable names, else the usual one."""
    named = environ.get(variable)
    return _absolute(Path(named), variable) if named else usual


def _absolute(path: Path, source: str) -> Path:
    """The path from the root on, `~` followed; links stay as they are."""
    try:
        expanded = path.expanduser()
    except RuntimeError:
        raise InvalidInput(
            {source: f"There is no home directory for {path.parts[0]}; write the path out."}
        ) from None
    if not str(expanded).isprintable():
        raise InvalidInput({source: "The path holds a character that cannot be shown; choose another."})
    try:
        return Path(os.path.abspath(expanded))
    except FileNotFoundError:
        raise InvalidInput({source: "The present directory is gone; write the path out."}) from None
