"""A sealed backup: it opens elsewhere with its passphrase, and nothing that was altered opens at all."""

import io
import os
import re
from pathlib import Path

import pytest

from tests.commanding import Shell, everything_below
from tests.passphrases import PASSPHRASE, QUICK, quick
from tests.registries import CANARY
from tui_registry.cli.passphrase import VARIABLE
from tui_registry.errors import KeyFileRefused, StoreDamaged, WrongPassphrase
from tui_registry.text import Secret
from tui_registry.vault import bundle
from tui_registry.vault.bundle import open_bundle, read_kdf, seal_bundle
from tui_registry.vault.keys import VaultKey
from tui_registry.vault.passphrase import Kdf, WrapKey, derive

__all__ = ["quick"]

RING = (VaultKey.of(b"k" * 32), VaultKey.of(b"o" * 32))
WRAP = WrapKey(Kdf(QUICK, bytes(16)), b"w" * 32)
OWN = "a vault passphrase"


def sealed(database: bytes, wrap: WrapKey = WRAP) -> bytes:
    into = io.BytesIO()
    seal_bundle(RING, True, io.BytesIO(database), into, wrap)
    return into.getvalue()


def opened(whole: bytes, material: bytes = WRAP.material) -> tuple[object, bytes]:
    """What a bundle holds for whoever has the derived key, whatever its header says."""
    stream, into = io.BytesIO(whole), io.BytesIO()
    held = open_bundle(stream, into, WrapKey(read_kdf(stream, "it"), material), "it")
    return held, into.getvalue()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "CHUNK_BYTES", 256)


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("size", [0, 1, 79, 80, 81, 255, 256, 257, 512, 1000])
def test_a_bundle_of_any_size_comes_back_whole(size: int) -> None:
    database = os.urandom(size)
    assert opened(sealed(database)) == ((RING, True), database)


@pytest.mark.usefixtures("small_chunks")
def test_no_flipped_bit_cut_swap_or_addition_opens_a_bundle() -> None:
    whole = sealed(bytes(range(256)) * 3)
    header = whole.index(b"\n", whole.index(b"\n") + 1) + 1
    chunks = [whole[at : at + 272] for at in range(header, len(whole), 272)]
    assert len(chunks) > 3
    spoilt = [
        whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
        for at in range(len(whole))
        for bit in range(8)
    ]
    spoilt += [whole[:length] for length in range(len(whole))]
    spoilt += [
        whole + b"\0",
        whole + chunks[-1],
        whole[:header] + chunks[1] + chunks[0] + b"".join(chunks[2:]),
    ]
    spoilt += [whole[:header] + b"".join(chunks[:-1]), whole[:header] + b"".join(chunks[1:])]
    spoilt += [sealed(b"another")[:header] + b"".join(chunks[1:])]
    for bad in spoilt:
        with pytest.raises((StoreDamaged, WrongPassphrase, KeyFileRefused)):
            opened(bad)


def test_another_key_a_newer_format_and_a_costly_one_are_told_apart() -> None:
    whole = sealed(b"database")
    with pytest.raises(WrongPassphrase):
        opened(whole, b"x" * 32)
    with pytest.raises(StoreDamaged, match="newer version"):
        opened(whole.replace(b"backup v1", b"backup v2"))
    with pytest.raises(StoreDamaged, match="was cut, altered"):
        opened(whole.replace(b"m=19456", b"m=4294967295"))


def test_a_bundle_is_what_its_description_says() -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    wrap = derive(Secret(PASSPHRASE), Kdf(QUICK, b"s" * 16))
    whole = sealed(b"database", wrap)
    header = re.match(rb"tui-registry sealed backup v1\nkdf: argon2id m=19456 t=1 p=1 salt=.{22}\n", whole)
    assert header is not None
    argon = Argon2id(salt=b"s" * 16, length=32, iterations=1, lanes=1, memory_cost=19456)
    key = HKDF(SHA256(), 32, None, b"tui-registry/sealed-backup/v1").derive(argon.derive(PASSPHRASE.encode()))
    plain = AESGCM(key).decrypt((1).to_bytes(11, "big") + b"\1", whole[header.end() :], header[0])
    assert plain[:1] == b"\1"
    assert plain.endswith(b"\ndatabase")


@pytest.fixture
def shell(tmp_path: Path, quick: None) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    shell.done("key", "set", "Groq", typed=CANARY)
    return shell


def with_passphrase(root: Path, words: str = PASSPHRASE) -> Shell:
    return Shell(root, {VARIABLE: words})


@pytest.mark.parametrize("has_passphrase", [False, True])
def test_a_sealed_backup_opens_on_another_machine_keys_included(
    shell: Shell, tmp_path: Path, has_passphrase: bool
) -> None:
    file = tmp_path / "all.sealed"
    if has_passphrase:
        shell.done("vault", "passphrase", "set", typed=OWN)
    here = with_passphrase(shell.root, OWN) if has_passphrase else shell
    assert "with the vault key" in here.done("backup", "--with-secrets", str(file), typed=f"{PASSPHRASE}\n")
    written = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert CANARY.encode() not in written
    assert b"Groq" not in written
    assert b"trv1" not in written
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.sealed", "home"]
    there = with_passphrase(tmp_path / "there")
    told = there.done("restore", str(file))
    assert "Restored" in told
    assert there.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"
    state = Shell(there.root).json("vault", "status")["state"]
    assert state == ("locked" if has_passphrase else "ready"), "a passphrase is not silently left away"
    assert file.read_bytes() == written


def test_a_sealed_backup_brings_back_what_was_lost_and_keeps_what_was_there(
    shell: Shell, tmp_path: Path
) -> None:
    file = tmp_path / "all.sealed"
    shell.done("backup", "--with-secrets", str(file), typed=PASSPHRASE)
    shell.home.key_file.unlink()
    shell.done("vault", "restore", "--new")
    other = shell.home.key_file.read_bytes()
    result = with_passphrase(shell.root).run("restore", str(file))
    assert result.exit_code == 0, result.output
    assert "The vault key that was there is now" in result.stderr
    assert shell.home.key_file.with_name("vault.key.aside").read_bytes() == other
    assert shell.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"


def test_a_wrong_passphrase_or_an_altered_backup_changes_nothing(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "all.sealed"
    shell.done("backup", "--with-secrets", str(file), typed=PASSPHRASE)
    before = everything_below(shell.root)
    assert "does not open" in with_passphrase(shell.root, "wrong wrong").refused("restore", str(file), code=3)
    assert "nobody can be asked here" in shell.refused("restore", str(file), code=3)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    with_passphrase(shell.root).refused("restore", str(file), code=3)
    assert everything_below(shell.root) == before


def test_nothing_is_overwritten_and_an_unfit_passphrase_makes_nothing(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "all.sealed"
    file.symlink_to(tmp_path / "elsewhere")
    assert "nothing is overwritten" in shell.refused("backup", "--with-secrets", str(file), typed=PASSPHRASE)
    assert "Name the FILE" in shell.refused("backup", "--with-secrets", typed=PASSPHRASE)
    shell.refused("backup", "--with-secrets", str(tmp_path / "new"), typed="short")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.sealed", "home"]


def test_without_its_vault_key_no_sealed_backup_is_made(shell: Shell, tmp_path: Path) -> None:
    shell.home.key_file.unlink()
    shell.refused("backup", "--with-secrets", str(tmp_path / "new"), typed=PASSPHRASE, code=3)
    shell.done("vault", "restore", "--new")
    assert not (tmp_path / "new").exists()
