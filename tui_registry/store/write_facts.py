"""Prices and limits: one row per provider or model, saved over what was loaded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from tui_registry.errors import Gone
from tui_registry.store.change import Change
from tui_registry.store.merge import Tie, merged
from tui_registry.store.record import Record
from tui_registry.store.tables import Limits, Model, ModelPricing, Pricing, Provider

if TYPE_CHECKING:
    from tui_registry.store.drafts import LimitsDraft, ModelPricingDraft, PricingDraft

Fact = Pricing | ModelPricing | Limits
F = TypeVar("F", Pricing, ModelPricing, Limits)
Owner = TypeVar("Owner", Provider, Model)

_OWNER: dict[type[Record], str] = {
    Pricing: "provider_id",
    ModelPricing: "model_id",
    Limits: "provider_id",
}


def save_pricing(change: Change, owner: Provider, draft: "PricingDraft", base: Pricing | None) -> Pricing:
    """Save a provider's default price."""
    mine = {field: getattr(draft, field) for field in Pricing.entered()}
    _save(change, Pricing, owner, mine, base, change.reads.pricing(owner.id))
    return _kept(change.reads.pricing(owner.id))


def save_model_pricing(
    change: Change, owner: Model, draft: "ModelPricingDraft", base: ModelPricing | None
) -> ModelPricing:
    """Save a model's own price."""
    mine = {field: getattr(draft, field) for field in ModelPricing.entered()}
    _save(change, ModelPricing, owner, mine, base, change.reads.model_pricing(owner.id))
    return _kept(change.reads.model_pricing(owner.id))


def save_limits(change: Change, owner: Provider, draft: "LimitsDraft", base: Limits | None) -> Limits:
    """Save a provider's rate limits."""
    mine = {field: getattr(draft, field) for field in Limits.entered()}
    _save(change, Limits, owner, mine, base, change.reads.limits(owner.id))
    return _kept(change.reads.limits(owner.id))


def delete(change: Change, table: type[Record], owner: Owner) -> Owner:
    """Remove the row of a provider or model, which is returned; raises Gone when there is none."""
    row = _present(change, owner, merges=False)
    if not change.delete(table, _OWNER[table], row.id):
        raise Gone("This was deleted meanwhile.")
    return row


def _present(change: Change, owner: Owner, *, merges: bool) -> Owner:
    if isinstance(owner, Provider):
        return change.provider(owner, merges=merges)
    return change.model(owner, merges=merges)


def _save(
    change: Change,
    table: type[Record],
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
    was: dict[str, object] = dict.fromkeys(mine) if base is None else base.values()
    changes = merged(was, mine, row.values(), _ties(tuple(mine)), replaced=change.was_replaced(owner))
    if changes:
        changes |= {"source": "user", "last_updated": change.later(row.last_updated)}
        changes |= dict.fromkeys({"source_date", "note"} & row.values().keys())
        change.update(table, owner.id, row.row_version, changes)


def _ties(fields: Sequence[str]) -> tuple[Tie, ...]:
    """A currency gives prices their meaning, so one changed here and the other there is a conflict."""
    return (Tie("currency", [field for field in fields if "price" in field]),) if "currency" in fields else ()


def _kept(row: F | None) -> F:
    if row is None:
        raise Gone("This was deleted meanwhile.")
    return row
