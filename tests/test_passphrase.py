"""A vault behind a passphrase: what opens it, what is refused, and what stays as it was."""

import asyncio
import os
import resource
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Thread

import pytest

from tests.passphrases import PASSPHRASE, protected, quick
from tui_registry.errors import (
    InvalidInput,
    KeyFileRefused,
    VaultError,
    VaultLocked,
    WrongPassphrase,
)
from tui_registry.text import Secret
from tui_registry.vault import KeyState, Vault, VaultState
from tui_registry.vault.base64url import decode, encode
from tui_registry.vault.keyfile import Ring, parse, ring_of
from tui_registry.vault.passphrase import USUAL, Cost, Kdf, WrapKey, derive

__all__ = ["quick"]

ORIGIN = "https://api.openai.com:443"
UUID = "00112233445566778899aabbccddeeff"
SALT = "A" * 22
pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "vault.key"


def unlocked(path: Path, words: str = PASSPHRASE) -> Vault:
    vault = Vault(path)
    vault.unlock(Secret(words))
    return vault


def sealed(vault: Vault) -> str:
    return vault.seal(Secret("sk-one"), origin=ORIGIN, uuid=UUID, key_id=vault.key_ids()[0])


def opened(vault: Vault, record: str) -> str:
    return vault.open(record, origin=ORIGIN, uuid=UUID).reveal()


def test_setting_changing_and_removing_a_passphrase_leaves_every_record_as_it_is(path: Path) -> None:
    vault = Vault(path)
    key_id = vault.create(sealed_exists=False)
    record = sealed(vault)
    for words in (PASSPHRASE, "another passphrase"):
        vault.protect(vault.wrap_for(Secret(words)))
        assert b"kdf: argon2id m=19456 t=1 p=1 salt=" in path.read_bytes()
        assert encode(decode(path.read_text().split("keys: ")[1].strip())) in path.read_text()
        assert opened(vault, record) == "sk-one", "who set it goes on unlocked"
        assert opened(unlocked(path, words), record) == "sk-one"
    with pytest.raises(WrongPassphrase, match="does not open"):
        unlocked(path, PASSPHRASE)
    vault.protect(None)
    assert opened(Vault(path), record) == "sk-one"
    assert Vault(path).key_ids() == (key_id,)
    assert os.listdir(path.parent) == ["vault.key"]


def test_the_key_itself_is_not_in_a_file_with_a_passphrase(path: Path) -> None:
    vault = protected(path)
    (key,) = vault.ring()
    written = path.read_bytes()
    assert key.material not in decode(written.split(b"keys: ")[1].strip().decode())
    assert encode(key.material).encode() not in written
    assert f"{key.material!r}" not in repr(vars(vault)) + repr(vault)


def test_two_writings_of_the_same_keys_share_no_nonce(path: Path) -> None:
    vault = protected(path)
    bodies = set()
    for _ in range(5):
        vault.add_key()
        bodies.add(decode(path.read_text().split("keys: ")[1].strip())[:12])
    assert len(bodies) == 5


def test_a_locked_vault_says_so_and_opens_nothing(path: Path) -> None:
    record = sealed(protected(path))
    vault = Vault(path)
    assert vault.needs_unlocking()
    assert vault.key_state(record, origin=ORIGIN) == (KeyState.LOCKED, None)
    assert vault.key_state("sk-plain", origin=ORIGIN) == (KeyState.DAMAGED, None)
    assert vault.key_state(None, origin=ORIGIN) == (KeyState.NONE, None)
    assert vault.proven_state(record, origin=ORIGIN, uuid=UUID)[0] is KeyState.LOCKED
    status = vault.status(sealed_exists=True)
    assert (status.state, status.passphrase) == (VaultState.LOCKED, "argon2id m=19456 t=1 p=1")
    assert len(status.key_ids) == 1
    for use in (
        lambda: opened(vault, record),
        vault.key_ids,
        vault.add_key,
        vault.ring,
        lambda: vault.create(sealed_exists=False),
        lambda: vault.protect(None),
        lambda: vault.unlock(None),
        lambda: vault.recovery_code(None),
    ):
        with pytest.raises(VaultLocked, match="has a passphrase"):
            use()
    vault.unlock(Secret(PASSPHRASE))
    assert not vault.needs_unlocking()
    assert vault.status(sealed_exists=True).state is VaultState.READY
    assert opened(vault, record) == "sk-one"
    vault.lock()
    with pytest.raises(VaultLocked):
        opened(vault, record)


def test_reading_the_place_again_does_not_lock_and_another_sessions_key_is_found(path: Path) -> None:
    mine, theirs = protected(path), unlocked(path)
    new = mine.add_key()
    record = sealed(mine)
    assert theirs.key_ids()[0] != new
    assert opened(theirs, record) == "sk-one"
    theirs.reload()
    assert theirs.key_ids()[0] == new


def test_a_passphrase_changed_by_another_session_locks_this_one_at_its_next_look(path: Path) -> None:
    mine, theirs = protected(path), unlocked(path)
    mine.protect(mine.wrap_for(Secret("another passphrase")))
    theirs.reload()
    assert theirs.key_state("trv1.AA", origin=ORIGIN)[0] is KeyState.DAMAGED
    with pytest.raises(VaultLocked):
        theirs.key_ids()
    assert not theirs.is_open_by_passphrase


def test_an_unlocking_that_ends_after_a_lock_leaves_the_vault_locked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    protected(path)
    vault = Vault(path)

    def slow(passphrase: Secret, kdf: Kdf) -> object:
        vault.lock()
        return derive(passphrase, kdf)

    monkeypatch.setattr("tui_registry.vault.vault.derive", slow)
    vault.unlock(Secret(PASSPHRASE))
    with pytest.raises(VaultLocked):
        vault.key_ids()


@pytest.mark.parametrize(
    ("line", "is_read"),
    [
        (f"argon2id m=19456 t=1 p=1 salt={SALT}", True),
        (f"argon2id m=1048576 t=16 p=16 salt={SALT}", True),
        (f"argon2id m=19455 t=1 p=1 salt={SALT}", False),
        (f"argon2id m=1048577 t=1 p=1 salt={SALT}", False),
        (f"argon2id m=4294967295 t=1 p=1 salt={SALT}", False),
        (f"argon2id m=65536 t=0 p=1 salt={SALT}", False),
        (f"argon2id m=65536 t=17 p=1 salt={SALT}", False),
        (f"argon2id m=65536 t=1 p=0 salt={SALT}", False),
        (f"argon2id m=65536 t=1 p=17 salt={SALT}", False),
        (f"argon2id m=065536 t=1 p=1 salt={SALT}", False),
        (f"argon2id  m=65536 t=1 p=1 salt={SALT}", False),
        (f"argon2id m=65536 t=1 p=1 salt={SALT[:-1]}", False),
        (f"argon2i m=65536 t=1 p=1 salt={SALT}", False),
        (f"argon2id m=65536 t=1 p=1 salt={SALT}\n", False),
    ],
)
def test_a_cost_is_read_within_its_bounds_only(line: str, is_read: bool) -> None:
    if is_read:
        assert str(Kdf.read(line)) == line
    else:
        with pytest.raises(ValueError):
            Kdf.read(line)


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace(b"m=19456", b"m=4294967295"),
        lambda text: text.replace(b"m=19456", b"m=19455"),
        lambda text: text.replace(b"t=1", b"t=0"),
        lambda text: text.replace(b"p=1", b"p=999"),
        lambda text: text.replace(b"kdf: ", b"kdf: none\nkdf: "),
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text[:-3] + b"\n",
    ],
)
def test_an_edited_cost_is_refused_without_being_paid(path: Path, edit: Callable[[bytes], bytes]) -> None:
    protected(path)
    text = path.read_bytes()
    path.write_bytes(edit(text))
    assert path.read_bytes() != text
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(KeyFileRefused, match="was altered, damaged"):
        unlocked(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


@pytest.mark.parametrize(
    ("was", "becomes"), [(b"m=19456", b"m=20000"), (b"t=1", b"t=2"), (b"p=1", b"p=2"), (b"id: ", None)]
)
def test_what_stands_above_the_keys_is_authenticated(path: Path, was: bytes, becomes: bytes | None) -> None:
    vault = protected(path)
    text = path.read_bytes()
    path.write_bytes(
        text.replace(was, becomes) if becomes else text.replace(vault.key_ids()[0].encode(), SALT.encode())
    )
    with pytest.raises(WrongPassphrase):
        unlocked(path)


def test_the_cost_is_authenticated_even_where_the_derived_key_is_the_same(path: Path) -> None:
    """The control: with the very key at hand an edited line alone is refused."""
    vault = protected(path)
    wrap = vault.wrap_for(Secret(PASSPHRASE))
    sealed_keys = wrap.seal(b"k" * 32, b"kdf: strong")
    assert wrap.open(sealed_keys, b"kdf: strong") == b"k" * 32
    with pytest.raises(WrongPassphrase):
        wrap.open(sealed_keys, b"kdf: weak")


def test_no_flipped_bit_and_no_cut_of_the_file_opens_the_vault(path: Path) -> None:
    """Also where the passphrase still made the same key, so that the AEAD alone must notice."""
    vault = protected(path)
    whole, wrap = path.read_bytes(), vault._wrap
    assert wrap is not None

    def read(text: bytes) -> Ring:
        found = parse(text, "there")
        return ring_of(found, "there", WrapKey(found.kdf, wrap.material) if found.kdf else None)

    assert read(whole) == vault.ring()
    spoilt = [
        whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
        for at in range(len(whole))
        for bit in range(8)
    ]
    for text in spoilt + [whole[:length] for length in range(len(whole))]:
        with pytest.raises((KeyFileRefused, WrongPassphrase)):
            read(text)


@pytest.mark.parametrize("typed", ["caf\u00e9 au lait", "cafe\u0301 au lait"])
def test_a_composed_and_a_decomposed_passphrase_are_one(path: Path, typed: str) -> None:
    protected(path, "caf\u00e9 au lait")
    assert unlocked(path, typed).key_ids()


def test_compatible_letters_stay_apart(path: Path) -> None:
    protected(path, "\ufb01ve random words")
    with pytest.raises(WrongPassphrase):
        unlocked(path, "five random words")


@pytest.mark.parametrize("words", ["", "seven77", "x" * 1025, "\ud800" * 8])
def test_what_may_not_become_a_passphrase_is_refused_without_being_repeated(path: Path, words: str) -> None:
    vault = Vault(path)
    vault.create(sealed_exists=False)
    with pytest.raises(InvalidInput) as refused:
        vault.wrap_for(Secret(words))
    assert not words or words not in str(refused.value)


@pytest.mark.parametrize("words", ["", "short", "x" * 5000, "\ud800"])
def test_what_is_no_passphrase_does_not_unlock(path: Path, words: str) -> None:
    protected(path)
    with pytest.raises(WrongPassphrase):
        unlocked(path, words)


def test_a_machine_without_the_memory_is_told_how_much_it_takes() -> None:
    limits = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000, limits[1]))
    try:
        with pytest.raises(VaultError, match="takes 1024 MiB of memory"):
            derive(Secret(PASSPHRASE), Kdf(Cost(1024 * 1024, 1, 1), bytes(16)))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_a_passphrase_that_cannot_be_written_leaves_the_old_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    vault = protected(path)
    before, record = path.read_bytes(), sealed(vault)
    wrap = vault.wrap_for(Secret("another passphrase"))
    real = getattr(os, call)

    def no_room(*words: object, **more: object) -> object:
        if call == "open" and not str(words[0]).endswith("vault.key"):
            raise OSError(30, "Read-only file system")
        if call == "open":
            return real(*words, **more)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, no_room)
    with pytest.raises(VaultError, match=r"could not be written \((No space|Read-only).*It is as it was"):
        vault.protect(wrap)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == ["vault.key"]
    assert opened(vault, record) == "sk-one"


async def test_unlocking_in_a_thread_leaves_the_screens_timers_running(path: Path) -> None:
    """With the usual cost; the longest gap is the interpreter's, as the derivation holds no lock of it."""
    vault = Vault(path)
    vault.create(sealed_exists=False)
    vault.protect(derive(Secret(PASSPHRASE), Kdf.fresh(USUAL)))
    locked = Vault(path)
    best = 9.0
    for _ in range(2):
        locked.lock()
        best = min(best, await _longest_gap(asyncio.to_thread(locked.unlock, Secret(PASSPHRASE))))
    assert best < 0.1
    assert best < await _longest_gap(_blocking(0.3)), "the control: work on the screen's thread is noticed"


async def _longest_gap(work: Awaitable[None]) -> float:
    gaps, at = [0.0], time.monotonic()
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.sleep(0.005)
        gaps.append(time.monotonic() - at)
        at = time.monotonic()
    await task
    return max(gaps)


async def _blocking(seconds: float) -> None:
    await asyncio.sleep(0.01)
    time.sleep(seconds)


def test_a_vault_that_is_used_unlocked_and_locked_from_many_threads_never_breaks(path: Path) -> None:
    vault = protected(path)
    record = sealed(vault)
    strange: list[BaseException] = []

    def use() -> None:
        for _ in range(60):
            try:
                assert opened(vault, record) == "sk-one"
            except VaultLocked:
                pass
            except BaseException as error:
                strange.append(error)

    threads = [Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        vault.lock()
        vault.unlock(Secret(PASSPHRASE))
    for thread in threads:
        thread.join()
    assert strange == []
