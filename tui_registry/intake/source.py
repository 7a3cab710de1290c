"""The bytes of a file that somebody names, within a bound and from nothing but a file."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tui_registry.errors import Refused
from tui_registry.text import clean, cut_middle

MOST = 64 << 20
"""Bytes of the largest file that is read; the registry of 100,000 models is smaller."""

_SHOWN = 60
_NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class Source:
    """What was read, what it is called in sentences, and what a person should know of it."""

    data: bytes = field(repr=False)
    name: str
    note: str | None = None


def read_file(path: Path) -> Source:
    """The whole file; raises Refused for what is no file, cannot be read or is too large.

    Nothing but a regular file is read, so that no pipe or device can hold the program up.
    """
    name = cut_middle(clean(str(path)), _SHOWN)
    try:
        is_link = path.is_symlink()
        _refuse_unlike_file(os.stat(path), name)
        handle = os.open(path, os.O_RDONLY | _NO_WAIT)
        with open(handle, "rb") as opened:
            _refuse_unlike_file(os.fstat(handle), name)
            data = _bounded(opened, name)
        note = f"{name} is a link; read was {clean(os.path.realpath(path))}." if is_link else None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise Refused(f"{name} cannot be read: {reason}.") from error
    return Source(data, name, note)


def read_stream(stream: BinaryIO) -> Source:
    """All of standard input; raises Refused when it is too large."""
    return Source(_bounded(stream, "Standard input"), "standard input")


def _refuse_unlike_file(found: os.stat_result, name: str) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = "a directory" if stat.S_ISDIR(found.st_mode) else "a pipe or a device"
        raise Refused(f"{name} is {kind}, not a file. Name a file, or - for standard input.")
    if found.st_size > MOST:
        raise Refused(_too_large(name))


def _bounded(stream: BinaryIO, name: str) -> bytes:
    data = stream.read(MOST + 1)
    if len(data) > MOST:
        raise Refused(_too_large(name))
    return data


def _too_large(name: str) -> str:
    return f"{name} is larger than {MOST >> 20} MB, so it was not read. Split it, or name another file."
