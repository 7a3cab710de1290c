"""A program measured from outside, on a pseudo-terminal of 120x40: when it answers, in how many bytes."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

COLUMNS, LINES = 120, 40

KEYS = {
    "down": "\x1b[B",
    "up": "\x1b[A",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "esc": "\x1b",
}

QUIET = 0.08
"""Seconds without output after which an answer is whole; less than a rested cursor needs to be noticed."""

IDLE_WORK = 0.03
"""Seconds of processor time in half a second that still are no work."""

SEQUENCE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[<=>]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: milliseconds to its first and its last piece, and its bytes."""

    first: float
    last: float
    size: int


class Outside:
    """A running program; its whole session is ended with it."""

    def __init__(self, argv: Sequence[str], *, environ: dict[str, str] | None = None) -> None:
        self.started = time.perf_counter()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
            os.execvpe(argv[0], list(argv), {**os.environ, **terminal, **(environ or {})})
        self._written = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.close(self._file)
        os.waitpid(self.pid, 0)

    def ready(self, words: str) -> float:
        """Milliseconds from the start until these words were written."""
        wanted = words.encode()
        while wanted not in SEQUENCE.sub(b"", self._written):
            if self._read(20.0) is None:
                sys.exit(f"{words!r} never came: {self._written[-2000:]!r}")
        return (time.perf_counter() - self.started) * 1000

    def rest(self, seconds: float = 0.4) -> int:
        """Wait until nothing came for so long; the bytes that came."""
        size = 0
        while came := self._read(seconds):
            size += len(came)
        return size

    def press(self, key: str, *, patience: float = 20.0) -> Answer:
        """Press a key and wait for the whole answer."""
        pressed = time.perf_counter()
        os.write(self._file, KEYS.get(key, key).encode())
        if not (came := self._read(patience)):
            sys.exit(f"{key} was not answered")
        first = last = time.perf_counter()
        size = len(came)
        while came := self._read(QUIET):
            last = time.perf_counter()
            size += len(came)
        return Answer((first - pressed) * 1000, (last - pressed) * 1000, size)

    def hold(self, key: str, times: int, rate: float) -> float:
        """Hold a key down; milliseconds from its last repetition to the last piece of output."""
        started = time.perf_counter()
        for turn in range(times):
            while (left := started + turn / rate - time.perf_counter()) > 0:
                self._read(left)
            os.write(self._file, KEYS.get(key, key).encode())
        pressed = last = time.perf_counter()
        while self._read(QUIET):
            last = time.perf_counter()
        return (last - pressed) * 1000

    def settle(self, seconds: float = 4.0) -> None:
        """Wait until it has worked on nothing for so long, such as the check of a large file."""
        used, since = -1.0, time.monotonic()
        while time.monotonic() - since < seconds:
            self.rest(0.5)
            now = self._worked()
            if now - used > IDLE_WORK:
                since = time.monotonic()
            used = now

    def _worked(self) -> float:
        """Seconds of processor time so far, of all its threads."""
        words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def wake_ups(self) -> dict[str, int]:
        """How often each of its threads has begun to wait so far."""
        words = "voluntary_ctxt_switches:"
        return {
            task.name: int(line.split()[1])
            for task in Path(f"/proc/{self.pid}/task").iterdir()
            for line in (task / "status").read_text().splitlines()
            if line.startswith(words)
        }

    def peak(self) -> float:
        """The most memory it ever had, in megabytes."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024

    def _read(self, patience: float) -> bytes | None:
        """The next piece of output, None if none came in time; queries are answered as by a terminal."""
        if not select.select([self._file], [], [], patience)[0]:
            return None
        try:
            came = os.read(self._file, 1 << 16)
        except OSError:  # Linux says so when the program has ended
            return None
        self._written += came
        if b"\x1b[?2026$p" in came:
            os.write(self._file, b"\x1b[?2026;2$y")
        return came
