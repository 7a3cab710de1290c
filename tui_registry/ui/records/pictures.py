"""History as one line of characters: the strip of days, the latencies, the course of a score.

Every picture has a form in plain ASCII and stands beside words that say the same.
"""

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_registry.store.read_history import Day

DAY_MARKS = {"ok": ("■", "#"), "slow": ("▄", "="), "fail": ("x", "x"), "none": ("·", ".")}
"""What stands for a day, and what does where only ASCII is drawn."""

DAY_WORDS = {"ok": "ok", "slow": "slow or partial", "fail": "fail", "none": "no run"}

MOSTLY, HARDLY = 95, 80
"""The percentages of passed results from which a day of many models is well, and below which it is not."""

STEPS = ("▁▂▃▄▅▆▇█", "12345678")
FAILED = "x"


def day_strip(days: Sequence["Day"], *, ascii_only: bool = False) -> str:
    """One cell per day, the newest at the right; a day shows its worst result."""
    return "".join(DAY_MARKS[day.worst][ascii_only] for day in days)


def day_legend(*, ascii_only: bool = False) -> str:
    """What the cells of a strip mean."""
    return "  ".join(f"{marks[ascii_only]} {DAY_WORDS[worst]}" for worst, marks in DAY_MARKS.items())


def share_strip(days: Sequence["Day"], *, ascii_only: bool = False) -> str:
    """One cell per day by how many of its results passed, for many models: of them one is always worst."""
    return "".join(DAY_MARKS[_by_share(day)][ascii_only] for day in days)


def share_legend(*, ascii_only: bool = False) -> str:
    """What the cells of a strip of shares mean."""
    words = {"ok": f"{MOSTLY} % ok", "slow": "less", "fail": f"<{HARDLY}", "none": "no run"}
    return " ".join(f"{DAY_MARKS[mark][ascii_only]} {said}" for mark, said in words.items())


def _by_share(day: "Day") -> str:
    if not day.results:
        return "none"
    share = day.passed * 100 / day.results
    return "ok" if share >= MOSTLY else "slow" if share >= HARDLY else "fail"


def passed_words(days: Sequence["Day"], *, short: bool = False) -> str:
    """How many of the results passed, e.g. `98.2 % of 57 results passed`; cut, so that 100 % means all.

    `short` leaves the word for the results out.
    """
    results = sum(day.results for day in days)
    if not results:
        return "no results"
    permille = sum(day.passed for day in days) * 1000 // results
    share = "100" if permille == 1000 else f"{permille // 10}.{permille % 10}"
    noun = "" if short else " result" if results == 1 else " results"
    return f"{share} % of {results:,}{noun} passed"


def sparkline(values: Sequence[float | None], *, ascii_only: bool = False) -> str:
    """Values on a scale from 0 to the largest, the newest at the right; None is a failure."""
    steps = STEPS[ascii_only]
    top = max((value for value in values if value is not None), default=0.0) or 1.0
    return "".join(
        FAILED if value is None else steps[min(len(steps) - 1, int(max(value, 0.0) / top * len(steps)))]
        for value in values
    )


def latency_words(values: Sequence[float | None]) -> tuple[str, str]:
    """The middle, least and last latency, and from 0 to which greatest one the picture of them goes."""
    known = [value for value in values if value is not None]
    if not known:
        return "no answer yet", ""
    last = "failed" if values[-1] is None else f"{values[-1]:,.0f}"
    words = f"p50 {median(known):,.0f} ms  min {min(known):,.0f}  last {last}"
    return words, f"0 to {max(known):,.0f} ms, newest right"


def score_trend(scores: Sequence[float]) -> str:
    """A score and how far it moved: `0.97  +0.01 over 8 results`; a dash when there is none."""
    if not scores:
        return "-"
    if len(scores) == 1:
        return f"{scores[0]:.2f}"
    moved = round(scores[-1], 2) - round(scores[0], 2)
    return f"{scores[-1]:.2f}  {moved:+.2f} over {len(scores)} results"
