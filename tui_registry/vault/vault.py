"""The vault: seals API keys for one place each and opens them nowhere else."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from threading import current_thread, main_thread

from tui_registry.errors import (
    KeyFileMissing,
    KeyFileRefused,
    VaultError,
    VaultLocked,
    WrongPassphrase,
    WrongVaultKey,
)
from tui_registry.text import Secret
from tui_registry.vault.keyfile import Ring, new_key, parse, ring_of, ring_text, unreadable
from tui_registry.vault.keys import VaultKey, short_id
from tui_registry.vault.passphrase import Kdf, WrapKey, check_new, derive
from tui_registry.vault.places import KeyFile, Place
from tui_registry.vault.private_file import WAYS_BACK, missing
from tui_registry.vault.record import Place as SealPlace
from tui_registry.vault.record import read_header, seal, unseal
from tui_registry.vault.recovery import recovery_code
from tui_registry.vault.states import KeyState, VaultState, VaultStatus, judge, state_of

Unlocker = Callable[["Vault"], None]
"""Asks for the passphrase and unlocks the vault with it; raises VaultLocked or WrongPassphrase."""


class Vault:
    """The keys of one place, read when first needed; safe to use from several threads.

    A vault with a passphrase is locked until `unlock`; with an `unlocker` it is asked for by itself. What
    changes the place is called inside a write transaction of the registry, so that no two do so at once.
    """

    def __init__(self, place: Place | Path, unlocker: Unlocker | None = None) -> None:
        """Name where the keys are; nothing is read or made yet."""
        self.place: Place = KeyFile(place) if isinstance(place, Path) else place
        self._unlocker = unlocker
        self._ring: dict[str, VaultKey] | None = None
        self._wrap: WrapKey | None = None
        self._locked = 0

    @property
    def is_open_by_passphrase(self) -> bool:
        """Whether a passphrase was given that a lock would take back; costs nothing."""
        return self._wrap is not None

    def needs_unlocking(self) -> bool:
        """Whether `unlock` must come before a key can be used; a screen asks this before it needs one."""
        try:
            self._at_hand()
        except VaultLocked:
            return True
        except VaultError:
            return False
        return False

    def unlock(self, passphrase: Secret | None) -> None:
        """Open the keys; for a thread, as it takes a fifth of a second, in a slow place up to three.

        Raises VaultLocked where a passphrase is wanted and none was given, WrongPassphrase, KeyFileMissing
        and KeyFileRefused.
        """
        locked = self._locked
        found = parse(self.place.read(), self.place.name)
        wrap = None
        if found.kdf is not None:
            if passphrase is None:
                raise self._is_locked()
            wrap = derive(passphrase, found.kdf)
        try:
            ring = ring_of(found, self.place.name, wrap)
        except WrongPassphrase:
            raise WrongPassphrase(
                f"That passphrase does not open {self.place.name}; or the file was altered."
            ) from None
        if locked == self._locked:
            self._wrap = wrap
            self._keep(ring)

    def check(self, passphrase: Secret) -> None:
        """Raise WrongPassphrase unless this is the present passphrase; for a thread."""
        found = parse(self.place.read(), self.place.name)
        if found.kdf is not None:
            ring_of(found, self.place.name, derive(passphrase, found.kdf))

    def lock(self) -> None:
        """Forget the keys and what the passphrase became."""
        self._locked += 1
        self._wrap = None
        self._ring = None

    def reload(self) -> None:
        """Forget the keys, so that the next use reads the place again; a passphrase given stays given."""
        self._ring = None

    def key_ids(self) -> tuple[str, ...]:
        """Names of the keys, the first one first; raises KeyFileMissing, KeyFileRefused or VaultLocked."""
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
        self.place.make(ring_text([new_key()], None))
        return self.key_ids()[0]

    def status(self, sealed_exists: bool, key_id: str | None = None) -> VaultStatus:
        """How the vault stands now; `key_id` is the vault key that the database names. Asks nobody."""
        if not self.place.is_slow:
            self.reload()
        name, kind = self.place.name, self.place.kind
        first: tuple[str, ...] = ()
        kdf: str | None = None
        try:
            if not self.place.is_slow:
                found = parse(self.place.read(), name)
                first, kdf = (found.first_id,), str(found.kdf).partition(" salt=")[0] if found.kdf else None
            ring = self._at_hand()
            if key_id is not None and key_id not in ring:
                raise self._wrong(key_id, ring)
        except KeyFileMissing:
            if sealed_exists:
                return VaultStatus(VaultState.MISSING, str(missing(name, key_id)), name, kind)
            sentence = f"There is no vault key yet. {name} is made when the first key is saved."
            return VaultStatus(VaultState.EMPTY, sentence, name, kind)
        except KeyFileRefused as error:
            return VaultStatus(VaultState.REFUSED, str(error), name, kind)
        except VaultLocked as error:
            return VaultStatus(VaultState.LOCKED, str(error), name, kind, first, kdf)
        except WrongVaultKey as error:
            return VaultStatus(VaultState.OTHER, str(error), name, kind, tuple(ring), kdf)
        return VaultStatus(VaultState.READY, self._promise(kdf), name, kind, tuple(ring), kdf)

    def seal(self, secret: Secret, *, origin: str, uuid: str, field: str = "api_key", key_id: str) -> str:
        """A record of a secret for one place, sealed with the vault key that the database names.

        Raises KeyFileMissing, KeyFileRefused, VaultLocked, WrongVaultKey, or InvalidInput.
        """
        return seal(secret, SealPlace(origin, uuid, field), self._key(key_id))

    def open(self, record: str, *, origin: str, uuid: str, field: str = "api_key") -> Secret:
        """The secret of a record, if this is its place; raises a child of VaultError, returns no part."""
        return unseal(record, SealPlace(origin, uuid, field), self._key(read_header(record).key_id))

    def key_state(self, record: str | None, *, origin: str) -> tuple[KeyState, str | None]:
        """What `judge` says of a record with the keys of this vault; nobody is asked for a passphrase."""
        if record is None:
            return KeyState.NONE, None
        try:
            return judge(record, origin, self._at_hand())
        except VaultError as error:
            return judge(record, origin, None, state_of(error))

    def proven_state(
        self, record: str, *, origin: str, uuid: str, field: str = "api_key"
    ) -> tuple[KeyState, str]:
        """The state of a record that was really opened, and the sentence that explains a bad one."""
        try:
            self.open(record, origin=origin, uuid=uuid, field=field)
        except VaultError as error:
            return state_of(error), str(error)
        return KeyState.SET, ""

    def require(self, key_id: str) -> None:
        """Raise KeyFileMissing, KeyFileRefused, VaultLocked or WrongVaultKey unless this key is there."""
        self._key(key_id)

    def add_key(self) -> str:
        """Put a new key before the others, which stay; its name. The place holds both from then on."""
        self.reload()
        ring = (new_key(), *self._loaded().values())
        self._store(ring, self._wrap)
        return ring[0].id

    def keep_only(self, key_ids: Collection[str]) -> None:
        """Let every key go but these."""
        self.reload()
        ring = tuple(key for key in self._loaded().values() if key.id in key_ids)
        if not ring:
            raise VaultError("A vault without any key would open nothing. Nothing was changed.")
        self._store(ring, self._wrap)

    def wrap_for(self, passphrase: Secret) -> WrapKey:
        """What a new passphrase becomes, for `protect`; for a thread. Raises InvalidInput."""
        check_new(passphrase)
        return derive(passphrase, Kdf.fresh())

    def protect(self, wrap: WrapKey | None) -> None:
        """Put the keys behind another passphrase, or with None behind none; no record changes."""
        self.reload()
        self._store(tuple(self._loaded().values()), wrap)

    def recovery_code(self, key_id: str | None) -> Secret:
        """The code of the key that the database names, else of the first one."""
        return recovery_code(self._key(key_id or self.key_ids()[0]))

    @property
    def wrap(self) -> WrapKey | None:
        """What the passphrase that was given became."""
        return self._wrap

    def ring(self) -> Ring:
        """The keys themselves, for a backup that is sealed by other means."""
        self.reload()
        return tuple(self._loaded().values())

    def put_back(
        self, ring: Sequence[VaultKey], wrap: WrapKey | None = None, first: str | None = None
    ) -> str | None:
        """Put keys in the place beside those that can be read there; the name that the old text has then.

        None where nothing was there. The key called `first` is put before the others. A passphrase that was
        given for the place stays where `wrap` names no other; one that nobody gave is set aside with it.
        """
        try:
            held = self._at_hand()
        except VaultError:
            held = {}
        keys = {key.id: key for key in ring} | held
        ordered = tuple(sorted(keys.values(), key=lambda key: key.id != first))
        wrap = wrap or (self._wrap if held else None)
        aside = self.place.keep_copy()
        text = ring_text(ordered, wrap)
        self.place.make(text) if aside is None else self.place.replace(text)
        self._wrap = wrap
        self.reload()
        return aside

    def _store(self, ring: Ring, wrap: WrapKey | None) -> None:
        self.place.replace(ring_text(ring, wrap))
        self._wrap = wrap
        self._keep(ring)

    def _loaded(self) -> dict[str, VaultKey]:
        """The keys, asked for where somebody can be asked."""
        try:
            return self._at_hand()
        except VaultLocked:
            if self._unlocker is None:
                raise
        self._unlocker(self)
        return self._at_hand()

    def _at_hand(self) -> dict[str, VaultKey]:
        """The keys as far as nobody must be asked or waited for."""
        if (held := self._ring) is not None:
            return held
        if self.place.is_slow and self._unlocker is None and current_thread() is main_thread():
            raise VaultLocked(f"The vault key is in {self.place.name}, which was not asked yet.")
        locked = self._locked
        found = parse(self.place.read(), self.place.name)
        wrap = self._wrap
        if found.kdf is not None and (wrap is None or wrap.kdf != found.kdf):
            self._wrap = None  # another session changed the passphrase
            raise self._is_locked()
        try:
            ring = ring_of(found, self.place.name, wrap)
        except WrongPassphrase:  # it fitted these parameters before, so the keys were altered since
            raise unreadable(self.place.name) from None
        return self._keep(ring) if locked == self._locked else {key.id: key for key in ring}

    def _keep(self, ring: Ring) -> dict[str, VaultKey]:
        self._ring = held = {key.id: key for key in ring}
        return held

    def _key(self, key_id: str) -> VaultKey:
        try:
            if key_id not in self._loaded():
                # Another process may have put the key there since the place was read.
                self.reload()
            ring = self._loaded()
        except KeyFileMissing:
            raise missing(self.place.name, key_id) from None
        if key_id not in ring:
            raise self._wrong(key_id, ring)
        return ring[key_id]

    def _wrong(self, key_id: str, ring: Collection[str]) -> WrongVaultKey:
        held = ", ".join(short_id(name) for name in ring)
        return WrongVaultKey(
            f"This needs the vault key {short_id(key_id)}, but {self.place.name} holds {held}. {WAYS_BACK}"
        )

    def _is_locked(self) -> VaultLocked:
        return VaultLocked(f"The vault is locked: {self.place.name} has a passphrase.")

    def _promise(self, kdf: str | None) -> str:
        if kdf is not None:
            return (
                f"Your keys are encrypted in the database; the key to them is {self.place.name}, behind your"
                " passphrase. Copies of both are worth what the passphrase is worth; while unlocked, programs"
                " running as you can still read them."
            )
        return (
            f"Your keys are encrypted in the database; the key to them is {self.place.name}, readable only by"
            " you. A copy of the database alone is useless. Programs running as you can still read both."
        )
