"""Keys and models verified from any screen: the plan first, then the run; a run cut off is gone on with."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.app import App
from textual.binding import Binding

from tui_registry.errors import Outdated, RegistryError
from tui_registry.ui.actions.proving_keys import check_key
from tui_registry.ui.desk import Desk, DeskScreen, ModelsWanted
from tui_registry.ui.screens.dialogs import Dialog
from tui_registry.ui.screens.unlocking import unlocked
from tui_registry.ui.screens.verify_dialog import VerifyDialog

if TYPE_CHECKING:
    from tui_registry.store import Reads, Run
    from tui_registry.verification import Plan

SUITE = "standard"
"""The suite a plan begins with."""

MANY = 20
"""From how many models on it pays to look for providers that are wanted whole."""

RESUMABLE = ("interrupted", "cancelled")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be verified, by ids: whole providers, and single models."""

    providers: tuple[int, ...] = ()
    models: tuple[int, ...] = ()

    def shortened(self, reads: "Reads") -> "Wanted":
        """The same with whole providers instead of all their models, and for those without a key."""
        if len(self.models) < MANY:
            return self
        wanted, providers, models = set(self.models), list(self.providers), []
        for row in reads.providers():
            held = {model.id for model in reads.models(row.id)}
            if named := held & wanted:
                if named == held or row.api_key_encrypted is None:
                    providers.append(row.id)
                else:
                    models += sorted(named)
        return Wanted(tuple(providers), tuple(models))


async def verify(screen: DeskScreen, wanted: Wanted) -> None:
    """Show what verifying would send and cost, and send it when that is affirmed."""
    if show_run(screen):
        return
    if not (wanted.providers or wanted.models):
        screen.tell("There is nothing here to verify.")
        return
    from tui_registry.verification import plan_run
    from tui_registry.verification.waiting import read_aside

    desk = screen.desk
    chosen = await read_aside(lambda: wanted.shortened(desk.store.reads))

    read_of = desk.store.replacements

    async def plan(suite: str, budget: Decimal | None) -> "Plan":
        if read_of != desk.store.replacements:
            raise Outdated("Another file took the registry's place, so this is not planned again. Leave it.")
        return await read_aside(
            lambda: plan_run(
                desk.store,
                suite=suite,
                providers=chosen.providers,
                models=chosen.models,
                budget=budget,
                clock=desk.clock,
            )
        )

    is_one = len(wanted.providers) == 1 and not wanted.models
    row = desk.store.reads.provider_by_id(wanted.providers[0]) if is_one else None
    dialog = VerifyDialog(await plan(SUITE, None), plan, of_provider=is_one)
    answer = await screen.app.push_screen_wait(dialog)
    if answer == "key":
        screen.begin_asking(check_key, row)
    elif answer == "models":
        if row is not None:
            screen.post_message(ModelsWanted(desk.store.reads.provider_again(row).name))
    elif answer is not None and await unlocked(screen):
        start_run(screen, answer)


async def resume(screen: DeskScreen) -> None:
    """Show what is left of the newest run that did not end, and go on with it when that is affirmed."""
    if show_run(screen):
        return
    from tui_registry.verification import mark_interrupted, resume_plan
    from tui_registry.verification.waiting import read_aside

    desk = screen.desk
    run = newest_run(desk)
    if run is not None and run.state == "running":  # of another session, which may be gone since
        await asyncio.to_thread(mark_interrupted, desk.store, clock=desk.clock)
        run = newest_run(desk)
    if run is not None and run.state == "running":
        screen.tell("Another session carries the last run out, so there is nothing to go on with.")
        return
    if run is None or run.state not in RESUMABLE:
        screen.tell("The last run came to its end, so there is nothing to go on with.")
        return
    plan = await read_aside(lambda: resume_plan(desk.store, run, clock=desk.clock))
    answer = await screen.app.push_screen_wait(VerifyDialog(plan, None))
    if answer is not None and not isinstance(answer, str) and await unlocked(screen):
        start_run(screen, answer)


def newest_run(desk: Desk) -> "Run | None":
    """The run that was begun last."""
    return next(iter(desk.store.proofs.runs(limit=1)), None)


def start_run(screen: DeskScreen, plan: "Plan") -> None:
    """Carry a plan out and show its page."""
    from tui_registry.ui.actions.run_in_hand import RunInHand

    desk = screen.desk
    desk.unfinished = None
    desk.run = RunInHand(screen.app, desk, plan)
    desk.run.start()
    show_run(screen)


def show_run(screen: DeskScreen) -> bool:
    """Open the page of the run that goes on; False when none does."""
    run = screen.desk.run
    if run is None or not run.is_going:
        return False
    from tui_registry.ui.screens.verify_progress import RunPage

    screen.app.push_screen(RunPage(screen.desk, run))
    return True


async def look_for_interrupted(app: App[None], desk: Desk) -> None:
    """Mark the runs whose process is gone, and offer to go on with the newest run if that was cut off."""
    try:
        run = newest_run(desk)
        if desk.store.read_only or run is None or run.state not in ("running", "interrupted"):
            return
        from tui_registry.verification import mark_interrupted

        await asyncio.to_thread(mark_interrupted, desk.store, clock=desk.clock)
        run = newest_run(desk)
    except RegistryError:
        return  # the banner says what is wrong with the registry; the next start looks again
    if run is not None and run.state == "interrupted" and run.plan is not None:
        desk.unfinished = f"A run was interrupted: {desk.keys.first('verify.resume')} resumes it."
        if isinstance(app.screen, DeskScreen):
            app.screen.announce(desk.banner())


def is_running(desk: Desk) -> bool:
    """Whether a run goes on."""
    return desk.run is not None and desk.run.is_going


class LeaveRun(Dialog[Literal["stop"] | None]):
    """Quitting while a run goes on."""

    BINDINGS: ClassVar = [
        Binding("s", "stop", "Stop and quit"),
        Binding("escape,enter,n,q", "stay", "Stay"),
    ]

    def __init__(self, resume: str) -> None:
        """Say what quitting would end, and the key that goes on with it."""
        lines = ["A run is in progress.", f"What it has done is kept, and {resume} goes on with it later."]
        super().__init__("Quit?", [*lines, "", "  s  stop and quit       esc  stay"])

    def action_stop(self) -> None:
        """Stop the run and quit."""
        self.answer("stop")

    def action_stay(self) -> None:
        """Go on."""
        self.answer(None)


async def may_quit(app: App[None], desk: Desk) -> bool:
    """Whether the app may end: at once without a run, else once the run was stopped for it."""
    run = desk.run
    if run is None or not run.is_going:
        return True
    if await app.push_screen_wait(LeaveRun(desk.keys.first("verify.resume"))) != "stop":
        return False
    await run.stop()
    return True


def wanted_of(noun: str, ids: Sequence[int], desk: Desk) -> Wanted:
    """What verifying these records of a list means; of a result it is what was asked then."""
    if noun == "provider":
        return Wanted(providers=tuple(ids))
    if noun == "model":
        return Wanted(models=tuple(ids))
    rows = [desk.store.reads.result(each) for each in ids]
    models = dict.fromkeys(row.model_id for row in rows if row.model_id is not None)
    keys = dict.fromkeys(row.provider_id for row in rows if row.model_id is None)
    return Wanted(models=tuple(models)) if models else Wanted(providers=tuple(keys))
