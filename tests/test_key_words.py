"""Sentences name the keys as a person has set them: none is written out where it could not follow."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Session
from tests.driving import on_screen, type_text
from tui_registry.ui.keymap import KEYS, printed
from tui_registry.ui.own_keys import OwnKeys, own_keys
from tui_registry.ui.records import describe
from tui_registry.ui.screens.history import HistoryScreen
from tui_registry.ui.screens.limits import LimitsScreen
from tui_registry.ui.screens.models import ModelsScreen
from tui_registry.ui.screens.prices import PricesScreen

UI = Path(describe.__file__).parent

FIXED = {"dialogs.py", "verify_dialog.py", "deleting_marked.py", "verifying.py", "own_keys.py", "keymap.py"}
"""Dialogs, whose keys stand in them and can be bound to nothing else, and the map itself."""

NAMES_A_KEY = re.compile(
    r"(?:^|[.;:,] )(?:esc|enter|space|tab|ctrl\+[a-z]|f\d+|[a-zA-Z0-9/?:*<>]) "
    r"(?!stays|has|is|was|goes over)[a-z]+s\b|\bthen [a-zA-Z]\b"
)
"""A key and what it does, as in `esc clears` and `then C`."""


def texts(source: str) -> Iterator[str]:
    """The texts of a module that are no docstrings."""
    tree = ast.parse(source)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    said = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for part in [node.value]
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | said:
            yield node.value


def test_the_pattern_finds_what_it_is_for() -> None:
    for sentence in ("esc clears it", "Saved. K moves it", "no default; p sets one", "with x, then C"):
        assert NAMES_A_KEY.search(sentence)


@pytest.mark.parametrize("path", sorted(UI.glob("*.py")), ids=lambda path: path.stem)
def test_no_sentence_writes_a_key_out(path: Path) -> None:
    if path.name not in FIXED:
        found = [text for text in texts(path.read_text(encoding="utf-8")) if NAMES_A_KEY.search(text)]
        assert found == [], "take the key from OwnKeys.first, so that it follows a person's settings"


def test_a_sentence_names_the_first_key_as_it_is_bound_and_drawn() -> None:
    own = own_keys({"list.filter": "F5,/", "record.key": "!"})
    assert own.complaints == ()
    assert (own.first("list.filter"), own.first("record.key")) == ("f5", "!")
    assert (own.first("app.back"), own.first("app.keys")) == ("esc", "?")
    assert OwnKeys({"list.down": "down"}, ascii_only=True).first("list.down") == "down"
    assert all(OwnKeys({}).first(key.id) == printed(key.names[0]) for key in KEYS)


OWN = own_keys(
    {
        "record.new": "N",
        "catalog.import": "I",
        "view.1": "f6",
        "verify.one": "f7",
        "record.price": "P",
        "record.limits": "L",
        "app.back": "f8",
        "list.filter": "f9",
        "form.save": "f10",
        "form.cancel": "f11",
        "form.fix": "f12",
        "record.key": "f4",
        "app.keys": "f3",
    }
)


def test_empty_views_and_unknown_facts_name_ones_own_keys(full: Session) -> None:
    full.desk.keys = OWN
    said = [screen(full.desk)._spec.empty for screen in (ModelsScreen, PricesScreen, LimitsScreen)]
    assert said == [
        "No models yet. N adds one; f6, then I imports the catalogue.",
        "No models yet, so no prices. f6 goes to the providers.",
        "No providers yet, so no limits. f6 goes to the providers.",
    ]
    assert "f7 on a provider" in HistoryScreen(full.desk)._spec.empty
    groq = full.store.reads.provider("Groq")
    lines = dict(describe.provider_lines(full.desk, groq))
    assert (lines["Price"], lines["Limits"]) == ("no default; P sets one", "unknown; L sets them")


async def test_lists_forms_and_refusals_name_ones_own_keys(full: Session) -> None:
    full.desk.keys = OWN
    async with full.app().run_test(size=(80, 24), notifications=True) as pilot:
        await on_screen(pilot, "f9 Filter")
        await pilot.press("f9")
        await type_text(pilot, "no such")
        await on_screen(pilot, "f8 clears the filter, f3 lists what it understands.")
        await pilot.press("f8")
        await on_screen(pilot, "sorted by name")
        await pilot.press("2")
        await on_screen(pilot, "sorted by provider")
        await pilot.press("P")
        await on_screen(pilot, "Save f10")
        await on_screen(pilot, "Cancel f11")
        await pilot.press("ctrl+u")
        await type_text(pilot, "0.000015")
        await pilot.press("tab", "shift+tab")
        await on_screen(pilot, "per 1M. f12")


async def test_a_registry_with_nothing_in_it_names_ones_own_keys(empty: Session) -> None:
    empty.desk.keys = OWN
    async with empty.app().run_test(size=(80, 24)) as pilot:
        await on_screen(pilot, "I   import the bundled catalogue")
        await on_screen(pilot, "N   add a provider")
        await on_screen(pilot, "f3  all keys")
