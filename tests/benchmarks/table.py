"""Keys of the table at 1,000 and 1,000,000 rows, and against Textual's own table at 5,300 rows.

Run `python -m tests.benchmarks.table`. Figures are medians of processor time; only the ratios travel.
"""

import asyncio
import statistics
import time

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import DataTable

from tests.plain_rows import ManyRows, TableApp, lines, until

SIZE = (120, 40)
TURNS = 31
STOCK_ROWS = 5_300
KEYS = ("down", "pagedown", "pageup")


class StockApp(App[None]):
    """The same rows in Textual's own table."""

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        source = ManyRows(STOCK_ROWS)
        table.add_columns("Name", "Number", "State")
        table.add_rows([map(str, source.row(row_id)[1:]) for row_id in range(1, STOCK_ROWS + 1)])


async def cost(pilot: Pilot[None], key: str) -> float:
    """Milliseconds of processor time from a key to the painted screen, as a median."""
    taken = []
    for _turn in range(TURNS):
        started = time.process_time()
        await pilot.press(key)
        await pilot.pause()
        taken.append((time.process_time() - started) * 1000)
    return statistics.median(taken)


async def ours(rows: int) -> dict[str, float]:
    """Milliseconds to open a list of so many rows and for each key."""
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        opened = []
        for _turn in range(TURNS):
            source = ManyRows(rows)
            started = time.process_time()
            app.table.show(source, keep=False)
            lines(app.table)
            opened.append((time.process_time() - started) * 1000)
            await until(pilot, lambda: app.table.is_loaded)
        figures = {"open": statistics.median(opened)}
        for key in KEYS:
            figures[key] = await cost(pilot, key)
        return figures


async def stock() -> dict[str, float]:
    """Milliseconds for each key in Textual's own table."""
    app = StockApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        return {key: await cost(pilot, key) for key in KEYS}


async def main() -> None:
    """Measure and print."""
    few, many, rival = await ours(1_000), await ours(1_000_000), await stock()
    print(f"{'':10}{'1,000':>10}{'1,000,000':>12}{'ratio':>8}{'DataTable':>12}{'of it':>8}")  # noqa: T201
    for what, small in few.items():
        line = f"{what:10}{small:8.2f}ms{many[what]:10.2f}ms{many[what] / small:8.2f}"
        if what in rival:
            line += f"{rival[what]:10.2f}ms{many[what] / rival[what]:8.2f}"
        print(line)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
