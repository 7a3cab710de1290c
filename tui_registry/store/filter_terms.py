"""The conditions each list can be filtered by: their names, their SQL and how they are explained."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from tui_registry.clock import stamp
from tui_registry.money import parse_count, parse_price
from tui_registry.store import view_columns as columns
from tui_registry.store.view_columns import ViewName

Value: TypeAlias = int | float | str
Sql: TypeAlias = tuple[str, tuple[Value, ...]]
Build: TypeAlias = Callable[[str, str, datetime], Sql]

COMPARISONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "=", ":": "="}
_AMOUNT = re.compile(r"\$?(\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})(%?)")
_AGE = re.compile(r"(\d{1,5})(h|d|w|m|y)")
_HOURS = {"h": 1, "d": 24, "w": 168, "m": 730, "y": 8766}
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Condition:
    """One name that may stand before an operator, an example of it and what it means.

    `build` turns operator, value and the present moment into SQL with bound values; it raises ValueError
    with a sentence when the value says nothing.
    """

    example: str
    meaning: str
    build: Build


@dataclass(frozen=True, slots=True)
class Flag:
    """One word that stands for a fact instead of a text to look for."""

    meaning: str
    sql: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the filter of one list understands."""

    words: tuple[str, ...]
    path: str
    conditions: Mapping[str, Condition]
    flags: Mapping[str, Flag]


def holds(text: str) -> str:
    """The LIKE pattern for a text anywhere, written so that `%`, `_` and `\\` mean themselves."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _amount(value: str) -> float:
    """A plain number, a share in percent or an amount of dollars."""
    match = _AMOUNT.fullmatch(value)
    if match is None:
        raise ValueError("Write a number, for example 0.9.")
    return float(match[1]) / (100 if match[2] else 1)


def _count(value: str) -> int:
    """A whole number such as 0, 128k or 1M."""
    if value == "0":
        return 0
    number = parse_count(value)
    if number is None:
        raise ValueError("Write a whole number, for example 128k.")
    return number


def _price(value: str) -> float:
    """A price per token from what is written per 1M tokens."""
    price = parse_price(value)
    if price is None:
        raise ValueError("Write a price per 1M tokens, for example 0.50.")
    return float(price)


def _number(sql: str, read: Callable[[str], int | float]) -> Build:
    """A comparison with a number."""

    def build(operator: str, value: str, _now: datetime) -> Sql:
        return f"({sql}) {COMPARISONS[operator]} ?", (read(value),)

    return build


def _text(*sqls: str) -> Build:
    """`:` looks for a part of the text, `=` for the whole of it; case never matters."""

    def build(operator: str, value: str, _now: datetime) -> Sql:
        if operator not in (":", "="):
            raise ValueError("Write it with a colon.")
        if operator == "=":
            parts, bound = [f"{sql} = ? COLLATE NOCASE" for sql in sqls], value
        else:
            parts, bound = [f"{sql} LIKE ? ESCAPE '\\'" for sql in sqls], holds(value)
        return f"({' OR '.join(parts)})", (bound,) * len(parts)

    return build


def _choice(choices: Mapping[str, str]) -> Build:
    """One of a few words; the beginning of one is enough."""

    def build(operator: str, value: str, _now: datetime) -> Sql:
        asked = value.lower()
        meant = [asked] if asked in choices else [word for word in choices if word.startswith(asked)]
        if operator not in (":", "=") or not meant:
            raise ValueError(f"Write one of: {', '.join(choices)}.")
        return f"({' OR '.join(choices[word] for word in meant)})", ()

    return build


def _one_of(sql: str, words: str) -> Build:
    """A column that holds one of a few words."""
    return _choice({word: f"{sql} = '{word}'" for word in words.split()})


def _since(operator: str, value: str, now: datetime) -> Sql:
    """From a day, month or year on, or from so long ago."""
    _only_colon(operator)
    return "r.created_at >= ?", (_ago(value, now) or _day(value),)


def _until(operator: str, value: str, now: datetime) -> Sql:
    """Up to the end of a day, month or year, or up to so long ago."""
    _only_colon(operator)
    # "~" sorts after everything that may follow a date, so the whole day, month or year is meant.
    return "r.created_at <= ?", (_ago(value, now) or _day(value) + "~",)


def _only_colon(operator: str) -> None:
    """Refuse `since>…`, which would mean two things at once."""
    if operator not in (":", "="):
        raise ValueError("Write it with a colon.")


def _ago(value: str, now: datetime) -> str | None:
    """The stored form of the moment so long ago, None when the value is not an age."""
    match = _AGE.fullmatch(value.lower())
    if match is None:
        return None
    try:
        return stamp(now - timedelta(hours=int(match[1]) * _HOURS[match[2]]))
    except OverflowError:
        return stamp(datetime.min.replace(tzinfo=UTC))


def _day(value: str) -> str:
    """A checked year, month or day."""
    if not _DATE.fullmatch(value):
        raise ValueError("Write a date such as 2026-09-01, or an age such as 7d.")
    date.fromisoformat(value + "-01-01"[len(value) - 4 :] if len(value) < 10 else value)
    return value


_P_NAME, _M_ID, _M_NAME = "p.name", "m.model_id", "m.name"

_PROVIDER = Condition("provider:groq", "the provider's name holds this", _text(_P_NAME))
_MODEL = Condition("model:llama", "the model's id or name holds this", _text(_M_ID, _M_NAME))
_KEY = Condition(
    "key:set",
    "the provider's API key is set, none, or checked",
    _choice(
        {
            "set": "p.api_key_encrypted IS NOT NULL",
            "none": "p.api_key_encrypted IS NULL",
            "checked": "p.key_validated_at IS NOT NULL",
        }
    ),
)
_ACTIVE = Flag("the provider is switched on", "p.is_active = 1")
_MODEL_STATUS = Condition(
    "status:verified",
    "the model is verified or unverified; its last checks pass or fail; or it was never checked",
    _choice(
        {
            "verified": "m.verification_state = 'verified'",
            "unverified": "m.verification_state = 'unverified'",
            "pass": "(m.last_verified_at IS NOT NULL AND m.consecutive_failures = 0)",
            "fail": "m.consecutive_failures > 0",
            "never": "(m.last_verified_at IS NULL AND m.consecutive_failures = 0)",
        }
    ),
)
_PRICES = {
    "in": Condition("in<1", "input price in currency per 1M tokens", _number(columns.INPUT, _price)),
    "out": Condition("out<=10", "output price in currency per 1M tokens", _number(columns.OUTPUT, _price)),
    "mix": Condition("mix<2", "price of three parts input to one part output", _number(columns.MIX, _price)),
    "price": Condition(
        "price:unknown",
        "where the price comes from: the model itself, its provider, or unknown",
        _choice(
            {
                "model": "mp.model_id IS NOT NULL",
                "provider": "(mp.model_id IS NULL AND pp.provider_id IS NOT NULL)",
                "unknown": "(mp.model_id IS NULL AND pp.provider_id IS NULL)",
            }
        ),
    ),
}
_MODEL_CONDITIONS = {
    "provider": _PROVIDER,
    "model": _MODEL,
    "ctx": Condition("ctx>=128k", "largest input in tokens", _number("m.max_input_tokens", _count)),
    "maxout": Condition("maxout>=8k", "largest output in tokens", _number("m.max_output_tokens", _count)),
    **_PRICES,
    "score": Condition("score>0.9", "score from 0 to 1", _number("m.score", _amount)),
    "status": _MODEL_STATUS,
    "key": _KEY,
}
_MODEL_FLAGS = {
    "active": _ACTIVE,
    "reasoning": Flag("the model can reason", "m.supports_reasoning = 1"),
    "streaming": Flag("the model can stream", "m.supports_streaming = 1"),
}
_PATH = "(p.name || '/' || m.model_id)"

VOCABULARIES: dict[ViewName, Vocabulary] = {
    "providers": Vocabulary(
        words=(_P_NAME, "p.endpoint"),
        path="",
        conditions={
            "provider": _PROVIDER,
            "status": Condition(
                "status:active",
                "the provider is active or inactive",
                _choice({"active": "p.is_active = 1", "inactive": "p.is_active = 0"}),
            ),
            "key": _KEY,
            "models": Condition("models>10", "number of models", _number(columns.MODEL_COUNT, _count)),
            "score": Condition(
                "score>0.9", "mean score of its models", _number(columns.PROVIDER_SCORE, _amount)
            ),
            "p50": Condition(
                "p50<800", "median latency of its last results in ms", _number(columns.LATENCY_P50, _count)
            ),
            "source": Condition(
                "source:user", "a provider you added, or a known one", _one_of("k.source", "user package")
            ),
        },
        flags={"active": _ACTIVE},
    ),
    "models": Vocabulary(
        words=(_P_NAME, _M_ID, _M_NAME),
        path=_PATH,
        conditions={
            **_MODEL_CONDITIONS,
            "source": Condition(
                "source:user",
                "who the model's facts come from: user, provider or catalogue",
                _one_of("m.source", "user provider catalogue"),
            ),
        },
        flags=_MODEL_FLAGS,
    ),
    "prices": Vocabulary(
        words=(_P_NAME, _M_ID, _M_NAME),
        path=_PATH,
        conditions={
            **_MODEL_CONDITIONS,
            "cached": Condition(
                "cached<0.1",
                "price of cached input in currency per 1M tokens",
                _number("mp.cache_read_price_per_token", _price),
            ),
            "source": Condition(
                "source:user",
                "who the price comes from: user, provider or catalogue",
                _one_of(f"({columns.SOURCE})", "user provider catalogue"),
            ),
        },
        flags=_MODEL_FLAGS,
    ),
    "limits": Vocabulary(
        words=(_P_NAME,),
        path="",
        conditions={
            "provider": _PROVIDER,
            "rpm": Condition("rpm>=60", "requests per minute", _number("l.requests_per_minute", _count)),
            "rph": Condition("rph>=1k", "requests per hour", _number("l.requests_per_hour", _count)),
            "tpm": Condition("tpm>=100k", "tokens per minute", _number("l.tokens_per_minute", _count)),
            "tph": Condition("tph>=1M", "tokens per hour", _number("l.tokens_per_hour", _count)),
            "key": _KEY,
            "source": Condition(
                "source:observed",
                "who the limits come from: user, observed or catalogue",
                _one_of("l.source", "user observed catalogue"),
            ),
        },
        flags={"active": _ACTIVE},
    ),
    "history": Vocabulary(
        words=(_P_NAME, _M_ID, _M_NAME),
        path=_PATH,
        conditions={
            "provider": _PROVIDER,
            "model": _MODEL,
            "status": Condition(
                "status:fail",
                "how the test ended: pass, partial, fail, unsupported, blocked, error or skipped",
                _one_of("r.status", "pass partial fail unsupported blocked error skipped"),
            ),
            "test": Condition("test:key", "what was tested", _text("r.test_type")),
            "outcome": Condition("outcome:rate", "what came back", _text("r.outcome")),
            "http": Condition("http=429", "HTTP status", _number("r.http_status", _count)),
            "latency": Condition("latency>2000", "whole answer in ms", _number("r.latency_ms", _count)),
            "ttft": Condition("ttft<500", "first token in ms", _number("r.ttft_ms", _count)),
            "tps": Condition("tps>50", "tokens per second", _number("r.tokens_per_second", _amount)),
            "score": Condition("score<0.5", "score from 0 to 1", _number("r.score", _amount)),
            "cost": Condition("cost>0.01", "cost of the test in USD", _number("r.cost", _amount)),
            "run": Condition("run=12", "number of the run", _number("r.run_id", _count)),
            "since": Condition("since:7d", "this day or later: 2026-09-01, 2026-09, 24h, 7d, 4w", _since),
            "until": Condition("until:2026-09-01", "this day or earlier", _until),
        },
        flags={},
    ),
}
