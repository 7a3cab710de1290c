"""The vault's own keys: what they are called and what is derived from them."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from tui_registry.vault import base64url

RandomBytes = Callable[[int], bytes]

KEY_BYTES = 32
KEY_ID_BYTES = 16
_HASH_BYTES = 32
_KEY_ID_LABEL = b"tui-registry/key-id/v1"


def hkdf_sha256(key: bytes, *, salt: bytes, label: bytes, size: int) -> bytes:
    """`size` bytes derived from a key by HKDF with SHA-256 (RFC 5869); an empty salt means none."""
    # From the standard library, so that naming a key never waits for cryptography to load.
    extracted = hmac.digest(salt, key, "sha256")
    derived = block = b""
    for count in range(1, -(-size // _HASH_BYTES) + 1):
        block = hmac.digest(extracted, block + label + bytes([count]), "sha256")
        derived += block
    return derived[:size]


@dataclass(frozen=True, slots=True)
class VaultKey:
    """One 32-byte key of the vault under its public name; the name commits to the bytes."""

    id: str
    material: bytes = field(repr=False)

    @classmethod
    def of(cls, material: bytes) -> Self:
        """The key made of these bytes, named after them (22 characters of base64url)."""
        name = hkdf_sha256(material, salt=b"", label=_KEY_ID_LABEL, size=KEY_ID_BYTES)
        return cls(base64url.encode(name), material)


def short_id(key_id: str) -> str:
    """The part of a key's name that a person compares: its first 8 characters."""
    return key_id[:8]
