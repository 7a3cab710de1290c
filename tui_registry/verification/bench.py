"""One provider during a run: its wire, its limits, the run's money, and whether it is still worth asking."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal

from tui_registry.store import Run, Store
from tui_registry.verification.budget import Budget
from tui_registry.verification.keycheck import KeyVerdict, key_finding, prove_key
from tui_registry.verification.limiter import Limiter
from tui_registry.verification.options import Options
from tui_registry.verification.plan import ModelPlan
from tui_registry.verification.recorder import Note, Recorder
from tui_registry.verification.target import Subject
from tui_registry.wire import Exchange, Wire

BREAK_AFTER = 5
"""Soft failures in a row, of two models or more, after which a provider is left alone."""

KEY_HOLDS = 60.0
"""Seconds for which a key check made during a run is not made again."""


@dataclass(slots=True)
class Work:
    """One model during a run: how it must be asked and what was measured so far."""

    plan: ModelPlan
    quirks: dict[str, str] = field(default_factory=dict)
    reasons: bool = False
    scores: dict[str, float] = field(default_factory=dict)
    outcomes: list[str | None] = field(default_factory=list)
    """Of the last attempts that were not blocked, newest first."""


class Bench:
    """What all probes of one provider share."""

    def __init__(
        self,
        store: Store,
        subject: Subject,
        wire: Wire,
        limiter: Limiter,
        budget: Budget,
        recorder: Recorder,
        options: Options,
        run: Run,
    ) -> None:
        """Bring the parts together; nothing is sent."""
        self.store = store
        self.subject = subject
        self.wire = wire
        self.limiter = limiter
        self.budget = budget
        self.recorder = recorder
        self.options = options
        self.run = run
        self.stopped: str | None = None
        """Why the provider is not asked any more, None while it is."""
        self.key: KeyVerdict | None = None
        self.outcomes: dict[int, list[str | None]] = {}
        """Of each model's last attempts before the run, newest first."""
        self.excess = Decimal(1)
        """How many times its bound a call has cost at most; the budget holds later ones with it."""
        self.is_metered = False
        """Whether an answer has shown what is charged here."""
        self.metering = asyncio.Lock()
        self._key_checked_at = float("-inf")
        self._soft: list[int] = []

    async def check_key(self) -> KeyVerdict:
        """The key's state, tried now or less than a minute ago; a rejected key stops the provider."""
        now = self.options.now()
        if self.key is None or now - self._key_checked_at >= KEY_HOLDS:
            self._key_checked_at = now
            self.key = await prove_key(self.store, self.wire, self.subject, self.options, self.run)
            for place, finding in enumerate(self.key.findings, 1):
                is_final = place == len(self.key.findings)
                name = self.subject.row.name
                await self.recorder.keep(Note(finding, name, None, self.key.sentence, is_final))
        if self.key.state in ("rejected", "no funds"):
            self.stopped = self.key.sentence
        return self.key

    async def reject_key(self, exchange: Exchange) -> None:
        """Keep that a paid call rejected the key for the second time, and stop the provider."""
        name = self.subject.row.name
        sentence = f"{name} rejected the key twice. Enter another one."
        finding = key_finding(self.subject, exchange, "rejected", sentence, self.run)
        self.key, self.stopped = KeyVerdict("rejected", sentence, (finding,)), sentence
        await self.recorder.keep(Note(finding, name, None, sentence))

    def charged_more(self, cost: Decimal, bound: Decimal) -> None:
        """Take in that a call cost more than its bound; where the price says free, nothing holds any more."""
        if bound:
            self.excess = max(self.excess, cost / bound)
        elif self.budget.limit is not None:
            self.stopped = (
                f"{self.subject.row.name} charges for what its price calls free, so it was left alone."
            )

    def heard(self, model: int, outcome: str, sentence: str) -> None:
        """Take in an attempt's outcome; enough soft failures in a row, or no money, stop the provider."""
        if outcome == "funds":
            self.stopped = sentence
        elif outcome in ("server", "timeout", "protocol"):
            self._soft.append(model)
            if len(self._soft) >= BREAK_AFTER and len(set(self._soft)) > 1:
                self.stopped = (
                    f"{self.subject.row.name} failed {len(self._soft)} times in a row, so it was left alone."
                )
        elif outcome == "ok":
            self._soft.clear()
