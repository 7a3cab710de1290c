"""An attempt as the registry keeps it: the result, the limits its answer stated, and what it showed."""

import json
from collections.abc import Mapping

from tui_registry.store import Finding, ModelSeen, new_result
from tui_registry.text import clean
from tui_registry.verification import limits, scoring
from tui_registry.verification.bench import Bench, Work
from tui_registry.verification.calls import Answered, NotMade
from tui_registry.verification.evidence import evidence, fitted
from tui_registry.verification.judgement import Judgement
from tui_registry.verification.plan import ModelPlan
from tui_registry.verification.suites import Probe
from tui_registry.wire import ChatReply

_MOST = 9_007_199_254_740_992
_ANSWER_SHOWN = 600


def finding_of(
    bench: Bench,
    work: Work,
    probe: Probe,
    made: Answered,
    verdict: Judgement,
    attempt: int,
    is_final: bool,
    more: Mapping[str, object] | None,
) -> Finding:
    """One attempt; its score is the model's overall with everything the run has measured so far."""
    exchange, reply = made.exchange, made.reply
    answer = {"answer": reply.text[:_ANSWER_SHOWN]} if isinstance(reply, ChatReply) else {}
    coverage = {"coverage": scoring.coverage(work.scores)} if is_final else {}
    out = exchange.usage.output_tokens
    result = new_result(
        provider=bench.subject.row,
        test_type=probe,
        status=verdict.status,
        model=work.plan,
        run=bench.run,
        outcome=verdict.outcome,
        http_status=exchange.status if exchange.status and 100 <= exchange.status <= 599 else None,
        latency_ms=_latency(made),
        ttft_ms=None if verdict.ttft is None else verdict.ttft * 1000,
        tokens_per_second=verdict.tokens_per_second,
        input_tokens=_count(exchange.usage.input_tokens),
        output_tokens=_count(verdict.output_tokens if out is None else out),
        reasoning_tokens=_count(exchange.usage.reasoning_tokens),
        cost=None if made.cost is None else float(made.cost),
        cost_source=made.cost_source,
        model_served=_served(exchange.model_served),
        scores=json.dumps({**verdict.scores, **_kept_scores(work, probe)}) if is_final else None,
        score=scoring.overall(work.scores) if is_final else None,
        evidence=evidence(
            exchange,
            verdict,
            secret=bench.subject.target.secret,
            attempt=attempt,
            queued=made.queued,
            price=work.plan.price,
            more={**(more or {}), **coverage, **answer, "cap": made.cap, "quirks": dict(work.quirks)},
        ),
        endpoint=bench.subject.target.endpoint.url,
        key_fingerprint=bench.subject.row.key_fingerprint,
        scoring_version=scoring.SCORING_VERSION,
    )
    seen = _seen(work, probe, verdict) if is_final else None
    return Finding(result, limits.kept(exchange.limits), bench.subject.limits_per_model, seen)


def left_out(bench: Bench, model: ModelPlan, probe: Probe, made: NotMade) -> Finding:
    """A probe that was not sent."""
    return Finding(
        new_result(
            provider=bench.subject.row,
            test_type=probe,
            status=made.status,
            model=model,
            run=bench.run,
            outcome=made.outcome,
            evidence=fitted({"sentence": made.sentence}),
            endpoint=bench.subject.target.endpoint.url,
            key_fingerprint=bench.subject.row.key_fingerprint,
        )
    )


def _kept_scores(work: Work, probe: Probe) -> dict[str, float]:
    """The reliability, which belongs to the probe that shows whether the model answers."""
    if probe in ("chat", "embeddings") and "reliability" in work.scores:
        return {"reliability": work.scores["reliability"]}
    return {}


def _seen(work: Work, probe: Probe, verdict: Judgement) -> ModelSeen | None:
    """What an ending showed of the model; nothing where it says nothing about it."""
    if verdict.status not in ("pass", "partial", "unsupported") and verdict.outcome != "ok":
        return None
    scores = verdict.scores
    quirks = dict(work.quirks) if work.quirks != dict(work.plan.quirks) else None
    if probe == "chat":
        streams = scores["streaming"] > 0 if "streaming" in scores else None
        reasons = verdict.reasons or (True if work.reasons and not work.plan.reasons else None)
        return ModelSeen(True, streams, reasons, quirks=quirks)
    if probe == "tools":
        return ModelSeen(supports_tools=scores.get("tools", 0.0) > 0, quirks=quirks)
    if probe == "json":
        return ModelSeen(supports_json=scores.get("json", 0.0) >= 0.7, quirks=quirks)
    return ModelSeen(served=verdict.status == "pass")


def _latency(made: Answered) -> float:
    """Milliseconds to the last token or the finish of a stream, to the end of any other answer."""
    reply = made.reply
    if isinstance(reply, ChatReply) and reply.streamed:
        ends = [each for each in (reply.timings.last_token, reply.timings.finish) if each is not None]
        if ends:
            return max(ends) * 1000
    return made.exchange.total_ms


def _count(number: int | None) -> int | None:
    return number if number is not None and 0 <= number <= _MOST else None


def _served(name: str | None) -> str | None:
    return (clean(name.strip(), limit=200) or None) if name else None
