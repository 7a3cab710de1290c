"""What the filter of each list understands: the names, what they say in SQL and how they are explained."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tui_registry.store import view_columns as columns
from tui_registry.store.filter_conditions import (
    Build,
    Condition,
    Flag,
    amount,
    choice,
    count,
    number,
    one_of,
    part_of,
    price,
    since,
    until,
)
from tui_registry.store.view_columns import ViewName


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What one list understands; `word` and `path` look for a plain word, without and with a slash."""

    word: Build
    path: Build
    conditions: Mapping[str, Condition]
    flags: Mapping[str, Flag]


_PROVIDER_LIKE = r"p.name LIKE ? ESCAPE '\'"
_PROVIDER_IS = "p.name = ? COLLATE NOCASE"
_ENDPOINT_LIKE = r"p.endpoint LIKE ? ESCAPE '\'"
_MODEL_LIKE = r"(m.model_id LIKE ? ESCAPE '\' OR m.name LIKE ? ESCAPE '\')"
_MODEL_IS = "(m.model_id = ? COLLATE NOCASE OR m.name = ? COLLATE NOCASE)"
_PATH_LIKE = r"(p.name || '/' || m.model_id LIKE ? ESCAPE '\')"

# Results outnumber models and providers by far, so the names are searched once, not once for each result.
_TRIED_PROVIDER_LIKE = r"r.provider_id IN (SELECT id FROM provider WHERE name LIKE ? ESCAPE '\')"
_TRIED_PROVIDER_IS = "r.provider_id IN (SELECT id FROM provider WHERE name = ? COLLATE NOCASE)"
_TRIED_MODEL_LIKE = (
    r"r.model_id IN (SELECT id FROM model WHERE model_id LIKE ? ESCAPE '\' OR name LIKE ? ESCAPE '\')"
)
_TRIED_MODEL_IS = (
    "r.model_id IN (SELECT id FROM model WHERE model_id = ? COLLATE NOCASE OR name = ? COLLATE NOCASE)"
)
_TRIED_PATH_LIKE = (
    "r.model_id IN (SELECT m.id FROM model m JOIN provider p ON p.id = m.provider_id"
    r" WHERE p.name || '/' || m.model_id LIKE ? ESCAPE '\')"
)


def _any(*likes: str) -> Build:
    """A plain word looked for in several places."""
    return part_of(f"({' OR '.join(likes)})", "")


_PROVIDER = Condition(
    "provider:groq", "the provider's name holds this", part_of(_PROVIDER_LIKE, _PROVIDER_IS)
)
_MODEL = Condition("model:llama", "the model's id or name holds this", part_of(_MODEL_LIKE, _MODEL_IS))
_KEY = Condition(
    "key:set",
    "the provider's API key is set, none, or checked",
    choice(
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
    choice(
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
    "in": Condition("in<1", "input price in currency per 1M tokens", number(columns.INPUT, price)),
    "out": Condition("out<=10", "output price in currency per 1M tokens", number(columns.OUTPUT, price)),
    "mix": Condition(
        "mix<2", "average of input and output, 3:1 unless set otherwise", number(columns.MIX, price)
    ),
    "price": Condition(
        "price:unknown",
        "where the price comes from: the model itself, its provider, or unknown",
        choice(
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
    "ctx": Condition("ctx>=128k", "largest input in tokens", number("m.max_input_tokens", count)),
    "maxout": Condition("maxout>=8k", "largest output in tokens", number("m.max_output_tokens", count)),
    **_PRICES,
    "score": Condition("score>0.9", "score from 0 to 1", number("m.score", amount)),
    "status": _MODEL_STATUS,
    "key": _KEY,
}
_OBSERVED = "(SELECT {fact} FROM model_observation WHERE model_id = m.id) = 1"
_MODEL_FLAGS = {
    "active": _ACTIVE,
    "reasoning": Flag("the model can reason", "m.supports_reasoning = 1"),
    "streaming": Flag("the model can stream", "m.supports_streaming = 1"),
    "tools": Flag("the model was seen to call tools", _OBSERVED.format(fact="supports_tools")),
    "json": Flag("the model was seen to answer in JSON", _OBSERVED.format(fact="supports_json")),
}

VOCABULARIES: dict[ViewName, Vocabulary] = {
    "providers": Vocabulary(
        word=_any(_PROVIDER_LIKE, _ENDPOINT_LIKE),
        path=_any(_PROVIDER_LIKE, _ENDPOINT_LIKE),
        conditions={
            "provider": _PROVIDER,
            "status": Condition(
                "status:active",
                "the provider is active or inactive",
                choice({"active": "p.is_active = 1", "inactive": "p.is_active = 0"}),
            ),
            "key": _KEY,
            "models": Condition("models>10", "number of models", number(columns.MODEL_COUNT, count)),
            "score": Condition(
                "score>0.9", "mean score of its models", number(columns.PROVIDER_SCORE, amount)
            ),
            "p50": Condition(
                "p50<800", "median latency of its last results in ms", number(columns.LATENCY_P50, count)
            ),
            "source": Condition(
                "source:user", "a provider you added, or a known one", one_of("k.source", "user package")
            ),
        },
        flags={"active": _ACTIVE},
    ),
    "models": Vocabulary(
        word=_any(_PROVIDER_LIKE, _MODEL_LIKE),
        path=_any(_PROVIDER_LIKE, _MODEL_LIKE, _PATH_LIKE),
        conditions={
            **_MODEL_CONDITIONS,
            "source": Condition(
                "source:user",
                "who the model's facts come from: user, provider or catalogue",
                one_of("m.source", "user provider catalogue"),
            ),
        },
        flags=_MODEL_FLAGS,
    ),
    "prices": Vocabulary(
        word=_any(_PROVIDER_LIKE, _MODEL_LIKE),
        path=_any(_PROVIDER_LIKE, _MODEL_LIKE, _PATH_LIKE),
        conditions={
            **_MODEL_CONDITIONS,
            "cached": Condition(
                "cached<0.1",
                "price of cached input in currency per 1M tokens",
                number("mp.cache_read_price_per_token", price),
            ),
            "source": Condition(
                "source:user",
                "who the price comes from: user, provider or catalogue",
                one_of(f"({columns.SOURCE})", "user provider catalogue"),
            ),
        },
        flags=_MODEL_FLAGS,
    ),
    "limits": Vocabulary(
        word=_any(_PROVIDER_LIKE),
        path=_any(_PROVIDER_LIKE),
        conditions={
            "provider": _PROVIDER,
            "rpm": Condition("rpm>=60", "requests per minute", number("l.requests_per_minute", count)),
            "rph": Condition("rph>=1k", "requests per hour", number("l.requests_per_hour", count)),
            "tpm": Condition("tpm>=100k", "tokens per minute", number("l.tokens_per_minute", count)),
            "tph": Condition("tph>=1M", "tokens per hour", number("l.tokens_per_hour", count)),
            "key": _KEY,
            "source": Condition(
                "source:observed",
                "who the limits come from: user, observed or catalogue",
                one_of("l.source", "user observed catalogue"),
            ),
        },
        flags={"active": _ACTIVE},
    ),
    "history": Vocabulary(
        word=_any(_TRIED_PROVIDER_LIKE, _TRIED_MODEL_LIKE),
        path=_any(_TRIED_PROVIDER_LIKE, _TRIED_MODEL_LIKE, _TRIED_PATH_LIKE),
        conditions={
            "provider": replace(_PROVIDER, build=part_of(_TRIED_PROVIDER_LIKE, _TRIED_PROVIDER_IS)),
            "model": replace(_MODEL, build=part_of(_TRIED_MODEL_LIKE, _TRIED_MODEL_IS)),
            "status": Condition(
                "status:fail",
                "how the test ended: pass, partial, fail, unsupported, blocked, error or skipped",
                one_of("r.status", "pass partial fail unsupported blocked error skipped"),
            ),
            "test": Condition(
                "test:key",
                "what was tested",
                part_of(r"r.test_type LIKE ? ESCAPE '\'", "r.test_type = ? COLLATE NOCASE"),
            ),
            "outcome": Condition(
                "outcome:rate",
                "what came back",
                part_of(r"r.outcome LIKE ? ESCAPE '\'", "r.outcome = ? COLLATE NOCASE"),
            ),
            "http": Condition("http=429", "HTTP status", number("r.http_status", count)),
            "latency": Condition("latency>2000", "whole answer in ms", number("r.latency_ms", count)),
            "ttft": Condition("ttft<500", "first token in ms", number("r.ttft_ms", count)),
            "tps": Condition("tps>50", "tokens per second", number("r.tokens_per_second", amount)),
            "score": Condition("score<0.5", "score from 0 to 1", number("r.score", amount)),
            "cost": Condition("cost>0.01", "cost of the test in USD", number("r.cost", amount)),
            "run": Condition("run=12", "number of the run", number("r.run_id", count)),
            "since": Condition("since:7d", "this day or later: 2026-09-01, 2026-09, 24h, 7d, 4w", since),
            "until": Condition("until:2026-09", "this day or earlier", until),
        },
        flags={},
    ),
}
