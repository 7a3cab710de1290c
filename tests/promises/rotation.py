"""The vault key is replaced while everything goes on, whatever cuts it off, and no key is lost.

Each part has its control, a rotation or a writer that breaks the rule, which must lose keys.
"""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from tests.promises.promise import Figure
from tests.registries import KNOWN, Home, done, provider_draft
from tui_registry.errors import StoreLocked, VaultError
from tui_registry.store import Store, Writes, rotate, write_keys
from tui_registry.store.change import Change
from tui_registry.store.database import RegistryDatabase
from tui_registry.text import Secret
from tui_registry.vault import Vault
from tui_registry.vault.base64url import encode
from tui_registry.vault.keyfile import ring_text

Rotate = Callable[[Store], object]


def founded(root: Path) -> Home:
    """A registry in which every known provider has a key."""
    home = Home(root)
    with home.open() as store:
        for known in KNOWN:
            row = done(store, lambda writes, known=known: writes.add_provider(draft_of(known)))  # type: ignore[misc]
            done(store, lambda writes, row=row: writes.set_key(row, Secret(f"sk-{row.name}-0")))  # type: ignore[misc]
    return home


def draft_of(known: Any) -> Any:  # noqa: ANN401
    return provider_draft(known.name, known.endpoint)


def keys_of(home: Home) -> dict[str, str | None]:
    """Each provider's key as a fresh process opens it; None where it cannot be opened."""
    found: dict[str, str | None] = {}
    with home.open(create=False, read_patience=20) as store:
        for row in store.reads.providers():
            try:
                found[row.name] = store.open_key(row).reveal()
            except VaultError:
                found[row.name] = None
    return found


# Killed after each write.


def heedless(store: Store) -> None:
    """The control: for a moment the new key alone is in the key file, before any record is sealed with it."""
    vault = store._vault
    old = vault.ring()
    vault.keep_only([vault.add_key()])
    vault.place.replace(ring_text((*vault.ring(), *old), None))
    rotate(store)


class Killer:
    """Ends this process without warning before its nth step: a statement, or a change of a file's name."""

    def __init__(self, at: int) -> None:
        self._left = at

    def watch(self) -> None:
        """Count from here on."""
        real = RegistryDatabase._add_conn_hooks

        def hooks(database: RegistryDatabase, connection: Any) -> None:  # noqa: ANN401
            real(database, connection)
            connection.set_trace_callback(self.step)

        setattr(RegistryDatabase, "_add_conn_hooks", hooks)  # noqa: B010
        for name in ("fsync", "replace", "link", "unlink"):
            setattr(os, name, self._before(getattr(os, name)))

    def _before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*words: object, **more: object) -> object:
            self.step()
            return call(*words, **more)

        return counted

    def step(self, *_: object) -> None:
        """One step more."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def was_killed(home: Home, at: int, turn: Rotate) -> bool:
    """Rotate in a child process that is killed at its nth step; False where it came to its end."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            store = home.open(create=False, read_patience=20)
            Killer(at).watch()
            turn(store)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the rotation failed by itself"
    return os.WIFSIGNALED(status)


def kills(base: Home, scratch: Path, turn: Rotate, stride: int) -> tuple[int, int, int]:
    """Points of a kill, keys lost in them all, and rotations that the next one did not bring to an end.

    The control is over at its first loss.
    """
    wanted = keys_of(base)
    (old,) = Vault(base.key_file).ring()
    points = lost = undone = 0
    at = 1
    while True:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.copytree(base.root, scratch)
        home = Home(scratch)
        if not was_killed(home, at, turn):
            return points, lost, undone
        points += 1
        lost += sum(keys_of(home)[name] != key for name, key in wanted.items())
        if turn is rotate:
            with home.open(create=False, read_patience=20) as store:
                rotate(store)
            lost += sum(keys_of(home)[name] != key for name, key in wanted.items())
            left = Vault(home.key_file).ring()
            undone += len(left) != 1 or old in left or encode(old.material).encode() in everything(home)
        elif lost:
            return points, lost, undone
        at += stride


def everything(home: Home) -> bytes:
    """Every byte of a home's files but backups."""
    return b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())


# Other processes seal keys meanwhile.


def stubborn() -> Callable[[Change], str]:
    """The control: a writer that goes on sealing with the key it knew first."""
    known: list[str] = []

    def sealing_key(change: Change) -> str:
        if not known:
            known.append(change.vault.key_ids()[0])
        return known[0]

    return sealing_key


def write_on(home: Home, name: str, told: Path, is_stubborn: bool) -> None:
    """Give one provider key after key until the file `stop` appears; tell the last one that was saved."""
    if is_stubborn:
        setattr(write_keys, "_sealing_key", stubborn())  # noqa: B010
    store = home.open(create=False, read_patience=20)
    row, count = store.reads.provider(name), 0
    while not (told.parent / "stop").exists():
        count += 1
        key = f"sk-{name}-{count}"
        try:
            row = done(store, partial(Writes.set_key, seen=row, secret=Secret(key)))
        except StoreLocked:  # the others had the file all the time
            continue
        except VaultError:
            break
        told.write_text(key)


def storm(home: Home, rotations: int, writers: int, *, is_stubborn: bool) -> tuple[int, int]:
    """Rotate while others write: how many keys were saved, and how many cannot be read at the end."""
    told = home.root / "told"
    told.mkdir()
    names = [known.name for known in KNOWN[:writers]]
    pids = []
    for name in names:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                write_on(home, name, told / name, is_stubborn)
                code = 0
            finally:
                os._exit(code)
        pids.append(pid)
    latest = time.monotonic() + 30
    while not all((told / name).exists() for name in names) and time.monotonic() < latest:
        time.sleep(0.01)
    (old,) = Vault(home.key_file).key_ids()
    latest = time.monotonic() + 30
    with home.open(create=False, read_patience=20) as store:
        left = rotations
        while left > 0 or (old in Vault(home.key_file).key_ids() and time.monotonic() < latest):
            with suppress(StoreLocked):  # a key is kept while a record needs it: more turns until it is gone
                rotate(store)
                left -= 1
            time.sleep(0.01)
    at_the_end = {name: (told / name).read_text() for name in names}
    latest = time.monotonic() + 30
    while any((told / name).read_text() == at_the_end[name] for name in names) and time.monotonic() < latest:
        time.sleep(0.01)  # each is to save once more with the keys that now hold
    (told / "stop").touch()
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids] == [0] * writers
    saved = {name: (told / name).read_text() for name in names}
    held = keys_of(home)
    return sum(int(key.rsplit("-", 1)[1]) for key in saved.values()), sum(
        held[name] != key for name, key in saved.items()
    )


def figures(short: bool) -> Iterator[Figure]:
    """Rotations cut off at every step, and rotations while others write; each with its control."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        base = founded(root / "base")
        # The first rotation of a process loads what every later one needs.
        with founded(root / "warm").open() as store:
            rotate(store)
        points, lost, undone = kills(base, root / "one", rotate, 4 if short else 1)
        yield Figure(
            "a rotation of the vault key killed at every step, then ended by the next",
            f"{points} points: {lost} keys lost, {undone} rotations left undone",
            "0 lost, 0 undone",
            (lost, undone) == (0, 0) and points > 10,
        )
        _, lost, _ = kills(base, root / "two", heedless, 1)
        yield Figure(
            "control: the old key out of the file for a moment", f"{lost} keys lost", "some lost", lost > 0
        )
        turns = 8 if short else 60
        saved, unread = storm(founded(root / "three"), turns, 3, is_stubborn=False)
        yield Figure(
            f"{turns} rotations while 3 processes seal keys",
            f"{saved:,} keys saved, {unread} unreadable",
            "0 unreadable",
            unread == 0 and saved > turns,
        )
        _, unread = storm(founded(root / "four"), turns, 3, is_stubborn=True)
        yield Figure(
            "control: writers that keep to the key they knew",
            f"{unread} of 3 unreadable",
            "some unreadable",
            unread > 0,
        )
