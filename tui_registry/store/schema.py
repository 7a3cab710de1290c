"""The format of the database file: its number, the steps that lead to it, and its text for comparison."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from tui_registry.errors import StoreError

APPLICATION_ID = 0x74756952
FORMAT = 5
OLDEST_SQLITE = (3, 37, 0)

FRESH = "966ff6a119632606d90913e968298ccb74e06c04446f10c88d73b0ab829432f3"
"""What `fingerprint` says of a fresh file of this format."""


def require_sqlite(found: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Refuse an SQLite that does not know strict tables; raises StoreError."""
    if found < OLDEST_SQLITE:
        raise StoreError(f"This Python brings SQLite {'.'.join(map(str, found))}; 3.37 or newer is needed.")


def steps() -> tuple[str, ...]:
    """The SQL of every step in order; step n leads from format n - 1 to format n."""
    folder = files("tui_registry.store") / "steps"
    named = sorted((item.name, item) for item in folder.iterdir() if item.name.endswith(".sql"))
    return tuple(item.read_text(encoding="utf-8") for _, item in named)


def statements(script: str) -> Iterator[str]:
    """The single statements of a script, triggers whole; raises ValueError when the last one does not end."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    if any(not line.lstrip().startswith("--") for line in pending.splitlines() if line.strip()):
        raise ValueError(f"unfinished statement: {pending.strip()[:60]}")


def build(connection: sqlite3.Connection, scripts: Sequence[str]) -> None:
    """Run steps inside the connection's open transaction, one statement after the other."""
    for script in scripts:
        for statement in statements(script):
            connection.execute(statement)


def fingerprint(connection: sqlite3.Connection) -> str:
    """A digest of everything the file defines, to the letter."""
    return sha256(repr(sorted(_defined(connection))).encode()).hexdigest()


def rules(connection: sqlite3.Connection) -> frozenset[tuple[str, str, str]]:
    """Kind, name and text of everything the file defines, layout and comments aside."""
    return frozenset((kind, name, _plain(sql)) for kind, name, sql in _defined(connection))


@cache
def expected_rules(form: int = FORMAT) -> frozenset[tuple[str, str, str]]:
    """What a file of this version's format defines, or one of an older format."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for script in steps()[:form]:
            connection.executescript(script)
        return rules(connection)
    finally:
        connection.close()


def _defined(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Kind, name and text of everything the file defines."""
    return connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'"
    ).fetchall()


def _plain(sql: str) -> str:
    """SQL with comments removed and every run of white space as one blank."""
    return re.sub(r"\s+", " ", re.sub(r"--[^\n]*", "", sql)).strip()
