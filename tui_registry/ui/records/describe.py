"""Everything about one record as lines of a label and a value, for the detail pane and the record's page."""

from datetime import datetime

from rich.table import Table

from tui_registry.money import show_count, show_price
from tui_registry.store import EffectivePrice, Limits, Model, Pricing, Provider
from tui_registry.ui.desk import Desk
from tui_registry.ui.records.history_lines import Line, model_history, provider_history
from tui_registry.ui.records.laying_out import laid_out
from tui_registry.ui.records.proof_lines import key_lines, seen_lines
from tui_registry.ui.records.result_lines import result_lines
from tui_registry.ui.words import NONE, UNKNOWN, ago, counted, state, yes_no


def provider_lines(desk: Desk, row: Provider) -> list[Line]:
    """A provider: its state and why, key, endpoint, counts, price, limits, notes."""
    now = desk.clock()
    dependents = desk.store.reads.dependents_of_provider(row.id)
    return [
        ("Status", state("active" if row.is_active else "inactive", desk.ascii)),
        *_reason(row, now),
        ("Base URL", row.endpoint),
        *key_lines(desk, row),
        ("Models", f"{dependents.get('models', 0):,}"),
        ("Results", f"{dependents.get('results', 0):,}"),
        ("Website", row.website or NONE),
        ("", ""),
        *_pricing_lines(desk, desk.store.reads.pricing(row.id)),
        *_limits_lines(desk, desk.store.reads.limits(row.id)),
        *provider_history(desk, row.id),
        ("", ""),
        ("Added", f"{row.created_at[:10]}, changed {ago(row.updated_at, now)}"),
        ("Notes", row.description or NONE),
    ]


def _reason(row: Provider, now: datetime) -> list[Line]:
    return [("", f"{row.state_reason}, {ago(row.state_changed_at, now)}")] if row.state_reason else []


def _pricing_lines(desk: Desk, row: Pricing | None) -> list[Line]:
    if row is None:
        return [("Price", f"no default; {desk.keys.first('record.price')} sets one")]
    price = f"in {show_price(row.input_price_per_token)}   out {show_price(row.output_price_per_token)}"
    return [
        ("Price", f"{price}   {row.currency} per 1M tokens"),
        ("", f"default of its models, {row.source}, {ago(row.last_updated, desk.clock())}"),
    ]


def _limits_lines(desk: Desk, row: Limits | None) -> list[Line]:
    if row is None:
        return [("Limits", f"unknown; {desk.keys.first('record.limits')} sets them")]
    return [
        (
            "Limits",
            f"{_limit(row.requests_per_minute)} requests/min, {_limit(row.requests_per_hour)} per hour",
        ),
        ("", f"{_limit(row.tokens_per_minute)} tokens/min, {_limit(row.tokens_per_hour)} per hour"),
        ("", f"{row.source}, {ago(row.last_updated, desk.clock())}"),
    ]


def _limit(value: int | None) -> str:
    return UNKNOWN if value is None else show_count(value)


def model_lines(desk: Desk, row: Model) -> list[Line]:
    """A model: its state and why, what it takes, its price and where that comes from."""
    now = desk.clock()
    reads = desk.store.reads
    price = reads.effective_price(row.id)
    results = reads.dependents_of_model(row.id).get("results", 0)
    return [
        ("Status", _model_state(desk, row)),
        ("Name", row.name),
        ("Context", _tokens(row.max_input_tokens)),
        ("Output", _tokens(row.max_output_tokens)),
        ("Streaming", yes_no(row.supports_streaming)),
        ("Reasoning", yes_no(row.supports_reasoning)),
        ("Version", row.version or NONE),
        ("Architecture", row.architecture or NONE),
        ("", ""),
        *_price_lines(desk, price),
        *seen_lines(desk, row),
        *model_history(desk, row.id),
        ("", ""),
        ("Results", counted(results, "result") if results else "nothing verified yet"),
        ("Source", f"{row.source}{_dated(row.source_date)}{_set_by_you(row)}"),
        ("Added", f"{row.created_at[:10]}, changed {ago(row.updated_at, now)}"),
        ("Notes", row.description or NONE),
    ]


def _model_state(desk: Desk, row: Model) -> str:
    word = state(row.verification_state, desk.ascii)
    if row.last_verified_at is None:
        return f"{word}, never checked"
    return f"{word}, last passed {ago(row.last_verified_at, desk.clock())}"


def _tokens(value: int | None) -> str:
    return "unknown" if value is None else f"{show_count(value)} tokens"


def _dated(source_date: str | None) -> str:
    return f", {source_date[:10]}" if source_date else ""


def _set_by_you(row: Model) -> str:
    fields = ", ".join(row.user_fields.split()).replace("_", " ")
    return f"; set by you: {fields}" if fields else ""


def _price_lines(desk: Desk, price: EffectivePrice) -> list[Line]:
    if price.origin == "unknown":
        return [("Price", f"unknown; {desk.keys.first('record.price')} sets it")]
    known = price.origin == "model"
    words = f"in {_shown(price.input, known)}   out {_shown(price.output, known)}"
    lines: list[Line] = [("Price", f"{words}   {price.currency} per 1M tokens")]
    if price.cache_read is not None or price.cache_write is not None:
        cached = f"cached read {_shown(price.cache_read, known)}   write {_shown(price.cache_write, known)}"
        lines.append(("", cached))
    whose = "its own" if known else "the provider's default"
    lines.append(("", f"{whose}, {price.source}{_dated(price.source_date)}"))
    return lines


def _shown(value: float | None, row_exists: bool) -> str:
    return show_price(value, applicable=not (row_exists and value is None))


def provider_text(desk: Desk, provider_id: int) -> Table:
    """The text of a provider; raises NotFound when it was deleted meanwhile."""
    return laid_out(provider_lines(desk, desk.store.reads.provider_by_id(provider_id)))


def model_text(desk: Desk, row_id: int) -> Table:
    """The text of a model; raises NotFound when it was deleted meanwhile."""
    return laid_out(model_lines(desk, desk.store.reads.model_by_id(row_id)))


def result_text(desk: Desk, result_id: int, *, whole: bool = False) -> Table:
    """The text of a verification result, or with `whole` its page; raises NotFound when there is none."""
    return laid_out(result_lines(desk, desk.store.reads.result(result_id), whole=whole))
