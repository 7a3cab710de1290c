"""Where the vault's keys come from: the first configured place, nothing else when that one fails."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.test_keyfile import KEYS, key_file
from tui_registry.errors import KeyFileMissing, KeyFileRefused, VaultError, VaultLocked
from tui_registry.vault import KeyState, Vault, VaultState, find_place, keyring_place
from tui_registry.vault.keyfile import ring_text
from tui_registry.vault.places import CREDENTIAL

FAKE_KEYRING = """
import json, os, sys, time
PLACE = os.environ["FAKE_KEYRING"]
def _held():
    return json.load(open(PLACE)) if os.path.exists(PLACE) else {}
def get_password(service, account):
    if os.environ.get("FAKE_HANGS"):
        time.sleep(60)
    if os.environ.get("FAKE_FAILS"):
        raise errors.KeyringError("no backend")
    return _held().get(service + "/" + account)
def set_password(service, account, text):
    json.dump(_held() | {service + "/" + account: text}, open(PLACE, "w"))
"""


@pytest.fixture
def usual(tmp_path: Path) -> Path:
    return tmp_path / "state" / "vault.key"


def made(path: Path, number: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return key_file(path, KEYS[number])


def test_the_named_file_comes_first_then_the_credential_then_the_usual_file(
    usual: Path, tmp_path: Path
) -> None:
    given = tmp_path / "credentials"
    made(given / CREDENTIAL, 1).chmod(0o400)
    named = made(tmp_path / "named.key", 0)
    places = [
        find_place(named, usual, credentials=str(given)),
        find_place(None, usual, credentials=str(given)),
        find_place(usual, usual, credentials=str(given)),
        find_place(None, usual, credentials=str(tmp_path)),
        find_place(None, usual),
    ]
    assert [(place.kind, place.name) for place in places] == [
        ("file", str(named)),
        ("credential", str(given / CREDENTIAL)),
        ("credential", str(given / CREDENTIAL)),
        ("file", str(usual)),
        ("file", str(usual)),
    ]
    assert Vault(places[0]).key_ids() == (KEYS[0].id,)
    assert Vault(places[1]).key_ids() == (KEYS[1].id,)


def test_what_the_first_place_lacks_is_looked_for_nowhere_else(usual: Path, tmp_path: Path) -> None:
    made(usual, 0)
    vault = Vault(find_place(tmp_path / "named.key", usual))
    with pytest.raises(KeyFileMissing, match=r"named\.key"):
        vault.key_ids()
    with pytest.raises(KeyFileRefused, match=r"named\.key.*state/vault\.key"):
        vault.create(sealed_exists=False)
    assert not (tmp_path / "named.key").exists()


def test_two_places_that_disagree_are_both_named_and_neither_is_used(usual: Path, tmp_path: Path) -> None:
    made(usual, 0)
    named = made(tmp_path / "named.key", 1)
    vault = Vault(find_place(named, usual))
    with pytest.raises(KeyFileRefused) as refused:
        vault.key_ids()
    for part in (str(usual), str(named), KEYS[0].id[:8], KEYS[1].id[:8]):
        assert part in str(refused.value)
    assert vault.status(sealed_exists=True).state is VaultState.REFUSED
    assert Vault(find_place(named, usual, is_usual_ours=False)).key_ids() == (KEYS[1].id,)
    key_file(named, KEYS[0])
    assert vault.key_ids() == (KEYS[0].id,)


def test_a_credential_is_used_as_it_is_and_never_changed(usual: Path, tmp_path: Path) -> None:
    path = made(tmp_path / CREDENTIAL, 0)
    path.chmod(0o440)
    os.chown(path, 0, -1) if os.geteuid() == 0 else path.chmod(0o400)
    vault = Vault(find_place(None, usual, credentials=str(tmp_path)))
    assert vault.key_ids() == (KEYS[0].id,)
    before = path.read_bytes()
    changes: list[Callable[[], object]] = [
        vault.add_key,
        lambda: vault.protect(None),
        lambda: vault.put_back([KEYS[1]]),
    ]
    for change in changes:
        with pytest.raises(VaultError, match="comes from the service manager"):
            change()
    assert path.read_bytes() == before
    path.chmod(0o444)
    vault.reload()
    with pytest.raises(KeyFileRefused, match="is not private"):
        vault.key_ids()


def test_keys_put_back_join_those_that_are_there_and_keep_the_text_that_was(usual: Path) -> None:
    held: tuple[str, ...] = ()
    for number, kept in ((0, None), (1, "vault.key.aside"), (2, "vault.key.aside-2")):
        aside = Vault(usual).put_back([KEYS[number]], first=KEYS[number].id)
        assert aside == (kept and str(usual.with_name(kept)))
        assert kept is None or Vault(usual.with_name(kept)).key_ids() == held
        held = (KEYS[number].id, *held)
        assert Vault(usual).key_ids()[0] == held[0]
        assert set(Vault(usual).key_ids()) == set(held)
    assert {path.stat().st_mode & 0o777 for path in usual.parent.iterdir()} == {0o600}


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the keyring package, and where it keeps its entries."""
    package = tmp_path / "packages" / "keyring"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from keyring import errors\n" + FAKE_KEYRING)
    (package / "errors.py").write_text("class KeyringError(Exception): pass\n")
    here = os.pathsep.join([str(package.parent), str(Path(__file__).parents[1])])
    monkeypatch.setenv("PYTHONPATH", here)
    monkeypatch.setenv("FAKE_KEYRING", str(tmp_path / "entries.json"))
    (tmp_path / "keyring.py").write_text("raise SystemExit('a file of the present directory was run')")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "entries.json"


def test_the_keyring_holds_the_same_text_and_no_file_is_made(keyring: Path, usual: Path) -> None:
    place = find_place(None, usual, backend="keyring")
    vault = Vault(place, lambda vault: None)
    assert vault.status(sealed_exists=False).state is VaultState.EMPTY
    key_id = vault.create(sealed_exists=False)
    assert "tui-registry vault key v1" in keyring.read_text()
    place.make(ring_text([KEYS[0]], None))
    assert Vault(place, lambda vault: None).key_ids() == (key_id,)
    assert vault.add_key() != key_id
    assert not usual.exists()


def test_a_keyring_is_not_asked_by_a_screen_before_it_is_told_to(keyring: Path, usual: Path) -> None:
    vault = Vault(find_place(None, usual, backend="keyring"))
    with pytest.raises(VaultLocked, match="was not asked yet"):
        vault.key_ids()
    assert vault.key_state("trv1.AA", origin="")[0] is KeyState.DAMAGED
    assert vault.status(sealed_exists=True).state is VaultState.LOCKED


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [("FAKE_HANGS", "did not answer within"), ("FAKE_FAILS", "no system's keyring that can be used")],
)
def test_a_keyring_that_hangs_or_fails_is_named_and_nothing_else_is_tried(
    keyring: Path, usual: Path, monkeypatch: pytest.MonkeyPatch, variable: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, "1")
    if variable == "FAKE_HANGS":
        monkeypatch.setattr(keyring_place, "PATIENCE", 1.0)
    vault = Vault(find_place(None, usual, backend="keyring"), lambda vault: None)
    began = time.monotonic()
    with pytest.raises(KeyFileRefused, match=sentence):
        vault.create(sealed_exists=False)
    assert time.monotonic() - began < 5
    assert not usual.exists()
    assert not keyring.exists()


def test_without_a_program_to_ask_it_the_keyring_is_refused(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(KeyFileRefused, match="no system's keyring"):
        find_place(None, usual, backend="keyring").read()
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(KeyFileRefused, match="could not be asked: No such file"):
        find_place(None, usual, backend="keyring").read()
