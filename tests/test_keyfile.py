"""The vault key file: made once, kept for its owner alone, and refused when anything is wrong with it."""

import contextlib
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tui_registry.errors import KeyFileMissing, KeyFileRefused, VaultError
from tui_registry.text import Secret
from tui_registry.vault import KeyState, Vault, VaultState
from tui_registry.vault.base64url import encode
from tui_registry.vault.keyfile import Ring
from tui_registry.vault.keys import VaultKey
from tui_registry.vault.places import KeyFile
from tui_registry.vault.private_file import MAX_FILE_BYTES

ORIGIN = "https://api.openai.com:443"
UUID = "00112233445566778899aabbccddeeff"
KEYS = [VaultKey.of(bytes([number]) * 32) for number in range(3)]

FIRST_RUN = """
import os, sys
from pathlib import Path
from tui_registry.text import Secret
from tui_registry.vault import Vault
os.umask(int(sys.argv[2], 8))
print("ready", flush=True)
sys.stdin.readline()
vault = Vault(Path(sys.argv[1]))
key = vault.create(sealed_exists=False)
print(vault.seal(Secret("sk-first-run"), origin=sys.argv[3], uuid=sys.argv[4], key_id=key))
"""


def first_run(path: Path, umask: str = "022") -> "subprocess.Popen[str]":
    """A process with an empty environment that makes the vault once a line is sent to it."""
    command = [sys.executable, "-c", FIRST_RUN, str(path), umask, ORIGIN, UUID]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={})


def key_file(path: Path, *keys: VaultKey, kdf: str = "none", name: str | None = None) -> Path:
    body = encode(b"".join(key.material for key in keys))
    text = f"tui-registry vault key v1\nkdf: {kdf}\nid: {name or keys[0].id}\nkeys: {body}\n"
    path.write_bytes(text.encode())
    path.chmod(0o600)
    return path


def read_ring(path: Path) -> Ring:
    """The keys of a file, as a vault without a passphrase reads them."""
    return Vault(path).ring()


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A key file of one key, in a directory whose name needs quoting in a shell."""
    (tmp_path / "my state").mkdir()
    return key_file(tmp_path / "my state" / "vault.key", KEYS[0])


@pytest.mark.parametrize("umask", ["000", "022"])
def test_the_first_key_makes_a_private_file_in_private_directories(tmp_path: Path, umask: str) -> None:
    path = tmp_path / "state" / "tui_registry" / "vault.key"
    with first_run(path, umask) as process:
        process.communicate("\n")
    assert process.returncode == 0
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in (path, *path.parents[:2])}
    assert modes == {"vault.key": 0o600, "tui_registry": 0o700, "state": 0o700}
    assert os.listdir(path.parent) == ["vault.key"]


def test_twenty_first_runs_at_once_make_one_key_that_opens_every_record(tmp_path: Path) -> None:
    path = tmp_path / "state" / "vault.key"
    processes = [first_run(path) for _ in range(20)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    records = [process.communicate()[0].strip() for process in processes]
    vault = Vault(path)
    assert {vault.open(record, origin=ORIGIN, uuid=UUID).reveal() for record in records} == {"sk-first-run"}
    assert len(vault.key_ids()) == 1
    assert os.listdir(path.parent) == ["vault.key"]


def test_making_a_key_never_replaces_what_already_has_that_name(made: Path) -> None:
    before = made.read_bytes()
    KeyFile(made).make(b"another")
    assert Vault(made).create(sealed_exists=False) == KEYS[0].id
    assert made.read_bytes() == before
    assert os.listdir(made.parent) == ["vault.key"]


def test_no_key_is_made_while_sealed_records_wait_for_the_missing_one(tmp_path: Path) -> None:
    path = tmp_path / "state" / "vault.key"
    with pytest.raises(KeyFileMissing, match="vault restore --from FILE, or --code"):
        Vault(path).create(sealed_exists=True)
    assert os.listdir(tmp_path) == []


def test_who_lost_the_vault_key_is_told_what_entering_a_key_again_takes(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMissing, match="vault restore --new, then enter the API keys again"):
        Vault(tmp_path / "vault.key").create(sealed_exists=True)


def test_a_file_that_is_refused_is_not_replaced_either(made: Path) -> None:
    made.write_bytes(b"")
    with pytest.raises(KeyFileRefused):
        Vault(made).create(sealed_exists=False)
    assert made.read_bytes() == b""


def test_a_key_file_that_cannot_be_made_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(VaultError, match="No space left on device"):
        Vault(tmp_path / "vault.key").create(sealed_exists=False)
    assert os.listdir(tmp_path) == []


def test_a_file_where_a_directory_should_be_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(VaultError, match="cannot be reached"):
        Vault(tmp_path / "state" / "vault.key").create(sealed_exists=False)


def as_link(path: Path) -> None:
    path.symlink_to(path.rename(path.with_name("elsewhere")))


def as_dangling_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def as_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def as_socket(path: Path) -> None:
    path.unlink()
    # A socket's name has little room, so it is bound by its last part.
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)


def as_directory(path: Path) -> None:
    path.unlink()
    path.mkdir(0o700)


def as_large(path: Path) -> None:
    os.truncate(path, 10_000_000)


def with_mode(mode: int) -> Callable[[Path], None]:
    return lambda path: path.chmod(mode)


@pytest.mark.parametrize(
    ("spoil", "reason", "afterwards"),
    [
        (with_mode(0o644), r"readable by others \(0644\)", VaultState.READY),
        (with_mode(0o640), r"readable by others \(0640\)", VaultState.READY),
        (with_mode(0o602), r"readable by others \(0602\)", VaultState.READY),
        (as_link, "is a link to", VaultState.READY),
        (as_dangling_link, "is a link to", VaultState.EMPTY),
        (as_fifo, "is not a file", VaultState.EMPTY),
        (as_socket, "is not a file", VaultState.EMPTY),
        (as_directory, "is not a file", VaultState.EMPTY),
        (as_large, "too large", VaultState.EMPTY),
    ],
    ids=["0644", "0640", "0602", "link", "dangling link", "fifo", "socket", "directory", "10 MB"],
)
def test_a_wrong_kind_of_file_is_refused_and_the_command_in_the_sentence_helps(
    made: Path, spoil: Callable[[Path], None], reason: str, afterwards: VaultState
) -> None:
    spoil(made)
    vault = Vault(made)
    with pytest.raises(KeyFileRefused, match=reason) as refused:
        vault.key_ids()
    status = vault.status(sealed_exists=True)
    assert (status.state, status.sentence) == (VaultState.REFUSED, str(refused.value))
    command = str(refused.value).partition("Run: ")[2]
    subprocess.run(command, shell=True, check=True)
    assert vault.status(sealed_exists=False).state is afterwards


def test_another_users_file_is_refused(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: made.stat().st_uid + 1)
    with pytest.raises(KeyFileRefused, match=r"another user\. Run: sudo chown \d+ '.*my state/vault\.key'"):
        read_ring(made)


def test_a_file_that_the_system_does_not_open_is_refused(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(KeyFileRefused, match=r"Permission denied\)\. Run: chmod 600"):
        read_ring(made)
    monkeypatch.setattr(os, "lstat", denied)
    with pytest.raises(KeyFileRefused, match=r"Permission denied\)\. Run: chmod 700"):
        read_ring(made)


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: b"",
        lambda text: text[:-1],
        lambda text: text + b"\n",
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b" v1", b" v2"),
        lambda text: text.replace(b"kdf: none", b"kdf: None"),
        lambda text: text.replace(b"kdf: none\n", b"kdf: none\nkdf: none\n"),
        lambda text: text.replace(b"id: ", b"id:  "),
        lambda text: text.replace(b"keys: ", b"keys: AAAA"),
        lambda text: text[:-3] + b"\n",
        lambda text: text[:-2] + bytes([text[-2] + 1]) + b"\n",
        lambda text: text[:-1] + b"=\n",
        lambda text: text.replace(KEYS[0].id.encode(), KEYS[1].id.encode()),
    ],
)
def test_a_text_that_is_not_exactly_a_key_file_is_refused(made: Path, edit: Callable[[bytes], bytes]) -> None:
    text = made.read_bytes()
    made.write_bytes(edit(text))
    assert made.read_bytes() != text
    with pytest.raises(KeyFileRefused, match="Restore it from a backup"):
        read_ring(made)
    assert Vault(made).key_state(None, origin=ORIGIN) == (KeyState.NONE, None)


def test_a_refused_vault_shows_as_such_on_every_sealed_key(made: Path) -> None:
    vault = Vault(made)
    record = vault.seal(Secret("sk-one"), origin=ORIGIN, uuid=UUID, key_id=KEYS[0].id)
    made.chmod(0o644)
    vault.reload()
    assert vault.key_state(record, origin=ORIGIN)[0].value == "vault refused"
    assert vault.key_state("sk-one", origin=ORIGIN)[0].value == "damaged"
    assert vault.proven_state(record, origin=ORIGIN, uuid=UUID)[0] is KeyState.REFUSED


def test_every_key_of_a_ring_opens_what_it_sealed(tmp_path: Path) -> None:
    vault = Vault(key_file(tmp_path / "vault.key", *KEYS))
    assert vault.key_ids() == tuple(key.id for key in KEYS)
    for key in KEYS:
        record = vault.seal(Secret(key.id), origin=ORIGIN, uuid=UUID, key_id=key.id)
        assert vault.open(record, origin=ORIGIN, uuid=UUID).reveal() == key.id


def test_the_largest_allowed_ring_is_read_whole(tmp_path: Path) -> None:
    ring = [VaultKey.of(number.to_bytes(32, "big")) for number in range(1500)]
    path = key_file(tmp_path / "vault.key", *ring)
    assert 60_000 < path.stat().st_size < MAX_FILE_BYTES
    assert list(read_ring(path)) == ring


def test_a_key_that_another_process_added_is_found_without_a_restart(made: Path) -> None:
    vault = Vault(made)
    assert vault.key_ids() == (KEYS[0].id,)
    key_file(made, KEYS[1], KEYS[0])
    record = vault.seal(Secret("sk-new"), origin=ORIGIN, uuid=UUID, key_id=KEYS[1].id)
    assert vault.open(record, origin=ORIGIN, uuid=UUID) == Secret("sk-new")
    assert vault.key_ids() == (KEYS[1].id, KEYS[0].id)


def test_no_key_shows_when_a_vault_or_its_keys_are_printed(made: Path) -> None:
    vault = Vault(made)
    vault.key_ids()
    printed = f"{vault!r} {vars(vault)!r} {read_ring(made)!r} {vault.status(True)!r}"
    assert KEYS[0].id in printed
    assert not re.search(re.escape(repr(KEYS[0].material)) + "|" + encode(KEYS[0].material), printed)
