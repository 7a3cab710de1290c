"""Nothing that a provider, a catalogue or a tampered file says acts on the terminal, wherever it is shown."""

import re
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import tui_registry.text as text_room
from tests.commanding import PROGRAM, Shell, Terminal
from tests.promises.promise import Figure
from tests.registries import Home, add_active, add_model, done, limits_draft, pricing_draft
from tui_registry.store import new_result
from tui_registry.store import store as store_file
from tui_registry.text import UNSAFE
from tui_registry.ui.terminal import safety

SEQUENCES = "\x1b[6;66;31m\x1b]0;hostile title\x07\x1b]52;c;aG9zdGlsZQ==\x07\x9b31m\x90q\x9c"
EACH = "\x00\x07\x08\x0d\x7f\x85\u061c\u200b\u200e\u2028\u202e\u2066\ufeff\ufff9\U000e0041"
HOSTILE = f"[/b][red]e{SEQUENCES}{EACH}"
SHORTER = "\u202ex\x1b]0;t\x07"

SLOWEST = 2.0
"""Seconds that a key may take to show; one that shows nothing is given up then."""

_FIELDS = {
    "known_provider": ("docs", "website", "env_vars"),
    "provider": ("description", "website", "state_reason"),
    "model": ("name", "description", "version", "architecture"),
    "verification_result": ("outcome", "model_served", "endpoint"),
}
"""Columns of text that any program may have written past the rules; those a table lacks are left out."""

# what Textual itself sends: sequences that style and move, ask for modes, and say what the pointer looks like
_OWN = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][0-9]+;(?:default|pointer|text)(?:\x07|\x1b\\)|\x1b[=>78c]")

_TAMPERED_WHILE_OPEN = "import tui_registry.store.store as s; s.check_file = lambda *a, **k: ()\n"
"""A file written past its rules is refused at the start; what others write while the app is open is not."""

_WITHOUT_CARE = "import re, tui_registry.text as t; t.UNSAFE = t._UNSAFE_BUT_NEWLINE = re.compile('(?!)')\n"
"""The program with its nets cut: what this control lets through, the look at every surface must find."""

_RUN = "from tui_registry.cli import main; main()"

_WALK = "2 \r \x1b d \x1b y \x1b 3 4 5 \r \x1b 1 \r \x1b d \x1b ? \x1b s \x1b e \x1b"
KEYS, SHORT_KEYS = tuple(_WALK.split(" ")), ("2", "\r", "\x1b", "5", "\r")
"""What is pressed to see every view, record, form, menu, dialog and toast."""


def figures(short: bool) -> Iterator[Figure]:
    """Every surface, then the same without the nets."""
    keys = SHORT_KEYS if short else KEYS
    surfaces, leaks = looked_at(keys)
    yield Figure(
        "hostile text on every surface",
        f"{surfaces} surfaces, {sum(leaks.values())} bytes that act on a terminal",
        "0",
        surfaces > 0 and not leaks,
    )
    _, found = looked_at(SHORT_KEYS, without_care=True)
    yield Figure(
        "control: the same without cleaning", f"{sum(found.values()):,} such bytes", "some", bool(found)
    )


def looked_at(keys: Sequence[str], *, without_care: bool = False) -> tuple[int, dict[str, int]]:
    """How many surfaces were looked at, and how many characters that act on a terminal each let through."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder, _tampered_while_open(without_care):
        shell = Shell(Path(folder) / "home")
        tampered(shell.home)
        code = _TAMPERED_WHILE_OPEN + (_WITHOUT_CARE if without_care else "") + _RUN
        seen = dict(_commands(shell)) | {"the app": _app(shell.root, (PROGRAM[0], "-c", code), keys)}
        return len(seen), {name: count for name, text in seen.items() if (count := acting(text))}


@contextmanager
def _tampered_while_open(without_care: bool) -> Iterator[None]:
    """The same in this process, for the commands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_file, "check_file", lambda *given, **named: ())
        if without_care:
            for place in (text_room, safety):
                patch.setattr(place, "UNSAFE", re.compile("(?!)"))
            patch.setattr(text_room, "_UNSAFE_BUT_NEWLINE", re.compile("(?!)"))
        yield


def tampered(home: Home) -> None:
    """A registry of every kind of record, each of its texts hostile, as a program could write them."""
    with home.open() as store:
        row = add_active(store)
        model = add_model(store, row)
        done(store, lambda write: write.save_pricing(row, pricing_draft(1e-07, 2e-07), None))
        done(store, lambda write: write.save_limits(row, limits_draft(requests_per_minute=1), None))
        result = new_result(
            provider=row,
            test_type="chat",
            status="fail",
            model=model,
            evidence='{"reply": "\\u001b]0;hostile\\u0007 \\u202e"}',
        )
        done(store, lambda write: write.record_result(result))
    with closing(sqlite3.connect(home.database, isolation_level=None)) as file:
        file.execute("PRAGMA ignore_check_constraints = on")
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f'DROP TRIGGER "{name}"')
        for table, columns in _FIELDS.items():
            there = {row[1] for row in file.execute(f"PRAGMA table_info({table})")}
            for column in there.intersection(columns):
                file.execute(f"UPDATE {table} SET {column} = ?", (HOSTILE,))
        file.execute("UPDATE model SET model_id = ?", (f"m{SHORTER}",))


def _app(root: Path, program: tuple[str, ...], keys: Sequence[str]) -> str:
    """All that the app writes to a terminal while everything is looked at."""
    terminal = Terminal(root, program=program)
    terminal.until("Groq")
    for key in keys:
        terminal.type(key)
        _settle(terminal)
    terminal.process.terminate()
    terminal.end()
    return _OWN.sub("", terminal.written.decode(errors="surrogateescape"))


def _settle(terminal: Terminal) -> None:
    """Wait until the key shows, then until nothing more comes for a moment."""
    before, latest = len(terminal.written), time.monotonic() + SLOWEST
    while len(terminal.written) == before and time.monotonic() < latest:
        terminal._read()
    while len(terminal.written) != before:
        before = len(terminal.written)
        for _ in range(6):
            terminal._read()


def _commands(shell: Shell) -> Iterator[tuple[str, str]]:
    """What each command says, in words and in JSON, of the tampered registry and of hostile arguments."""
    model = f"m{SHORTER}"
    reading = (
        ("provider", "list"),
        ("provider", "show", "Groq"),
        ("model", "list"),
        ("model", "show", "Groq", model),
        ("pricing", "show", "Groq", model),
        ("limits", "show", "Groq"),
        ("catalog", "list"),
        ("history", "list"),
        ("history", "show", "2"),
        ("verify", "--all", "--dry-run"),
        ("doctor",),
        ("restore",),
    )
    for words in reading:
        for more in ((), ("--json",)):
            said = shell.run(*words, *more)
            yield " ".join((*words[:2], *more)), said.stdout + said.stderr
    for form in ("opencode", "crush", "claude-code", "litellm", "env", "json", "csv"):
        said = shell.run("export", form, "--all")
        yield f"export {form}", said.stdout + said.stderr
    for words in (
        ("provider", "show", HOSTILE),
        ("provider", "add", HOSTILE),
        ("model", "show", HOSTILE, HOSTILE),
        ("model", "list", "--filter", HOSTILE),
        ("catalog", "import", HOSTILE),
        ("restore", HOSTILE.replace("\0", "")),
        ("backup", HOSTILE.replace("\0", "")),
        ("history", "show", HOSTILE),
        (HOSTILE,),
    ):
        said = shell.run(*words)
        yield f"refused: {words[0][:8]} {words[-1] == HOSTILE}", said.stdout + said.stderr


def acting(text: str) -> int:
    """How many characters of a text act on a terminal."""
    return len(UNSAFE.findall(re.sub(r"\r*\n", "", text)))
