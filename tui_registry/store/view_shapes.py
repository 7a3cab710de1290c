"""The five lists: what each shows, the joins behind it and the order of equals."""

from dataclasses import replace

from tui_registry.store.view_columns import (
    CURRENCY,
    INPUT,
    LAST_CHECKED,
    LATENCY_P50,
    MIX,
    MODEL_COUNT,
    OUTPUT,
    PRICE_ORIGIN,
    PROVIDER_SCORE,
    SOURCE,
    Column,
    Holder,
    Rank,
    Shape,
    ViewName,
    own_price,
    words,
)

_PROVIDER_TIE = ("p.name COLLATE NOCASE ASC", "p.id ASC")
_MODEL_TIE = ("p.name COLLATE NOCASE ASC", "m.model_id COLLATE NOCASE ASC", "m.id ASC")
_MODEL_PRICES = (
    " LEFT JOIN model_pricing mp ON mp.model_id = m.id"
    " LEFT JOIN pricing_info pp ON pp.provider_id = m.provider_id"
)
# A cross join is SQLite's way to fix which table leads; without statistics it often guesses wrong.
_MODELS_BY_PROVIDER = "provider p CROSS JOIN model m ON m.provider_id = p.id" + _MODEL_PRICES
_MODELS_BY_NAME = "model m CROSS JOIN provider p ON p.id = m.provider_id" + _MODEL_PRICES
_MODELS_AS_STORED = "model m NOT INDEXED CROSS JOIN provider p ON p.id = m.provider_id" + _MODEL_PRICES
# Named, as with a filter SQLite would leave the order for an index of what is filtered by.
_MODEL_WALKS = {"name": _MODELS_BY_NAME.replace("model m", "model m INDEXED BY model_by_name", 1)}
_OF_PRICES = (
    "input_price_per_token",
    "output_price_per_token",
    "cache_read_price_per_token",
    "cache_write_price_per_token",
    "mix",
    "price_origin",
    "currency",
    "last_updated",
    "note",
)
# Prices lie in the order of the models as they are stored.
_MODEL_SWEEPS = dict.fromkeys(_OF_PRICES, _MODELS_AS_STORED)
_MODEL_RANKS = {
    name: Rank(Holder(_MODELS_BY_NAME, f"m.{name}{collated}"))
    for name, collated in (
        ("model_id", " COLLATE NOCASE"),
        ("max_input_tokens", ""),
        ("max_output_tokens", ""),
        ("verification_state", " COLLATE NOCASE"),
        ("score", ""),
        ("last_verified_at", ""),
    )
}
_PRICED_MODELS = (
    "model_pricing mp CROSS JOIN model m ON m.id = mp.model_id CROSS JOIN provider p ON p.id = m.provider_id"
)
_MODELS_OF_PRICED_PROVIDERS = (
    "pricing_info pp CROSS JOIN provider p ON p.id = pp.provider_id CROSS JOIN model m"
    " ON m.provider_id = p.id AND NOT EXISTS (SELECT 1 FROM model_pricing WHERE model_id = m.id)"
)
_PRICE_RANKS = {
    name: Rank(Holder(_PRICED_MODELS, f"mp.{name}"), (Holder(_MODELS_OF_PRICED_PROVIDERS, f"pp.{name}"),))
    for name in ("input_price_per_token", "output_price_per_token")
}
# Left joins on purpose: where a query does not use them SQLite drops them, and the results lead the walk.
_HISTORY_ROWS = (
    "verification_result r LEFT JOIN provider p ON p.id = r.provider_id"
    " LEFT JOIN model m ON m.id = r.model_id"
)
_LIMIT_ROWS = "provider p LEFT JOIN limits_info l ON l.provider_id = p.id"
_PROVIDER_ROWS = (
    "provider p LEFT JOIN known_provider k ON k.name = p.name"
    " LEFT JOIN limits_info l ON l.provider_id = p.id"
    " LEFT JOIN pricing_info pp ON pp.provider_id = p.id"
)

PROVIDERS = Shape(
    key="p.id",
    scan=_PROVIDER_ROWS,
    scoped=_PROVIDER_ROWS,
    rows=_PROVIDER_ROWS,
    columns=(
        words("name", "p.name", certain=True),
        words("endpoint", "p.endpoint"),
        Column("is_active", "p.is_active"),
        Column(
            "api_key_encrypted",
            "p.api_key_encrypted",
            sort="(p.api_key_encrypted IS NOT NULL) + (p.key_validated_at IS NOT NULL)",
        ),
        Column("key_validated_at", "p.key_validated_at"),
        Column("uuid", "p.uuid"),
        Column("model_count", MODEL_COUNT),
        Column("score", PROVIDER_SCORE),
        Column("latency_p50_ms", LATENCY_P50),
        Column("last_checked_at", LAST_CHECKED),
        Column("has_price", "pp.provider_id IS NOT NULL"),
        Column("has_limits", "l.provider_id IS NOT NULL"),
        words("state_reason", "p.state_reason"),
        Column("state_changed_at", "p.state_changed_at"),
        words("dialect", "k.dialect"),
        Column("updated_at", "p.updated_at"),
    ),
    tie=_PROVIDER_TIE,
    counted="provider",
    provider_scope="p.id",
    default=("name", False),
)

_MODEL_HEAD = (
    words("provider", "p.name", certain=True),
    words("model_id", "m.model_id", certain=True),
    words("name", "m.name", certain=True),
)
_PRICE_HEAD = (
    Column("input_price_per_token", INPUT),
    Column("output_price_per_token", OUTPUT),
)
_PRICE_TAIL = (words("price_origin", PRICE_ORIGIN), words("currency", CURRENCY))

MODELS = Shape(
    key="m.id",
    scan=_MODELS_BY_PROVIDER,
    walks=_MODEL_WALKS,
    sweeps=_MODEL_SWEEPS,
    ranks=_MODEL_RANKS | _PRICE_RANKS,
    scoped=_MODELS_BY_PROVIDER,
    rows=_MODELS_BY_NAME,
    columns=(
        *_MODEL_HEAD,
        Column("max_input_tokens", "m.max_input_tokens"),
        Column("max_output_tokens", "m.max_output_tokens"),
        *_PRICE_HEAD,
        *_PRICE_TAIL,
        words("verification_state", "m.verification_state"),
        Column("consecutive_failures", "m.consecutive_failures"),
        Column("score", "m.score"),
        Column("last_verified_at", "m.last_verified_at"),
        Column("supports_streaming", "m.supports_streaming"),
        Column("supports_reasoning", "m.supports_reasoning"),
        words("source", "m.source"),
        Column("source_date", "m.source_date"),
        Column("provider_is_active", "p.is_active"),
        Column("provider_id", "m.provider_id"),
    ),
    tie=_MODEL_TIE,
    counted="model",
    provider_scope="m.provider_id",
    model_scope="m.id",
    default=("provider", False),
)

PRICES = replace(
    MODELS,
    sweeps=_MODEL_SWEEPS | dict.fromkeys(("source", "source_date"), _MODELS_AS_STORED),
    ranks={"model_id": _MODEL_RANKS["model_id"], **_PRICE_RANKS},
    columns=(
        *_MODEL_HEAD,
        *_PRICE_HEAD,
        Column("cache_read_price_per_token", "mp.cache_read_price_per_token"),
        Column("cache_write_price_per_token", "mp.cache_write_price_per_token"),
        Column("mix", MIX),
        *_PRICE_TAIL,
        words("source", SOURCE),
        Column("source_date", own_price("source_date")),
        Column("last_updated", own_price("last_updated")),
        words("note", "mp.note"),
        Column("provider_id", "m.provider_id"),
    ),
)

LIMITS = replace(
    PROVIDERS,
    scan=_LIMIT_ROWS,
    scoped=_LIMIT_ROWS,
    rows=_LIMIT_ROWS,
    columns=(
        words("name", "p.name", certain=True),
        Column("requests_per_minute", "l.requests_per_minute"),
        Column("requests_per_hour", "l.requests_per_hour"),
        Column("tokens_per_minute", "l.tokens_per_minute"),
        Column("tokens_per_hour", "l.tokens_per_hour"),
        words("source", "l.source"),
        Column("last_updated", "l.last_updated"),
        Column("is_active", "p.is_active"),
    ),
)

HISTORY = Shape(
    key="r.id",
    scan=_HISTORY_ROWS,
    scoped=_HISTORY_ROWS,
    rows=_HISTORY_ROWS,
    columns=(
        # Results are only ever appended, so the order of their ids is the order in time.
        Column("created_at", "r.created_at", sort="r.id", certain=True),
        words("provider", "p.name"),
        words("model_id", "m.model_id"),
        words("test_type", "r.test_type"),
        words("status", "r.status"),
        words("outcome", "r.outcome"),
        Column("http_status", "r.http_status"),
        Column("latency_ms", "r.latency_ms"),
        Column("ttft_ms", "r.ttft_ms"),
        Column("tokens_per_second", "r.tokens_per_second"),
        Column("score", "r.score"),
        Column("cost", "r.cost"),
        Column("run_id", "r.run_id"),
        Column("provider_id", "r.provider_id"),
        Column("model", "r.model_id"),
    ),
    tie=("r.id DESC",),
    counted="verification_result",
    provider_scope="r.provider_id",
    model_scope="r.model_id",
    default=("created_at", True),
)

SHAPES: dict[ViewName, Shape] = {
    "providers": PROVIDERS,
    "models": MODELS,
    "prices": PRICES,
    "limits": LIMITS,
    "history": HISTORY,
}
