"""A forked child whose every write-related system call is seen before it happens, and can be its last.

Linux tells a supervisor of chosen system calls (seccomp user notification, since 5.5); neither privileges nor
a tracer are needed, and a child costs a fork instead of a start of Python.
"""

import ctypes
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

_NUMBERS = {
    "x86_64": {
        "write": 1, "pwrite64": 18, "writev": 20, "pwritev": 296, "ftruncate": 77, "fallocate": 285,
        "fsync": 74, "fdatasync": 75, "unlink": 87, "unlinkat": 263, "rename": 82, "renameat": 264,
        "renameat2": 316, "link": 86, "linkat": 265, "mkdir": 83, "mkdirat": 258, "chmod": 90, "fchmod": 91,
        "utimensat": 280, "openat": 257,
    },
    "aarch64": {
        "write": 64, "pwrite64": 68, "writev": 66, "pwritev": 70, "ftruncate": 46, "fallocate": 47,
        "fsync": 82, "fdatasync": 83, "unlinkat": 35, "renameat": 38, "renameat2": 276, "linkat": 37,
        "mkdirat": 34, "fchmod": 52, "utimensat": 88, "openat": 56,
    },
}  # fmt: skip
_SECCOMP = {"x86_64": 317, "aarch64": 277}

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000
_NEW_LISTENER, _SET_FILTER = 8, 1
_NO_NEW_PRIVILEGES = 38
_RECEIVE, _SEND, _CONTINUE = 0xC0502100, 0xC0182101, 1
_SECOND_ARGUMENT_FLAGS = 16 + 2 * 8

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that is about to happen."""

    pid: int
    name: str
    arguments: tuple[int, ...]

    def memory(self, address: int, size: int) -> bytes:
        """What the child has there."""
        with open(f"/proc/{self.pid}/mem", "rb", buffering=0) as memory:
            memory.seek(address)
            return memory.read(size)

    def text(self, address: int) -> str:
        """The path that an argument points to; what lies behind its page may not be there."""
        found = b""
        while b"\0" not in found and len(found) < 4096:
            start = address + len(found)
            found += self.memory(start, 4096 - start % 4096)
        return os.fsdecode(found.split(b"\0")[0])

    def path(self, descriptor: int) -> str:
        """What a descriptor of the child is open on."""
        with suppress(OSError):
            return os.readlink(f"/proc/{self.pid}/fd/{descriptor}")
        return ""


def is_possible() -> bool:
    """Whether this system tells of system calls."""
    if sys.platform != "linux" or platform.machine() not in _SECCOMP:
        return False
    try:
        return watch(lambda: os.mkdir("/nowhere/at/all"), lambda call: True).calls > 0
    except OSError:
        return False


@dataclass(slots=True)
class Ended:
    """How many calls were seen, and how the child ended: its exit code, or minus the signal."""

    calls: int
    code: int


def watch(deed: Callable[[], object], goes_on: Callable[[Call], bool]) -> Ended:
    """Run the deed in a forked child; before each call ask whether it goes on, and kill the child if not."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            ours.close()
            socket.send_fds(theirs, [b"l"], [_listen()])
            with suppress(OSError):
                deed()
            code = 0
        finally:
            os._exit(code)
    theirs.close()
    try:
        _, found, _, _ = socket.recv_fds(ours, 1, 1)
        if not found:
            os.waitpid(child, 0)
            raise OSError("this system tells of no system calls")
        return _supervised(child, found[0], goes_on)
    finally:
        ours.close()


def killed_at(deed: Callable[[], object], number: int) -> Ended:
    """Run the deed and kill it before its write-related call of this number, counted from 1."""
    counted = iter(range(1, sys.maxsize))
    return watch(deed, lambda call: next(counted) != number)


def _supervised(child: int, listener: int, goes_on: Callable[[Call], bool]) -> Ended:
    calls, latest = 0, time.monotonic() + PATIENCE
    names = {number: name for name, number in _NUMBERS[platform.machine()].items()}
    ending = os.pidfd_open(child)
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(ending, select.POLLIN)
    try:
        while True:
            events = dict(poll.poll(1000))
            if time.monotonic() > latest:
                os.kill(child, signal.SIGKILL)
            if events.get(listener, 0) & select.POLLIN:
                notice = bytearray(80)
                try:
                    fcntl.ioctl(listener, _RECEIVE, notice, True)
                except OSError:
                    continue
                id, pid, _, number, _, _, *arguments = struct.unpack("QIIiIQ6Q", notice)
                calls += 1
                if goes_on(Call(pid, names[number], tuple(arguments))):
                    answer = bytearray(struct.pack("QqiI", id, 0, 0, _CONTINUE))
                    with suppress(OSError):
                        fcntl.ioctl(listener, _SEND, answer, True)
                else:
                    os.kill(child, signal.SIGKILL)
            if ending in events:
                return Ended(calls, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    finally:
        os.close(listener)
        os.close(ending)


def _listen() -> int:
    """Let the supervisor be told of this process's calls from now on; the descriptor it is told through."""
    program = b"".join(_filter())
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    listener: int = library.syscall(
        _SECCOMP[platform.machine()], _SET_FILTER, _NEW_LISTENER, ctypes.create_string_buffer(header)
    )
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return listener


def _filter() -> Iterator[bytes]:
    """Tell of the listed calls; of opening a file only where it may create one."""
    numbers = dict(_NUMBERS[platform.machine()])
    opening = numbers.pop("openat")
    yield struct.pack("HBBI", _LOAD, 0, 0, 0)
    for number in numbers.values():
        yield struct.pack("HBBI", _EQUAL, 0, 1, number)
        yield struct.pack("HBBI", _RETURN, 0, 0, _NOTIFY)
    yield struct.pack("HBBI", _EQUAL, 0, 3, opening)
    yield struct.pack("HBBI", _LOAD, 0, 0, _SECOND_ARGUMENT_FLAGS)
    yield struct.pack("HBBI", _ANY_BIT, 0, 1, os.O_CREAT)
    yield struct.pack("HBBI", _RETURN, 0, 0, _NOTIFY)
    yield struct.pack("HBBI", _RETURN, 0, 0, _ALLOW)
