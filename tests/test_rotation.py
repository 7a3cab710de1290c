"""The vault key is replaced while everything goes on, whatever cuts it off, and nothing is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.passphrases import PASSPHRASE, quick
from tests.registries import CANARY, OPENAI, Home, Seed, add_keyed, done, provider_draft
from tui_registry.errors import KeyFileMissing, Refused, VaultLocked, WrongVaultKey
from tui_registry.store import Store, rotate
from tui_registry.text import Secret
from tui_registry.vault import KeyState, Vault, read_recovery_code
from tui_registry.vault.base64url import encode

__all__ = ["quick"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with home.open() as store:
        add_keyed(store)
        yield store


def key_of(store: Store, name: str = "Groq") -> str:
    return store.open_key(store.reads.provider(name)).reveal()


def add_openai(store: Store, key: str = "sk-openai-0123456789") -> None:
    row = done(store, lambda writes: writes.add_provider(provider_draft("OpenAI", OPENAI)))
    done(store, lambda writes: writes.set_key(row, Secret(key)))


def spoil(home: Home, name: str, record: str) -> None:
    with closing(sqlite3.connect(home.database, isolation_level=None)) as shell:
        shell.execute(
            "UPDATE provider SET api_key_encrypted = ?, key_fingerprint = lower(hex(randomblob(8))),"
            " row_version = row_version + 1 WHERE name = ?",
            (record, name),
        )


def test_a_rotation_seals_every_key_anew_and_the_old_vault_key_is_gone(home: Home, store: Store) -> None:
    (old,) = Vault(home.key_file).ring()
    before = store.reads.provider("Groq")
    done_with = rotate(store)
    after = store.reads.provider("Groq")
    (new,) = Vault(home.key_file).ring()
    assert (new.id, done_with.key_id, done_with.resumed) == (done_with.key_id, new.id, False)
    assert new.id != old.id
    assert key_of(store) == CANARY
    assert (after.key_fingerprint, after.key_validated_at, after.updated_at) == (
        before.key_fingerprint,
        before.key_validated_at,
        before.updated_at,
    )
    whole = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())
    assert encode(old.material).encode() not in whole
    assert str(before.api_key_encrypted).encode() not in whole, "nothing of the replaced record is left"
    assert str(after.api_key_encrypted).encode() in whole


def test_another_session_goes_on_reading_and_sealing(home: Home, store: Store) -> None:
    with home.open(create=False) as other:
        assert key_of(other) == CANARY
        rotate(store)
        assert key_of(other) == CANARY
        add_openai(other)
        rotate(store)
        add_keyed_again = other.reads.provider("OpenAI")
        done(other, lambda writes: writes.set_key(add_keyed_again, Secret("sk-after-0123456789")))
        assert key_of(store, "OpenAI") == "sk-after-0123456789"


@pytest.mark.parametrize("steps", [1, 2])
def test_a_rotation_that_was_cut_off_is_ended_by_the_next_one(home: Home, store: Store, steps: int) -> None:
    done(store, lambda writes: writes.vault.begin_rotation())
    if steps == 2:
        done(store, lambda writes: writes.vault.reseal())
    new = Vault(home.key_file).key_ids()[0]
    assert key_of(store) == CANARY
    ended = rotate(store)
    assert (ended.resumed, ended.key_id) == (True, new)
    assert "ended the rotation that was cut off" in ended.sentences()[0]
    assert Vault(home.key_file).key_ids() == (new,)
    assert key_of(store) == CANARY
    assert not rotate(store).resumed


def test_two_rotations_through_each_other_lose_nothing(home: Home, store: Store) -> None:
    with home.open(create=False) as other:
        done(store, lambda writes: writes.vault.begin_rotation())
        done(store, lambda writes: writes.vault.reseal())
        rotate(other)
        done(other, lambda writes: writes.vault.begin_rotation())
        done(other, lambda writes: writes.vault.reseal())
        done(other, lambda writes: writes.vault.begin_rotation())
        done(store, lambda writes: writes.vault.end_rotation())
        assert key_of(store) == key_of(other) == CANARY
        rotate(other)
        assert len(Vault(home.key_file).key_ids()) == 1
        assert key_of(store) == CANARY


def test_a_record_that_cannot_be_read_is_left_and_its_vault_key_kept(home: Home, store: Store) -> None:
    add_openai(store)
    record = str(store.reads.provider("OpenAI").api_key_encrypted)
    broken = record[:-1] + ("A" if record[-1] != "A" else "Q")
    spoil(home, "OpenAI", broken)
    old = Vault(home.key_file).key_ids()[0]
    found = rotate(store)
    assert [each.provider for each in found.unread] == ["OpenAI"]
    assert "altered or damaged" in found.unread[0].sentence
    assert found.kept == (old,)
    assert f"The old vault key {old[:8]} is kept, as 1 key could not be sealed again." in found.sentences()
    assert store.reads.provider("OpenAI").api_key_encrypted == broken, "it is not touched"
    assert key_of(store) == CANARY
    spoil(home, "OpenAI", record)
    assert key_of(store, "OpenAI") == "sk-openai-0123456789", "a backup of that row can still be read"
    assert rotate(store).kept == ()
    assert len(Vault(home.key_file).key_ids()) == 1


def test_a_key_for_another_host_is_sealed_again_for_that_host(home: Home, store: Store) -> None:
    row = store.reads.provider("Groq")
    moved = provider_draft(endpoint="https://elsewhere.example/v1")
    done(store, lambda writes: writes.save_provider(moved, row))
    assert rotate(store).unread == ()
    assert store.key_state(store.reads.provider("Groq")) is KeyState.OTHER_HOST
    done(store, lambda writes: writes.move_key(store.reads.provider("Groq"), "elsewhere.example"))
    assert key_of(store) == CANARY


@pytest.mark.usefixtures("quick")
def test_a_vault_with_a_passphrase_is_rotated_unlocked_and_stays_behind_it(home: Home) -> None:
    vault = Vault(home.key_file)
    with (
        Store.open(home.database, vault=vault, clock=home.clock, known=Seed(), create=True) as store,
        Store.open(
            home.database,
            vault=(watching := Vault(home.key_file)),
            clock=home.clock,
            known=Seed(),
            create=False,
        ) as other,
    ):
        add_keyed(store)
        wrap = vault.wrap_for(Secret(PASSPHRASE))
        done(store, lambda writes: writes.vault.protect(wrap))
        watching.unlock(Secret(PASSPHRASE))
        rotate(store)
        assert b"kdf: argon2id" in home.key_file.read_bytes()
        assert key_of(other) == CANARY, "who unlocked it before follows the rotation without being asked"
        vault.lock()
        with pytest.raises(VaultLocked):
            rotate(store)
        with pytest.raises(VaultLocked):
            key_of(store)
        vault.unlock(Secret(PASSPHRASE))
        assert key_of(store) == CANARY


def test_without_the_right_vault_key_there_is_nothing_to_rotate(home: Home, store: Store) -> None:
    away = home.key_file.rename(home.key_file.with_name("away"))
    with pytest.raises(KeyFileMissing):
        rotate(store)
    Vault(home.key_file).create(sealed_exists=False)
    with pytest.raises(WrongVaultKey):
        rotate(store)
    away.replace(home.key_file)
    assert rotate(store).kept == ()


def test_a_recovery_code_puts_the_lost_vault_key_back(home: Home, store: Store) -> None:
    code = store.recovery_code()
    home.key_file.unlink()
    assert store.key_state(store.reads.provider("Groq")) is KeyState.SET, "it is in memory still"
    with home.open(create=False) as later:
        assert later.key_state(later.reads.provider("Groq")) is KeyState.MISSING
        stranger = read_recovery_code(Secret(code.reveal()))
        assert done(later, lambda writes: writes.vault.put_back([stranger])) is None
        assert key_of(later) == CANARY


def test_keys_that_the_registry_does_not_need_are_not_put_back(
    home: Home, store: Store, tmp_path: Path
) -> None:
    other = Vault(tmp_path / "other.key")
    other.create(sealed_exists=False)
    before = home.key_file.read_bytes()
    with pytest.raises(Refused, match=r"This is the vault key .{8}; .{8} is needed"):
        done(store, lambda writes: writes.vault.put_back(other.ring()))
    assert home.key_file.read_bytes() == before


def test_a_new_vault_key_is_begun_only_when_the_old_one_is_lost_and_old_records_stay(
    home: Home, store: Store
) -> None:
    with pytest.raises(Refused, match="is there, so none was begun"):
        done(store, lambda writes: writes.vault.begin_anew())
    record = store.reads.provider("Groq").api_key_encrypted
    away = home.key_file.rename(home.key_file.with_name("away"))
    with home.open(create=False) as later:
        done(later, lambda writes: writes.vault.begin_anew())
        add_openai(later)
        assert key_of(later, "OpenAI") == "sk-openai-0123456789"
        assert later.reads.provider("Groq").api_key_encrypted == record
        assert later.key_state(later.reads.provider("Groq")) is KeyState.OTHER_VAULT
        lost = Vault(away).ring()
        begun = Vault(home.key_file).key_ids()
        aside = done(later, lambda writes: writes.vault.put_back(lost))
        assert Vault(home.key_file).key_ids() == (*begun, lost[0].id), "what was begun meanwhile stays too"
        assert aside == str(home.key_file.with_name("vault.key.aside"))
        assert key_of(later) == CANARY
        assert key_of(later, "OpenAI") == "sk-openai-0123456789"
