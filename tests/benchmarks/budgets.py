"""What one budget found: its figure, what it is held to, and the floor or rival of the same run."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass

TURNS = 15


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the table; `floor` says what the figure is a ratio of, or stands beside."""

    budget: str
    what: str
    figure: float
    limit: float
    unit: str
    floor: str = ""

    def line(self) -> str:
        """As a line of Markdown."""
        state = "reached" if self.figure <= self.limit else "missed"
        figure, limit = (f"{value:,.2f}".rstrip("0").rstrip(".") for value in (self.figure, self.limit))
        cells = (self.budget, self.what, f"{figure}{self.unit}", f"≤ {limit}{self.unit}", state, self.floor)
        return f"| {' | '.join(cells)} |"


HEAD = "| # | what | figure | budget | | floor or remark |\n|---|---|--:|--:|---|---|"


def median(ask: Callable[[], float], turns: int = TURNS) -> float:
    """The median of several answers."""
    return statistics.median(ask() for _ in range(turns))


def middle(values: Iterable[float]) -> float:
    """The median of figures at hand."""
    return statistics.median(values)
