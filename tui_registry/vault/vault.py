"""The vault: seals API keys for one place each and opens them nowhere else."""

from pathlib import Path

from tui_registry.errors import KeyFileMissing, KeyFileRefused, VaultError, WrongVaultKey
from tui_registry.text import Secret
from tui_registry.vault.keyfile import make_key_file, missing, read_ring
from tui_registry.vault.keys import VaultKey, short_id
from tui_registry.vault.record import Place, read_header, seal, unseal
from tui_registry.vault.states import KeyState, VaultState, VaultStatus, judge, state_of


class Vault:
    """The keys of one key file, read when first needed; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Name the key file; nothing is read or made yet."""
        self.path = path
        self._ring: dict[str, VaultKey] | None = None

    def reload(self) -> None:
        """Forget the keys, so that the next use reads the file again."""
        self._ring = None

    def key_ids(self) -> tuple[str, ...]:
        """Names of the keys, the first one first; raises KeyFileMissing or KeyFileRefused."""
        return tuple(self._loaded())

    def create(self, sealed_exists: bool) -> str:
        """The name of the first key, made if there is none and nothing was ever sealed.

        Raises KeyFileMissing, KeyFileRefused, or VaultError when the file cannot be made.
        """
        self.reload()
        try:
            return self.key_ids()[0]
        except KeyFileMissing:
            if sealed_exists:
                raise
        make_key_file(self.path)
        return self.key_ids()[0]

    def status(self, sealed_exists: bool, key_id: str | None = None) -> VaultStatus:
        """How the vault stands now; `key_id` is the vault key that the database names."""
        self.reload()
        try:
            ring = self._loaded()
            if key_id is not None:
                self._key(key_id)
        except KeyFileMissing:
            if sealed_exists:
                return VaultStatus(VaultState.MISSING, str(missing(self.path, key_id)), self.path)
            sentence = f"There is no vault key yet. {self.path} is made when the first key is saved."
            return VaultStatus(VaultState.EMPTY, sentence, self.path)
        except KeyFileRefused as error:
            return VaultStatus(VaultState.REFUSED, str(error), self.path)
        except WrongVaultKey as error:
            return VaultStatus(VaultState.OTHER, str(error), self.path, tuple(ring))
        return VaultStatus(VaultState.READY, self._promise(), self.path, tuple(ring))

    def seal(self, secret: Secret, *, origin: str, uuid: str, field: str = "api_key", key_id: str) -> str:
        """A record of a secret for one place, sealed with the vault key that the database names.

        Raises KeyFileMissing, KeyFileRefused, WrongVaultKey, or InvalidInput for an unfit secret.
        """
        return seal(secret, Place(origin, uuid, field), self._key(key_id))

    def open(self, record: str, *, origin: str, uuid: str, field: str = "api_key") -> Secret:
        """The secret of a record, if this is its place; raises a child of VaultError, returns no part."""
        return unseal(record, Place(origin, uuid, field), self._key(read_header(record).key_id))

    def key_state(self, record: str | None, *, origin: str) -> tuple[KeyState, str | None]:
        """What `judge` says of a record with the keys of this vault."""
        key_ids: tuple[str, ...] | None = None
        try:
            key_ids = self.key_ids()
        except KeyFileRefused:
            state, host = judge(record, origin, None)
            return (KeyState.REFUSED, None) if state is KeyState.LOCKED else (state, host)
        except KeyFileMissing:
            pass
        return judge(record, origin, key_ids)

    def proven_state(
        self, record: str, *, origin: str, uuid: str, field: str = "api_key"
    ) -> tuple[KeyState, str]:
        """The state of a record that was really opened, and the sentence that explains a bad one."""
        try:
            self.open(record, origin=origin, uuid=uuid, field=field)
        except VaultError as error:
            return state_of(error), str(error)
        return KeyState.SET, ""

    def _loaded(self) -> dict[str, VaultKey]:
        ring = self._ring
        if ring is None:
            ring = self._ring = {key.id: key for key in read_ring(self.path)}
        return ring

    def _key(self, key_id: str) -> VaultKey:
        try:
            if key_id not in self._loaded():
                # Another process may have put the key there since the file was read.
                self.reload()
            ring = self._loaded()
        except KeyFileMissing:
            raise missing(self.path, key_id) from None
        if key_id not in ring:
            held = ", ".join(short_id(name) for name in ring)
            raise WrongVaultKey(
                f"This needs the vault key {short_id(key_id)}, but {self.path} holds {held}."
                " Put the right file there, or remove every stored key, then enter them again."
            )
        return ring[key_id]

    def _promise(self) -> str:
        return (
            f"Your keys are encrypted in the database; the key to them is {self.path}, readable only by"
            " you. A copy of the database alone is useless. Programs running as you can still read both."
        )
