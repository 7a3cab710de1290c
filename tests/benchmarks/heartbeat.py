"""The longest gaps of the event loop at 100,000 models, beside those of a loop that has nothing to do.

A gap is also told in processor time of the loop's own thread, which other programs do not lengthen.
"""

import asyncio
import gc
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

from textual.pilot import Pilot

from tests.benchmarks.budgets import Found, middle
from tests.conftest import open_session
from tests.driving import type_text, until
from tests.registries import Home
from tests.test_heartbeat import BEAT, MODELS, Heart, models_shown, table
from tui_registry.store import CatalogBatch, CatalogModel, CatalogPrice, CatalogProvider, Store

ROUNDS = 3
LIMIT = 50.0
IMPORTED = CatalogBatch(
    (
        CatalogProvider(
            "Provider 001",
            "https://api1.example.com/v1",
            tuple(
                CatalogModel(f"new/{number}", f"New {number}", price=CatalogPrice(1e-6, 2e-6))
                for number in range(5_300)
            ),
        ),
    )
)

Deed = Callable[[Pilot[None], Store], Awaitable[None]]


async def nothing(pilot: Pilot[None], _store: Store) -> None:
    """Sit there for a while."""
    await pilot.pause(1.0)


async def typing(pilot: Pilot[None], _store: Store) -> None:
    """Type a filter and take it away."""
    await pilot.press("slash")
    await type_text(pilot, "llama-12 in<1")
    await until(pilot, lambda: table(pilot).is_loaded and table(pilot).total != MODELS)
    await pilot.press("escape", "escape")
    await until(pilot, lambda: table(pilot).is_loaded and table(pilot).total == MODELS)


async def sorting(pilot: Pilot[None], _store: Store) -> None:
    """Turn the order round, and order by the columns beside it and back."""
    for key in "SS>>><<<":
        await pilot.press(key)
        await until(pilot, lambda: table(pilot).is_loaded)


async def paging(pilot: Pilot[None], _store: Store) -> None:
    """Hold PageDown."""
    for _ in range(60):
        await pilot.press("pagedown")


async def reading_again(pilot: Pilot[None], _store: Store) -> None:
    """Read the list again."""
    for _ in range(3):
        await pilot.press("r")
        await until(pilot, lambda: table(pilot).is_loaded)


async def importing(pilot: Pilot[None], store: Store) -> None:
    """Move about while a catalogue is imported."""
    written = store.write(lambda writes: writes.import_catalog(IMPORTED))
    while not written.done():
        await pilot.press("down")
    await until(pilot, lambda: table(pilot).is_loaded)


DEEDS: tuple[Deed, ...] = (typing, sorting, paging, reading_again, importing)


class Worker(Heart):
    """A heart that also knows how long its thread worked between two beats, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.work: list[float] = []

    async def beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before, worked = loop.time(), time.thread_time()
            await asyncio.sleep(BEAT)
            self.late.append(loop.time() - before - BEAT)
            self.work.append(time.thread_time() - worked)


async def longest(home: Path, deed: Deed) -> tuple[float, float]:
    """The longest gap of the loop while a deed is done, in milliseconds by the clock and of work."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(home, Path(folder) / "home")
        session = open_session(Home(Path(folder) / "home"))
        with closing(session.store):
            async with models_shown(session) as pilot:
                gc.collect()
                gc.freeze()  # as the program does when it starts
                heart = Worker()
                beating = asyncio.create_task(heart.beat())
                await deed(pilot, session.store)
                beating.cancel()
    return max(heart.late) * 1000, max(heart.work) * 1000


def measured(folder: Path) -> Iterator[Found]:
    """The gap of each deed, as the median of a few rounds."""
    home = folder / "models"
    rests, _ = zip(*(asyncio.run(longest(home, nothing)) for _ in range(ROUNDS)), strict=True)
    for deed in DEEDS:
        gaps, work = zip(*(asyncio.run(longest(home, deed)) for _ in range(ROUNDS)), strict=True)
        what = f"longest gap of the event loop: {deed.__name__.replace('_', ' ')}"
        remark = f"own work {middle(work):.0f} ms; doing nothing {middle(rests):.0f} ms"
        yield Found("P9", what, middle(gaps), LIMIT, " ms", remark)
