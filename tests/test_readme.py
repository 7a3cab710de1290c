"""The README tells the truth: its commands are the gate's, its keys the app's, its pictures there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tui_registry.ui.app import RegistryApp
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.keymap import BY_ID, KEYS, lines, printed_keys
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.models import ModelsScreen
from tui_registry.ui.screens.pages import ModelPage, ProviderPage
from tui_registry.ui.screens.prices import PricesScreen
from tui_registry.ui.screens.providers import ProvidersScreen
from tui_registry.ui.table.table import RecordTable

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def key_table() -> str:
    """The key table as it must stand in the README."""
    rows = ["| Key | What it does |", "|---|---|"]
    for shared in lines(KEYS):
        keys = " ".join(f"`{name}`" for key in shared for name in printed_keys(key).split())
        rows.append(f"| {keys} | {', '.join(key.help for key in shared)} |")
    return "\n".join(rows)


def test_the_key_table_is_the_key_map() -> None:
    written = README.split("<!-- keys -->")[1].split("<!-- /keys -->")[0].strip()
    assert written == key_table(), f"The README's key table should read:\n{key_table()}"


@pytest.mark.parametrize(
    "screen",
    [
        RegistryApp,
        ListScreen,
        RecordTable,
        FormScreen,
        ProvidersScreen,
        ModelsScreen,
        PricesScreen,
        ProviderPage,
        ModelPage,
    ],
    ids=lambda each: each.__name__,
)
def test_every_binding_is_in_the_key_map_with_its_keys(screen: type) -> None:
    for binding in screen.BINDINGS:  # type: ignore[attr-defined]
        if getattr(binding, "id", None):
            assert binding.key == BY_ID[binding.id].keys


def test_the_gate_runs_the_test_command_of_the_readme() -> None:
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert pictures
    assert [name for name in pictures if not (ROOT / name).is_file()] == []


def test_no_picture_is_stale() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "screenshots" / "draw.py"), "--check"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
