"""How far a run has come: fed by the run's events, told on one line and on a page."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from rich.table import Table
from rich.text import Text

from tui_registry.money import exact, usd
from tui_registry.text import clean
from tui_registry.ui.own_keys import OwnKeys
from tui_registry.ui.words import plain, state
from tui_registry.verification import Event, Plan, ProbeFinished, ProbeStarted, RunFinished, RunStarted
from tui_registry.verification.plan_words import statuses_words

STATUS_WIDTH, PROBES_WIDTH, NOTE_WIDTH = 14, 5, 12

_WORST = ("pass", "unsupported", "skipped", "partial", "blocked", "error", "fail")
_FIRST_PROBES = frozenset({"chat", "embeddings"})

Place = tuple[str, str | None]
"""A provider, and the model asked; without a model its key is."""


@dataclass(slots=True)
class Asked:
    """One model or key of a run, and how far it is."""

    probes: int
    ended: int = 0
    probe: str | None = None
    status: str | None = None
    latency: float | None = None
    is_over: bool = False


class RunProgress:
    """What a run has done so far; `seconds` is a clock that only ever goes forward."""

    def __init__(self, plan: Plan, keys: OwnKeys, seconds: Callable[[], float] = time.monotonic) -> None:
        """Nothing is done yet; `keys` are those that its sentences name."""
        self.plan = plan
        self._keys = keys
        self.run_id: int | None = plan.run_id
        self.finished: RunFinished | None = None
        self.ending: str | None = None
        self.trouble = ""
        self.proved: set[int] = set()
        """The ids of the providers whose key passed."""
        self._asked: dict[Place, Asked] = {}
        for each in plan.providers:
            if each.checks_key:
                self._asked[each.row.name, None] = Asked(1)
            for model in each.models:
                self._asked[each.row.name, model.model_id] = Asked(len(model.probes))
        self._all = sum(each.probes for each in self._asked.values())
        self._statuses: Counter[str] = Counter()
        self._cost = Decimal(0)
        self._seconds = seconds
        self._began = seconds()
        self._took: float | None = None

    def take(self, event: Event) -> None:
        """Count one event."""
        if isinstance(event, RunStarted):
            self.run_id = event.run.id
        elif isinstance(event, ProbeStarted):
            self._of((event.provider, event.model_id)).probe = event.probe
        elif isinstance(event, ProbeFinished):
            self._cost += exact(event.result.cost or 0.0)
            if event.is_final:
                self._end_probe(event)
        else:
            self.finished = event

    def _of(self, place: Place) -> Asked:
        return self._asked.setdefault(place, Asked(1))

    def _end_probe(self, event: ProbeFinished) -> None:
        """Count a probe that will not be tried again."""
        row, asked = event.result, self._of((event.provider, event.model_id))
        self._statuses[row.status] += 1
        asked.ended += 1
        asked.probe = None
        asked.status = max(asked.status or "pass", row.status, key=_WORST.index)
        asked.latency = row.latency_ms if row.test_type in (*_FIRST_PROBES, "key") else asked.latency
        stops = row.status in ("blocked", "skipped")
        if row.test_type in _FIRST_PROBES and row.status not in ("pass", "partial"):
            stops = True
        asked.is_over = asked.is_over or stops or asked.ended >= asked.probes
        if row.test_type == "key" and row.status == "pass":
            self.proved.add(row.provider_id)
        if row.status in ("fail", "error", "blocked"):
            self.trouble = f"{_named((event.provider, event.model_id))}, {row.test_type}: {event.sentence}"

    def end(self, sentence: str) -> None:
        """The run goes on no more; the sentence says what it came to."""
        self.ending = sentence
        self._took = self._seconds() - self._began

    @property
    def is_over(self) -> bool:
        """Whether the run has ended, however."""
        return self.ending is not None

    def counts(self) -> str:
        """How many probes ended and failed, the time and the money so far."""
        seconds = int(self._seconds() - self._began if self._took is None else self._took)
        failed, unanswered = self._statuses["fail"], self._statuses["error"] + self._statuses["blocked"]
        others = f", {unanswered:,} not answered" if unanswered else ""
        ended, whole = self._statuses.total(), self._all
        time_taken = f"{seconds // 60}:{seconds % 60:02}"
        return f"{ended:,} of {whole:,} probes, {failed:,} failed{others}, {time_taken}, {usd(self._cost)}"

    def sentence(self) -> str:
        """The run on one line."""
        return f"Verifying: {self.counts()}. {self._keys.first('verify.one')} shows it."

    def sum_words(self) -> str:
        """How many probes ended how."""
        return statuses_words(self._statuses)

    @property
    def first_going(self) -> int:
        """The place in the list of the first model or key that is asked now; 0 when none is."""
        states = list(self._asked.values())
        return next((n for n, each in enumerate(states) if each.probe and not each.is_over), 0)

    def page(self, *, ascii_only: bool = False) -> Table:
        """The run as a page: what it came to so far, and a line for each key and model."""
        page = Table.grid(expand=True)
        page.add_column(ratio=1)
        page.add_row(Text(self.counts(), style="bold"))
        page.add_row(plain(self.ending or self._ways()))
        page.add_row(Text(clean(self.trouble), no_wrap=True, overflow="ellipsis"))
        page.add_row(self._lines(ascii_only))
        return page

    def _ways(self) -> str:
        hide, stop = map(self._keys.first, ("app.back", "verify.stop"))
        return f"{hide} hides this page and the run goes on; {stop} stops the run."

    HEAD_LINES = 3
    """Lines of the page above the list."""

    def _lines(self, ascii_only: bool) -> Table:
        lines = Table.grid(padding=(0, 1), expand=True)
        lines.add_column(width=STATUS_WIDTH, no_wrap=True)
        lines.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        lines.add_column(width=PROBES_WIDTH, no_wrap=True, justify="right")
        lines.add_column(width=NOTE_WIDTH, no_wrap=True, justify="right")
        for place, asked in self._asked.items():
            lines.add_row(
                Text(self._status(asked, ascii_only)),
                plain(_named(place)),
                f"{asked.ended}/{asked.probes}",
                self._note(asked),
            )
        return lines

    def _status(self, asked: Asked, ascii_only: bool) -> str:
        if asked.status is not None and (asked.is_over or self.is_over):
            return state(asked.status, ascii_only)
        if self.is_over:
            return "- not asked"
        return "  .." if asked.probe or asked.ended else "  waits"

    def _note(self, asked: Asked) -> str:
        if asked.probe and not asked.is_over and not self.is_over:
            return asked.probe
        return "" if asked.latency is None else f"{asked.latency:,.0f} ms"


def _named(place: Place) -> str:
    provider, model_id = place
    return f"{provider}, its key" if model_id is None else f"{provider}/{model_id}"
