"""The walls of the house: each library in its room, each room only its neighbours."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui_registry

PACKAGE = Path(tui_registry.__file__).parent
SMALL = {"errors", "fields", "clock", "text", "money", "endpoint", "paths", "process", "config"}

LIBRARY_ROOM = {
    "textual": {"ui"},
    "peewee": {"store"},
    "playhouse": {"store"},
    "sqlite3": {"store"},
    "cryptography": {"vault"},
    "keyring": {"vault"},
    "httpx2": {"wire"},
    "genai_prices": {"catalog"},
    "platformdirs": {"paths"},
    "pydantic": {"store"},
    "pydantic_core": {"store"},
    "click": {"cli"},
}

MAY_IMPORT = {
    "__init__": set(),
    "__main__": {"cli"},
    "cli": {
        *{"verification", "export", "intake", "catalog", "store", "vault", "ui", "demo", "help"},
        *SMALL,
    },
    "ui": {"verification", "export", "intake", "catalog", "store", "vault", "help", *SMALL},
    "help": {"text", "errors"},
    "verification": {"wire", "store", "vault", *SMALL},
    "export": {"durable", "store", *SMALL},
    "intake": {"wire", "catalog", "export", "store", "names", *SMALL},
    "demo": {"catalog", "store", "vault", *SMALL},
    "catalog": {"store", "endpoint", "money", "names", "text", "errors", "clock"},
    "store": {"durable", "vault", "fields", "endpoint", "money", "names", "text", "errors", "clock"},
    "wire": {"endpoint", "text", "errors", "clock"},
    "vault": {"durable", "endpoint", "text", "errors"},
    "fields": {"endpoint", "money", "text"},
    "durable": set(),
    "names": set(),
    "text": {"errors"},
    "money": {"errors"},
    "endpoint": {"errors", "text"},
    "paths": {"errors"},
    "process": set(),
    "config": {"text", "money"},
    "errors": set(),
    "clock": set(),
}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(source: str) -> Iterator[str]:
    """Every module name a source text imports, wherever in the text it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that the walls can be seen"
            assert node.module is not None
            if node.module == "tui_registry":
                yield from (f"tui_registry.{alias.name}" for alias in node.names)
            else:
                yield node.module


def trespasses(room: str, source: str) -> list[str]:
    """What a source text in `room` imports although it may not."""
    found = []
    for name in imports(source):
        top, *rest = name.split(".")
        if top == "tui_registry":
            target = rest[0] if rest else ""
            if target.startswith("__"):
                continue
            if target != room and target not in MAY_IMPORT[room]:
                found.append(f"{room} -> {name}")
        elif room not in LIBRARY_ROOM.get(top, {room}):
            found.append(f"{room} -> {name}")
    return found


SOURCES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    assert trespasses(room_of(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("store", "import textual"),
        ("ui", "def f():\n    import peewee"),
        ("store", "from tui_registry.ui import app"),
        ("vault", "from tui_registry import store"),
        ("cli", "from cryptography.hazmat.primitives import hashes"),
    ],
)
def test_the_walls_notice_a_trespass(room: str, source: str) -> None:
    assert trespasses(room, source)


def loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "kept_out"),
    [
        ("import tui_registry.cli", {"textual", "peewee", "pydantic", "cryptography", "genai_prices"}),
        ("import tui_registry.ui.app", {"pydantic", "cryptography", "genai_prices", "httpx2"}),
        ("import tui_registry.ui.screens.providers", {"tui_registry.ui.forms.form"}),
        ("import tui_registry.vault", {"cryptography"}),
    ],
)
def test_heavy_libraries_wait_until_they_are_needed(statement: str, kept_out: set[str]) -> None:
    assert loaded_after(statement) & kept_out == set()
