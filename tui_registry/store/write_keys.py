"""API keys: sealed for the host they were entered for, and what a check of one means."""

from secrets import token_hex
from typing import TYPE_CHECKING

from tui_registry.endpoint import (
    Endpoint,
    key_refusal,
    origin_of_stored,
    shown_origin,
    stored_endpoint,
)
from tui_registry.errors import Outdated, Refused
from tui_registry.store.change import Change
from tui_registry.store.known import KEY_REJECTED
from tui_registry.store.rows import NewResult
from tui_registry.store.tables import Provider, Result
from tui_registry.store.write_providers import add, switched_off, update
from tui_registry.store.write_results import record
from tui_registry.text import Secret
from tui_registry.vault import read_header

if TYPE_CHECKING:
    from tui_registry.store.drafts import ProviderDraft

VAULT_KEY = "vault_key_id"


def set_key(change: Change, seen: Provider, secret: Secret, consented_host: str | None) -> Provider:
    """Seal a key for the host that `seen` names and switch the provider off until the key is checked.

    Raises Outdated where host or key are not those of `seen` any more, Refused for a host that must not get
    keys, and children of VaultError.
    """
    row = _with_the_key_seen(change, seen)
    return _seal(change, row, secret, seen, consented_host, "key not checked yet")


def set_new_key(change: Change, seen: Provider | None, draft: "ProviderDraft", secret: Secret) -> Provider:
    """Seal a key for a provider that was seen without one, or for one that is added by the draft.

    Raises Outdated where that is not so any more, else as `set_key` does.
    """
    if seen is not None:
        if _with_the_key_seen(change, seen).api_key_encrypted is not None:
            raise Outdated(f"{seen.name} has a key already. Nothing was sealed; replace it by hand.")
        return set_key(change, seen, secret, None)
    if any(row.name == draft.name for row in change.reads.providers()):
        raise Outdated(f"{draft.name} was added meanwhile. Nothing was sealed; look at it first.")
    return set_key(change, add(change, draft, custom=False, dialect="openai"), secret, None)


def remove_key(change: Change, seen: Provider) -> Provider:
    """Remove a provider's key and switch the provider off; raises Outdated where it is another key now."""
    row = change.provider(seen)
    if row.api_key_encrypted is None:
        return row
    return _store(change, _with_the_key_seen(change, seen), None, "key removed")


def move_key(change: Change, seen: Provider, to_host: str) -> Provider:
    """Seal the key again for the host that `seen` names, and `to_host` as a person typed it, port and all.

    Raises Outdated where host or key are not those of `seen` any more, Refused for another host or a key that
    is there already, and children of VaultError.
    """
    row = _with_the_key_seen(change, seen)
    if row.api_key_encrypted is None:
        raise Refused(f"{row.name} has no key to move. Enter one.")
    endpoint = _endpoint_seen(row, seen)
    place = shown_origin(endpoint.origin)
    if to_host.strip().lower().rstrip("./") != place:
        danger = " The key will cross the network unencrypted." if endpoint.is_cleartext else ""
        raise Refused(f"The endpoint is at {place}. Type just that to move the key there.{danger}")
    sealed_for = read_header(row.api_key_encrypted).origin
    if sealed_for == endpoint.origin:
        raise Refused(f"The key of {row.name} is for {place} already.")
    _check_host(endpoint, endpoint.host)
    secret = change.vault.open(row.api_key_encrypted, origin=sealed_for, uuid=row.uuid)
    reason = f"key moved to {place}, not checked yet"
    return _seal(change, row, secret, seen, endpoint.host, reason)


def sealed_again(change: Change, row: Provider, key_id: str) -> str:
    """The record of a provider's key for the very origin it is sealed for, under another vault key."""
    record = str(row.api_key_encrypted)
    origin = read_header(record).origin
    secret = change.vault.open(record, origin=origin, uuid=row.uuid)
    return change.vault.seal(secret, origin=origin, uuid=row.uuid, key_id=key_id)


def record_key_check(change: Change, result: NewResult) -> Result:
    """Keep the result of a key check, and what it proves about the provider.

    A pass of the present key validates it, a proved rejection of it switches the provider off; anything
    else, or a check of an earlier key, is kept and changes nothing.
    """
    change.require(result)
    row = change.reads.provider_by_id(result.provider.id)
    kept = record(change, result.but(endpoint=result.found.endpoint or row.endpoint))
    values = proved(change, row, result)
    if values:
        update(change, row, values)
    return kept


def proved(change: Change, row: Provider, result: NewResult) -> dict[str, object]:
    """The columns that the result of a key check changes in the provider; none where it proves nothing."""
    if row.key_fingerprint is None or result.found.key_fingerprint != row.key_fingerprint:
        return {}
    if result.found.status == "pass":
        return {"key_validated_at": change.later(row.key_validated_at)}
    if result.found.status == "fail":
        return {"key_validated_at": None} | switched_off(change, row, KEY_REJECTED)
    return {}


def _with_the_key_seen(change: Change, seen: Provider) -> Provider:
    """The provider as it is now, if its key is still the one, or none, that a person was shown."""
    row = change.provider(seen)
    if row.key_fingerprint != seen.key_fingerprint:
        done = "removed" if row.key_fingerprint is None else "set"
        raise Outdated(f"Another session has {done} the key of {row.name} meanwhile. Nothing was done to it.")
    return row


def _endpoint_seen(row: Provider, seen: Provider) -> Endpoint:
    """The provider's endpoint, if its origin is still the one that a person was shown."""
    endpoint, shown = stored_endpoint(row.name, row.endpoint), origin_of_stored(seen.endpoint)
    if endpoint.origin != shown:
        raise Outdated(
            f"The base URL of {row.name} was changed meanwhile: it names {shown_origin(endpoint.origin)} now,"
            f" where {shown_origin(shown)} was shown. Nothing was sealed."
        )
    return endpoint


def _check_host(endpoint: Endpoint, consented_host: str | None) -> None:
    refusal = key_refusal(endpoint, consented_host)
    if refusal is not None:
        raise Refused(refusal)


def _seal(
    change: Change,
    row: Provider,
    secret: Secret,
    seen: Provider,
    consented_host: str | None,
    reason: str,
) -> Provider:
    """Seal a key for the origin that whoever gave it was shown; there is no other way to seal one."""
    endpoint = _endpoint_seen(row, seen)
    _check_host(endpoint, consented_host)
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


def _store(change: Change, row: Provider, record: str | None, reason: str) -> Provider:
    fingerprint = None if record is None else token_hex(8)
    values: dict[str, object] = {
        "api_key_encrypted": record,
        "key_fingerprint": fingerprint,
        "key_validated_at": None,
    }
    return update(change, row, values | switched_off(change, row, reason))
