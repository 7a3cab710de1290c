"""A passphrase over the vault's keys: what one may be, the key that Argon2id makes of it, what that seals."""

import os
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Self

from tui_registry.errors import InvalidInput, VaultError, WrongPassphrase
from tui_registry.text import Secret
from tui_registry.vault import base64url
from tui_registry.vault.keys import KEY_BYTES, RandomBytes

SHORTEST, LONGEST = 8, 1024
"""Bytes of a new passphrase, in UTF-8."""

SALT_BYTES = 16
NONCE_BYTES = 12
TAG_BYTES = 16

_TEXT = re.compile(
    r"argon2id m=([1-9][0-9]{0,9}) t=([1-9][0-9]{0,9}) p=([1-9][0-9]{0,9}) salt=([A-Za-z0-9_-]{22})"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """How hard Argon2id works: memory in KiB, passes over it, and lanes."""

    memory: int
    passes: int
    lanes: int

    def is_allowed(self) -> bool:
        """Whether a file may ask for it: neither too weak nor enough to stop a machine."""
        return 19 * 1024 <= self.memory <= 1024 * 1024 and 1 <= self.passes <= 16 and 1 <= self.lanes <= 16


USUAL = Cost(64 * 1024, 3, 4)
"""The second recommended choice of RFC 9106: a fifth of a second and 64 MiB."""


@dataclass(frozen=True, slots=True)
class Kdf:
    """Argon2id as a file names it: the cost and the salt."""

    cost: Cost
    salt: bytes

    @classmethod
    def fresh(cls, cost: Cost | None = None, random: RandomBytes = os.urandom) -> Self:
        """A new salt with the usual cost."""
        return cls(cost or USUAL, random(SALT_BYTES))

    @classmethod
    def read(cls, text: str) -> Self:
        """What a line says; raises ValueError for another text, and for a cost that is not allowed."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError("not a way to derive a key")
        cost = Cost(int(match[1]), int(match[2]), int(match[3]))
        if not cost.is_allowed():
            raise ValueError("a cost that is not allowed")
        return cls(cost, base64url.decode(match[4]))

    def __str__(self) -> str:
        cost = self.cost
        salt = base64url.encode(self.salt)
        return f"argon2id m={cost.memory} t={cost.passes} p={cost.lanes} salt={salt}"


@dataclass(frozen=True, slots=True)
class WrapKey:
    """What a passphrase became with one salt; seals by AES-256-GCM, each time under a new random nonce."""

    kdf: Kdf
    material: bytes = field(repr=False)

    def seal(self, plain: bytes, authenticated: bytes, random: RandomBytes = os.urandom) -> bytes:
        """Nonce, ciphertext and tag."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = random(NONCE_BYTES)
        return nonce + AESGCM(self.material).encrypt(nonce, plain, authenticated)

    def open(self, sealed: bytes, authenticated: bytes) -> bytes:
        """What was sealed; raises WrongPassphrase, returns no part."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            return AESGCM(self.material).decrypt(nonce, rest, authenticated)
        except (InvalidTag, ValueError):
            raise WrongPassphrase("That passphrase does not fit.") from None


def derive(passphrase: Secret, kdf: Kdf) -> WrapKey:
    """The key that a passphrase makes; for a thread, as it takes a fifth of a second and 64 MiB or more.

    Raises WrongPassphrase for what can be no passphrase, VaultError where the memory is not there.
    """
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        plain = _normal(passphrase)
    except InvalidInput:
        raise WrongPassphrase("That passphrase does not fit.") from None
    cost = kdf.cost
    try:
        argon = Argon2id(
            salt=kdf.salt,
            length=KEY_BYTES,
            iterations=cost.passes,
            lanes=cost.lanes,
            memory_cost=cost.memory,
        )
        return WrapKey(kdf, argon.derive(plain))
    except MemoryError:
        raise VaultError(
            f"A passphrase takes {cost.memory // 1024} MiB of memory for a moment, and there is not so much."
        ) from None


def check_new(passphrase: Secret) -> None:
    """Raise InvalidInput for what may not become a passphrase; the sentence does not hold it."""
    size = len(_normal(passphrase))
    if size < SHORTEST:
        raise InvalidInput(
            {"passphrase": f"A passphrase has at least {SHORTEST} characters; five random words are good."}
        )


def _normal(passphrase: Secret) -> bytes:
    """The one spelling of a passphrase, in which é typed as one character or as two is the same."""
    try:
        plain = unicodedata.normalize("NFC", passphrase.reveal()).encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidInput({"passphrase": "This is not valid text. Enter it again."}) from None
    if not plain:
        raise InvalidInput({"passphrase": "Enter a passphrase."})
    if len(plain) > LONGEST:
        raise InvalidInput({"passphrase": f"A passphrase has at most {LONGEST:,} bytes."})
    return plain
