"""Records changed by keyboard: what was typed is stored, what is refused stays in the form."""

import pytest
from textual.widgets import Static

from tests.conftest import Session, open_session
from tests.driving import on_screen, screen_text, type_text, until
from tests.registries import CANARY, done, limits_draft, model_draft, pricing_draft
from tui_registry.text import Secret
from tui_registry.ui.actions import editing
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.screens import dialogs
from tui_registry.ui.screens.list_screen import ListScreen

NARROW, WIDE = (80, 24), (120, 36)


async def open_on(pilot: object, session: Session, name: str) -> None:
    """Put the cursor on a provider."""
    app = pilot.app  # type: ignore[attr-defined]
    await on_screen(pilot, "sorted by name")  # type: ignore[arg-type]
    app.screen.table.move_to(session.store.reads.provider(name).id)
    await until(pilot, lambda: app.screen.table.cursor_id == session.store.reads.provider(name).id)  # type: ignore[arg-type]


async def test_a_price_is_edited_and_kept_exactly(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press("3", "slash")
        await type_text(pilot, "provider:openai gpt-4o-mini")
        await pilot.press("enter")
        await on_screen(pilot, " of 2,329")
        row_id = app.screen.table.cursor_id  # type: ignore[attr-defined]
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("end", "ctrl+u")
        await type_text(pilot, "0.1")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "sorted by")
        price = full.store.reads.model_pricing(row_id)
        assert price is not None
        assert (price.input_price_per_token, price.source) == (1e-07, "user")


async def test_a_models_first_price_begins_as_the_default_and_the_form_says_so(full: Session) -> None:
    provider = full.store.reads.provider("Groq")
    done(full.store, lambda write: write.save_pricing(provider, pricing_draft(1e-06, 2e-06), None))
    model = done(full.store, lambda write: write.add_model(provider, model_draft("house-model")))
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press("3", "slash")
        await type_text(pilot, "house-model")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.table.cursor_id == model.id)  # type: ignore[attr-defined]
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await on_screen(pilot, "the provider's default")
        await on_screen(pilot, "2.00")
        await pilot.press("end", "ctrl+u")
        await type_text(pilot, "5")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "sorted by")
        price = full.store.reads.model_pricing(model.id)
        assert price is not None
        assert (price.input_price_per_token, price.output_price_per_token) == (5e-06, 2e-06)


async def test_a_refused_price_stays_in_the_form_with_what_to_write(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await open_on(pilot, full, "Groq")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await type_text(pilot, "3,50")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Write 3.50 with a point.")
        assert "3,50" in screen_text(pilot)
        assert full.store.reads.pricing(full.store.reads.provider("Groq").id) is None


async def test_limits_are_set_in_the_words_people_use(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await open_on(pilot, full, "Groq")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await type_text(pilot, "1.5k")
        await pilot.press("tab", "tab")
        await type_text(pilot, "2M")
        await pilot.press("f2")
        await on_screen(pilot, "Saved the limits of Groq")
        limits = full.store.reads.limits(full.store.reads.provider("Groq").id)
        assert limits is not None
        assert (limits.requests_per_minute, limits.requests_per_hour, limits.tokens_per_minute) == (
            1500,
            None,
            2_000_000,
        )


async def test_a_known_provider_is_chosen_and_its_key_taken_over_from_the_shell(empty: Session) -> None:
    empty.desk.environ = {"GROQ_API_KEY": CANARY}
    app = empty.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await on_screen(pilot, "$GROQ_API_KEY")
        await pilot.press("n")
        await on_screen(pilot, "New provider")
        await type_text(pilot, "groq")
        await on_screen(pilot, "$GROQ_API_KEY is set")
        await pilot.press("enter")
        await on_screen(pilot, "Base URL")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Take it over from $GROQ_API_KEY")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Sealed the key of Groq")
        row = empty.store.reads.provider("Groq")
        assert empty.store.open_key(row).reveal() == CANARY
        assert not row.is_active
        assert CANARY not in screen_text(pilot)


async def test_a_provider_of_ones_own_is_added_under_the_typed_name(empty: Session) -> None:
    app = empty.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await on_screen(pilot, "No providers yet")
        await pilot.press("n")
        await type_text(pilot, "House LLM")
        await on_screen(pilot, "Add “House LLM” as a custom provider")
        await pilot.press("enter")
        await on_screen(pilot, "API type")
        await pilot.press("tab")
        await type_text(pilot, "llm.house.example/v1")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Start with https:// or http://")
        await pilot.press("home")
        await type_text(pilot, "https://")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "API key of House LLM")
        await pilot.press("escape")
        await on_screen(pilot, "sorted by name")
        row = empty.store.reads.provider("house llm")
        assert (row.name, row.endpoint) == ("House LLM", "https://llm.house.example/v1")
        assert empty.store.reads.known("House LLM").source == "user"


async def test_the_keys_of_the_shell_are_taken_over_on_request(empty: Session) -> None:
    empty.desk.environ = {
        "GROQ_API_KEY": CANARY,
        "OPENAI_API_KEY": "sk-" + "x" * 30,
        "ZHIPU_API_KEY": "z" * 30,
    }
    app = empty.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await on_screen(pilot, "$OPENAI_API_KEY")
        assert "ZHIPU" not in screen_text(pilot), "whose key a shared variable holds only its owner knows"
        await pilot.press("T")
        await on_screen(pilot, "Take over keys?")
        await pilot.pause(0.3)
        await pilot.press("y")
        await on_screen(pilot, "Sealed 2 of 2 keys")
        names = {row.name for row in empty.store.reads.providers() if row.api_key_encrypted}
        assert names == {"Groq", "OpenAI"}


async def test_the_question_names_every_host_that_a_key_of_the_shell_would_be_sealed_for(
    empty: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui_registry.catalog import known_providers

    monkeypatch.setattr(RegistryApp, "NOTIFICATION_TIMEOUT", 600)

    variables = sorted({row.env_vars.split()[0] for row in known_providers().rows() if row.env_vars})[:25]
    empty.desk.environ = {name: f"{name.lower()}-{'x' * 30}" for name in variables}
    app = empty.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press("T")
        await on_screen(pilot, "Take over keys?")
        said = str(app.screen.query_one(".dialog-lines", Static).render())
        await pilot.pause(0.3)
        await pilot.press("y")
        await until(
            pilot, lambda: "none is checked yet" in "".join(each.message for each in app._notifications)
        )
    sealed = [row for row in empty.store.reads.providers() if row.api_key_encrypted]
    assert len(sealed) > 15, "more than a screen shows at once"
    for row in sealed:
        assert empty.store.sealed_for(row) in said


async def test_a_price_that_another_session_deleted_is_saved_as_new_when_that_is_wanted(
    full: Session,
) -> None:
    groq = full.store.reads.provider("Groq")
    draft = pricing_draft(1e-07, 2e-07)
    done(full.store, lambda write: write.save_pricing(groq, draft, full.store.reads.pricing(groq.id)))
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        screen.begin(editing.edit_pricing, groq.id)
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("ctrl+u")
        await type_text(pilot, "0.5")
        done(full.store, lambda write: write.delete_pricing(groq))
        await pilot.press("ctrl+s")
        await on_screen(pilot, "save again to keep it as new")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Saved the default price of Groq")
    kept = full.store.reads.pricing(groq.id)
    assert kept is not None
    assert kept.input_price_per_token == 5e-07


async def test_a_moved_endpoint_leaves_the_key_for_its_old_host_until_the_new_one_is_typed(
    full: Session,
) -> None:
    groq = full.store.reads.provider("Groq")
    done(full.store, lambda write: write.set_key(groq, Secret(CANARY)))
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await open_on(pilot, full, "Groq")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await pilot.press("tab", "end", "ctrl+u")
        await type_text(pilot, "https://proxy.example/v1")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "for api.groq.com")
        await pilot.press("K")
        await on_screen(pilot, "from api.groq.com to proxy.example")
        await pilot.pause(0.3)
        await pilot.press("m")
        await on_screen(pilot, "Type proxy.example")
        await pilot.pause(0.3)
        await type_text(pilot, "proxy.exampl")
        await pilot.press("enter")
        await on_screen(pilot, "That is not proxy.example")
        await type_text(pilot, "e")
        await pilot.press("enter")
        await on_screen(pilot, "sealed for proxy.example now")
        assert full.store.open_key(full.store.reads.provider_again(groq)).reveal() == CANARY


async def test_a_key_is_removed_only_after_a_yes(full: Session) -> None:
    groq = full.store.reads.provider("Groq")
    done(full.store, lambda write: write.set_key(groq, Secret(CANARY)))
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await open_on(pilot, full, "Groq")
        for answer, kept in (("enter", True), ("y", False)):
            await pilot.press("K")
            await on_screen(pilot, "remove it")
            await pilot.pause(0.3)
            await pilot.press("x")
            await on_screen(pilot, "Remove the key of Groq?")
            await pilot.pause(0.3)
            await pilot.press(answer)
            await until(pilot, lambda: isinstance(app.screen, ListScreen))
            await until(
                pilot,
                lambda kept=kept: bool(full.store.reads.provider("Groq").api_key_encrypted) == kept,  # type: ignore[misc]
            )


async def test_a_key_for_a_placeholder_endpoint_is_refused_with_what_to_do(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await open_on(pilot, full, "Azure OpenAI")
        await pilot.press("K")
        await on_screen(pilot, "edit the base URL first")


async def test_a_provider_is_not_switched_on_before_its_key_was_checked(full: Session) -> None:
    groq = full.store.reads.provider("Groq")
    row = done(full.store, lambda write: write.set_key(groq, Secret(CANARY)))
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await open_on(pilot, full, "Groq")
        await pilot.press("t")
        await on_screen(pilot, "has not passed a check")
        assert not full.store.reads.provider("Groq").is_active
        assert row.key_fingerprint
        fingerprint = row.key_fingerprint
        done(full.store, lambda write: write.record_key_check(groq, fingerprint, "pass", "ok"))
        await pilot.press("t")
        await on_screen(pilot, "✓ on")
        await pilot.press("t")
        await until(pilot, lambda: not full.store.reads.provider("Groq").is_active)


async def test_a_provider_with_models_stays_and_can_be_purged_by_its_name(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await open_on(pilot, full, "Groq")
        await pilot.press("d")
        await on_screen(pilot, "Groq stays: it has 37 models")
        await pilot.pause(0.3)
        await pilot.press("d", "y", "enter")
        assert full.store.reads.provider("Groq")
        await pilot.press("p")
        await on_screen(pilot, "Type Groq")
        await pilot.pause(0.3)
        await type_text(pilot, "Groq")
        await pilot.press("enter")
        await on_screen(pilot, "Purged Groq")
        assert "Groq" not in {row.name for row in full.store.reads.providers()}
        assert list((full.home.database.parent / "backups").glob("*.db"))


@pytest.mark.parametrize("answer", ["d", "enter", "escape", "n", "q"])
async def test_only_y_deletes_a_model(full: Session, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogs, "SETTLE_SECONDS", 1e9)
    groq = full.store.reads.provider("Groq")
    added = done(full.store, lambda write: write.add_model(groq, model_draft("aaa-mine")))
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press("2", "slash")
        await type_text(pilot, "aaa-mine")
        await pilot.press("enter")
        await on_screen(pilot, "1 of 2,330")
        await pilot.press("d", "y")
        await on_screen(pilot, "Delete model Groq/aaa-mine?")
        assert full.store.reads.model_by_id(added.id), "a y typed ahead answers nothing"
        monkeypatch.setattr(dialogs, "SETTLE_SECONDS", 0.0)
        await pilot.press(answer)
        assert full.store.reads.model_by_id(added.id)
        if answer == "d":
            await pilot.press("y")
            await on_screen(pilot, "No model matches")


async def test_a_new_model_goes_to_the_chosen_provider(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press("2")
        await on_screen(pilot, "sorted by provider")
        await pilot.press("n")
        await on_screen(pilot, "New model of")
        await type_text(pilot, "mistral")
        await pilot.press("enter")
        await on_screen(pilot, "New model of Mistral")
        await type_text(pilot, "my-model[/b]")
        await pilot.press("tab", "tab")
        await type_text(pilot, "128k")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "my-model[/b]")
        model = full.store.reads.model(full.store.reads.provider("Mistral").id, "my-model[/b]")
        assert (model.name, model.max_input_tokens, model.source) == ("my-model[/b]", 128_000, "user")


async def test_two_sessions_on_one_field_show_was_mine_and_theirs(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await open_on(pilot, full, "Groq")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await type_text(pilot, "30")
        other = open_session(full.home)
        groq = other.store.reads.provider("Groq")
        done(other.store, lambda write: write.save_limits(groq, limits_draft(requests_per_minute=60), None))
        other.store.close()
        await pilot.press("ctrl+s")
        await on_screen(pilot, "theirs")
        await pilot.pause(0.3)
        await pilot.press("k")
        await on_screen(pilot, "Saved the limits of Groq")
        limits = full.store.reads.limits(groq.id)
        assert limits is not None
        assert limits.requests_per_minute == 30


async def test_leaving_the_app_from_a_changed_form_asks_first(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await open_on(pilot, full, "Groq")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await type_text(pilot, "30")
        await pilot.press("ctrl+q")
        await on_screen(pilot, "Unsaved changes")
        await pilot.pause(0.3)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        assert "30" in screen_text(pilot)
        await pilot.press("ctrl+q")
        await on_screen(pilot, "Unsaved changes")
        await pilot.pause(0.3)
        await pilot.press("d")
        await until(pilot, lambda: not app.is_running)


async def test_from_a_bare_home_to_a_full_registry_takes_few_keys(empty: Session) -> None:
    """From nothing to 2,329 models, a sealed key and an edited price, in ten keys beyond typed text."""
    empty.desk.environ = {"OPENAI_API_KEY": CANARY}
    app = empty.app()
    keys = 0
    async with app.run_test(size=NARROW, notifications=True) as pilot:

        async def press(*names: str) -> None:
            nonlocal keys
            keys += len(names)
            await pilot.press(*names)

        await on_screen(pilot, "No providers yet")
        await press("i")
        await on_screen(pilot, "36, sorted by name")
        await press("T")
        await on_screen(pilot, "Take over keys?")
        await pilot.pause(0.3)
        await press("y")
        await until(pilot, lambda: empty.store.reads.provider("OpenAI").api_key_encrypted)
        await press("3", "e")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await press("ctrl+u")
        await type_text(pilot, "0.5")
        await press("ctrl+s")
        await on_screen(pilot, "Saved the price of")
        assert keys <= 10
        assert empty.store.reads.counts().models == 2329
