"""What a verification tells while it goes on and when it ends, and the exit code it comes to."""

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from tui_registry.cli.endings import UNREACHED
from tui_registry.cli.output import remark, tell, write
from tui_registry.cli.progress_line import ProgressLine
from tui_registry.cli.verify_plan import skips_record
from tui_registry.errors import StoreLocked
from tui_registry.money import exact, usd
from tui_registry.text import clean, counted
from tui_registry.verification import ProbeFinished, ProbeStarted, RunStarted
from tui_registry.verification.plan_words import KIND_WORDS, STATUS_WORDS, change_words, statuses_words

if TYPE_CHECKING:
    from tui_registry.store import Result, Store
    from tui_registry.verification import Change, Event, Plan, Summary

FIRST_PROBES = frozenset({"key", "chat", "embeddings"})
"""Probes that must pass in full; the others tell what else a model can do."""

PATIENCE = 10.0
"""Seconds for which a held registry is waited for: what was paid for is to be told."""

T = TypeVar("T")


def print_line(value: object) -> None:
    """A value as one line of ASCII JSON; raises ValueError for a number that JSON does not have."""
    write(json.dumps(value, ensure_ascii=True, allow_nan=False))


class Report:
    """One run as it is told on the command line."""

    def __init__(self, store: "Store", plan: "Plan", fail_on: str, *, as_json: bool) -> None:
        """Begin with nothing told."""
        self.progress = ProgressLine()
        self._store = store
        self._plan = plan
        self._fail_on = fail_on
        self._as_json = as_json
        self._run_id: int | None = None
        self._summary: Summary | None = None
        self._all = sum(len(model.probes) for each in plan.providers for model in each.models)
        self._all += sum(each.checks_key for each in plan.providers)
        self._ended = 0
        self._said: set[str] = set()
        self._told: set[int] = set()
        rows = [] if plan.run_id is None else store.proofs.run_results(plan.run_id)
        self._newest_before = max((row.id for row in rows), default=0)
        self._cost = Decimal(0)

    def take(self, event: "Event") -> None:
        """Tell of one event."""
        if isinstance(event, RunStarted):
            self._run_id = event.run.id
        elif isinstance(event, ProbeStarted):
            place = " ".join(filter(None, (event.provider, event.model_id, event.probe)))
            self.progress.say(f"{self._ended} of {self._all} probes, {usd(self._cost)}, now {place}")
        elif isinstance(event, ProbeFinished):
            self._cost += exact(event.result.cost or 0.0)
            if event.is_final:
                self._ended += 1
                self._tell_probe(event.result, event.provider, event.model_id, event.sentence)
        else:
            self._summary = event.summary

    def end(self, stopped: int | None = None) -> int:
        """Tell what the run came to; its exit code, which is `stopped` where it was ended early."""
        if self._run_id is None:
            return 1
        from tui_registry.verification import changes_since_pass, is_regression

        store, id = self._store, self._run_id
        run = once_free(lambda: store.reads.run(id))
        last = last_results(once_free(lambda: store.proofs.run_results(id)))
        changes = once_free(lambda: changes_since_pass(store, id))
        for row in last:
            if row.id > self._newest_before and row.id not in self._told:
                self._tell_late(row)
        left_out = () if self._summary is None else self._summary.left_out
        missed = [skip for skip in self._plan.skipped if not skip.has_no_probe]
        is_short = bool(left_out or missed)
        code = stopped or exit_code(last, is_short, is_regression(changes), self._fail_on)
        statuses = Counter(row.status for row in last)
        if self._as_json:
            cost = run.actual_cost
            print_line(self._record(run.state, statuses, cost, left_out, changes, code))
            return code
        tell(f"Run {run.id} is {run.state}: {statuses_words(statuses)}.{self._money(run.actual_cost)}")
        for sentence in (*left_out, *self._changed(changes)):
            if sentence not in self._said:
                tell(sentence)
        if any(row.status in ("fail", "error", "blocked") for row in last):
            remark("Why, with request and reply: tui-registry history show ID")
        return code

    def _tell_late(self, row: "Result") -> None:
        """One probe that was kept while the run was being stopped."""
        owner = once_free(lambda: self._store.reads.provider_by_id(row.provider_id)).name
        model = None if row.model_id is None else self._names(row.model_id)[1]
        self._tell_probe(row, owner, model, str(json.loads(row.evidence or "{}").get("sentence", "")))

    def _tell_probe(self, row: "Result", owner: str, model_id: str | None, sentence: str) -> None:
        """One probe that ended: a line that stays."""
        self._told.add(row.id)
        self._said.add(sentence)
        if self._as_json:
            print_line(probe_record(row, owner, model_id, sentence))
            return
        self.progress.clear()
        place = owner if model_id is None else f"{owner} {model_id}"
        speed = "" if row.latency_ms is None else f", {row.latency_ms:,.0f} ms"
        write(clean(f"{row.status:<12}{place}, {row.test_type} (result {row.id}{speed}): {sentence}"))

    def _money(self, cost: float | None) -> str:
        """What the run cost, and what of that nobody knows."""
        unknown = 0 if self._summary is None else self._summary.unknown_costs
        known = "" if cost is None else f" Cost: {usd(exact(cost))}."
        return f"{known} The cost of {counted(unknown, 'answer')} is not known." if unknown else known

    def _changed(self, changes: "Iterable[Change]") -> Iterator[str]:
        for change in changes:
            owner, model = self._names(change.model_id)
            than = "from" if change.kind == "difference" else "than"
            kind = KIND_WORDS[change.kind]
            yield f"{kind} {than} when it last passed: {owner} {model}, {change_words(change)}."

    def _names(self, id: int) -> tuple[str, str]:
        model = once_free(lambda: self._store.reads.model_by_id(id))
        return self._store.reads.provider_by_id(model.provider_id).name, model.model_id

    def _record(
        self,
        state: str,
        statuses: Mapping[str, int],
        cost: float | None,
        left_out: Collection[str],
        changes: "Iterable[Change]",
        code: int,
    ) -> dict[str, object]:
        """The summary for scripts."""
        named = []
        for change in changes:
            owner, model = self._names(change.model_id)
            named.append({**asdict(change), "provider": owner, "model": model})
        return {
            "event": "summary",
            "run_id": self._run_id,
            "suite": self._plan.suite,
            "state": state,
            "statuses": {name: statuses.get(name, 0) for name in STATUS_WORDS},
            "cost": cost,
            "unknown_costs": None if self._summary is None else self._summary.unknown_costs,
            "left_out": list(left_out),
            "skipped": skips_record(self._plan),
            "changes": named,
            "fail_on": self._fail_on,
            "exit_code": code,
        }


def probe_record(row: "Result", owner: str, model_id: str | None, sentence: str) -> dict[str, object]:
    """One probe that ended, for scripts; its evidence is asked for with `history show`."""
    facts = row.values()
    del facts["evidence"]
    facts["scores"] = None if row.scores is None else json.loads(row.scores)
    return {"event": "probe", "provider": owner, "model": model_id, "sentence": sentence, **facts}


def once_free(question: Callable[[], T]) -> T:
    """What the registry answers once no other session holds it; raises StoreLocked after PATIENCE."""
    latest = time.monotonic() + PATIENCE
    while True:
        try:
            return question()
        except StoreLocked:
            if time.monotonic() > latest:
                raise
        time.sleep(0.05)


def last_results(rows: "Iterable[Result]") -> "list[Result]":
    """The ending of each probe: of what was tried again only the last."""
    return list({(row.provider_id, row.model_id, row.test_type): row for row in rows}.values())


def exit_code(last: "Collection[Result]", is_short: bool, is_worse: bool, fail_on: str) -> int:
    """0 when all is well, 1 when the answer is no, 4 when a provider could not be reached.

    `is_short` says that something which was meant was not asked.
    """
    keys = [row for row in last if row.model_id is None]
    failed = any(row.status == "fail" for row in (last if fail_on == "failure" else keys))
    if failed or (fail_on == "regression" and is_worse):
        return 1
    answered = {row.provider_id for row in last if row.status in ("pass", "partial") and row.model_id}
    # a key check that got no answer says little once the provider answered a prompt
    if any(row.status == "error" and (row.model_id or row.provider_id not in answered) for row in last):
        return UNREACHED
    if fail_on == "regression":
        return 0
    is_short = is_short or any(
        row.status in ("blocked", "skipped") or (row.status == "partial" and row.test_type in FIRST_PROBES)
        for row in last
    )
    return 1 if is_short or not last else 0
