"""The vault's keys changed: each change inside a write transaction, so that no two sessions make one at once.

A rotation is three of them. Whatever ends it between two, every record stays readable and the next rotation
goes on: the key file first holds the new key beside the old ones, then every record is sealed again and the
database names the new key, then the old keys go. Writers seal with the key that the database names.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_registry.errors import RecordDamaged, RecordNewer, Refused, VaultError, WrongVaultKey
from tui_registry.store.change import Change
from tui_registry.store.tables import Provider
from tui_registry.store.write_keys import VAULT_KEY, sealed_again
from tui_registry.vault import read_header

if TYPE_CHECKING:
    from tui_registry.vault.keys import VaultKey
    from tui_registry.vault.passphrase import WrapKey


@dataclass(frozen=True, slots=True)
class Unread:
    """A sealed key that could not be sealed again, and why; it was left as it is."""

    provider: str
    sentence: str


class VaultWrites:
    """What may be done to the vault's keys; each method is one transaction and raises VaultError."""

    def __init__(self, change: Callable[[], AbstractContextManager[Change]]) -> None:
        """Work in transactions that `change` opens."""
        self._change = change

    def begin_rotation(self) -> bool:
        """Put a new key into the key file beside the others; False where one waits there to be used."""
        with self._change() as change:
            vault = change.vault
            vault.reload()
            ring, named = vault.key_ids(), change.reads.setting(VAULT_KEY)
            if named is not None and change.reads.sealed_count():
                vault.require(named)
            under_others = any(key_id != named for _, key_id in _sealed(change))
            if named in ring and (ring[0] != named or (len(ring) > 1 and not under_others)):
                return False
            vault.add_key()
            return True

    def reseal(self) -> list[Unread]:
        """Seal every record again with the key file's first key and let the database name it."""
        with self._change() as change:
            change.vault.reload()
            target = change.vault.key_ids()[0]
            unread = []
            for row, key_id in _sealed(change):
                if key_id == target:
                    continue
                try:
                    record = sealed_again(change, row, target)
                except (RecordDamaged, RecordNewer, WrongVaultKey) as error:
                    unread.append(Unread(row.name, str(error)))
                else:
                    change.update(Provider, row.id, row.row_version, {"api_key_encrypted": record})
            change.setting(VAULT_KEY, target)
            return unread

    def end_rotation(self) -> tuple[str, tuple[str, ...]]:
        """Let the old keys go, but those that a record may still need; the present key's id, and theirs."""
        with self._change() as change:
            vault = change.vault
            vault.reload()
            ring, named = vault.key_ids(), change.reads.setting(VAULT_KEY)
            used = {key_id for _, key_id in _sealed(change)}
            # A record that does not say which key it needs may need any; the first may have just been added.
            keep = set(ring) if None in used else {key for key in ring if key in {ring[0], named, *used}}
            if keep != set(ring):
                vault.keep_only(keep)
            present = named or ring[0]
            return present, tuple(key_id for key_id in ring if key_id in keep - {ring[0], present})

    def protect(self, wrap: "WrapKey | None") -> None:
        """Put the keys behind what a new passphrase became, or behind none."""
        with self._change() as change:
            change.vault.protect(wrap)

    def put_back(self, ring: "Sequence[VaultKey]", wrap: "WrapKey | None" = None) -> str | None:
        """Put keys that were lost into the key file; the name of the file that stood there, if one did.

        Raises Refused unless they are what the registry's records need.
        """
        with self._change() as change:
            wanted = {key_id for _, key_id in _sealed(change) if key_id}
            wanted = wanted or {named for named in [change.reads.setting(VAULT_KEY)] if named}
            if wanted and not wanted & {key.id for key in ring}:
                given, needed = ring[0].id[:8], ", ".join(sorted(each[:8] for each in wanted))
                raise Refused(f"This is the vault key {given}; {needed} is needed. Nothing was changed.")
            named = change.reads.setting(VAULT_KEY)
            change.vault.reload()
            aside = change.vault.put_back(ring, wrap, named)
            if named not in change.vault.key_ids():
                change.setting(VAULT_KEY, change.vault.key_ids()[0])
            return aside

    def begin_anew(self) -> str:
        """Seal with a new vault key from now on, the old one being lost; its id.

        Records of the old one stay and can be read again once it is put back. Raises Refused while the
        present key is there.
        """
        with self._change() as change:
            vault, named = change.vault, change.reads.setting(VAULT_KEY)
            vault.reload()
            first = vault.create(sealed_exists=False)
            if named in vault.key_ids():
                raise Refused("The vault key is there, so none was begun. `rotate` replaces it.")
            change.setting(VAULT_KEY, first)
            return first


def _sealed(change: Change) -> Iterator[tuple[Provider, str | None]]:
    """Every provider with a sealed key, and the vault key that its record names, None where it is bad."""
    for row in change.reads.providers():
        if row.api_key_encrypted is not None:
            try:
                yield row, read_header(row.api_key_encrypted).key_id
            except VaultError:
                yield row, None
