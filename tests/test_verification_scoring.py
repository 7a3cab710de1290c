"""Each score is what its definition says, and what was not measured has none."""

import math

import pytest

from tui_registry.verification import scoring


@pytest.mark.parametrize(
    ("ttft", "score"),
    [(None, None), (0.0, 1.0), (0.1, 1.0), (0.3, 1.0), (3.0, 0.5), (30.0, 0.0), (300.0, 0.0)],
)
def test_latency_is_one_at_300_ms_and_nothing_at_30_s(ttft: float | None, score: float | None) -> None:
    assert scoring.latency(ttft) == pytest.approx(score)


@pytest.mark.parametrize(
    ("rate", "score"),
    [(None, None), (0.0, 0.0), (5.0, 0.0), (5 * math.sqrt(40), 0.5), (200.0, 1.0), (9000.0, 1.0)],
)
def test_throughput_is_nothing_at_5_and_one_at_200_tokens_a_second(
    rate: float | None, score: float | None
) -> None:
    assert scoring.throughput(rate) == pytest.approx(score)


@pytest.mark.parametrize(
    ("outcomes", "share"),
    [
        ([], None),
        (["ok", "ok"], None),
        (["ok", "missing", "params", None, "ok"], None),
        (["ok", "ok", "ok"], 1.0),
        (["ok", "server", "timeout", "protocol"], 0.25),
        (["server", "server", "server"], 0.0),
    ],
)
def test_reliability_is_the_share_of_answers_from_three_attempts_on(
    outcomes: list[str | None], share: float | None
) -> None:
    assert scoring.reliability(outcomes) == share


@pytest.mark.parametrize(
    ("vectors", "score"),
    [
        ([[1.0] * 8, [2.0] * 8], 1.0),
        ([], 0.0),
        ([[1.0] * 8], 0.0),
        ([[1.0] * 8, [1.0] * 8], 0.0),
        ([[1.0] * 8, [0.0] * 8], 0.0),
        ([[1.0] * 8, [2.0] * 9], 0.0),
        ([[1.0] * 7, [2.0] * 7], 0.0),
        ([[1.0] * 8, [2.0] * 7 + [math.inf]], 0.0),
        ([[1.0] * 8, [2.0] * 7 + [math.nan]], 0.0),
    ],
)
def test_embeddings_are_two_usable_vectors_or_nothing(vectors: list[list[float]], score: float) -> None:
    assert scoring.embeddings(vectors) == score


ALL = dict.fromkeys(scoring.WEIGHTS, 1.0)


def test_the_weights_are_a_hundred() -> None:
    assert sum(scoring.WEIGHTS.values()) == 100


@pytest.mark.parametrize(
    ("scores", "overall", "coverage"),
    [
        ({}, None, 0.0),
        (ALL, None, 1.0),
        (ALL | {"existence": 1.0}, 1.0, 1.0),
        ({"existence": 1.0, "responsiveness": 1.0, "latency": 0.5}, 35 / 40, 0.4),
        ({"existence": 1.0, "responsiveness": 1.0, "tools": 0.0}, 0.75, 0.4),
        ({"existence": 1.0, "responsiveness": 1.0, "instruction": 0.0}, 1.0, 0.3),
        ({"existence": 0.0}, 0.0, 0.0),
        ({"existence": 1.0}, None, 0.0),
        ({"existence": 1.0, "embeddings": 1.0}, 1.0, 0.0),
        ({"existence": 1.0, "embeddings": 1.0, "reliability": 0.5}, 0.8, 0.2),
    ],
)
def test_the_whole_is_the_weighted_mean_of_what_was_measured(
    scores: dict[str, float], overall: float | None, coverage: float
) -> None:
    assert scoring.overall(scores) == pytest.approx(overall)
    assert scoring.coverage(scores) == pytest.approx(coverage)
