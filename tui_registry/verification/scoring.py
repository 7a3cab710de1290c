"""The scores from 0 to 1 and what they mean together; a score that was not measured is absent, never 0."""

from collections.abc import Mapping, Sequence
from math import isfinite, log10

SCORING_VERSION = "1"
"""Stored with every score; a changed definition is a new version."""

WEIGHTS: dict[str, int] = {
    "responsiveness": 30,
    "reliability": 20,
    "streaming": 10,
    "latency": 10,
    "throughput": 10,
    "tools": 10,
    "json": 10,
}
"""What each score counts in the whole; together 100."""

PARTIAL_BELOW = 0.5
"""A coverage below this is shown as partial."""

Scores = Mapping[str, float]


def latency(ttft: float | None) -> float | None:
    """Seconds to the first token as a score: 0.3 s is 1, 3 s is 0.5, 30 s is 0."""
    return None if ttft is None else 1.0 if ttft <= 0 else _clamped(1 - log10(ttft / 0.3) / 2)


def throughput(tokens_per_second: float | None) -> float | None:
    """Tokens per second as a score: 5 is 0, 32 is 0.5, 200 is 1."""
    if tokens_per_second is None:
        return None
    return 0.0 if tokens_per_second <= 0 else _clamped(log10(tokens_per_second / 5) / log10(40))


def reliability(outcomes: Sequence[str | None]) -> float | None:
    """The share of answered among answered and softly failed attempts; None below three of them."""
    ok = sum(outcome == "ok" for outcome in outcomes)
    soft = sum(outcome in ("server", "timeout", "protocol") for outcome in outcomes)
    return ok / (ok + soft) if ok + soft >= 3 else None


def embeddings(vectors: Sequence[Sequence[float]]) -> float:
    """1 for two different vectors of one length from 8 on, finite and not all zero; else 0."""
    if len(vectors) != 2 or len(vectors[0]) != len(vectors[1]) or len(vectors[0]) < 8:
        return 0.0
    sound = all(isfinite(value) for vector in vectors for value in vector)
    sound = sound and all(any(vector) for vector in vectors) and list(vectors[0]) != list(vectors[1])
    return 1.0 if sound else 0.0


def coverage(scores: Scores) -> float:
    """The share of the weights that was measured."""
    return sum(weight for name, weight in WEIGHTS.items() if name in scores) / 100


def overall(scores: Scores) -> float | None:
    """Existence times the weighted mean of what was measured; None without existence or any score.

    An embedding model is measured by its vectors, which stand for responsiveness.
    """
    if "existence" not in scores:
        return None
    counted = dict(scores)
    if "embeddings" in counted:
        counted.setdefault("responsiveness", counted["embeddings"])
    measured = {name: weight for name, weight in WEIGHTS.items() if name in counted}
    if not measured:
        return scores["existence"] if scores["existence"] == 0 else None
    mean = sum(weight * counted[name] for name, weight in measured.items()) / sum(measured.values())
    return _clamped(scores["existence"] * mean)


def _clamped(value: float) -> float:
    return min(1.0, max(0.0, value))
