"""A run: providers side by side, models of one provider as its limits allow, every probe kept at once."""

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta

from tui_registry.clock import stamp
from tui_registry.errors import Outdated, RegistryError
from tui_registry.money import usd
from tui_registry.store import Finding, Run, Store, new_result
from tui_registry.verification import resuming
from tui_registry.verification.bench import Bench, Work
from tui_registry.verification.budget import Budget
from tui_registry.verification.calls import NotMade
from tui_registry.verification.events import Event, ProbeStarted, RunFinished, RunStarted, Summary
from tui_registry.verification.evidence import fitted
from tui_registry.verification.findings import left_out
from tui_registry.verification.judgement import Judgement
from tui_registry.verification.limits import limiter_for
from tui_registry.verification.options import Options
from tui_registry.verification.plan import ModelPlan, Plan, ProviderPlan
from tui_registry.verification.probing import probe_model
from tui_registry.verification.recorder import Note, Recorder
from tui_registry.verification.target import subject_of
from tui_registry.verification.waiting import kept, read, read_aside, together

REMEMBERED = timedelta(days=30)
"""How far back attempts count for a model's reliability."""


@dataclass(slots=True)
class _Run:
    """What all providers of a run share."""

    store: Store
    row: Run
    budget: Budget
    recorder: Recorder
    events: "asyncio.Queue[Event | None]"
    gate: asyncio.Semaphore
    options: Options
    left_out: list[str]


async def run(
    store: Store, plan: Plan, *, options: Options | None = None, trigger: str = "manual"
) -> AsyncGenerator[Event, None]:
    """Carry a plan out and tell what happens, each result after it was kept.

    Close the iterator (or cancel its task) to cancel the run: what was done is kept, and the run can be
    resumed. Raises children of StoreError, after which the run counts as interrupted; and Outdated or Gone
    once another file took the registry's place.
    """
    options = options or Options()
    row = await kept(_opened(store, plan, trigger))
    resuming.take(row.id)
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    recorder = Recorder(store, events)
    budget = Budget(plan.budget, plan.spent)
    gate = asyncio.Semaphore(options.concurrency)
    whole = _Run(store, row, budget, recorder, events, gate, options, [])
    job = asyncio.create_task(_carry_out(whole, plan))
    state = "cancelled"
    try:
        yield RunStarted(row, plan)
        while (event := await events.get()) is not None:
            yield event
        await job
        state = "done"
    except RegistryError:
        state = "interrupted"
        raise
    finally:
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        resuming.leave(row.id)
        row = await kept(_closed(store, row, state))
    if budget.limit is not None and budget.spent > budget.limit:
        over = usd(budget.spent - budget.limit)
        whole.left_out.append(f"The budget is exceeded by {over}: more was charged than was asked for.")
    summary = Summary(
        dict(recorder.statuses), recorder.cost, budget.spent, recorder.unknown_costs, tuple(whole.left_out)
    )
    yield RunFinished(row, summary)


def _opened(store: Store, plan: Plan, trigger: str) -> Future[Run]:
    resumed, asks = plan.run, [each.row for each in plan.providers]
    if resumed is not None:
        return store.write(lambda write: write.proofs.resume_run(resumed, resuming.owner(), asks))
    budget = None if plan.budget is None else float(plan.budget)
    return store.write(
        lambda write: write.start_run(
            plan.suite,
            trigger,
            budget=budget,
            estimated_cost=float(plan.bound),
            plan=plan.document(),
            owner=resuming.owner(),
            asks=asks,
        )
    )


def _closed(store: Store, row: Run, state: str) -> Future[Run]:
    return store.write(lambda write: write.proofs.close_run(row, state))


async def _carry_out(whole: _Run, plan: Plan) -> None:
    """Ask every provider; whatever ends it, all results handed in are kept before it ends."""
    keeping = asyncio.create_task(whole.recorder.work())
    asking = asyncio.create_task(together(*(_ask_provider(whole, each) for each in plan.providers)))
    try:
        await asyncio.wait({keeping, asking}, return_when=asyncio.FIRST_COMPLETED)
        if not keeping.done():
            await asking
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        try:
            if not keeping.done():
                await whole.recorder.close()
            await keeping
        finally:
            whole.events.put_nowait(None)


async def _ask_provider(whole: _Run, plan: ProviderPlan) -> None:
    """Check one provider's key, then ask its models; a provider that cannot be asked is told of."""
    try:
        subject = await read(lambda: subject_of(whole.store, plan.row))
    except RegistryError as error:
        whole.left_out.append(str(error))
        return
    limiter = limiter_for(
        plan.rules,
        plan.observed,
        plan.attempts,
        whole.options,
        local=plan.is_local,
        gate=whole.gate,
    )
    async with whole.options.open_wire() as wire:
        bench = Bench(
            whole.store, subject, wire, limiter, whole.budget, whole.recorder, whole.options, whole.row
        )
        since = stamp(whole.options.clock() - REMEMBERED)
        proofs = whole.store.proofs
        bench.outcomes = await read_aside(lambda: proofs.recent_outcomes(plan.row.id, since))
        if plan.checks_key:
            whole.events.put_nowait(ProbeStarted(plan.row.name, None, None, "key"))
            await bench.check_key()
        await _ask_models(whole, bench, plan)
        if bench.stopped is not None:
            whole.left_out.append(bench.stopped)


async def _ask_models(whole: _Run, bench: Bench, plan: ProviderPlan) -> None:
    """Ask the models in order, as many at once as the key may have calls."""
    waiting = iter(plan.models)
    if plan.starts_with_one and plan.models:
        await _ask_model(whole, bench, next(waiting))

    async def worker() -> None:
        for model in waiting:
            await _ask_model(whole, bench, model)

    await together(*(worker() for _ in range(bench.limiter.parallel)))


async def _ask_model(whole: _Run, bench: Bench, plan: ModelPlan) -> None:
    """The probes of one model in order; without an answer to the first there are no others."""
    work = Work(plan, dict(plan.quirks), plan.reasons, dict(plan.scores), bench.outcomes.pop(plan.id, []))
    for probe in plan.probes:
        if bench.stopped is not None:
            left = left_out(bench, plan, probe, NotMade("skipped", "breaker", bench.stopped))
            await bench.recorder.keep(Note(left, bench.subject.row.name, plan.model_id, bench.stopped))
            return
        await _require_same_file(whole, bench)
        whole.events.put_nowait(ProbeStarted(bench.subject.row.name, plan.id, plan.model_id, probe))
        verdict = await probe_model(bench, work, probe)
        if probe == "chat":
            await _chat_proves_key(bench, plan, verdict)
        if verdict.status not in ("pass", "partial") and probe in ("chat", "embeddings"):
            return
        if verdict.status in ("blocked", "skipped"):
            return


async def _require_same_file(whole: _Run, bench: Bench) -> None:
    """Raise Outdated before more is paid for that could not be kept."""
    if await read(lambda: whole.store.was_replaced(bench.subject.row)):
        raise Outdated("Another file took the registry's place, so nothing more was asked.")


async def _chat_proves_key(bench: Bench, plan: ModelPlan, verdict: Judgement) -> None:
    """An answer proves a key that nothing free could prove."""
    key = bench.key
    if key is None or key.state != "unproven" or verdict.status != "pass":
        return
    sentence = f"{bench.subject.row.name} answered a paid prompt, which proves the key."
    bench.key = type(key)("valid", sentence)
    result = new_result(
        provider=bench.subject.row,
        test_type="key",
        status="pass",
        run=bench.run,
        outcome="ok",
        evidence=fitted({"sentence": sentence, "proved_by": plan.model_id}),
        endpoint=bench.subject.target.endpoint.url,
        key_fingerprint=bench.subject.row.key_fingerprint,
    )
    await bench.recorder.keep(Note(Finding(result), bench.subject.row.name, None, sentence))
