"""Sealed keys: they open in their own place only, and every failure has its own name."""

import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from tui_registry.endpoint import shown_origin
from tui_registry.errors import (
    InvalidInput,
    KeyFileMissing,
    OriginChanged,
    RecordDamaged,
    RecordNewer,
    VaultError,
    WrongVaultKey,
)
from tui_registry.text import Secret
from tui_registry.vault import KeyState, Vault, VaultState, judge, read_header
from tui_registry.vault.base64url import decode, encode
from tui_registry.vault.keys import VaultKey
from tui_registry.vault.record import Place, seal

OPENAI = "https://api.openai.com:443"
EVIL = "https://evil.test:443"
UUID = "00112233445566778899aabbccddeeff"
OTHER_UUID = "ffeeddccbbaa99887766554433221100"
CANARY = "sk-canary-7f3a9d52e8c14b60a1b2c3d4e5f60718293a4b5c6"
HERE = Place(OPENAI, UUID, "api_key")
KEY = VaultKey.of(bytes(range(32)))

Sealed = tuple[Vault, str]


@pytest.fixture
def sealed(tmp_path: Path) -> Sealed:
    """A vault with one key, and a record of the canary in it."""
    vault = Vault(tmp_path / "vault.key")
    key_id = vault.create(sealed_exists=False)
    return vault, vault.seal(Secret(CANARY), origin=OPENAI, uuid=UUID, key_id=key_id)


def opened(vault: Vault, record: str, origin: str = OPENAI, uuid: str = UUID, field: str = "api_key") -> str:
    return vault.open(record, origin=origin, uuid=uuid, field=field).reveal()


def with_bytes(record: str, at: int, new: bytes) -> str:
    data = decode(record.removeprefix("trv1."))
    return "trv1." + encode(data[:at] + new + data[at + len(new) :])


@pytest.mark.parametrize("length", [1, 51, 4096])
def test_a_sealed_key_opens_again_and_is_never_sealed_the_same_way_twice(sealed: Sealed, length: int) -> None:
    vault, key_id = sealed[0], sealed[0].key_ids()[0]
    first, second = (
        vault.seal(Secret("k" * length), origin=OPENAI, uuid=UUID, key_id=key_id) for _ in range(2)
    )
    assert first != second
    assert opened(vault, first) == opened(vault, second) == "k" * length


@pytest.mark.parametrize(
    ("origin", "uuid", "field", "state"),
    [
        (OPENAI, OTHER_UUID, "api_key", KeyState.DAMAGED),
        (OPENAI, UUID, "header:x-org", KeyState.DAMAGED),
        (EVIL, UUID, "api_key", KeyState.OTHER_HOST),
        ("http://api.openai.com:443", UUID, "api_key", KeyState.OTHER_HOST),
        ("https://api.openai.com:8443", UUID, "api_key", KeyState.OTHER_HOST),
        (EVIL, OTHER_UUID, "api_key", KeyState.OTHER_HOST),
    ],
    ids=["other provider", "other field", "other host", "other scheme", "other port", "other row"],
)
def test_a_record_put_elsewhere_is_refused(
    sealed: Sealed, origin: str, uuid: str, field: str, state: KeyState
) -> None:
    vault, record = sealed
    found, sentence = vault.proven_state(record, origin=origin, uuid=uuid, field=field)
    assert found is state
    assert "It was not used" in sentence
    assert CANARY not in sentence


def test_another_host_is_refused_by_name_before_anything_is_decrypted(sealed: Sealed) -> None:
    vault, record = sealed
    broken = with_bytes(record, len(decode(record[5:])) - 1, b"\0")
    for each in (record, broken):
        with pytest.raises(
            OriginChanged, match=r"sealed for api\.openai\.com, not for evil\.test"
        ) as refused:
            opened(vault, each, origin=EVIL)
        assert refused.value.sealed_for == OPENAI


def test_rewriting_the_origin_inside_the_record_damages_it(sealed: Sealed) -> None:
    vault, record = sealed
    data = decode(record[5:])
    forged = "trv1." + encode(
        data[:33] + len(EVIL).to_bytes(2, "big") + EVIL.encode() + data[35 + len(OPENAI) :]
    )
    assert read_header(forged).origin == EVIL
    with pytest.raises(RecordDamaged):
        opened(vault, forged, origin=EVIL)


def test_no_flipped_bit_and_no_cut_ever_opens(sealed: Sealed) -> None:
    vault, record = sealed
    data = decode(record[5:])
    flipped = [
        with_bytes(record, at, bytes([data[at] ^ 1 << bit])) for at in range(len(data)) for bit in range(8)
    ]
    misspelt = [
        record[:at] + chr(ord(record[at]) ^ 1 << bit) + record[at + 1 :]
        for at in range(len(record))
        for bit in range(8)
    ]
    cut = [record[:length] for length in range(len(record))]
    cut += ["trv1." + encode(data[:length]) for length in range(len(data))]
    for bad in flipped + misspelt + cut:
        with pytest.raises((RecordDamaged, RecordNewer, WrongVaultKey, OriginChanged)):
            opened(vault, bad)


@pytest.mark.parametrize(
    "text",
    [
        "",
        CANARY,
        f"trv1.{CANARY}",
        "trv0.AAAA",
        "TRV1.AAAA",
        " trv1.AAAA",
        "trv1.",
        "trv1.é",
        "trv1.\ud800",
        "trv1",
    ],
)
def test_what_is_not_a_record_is_damaged_and_never_taken_for_a_key(sealed: Sealed, text: str) -> None:
    vault, _ = sealed
    assert vault.key_state(text, origin=OPENAI) == (KeyState.DAMAGED, None)
    with pytest.raises(RecordDamaged) as refused:
        opened(vault, text)
    assert CANARY not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("origin", [b"https://\x1b]0;owned\x07:443", b"https://a.test", b"", b"\xff:443"])
def test_a_header_names_an_origin_that_is_safe_to_show_or_is_damaged(sealed: Sealed, origin: bytes) -> None:
    vault, record = sealed
    data = decode(record[5:])
    forged = data[:33] + len(origin).to_bytes(2, "big") + origin + data[35 + len(OPENAI) :]
    assert vault.key_state("trv1." + encode(forged), origin=EVIL) == (KeyState.DAMAGED, None)


def test_a_record_too_short_to_hold_a_key_is_damaged_without_being_opened(sealed: Sealed) -> None:
    vault, record = sealed
    shortest = decode(record[5:])[: 35 + len(OPENAI) + 16]
    assert vault.key_state("trv1." + encode(shortest), origin=OPENAI) == (KeyState.DAMAGED, None)


@pytest.mark.parametrize("prefix", ["trv2.", "trv9.", "trv10."])
def test_a_record_of_a_newer_version_says_so(sealed: Sealed, prefix: str) -> None:
    vault, record = sealed
    newer = prefix + record[5:]
    assert vault.key_state(newer, origin=OPENAI) == (KeyState.NEWER, None)
    with pytest.raises(RecordNewer, match="Update tui-registry"):
        opened(vault, newer)


@pytest.mark.parametrize(
    "unfit", ["", f"{CANARY}\ud800", CANARY * 300], ids=["empty", "not text", "too long"]
)
def test_what_cannot_be_sealed_is_refused_without_repeating_it(sealed: Sealed, unfit: str) -> None:
    vault, _ = sealed
    with pytest.raises(InvalidInput) as refused:
        vault.seal(Secret(unfit), origin=OPENAI, uuid=UUID, key_id=vault.key_ids()[0])
    assert list(refused.value.problems) == ["api_key"]
    assert CANARY not in "".join(traceback.format_exception(refused.value))
    assert refused.value.__context__ is None or refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("origin", "uuid"), [("api.openai.com", UUID), ("https://аpi.test:443", UUID), ("", UUID), (OPENAI, "12")]
)
def test_a_key_is_sealed_for_a_canonical_origin_and_a_stored_provider_only(
    sealed: Sealed, origin: str, uuid: str
) -> None:
    vault, _ = sealed
    with pytest.raises(VaultError, match="sealed for"):
        vault.seal(Secret(CANARY), origin=origin, uuid=uuid, key_id=vault.key_ids()[0])


def test_lists_name_the_state_of_every_kind_of_record(sealed: Sealed) -> None:
    vault, record = sealed
    ids = vault.key_ids()
    states = [
        judge(None, OPENAI, ids),
        judge(record, OPENAI, ids),
        judge(record, OPENAI, None),
        judge(record, OPENAI, (KEY.id,)),
        judge(record, EVIL, ids),
        judge("trv1.xx", OPENAI, None),
        judge("trv2.xx", OPENAI, None),
    ]
    assert [state.words(host) for state, host in states] == [
        "none", "set", "locked (vault key missing)", "other vault", "for api.openai.com", "damaged",
        "needs newer version",
    ]  # fmt: skip


def test_without_the_key_file_a_record_still_says_what_it_is_for(sealed: Sealed) -> None:
    vault, record = sealed
    key_id = vault.key_ids()[0]
    Path(vault.place.name).unlink()
    vault.reload()
    assert vault.key_state(record, origin=OPENAI) == (KeyState.MISSING, None)
    assert read_header(record).origin == OPENAI
    with pytest.raises(KeyFileMissing, match=f"{key_id[:8]} is not at {vault.place.name}"):
        opened(vault, record)
    assert vault.status(True, key_id).state is VaultState.MISSING
    assert vault.status(False).state is VaultState.EMPTY


def test_another_vaults_key_is_told_apart_from_damage_and_left_alone(sealed: Sealed, tmp_path: Path) -> None:
    vault, record = sealed
    other = Vault(tmp_path / "other" / "vault.key")
    held, before = other.create(sealed_exists=False), Path(other.place.name).read_bytes()
    wanted = vault.key_ids()[0]
    assert other.key_state(record, origin=OPENAI) == (KeyState.OTHER_VAULT, None)
    status = other.status(True, wanted)
    assert status.state is VaultState.OTHER
    with pytest.raises(WrongVaultKey) as refused:
        opened(other, record)
    with pytest.raises(WrongVaultKey):
        other.seal(Secret(CANARY), origin=OPENAI, uuid=UUID, key_id=wanted)
    for sentence in (status.sentence, str(refused.value)):
        assert wanted[:8] in sentence
        assert held[:8] in sentence
        assert "vault restore --new, then enter the API keys again" in sentence
    assert other.create(sealed_exists=True) == held
    assert Path(other.place.name).read_bytes() == before


@pytest.mark.parametrize(
    ("origin", "shown"),
    [
        (OPENAI, "api.openai.com"),
        ("https://api.openai.com:8443", "api.openai.com:8443"),
        ("http://localhost:11434", "http://localhost:11434"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://h.test:4430", "h.test:4430"),
    ],
)
def test_an_origin_is_shown_without_what_https_implies(origin: str, shown: str) -> None:
    assert shown_origin(origin) == shown


def test_making_a_vault_and_listing_states_never_loads_cryptography(tmp_path: Path) -> None:
    record = seal(Secret(CANARY), HERE, KEY)
    code = (
        "import sys; from pathlib import Path; from tui_registry.vault import Vault, judge\n"
        f"vault = Vault(Path({str(tmp_path / 'vault.key')!r})); key = vault.create(False)\n"
        f"vault.status(True, key); print(vault.key_state({record!r}, origin='')[0].name)\n"
        "print('cryptography' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["OTHER_VAULT", "False"]
