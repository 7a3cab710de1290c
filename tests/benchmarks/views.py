"""How long the lists take at 1,000 and at 100,000 models, at 1,000 and at 1,000,000 results: run and read.

`python -m tests.benchmarks.views [DIRECTORY]` makes the registries there, which takes about a minute,
unless it finds them. Milliseconds are medians of 15; what travels between machines is the ratio.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from tests.registry_of import registry_of
from tui_registry.store.view_columns import ViewName
from tui_registry.store.views import Order, ViewRows, Views

SIZES = {"small": (1_000, 1_000), "large": (100_000, 1_000_000)}
CASES: tuple[tuple[str, ViewName, Order | None, str], ...] = (
    ("providers opened", "providers", None, ""),
    ("models opened", "models", None, ""),
    ("models by name", "models", Order("name"), ""),
    ("models by score, highest first", "models", Order("score", True), ""),
    ("models by input price", "models", Order("input_price_per_token"), ""),
    ("prices by mix", "prices", Order("mix"), ""),
    ("models with a common word", "models", None, "llama"),
    ("models with no such word", "models", None, "nosuchmodel"),
    ("models by condition", "models", None, "ctx>=128k in<1 status:never"),
    ("history opened", "history", None, ""),
    ("history of one provider", "history", None, "provider:029"),
    ("history with a common word", "history", None, "llama"),
    ("history with no such word", "history", None, "nosuchmodel"),
    ("history by status", "history", None, "status:fail"),
    ("history of a day that has none", "history", None, "until:2020"),
    ("history by latency", "history", Order("latency_ms", True), ""),
)


def median_ms(ask: Callable[[], object], times: int = 15) -> float:
    """The median time of a call in milliseconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


def every_id(rows: ViewRows) -> int:
    """Read all ids, as the table's worker does."""
    return sum(len(chunk) for chunk in rows.ids(lambda: False))


def measured(path: Path) -> dict[str, tuple[float, float, int]]:
    """First page in ms, all ids in ms and number of rows of every case."""
    found = {}
    with closing(Views(path)) as views:
        for title, view, order, text in CASES:
            rows = views.source(view, order=order, text=text)
            page = median_ms(partial(rows.head, 64))
            found[title] = page, median_ms(partial(every_id, rows), 3), every_id(rows)
    return found


def main(folder: Path) -> None:
    """Print the table."""
    figures = []
    for name, (models, results) in SIZES.items():
        path = folder / f"{name}.db"
        if not path.exists():
            registry_of(path, models=models, results=results)
        figures.append(measured(path))
    small, large = figures
    write = sys.stdout.write
    write(f"{'':34}{'page, small':>12}{'page, large':>12}{'ratio':>8}{'all ids':>10}{'rows':>11}\n")
    for title in small:
        page, ids, count = large[title]
        ratio = page / small[title][0]
        write(f"{title:34}{small[title][0]:12.2f}{page:12.2f}{ratio:8.1f}{ids:10.1f}{count:11,}\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(Path(made))
