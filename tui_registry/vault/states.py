"""What can be said of a sealed key without opening it, and of the vault as a whole."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from tui_registry.endpoint import shown_origin
from tui_registry.errors import (
    KeyFileMissing,
    OriginChanged,
    RecordDamaged,
    RecordNewer,
    VaultError,
    VaultLocked,
    WrongVaultKey,
)
from tui_registry.vault.record import read_header


class KeyState(Enum):
    """What a provider's key is good for; the value is what lists show."""

    NONE = "none"
    SET = "set"
    LOCKED = "locked"
    MISSING = "locked (vault key missing)"
    OTHER_VAULT = "other vault"
    DAMAGED = "damaged"
    OTHER_HOST = "for another host"
    NEWER = "needs newer version"
    REFUSED = "vault refused"

    def words(self, host: str | None = None) -> str:
        """What lists show, with the host that OTHER_HOST is about, e.g. `for api.openai.com`."""
        return f"for {host}" if self is KeyState.OTHER_HOST and host else self.value


class VaultState(Enum):
    """How the vault stands as a whole; the value is what the vault's line shows."""

    READY = "ready"
    EMPTY = "no key file yet"
    LOCKED = "locked"
    MISSING = "vault key missing"
    OTHER = "other vault"
    REFUSED = "vault refused"


@dataclass(frozen=True, slots=True)
class VaultStatus:
    """How the vault stands, in a word and in a sentence, with where its keys are and their names.

    `passphrase` is what Argon2id is asked for where there is a passphrase; of a locked vault only the
    first key's name is known.
    """

    state: VaultState
    sentence: str
    place: str
    kind: str
    key_ids: tuple[str, ...] = ()
    passphrase: str | None = None


def judge(
    record: str | None,
    origin: str,
    key_ids: Collection[str] | None,
    without: KeyState = KeyState.MISSING,
) -> tuple[KeyState, str | None]:
    """The state of a record at an origin, and the host of OTHER_HOST.

    Where `key_ids` is None nothing is known of the vault's keys; a sound record's state is `without` then.
    Nothing is decrypted, so an altered ciphertext still counts as SET here.
    """
    if record is None:
        return KeyState.NONE, None
    try:
        header = read_header(record)
    except VaultError as error:
        return state_of(error), None
    if key_ids is None:
        return without, None
    if header.key_id not in key_ids:
        return KeyState.OTHER_VAULT, None
    if header.origin != origin:
        return KeyState.OTHER_HOST, shown_origin(header.origin)
    return KeyState.SET, None


def state_of(error: VaultError) -> KeyState:
    """The state that a failure to open a key amounts to."""
    match error:
        case KeyFileMissing():
            return KeyState.MISSING
        case VaultLocked():
            return KeyState.LOCKED
        case WrongVaultKey():
            return KeyState.OTHER_VAULT
        case OriginChanged():
            return KeyState.OTHER_HOST
        case RecordNewer():
            return KeyState.NEWER
        case RecordDamaged():
            return KeyState.DAMAGED
        case _:
            return KeyState.REFUSED
