"""What one made-up probe found: times, tokens, cost, scores and evidence that fit together."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import log10

from tui_registry.demo.events import Event, struck
from tui_registry.demo.providers import Plan
from tui_registry.money import cost
from tui_registry.store import EffectivePrice, Model, NewResult, Provider, Run, new_result

TOKENS = {"chat": (34, 41), "tools": (92, 24), "json": (61, 22), "embeddings": (4, 0)}
"""Input and output tokens of each probe."""

REPLIES = {
    "chat": "one two three four five six seven eight nine ten eleven twelve",
    "tools": 'get_weather({"city": "Paris"})',
    "json": '{"city": "Paris", "population": 2100000}',
    "embeddings": "2 vectors of 1024 numbers",
}
"""What a model answers to each probe when all is well."""

_LARGE = ("opus", "-pro", "large", "405b", "120b", "reason", "thinking")
_SMALL = ("-mini", "nano", "haiku", "lite", "8b", "20b", "small")

# What slows an answer down mostly makes it start late.
_SLOWED_SPEED = 0.35


@dataclass(frozen=True, slots=True)
class Subject:
    """A watched model with what its probes need to know."""

    plan: Plan
    provider: Provider
    model: Model
    price: EffectivePrice

    @property
    def tests(self) -> tuple[str, ...]:
        """The probes that fit this kind of model; the last is the one of every night."""
        return ("embeddings",) if "embed" in self.model.model_id else ("tools", "json", "chat")


def probe(subject: Subject, test: str, day: int, run: Run, chance: random.Random) -> NewResult:
    """The result of one probe, so many days ago."""
    event = struck(subject.plan.name, day, subject.model.model_id, test, chance)
    status = (event and event.status) or "pass"
    http_status = 200 if event is None or event.status is None else event.http_status
    answered = status in ("pass", "partial")
    slower = (1.0 if event is None else event.slower) * (0.85 + 0.4 * chance.random() ** 3)
    first_token = round(subject.plan.first_token * slower * _size(subject.model), 1)
    speed = round(subject.plan.speed / (1 + (slower - 1) * _SLOWED_SPEED) / _size(subject.model), 1)
    tokens = TOKENS[test] if answered else (None, None)
    scores = _scores(test, status, first_token, speed) if answered else {}
    return new_result(
        run=run,
        provider=subject.provider,
        model=subject.model,
        test_type=test,
        status=status,
        outcome="ok" if event is None or event.status is None else event.outcome,
        http_status=http_status,
        latency_ms=round(first_token + (tokens[1] or 0) / speed * 1_000, 1) if answered else None,
        ttft_ms=first_token if answered and test == "chat" else None,
        tokens_per_second=speed if answered and test == "chat" else None,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        cost=_cost(subject.price, tokens),
        cost_source="estimated" if answered else None,
        model_served=subject.model.model_id if answered else None,
        scores=json.dumps(scores) if scores else None,
        score=_overall(scores) if scores else None,
        evidence=_evidence(test, event, http_status),
        endpoint=subject.provider.endpoint,
        key_fingerprint=subject.provider.key_fingerprint,
        scoring_version="demo",
    )


def _size(model: Model) -> float:
    """How much slower a model is than its provider's usual one; a name gives it away."""
    words = model.model_id
    if any(word in words for word in _LARGE):
        return 1.5
    return 0.6 if any(word in words for word in _SMALL) else 1.0


def _scores(test: str, status: str, first_token: float, speed: float) -> dict[str, float]:
    whole = 1.0 if status == "pass" else 0.5
    if test != "chat":
        return {"existence": 1.0, test: whole}
    latency = 1 - log10(max(first_token, 300) / 300) / 2
    throughput = log10(min(max(speed, 5), 200) / 5) / log10(40)
    return {
        "existence": 1.0,
        "responsiveness": whole,
        "streaming": 1.0,
        "latency": round(latency, 3),
        "throughput": round(throughput, 3),
    }


_WEIGHTS = {"responsiveness": 60, "streaming": 20, "latency": 10, "throughput": 10}


def _overall(scores: dict[str, float]) -> float:
    """The weighted mean of what was measured."""
    weights = {name: _WEIGHTS.get(name, 10) for name in scores if name != "existence"}
    return round(sum(scores[name] * weight for name, weight in weights.items()) / sum(weights.values()), 3)


def _cost(price: EffectivePrice, tokens: tuple[int | None, int | None]) -> float | None:
    """USD for the tokens of both directions; None where a price is not known."""
    parts = list(_parts(price, tokens))
    return float(sum(parts, Decimal(0))) if parts else None


def _parts(price: EffectivePrice, tokens: tuple[int | None, int | None]) -> Iterator[Decimal]:
    for each, number in zip((price.input, price.output), tokens, strict=True):
        if each is not None and number is not None:
            yield cost(number, each)


def _evidence(test: str, event: Event | None, http_status: int | None) -> str:
    reply = REPLIES[test] if event is None or event.status is None else event.reply
    facts = {"made_up": True, "http_status": http_status, "reply": reply or None}
    return json.dumps({name: value for name, value in facts.items() if value is not None})
