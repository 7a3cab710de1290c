"""Amounts are read as people write them and kept without losing a digit."""

from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_registry.money import (
    MAX_COUNT,
    Unit,
    cost,
    looks_off,
    parse_count,
    parse_price,
    per_million,
    per_token,
    short_count,
    show_count,
    show_price,
)


@pytest.mark.parametrize(
    "text",
    [
        "3", "3.00", "$3", "3 USD", "3usd", "0.003/k", "3e-6/tok", "3/M", " 3\n", "$3 / 1M tokens",
        "3 per million",        "0.003 per 1k tokens", "0.000003/token", "3/Mtok", "03.",
    ],
)  # fmt: skip
def test_three_dollars_per_million_may_be_written_in_many_ways(text: str) -> None:
    assert parse_price(text) == Decimal("0.000003")
    assert per_token(text) == 3e-06
    assert show_price(per_token(text)) == "3.00"


def test_free_is_zero_and_empty_is_nothing() -> None:
    assert parse_price("free") == parse_price("0") == 0
    assert parse_price(" ") is None
    with pytest.raises(ValueError, match=r"such as 0\.15"):
        per_token("")


def test_a_price_without_a_unit_may_be_meant_per_token() -> None:
    units: tuple[Unit, Unit] = ("million", "token")
    assert [parse_price("0.5", unit) for unit in units] == [Decimal("5E-7"), Decimal("0.5")]
    assert parse_price("0.5/M", "token") == Decimal("5E-7")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("3,50", "Write 3.50 with a point."),
        ("1,000", "Write 1000 without a comma, or 1.000 with a point."),
        ("1,000.50", "Write 1000.50 without a comma."),
        ("nan", "Write a price such as 0.15, or free."),
        ("inf", "Write a price such as 0.15, or free."),
        ("-1", "A price is 0 or more; write free for 0."),
        ("1e999", "the exponent of this one is out of range"),
        ("1e999999999", "the exponent of this one is out of range"),
        ("1e-999999999", "the exponent of this one is out of range"),
        ("1.2.3", "at most one point"),
        ("3 EUR", "Write the amount alone"),
        ("€3", "Write the amount alone"),
        ("3/x", "Write the unit as /M, /k or /tok"),
        ("1001/tok", "at most 1,000 USD per token"),
        ("0.12345678901234567", "at most 15 digits"),
        ("0.1234567890123456789", "at most 15 digits"),
        ("1e-330", "this small cannot be kept"),
        ("9" * 5000, "too long"),
        ("٣", "such as 0.15"),
        ("\x1b[31m3", "such as 0.15"),
    ],
)
def test_what_is_no_price_is_refused_with_what_to_write(text: str, says: str) -> None:
    start = process_time()
    with pytest.raises(ValueError) as refusal:
        parse_price(text)
    assert says in str(refusal.value)
    assert process_time() - start < 0.1


def test_a_long_fraction_is_taken_only_when_a_double_is_written_just_so() -> None:
    assert show_price(1.0000000000000001e-07) == "0.10000000000000001"
    assert per_token("0.10000000000000001") == 1.0000000000000001e-07
    with pytest.raises(ValueError, match="15 digits"):
        parse_price("0.10000000000000003")


def test_every_price_of_the_grid_from_a_tenth_of_a_cent_to_200_dollars_comes_back_exactly() -> None:
    wrong = []
    for thousandth in range(1, 200_001):
        typed = f"{thousandth // 1000}.{thousandth % 1000:03d}"
        if per_million(float(Decimal(typed).scaleb(-6))) != Decimal(typed):
            wrong.append(typed)
    assert wrong == []
    for thousandth in range(1, 200_001, 97):
        typed = f"{thousandth // 1000}.{thousandth % 1000:03d}"
        shown = show_price(per_token(typed))
        assert shown == (typed[:-1] if typed.endswith("0") else typed)


@given(st.floats(0, 1000))
def test_whatever_is_kept_is_shown_so_that_typing_it_keeps_the_same(value: float) -> None:
    assert per_token(show_price(value)) == value


@given(st.decimals(0, 1000, allow_nan=False, places=9))
def test_fifteen_digits_survive_being_kept(price: Decimal) -> None:
    assert per_million(per_token(f"{price:f}")) == price


def test_unknown_free_and_not_applicable_are_three_different_things() -> None:
    assert [show_price(None), show_price(0.0), show_price(None, applicable=False)] == ["?", "free", "-"]


@pytest.mark.parametrize(
    ("value", "shown"), [(1.25e-7, "0.125"), (1.5e-7, "0.15"), (2e-4, "200.00"), (1000.0, "1000000000.00")]
)
def test_a_price_is_shown_with_two_decimals_and_every_digit(value: float, shown: str) -> None:
    assert show_price(value) == shown


@pytest.mark.parametrize(
    ("text", "offer"),
    [("0.000015", "15.00"), ("0.0000005", "0.50"), ("3/tok", "3.00"), ("15000000", "15.00")],
)
def test_a_price_in_the_wrong_unit_is_doubted_with_the_likely_reading(text: str, offer: str) -> None:
    price = parse_price(text)
    assert price is not None
    doubt = looks_off(price)
    assert doubt is not None
    assert doubt.reading is not None
    assert f"which is {offer} per 1M." in doubt.sentence
    assert show_price(float(doubt.reading)) == offer


@pytest.mark.parametrize(("text", "says"), [("5000", "Above 1,000"), ("0.0000000001", "Below 0.001")])
def test_a_price_far_out_without_a_likely_reading_is_only_doubted(text: str, says: str) -> None:
    doubt = looks_off(parse_price(text) or Decimal(0))
    assert doubt is not None
    assert doubt.reading is None
    assert says in doubt.sentence


@pytest.mark.parametrize("text", ["free", "0.001", "0.15", "1000"])
def test_an_ordinary_price_is_not_doubted(text: str) -> None:
    assert looks_off(parse_price(text) or Decimal(0)) is None


def test_a_cost_is_exact_where_floats_are_not() -> None:
    assert cost(3, 1.25e-6) == Decimal("3.75E-6")
    assert 3 * 1.25e-6 != 3.75e-6


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("128k", 128_000), ("1M", 1_000_000), ("1.5k", 1_500), ("200_000", 200_000), ("200,000", 200_000),
        ("60/min", 60), ("60 per minute", 60), ("2B", 2_000_000_000), (" 7 ", 7), ("", None),
        (str(MAX_COUNT), MAX_COUNT),
    ],
)  # fmt: skip
def test_a_count_may_be_written_short_or_grouped(text: str, count: int | None) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0", "above 0"),
        ("-1", "above 0"),
        ("5.9", "whole number"),
        ("3,50", "whole number"),
        ("1,5k", "Write 1.5k with a point."),
        ("nan", "whole number"),
        ("1e5", "whole number"),
        ("0.0001k", "whole number"),
        ("none", "Leave it empty"),
        ("60/day", "per minute"),
        (str(MAX_COUNT + 1), "at most 9,007,199,254,740,992"),
        ("9" * 5000, "whole number"),
        ("٣", "whole number"),
    ],
)
def test_what_is_no_count_is_refused_with_what_to_write(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_count(text)


def test_a_rate_of_another_window_is_not_taken_for_this_one() -> None:
    assert parse_count("60/h", rates=("hour",)) == 60
    with pytest.raises(ValueError, match="per hour"):
        parse_count("60/min", rates=("hour",))
    with pytest.raises(ValueError, match="alone"):
        parse_count("60/min", rates=())


@pytest.mark.parametrize(
    ("count", "short"),
    [
        (None, "?"), (999, "999"), (1000, "1k"), (1005, "1k"), (8192, "8.1k"), (64_000, "64k"),
        (128_000, "128k"),

        (131_072, "131k"), (200_000, "200k"), (999_999, "999k"), (1_000_000, "1M"), (1_048_576, "1.04M"),
        (12_500_000, "12.5M"), (2_000_000_000, "2B"),
    ],
)  # fmt: skip
def test_a_count_is_shortened_for_a_narrow_column_and_never_rounded_up(count: int | None, short: str) -> None:
    assert short_count(count) == short


def test_a_count_in_full_has_thousands_commas() -> None:
    assert [show_count(200_000), show_count(None)] == ["200,000", "?"]


@given(st.integers(1, MAX_COUNT))
def test_a_count_shown_in_full_is_read_back(count: int) -> None:
    assert parse_count(show_count(count)) == count
