"""The record format: one spelling, fixed to the byte, the same in every release."""

import json
import timeit
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_registry.errors import RecordDamaged
from tui_registry.text import Secret
from tui_registry.vault import judge, read_header
from tui_registry.vault.base64url import decode, encode
from tui_registry.vault.keys import VaultKey, hkdf_sha256
from tui_registry.vault.record import Place, seal, unseal

OPENAI = "https://api.openai.com:443"
CANARY = "sk-canary-7f3a9d52e8c14b60a1b2c3d4e5f60718293a4b5c6"
HERE = Place(OPENAI, "00112233445566778899aabbccddeeff", "api_key")
KEY = VaultKey.of(bytes(range(32)))
VECTORS = json.loads(Path(__file__).with_name("data").joinpath("vault_vectors.json").read_text("utf-8"))


@settings(max_examples=60, deadline=None)
@given(
    secret=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200),
    uuid=st.uuids().map(lambda uuid: uuid.hex),
    field=st.sampled_from(["api_key", "header:x-org", "f"]),
)
def test_any_text_opens_in_its_own_place_and_in_no_other(secret: str, uuid: str, field: str) -> None:
    place = Place(OPENAI, uuid, field)
    record = seal(Secret(secret), place, KEY)
    assert unseal(record, place, KEY).reveal() == secret
    if place != HERE:
        with pytest.raises(RecordDamaged):
            unseal(record, HERE, KEY)


def test_only_the_canonical_spelling_of_a_record_is_read() -> None:
    record, shorter = (seal(Secret(secret), HERE, KEY) for secret in (CANARY, CANARY[:-1]))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    loose = next(each for each in (record, shorter) if len(each[5:]) % 4)
    twin = loose[:-1] + alphabet[alphabet.index(loose[-1]) + 1]
    assert unseal(loose, HERE, KEY)
    for bad in (twin, loose + "=", loose + "\n", loose + " ", "trv1." + "A" * 20_000):
        with pytest.raises(RecordDamaged):
            unseal(bad, HERE, KEY)
    assert min(timeit.repeat(lambda: judge("trv1." + "A" * 20_000, OPENAI, ()), number=1)) < 0.01


def test_ten_thousand_seals_never_share_a_salt_a_key_or_a_nonce() -> None:
    salts = {decode(seal(Secret("k"), HERE, KEY)[5:])[17:33] for _ in range(10_000)}
    derived = {
        hkdf_sha256(KEY.material, salt=salt, label=b"tui-registry/record/v1", size=44) for salt in salts
    }
    keys, nonces = {each[:32] for each in derived}, {each[32:] for each in derived}
    assert len(salts) == len(keys) == len(nonces) == 10_000


@pytest.mark.parametrize("vector", VECTORS["records"], ids=lambda vector: vector["about"])
def test_published_records_open_and_are_sealed_the_same_way_again(vector: dict[str, str]) -> None:
    key = VaultKey.of(bytes.fromhex(VECTORS["ring"][int(vector["key"])]["material"]))
    place = Place(vector["origin"], vector["uuid"], vector["field"])
    assert unseal(vector["record"], place, key).reveal() == vector["secret"]
    assert read_header(vector["record"]).key_id == key.id == VECTORS["ring"][int(vector["key"])]["id"]
    salt = bytes.fromhex(vector["salt"])
    assert seal(Secret(vector["secret"]), place, key, lambda size: salt[:size]) == vector["record"]


def as_described(secret: str, place: Place, material: bytes, salt: bytes, version: int = 1) -> str:
    """A record made from the description of the format alone."""
    key_id = HKDF(SHA256(), 16, None, b"tui-registry/key-id/v1").derive(material)
    derived = HKDF(SHA256(), 44, salt, b"tui-registry/record/v1").derive(material)
    origin = place.origin.encode()
    header = bytes([version]) + key_id + salt + len(origin).to_bytes(2, "big") + origin
    parts = [b"tui-registry/secret/v1", header, bytes.fromhex(place.uuid), place.field.encode()]
    aad = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    body = AESGCM(derived[:32]).encrypt(derived[32:], secret.encode("utf-8", "surrogateescape"), aad)
    return "trv1." + encode(header + body)


@pytest.mark.parametrize("vector", VECTORS["records"], ids=lambda vector: vector["about"])
def test_a_record_is_what_its_description_says_byte_for_byte(vector: dict[str, str]) -> None:
    place = Place(vector["origin"], vector["uuid"], vector["field"])
    material = bytes.fromhex(VECTORS["ring"][int(vector["key"])]["material"])
    salt = bytes.fromhex(vector["salt"])
    assert vector["record"] == as_described(vector["secret"], place, material, salt)


def test_a_genuine_record_that_this_version_would_not_write_is_still_refused() -> None:
    salt = bytes(16)
    assert unseal(as_described("k" * 12_000, HERE, KEY.material, salt), HERE, KEY).reveal() == "k" * 12_000
    for bad in (
        as_described("k" * 12_300, HERE, KEY.material, salt),
        as_described("k", HERE, KEY.material, salt, version=2),
        as_described("", HERE, KEY.material, salt),
        as_described("not UTF-8: \udcff", HERE, KEY.material, salt),
    ):
        with pytest.raises(RecordDamaged):
            unseal(bad, HERE, KEY)


def test_key_derivation_is_hkdf_as_published_in_rfc_5869() -> None:
    okm = hkdf_sha256(b"\x0b" * 22, salt=bytes(range(13)), label=bytes(range(0xF0, 0xFA)), size=42)
    assert okm.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )
    for size in (1, 16, 32, 33, 44, 64, 65):
        theirs = HKDF(SHA256(), size, None, b"label").derive(b"key")
        assert hkdf_sha256(b"key", salt=b"", label=b"label", size=size) == theirs
