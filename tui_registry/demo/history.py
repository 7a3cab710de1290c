"""The thirty days of verification that the made-up registry remembers."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tui_registry.demo.events import CUT_SHORT, FULL_DAYS, SILENT_DAYS
from tui_registry.demo.filling import Filling
from tui_registry.demo.incidents import INCIDENTS
from tui_registry.demo.probes import Subject, probe
from tui_registry.demo.providers import PLANS
from tui_registry.money import exact
from tui_registry.store import NewResult, Run, new_result
from tui_registry.store.write_history import Found

DAYS = 30
SEED = 20_260
IN_DOUBT = ("DeepSeek", "Mistral")
"""The providers that somebody is verifying again just now."""


@dataclass(frozen=True, slots=True)
class Round:
    """One run: how many hours before the day's end it starts, what it probes and how it ends, None if not.

    `full` asks for every probe of each model, and for each key and list of models first; `wanted` are all it
    set out to probe, where it did not come that far. Money is USD.
    """

    day: int
    hours: float
    trigger: str
    budget: float
    subjects: Sequence[Subject]
    full: bool = False
    state: str | None = "done"
    wanted: Sequence[Subject] = ()


def live_through(filling: Filling) -> None:
    """Fill in thirty days of runs, with what else happened on its day; the last run is still going on."""
    chance = random.Random(SEED)
    watched = _watched(filling)
    for day in range(DAYS, -1, -1):
        for each in _rounds(day, _still(watched, day)):
            _verify(filling, each, chance)
        if day in INCIDENTS:
            filling.keep_found()
            filling.calendar.go_to(days=day, hours=1)
            INCIDENTS[day](filling)
    in_doubt = [subject for subject in watched if subject.plan.name in IN_DOUBT]
    just_begun = Round(0, 0.03, "manual", 0.25, in_doubt[:6], state=None, wanted=in_doubt)
    _verify(filling, just_begun, chance)
    filling.keep_found()


def _rounds(day: int, subjects: Sequence[Subject]) -> Iterator[Round]:
    """The runs of one day: the timer's at night, and on some days a person's."""
    if day not in SILENT_DAYS:
        state = CUT_SHORT.get(day, "done")
        reached = subjects if state == "done" else subjects[: len(subjects) // 2]
        yield Round(day, 3.2, "schedule", 0.25, reached, state=state, wanted=subjects)
    if day in FULL_DAYS:
        yield Round(day, 2.5, "manual", 2.0, subjects, full=True)


def _watched(filling: Filling) -> list[Subject]:
    """The models that are verified, with their prices of the beginning; providers take turns."""
    turns: list[tuple[int, Subject]] = []
    for plan in PLANS:
        row = filling.reads.provider(plan.name)
        models = sorted(filling.reads.models(row.id), key=lambda model: model.id)[: plan.watched]
        for turn, model in enumerate(models):
            turns.append((turn, Subject(plan, row, model, filling.reads.effective_price(model.id))))
    return [subject for _, subject in sorted(turns, key=lambda each: each[0])]


def _still(watched: Sequence[Subject], day: int) -> list[Subject]:
    """Those that are still verified so many days ago."""
    return [subject for subject in watched if day >= subject.plan.watched_until]


def _verify(filling: Filling, each: Round, chance: random.Random) -> None:
    """Keep one run with its results."""
    calendar = filling.calendar
    calendar.go_to(days=each.day, hours=each.hours)
    suite = "full" if each.full else "quick"
    expected = round(0.0004 * len(each.subjects) * (3 if each.full else 1), 4)
    run = filling.writes.start_run(
        suite,
        each.trigger,
        budget=each.budget,
        estimated_cost=expected,
        plan=_document(suite, each.wanted or each.subjects),
    )
    if each.full:
        for row in {subject.provider.id: subject.provider for subject in each.subjects}.values():
            calendar.go_on(1.5)
            filling.check_key(row, "pass", "ok", 200, round(90 + 200 * chance.random(), 1), run)
    found = list(_found(filling, each, run, chance))
    filling.found.extend(found)
    if each.state is not None:
        state, spent = each.state, sum((exact(result.found.cost or 0.0) for _, result in found), Decimal(0))
        filling.writes.finish_run(run, state, actual_cost=float(spent))


def _document(suite: str, subjects: Sequence[Subject]) -> str:
    """What a run set out to do, to be resumed by; by ids, which are the same in every demo."""
    providers = list(dict.fromkeys(subject.provider.id for subject in subjects))
    models = [subject.model.id for subject in subjects]
    return json.dumps({"suite": suite, "providers": providers, "models": models})


def _found(filling: Filling, each: Round, run: Run, chance: random.Random) -> Iterator[Found]:
    """The results of a run with their moments; the clock goes on as they come in."""
    calendar = filling.calendar
    if each.full:
        for subject in {subject.provider.id: subject for subject in each.subjects}.values():
            calendar.go_on(1.2)
            yield calendar.now, _listed(subject, run)
    for subject in each.subjects:
        for test in subject.tests if each.full else subject.tests[-1:]:
            result = probe(subject, test, each.day, run, chance)
            calendar.go_on((result.found.latency_ms or 400) / 1_000 + 0.3 + chance.random())
            yield calendar.now, result


def _listed(subject: Subject, run: Run) -> NewResult:
    """A provider's list of models, read without trouble."""
    return new_result(
        run=run,
        provider=subject.provider,
        test_type="models",
        status="pass",
        outcome="ok",
        http_status=200,
        latency_ms=subject.plan.first_token / 2,
        endpoint=subject.provider.endpoint,
        key_fingerprint=subject.provider.key_fingerprint,
    )
