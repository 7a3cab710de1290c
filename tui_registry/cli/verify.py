"""`tui-registry verify`: prove models by real calls within a budget, and end with what came of it."""

import sys
from typing import TYPE_CHECKING

import click

from tui_registry.cli.endings import INTERRUPTED
from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import is_terminal, json_option, print_facts, remark
from tui_registry.errors import Refused, StoreReadOnly
from tui_registry.verification import SUITES

if TYPE_CHECKING:
    from tui_registry.cli.verify_report import Report
    from tui_registry.verification import Plan

DEFAULT_SUITE = "standard"


@click.command(
    epilog="Exit codes: 0 everything passed, 1 something did not, 2 nothing could be asked,"
    " 4 a provider could not be reached, 130 stopped with ctrl+c. With --fail-on regression only what got"
    " worse, or a rejected key, counts as not passed."
)
@click.argument("wanted", nargs=-1, metavar="[PROVIDER [MODEL]...]...")
@click.option("--all", "everything", is_flag=True, help="Every provider that is switched on.")
@click.option(
    "--suite", type=click.Choice(tuple(SUITES)), help=f"How much to ask.  [default: {DEFAULT_SUITE}]"
)
@click.option("--budget", metavar="USD", help="Spend at most this.")
@click.option("--dry-run", is_flag=True, help="Print the plan and send nothing.")
@click.option(
    "--fail-on",
    type=click.Choice(["failure", "regression"]),
    default="failure",
    show_default=True,
    help="What makes the exit code 1.",
)
@click.option("--yes", is_flag=True, help="Do not ask before the calls are sent.")
@click.option("--resume", is_flag=True, help="Go on with the last run that was cut off or stopped.")
@json_option
@pass_session
def verify(
    session: Session,
    wanted: tuple[str, ...],
    everything: bool,
    suite: str | None,
    budget: str | None,
    dry_run: bool,
    fail_on: str,
    yes: bool,
    resume: bool,
    as_json: bool,
) -> None:
    """Ask models and judge their answers; every result is kept at once.

    The plan with its cost comes first. With --json each probe is one object on a line as it ends, and a
    summary is the last.
    """
    _refuse_muddle(wanted, everything, resume, suite is not None or budget is not None)
    plan = _planned(session, wanted, everything, suite or DEFAULT_SUITE, budget, resume)
    if dry_run:
        _print_plan(plan, as_json)
        return
    if session.store.read_only:
        raise StoreReadOnly(
            "The registry was opened read-only, so no result could be kept and none is asked for."
        )
    session.unlock()
    from tui_registry.cli.verify_report import Report
    from tui_registry.verification.plan_words import sends_something

    _tell_plan(plan)
    if sends_something(plan):
        _consent(yes)
    report = Report(session.store, plan, fail_on, as_json=as_json)
    code = _carried_out(session, plan, report)
    click.get_current_context().exit(code)


def _refuse_muddle(wanted: tuple[str, ...], everything: bool, resume: bool, narrowed: bool) -> None:
    """Raise UsageError for words that mean nothing, or two things, together."""
    if resume and (wanted or everything or narrowed):
        raise click.UsageError("--resume goes on with what a run set out to do; leave the rest away.")
    if wanted and everything:
        raise click.UsageError("Name providers, or write --all, not both.")
    if not (wanted or everything or resume):
        raise click.UsageError("Name providers to verify, or write --all.")


def _planned(
    session: Session, wanted: tuple[str, ...], everything: bool, suite: str, budget: str | None, resume: bool
) -> "Plan":
    """What to do; raises Refused when that is nothing."""
    from tui_registry.cli import verify_choice as choice
    from tui_registry.verification import mark_interrupted, plan_run, resume_plan

    store = session.store
    interrupted = mark_interrupted(store, clock=session.clock)
    if resume:
        plan = resume_plan(store, choice.unfinished_run(store), clock=session.clock)
    else:
        choice.tell_of_interrupted(interrupted)
        meant = choice.chosen(store.reads, wanted)
        plan = plan_run(
            store,
            suite=suite,
            providers=meant.providers,
            models=meant.models,
            budget=choice.budget_of(budget),
            clock=session.clock,
        )
    choice.refuse_empty(plan, everything=everything)
    return plan


def _print_plan(plan: "Plan", as_json: bool) -> None:
    """The plan as the command's answer."""
    from tui_registry.cli.verify_plan import plan_record, plan_sentences
    from tui_registry.cli.verify_report import print_line

    if as_json:
        print_line(plan_record(plan))
        return
    print_facts(_parted(sentence) for sentence in plan_sentences(plan))


def _parted(sentence: str) -> tuple[str, str]:
    label, colon, rest = sentence.partition(": ")
    return (label, rest) if colon else ("", sentence)


def _tell_plan(plan: "Plan") -> None:
    """The plan beside the answer."""
    from tui_registry.cli.verify_plan import plan_sentences

    for sentence in plan_sentences(plan):
        remark(sentence)


def _consent(yes: bool) -> None:
    """Ask before money is spent; raises Refused without a yes."""
    if yes:
        return
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise Refused(
            "Nothing was sent: nobody can be asked here whether to. To send these calls, add --yes."
        )
    if not click.confirm("Send these calls?", err=True):
        raise Refused("Nothing was sent.")


def _carried_out(session: Session, plan: "Plan", report: "Report") -> int:
    """The exit code of the run; raises KeyboardInterrupt after the run was closed as cancelled."""
    import asyncio

    try:
        asyncio.run(_follow(session, plan, report))
    except KeyboardInterrupt:
        report.end(INTERRUPTED)
        remark("Stopped; what was done is kept. To go on with it: tui-registry verify --resume")
        raise
    return report.end()


async def _follow(session: Session, plan: "Plan", report: "Report") -> None:
    """Hand each event of the run to the report, and close the run whatever happens."""
    import asyncio
    from contextlib import aclosing

    from tui_registry.verification import run

    events = run(session.store, plan, options=session.asking, trigger="command line")
    drawing = asyncio.create_task(report.progress.draw_on())
    try:
        async with aclosing(events) as told:
            async for event in told:
                report.take(event)
    finally:
        drawing.cancel()
        report.progress.clear()
