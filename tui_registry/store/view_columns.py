"""What each of the five lists shows: its columns, the joins behind them and the order of equals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ViewName = Literal["providers", "models", "prices", "limits", "history"]


@dataclass(frozen=True, slots=True)
class Column:
    """One cell of a list: its name, the expression behind it and what it is sorted by."""

    name: str
    sql: str
    text: bool = False
    sort: str = ""
    certain: bool = False

    def order(self, descending: bool) -> str:
        """The ORDER BY term of this column; unknown values come last either way."""
        words = [self.sort or self.sql]
        if self.text:
            words.append("COLLATE NOCASE")
        words.append("DESC" if descending else "ASC")
        if not self.certain:
            words.append("NULLS LAST")
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Shape:
    """One list: where its rows come from, how they are told apart and in which order they stand.

    `scan` reads every row once and leaves sorting to the end. `walks` names, for a column to sort by, the
    joins whose indexes give that order, so that a first page needs few rows; `sweeps` the joins that read
    all rows faster than `scan` where that column is wanted of each. `scoped` is for one provider, `rows` for
    records whose ids are known.
    """

    key: str
    scan: str
    walks: Mapping[str, str]
    sweeps: Mapping[str, str]
    scoped: str
    rows: str
    columns: tuple[Column, ...]
    tie: tuple[str, ...]
    counted: str
    provider_scope: str
    model_scope: str
    default: tuple[str, bool]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the cells, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return next((column for column in self.columns if column.name == name), None)

    def order(self, column: Column, descending: bool) -> str:
        """The whole ORDER BY: the column, then what tells equals apart, always the same way."""
        first = column.order(descending)
        return ", ".join((first, *(term for term in self.tie if term.split()[0] != first.split()[0])))


def _text(name: str, sql: str, *, certain: bool = False) -> Column:
    """A column of words, sorted without regard to case."""
    return Column(name, sql, text=True, certain=certain)


def _own_price(name: str) -> str:
    """The price that applies to a model: its own row's, else its provider's."""
    return f"CASE WHEN mp.model_id IS NULL THEN pp.{name} ELSE mp.{name} END"


INPUT = _own_price("input_price_per_token")
OUTPUT = _own_price("output_price_per_token")
MIX = f"price_mix({INPUT}, {OUTPUT})"
PRICE_ORIGIN = (
    "CASE WHEN mp.model_id IS NOT NULL THEN 'model' WHEN pp.provider_id IS NOT NULL THEN 'provider' "
    "ELSE 'unknown' END"
)
CURRENCY = _own_price("currency")
SOURCE = _own_price("source")
MODEL_COUNT = "(SELECT count(*) FROM model WHERE provider_id = p.id)"
PROVIDER_SCORE = "(SELECT avg(score) FROM model WHERE provider_id = p.id)"
LAST_CHECKED = (
    "(SELECT created_at FROM verification_result WHERE provider_id = p.id ORDER BY id DESC LIMIT 1)"
)
LATENCY_P50 = (
    "(SELECT latency_ms FROM (SELECT latency_ms, row_number() OVER (ORDER BY latency_ms) AS place,"
    " count(*) OVER () AS size FROM (SELECT latency_ms FROM verification_result"
    " WHERE provider_id = p.id ORDER BY id DESC LIMIT 20) WHERE latency_ms IS NOT NULL)"
    " WHERE place = (size + 1) / 2)"
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
_MODEL_WALKS = {"name": _MODELS_BY_NAME}
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
    walks={},
    sweeps={},
    scoped=_PROVIDER_ROWS,
    rows=_PROVIDER_ROWS,
    columns=(
        _text("name", "p.name", certain=True),
        _text("endpoint", "p.endpoint"),
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
        _text("state_reason", "p.state_reason"),
        Column("state_changed_at", "p.state_changed_at"),
        _text("dialect", "k.dialect"),
        Column("updated_at", "p.updated_at"),
    ),
    tie=_PROVIDER_TIE,
    counted="provider",
    provider_scope="p.id",
    model_scope="",
    default=("name", False),
)

_MODEL_HEAD = (
    _text("provider", "p.name", certain=True),
    _text("model_id", "m.model_id", certain=True),
    _text("name", "m.name", certain=True),
)
_PRICE_HEAD = (
    Column("input_price_per_token", INPUT),
    Column("output_price_per_token", OUTPUT),
)
_PRICE_TAIL = (_text("price_origin", PRICE_ORIGIN), _text("currency", CURRENCY))

MODELS = Shape(
    key="m.id",
    scan=_MODELS_BY_PROVIDER,
    walks=_MODEL_WALKS,
    sweeps=_MODEL_SWEEPS,
    scoped=_MODELS_BY_PROVIDER,
    rows=_MODELS_BY_NAME,
    columns=(
        *_MODEL_HEAD,
        Column("max_input_tokens", "m.max_input_tokens"),
        Column("max_output_tokens", "m.max_output_tokens"),
        *_PRICE_HEAD,
        *_PRICE_TAIL,
        _text("verification_state", "m.verification_state"),
        Column("consecutive_failures", "m.consecutive_failures"),
        Column("score", "m.score"),
        Column("last_verified_at", "m.last_verified_at"),
        Column("supports_streaming", "m.supports_streaming"),
        Column("supports_reasoning", "m.supports_reasoning"),
        _text("source", "m.source"),
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

PRICES = Shape(
    key="m.id",
    scan=_MODELS_BY_PROVIDER,
    walks=_MODEL_WALKS,
    sweeps=_MODEL_SWEEPS | dict.fromkeys(("source", "source_date"), _MODELS_AS_STORED),
    scoped=_MODELS_BY_PROVIDER,
    rows=_MODELS_BY_NAME,
    columns=(
        *_MODEL_HEAD,
        *_PRICE_HEAD,
        Column("cache_read_price_per_token", "mp.cache_read_price_per_token"),
        Column("cache_write_price_per_token", "mp.cache_write_price_per_token"),
        Column("mix", MIX),
        *_PRICE_TAIL,
        _text("source", SOURCE),
        Column("source_date", _own_price("source_date")),
        Column("last_updated", _own_price("last_updated")),
        _text("note", "mp.note"),
        Column("provider_id", "m.provider_id"),
    ),
    tie=_MODEL_TIE,
    counted="model",
    provider_scope="m.provider_id",
    model_scope="m.id",
    default=("provider", False),
)

LIMITS = Shape(
    key="p.id",
    scan=_LIMIT_ROWS,
    walks={},
    sweeps={},
    scoped=_LIMIT_ROWS,
    rows=_LIMIT_ROWS,
    columns=(
        _text("name", "p.name", certain=True),
        Column("requests_per_minute", "l.requests_per_minute"),
        Column("requests_per_hour", "l.requests_per_hour"),
        Column("tokens_per_minute", "l.tokens_per_minute"),
        Column("tokens_per_hour", "l.tokens_per_hour"),
        _text("source", "l.source"),
        Column("last_updated", "l.last_updated"),
        Column("is_active", "p.is_active"),
    ),
    tie=_PROVIDER_TIE,
    counted="provider",
    provider_scope="p.id",
    model_scope="",
    default=("name", False),
)

HISTORY = Shape(
    key="r.id",
    scan=_HISTORY_ROWS,
    walks={},
    sweeps={},
    scoped=_HISTORY_ROWS,
    rows=_HISTORY_ROWS,
    columns=(
        # Results are only ever appended, so the order of their ids is the order in time.
        Column("created_at", "r.created_at", sort="r.id", certain=True),
        _text("provider", "p.name"),
        _text("model_id", "m.model_id"),
        _text("test_type", "r.test_type"),
        _text("status", "r.status"),
        _text("outcome", "r.outcome"),
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
