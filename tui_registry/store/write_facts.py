"""Prices and limits: one row per provider or model, saved over what was loaded."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

from tui_registry.errors import Gone
from tui_registry.store.change import Change
from tui_registry.store.merge import Tie, merged
from tui_registry.store.rows import LimitsRow, ModelPricingRow, ModelRow, PricingRow, ProviderRow
from tui_registry.store.tables import Limits, ModelPricing, Pricing, Table

if TYPE_CHECKING:
    from tui_registry.drafts import LimitsDraft, ModelPricingDraft, PricingDraft

Fact = PricingRow | ModelPricingRow | LimitsRow
F = TypeVar("F", PricingRow, ModelPricingRow, LimitsRow)
Owner = TypeVar("Owner", ProviderRow, ModelRow)

PRICE_FIELDS = ("input_price_per_token", "output_price_per_token", "currency")
MODEL_PRICE_FIELDS = (*PRICE_FIELDS, "cache_read_price_per_token", "cache_write_price_per_token")
_OWNER: dict[type[Table], str] = {
    Pricing: "provider_id",
    ModelPricing: "model_id",
    Limits: "provider_id",
}
LIMIT_FIELDS = ("requests_per_minute", "requests_per_hour", "tokens_per_minute", "tokens_per_hour")


def save_pricing(
    change: Change, owner: ProviderRow, draft: "PricingDraft", base: PricingRow | None
) -> PricingRow:
    """Save a provider's default price."""
    mine = {field: getattr(draft, field) for field in PRICE_FIELDS}
    _save(change, Pricing, owner, mine, base, change.reads.pricing(owner.id))
    return _kept(change.reads.pricing(owner.id))


def save_model_pricing(
    change: Change, owner: ModelRow, draft: "ModelPricingDraft", base: ModelPricingRow | None
) -> ModelPricingRow:
    """Save a model's own price."""
    mine = {field: getattr(draft, field) for field in MODEL_PRICE_FIELDS}
    _save(change, ModelPricing, owner, mine, base, change.reads.model_pricing(owner.id))
    return _kept(change.reads.model_pricing(owner.id))


def save_limits(
    change: Change, owner: ProviderRow, draft: "LimitsDraft", base: LimitsRow | None
) -> LimitsRow:
    """Save a provider's rate limits."""
    mine = {field: getattr(draft, field) for field in LIMIT_FIELDS}
    _save(change, Limits, owner, mine, base, change.reads.limits(owner.id))
    return _kept(change.reads.limits(owner.id))


def delete(change: Change, table: type[Table], owner: Owner) -> Owner:
    """Remove the row of a provider or model, which is returned; raises Gone when there is none."""
    row = _present(change, owner, merges=False)
    if not change.delete(table, _OWNER[table], row.id):
        raise Gone("This was deleted meanwhile.")
    return row


def _present(change: Change, owner: Owner, *, merges: bool) -> Owner:
    if isinstance(owner, ProviderRow):
        return change.provider(owner, merges=merges)
    return change.model(owner, merges=merges)


def _save(
    change: Change,
    table: type[Table],
    owner: Owner,
    mine: dict[str, object],
    base: Fact | None,
    row: Fact | None,
) -> None:
    """Insert or update so that `mine` holds, merged with what others saved since `base` was loaded."""
    _present(change, owner, merges=row is not None)
    if row is None:
        if base is not None:
            raise Gone("This was deleted meanwhile by another session.")
        stamps = {"source": "user", "row_version": 1, "last_updated": change.now}
        change.insert(table, {_OWNER[table]: owner.id} | mine | stamps)
        return
    was: dict[str, object] = dict.fromkeys(mine) if base is None else asdict(base)
    changes = merged(was, mine, asdict(row), _ties(tuple(mine)), replaced=change.was_replaced(owner))
    if changes:
        changes |= {"source": "user", "last_updated": change.later(row.last_updated)}
        changes |= dict.fromkeys({"source_date", "note"} & asdict(row).keys())
        change.update(table, owner.id, row.row_version, changes)


def _ties(fields: Sequence[str]) -> tuple[Tie, ...]:
    """A currency gives prices their meaning, so one changed here and the other there is a conflict."""
    return (Tie("currency", [field for field in fields if "price" in field]),) if "currency" in fields else ()


def _kept(row: F | None) -> F:
    if row is None:
        raise Gone("This was deleted meanwhile.")
    return row
