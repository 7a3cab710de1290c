"""A registry and its vault keys in one sealed file, which opens on any machine with its passphrase alone.

tui-registry sealed backup v1
kdf: argon2id m=65536 t=3 p=4 salt=<22 characters>
then chunks, each AES-256-GCM of 1 MiB at most and its 16-byte tag

The two lines are authenticated with every chunk. A chunk's nonce is its number in 11 bytes and a byte that
is 1 for the last chunk alone, so that none can be left out, moved, added or cut off. The key is derived
from what the passphrase became. Inside: a byte, 1 where the vault had a passphrase; the length of the key
file's text in 4 bytes, that text, and the database.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from tui_registry.errors import StoreDamaged, WrongPassphrase
from tui_registry.vault.keyfile import Ring, parse, ring_of, ring_text
from tui_registry.vault.keys import KEY_BYTES, hkdf_sha256
from tui_registry.vault.passphrase import TAG_BYTES, Kdf, WrapKey

MAGIC = b"tui-registry sealed backup v"
CHUNK_BYTES = 1 << 20

_LABEL = b"tui-registry/sealed-backup/v1"
_HEADER = re.compile(rb"tui-registry sealed backup v1\nkdf: (argon2id [ -~]{1,100})\n")
_LONGEST_HEADER = 160
_PREFACE_BYTES = 5


def is_bundle(head: bytes) -> bool:
    """Whether a file that begins like this is a sealed backup, of whatever version."""
    return head.startswith(MAGIC)


def read_kdf(sealed: BinaryIO, name: str) -> Kdf:
    """What a bundle's passphrase must go through; raises StoreDamaged. The stream stands behind it then."""
    return _read_header(sealed, name)[1]


def seal_bundle(ring: Ring, had_passphrase: bool, database: BinaryIO, into: BinaryIO, wrap: WrapKey) -> None:
    """Write a bundle of these keys and this database; `wrap` must never have sealed another one."""
    header = b"tui-registry sealed backup v1\nkdf: " + str(wrap.kdf).encode("ascii") + b"\n"
    into.write(header)
    keys = ring_text(ring, None)
    preface = bytes([had_passphrase]) + len(keys).to_bytes(4, "big") + keys
    cipher = _Chunks(wrap, header)
    for is_last, plain in _ahead(_cut(preface, database)):
        into.write(cipher.seal(plain, is_last))


def open_bundle(sealed: BinaryIO, into: BinaryIO, wrap: WrapKey, name: str) -> tuple[Ring, bool]:
    """Write a bundle's database and return the keys, and whether the vault had a passphrase.

    What was written counts only once this has returned. Raises WrongPassphrase, or StoreDamaged for a
    bundle that was cut, altered or put together anew.
    """
    header, _ = _read_header(sealed, name)
    cipher = _Chunks(wrap, header)
    plain, is_first = b"", True
    ring: tuple[Ring, bool] | None = None
    for is_last, chunk in _ahead(iter(lambda: sealed.read(CHUNK_BYTES + TAG_BYTES), b"")):
        try:
            plain += cipher.open(chunk, is_last)
        except WrongPassphrase:
            if is_first:
                raise WrongPassphrase(
                    f"That passphrase does not open {name}; or the file was altered."
                ) from None
            raise _damaged(name) from None
        is_first = False
        if ring is None:
            ring, plain = _read_preface(plain, name)
        into.write(plain)
        plain = b""
    if ring is None:
        raise _damaged(name)
    return ring


class _Chunks:
    """Seals or opens the chunks of one bundle, one after another."""

    def __init__(self, wrap: WrapKey, header: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(hkdf_sha256(wrap.material, salt=b"", label=_LABEL, size=KEY_BYTES))
        self._header = header
        self._number = 0

    def seal(self, plain: bytes, is_last: bool) -> bytes:
        """The next chunk."""
        return self._cipher.encrypt(self._nonce(is_last), plain, self._header)

    def open(self, chunk: bytes, is_last: bool) -> bytes:
        """What the next chunk holds; raises WrongPassphrase."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(self._nonce(is_last), chunk, self._header)
        except InvalidTag:
            raise WrongPassphrase("That passphrase does not fit.") from None

    def _nonce(self, is_last: bool) -> bytes:
        self._number += 1
        return self._number.to_bytes(11, "big") + bytes([is_last])


def _read_header(sealed: BinaryIO, name: str) -> tuple[bytes, Kdf]:
    sealed.seek(0)
    head = sealed.read(_LONGEST_HEADER)
    match = _HEADER.match(head)
    if match is None:
        if is_bundle(head) and not head.startswith(MAGIC + b"1\n"):
            raise StoreDamaged(f"{name} was made by a newer version. Update tui-registry to restore it.")
        raise _damaged(name)
    try:
        kdf = Kdf.read(match[1].decode("ascii"))
    except ValueError:
        raise _damaged(name) from None
    sealed.seek(match.end())
    return match[0], kdf


def _read_preface(plain: bytes, name: str) -> tuple[tuple[Ring, bool], bytes]:
    size = int.from_bytes(plain[1:_PREFACE_BYTES], "big")
    keys, rest = plain[_PREFACE_BYTES : _PREFACE_BYTES + size], plain[_PREFACE_BYTES + size :]
    return (ring_of(parse(keys, name), name, None), plain[:1] == b"\x01"), rest


def _cut(preface: bytes, database: BinaryIO) -> Iterator[bytes]:
    """Chunks of the whole content; the first one holds the preface."""
    yield preface + database.read(CHUNK_BYTES - len(preface))
    yield from iter(lambda: database.read(CHUNK_BYTES), b"")


def _ahead(chunks: Iterator[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Each chunk, and whether it is the last."""
    held = next(chunks, None)
    while held is not None:
        following = next(chunks, None)
        yield following is None, held
        held = following


def _damaged(name: str) -> StoreDamaged:
    return StoreDamaged(f"{name} was cut, altered or damaged. Nothing was changed. Choose another backup.")
