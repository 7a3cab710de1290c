"""Models: adding, editing and deleting them; what a person set is remembered by name."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import uuid4

from tui_registry.errors import HasDependents, InvalidInput
from tui_registry.store.change import Change
from tui_registry.store.merge import merged
from tui_registry.store.statements import fetch
from tui_registry.store.tables import Model, ModelObservation, ModelPricing, ObservedLimit, Provider
from tui_registry.text import counted

if TYPE_CHECKING:
    from tui_registry.store.drafts import ModelDraft

FIELDS = tuple(Model.entered())


def add(change: Change, owner: Provider, draft: "ModelDraft") -> Model:
    """Add a model, unverified; raises InvalidInput when the provider has the model id already."""
    provider_id = change.provider(owner).id
    _check_free(change, provider_id, draft.model_id, None)
    mine = {field: getattr(draft, field) for field in FIELDS}
    id = change.insert(
        Model,
        mine
        | {
            "uuid": uuid4().hex,
            "provider_id": provider_id,
            "source": "user",
            "user_fields": _named(field for field in FIELDS if mine[field] is not None),
            "verification_state": "unverified",
            "consecutive_failures": 0,
            "row_version": 1,
            "created_at": change.now,
            "updated_at": change.now,
        },
    )
    return change.reads.model_by_id(id)


def save(change: Change, draft: "ModelDraft", base: Model) -> Model:
    """Save an edit merged with what others saved since; the changed fields are the user's from now on."""
    row = change.model(base, merges=True)
    mine = {field: getattr(draft, field) for field in FIELDS}
    changes = merged(base.values(), mine, row.values(), replaced=change.was_replaced(base))
    if not changes:
        return row
    if "model_id" in changes:
        _check_free(change, row.provider_id, draft.model_id, row.id)
    changes["user_fields"] = _named({*row.user_fields.split(), *changes})
    changes["updated_at"] = change.later(row.updated_at)
    change.update(Model, row.id, row.row_version, changes)
    return change.reads.model_by_id(row.id)


def delete(change: Change, seen: Model) -> Model:
    """Remove a model with its price; raises HasDependents while it has results."""
    row = change.model(seen)
    id = row.id
    counts = change.reads.dependents_of_model(id)
    if counts["results"]:
        raise HasDependents(
            f"{row.model_id} has {counted(counts['results'], 'result')}, so it stays."
            " Its provider can be deactivated, or purged with everything it has.",
            counts,
        )
    for table in (ModelPricing, ModelObservation, ObservedLimit):
        change.delete(table, "model_id", id)
    change.delete(Model, "id", id)
    return row


def _named(fields: Iterable[str]) -> str:
    held = set(fields)
    return " ".join(field for field in FIELDS if field in held)


def _check_free(change: Change, provider_id: int, model_id: str, id: int | None) -> None:
    held = "SELECT 1 FROM model WHERE provider_id = ? AND model_id = ? AND id IS NOT ?"
    if fetch(change.db, held, (provider_id, model_id, id)):
        raise InvalidInput({"model_id": f"{model_id} exists already. Edit that one instead."})
