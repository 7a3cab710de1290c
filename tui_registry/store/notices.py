"""Noticing that another session has saved, without looking again and again (Linux)."""

import os
import struct
import sys
from pathlib import Path

_EVENT = struct.Struct("iIII")
_WRITTEN, _CREATED, _DELETED, _MOVED_HERE = 0x8, 0x100, 0x200, 0x80  # from <sys/inotify.h>
_LARGEST_READ = 65_536


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

        libc = ctypes.CDLL(None, use_errno=True)
        itself = _WRITTEN | _CREATED | _MOVED_HERE
        self._signs: dict[bytes, int] = {}
        self.handle = int(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        for each in {path, path.resolve()}:
            self._signs |= {f"{each.name}-journal".encode(): _DELETED, each.name.encode(): itself}
            watched = libc.inotify_add_watch(self.handle, os.fsencode(each.parent), itself | _DELETED)
            if self.handle < 0 or watched < 0:
                number = ctypes.get_errno()
                self.close()
                raise OSError(number, os.strerror(number))

    def read(self) -> bool:
        """Take what has happened; whether any of it was a save."""
        try:
            came = os.read(self.handle, _LARGEST_READ)
        except BlockingIOError:
            return False
        at, was_saved = 0, False
        while at < len(came):
            _watch, mask, _cookie, length = _EVENT.unpack_from(came, at)
            at += _EVENT.size
            name = came[at : at + length].rstrip(b"\0")
            at += length
            was_saved |= bool(mask & self._signs.get(name, 0))
        return was_saved

    def close(self) -> None:
        """Notice nothing any more."""
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1
