"""Any provider or model is reached by its name from the commands, quickly, and shown as it is."""

import time

import pytest

from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tests.registries import add_model
from tui_registry.ui.actions.jumping import MODEL_HITS, found, nearness
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.screens.pages import ModelPage, ProviderPage

NARROW = (80, 24)


async def test_a_model_is_opened_by_its_name(full: Session) -> None:
    row = add_model(full.store, full.store.reads.provider("Groq"), "zz-rare-1")
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "sorted by name")
        await pilot.press("colon")
        await type_text(pilot, "zz-rare")
        await on_screen(pilot, "Groq/zz-rare-1")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ModelPage))
        await on_screen(pilot, f"Groq/{row.model_id}")


async def test_a_provider_is_opened_by_its_name(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "sorted by name")
        await pilot.press("2", "ctrl+p")
        await type_text(pilot, "openrouter")
        await on_screen(pilot, "provider")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ProviderPage | ModelPage))
        assert isinstance(app.screen, ProviderPage)


async def test_a_name_that_looks_like_markup_is_shown_whole(full: Session) -> None:
    add_model(full.store, full.store.reads.provider("Groq"), "zz[/b]c [v2]")
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "sorted by name")
        await pilot.press("colon")
        await type_text(pilot, "zz")
        await on_screen(pilot, "Groq/zz[/b]c [v2]")
        assert "model" in screen_text(pilot)


async def test_names_are_found_within_fifty_milliseconds(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "sorted by name")
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        took = []
        for query in ("g", "gpt-4o", "llama 70b", "nothing is called this"):
            began = time.process_time()
            hits = [*found(screen, "providers", query, 8), *found(screen, "models", query, MODEL_HITS)]
            took.append(time.process_time() - began)
            assert bool(hits) == (query != "nothing is called this")
        assert min(took) < 0.05
        assert sorted(took)[1] < 0.05


@pytest.mark.parametrize(
    ("query", "nearer", "farther"),
    [
        ("gpt-4o", "OpenAI/gpt-4o", "OpenAI/gpt-4o-mini"),
        ("gpt", "OpenAI/gpt-4o", "Groq/openai/x-gpt"),
        ("groq", "Groq", "Other/not-groq-1"),
        ("mini", "OpenAI/o1-mini", "m/i/n/i"),
    ],
)
def test_nearer_names_stand_first(query: str, nearer: str, farther: str) -> None:
    assert 1 >= nearness(query, nearer) > nearness(query, farther) > 0
