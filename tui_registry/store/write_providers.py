"""Providers: adding, editing, switching on and off, deleting and purging."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from tui_registry import names
from tui_registry.endpoint import origin_of_stored, stored_endpoint
from tui_registry.errors import HasDependents, InvalidInput, Refused, VaultLocked
from tui_registry.store.change import Change
from tui_registry.store.merge import merged
from tui_registry.store.statements import fetch
from tui_registry.store.tables import (
    KnownProvider,
    Limits,
    Model,
    ModelObservation,
    ModelPricing,
    ObservedLimit,
    Pricing,
    Provider,
    Result,
)
from tui_registry.text import counted
from tui_registry.vault import KeyState

if TYPE_CHECKING:
    from tui_registry.store.drafts import ProviderDraft

FIELDS = tuple(Provider.entered())
_AUTH = {"anthropic": "x-api-key", "gemini": "x-goog-api-key"}


def add_known(change: Change, known: KnownProvider) -> KnownProvider:
    """Add a name that providers may use, as the user's; raises InvalidInput when it is known already."""
    held = names.spelling(known.name, (row.name for row in change.reads.known_providers()))
    if held is not None:
        raise InvalidInput({"name": f"{held} is a known provider already."})
    change.insert(KnownProvider, known.values() | {"source": "user"})
    return change.reads.known(known.name)


def add(change: Change, draft: "ProviderDraft", custom: bool, dialect: str) -> Provider:
    """Add a provider, inactive and without a key; raises InvalidInput for a name unknown or in use."""
    name = _known_name(change, draft, custom, dialect)
    _check_free(change, name, None)
    id = change.insert(
        Provider,
        {
            "uuid": uuid4().hex,
            "name": name,
            "endpoint": draft.endpoint,
            "description": draft.description,
            "website": draft.website,
            "is_active": False,
            "state_reason": "no key yet",
            "state_changed_at": change.now,
            "row_version": 1,
            "created_at": change.now,
            "updated_at": change.now,
        },
    )
    return change.reads.provider_by_id(id)


def save(change: Change, draft: "ProviderDraft", base: Provider, custom: bool, dialect: str) -> Provider:
    """Save an edit merged with what others saved since; a new host switches a provider with a key off."""
    row = change.provider(base, merges=True)
    mine = {field: getattr(draft, field) for field in FIELDS}
    mine["name"] = _known_name(change, draft, custom, dialect)
    changes = merged(base.values(), mine, row.values(), replaced=change.was_replaced(base))
    if not changes:
        return row
    if "name" in changes:
        _check_free(change, str(changes["name"]), row.id)
    if "endpoint" in changes and row.api_key_encrypted is not None:
        moved = origin_of_stored(row.endpoint) != origin_of_stored(draft.endpoint)
        changes |= switched_off(change, row, "endpoint moved to another host") if moved else {}
    return update(change, row, changes)


def activate(change: Change, seen: Provider) -> Provider:
    """Switch a provider on; raises VaultLocked, and Refused unless the present key passed and is usable."""
    row = change.provider(seen)
    if row.api_key_encrypted is None:
        raise Refused(f"{row.name} has no key. Enter one, then check it.")
    origin = stored_endpoint(row.name, row.endpoint).origin
    state, sentence = change.vault.proven_state(row.api_key_encrypted, origin=origin, uuid=row.uuid)
    if state is KeyState.LOCKED:
        raise VaultLocked(sentence)
    if state is not KeyState.SET:
        raise Refused(f"The key of {row.name} cannot be used here. {sentence}")
    if row.key_validated_at is None:
        raise Refused(f"The key of {row.name} has not passed a check since it was set. Check it first.")
    if row.is_active:
        return row
    return update(
        change,
        row,
        {"is_active": True, "state_reason": None, "state_changed_at": change.later(row.state_changed_at)},
    )


def deactivate(change: Change, seen: Provider, reason: str) -> Provider:
    """Switch a provider off and keep why."""
    row = change.provider(seen)
    return update(change, row, switched_off(change, row, reason)) if row.is_active else row


def delete(change: Change, seen: Provider) -> Provider:
    """Remove a provider with its price and limits; raises HasDependents while it has models or results."""
    row = change.provider(seen)
    counts = change.reads.dependents_of_provider(row.id)
    held = [counted(counts[each], each[:-1]) for each in ("models", "results") if counts[each]]
    if held:
        raise HasDependents(
            f"{row.name} has {' and '.join(held)}."
            " Deactivate it instead, or purge it with everything it has.",
            counts,
        )
    _remove(change, row.id)
    return row


def purge(change: Change, seen: Provider, confirm: str, backup: Callable[[], object]) -> dict[str, int]:
    """Remove a provider with everything it has, after a backup; how many of what went with it.

    Raises Refused unless `confirm` is the provider's name.
    """
    row = change.provider(seen)
    id = row.id
    if confirm.strip() != row.name:
        raise Refused(f"Type the provider's name, {row.name}, to purge it with everything it has.")
    counts = change.reads.dependents_of_provider(id)
    backup()
    _forget_proofs(change, row)
    change.setting("purge", str(id))
    change.delete(Result, "provider_id", id)
    change.delete(ObservedLimit, "provider_id", id)
    for model in change.reads.models(id):
        for table in (ModelPricing, ModelObservation):
            change.delete(table, "model_id", model.id)
    change.delete(Model, "provider_id", id)
    _remove(change, id)
    change.forget("purge")
    return counts


def update(change: Change, row: Provider, values: dict[str, object]) -> Provider:
    """Change these columns of a provider read in this transaction; the provider as it is then."""
    values |= {"updated_at": change.later(row.updated_at)}
    change.update(Provider, row.id, row.row_version, values)
    return change.reads.provider_by_id(row.id)


def switched_off(change: Change, row: Provider, reason: str) -> dict[str, object]:
    """The columns that switch a provider off, or give a new reason for its being off."""
    return {
        "is_active": False,
        "state_reason": reason,
        "state_changed_at": change.later(row.state_changed_at),
    }


def _remove(change: Change, id: int) -> None:
    change.delete(ObservedLimit, "provider_id", id)
    change.delete(Pricing, "provider_id", id)
    change.delete(Limits, "provider_id", id)
    change.delete(Provider, "id", id)


def _forget_proofs(change: Change, row: Provider) -> None:
    """Give up the states that rest on results, so that the rules let the results go."""
    key = dict.fromkeys(("api_key_encrypted", "key_fingerprint", "key_validated_at"))
    update(change, row, {**key, **switched_off(change, row, "being purged")})
    fetch(
        change.db,
        "UPDATE model SET verification_state = 'unverified', row_version = row_version + 1"
        " WHERE provider_id = ? AND verification_state = 'verified'",
        (row.id,),
    )


def _known_name(change: Change, draft: "ProviderDraft", custom: bool, dialect: str) -> str:
    """The name as it is known; with `custom` an unknown name becomes known, else InvalidInput is raised."""
    known = [row.name for row in change.reads.known_providers()]
    held = names.spelling(draft.name, known)
    if held is not None:
        return held
    if not custom:
        sentence = (
            f"{draft.name} is not a known provider. Add it as a custom provider, or choose a known one."
        )
        raise InvalidInput({"name": sentence + names.resembling(draft.name, known)})
    auth = _AUTH.get(dialect, "bearer")
    fresh = KnownProvider(draft.name, draft.endpoint, draft.website, dialect=dialect, auth=auth)
    return add_known(change, fresh).name


def _check_free(change: Change, name: str, id: int | None) -> None:
    if any(row.name == name and row.id != id for row in change.reads.providers()):
        raise InvalidInput({"name": f"{name} is in the registry already. Edit that one instead."})
