"""A clone starts with another record's facts; the key, the price and the history stay where they are."""

from tests.conftest import Session
from tests.driving import on_screen, type_text, until
from tests.registries import CANARY, add_model, done, model_pricing_draft
from tui_registry.text import Secret
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.screens.list_screen import ListScreen

NARROW = (80, 24)


async def go_to(pilot: object, app: RegistryApp, view: str, row_id: int) -> None:
    await pilot.press(view)  # type: ignore[attr-defined]
    await until(pilot, lambda: isinstance(app.screen, ListScreen) and app.screen.table.is_loaded)  # type: ignore[arg-type]
    assert isinstance(app.screen, ListScreen)
    app.screen.table.move_to(row_id)


async def test_a_cloned_model_has_the_facts_but_not_the_price(full: Session) -> None:
    groq = full.store.reads.provider("Groq")
    row = add_model(full.store, groq, "mine", max_input_tokens=128_000, description="as it is")
    done(full.store, lambda write: write.save_model_pricing(row, model_pricing_draft(1e-6, 2e-6), None))
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, "2", row.id)
        await pilot.press("c")
        await on_screen(pilot, "Clone of Groq/mine")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "mine exists already.")
        await pilot.press("end")
        await type_text(pilot, "2")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Added mine2, cloned from Groq/mine.")
        clone = full.store.reads.model(groq.id, "mine2")
        await until(
            pilot, lambda: isinstance(app.screen, ListScreen) and app.screen.table.cursor_id == clone.id
        )
    assert (clone.max_input_tokens, clone.description) == (128_000, "as it is")
    assert full.store.reads.model_pricing(clone.id) is None


async def test_a_clone_that_is_left_unchanged_asks_nothing_and_adds_nothing(full: Session) -> None:
    row = add_model(full.store, full.store.reads.provider("Groq"), "mine")
    before = full.store.reads.counts().models
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, "2", row.id)
        await pilot.press("enter")
        await on_screen(pilot, "never checked")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("escape")
        await on_screen(pilot, "never checked")
    assert full.store.reads.counts().models == before


async def test_a_cloned_provider_gets_a_name_of_its_own_and_no_key(full: Session) -> None:
    groq = full.store.reads.provider("Groq")
    done(full.store, lambda write: write.set_key(groq, Secret(CANARY)))
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, "1", groq.id)
        await pilot.press("c")
        await on_screen(pilot, "Clone Groq as")
        await type_text(pilot, "Groq for tests")
        await pilot.press("enter")
        await on_screen(pilot, "The key is not cloned.")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Added Groq for tests, cloned from Groq.")
    clone = full.store.reads.provider("Groq for tests")
    assert clone.endpoint == groq.endpoint
    assert clone.api_key_encrypted is None
    assert full.store.reads.known("Groq for tests").dialect == "openai"
