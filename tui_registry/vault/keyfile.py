"""The vault's keys as a text: a ring of four lines, kept like an SSH private key.

tui-registry vault key v1
kdf: none                      or  argon2id m=65536 t=3 p=4 salt=<22 characters>
id: <name of the first key>
keys: <base64url of n times 32 bytes; with a passphrase of nonce, AES-256-GCM of them, and tag>

With a passphrase the three lines above the keys are authenticated together with them.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from shlex import quote

from tui_registry.errors import KeyFileRefused, WrongPassphrase
from tui_registry.vault import base64url
from tui_registry.vault.keys import KEY_BYTES, RandomBytes, VaultKey
from tui_registry.vault.passphrase import NONCE_BYTES, TAG_BYTES, Kdf, WrapKey

_TEXT = re.compile(
    rb"(tui-registry vault key v1\n"
    rb"kdf: (none|argon2id [ -~]{1,100})\n"
    rb"id: ([A-Za-z0-9_-]{22})\n)"
    rb"keys: ([A-Za-z0-9_-]+)\n"
)

Ring = tuple[VaultKey, ...]
"""The vault's keys, the newest first."""


@dataclass(frozen=True, slots=True)
class RingText:
    """A ring's text taken apart; without a `kdf` the body is the keys themselves."""

    first_id: str
    kdf: Kdf | None
    authenticated: bytes
    body: bytes = field(repr=False)


def parse(text: bytes, place: str) -> RingText:
    """A text taken apart, nothing opened yet; raises KeyFileRefused with the name of its place."""
    match = _TEXT.fullmatch(text)
    if match is None:
        raise unreadable(place)
    try:
        kdf = None if match[2] == b"none" else Kdf.read(match[2].decode("ascii"))
        body = base64url.decode(match[4].decode("ascii"))
    except ValueError:
        raise unreadable(place) from None
    around = 0 if kdf is None else NONCE_BYTES + TAG_BYTES
    if len(body) <= around or (len(body) - around) % KEY_BYTES:
        raise unreadable(place)
    return RingText(match[3].decode("ascii"), kdf, match[1], body)


def ring_of(found: RingText, place: str, wrap: WrapKey | None) -> Ring:
    """The keys of a text, through a passphrase's key if any; raises KeyFileRefused, WrongPassphrase."""
    material = found.body
    if found.kdf is not None:
        if wrap is None or wrap.kdf != found.kdf:
            raise WrongPassphrase("That passphrase does not fit.")
        material = wrap.open(found.body, found.authenticated)
    ring = tuple(VaultKey.of(material[at : at + KEY_BYTES]) for at in range(0, len(material), KEY_BYTES))
    if ring[0].id != found.first_id:
        raise unreadable(place)
    return ring


def ring_text(ring: Sequence[VaultKey], wrap: WrapKey | None, random: RandomBytes = os.urandom) -> bytes:
    """A ring as its text, behind a passphrase's key if there is one."""
    kdf = "none" if wrap is None else str(wrap.kdf)
    above = f"tui-registry vault key v1\nkdf: {kdf}\nid: {ring[0].id}\n".encode("ascii")
    material = b"".join(key.material for key in ring)
    body = material if wrap is None else wrap.seal(material, above, random)
    return above + b"keys: " + base64url.encode(body).encode("ascii") + b"\n"


def new_key(random: RandomBytes = os.urandom) -> VaultKey:
    """A key that nobody has seen yet."""
    return VaultKey.of(random(KEY_BYTES))


def unreadable(place: str) -> KeyFileRefused:
    """The refusal for a text that is not exactly a ring's."""
    name = quote(place)
    return KeyFileRefused(
        f"{place} was altered, damaged or written by a newer version. Restore it from a backup;"
        f" to set this one aside, run: mv {name} {name}.aside"
    )
