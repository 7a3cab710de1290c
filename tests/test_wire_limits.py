"""Limits and waits as providers state them: every family of headers, every form of a reset."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.fault_server import says_json
from tests.wire_asking import chat_with
from tui_registry.wire import LimitSeen
from tui_registry.wire.hints import reset_moment, retry_after
from tui_registry.wire.limits import read_limits

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


def seen(headers: dict[str, str], family: str | None) -> set[tuple[str, str | None, int | None, int | None]]:
    return {
        (each.metric, each.window, each.limit, each.remaining) for each in read_limits(headers, family, NOW)
    }


OPENAI = {
    "x-ratelimit-limit-requests": "1000", "x-ratelimit-remaining-requests": "999",
    "x-ratelimit-reset-requests": "1m26.4s", "x-ratelimit-limit-tokens": "12000",
    "x-ratelimit-remaining-tokens": "11950",
}  # fmt: skip
ANTHROPIC = {
    f"anthropic-ratelimit-{kind}-{part}": value
    for kind in ("requests", "tokens", "input-tokens", "output-tokens")
    for part, value in (("limit", "50"), ("remaining", "0"), ("reset", "2026-11-23T12:00:30Z"))
}

FAMILIES = [
    ("openai", OPENAI, {("requests", "minute", 1000, 999), ("tokens", "minute", 12000, 11950)}),
    ("azure", OPENAI, {("requests", "minute", 1000, 999), ("tokens", "minute", 12000, 11950)}),
    ("groq", OPENAI, {("requests", "day", 1000, 999), ("tokens", "minute", 12000, 11950)}),
    (None, OPENAI, {("requests", None, 1000, 999), ("tokens", None, 12000, 11950)}),
    (
        "anthropic",
        ANTHROPIC,
        {(kind, "minute", 50, 0) for kind in ("requests", "tokens", "input_tokens", "output_tokens")},
    ),
    (
        "cerebras",
        {
            "x-ratelimit-limit-requests-day": "14400",
            "x-ratelimit-remaining-requests-day": "14399",
            "x-ratelimit-limit-tokens-minute": "60000",
            "x-ratelimit-limit-tokens-hour": "1000000",
        },
        {
            ("requests", "day", 14400, 14399),
            ("tokens", "minute", 60000, None),
            ("tokens", "hour", 1000000, None),
        },
    ),
    (
        "sambanova",
        {"x-ratelimit-limit-requests": "20", "x-ratelimit-limit-requests-day": "400"},
        {("requests", "minute", 20, None), ("requests", "day", 400, None)},
    ),
    (
        "mistral",
        {
            "x-ratelimit-limit-req-minute": "50",
            "x-ratelimit-remaining-req-minute": "49",
            "x-ratelimit-limit-tokens-minute": "500000",
            "x-ratelimit-tokens-query-cost": "12",
        },
        {("requests", "minute", 50, 49), ("tokens", "minute", 500000, None)},
    ),
    (
        "together",
        {
            "x-ratelimit-limit": "10",
            "x-ratelimit-remaining": "9",
            "x-tokenlimit-limit": "3000",
            "x-tokenlimit-limit-dynamic": "2500",
        },
        {("requests", "second", 10, 9), ("tokens", "second", 3000, None), ("tokens", "second", 2500, None)},
    ),
    (
        "fireworks",
        {
            "x-ratelimit-limit-tokens-prompt": "216000",
            "x-ratelimit-limit-tokens-generated": "36000",
            "x-ratelimit-over-limit": "no",
        },
        {("input_tokens", "minute", 216000, None), ("output_tokens", "minute", 36000, None)},
    ),
    (
        "openrouter",
        {"x-ratelimit-limit": "20", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795435260000"},
        {("requests", None, 20, 0)},
    ),
    (
        "litellm",
        {
            "x-litellm-key-rpm-limit": "20",
            "x-litellm-key-tpm-limit": "10000",
            "x-ratelimit-api_key-limit-requests": "20",
            "x-ratelimit-api_key-remaining-requests": "19",
            "llm_provider-x-ratelimit-limit-requests": "5000",
        },
        {
            ("requests", "minute", 20, None),
            ("tokens", "minute", 10000, None),
            ("requests", "minute", 20, 19),
            ("requests", None, 5000, None),
        },
    ),
    (
        None,
        {"ratelimit-policy": '"default";q=100;w=60', "ratelimit": '"default";r=50;t=30'},
        {("requests", "minute", 100, 50)},
    ),
    (None, {"ratelimit-policy": '"default";q=100;w=45'}, {("requests", None, 100, None)}),
    ("openai", {"x-ratelimit-limit-requests": "-1", "x-ratelimit-remaining-requests": "-5"}, set()),
    ("openai", {"x-ratelimit-limit-requests": "many"}, set()),
    ("openai", {"x-ratelimit-limit-requests": "9" * 400}, set()),
    ("openai", {"x-ratelimit-limit-images": "3"}, set()),
    ("openai", {}, set()),
]


@pytest.mark.parametrize(("family", "headers", "expected"), FAMILIES)
def test_a_window_comes_from_the_family_or_the_name_and_is_never_guessed(
    family: str | None,
    headers: dict[str, str],
    expected: set[tuple[str, str | None, int | None, int | None]],
) -> None:
    assert seen(headers, family) == expected


def test_a_gateways_upstream_limits_come_before_its_own() -> None:
    headers = {"x-ratelimit-limit-requests": "1", "llm_provider-x-ratelimit-limit-requests": "2"}
    assert [each.limit for each in read_limits(headers, "openai", NOW)] == [2, 1]


def test_a_limit_keeps_its_headers_as_received() -> None:
    limit = read_limits(OPENAI, "groq", NOW)[0]
    assert limit.header == (
        "x-ratelimit-limit-requests: 1000; x-ratelimit-remaining-requests: 999; "
        "x-ratelimit-reset-requests: 1m26.4s"
    )
    assert limit.reset_at == NOW + timedelta(seconds=86.4)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("6m0s", 360), ("1m26.4s", 86.4), ("825ms", 0.825), ("0.5", 0.5), ("60", 60), ("1h2m3.5s", 3723.5),
        ("2d", 172_800), ("0", 0), (" 7 ", 7), ("1795435260", 60), ("1795435260000", 60),
        ("1795435260.5", 60.5),
        ("2026-11-23T12:00:30Z", 30), ("2026-11-23T13:00:30+01:00", 30), ("2026-11-23T12:00:30.250Z", 30.25),
        ("Mon, 23 Nov 2026 12:01:00 GMT", 60), ("2020-01-01T00:00:00Z", 0),
    ],
)  # fmt: skip
def test_every_form_of_a_reset_is_read(text: str, seconds: float) -> None:
    moment = reset_moment(text, NOW)
    assert moment is not None
    assert (moment - NOW).total_seconds() == pytest.approx(seconds, abs=0.001)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "-5",
        "NaN",
        "inf",
        "1e999",
        "9" * 40,
        "99999d",
        "6m 0s",
        "5 minutes",
        "2026-99-99",
        "\u0661\u0662",
        "1_000",
    ],
)
def test_text_outside_the_grammar_is_no_reset(text: str) -> None:
    assert reset_moment(text, NOW) is None


def exhausted(seconds: float) -> tuple[LimitSeen, ...]:
    full = LimitSeen("tokens", "minute", 10, 5, NOW + timedelta(seconds=900), "")
    return full, LimitSeen("requests", "minute", 10, 0, NOW + timedelta(seconds=seconds), "")


RETRY_INFO = {"error": {"details": [{"@type": "RetryInfo", "retryDelay": "38s"}]}}


@pytest.mark.parametrize(
    ("headers", "limits", "body", "message", "seconds"),
    [
        ({"retry-after-ms": "1500", "retry-after": "9"}, exhausted(20), RETRY_INFO, "", 1.5),
        ({"retry-after": "9"}, exhausted(20), RETRY_INFO, "", 9),
        ({"retry-after": "Mon, 23 Nov 2026 12:01:00 GMT"}, (), None, "", 60),
        ({}, exhausted(20), RETRY_INFO, "try again in 5s", 20),
        ({}, (), RETRY_INFO, "try again in 5s", 38),
        ({}, (), {"error": {"reset_at": "2026-11-23T12:00:45Z"}}, "", 45),
        ({}, (), None, "Please try again in 1m26.4s. Visit", 86.4),
        ({}, (), None, "Expected available in 12 seconds.", 12),
        ({}, (), None, "Please retry after 300ms", 0.3),
        ({}, (), None, "wait 2 minutes", 120),
        ({}, (), None, "Limit 30, used 29", None),
        ({"retry-after": "soon"}, (), None, "", None),
    ],
)
def test_the_most_exact_hint_decides_how_long_to_wait(
    headers: dict[str, str], limits: tuple[LimitSeen, ...], body: object, message: str, seconds: float | None
) -> None:
    found = retry_after(headers, limits, body, message, NOW)
    assert found == (None if seconds is None else pytest.approx(seconds))


async def test_limits_and_the_wait_arrive_with_the_reply() -> None:
    headers = {name.replace("-", "_"): value for name, value in OPENAI.items()}
    refused = says_json({"error": {"message": "slow down"}}, 429, retry_after="7", **headers)
    reply = await chat_with(refused, limit_headers="groq")
    assert reply.exchange.outcome == "rate"
    assert reply.exchange.retry_after == 7
    assert {(each.metric, each.window) for each in reply.exchange.limits} == {
        ("requests", "day"),
        ("tokens", "minute"),
    }
    assert reply.exchange.headers["x-ratelimit-limit-requests"] == "1000"


async def test_a_wait_of_more_than_a_minute_is_not_one_to_wait_for() -> None:
    refused = says_json({"error": {"message": "slow down"}}, 429, retry_after="61")
    assert (await chat_with(refused)).exchange.outcome == "daily"
