"""Killed before each of its write-related system calls, no deed leaves half of itself behind."""

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.promises.deeds import DEEDS, Deed, judged
from tests.promises.promise import Figure
from tests.promises.watched import Ended, is_possible, killed_at
from tests.registries import Home
from tui_registry.store import database

SHORT_POINTS = 12
"""How many points of a deed the short form tries, spread over all of them."""

NEVER = 0


@dataclass(slots=True)
class Kills:
    """What came of one deed: points there are, points tried, and what was wrong after which."""

    points: int = 0
    tried: int = 0
    wrong: list[str] = field(default_factory=list)


def figures(short: bool) -> Iterator[Figure]:
    """Every deed at every call, then the same save with nothing to protect it."""
    if not is_possible():
        yield Figure("killed at every write-related call", "no calls are told of here", "Linux 5.5", False)
        return
    for deed in DEEDS:
        kills = killed(deed, short=short)
        found = f"{kills.tried} of {kills.points} calls, {len(kills.wrong)} half or lost"
        wanted = "every call, 0 half or lost" if not short else "0 half or lost"
        enough = kills.tried == kills.points if not short else kills.tried >= min(SHORT_POINTS, kills.points)
        promise = f"{deed.name}, killed at its write-related calls"
        yield Figure(promise, found, wanted, enough and not kills.wrong)
    control = killed(DEEDS[0], short=short, before=unprotected)
    found = f"{len(control.wrong)} of {control.tried} broken"
    yield Figure("control: the same save without a journal", found, "some broken", bool(control.wrong))


def unprotected() -> None:
    """Switch off what keeps saves whole, in this process."""
    database._WANTED["journal_mode"] = ("off", "off")
    database._WANTED["synchronous"] = ("off", "0")


def killed(deed: Deed, *, short: bool, before: Callable[[], None] = lambda: None) -> Kills:
    """Count the deed's calls, then kill it before each of them, every time on a fresh home."""
    with tempfile.TemporaryDirectory(prefix="killed-", dir=quick_disk()) as folder:
        template = Home(Path(folder) / "template")
        template.root.mkdir()
        deed.prepare(template)
        points = _run(deed, template, NEVER, Path(folder), before)[0].calls
        kills = Kills(points)
        step = max(1, points // SHORT_POINTS) if short else 1
        for number in range(1, points + 1, step):
            ended, wrong = _run(deed, template, number, Path(folder), before)
            kills.tried += ended.code < 0
            if wrong:
                kills.wrong.append(f"call {number}: {wrong}")
        return kills


def _run(
    deed: Deed, template: Home, number: int, folder: Path, before: Callable[[], None]
) -> tuple[Ended, str | None]:
    """One run on a copy of the home, killed before this call; how it ended, and what was wrong then."""
    home = Home(folder / "home")
    home.clock.now = template.clock.now
    shutil.copytree(template.root, home.root)
    ours, theirs = socket.socketpair()

    def doing() -> None:
        before()
        deed.do(home)
        theirs.send(b"done")  # sending is none of the calls that are watched

    try:
        ended = killed_at(doing, number)
        ours.setblocking(False)
        try:
            acknowledged = ours.recv(4) == b"done"
        except BlockingIOError:
            acknowledged = False
        return ended, judged(deed, home, acknowledged)
    finally:
        ours.close()
        theirs.close()
        shutil.rmtree(home.root)


def quick_disk() -> str | None:
    """A place in memory where there is one: whether calls are made counts here, not how long a disk takes."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
