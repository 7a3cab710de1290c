"""Real processes: what each was told is saved is in the file, whoever else saves and whoever is killed."""

import itertools
import os
import random
import signal
import socket
import sqlite3
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from tests.promises.deeds import check_copy_recovered
from tests.promises.killing import quick_disk
from tests.promises.power import texts
from tests.promises.promise import Figure
from tests.registries import KNOWN, Home, done, provider_draft
from tui_registry.errors import Conflict, StoreLocked

KILLS, SHORT_KILLS = 1_000, 24
LONGEST = 0.03
"""Seconds that a writer lives on at most after its first acknowledged save."""

EDITS, SHORT_EDITS = 60, 8
PROCESSES = (2, 4, 8)
PATIENCE = 120

Telling = Callable[[], Iterator[int]]
Editing = Callable[[Home, int], Iterator[int]]


def figures(short: bool) -> Iterator[Figure]:
    """Kills at any moment, then many at once, then the same without what refuses a stale edit."""
    kills = SHORT_KILLS if short else KILLS
    saves, lost, half = random_kills(kills)
    yield Figure(
        "writers killed at any moment, one and two at once",
        f"{kills:,} kills, {saves:,} acknowledged saves, {lost} lost, {half} half or damaged",
        "0 of 1,000 or more" if not short else "0",
        not lost + half,
    )
    edits = SHORT_EDITS if short else EDITS
    for number in PROCESSES:
        told, kept = many_at_once(number, edits)
        found = f"{told:,} told, {kept:,} in the file"
        yield Figure(f"told saved by {number} processes at once", found, "no difference", told == kept)
    told, kept = many_at_once(4, edits, unguarded)
    found = f"{told:,} told, {kept:,} in the file"
    yield Figure("control: 4 processes without row versions", found, "a difference", told > kept)


def random_kills(number: int) -> tuple[int, int, int]:
    """Saves that were acknowledged, how many of them were lost, and how often a file was half or damaged."""
    dice = random.Random(20261126)
    saves = lost = half = kills = 0
    with tempfile.TemporaryDirectory(prefix="kills-", dir=quick_disk()) as folder:
        home = Home(Path(folder))
        with home.open() as store:
            for known in KNOWN[:2]:
                draft = provider_draft(known.name, known.endpoint)
                done(store, lambda write, draft=draft: write.add_provider(draft))  # type: ignore[misc]
        for turn in itertools.count():
            if kills >= number or half:
                break
            names = [known.name for known in KNOWN[: 1 + turn % 2]]
            before = {name: saved(home, name) for name in names}
            told = dict(zip(names, _killed_among(home, names, dice), strict=True))
            kills += len(names)
            with suppress(sqlite3.Error):
                check_copy_recovered(home.database)
            for name in names:
                found = saved(home, name)
                if found is None:
                    half += 1
                    continue
                saves += max(0, (told[name] or 0) - (before[name] or 0))
                lost += found < (told[name] or 0)
    return saves, lost, half


def saved(home: Home, name: str) -> int | None:
    """Which save a provider holds; None for half of one or a damaged file."""
    with closing(sqlite3.connect(home.database)) as connection:
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            return None
        sql = "SELECT description, website, row_version FROM provider WHERE name = ?"
        row = connection.execute(sql, (name,)).fetchone()
    number = int(row[2]) - 1
    return number if (row[0], row[1]) == texts(number) else None


def _killed_among(home: Home, names: list[str], dice: random.Random) -> list[int | None]:
    """Writers of a provider each, killed while they save; the last save that each was told of."""
    children = [_forked(lambda name=name: saving_for_ever(home, name)) for name in names]  # type: ignore[misc]
    last = [_number(answers.recv(8)) for _, answers in children]
    time.sleep(dice.random() * LONGEST)
    for pid, _ in children:
        os.kill(pid, signal.SIGKILL)
    for place, (pid, answers) in enumerate(children):
        os.waitpid(pid, 0)
        while piece := answers.recv(8):
            last[place] = _number(piece)
        answers.close()
    return last


def saving_for_ever(home: Home, name: str) -> Iterator[int]:
    """Save on, telling the number of each save once it is acknowledged."""
    with home.open(create=False, read_patience=5) as store:
        row = store.reads.provider(name)
        while True:
            description, website = texts(row.row_version)
            edit = provider_draft(name, row.endpoint, description=str(description), website=str(website))
            with suppress(StoreLocked):
                row = done(store, lambda write, edit=edit, row=row: write.save_provider(edit, row))  # type: ignore[misc]
                yield row.row_version - 1


def many_at_once(
    number: int, edits: int, editing: "Callable[[Home, int], Iterator[int]] | None" = None
) -> tuple[int, int]:
    """How many edits of one record all processes together were told are saved, and how many are in it."""
    with tempfile.TemporaryDirectory(prefix="sessions-", dir=quick_disk()) as folder:
        home, deed = Home(Path(folder)), editing or guarded
        with home.open() as store:
            done(store, lambda write: write.add_provider(provider_draft()))
        if editing is not None:
            with closing(sqlite3.connect(home.database, isolation_level=None)) as shell:
                shell.execute("DROP TRIGGER provider_version")
        children = [_forked(lambda: deed(home, edits)) for _ in range(number)]
        told = 0
        for pid, answers in children:
            while answers.recv(8):
                told += 1
            answers.close()
            os.waitpid(pid, 0)
        with closing(sqlite3.connect(home.database)) as connection:
            row_version = connection.execute("SELECT row_version FROM provider").fetchone()[0]
    return told, int(row_version) - 1


def guarded(home: Home, edits: int) -> Iterator[int]:
    """Edits as the program makes them; a conflict loads the record again and tries once more."""
    with home.open(create=False, read_patience=5) as store:
        row = store.reads.provider("Groq")
        for count in range(edits):
            while True:
                edit = provider_draft(description=f"{os.getpid()} {count}", website=row.website or "")
                try:
                    row = done(store, lambda write, e=edit, r=row: write.save_provider(e, r))  # type: ignore[misc]
                except (Conflict, StoreLocked):
                    row = store.reads.provider("Groq")
                    continue
                yield count
                break


def unguarded(home: Home, edits: int) -> Iterator[int]:
    """Edits of a program that writes what it loaded, counted up, over whatever is there."""
    with closing(sqlite3.connect(home.database, isolation_level=None, timeout=60)) as connection:
        for count in range(edits):
            (version,) = connection.execute("SELECT row_version FROM provider").fetchone()
            time.sleep(0.001)
            connection.execute("UPDATE provider SET row_version = ?", (version + 1,))
            yield count


def _forked(deed: Telling) -> tuple[int, socket.socket]:
    """A child that does the deed and tells each number it yields."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(PATIENCE)
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            ours.close()
            for number in deed():
                theirs.send(struct.pack("q", number))
            code = 0
        finally:
            os._exit(code)
    theirs.close()
    return pid, ours


def _number(piece: bytes) -> int | None:
    return int(struct.unpack("q", piece)[0]) if piece else None
