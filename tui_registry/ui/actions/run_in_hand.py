"""The run that the app carries out: it belongs to no screen, so it goes on whatever is looked at."""

import asyncio
from collections.abc import Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING

from textual.app import App
from textual.worker import Worker

from tui_registry.errors import Gone, RegistryError
from tui_registry.money import exact, usd
from tui_registry.ui.actions.run_progress import RunProgress
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.screens.dialogs import Confirm
from tui_registry.ui.screens.verify_progress import RunPage
from tui_registry.verification import Plan, changes_since_pass, run
from tui_registry.verification.waiting import read_aside

if TYPE_CHECKING:
    from tui_registry.store import Provider

DRAW_EVERY = 0.5
"""Seconds between two drawings of the run."""

TOLD_SECONDS = 12.0
"""How long the message stays that says what a run came to."""


class RunInHand:
    """One run over a desk, carried out by a worker of the app."""

    def __init__(self, app: App[None], desk: Desk, plan: Plan) -> None:
        """A run that has not begun."""
        self.progress = RunProgress(plan, desk.keys)
        self._app = app
        self._desk = desk
        self._worker: Worker[None] | None = None
        self._ended = asyncio.Event()
        self._is_stopping = False

    @property
    def is_going(self) -> bool:
        """Whether it can still be stopped."""
        return self._worker is not None and not self._ended.is_set()

    def start(self) -> None:
        """Begin, and draw how far it is while it goes on."""
        self._worker = self._app.run_worker(self._carry_out(), group="run", name="run")

    async def stop(self) -> None:
        """Stop and wait until what was done is kept."""
        if self._worker is None or self._ended.is_set():
            return
        if self._is_stopping:  # a second cancellation would disturb the keeping of what was done
            await self._ended.wait()
        else:
            self._is_stopping = True
            self._worker.cancel()
            await self._ended.wait()
            self._say(self.progress.ending or "")

    def draw(self) -> None:
        """Show on the present screen how far the run is."""
        screen = self._app.screen
        if isinstance(screen, DeskScreen) and screen.is_mounted:
            if isinstance(screen, RunPage):
                screen.refresh_rows()
            else:
                screen.announce(self._desk.banner())

    async def _carry_out(self) -> None:
        timer = self._app.set_interval(DRAW_EVERY, self.draw)
        goes_on = f"{self._desk.keys.first('verify.resume')} goes on with it."
        sentence = f"The run was stopped; what it had done is kept. {goes_on}"
        try:
            sentence = await self._follow()
        except RegistryError as error:
            is_kept = self.progress.run_id is not None and not isinstance(error, Gone)
            sentence = f"The run was cut off: {error}{f' {goes_on}' if is_kept else ''}"
        finally:
            timer.stop()
            self.progress.end(sentence)
            self._ended.set()
            if self._app.is_running:
                self.draw()
        self._say(sentence)
        await self._offer_activation()

    async def _follow(self) -> str:
        """Carry the plan out to its end and say what it came to."""
        progress, store = self.progress, self._desk.store
        told = run(store, progress.plan, options=self._desk.options(), trigger="app")
        async with aclosing(told) as events:
            async for event in events:
                progress.take(event)
        if progress.finished is None:
            return "The run ended."
        done, summary = progress.finished.run, progress.finished.summary
        changes = await read_aside(lambda: changes_since_pass(store, done.id))
        worse = sum(change.kind == "regression" for change in changes)
        return " ".join(
            [
                f"Run {done.id} is done: {progress.sum_words()}.",
                *([f"Cost: {usd(exact(done.actual_cost))}."] if done.actual_cost is not None else []),
                *([f"The cost of {summary.unknown_costs:,} is not known."] if summary.unknown_costs else []),
                *([f"Worse than when last passed: {worse:,}."] if worse else []),
                *dict.fromkeys(summary.left_out),
            ]
        )

    def _say(self, sentence: str) -> None:
        """Tell in a message what the run came to, and show its results."""
        is_well = self.progress.finished is not None and not self.progress.trouble
        severity = "information" if is_well else "warning"
        self._app.notify(sentence, severity=severity, markup=False, timeout=TOLD_SECONDS)  # type: ignore[arg-type]
        screen = self._app.screen
        if isinstance(screen, DeskScreen) and screen.is_mounted:
            screen.refresh_rows()

    async def _offer_activation(self) -> None:
        """Ask whether to turn on the providers whose key just passed; never over a form or a question."""
        screen = self._app.screen
        if not isinstance(screen, DeskScreen):
            return
        try:
            reads, proved = self._desk.store.reads, self.progress.proved
            asked = [each.row for each in self.progress.plan.providers if each.row.id in proved]
            await offer_activation(screen, [reads.provider_again(row) for row in asked])
        except RegistryError as error:
            screen.refuse(str(error))


async def offer_activation(screen: DeskScreen, rows: "Iterable[Provider]") -> None:
    """Ask whether to turn on those of the providers that are off although their key is proved.

    Nobody is asked while something else is before the screen.
    """
    off = [row for row in rows if not row.is_active and row.key_validated_at is not None]
    if not off or not screen.is_current:
        return
    names = ", ".join(row.name for row in off)
    works = f"{names}'s key works" if len(off) == 1 else "These keys work"
    question = Confirm(works, [f"Activate {names}?"], verb="activate", keep="leave it off")
    if not await screen.app.push_screen_wait(question):
        return
    for each in off:
        await screen.attempt(
            lambda writes, row=each: writes.activate(row),  # type: ignore[misc]
            lambda row: f"{row.name} is active.",
        )
