"""The power goes: whatever of the unsynced writes reached the disk, no acknowledged save is lost.

Saves are watched call by call; then, at every call, disks are made up as they may be found afterwards: of
each file what was synced, plus any sectors of what was written since, and any beginning of what was done to
names since. Disks that lie about having written are not among them.
"""

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.promises.killing import quick_disk
from tests.promises.promise import Figure
from tests.promises.watched import Call, is_possible, watch
from tests.registries import Home, add_groq, done, provider_draft
from tui_registry.store import database

SECTOR = 512
STATES_PER_CALL, SHORT_STATES = 24, 6
SAVES, SHORT_SAVES = 190, 3
REQUIRED = 10_000
LONG = 1_500
"""Characters of a saved text, so that one save spans several pages."""

MARK = "/nowhere/acknowledged"
"""What a child tries to remove to say that a save was acknowledged, in order with its other calls."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call as far as it changes a disk; `data` are the bytes written, `size` is of a truncation."""

    kind: str
    path: str = ""
    other: str = ""
    offset: int = 0
    data: bytes = b""
    size: int = 0


@dataclass(slots=True)
class File:
    """One file: what is surely on the disk, and what was written since."""

    synced: bytes = b""
    pending: list[Step] = field(default_factory=list)

    def now(self) -> bytes:
        """What a program reads."""
        return _applied(self.synced, self.pending)

    def torn(self, dice: random.Random, share: float) -> bytes:
        """What may be found: of every pending write each sector with this likelihood, in any order."""
        steps = []
        for step in self.pending:
            if step.kind == "truncate":
                if dice.random() < share:
                    steps.append(step)
                continue
            for start in range(0, len(step.data), SECTOR):
                if dice.random() < share:
                    piece = step.data[start : start + SECTOR]
                    steps.append(Step("write", offset=step.offset + start, data=piece))
        return _applied(self.synced, steps)


class Disk:
    """Files by name; a change of names is sure once its directory, or the new file, was synced."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = {name: File(content) for name, content in files.items()}
        self.sure = dict(self.files)
        self.names: list[tuple[str, str, File | None]] = []

    def take(self, step: Step) -> None:
        """Let one call happen."""
        match step.kind:
            case "create":
                self._name(step.path, File())
            case "write" | "truncate":
                self.files[step.path].pending.append(step)
            case "sync":
                held = self.files[step.path]
                held.synced, held.pending = held.now(), []
                if any(file is held for _, _, file in self.names):
                    self._sync_names()
            case "sync names":
                self._sync_names()
            case "remove":
                self._name(step.path, None)
            case "rename" | "link":
                self._name(step.other, self.files[step.path])
                if step.kind == "rename":
                    self._name(step.path, None)

    def _name(self, path: str, file: File | None) -> None:
        self.names.append(("set", path, file))
        if file is None:
            self.files.pop(path, None)
        else:
            self.files[path] = file

    def _sync_names(self) -> None:
        self.sure, self.names = dict(self.files), []

    def found(self, dice: random.Random, share: float, names: int) -> dict[str, bytes]:
        """A disk as it may be found: this share of pending sectors, this many of the pending names."""
        files = dict(self.sure)
        for _, path, file in self.names[:names]:
            if file is None:
                files.pop(path, None)
            else:
                files[path] = file
        return {path: file.torn(dice, share) for path, file in files.items()}


def figures(short: bool) -> Iterator[Figure]:
    """Our settings, then two weaker ones that must be found out."""
    if not is_possible():
        yield Figure("power cuts", "no calls are told of here", "Linux 5.5", False)
        return
    saves, per_call = (SHORT_SAVES, SHORT_STATES) if short else (SAVES, STATES_PER_CALL)
    states, lost, broken = tried(saves, per_call=per_call)
    yield Figure(
        "saves, the power cut at every call",
        f"{states:,} different disks, {lost} lost, {broken} damaged",
        "0 lost, 0 damaged" if short else f"0 lost, 0 damaged of {REQUIRED:,} or more",
        (short or states >= REQUIRED) and not lost + broken,
    )
    few = SHORT_SAVES, SHORT_STATES
    states, lost, broken = tried(few[0], lambda: _weaker(synchronous=("full", "2")), few[1])
    found = f"{lost:,} of {states:,} lost one, {broken} damaged"
    yield Figure("control: SQLite's usual synchronous=FULL", found, "some lost", lost > 0)
    states, lost, broken = tried(few[0], lambda: _weaker(synchronous=("off", "0")), few[1])
    yield Figure("control: synchronous=OFF", f"{broken:,} of {states:,} damaged", "some damaged", broken > 0)


def _weaker(**settings: tuple[str, str]) -> None:
    database._WANTED.update(settings)


def tried(
    saves: int, before: Callable[[], None] = lambda: None, per_call: int = STATES_PER_CALL
) -> tuple[int, int, int]:
    """How many different disks were looked at, how many had lost a save, how many were damaged."""
    dice = random.Random(20261126)
    with tempfile.TemporaryDirectory(prefix="power-", dir=quick_disk()) as folder:
        home, found = Home(Path(folder) / "home"), Path(folder) / "found"
        with home.open() as store:
            add_groq(store)
        held = {str(home.database): home.database.read_bytes()}
        steps = watched(home, saves, before)
        disk, acknowledged, states, lost, broken = Disk(held), 0, 0, 0, 0
        seen: set[tuple[int, int]] = set()
        for step in steps:
            if step.kind == "acknowledged":
                acknowledged += 1
                continue
            disk.take(step)
            for share, names in shares(dice, len(disk.names), per_call):
                files = disk.found(dice, share, names)
                key = acknowledged, hash(frozenset(files.items()))
                if key in seen:
                    continue
                seen.add(key)
                states += 1
                saved = value_of(files, found)
                broken += saved is None
                lost += saved is not None and saved < acknowledged
    return states, lost, broken


def shares(dice: random.Random, names: int, number: int) -> Iterator[tuple[float, int]]:
    """Nothing arrived, all did, and dice in between."""
    yield 0.0, 0
    yield 1.0, names
    yield 1.0, 0
    yield 0.0, names
    for _ in range(number - 4):
        yield dice.choice((0.1, 0.5, 0.9)), dice.randint(0, names)


def value_of(files: dict[str, bytes], folder: Path) -> int | None:
    """Which save a disk holds after recovery; None for a damaged file or half a save."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, content in files.items():
        (folder / Path(path).name).write_bytes(content)
    try:
        with closing(sqlite3.connect(f"file:{folder}/registry.db?mode=rw", uri=True)) as connection:
            if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                return None
            row = connection.execute("SELECT description, website, row_version FROM provider").fetchone()
    except sqlite3.Error:
        return None
    number = int(row[2]) - 1
    return number if (row[0], row[1]) == texts(number) else None


def texts(number: int) -> tuple[str | None, str | None]:
    """What save `number` writes into two fields."""
    return ("abcdefghij"[number % 10] * LONG, f"https://example.com/{number}") if number else (None, None)


def watched(home: Home, saves: int, before: Callable[[], None]) -> list[Step]:
    """The calls of some saves, each followed by its acknowledgement."""
    steps: list[Step] = []

    def saving() -> None:
        before()
        with home.open(create=False) as store:
            row = store.reads.provider("Groq")
            for number in range(1, saves + 1):
                description, website = texts(number)
                edit = provider_draft(description=str(description), website=str(website))
                row = done(store, lambda write, edit=edit, row=row: write.save_provider(edit, row))  # type: ignore[misc]
                Path(MARK).unlink(missing_ok=True)

    def record(call: Call) -> bool:
        step = step_of(call, str(home.database.parent))
        if step is not None:
            steps.append(step)
        return True

    ended = watch(saving, record)
    assert ended.code == 0, "the saves themselves went well"
    assert sum(step.kind == "acknowledged" for step in steps) == saves
    return steps


def step_of(call: Call, folder: str) -> Step | None:
    """A call as a step of a disk; None for one that does not touch the registry's directory."""
    name, given = call.name, call.arguments
    if name in ("unlink", "unlinkat", "openat"):
        path = call.text(given[0 if name == "unlink" else 1])
        if path == MARK:
            return Step("acknowledged")
        kind = "create" if name == "openat" else "remove"
        return Step(kind, path) if path.startswith(f"{folder}/") else None
    path = call.path(given[0])
    if path == folder and name in ("fsync", "fdatasync"):
        return Step("sync names")
    if not path.startswith(f"{folder}/"):
        return None
    match name:
        case "pwrite64":
            return Step("write", path, offset=given[3], data=call.memory(given[1], given[2]))
        case "ftruncate":
            return Step("truncate", path, size=given[1])
        case "fsync" | "fdatasync":
            return Step("sync", path)
        case "fchmod" | "chmod" | "utimensat":
            return None
    raise AssertionError(f"a call that no disk here knows: {name} {path}")


def _applied(content: bytes, steps: list[Step]) -> bytes:
    held = bytearray(content)
    for step in steps:
        if step.kind == "truncate":
            held[step.size :] = b""
            held.extend(bytes(step.size - len(held)))
            continue
        held.extend(bytes(max(0, step.offset - len(held))))
        held[step.offset : step.offset + len(step.data)] = step.data
    return bytes(held)
