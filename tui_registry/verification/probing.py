"""One probe of one model from its first attempt to its last, each attempt kept."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from statistics import median

from tui_registry.verification import questions, retry, scoring
from tui_registry.verification.bench import Bench, Work
from tui_registry.verification.calls import Answered, NotMade, call
from tui_registry.verification.findings import finding_of, left_out
from tui_registry.verification.judge_chat import counted, judge_chat
from tui_registry.verification.judge_embeddings import judge_embeddings
from tui_registry.verification.judge_json import judge_json
from tui_registry.verification.judge_tools import judge_tools
from tui_registry.verification.judgement import Judgement, refused
from tui_registry.verification.missing import missing_before
from tui_registry.verification.recorder import Note
from tui_registry.verification.suites import Probe
from tui_registry.verification.waiting import read
from tui_registry.wire import ChatReply, EmbedReply, cut_short

OBJECT_DIALECTS = frozenset({"anthropic", "gemini"})
"""The dialects that send a tool's arguments as an object."""


async def probe_model(bench: Bench, work: Work, probe: Probe) -> Judgement:
    """Ask until there is an ending: a right or wrong answer, a refusal, or no more attempts."""
    if probe == "benchmark":
        return await _benchmark(bench, work)
    attempt = 1
    while True:
        made = await call(bench, work, probe)
        if isinstance(made, NotMade):
            return await _not_made(bench, work, probe, made)
        made = _doubted(made, probe)
        verdict = await _judged(bench, work, probe, made)
        change = _otherwise(work, probe, made)
        wait = None if change else retry.delay(made.exchange, attempt, bench.options.chance)
        is_final = change is None and wait is None
        await _keep(bench, work, probe, made, verdict, attempt, is_final)
        if is_final:
            return verdict
        if change is not None:
            work.quirks, work.reasons = change
            continue
        attempt += 1
        await _pause(bench, work, made, wait or 0.0)


def _doubted(made: Answered, probe: Probe) -> Answered:
    """The answer, as a cut one where its stream just ended and the words asked for are not all there."""
    reply = made.reply
    if probe != "chat" or not isinstance(reply, ChatReply) or reply.exchange.outcome != "ok":
        return made
    if reply.clean_end or not reply.keeps_cap or counted(reply.text) == 1.0:
        return made
    return replace(made, reply=cut_short(reply))


async def _judged(bench: Bench, work: Work, probe: Probe, made: Answered) -> Judgement:
    """The verdict on one answer."""
    reply, listed = made.reply, work.plan.listed
    if isinstance(reply, EmbedReply):
        verdict = judge_embeddings(reply, listed=listed)
    elif probe == "tools":
        choice = work.quirks.get("tool_choice", "required")
        as_objects = bench.subject.target.dialect in OBJECT_DIALECTS
        verdict = judge_tools(reply, choice=choice, as_objects=as_objects)
    elif probe == "json":
        verdict = judge_json(reply, form=work.quirks.get("json", "json_schema"))
    else:
        asked_stream = work.quirks.get("stream") != "no"
        verdict = judge_chat(reply, model_id=work.plan.model_id, listed=listed, asked_stream=asked_stream)
    if verdict.outcome == "missing" and probe in ("chat", "embeddings"):
        now = bench.options.clock()
        if await read(lambda: missing_before(bench.store, work.plan.id, now)):
            return replace(verdict, scores={"existence": 0.0})
    return verdict


def _otherwise(work: Work, probe: Probe, made: Answered) -> tuple[dict[str, str], bool] | None:
    """How to ask next when the way of asking was the trouble: other parameters, or room for reasoning."""
    reply = made.reply
    quirks = retry.adapted(probe, reply.exchange, work.quirks)
    if quirks is not None:
        return quirks, work.reasons
    if isinstance(reply, ChatReply) and reply.exchange.outcome in ("ok", "protocol") and not work.reasons:
        cut_short = reply.finish_reason in ("length", "max_tokens", "MAX_TOKENS")
        if cut_short and not reply.text.strip() and not reply.tool_calls:
            return dict(work.quirks), True
    return None


async def _pause(bench: Bench, work: Work, made: Answered, wait: float) -> None:
    if made.exchange.outcome == "rate":
        model = work.plan.id if bench.subject.limits_per_model else None
        bench.limiter.block(wait, model)
    else:
        await bench.options.sleep(wait)


async def _keep(
    bench: Bench,
    work: Work,
    probe: Probe,
    made: Answered,
    verdict: Judgement,
    attempt: int,
    is_final: bool,
    more: Mapping[str, object] | None = None,
) -> None:
    """Keep one attempt; one that is tried again is transient and judges nothing."""
    outcome = made.exchange.outcome if not is_final else verdict.outcome
    if verdict.status != "blocked":
        work.outcomes.insert(0, outcome)
    if is_final:
        work.scores.update(verdict.scores)
        value = scoring.reliability(work.outcomes[:20])
        if value is not None:
            work.scores["reliability"] = value
    else:
        verdict = replace(verdict, status="error", outcome=outcome, scores={})
    bench.heard(work.plan.id, outcome, verdict.sentence)
    finding = finding_of(bench, work, probe, made, verdict, attempt, is_final, more)
    name = bench.subject.row.name
    await bench.recorder.keep(Note(finding, name, work.plan.model_id, verdict.sentence, is_final))
    if verdict.outcome == "auth" and is_final:
        await _doubt_key(bench, work)


async def _doubt_key(bench: Bench, work: Work) -> None:
    """Check the key after a model refused it; where nothing free can tell, the same prompt asks again."""
    key = await bench.check_key()
    if key.state != "unproven" or "embeddings" in work.plan.probes:
        return
    await bench.options.sleep(bench.options.confirm_after)
    again = await call(bench, work, "chat")
    if isinstance(again, NotMade):
        return
    if again.exchange.outcome == "auth":
        await bench.reject_key(again.exchange)
    else:
        await _keep(bench, work, "chat", again, await _judged(bench, work, "chat", again), 2, True)


async def _not_made(bench: Bench, work: Work, probe: Probe, made: NotMade) -> Judgement:
    """Keep that a probe was left out."""
    finding = left_out(bench, work.plan, probe, made)
    note = Note(finding, bench.subject.row.name, work.plan.model_id, made.sentence)
    await bench.recorder.keep(note)
    return Judgement(made.status, made.outcome, made.sentence)


async def _benchmark(bench: Bench, work: Work) -> Judgement:
    """Five long answers one after the other; the medians are the model's speed."""
    samples: list[tuple[Answered, Judgement]] = []
    cut_short: NotMade | None = None
    try:
        while len(samples) < questions.BENCHMARK_CALLS and cut_short is None:
            made = await call(bench, work, "benchmark")
            if isinstance(made, NotMade):
                cut_short = made
                continue
            samples.append((made, _sample(bench, work, made)))
            if samples[-1][1].status != "pass":
                break
    except asyncio.CancelledError:
        # what was paid for is kept, also when the run is cancelled between two samples
        await _keep_samples(bench, work, samples, "The run was cancelled.")
        raise
    if cut_short is not None and not samples:
        return await _not_made(bench, work, "benchmark", cut_short)
    return await _keep_samples(bench, work, samples, cut_short.sentence if cut_short else None)


async def _keep_samples(
    bench: Bench, work: Work, samples: list[tuple[Answered, Judgement]], why: str | None
) -> Judgement:
    """Keep the samples as one result; `why` says what kept the others from being made."""
    if not samples:
        return Judgement("skipped", "cancelled", why or "")
    summed, verdict, more = _summed(samples)
    if why is not None:
        verdict = replace(verdict, status="partial", sentence=f"{verdict.sentence} {why}")
    await _keep(bench, work, "benchmark", summed, verdict, len(samples), True, more)
    return verdict


def _sample(bench: Bench, work: Work, made: Answered) -> Judgement:
    """One benchmark answer: only its speed counts, but there must be one."""
    if made.exchange.outcome != "ok" or not isinstance(made.reply, ChatReply):
        verdict = refused(made.exchange)
        return Judgement(verdict.status, verdict.outcome, verdict.sentence)
    speed = judge_chat(made.reply, model_id=work.plan.model_id, listed=work.plan.listed, asked_stream=True)
    answered = bool(made.reply.text.strip())
    sentence = "It answered." if answered else "The answer was empty."
    return replace(
        speed,
        status="pass" if answered else "fail",
        outcome="ok" if answered else "protocol",
        sentence=sentence,
        scores={},
        checks={},
    )


def _summed(samples: list[tuple[Answered, Judgement]]) -> tuple[Answered, Judgement, dict[str, object]]:
    """The last answer with the cost of all, and the medians as its verdict."""
    last, verdict = samples[-1]
    costs = [made.cost for made, _ in samples]
    known = [cost for cost in costs if cost is not None]
    total = sum(known[1:], known[0]) if known and len(known) == len(costs) else None
    firsts = [each.ttft for _, each in samples if each.ttft is not None]
    rates = [each.tokens_per_second for _, each in samples if each.tokens_per_second is not None]
    more: dict[str, object] = {
        "samples": len(samples),
        "ttft_s": [round(each, 4) for each in firsts],
        "tokens_per_second": [round(each, 2) for each in rates],
        "ttft_p90_s": _p90(firsts),
        "tokens_per_second_p90": _p90(rates),
    }
    if verdict.status == "pass":
        ttft, rate = (median(each) if each else None for each in (firsts, rates))
        measured = {"latency": scoring.latency(ttft), "throughput": scoring.throughput(rate)}
        scores = {name: value for name, value in measured.items() if value is not None}
        sentence = f"It gave {len(samples)} long answers."
        verdict = replace(verdict, scores=scores, ttft=ttft, tokens_per_second=rate, sentence=sentence)
    return replace(last, cost=total), verdict, more


def _p90(values: list[float]) -> float | None:
    """The value that nine in ten are at or below."""
    return round(sorted(values)[min(len(values) - 1, int(len(values) * 0.9))], 4) if values else None
