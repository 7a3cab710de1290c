"""A person's settings: what `config.toml` may say, and one sentence for whatever in it cannot be used."""

import os
import re
import shlex
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tui_registry.money import USUAL_MIX
from tui_registry.text import clean

MOST_BYTES = 100_000
"""A settings file that is larger is something else."""

HIGHEST_SHARE = 99
"""The largest number on either side of a price mix."""


@dataclass(frozen=True, slots=True)
class VaultSettings:
    """Where the vault key is kept, `file` or `keyring`, and after how many idle minutes the app locks it.

    A vault without a passphrase has no lock; after 0 minutes means never.
    """

    backend: str = "file"
    lock_after: int = 15


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person set; the defaults are the app's own.

    `keys` maps a binding's id to its keys as written; `price_mix` is parts of input to parts of output.
    """

    keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    theme: str | None = None
    copy_command: tuple[str, ...] = ()
    price_mix: tuple[int, int] = USUAL_MIX
    mouse: bool = True
    ascii: bool = False
    slow: bool = False
    vault: VaultSettings = VaultSettings()


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The settings of a file, and a sentence for each thing in it that is not followed.

    `places` says where each setting and each binding's keys stand, e.g. `config.toml line 12`.
    """

    settings: Settings = field(default_factory=Settings)
    complaints: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def read_settings(path: Path) -> SettingsFile:
    """The settings of a file; defaults where there is none, or where it cannot be used. Never raises."""
    try:
        with open(path, "rb") as opened:
            is_own = _is_own(os.fstat(opened.fileno()))
            written = opened.read(MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return SettingsFile()
    except OSError as error:
        return _unusable(path, f"it cannot be read: {error.strerror}")
    if len(written) > MOST_BYTES:
        return _unusable(path, f"it is larger than {MOST_BYTES:,} bytes")
    try:
        text = written.decode("utf-8")
        read = parse_settings(text, path.name)
    except UnicodeDecodeError:
        return _unusable(path, "it is not UTF-8 text")
    except tomllib.TOMLDecodeError as error:
        return _unusable(path, f"it is not TOML: {clean(str(error))}")
    if read.settings.copy_command and not is_own:
        said = f"{path.name}: copy_command is not followed, as others can write to the file. Run: chmod 600"
        complaint = f"{said} {shlex.quote(str(path))}"
        return replace(
            read,
            settings=replace(read.settings, copy_command=()),
            complaints=(*read.complaints, complaint),
        )
    return read


def parse_settings(text: str, name: str = "config.toml") -> SettingsFile:
    """The settings of a TOML text; raises TOMLDecodeError when it is none."""
    taken: dict[str, Any] = {}
    complaints = []
    for key, value in tomllib.loads(text).items():
        read = _READERS.get(key)
        try:
            if read is None:
                raise ValueError(_unknown(key))
            taken[key] = read(value)
        except ValueError as refusal:
            complaints.append(f"{place(text, key, name)}: {refusal}")
    settings = Settings(**taken)
    places = {key: place(text, key, name) for key in (*taken, *settings.keys)}
    return SettingsFile(settings, tuple(complaints), MappingProxyType(places))


def place(text: str, key: str, name: str) -> str:
    """Where a key stands, e.g. `config.toml line 12`; only the name where it cannot be found."""
    sought = re.compile(rf"\s*\[?\s*[\"']?{re.escape(key)}[\"']?\s*[=\].]")
    for number, line in enumerate(text.splitlines(), 1):
        if sought.match(line):
            return f"{name} line {number}"
    return name


def nearest(wanted: str, known: Mapping[str, object]) -> str:
    """A question that names the nearest known word, with a space before it; nothing if none is near."""
    near = get_close_matches(wanted, list(known), n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else ""


def _unusable(path: Path, reason: str) -> SettingsFile:
    return SettingsFile(complaints=(f"{clean(str(path))} is not followed: {reason}.",))


def _unknown(key: str) -> str:
    near = nearest(key, _READERS)
    return f"there is no setting {clean(key, limit=40)}.{near or ' There are ' + ', '.join(_READERS) + '.'}"


def _is_own(found: os.stat_result) -> bool:
    """Whether nobody else can have written the file."""
    if os.name != "posix":
        return True
    return found.st_uid in (os.geteuid(), 0) and not stat.S_IMODE(found.st_mode) & 0o022


def _flag(key: str) -> Callable[[object], bool]:
    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"{key} is true or false.")
        return value

    return read


def _theme(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError('theme is the name of a theme, for example "nord".')
    return clean(value, limit=60)


def _copy_command(value: object) -> tuple[str, ...]:
    try:
        words = shlex.split(value) if isinstance(value, str) else []
    except ValueError:
        words = []
    if not words:
        raise ValueError('copy_command is a command, for example "xclip -selection clipboard".')
    return tuple(words)


def _price_mix(value: object) -> tuple[int, int]:
    parts = re.fullmatch(r"\s*(\d{1,2})\s*:\s*(\d{1,2})\s*", value) if isinstance(value, str) else None
    mix = (int(parts[1]), int(parts[2])) if parts else (0, 0)
    if mix == (0, 0):
        raise ValueError(f'price_mix is parts of input to parts of output up to {HIGHEST_SHARE}, like "3:1".')
    return mix


def _keys(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise ValueError('keys is a table: [keys], and under it "record.delete" = "D".')
    return MappingProxyType(dict(_flat(value)))


def _flat(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    """Ids and keys; TOML reads `record.delete = "D"` without quotes as a table in a table."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        elif isinstance(value, str):
            yield above + name, value
        else:
            raise ValueError(f'keys are texts, as in "{clean(above + name, limit=40)}" = "D,f5".')


def _vault(value: object) -> VaultSettings:
    if not isinstance(value, Mapping):
        raise ValueError("vault is a table: [vault], and under it lock_after = 15.")
    for key, given in value.items():
        if key not in _VAULT:
            shown = clean(str(key), limit=40)
            raise ValueError(f"[vault] has no setting {shown}. There are backend, lock_after.")
        if not _VAULT[key](given):
            raise ValueError(f"[vault] {_VAULT_WORDS[key]}")
    return VaultSettings(**value)


_VAULT: Mapping[str, Callable[[object], bool]] = {
    "backend": lambda given: given in ("file", "keyring"),
    "lock_after": lambda given: type(given) is int and 0 <= given <= 1440,
}
_VAULT_WORDS = {
    "backend": 'backend is "file" or "keyring".',
    "lock_after": "lock_after is a whole number of minutes up to 1440, and 0 for never.",
}

_READERS: Mapping[str, Callable[[object], object]] = {
    "keys": _keys,
    "theme": _theme,
    "copy_command": _copy_command,
    "price_mix": _price_mix,
    "mouse": _flag("mouse"),
    "ascii": _flag("ascii"),
    "slow": _flag("slow"),
    "vault": _vault,
}
