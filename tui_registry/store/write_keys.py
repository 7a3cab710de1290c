"""API keys: sealed for the host they were entered for, and what a check of one means."""

from dataclasses import replace
from secrets import token_hex
from typing import TYPE_CHECKING

from tui_registry.endpoint import Endpoint, key_refusal, origin_of, stored_endpoint
from tui_registry.errors import Refused
from tui_registry.store.change import Change
from tui_registry.store.known import KEY_REJECTED
from tui_registry.store.rows import NewResult, ProviderRow, ResultRow
from tui_registry.store.write_providers import add, switched_off, update
from tui_registry.store.write_results import record
from tui_registry.text import Secret
from tui_registry.vault import read_header

if TYPE_CHECKING:
    from tui_registry.drafts import ProviderDraft

VAULT_KEY = "vault_key_id"


def set_key(change: Change, id: int, secret: Secret, consented_host: str | None) -> ProviderRow:
    """Seal a key for the provider's present host and switch the provider off until the key is checked.

    Raises Refused for a host that must not get keys, and children of VaultError.
    """
    row = change.reads.provider_by_id(id)
    endpoint = stored_endpoint(row.name, row.endpoint)
    _check_host(endpoint, consented_host)
    return _seal(change, row, secret, endpoint, "key not checked yet")


def set_new_key(change: Change, draft: "ProviderDraft", secret: Secret) -> ProviderRow:
    """Seal a key for the host of the draft's endpoint, adding the provider when there is none.

    Raises Refused for a provider that has a key, or an endpoint with another host.
    """
    row = next((row for row in change.reads.providers() if row.name == draft.name), None)
    if row is None:
        row = add(change, draft, custom=False, dialect="openai")
    if row.api_key_encrypted is not None:
        raise Refused(f"{row.name} has a key already. Nothing was sealed.")
    if stored_endpoint(row.name, row.endpoint).origin != origin_of(draft.endpoint):
        raise Refused(f"The endpoint of {row.name} has another host now. Nothing was sealed.")
    return set_key(change, row.id, secret, None)


def remove_key(change: Change, id: int) -> ProviderRow:
    """Remove a provider's key and switch the provider off."""
    row = change.reads.provider_by_id(id)
    if row.api_key_encrypted is None:
        return row
    return _store(change, row, None, "key removed")


def move_key(change: Change, id: int, to_host: str) -> ProviderRow:
    """Seal the key again for the endpoint's present host, which `to_host` names as typed by a person.

    Raises Refused for another host or a key that is there already, and children of VaultError.
    """
    row = change.reads.provider_by_id(id)
    if row.api_key_encrypted is None:
        raise Refused(f"{row.name} has no key to move. Enter one.")
    endpoint = stored_endpoint(row.name, row.endpoint)
    if to_host.strip().lower().rstrip(".") != endpoint.host:
        danger = " The key will cross the network unencrypted." if endpoint.is_cleartext else ""
        raise Refused(f"The endpoint's host is {endpoint.host}. Type it to move the key there.{danger}")
    sealed_for = read_header(row.api_key_encrypted).origin
    if sealed_for == endpoint.origin:
        raise Refused(f"The key of {row.name} is for {endpoint.host} already.")
    _check_host(endpoint, endpoint.host)
    secret = change.vault.open(row.api_key_encrypted, origin=sealed_for, uuid=row.uuid)
    return _seal(change, row, secret, endpoint, f"key moved to {endpoint.host}, not checked yet")


def record_key_check(change: Change, result: NewResult) -> ResultRow:
    """Keep the result of a key check, and what it proves about the provider.

    A pass of the present key validates it, a proved rejection of it switches the provider off; anything
    else, or a check of an earlier key, is kept and changes nothing.
    """
    row = change.reads.provider_by_id(result.provider_id)
    kept = record(change, replace(result, endpoint=result.endpoint or row.endpoint))
    values = proved(change, row, result)
    if values:
        update(change, row, values)
    return kept


def proved(change: Change, row: ProviderRow, result: NewResult) -> dict[str, object]:
    """The columns that the result of a key check changes in the provider; none where it proves nothing."""
    if row.key_fingerprint is None or result.key_fingerprint != row.key_fingerprint:
        return {}
    if result.status == "pass":
        return {"key_validated_at": change.later(row.key_validated_at)}
    if result.status == "fail":
        return {"key_validated_at": None} | switched_off(change, row, KEY_REJECTED)
    return {}


def _check_host(endpoint: Endpoint, consented_host: str | None) -> None:
    refusal = key_refusal(endpoint, consented_host)
    if refusal is not None:
        raise Refused(refusal)


def _seal(change: Change, row: ProviderRow, secret: Secret, endpoint: Endpoint, reason: str) -> ProviderRow:
    key_id = _sealing_key(change)
    record = change.vault.seal(secret, origin=endpoint.origin, uuid=row.uuid, key_id=key_id)
    return _store(change, row, record, reason)


def _sealing_key(change: Change) -> str:
    """The id of the vault key to seal with: the one the database names, else the vault's first."""
    named = change.reads.setting(VAULT_KEY)
    sealed_exists = change.reads.sealed_count() > 0
    if named is not None and sealed_exists:
        return named
    first = change.vault.create(sealed_exists)
    if named in change.vault.key_ids():
        return named
    change.setting(VAULT_KEY, first)
    return first


def _store(change: Change, row: ProviderRow, record: str | None, reason: str) -> ProviderRow:
    fingerprint = None if record is None else token_hex(8)
    values: dict[str, object] = {
        "api_key_encrypted": record,
        "key_fingerprint": fingerprint,
        "key_validated_at": None,
    }
    return update(change, row, values | switched_off(change, row, reason))
