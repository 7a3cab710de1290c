"""One sealed secret as stored text: `trv1.` and canonical base64url, at most 16,384 characters.

byte 0        version, 1; it fixes every algorithm
bytes 1-16    name of the vault key
bytes 17-32   random salt
bytes 33-34   length of the origin, big-endian
then          the origin in ASCII, as `https://api.openai.com:443`
the rest      AES-256-GCM ciphertext and its 16-byte tag

HKDF of the vault key with the salt gives the 32-byte key and 12-byte nonce, which are used once.
Authenticated with it: a label, everything before the ciphertext, the provider's UUID and the field's
name, each behind its length in four big-endian bytes.
"""

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tui_registry.endpoint import shown_origin
from tui_registry.errors import InvalidInput, OriginChanged, RecordDamaged, RecordNewer, VaultError
from tui_registry.text import Secret
from tui_registry.vault import base64url
from tui_registry.vault.keys import KEY_BYTES, KEY_ID_BYTES, RandomBytes, VaultKey, hkdf_sha256

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAX_RECORD_CHARS = 16_384
SALT_BYTES = 16

_VERSION = 1
_TAG_BYTES = 16
_NONCE_BYTES = 12
_SALT_AT = 1 + KEY_ID_BYTES
_LENGTH_AT = _SALT_AT + SALT_BYTES
_ORIGIN_AT = _LENGTH_AT + 2
_RECORD = re.compile(r"trv1\.([A-Za-z0-9_-]+)")
_NEWER = re.compile(r"trv(?:[2-9]|[1-9][0-9]{1,3})\.")
_ORIGIN = re.compile(r"https?://[a-z0-9._:\[\]-]+:[0-9]{1,5}")
_UUID = re.compile(r"[0-9A-Fa-f]{32}")
_AAD_LABEL = b"tui-registry/secret/v1"
_RECORD_LABEL = b"tui-registry/record/v1"
_DAMAGED = "This stored key was altered or damaged. It was not used. Enter the key again or remove it."
_NEEDS_NEWER = "This stored key was written by a newer version. Update tui-registry to use it."


@dataclass(frozen=True, slots=True)
class RecordHeader:
    """What a record says openly: the vault key it needs and the origin it was sealed for."""

    key_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret belongs: an origin, a provider (UUID as 32 hex digits) and a field of it."""

    origin: str
    uuid: str
    field: str

    def __post_init__(self) -> None:
        """Refuse, with VaultError, a place that no record can name."""
        if not _ORIGIN.fullmatch(self.origin):
            raise VaultError("A key needs an address like https://api.example.com to be sealed for.")
        if not _UUID.fullmatch(self.uuid) or not self.field.isascii():
            raise VaultError("A key can only be sealed for a field of a stored provider. Save the provider.")

    def authenticated(self, header: bytes) -> bytes:
        """The bytes that are authenticated together with a record of this header."""
        parts = (_AAD_LABEL, header, bytes.fromhex(self.uuid), self.field.encode("ascii"))
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


class _Parts(NamedTuple):
    header: bytes
    key_id: bytes
    salt: bytes
    origin: str
    sealed: bytes


def read_header(record: str) -> RecordHeader:
    """The open part of a record, not yet authenticated; raises RecordDamaged or RecordNewer."""
    parts = _parse(record)
    return RecordHeader(base64url.encode(parts.key_id), parts.origin)


def seal(secret: Secret, place: Place, key: VaultKey, random: RandomBytes = os.urandom) -> str:
    """A new record of a secret; raises InvalidInput for one that is empty, too long or not text."""
    salt, origin = random(SALT_BYTES), place.origin.encode("ascii")
    header = b"".join(
        (bytes([_VERSION]), base64url.decode(key.id), salt, len(origin).to_bytes(2, "big"), origin)
    )
    plain = _plain_bytes(secret, place.field)
    cipher, nonce = _cipher(key, salt)
    sealed = cipher.encrypt(nonce, plain, place.authenticated(header))
    record = "trv1." + base64url.encode(header + sealed)
    if len(record) > MAX_RECORD_CHARS:
        raise InvalidInput({place.field: "This is too long to be sealed. Enter at most 4,096 characters."})
    return record


def unseal(record: str, place: Place, key: VaultKey) -> Secret:
    """The secret of a record; raises RecordDamaged, RecordNewer, OriginChanged, and returns no part."""
    from cryptography.exceptions import InvalidTag

    parts = _parse(record)
    if parts.origin != place.origin:
        raise OriginChanged(
            f"This key is sealed for {shown_origin(parts.origin)}, not for {shown_origin(place.origin)}."
            " It was not used. Enter a new key, move this one or remove it.",
            sealed_for=parts.origin,
        )
    cipher, nonce = _cipher(key, parts.salt)
    try:
        plain = cipher.decrypt(nonce, parts.sealed, place.authenticated(parts.header))
        return Secret(plain.decode("utf-8"))
    except (InvalidTag, UnicodeDecodeError):
        raise RecordDamaged(_DAMAGED) from None


def _parse(record: str) -> _Parts:
    if len(record) > MAX_RECORD_CHARS:
        raise RecordDamaged(_DAMAGED)
    if _NEWER.match(record):
        raise RecordNewer(_NEEDS_NEWER)
    shape = _RECORD.fullmatch(record)
    if shape is None:
        raise RecordDamaged(_DAMAGED)
    try:
        data = base64url.decode(shape[1])
        size = int.from_bytes(data[_LENGTH_AT:_ORIGIN_AT], "big")
        sealed_at = _ORIGIN_AT + size
        origin = data[_ORIGIN_AT:sealed_at].decode("ascii")
    except ValueError:
        raise RecordDamaged(_DAMAGED) from None
    whole = len(data) > sealed_at + _TAG_BYTES
    if not whole or data[0] != _VERSION or not _ORIGIN.fullmatch(origin):
        raise RecordDamaged(_DAMAGED)
    return _Parts(data[:sealed_at], data[1:_SALT_AT], data[_SALT_AT:_LENGTH_AT], origin, data[sealed_at:])


def _plain_bytes(secret: Secret, field: str) -> bytes:
    try:
        plain = secret.reveal().encode("utf-8")
    except UnicodeEncodeError:
        # The original error carries the whole secret, so it is not chained.
        raise InvalidInput({field: "This is not valid text. Enter the key again."}) from None
    if not plain:
        raise InvalidInput({field: "Enter a key: an empty one cannot be sealed."})
    return plain


def _cipher(key: VaultKey, salt: bytes) -> "tuple[AESGCM, bytes]":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    derived = hkdf_sha256(key.material, salt=salt, label=_RECORD_LABEL, size=KEY_BYTES + _NONCE_BYTES)
    return AESGCM(derived[:KEY_BYTES]), derived[KEY_BYTES:]
