"""The columns of the five lists: how a stored value looks in a cell, and what goes first when narrow."""

from collections.abc import Callable
from math import log10
from typing import TYPE_CHECKING

from tui_registry.money import per_million, short_count, show_amount, show_count, show_price
from tui_registry.store.known import KEY_REJECTED
from tui_registry.ui.table.columns import Column, Record, Shown, Tinted
from tui_registry.ui.words import NONE, STATE_TONE, UNKNOWN, aged, host, state

if TYPE_CHECKING:
    from tui_registry.ui.desk import Desk

Show = Callable[[object, Record], Shown]

BAR_CELLS = 20
BAR_LOW, BAR_HIGH = 0.01, 100.0
"""The prices per 1M tokens at which a bar on the log scale is empty and full."""


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _tinted(word: str, ascii_only: bool) -> Shown:
    return Tinted(state(word, ascii_only), STATE_TONE.get(word, "muted"))


def _price(value: object, record: Record) -> Shown:
    """A price of a model; with a row of its own and no price in it, the price does not apply."""
    shown = show_price(_number(value), applicable=value is not None or record["price_origin"] != "model")
    if shown in (NONE, UNKNOWN):
        return Tinted(shown, "muted")
    return shown if record["currency"] in (None, "USD") else f"{shown} {record['currency']}"


def _cache_price(value: object, record: Record) -> Shown:
    """A cache price; only a model's own row can tell it."""
    return Tinted(NONE, "muted") if value is None else show_price(_number(value))


def _count(value: object, _record: Record) -> Shown:
    number = _number(value)
    return Tinted(UNKNOWN, "muted") if number is None else show_count(int(number))


def _short(value: object, _record: Record) -> Shown:
    number = _number(value)
    return Tinted(UNKNOWN, "muted") if number is None else short_count(int(number))


def _score(value: object, _record: Record) -> Shown:
    number = _number(value)
    return Tinted(NONE, "muted") if number is None else f"{number:.2f}"


def _milliseconds(value: object, _record: Record) -> Shown:
    number = _number(value)
    return Tinted(NONE, "muted") if number is None else f"{number:,.0f}"


def _host(value: object, _record: Record) -> Shown:
    return host(str(value))


def _mix(value: object, record: Record) -> Shown:
    number = _number(value)
    if number is None:
        return Tinted(UNKNOWN if record["price_origin"] == "unknown" else NONE, "muted")
    return "free" if number == 0 else show_amount(round(per_million(number), 3))


def _bar(ascii_only: bool) -> Show:
    """A price as a bar on a log scale; free is empty, unknown says so."""

    def show(_value: object, record: Record) -> Shown:
        number = _number(record["mix"])
        if number is None:
            return _mix(number, record)
        if number <= 0:
            return ""
        share = log10(float(per_million(number)) / BAR_LOW) / log10(BAR_HIGH / BAR_LOW)
        return ("#" if ascii_only else "■") * max(1, min(BAR_CELLS, round(share * BAR_CELLS)))

    return show


def _caps(_value: object, record: Record) -> Shown:
    """What a model can do, a letter each: S streaming, R reasoning; `?` where nothing is known."""
    flags = (record["supports_streaming"], record["supports_reasoning"])
    return "".join(
        "?" if flag is None else letter if flag else "." for letter, flag in zip("SR", flags, strict=True)
    )


def _unproven(record: Record) -> str:
    """Why a sealed key is not known to work."""
    return "rejected" if record["state_reason"] == KEY_REJECTED else "unchecked"


def provider_columns(desk: "Desk") -> tuple[Column, ...]:
    """Providers: state, name, what there is of it, and its key."""

    def status(value: object, _record: Record) -> Shown:
        return _tinted("on" if value else "off", desk.ascii)

    def key(value: object, record: Record) -> Shown:
        words = desk.key_words(_text(value), str(record["endpoint"]), str(record["uuid"]))
        if words == "set":
            return words if record["key_validated_at"] else Tinted(_unproven(record), "warning")
        return Tinted(words, "muted" if words in ("none", "locked") else "error")

    def checked(value: object, _record: Record) -> Shown:
        return aged(_text(value), desk.clock())

    return (
        Column("is_active", "Status", 6, rank=0, show=status, sort="is_active"),
        Column("name", "Name", None, rank=1, cut="middle", sort="name", least=14),
        Column("model_count", "Models", 7, "right", rank=2, show=_count, sort="model_count"),
        Column("score", "Score", 6, "right", rank=5, show=_score, sort="score"),
        Column("latency_p50_ms", "p50 ms", 7, "right", rank=6, show=_milliseconds, sort="latency_p50_ms"),
        Column("last_checked_at", "Checked", 7, rank=4, show=checked, sort="last_checked_at"),
        Column("api_key_encrypted", "Key", 10, rank=3, show=key, sort="api_key_encrypted"),
        Column("endpoint", "Base URL", 18, rank=7, show=_host, cut="middle", sort="endpoint"),
    )


def model_columns(desk: "Desk") -> tuple[Column, ...]:
    """Models: whose, which, how large, for how much, and whether it was seen to work."""

    def status(value: object, record: Record) -> Shown:
        if value == "unverified":
            return _tinted("fail" if record["consecutive_failures"] else "never", desk.ascii)
        return _tinted("ok", desk.ascii)

    def checked(value: object, _record: Record) -> Shown:
        return aged(_text(value), desk.clock(), absent="never")

    return (
        Column("provider", "Provider", 12, rank=2, sort="provider"),
        Column("model_id", "Model", None, rank=1, cut="middle", sort="model_id", least=24),
        Column("max_input_tokens", "Ctx", 6, "right", rank=5, show=_short, sort="max_input_tokens"),
        Column("max_output_tokens", "Out", 6, "right", rank=9, show=_short, sort="max_output_tokens"),
        Column(
            "input_price_per_token", "In $/M", 7, "right", rank=3, show=_price, sort="input_price_per_token"
        ),
        Column(
            "output_price_per_token",
            "Out $/M",
            7,
            "right",
            rank=4,
            show=_price,
            sort="output_price_per_token",
        ),
        Column("supports_reasoning", "Caps", 4, rank=8, show=_caps),
        Column("verification_state", "Status", 7, rank=0, show=status, sort="verification_state"),
        Column("score", "Score", 6, "right", rank=6, show=_score, sort="score"),
        Column("last_verified_at", "Passed", 7, rank=10, show=checked, sort="last_verified_at"),
    )


def price_columns(desk: "Desk") -> tuple[Column, ...]:
    """Prices: what each model costs, a mix to compare by, and where the price comes from."""

    def updated(value: object, _record: Record) -> Shown:
        return aged(_text(value), desk.clock())

    def source(value: object, record: Record) -> Shown:
        if record["price_origin"] == "unknown":
            return Tinted("unknown", "muted")
        return "default" if record["price_origin"] == "provider" else f"{value}"

    def since(value: object, _record: Record) -> Shown:
        return NONE if value is None else str(value)[:10]

    def currency(value: object, _record: Record) -> Shown:
        return NONE if value is None else str(value)

    return (
        Column("provider", "Provider", 12, rank=1, sort="provider"),
        Column("model_id", "Model", None, rank=0, cut="middle", sort="model_id", least=20),
        Column("input_price_per_token", "In", 8, "right", rank=1, show=_price, sort="input_price_per_token"),
        Column(
            "output_price_per_token", "Out", 8, "right", rank=2, show=_price, sort="output_price_per_token"
        ),
        Column(
            "cache_read_price_per_token",
            "Cached",
            8,
            "right",
            rank=7,
            show=_cache_price,
            sort="cache_read_price_per_token",
        ),
        Column("mix", "Mix", 8, "right", rank=3, show=_mix, sort="mix"),
        Column("bar", "Log scale", BAR_CELLS, rank=8, show=_bar(desk.ascii)),
        Column("currency", "Cur", 4, rank=9, show=currency),
        Column("source", "Source", 9, rank=4, show=source, sort="source"),
        Column("source_date", "Since", 10, rank=10, show=since, sort="source_date"),
        Column("last_updated", "Age", 5, rank=6, show=updated, sort="last_updated"),
    )


def limit_columns(desk: "Desk") -> tuple[Column, ...]:
    """Limits: how much each provider allows, and who says so."""

    def updated(value: object, _record: Record) -> Shown:
        return aged(_text(value), desk.clock())

    return (
        Column("name", "Provider", None, rank=0, cut="middle", sort="name", least=18),
        Column("requests_per_minute", "Req/min", 9, "right", rank=1, show=_count, sort="requests_per_minute"),
        Column("requests_per_hour", "Req/hour", 9, "right", rank=3, show=_count, sort="requests_per_hour"),
        Column("tokens_per_minute", "Tok/min", 11, "right", rank=2, show=_count, sort="tokens_per_minute"),
        Column("tokens_per_hour", "Tok/hour", 11, "right", rank=4, show=_count, sort="tokens_per_hour"),
        Column("source", "Source", 9, rank=5, sort="source"),
        Column("last_updated", "Age", 5, rank=6, show=updated, sort="last_updated"),
    )


def history_columns(desk: "Desk") -> tuple[Column, ...]:
    """History: when, what was asked, and what came of it."""

    def when(value: object, _record: Record) -> Shown:
        return str(value)[5:16].replace("T", " ")

    def asked(value: object, record: Record) -> Shown:
        return f"{record['provider']}/{value}" if value else f"{record['provider']}"

    def status(value: object, _record: Record) -> Shown:
        return _tinted(str(value), desk.ascii)

    return (
        Column("created_at", "When", 11, rank=0, show=when, sort="created_at"),
        Column("model_id", "Model", None, rank=1, show=asked, cut="middle", sort="model_id", least=18),
        Column("test_type", "Test", 10, rank=3, sort="test_type"),
        Column("status", "Status", 13, rank=2, show=status, sort="status"),
        Column("score", "Score", 6, "right", rank=6, show=_score, sort="score"),
        Column("latency_ms", "ms", 7, "right", rank=5, show=_milliseconds, sort="latency_ms"),
        Column("outcome", "Outcome", 12, rank=4, sort="outcome"),
    )
