"""Taking in a catalogue or a file: what is new is added, what may change is brought up to date.

What a person or the provider itself stated stays as it is, and nothing is deleted.
"""

from collections.abc import Sequence
from uuid import uuid4

from tui_registry.errors import Refused
from tui_registry.store.change import Change
from tui_registry.store.import_plan import FACTS, plan_import
from tui_registry.store.import_prices import PRICES
from tui_registry.store.import_rows import ImportPlan, ProviderPlan
from tui_registry.store.rows import CatalogBatch
from tui_registry.store.statements import fetch, run_many
from tui_registry.store.tables import Limits, Pricing
from tui_registry.store.write_providers import add_known, update

_ORIGIN = ("source", "source_date", "user_fields")
_PRICE = (*PRICES, "source_date", "note", "source")


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(columns)


def _set(columns: Sequence[str]) -> str:
    return ", ".join(f"{column} = ?" for column in columns)


_ADD_PROVIDER = (
    "INSERT INTO provider (uuid, name, endpoint, description, website, is_active, state_reason,"
    " state_changed_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, 0, 'no key yet', ?, ?, ?) RETURNING id"
)
_ADD_MODEL = (
    f"INSERT INTO model (model_id, {_listed(FACTS)}, {_listed(_ORIGIN)}, provider_id, created_at, updated_at)"  # noqa: S608
    f" VALUES (?, {', '.join('?' * (len(FACTS) + len(_ORIGIN)))}, ?, ?, ?)"
)
_EDIT_MODEL = (
    f"UPDATE model SET {_set((*FACTS, *_ORIGIN))}, updated_at = max(updated_at, ?),"  # noqa: S608
    " row_version = row_version + 1 WHERE id = ?"
)
_ADD_PRICE = (
    f"INSERT INTO model_pricing (model_id, {_listed(_PRICE)}, last_updated)"  # noqa: S608
    f" SELECT id, {', '.join('?' * len(_PRICE))}, ? FROM model WHERE model_id = ? AND provider_id = ?"
)
_EDIT_PRICE = (
    f"UPDATE model_pricing SET {_set(_PRICE)}, last_updated = max(last_updated, ?),"  # noqa: S608
    " row_version = row_version + 1 WHERE model_id = ?"
)


def import_catalog(change: Change, batch: CatalogBatch, expected: ImportPlan | None = None) -> ImportPlan:
    """Take in a batch whole or not at all; what that did.

    With `expected`, the plan that was shown to somebody, raises Refused unless it still holds.
    """
    plan = plan_import(change.db, change.reads, batch)
    if expected is not None and plan != expected:
        raise Refused(
            "The registry was changed since this was compared, so nothing was taken in. Look again."
        )
    return plan


def carry_out(change: Change, plan: ImportPlan) -> None:
    """Write what a plan made in this transaction says."""
    for known in plan.known:
        add_known(change, known)
    for provider in plan.providers:
        if provider.differs:
            _take_in(change, provider)


def _take_in(change: Change, plan: ProviderPlan) -> None:
    id = _own(change, plan)
    edits, now = plan.edits, change.now
    run_many(change.db, _ADD_MODEL, [(*values, id, now, now) for values in edits.models])
    run_many(change.db, _EDIT_MODEL, [(*values[:-1], now, values[-1]) for values in edits.changed_models])
    run_many(change.db, _ADD_PRICE, [(*values[:-1], now, values[-1], id) for values in edits.prices])
    run_many(change.db, _EDIT_PRICE, [(*values[:-1], now, values[-1]) for values in edits.changed_prices])


def _own(change: Change, plan: ProviderPlan) -> int:
    """Write the provider's own facts; its id."""
    own = dict(plan.edits.own)
    facts = own.pop("provider", {})
    if plan.id is None:
        texts = (facts["endpoint"], facts["description"], facts["website"])
        id = int(fetch(change.db, _ADD_PROVIDER, (uuid4().hex, plan.name, *texts, *[change.now] * 3))[0][0])
    else:
        id = plan.id
        if facts:
            update(change, change.reads.provider_by_id(id), facts)
    for table, held in ((Pricing, change.reads.pricing(id)), (Limits, change.reads.limits(id))):
        values = own.get("pricing_info" if table is Pricing else "limits_info")
        if values is None:
            continue
        if held is None:
            change.insert(table, {"provider_id": id, **values, "row_version": 1, "last_updated": change.now})
        else:
            later = change.later(held.last_updated)
            change.update(table, id, held.row_version, {**values, "last_updated": later})
    return id
