"""Pictures of history are true in time and in scale, and every one has a form in plain ASCII."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_registry.store.read_history import Day
from tui_registry.ui.records import pictures

DAYS = [
    Day("2026-11-20", "ok", 3, 3),
    Day("2026-11-21"),
    Day("2026-11-22", "slow", 2, 2),
    Day("2026-11-23", "fail", 2, 1),
]


@pytest.mark.parametrize(("ascii_only", "drawn"), [(False, "■·▄x"), (True, "#.=x")])
def test_a_strip_has_a_cell_for_every_day_also_for_one_without_results(ascii_only: bool, drawn: str) -> None:
    assert pictures.day_strip(DAYS, ascii_only=ascii_only) == drawn


def test_the_legend_names_every_cell_a_strip_can_have() -> None:
    assert pictures.day_legend() == "■ ok  ▄ slow or partial  x fail  · no run"
    assert pictures.day_legend(ascii_only=True) == "# ok  = slow or partial  x fail  . no run"


@pytest.mark.parametrize(
    ("results", "passed", "mark"),
    [(100, 95, "■"), (1000, 949, "▄"), (10, 8, "▄"), (1000, 799, "x"), (0, 0, "·")],
)
def test_a_day_of_many_models_is_drawn_by_its_share(results: int, passed: int, mark: str) -> None:
    assert pictures.share_strip([Day("2026-11-23", "fail", results, passed)]) == mark


def test_the_legend_of_shares_says_where_they_change() -> None:
    assert pictures.share_legend() == "■ 95 % ok ▄ less x <80 · no run"
    assert pictures.share_legend(ascii_only=True) == "# 95 % ok = less x <80 . no run"


@pytest.mark.parametrize(
    ("results", "passed", "words"),
    [
        (7, 6, "85.7 % of 7 results passed"),
        (2000, 1999, "99.9 % of 2,000 results passed"),
        (3, 3, "100 % of 3 results passed"),
        (1, 0, "0.0 % of 1 result passed"),
        (0, 0, "no results"),
    ],
)
def test_the_share_is_cut_so_that_a_hundred_means_all(results: int, passed: int, words: str) -> None:
    assert pictures.passed_words([Day("2026-11-23", "ok", results, passed)]) == words


def test_in_short_the_share_leaves_the_noun_out() -> None:
    assert pictures.passed_words(DAYS, short=True) == "85.7 % of 7 passed"


def test_a_sparkline_stands_on_zero_and_shows_a_failure_as_a_letter() -> None:
    assert pictures.sparkline([0, 50, None, 100]) == "▁▅x█"
    assert pictures.sparkline([0, 50, None, 100], ascii_only=True) == "15x8"
    assert pictures.sparkline([]) == ""
    assert pictures.sparkline([None]) == "x"
    assert pictures.sparkline([0.0, 0.0]) == "▁▁"


@given(st.lists(st.floats(0, 1e9), min_size=1), st.booleans())
def test_a_higher_value_never_draws_a_lower_bar(values: list[float], ascii_only: bool) -> None:
    drawn = pictures.sparkline(sorted(values), ascii_only=ascii_only)
    assert list(drawn) == sorted(drawn)
    assert len(drawn) == len(values)


def test_latencies_are_told_with_their_scale() -> None:
    assert pictures.latency_words([610, 900, None, 742]) == (
        "p50 742 ms  min 610  last 742",
        "0 to 900 ms, newest right",
    )
    assert pictures.latency_words([1310.4, None])[0] == "p50 1,310 ms  min 1,310  last failed"
    assert pictures.latency_words([None]) == ("no answer yet", "")


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ([0.96, 0.5, 0.97], "0.97  +0.01 over 3 results"),
        ([0.97, 0.9], "0.90  -0.07 over 2 results"),
        ([0.5, 0.5], "0.50  +0.00 over 2 results"),
        ([0.5], "0.50"),
        ([], "-"),
    ],
)
def test_a_trend_is_a_number_and_how_far_it_moved(scores: list[float], words: str) -> None:
    assert pictures.score_trend(scores) == words
