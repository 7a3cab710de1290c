"""The app stays awake: at 100,000 models no deed of a person holds the event loop for long."""

import asyncio
import shutil
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.conftest import Session, open_session
from tests.driving import type_text, until
from tests.registries import Home
from tests.registry_of import registry_of
from tui_registry.store import CatalogBatch, CatalogModel, CatalogPrice, CatalogProvider
from tui_registry.ui.table.table import RecordTable

MODELS = 100_000
BEAT = 0.005
"""Seconds between two beats."""
GAP = 0.05
"""Seconds that the loop may be held where nothing else runs."""
NOISE = 10
"""How many times longer a gap may be on a machine that is shared; the median beat may not."""


class Heart:
    """The times between two beats of the event loop, in seconds beyond what was asked for.

    Of a late beat only what this process worked meanwhile counts: on a shared machine others work too.
    """

    def __init__(self) -> None:
        self.late: list[float] = []

    async def beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before, worked = loop.time(), time.process_time()
            await asyncio.sleep(BEAT)
            self.late.append(min(loop.time() - before - BEAT, time.process_time() - worked))


@asynccontextmanager
async def awake() -> AsyncIterator[Heart]:
    """Hold a deed to a beating heart."""
    heart = Heart()
    task = asyncio.create_task(heart.beat())
    await asyncio.sleep(2 * BEAT)
    yield heart
    task.cancel()
    assert len(heart.late) > 10
    assert statistics.median(heart.late) < GAP / 5
    assert sorted(heart.late)[-len(heart.late) // 10] < GAP
    assert max(heart.late) < GAP * NOISE


@pytest.fixture(scope="module")
def large_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("large"))
    home.database.parent.mkdir(parents=True, exist_ok=True)
    registry_of(home.database, models=MODELS)
    return home.root


@pytest.fixture
def large(large_home: Path, tmp_path: Path) -> Iterator[Session]:
    shutil.copytree(large_home, tmp_path / "home")
    session = open_session(Home(tmp_path / "home"))
    yield session
    session.store.close()


@asynccontextmanager
async def models_shown(session: Session) -> AsyncIterator[Pilot[None]]:
    """The app with all models in its list."""
    app = session.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: app.screen.query(RecordTable) and app.current_mode == "models")
        await until(pilot, lambda: table(pilot).is_loaded and table(pilot).total == MODELS)
        yield pilot


def table(pilot: Pilot[None]) -> RecordTable:
    return pilot.app.screen.query_one(RecordTable)


async def test_stays_awake_while_a_filter_is_typed(large: Session) -> None:
    async with models_shown(large) as pilot:
        await pilot.press("slash")
        async with awake():
            await type_text(pilot, "llama-12 in<1")
            await until(pilot, lambda: table(pilot).is_loaded and table(pilot).total != MODELS)


async def test_stays_awake_while_the_list_is_sorted(large: Session) -> None:
    async with models_shown(large) as pilot, awake():
        for _ in range(4):
            await pilot.press("S")
            await until(pilot, lambda: table(pilot).is_loaded)


async def test_stays_awake_while_a_page_key_is_held(large: Session) -> None:
    async with models_shown(large) as pilot, awake():
        for _ in range(60):
            await pilot.press("pagedown")
        assert table(pilot).cursor_position > 1000


async def test_stays_awake_while_the_list_is_read_again(large: Session) -> None:
    async with models_shown(large) as pilot, awake():
        for _ in range(3):
            await pilot.press("r")
            await until(pilot, lambda: table(pilot).is_loaded)


async def test_stays_awake_while_a_catalogue_is_imported(large: Session) -> None:
    name = large.store.reads.providers()[0].name
    models = tuple(
        CatalogModel(f"new/{number}", f"New {number}", price=CatalogPrice(1e-6, 2e-6))
        for number in range(3000)
    )
    batch = CatalogBatch((CatalogProvider(name, "https://api1.example.com/v1", models),))
    async with models_shown(large) as pilot, awake():
        written = large.store.write(lambda writes: writes.import_catalog(batch))
        while not written.done():
            await pilot.press("down")
        assert written.result().models_added == 3000
