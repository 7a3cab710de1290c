"""Noticing that another session has saved, without looking again and again (Linux)."""

import os
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_EVENT = struct.Struct("iIII")
_WRITTEN, _CREATED, _DELETED, _MOVED_HERE = 0x8, 0x100, 0x200, 0x80  # from <sys/inotify.h>
_REPLACED = _WRITTEN | _CREATED | _MOVED_HERE
_ITSELF = 0x400 | 0x800
"""The watched directory itself was deleted or moved."""
_MOST_LINKS = 40
"""As many links as Linux follows on the way to one file."""
_LARGEST_READ = 65_536


def stops(path: Path) -> Iterator[Path]:
    """Every link on the way to a file, and the file that it leads to."""
    at, left, links = Path("/"), list(path.absolute().parts[1:]), 0
    while left:
        part = left.pop(0)
        step = at.parent if part == ".." else at / part
        if step.is_symlink() and links < _MOST_LINKS:
            yield step
            target = step.parent / step.readlink()
            at, left, links = Path("/"), [*target.parts[1:], *left], links + 1
        else:
            at = step
    yield at


class Notices:
    """A file handle that can be read once the database at `path` was saved or replaced.

    A save ends when its journal is deleted; while pages are still being written there is nothing to read. A
    file that is written over ends with being closed, as does whatever else has opened it for writing.
    Raises OSError where the system offers no such handle; changes made on another machine go unseen.
    """

    def __init__(self, path: Path) -> None:
        """Watch the directory, for a file that is replaced is another one; that of a link's file as well."""
        if sys.platform != "linux":
            raise OSError("This system has no inotify.")
        import ctypes

        self._libc = ctypes.CDLL(None, use_errno=True)
        self._path = path
        self._signs: dict[bytes, int] = {}
        self.handle = int(self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        try:
            self._watch()
        except OSError:
            self.close()
            raise

    def _watch(self) -> None:
        """Watch the directory of the file, and that of every link on the way to it."""
        import ctypes

        signs: dict[bytes, int] = {}
        for place in stops(self._path):
            signs |= {f"{place.name}-journal".encode(): _DELETED, place.name.encode(): _REPLACED}
            watched = self._libc.inotify_add_watch(
                self.handle, os.fsencode(place.parent), _REPLACED | _DELETED | _ITSELF
            )
            if self.handle < 0 or watched < 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))
        self._signs = signs

    def read(self) -> bool:
        """Take what has happened; whether any of it was a save."""
        try:
            came = os.read(self.handle, _LARGEST_READ)
        except BlockingIOError:
            return False
        at, was_saved = 0, False
        while at < len(came):
            _number, mask, _cookie, length = _EVENT.unpack_from(came, at)
            at += _EVENT.size
            name = came[at : at + length].rstrip(b"\0")
            at += length
            was_saved |= bool(mask & self._signs.get(name, 0) or mask & _ITSELF)
        if was_saved:
            with suppress(OSError):  # what is not there now is looked for by the clock
                self._watch()
        return was_saved

    def close(self) -> None:
        """Notice nothing any more."""
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1
