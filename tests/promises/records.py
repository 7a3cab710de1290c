"""A sealed record is opened whole and unaltered or not at all."""

from collections.abc import Iterator

from tests.promises.promise import Figure
from tui_registry.errors import VaultError
from tui_registry.text import Secret
from tui_registry.vault.base64url import decode, encode
from tui_registry.vault.keys import VaultKey
from tui_registry.vault.record import Place, seal, unseal

HERE = Place("https://api.openai.com:443", "00112233445566778899aabbccddeeff", "api_key")
KEY = VaultKey.of(bytes(range(32)))
PREFIX = "trv1."


def figures(short: bool) -> Iterator[Figure]:
    """Every bit flipped, every length cut to, and the record itself as control."""
    record = seal(Secret("sk-canary-7f3a9d52e8c14b60a1b2c3d4e5f60718"), HERE, KEY)
    sealed = decode(record.removeprefix(PREFIX))
    altered = [_flipped(sealed, bit) for bit in range(8 * len(sealed))]
    altered += [PREFIX + encode(sealed[:length]) for length in range(len(sealed))]
    altered += [record[:length] for length in range(len(record))]
    opened = sum(map(opens, altered))
    yield Figure(
        "a sealed key with one bit flipped, or cut short",
        f"{len(altered):,} tried, {opened} opened",
        "0 opened",
        not opened,
    )
    opens_itself = opens(record)
    found = "opens" if opens_itself else "refused"
    yield Figure("control: the record as it was sealed", found, "opens", opens_itself)


def opens(record: str) -> bool:
    """Whether the vault opens a record in its place."""
    try:
        unseal(record, HERE, KEY)
    except VaultError:
        return False
    return True


def _flipped(sealed: bytes, bit: int) -> str:
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << bit % 8
    return PREFIX + encode(bytes(changed))
