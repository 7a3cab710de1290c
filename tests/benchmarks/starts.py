"""P1, P2, P8 and P12: start, idleness and memory from outside, each beside the smallest Textual app."""

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.budgets import TURNS, Found, middle
from tests.benchmarks.from_outside import Outside

HELLO = (sys.executable, str(Path(__file__).with_name("hello.py")))
READY = "READY"
FIRST_ROW = "Provider 003"
IDLE_SECONDS = 6.0


def app(home: Path) -> Sequence[str]:
    """The command that opens the app over a home."""
    return (sys.executable, "-m", "tui_registry", "--home", str(home))


def start(argv: Sequence[str], words: str) -> float:
    """Milliseconds until these words stand on the screen."""
    with Outside(argv) as program:
        return program.ready(words)


def idle(argv: Sequence[str], words: str) -> tuple[float, float]:
    """Bytes and wake-ups per second of a program that nobody touches, its thread for keys left out."""
    with Outside(argv) as program:
        program.ready(words)
        program.rest(1.0)
        program.settle()
        before = program.wake_ups()
        size = 0
        latest = time.monotonic() + IDLE_SECONDS
        while (left := latest - time.monotonic()) > 0:
            size += program.rest(left)
        after = program.wake_ups()
        woken = sorted(number - before.get(task, 0) for task, number in after.items())
        # The busiest is Textual's own thread that looks for keys ten times a second.
        return size / IDLE_SECONDS, sum(woken[:-1]) / IDLE_SECONDS


def peak(argv: Sequence[str], words: str, keys: str = "") -> float:
    """The most memory, in megabytes, once the lists that these keys open were read whole."""
    with Outside(argv) as program:
        program.ready(words)
        program.rest()
        for key in keys:
            program.press(key)
            program.rest(1.0)
        return program.peak()


def measured(folder: Path) -> Iterator[Found]:
    """The budgets of the start."""
    middling, many = app(folder / "middle"), app(folder / "many")
    times: tuple[list[float], ...] = ([], [], [])
    for _ in range(TURNS):
        for found, argv, words in zip(
            times, (HELLO, middling, many), (READY, FIRST_ROW, FIRST_ROW), strict=True
        ):
            found.append(start(argv, words))
    floor, first, large = map(middle, times)
    yield Found("P1", "start, 5,300 models", first / floor, 1.25, " ×", f"Textual's hello {floor:.0f} ms")
    yield Found("P2", "start, 100,000 models and 1,000,000 results", large / first, 1.1, " × P1")
    still, rested = idle(HELLO, READY), idle(many, FIRST_ROW)
    yield Found("P8", "bytes a second, idle", rested[0], 0, "", f"hello {still[0]:.0f}")
    yield Found("P8", "wake-ups a second beyond hello", rested[1] - still[1], 0, "", f"hello {still[1]:.1f}")
    least = peak(HELLO, READY)
    yield Found("P12", "memory, 100,000 models read", peak(many, FIRST_ROW, "2") / least, 1.7, " ×")
    yield Found(
        "P12",
        "memory, 1,000,000 results opened",
        peak(many, FIRST_ROW, "25") / least,
        2.0,
        " ×",
        f"hello {least:.0f} MB",
    )
