"""A vault key as a code that can be written on paper: 14 groups of four, with a checksum in them.

32 bytes of the key and 3 bytes of its checksum, 5 bits a character, in an alphabet without I, L, O and U.
"""

import re

from tui_registry.errors import InvalidInput
from tui_registry.text import Secret
from tui_registry.vault.keys import KEY_BYTES, VaultKey, hkdf_sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP = 14, 4

_CHECK_BYTES = 3
_LABEL = b"tui-registry/recovery-code/v1"
_LOOKALIKES = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")


def recovery_code(key: VaultKey) -> Secret:
    """The code of a key."""
    number = int.from_bytes(key.material + _checksum(key.material), "big")
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(GROUPS * GROUP)))
    return Secret("-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP)))


def read_recovery_code(written: Secret) -> VaultKey:
    """The key of a code, however it was spaced; raises InvalidInput, whose sentence holds none of it."""
    letters = _SEPARATORS.sub("", written.reveal()).upper().translate(_LOOKALIKES)
    if len(letters) != GROUPS * GROUP:
        raise _no_code(
            f"A recovery code has {GROUPS} groups of {GROUP}; this has {len(letters):,} characters."
        )
    number = 0
    for place, letter in enumerate(letters):
        value = ALPHABET.find(letter)
        if value < 0:
            raise _no_code(f"Group {place // GROUP + 1} holds a character that no recovery code has.")
        number = number << 5 | value
    data = number.to_bytes(KEY_BYTES + _CHECK_BYTES, "big")
    material = data[:KEY_BYTES]
    if _checksum(material) != data[KEY_BYTES:]:
        raise _no_code("This recovery code has a mistake in it; compare it with what was written down.")
    return VaultKey.of(material)


def _checksum(material: bytes) -> bytes:
    return hkdf_sha256(material, salt=b"", label=_LABEL, size=_CHECK_BYTES)


def _no_code(sentence: str) -> InvalidInput:
    return InvalidInput({"code": sentence})
