"""P9, P10 and P13: what the lists and an import ask of SQLite, in this process."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from tests.benchmarks.budgets import TURNS, Found, median, middle
from tests.benchmarks.views import every_id
from tests.registries import Home, Seed
from tui_registry.store import CatalogBatch, CatalogModel, CatalogPrice, CatalogProvider, KnownProvider
from tui_registry.store.views import Order, Views

TYPED = ("l", "ll", "llam", "llama", "llama-12", "provider:029", "ctx>=128k in<1")
SORTS = ("name", "model_id", "score", "max_input_tokens", "verification_state", "last_verified_at")
PRICES = ("input_price_per_token", "output_price_per_token")
MODELS = 5_300
IMPORTED = "Groq"


def milliseconds(deed: Callable[[], object]) -> float:
    """How long a deed takes."""
    started = time.perf_counter()
    deed()
    return (time.perf_counter() - started) * 1000


def measured(folder: Path) -> Iterator[Found]:
    """The budgets of questions."""
    with closing(Views(folder / "many" / "data" / "registry.db")) as views:
        pages, wholes = [], []
        for text in TYPED:
            rows = views.source("models", text=text)
            pages.append(median(partial(milliseconds, partial(rows.head, 64))))
            wholes.append(median(partial(milliseconds, partial(every_id, rows)), 5))
        yield Found("P9", "filter at 100,000 models: first rows, slowest text", max(pages), 10, " ms")
        yield Found("P9", "the same, whole result", max(wholes), 60, " ms", f"middle {middle(wholes):.0f} ms")
        for what, columns in (("slowest fact", SORTS), ("slowest price", PRICES)):
            sorts = []
            for column in columns:
                rows = views.source("models", order=Order(column, True))
                sorts.append(median(partial(milliseconds, partial(rows.head, 64))))
            yield Found("P10", f"sort at 100,000 models: first page, {what}", max(sorts), 15, " ms")
    pairs = [imported() for _ in range(TURNS)]
    yield Found(
        "P13",
        "import of 5,300 models with prices",
        middle(ours / raw for ours, raw in pairs),
        1.25,
        " ×",
        f"executemany {middle(raw for _, raw in pairs):.0f} ms",
    )


def imported() -> tuple[float, float]:
    """Milliseconds of an import, and of its rows written once more past the store into an empty file."""
    models = tuple(
        CatalogModel(f"made-up/{number}", f"Made up {number}", price=CatalogPrice(1e-6, 2e-6, 1e-7))
        for number in range(MODELS)
    )
    seed = Seed(known=[KnownProvider(IMPORTED, "https://api.example.com/v1")])
    batch = CatalogBatch((CatalogProvider(IMPORTED, "https://api.example.com/v1", models),))
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "ours")
        with closing(home.open(known=seed)) as store:
            ours = milliseconds(lambda: store.write(lambda writes: writes.import_catalog(batch)).result())
        other = Home(Path(folder) / "raw")
        other.open(known=seed).close()
        with closing(sqlite3.connect(home.database)) as source:
            taken = {table: rows_of(source, table) for table in ("provider", "model", "model_pricing")}
        with closing(sqlite3.connect(other.database, isolation_level=None)) as connection:
            connection.executescript("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;")
            return ours, milliseconds(partial(write_raw, connection, taken))


def rows_of(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    """All rows of a table."""
    return connection.execute(f"SELECT * FROM {table}").fetchall()


def write_raw(connection: sqlite3.Connection, taken: dict[str, list[tuple[object, ...]]]) -> None:
    """Write rows in one transaction, with the same rules watching."""
    connection.execute("BEGIN IMMEDIATE")
    for table, rows in taken.items():
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
    connection.execute("COMMIT")
