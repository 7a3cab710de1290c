"""Files and models.dev in the app: compared on a page first, and taken in as shown or not at all."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tests.fault_server import FaultServer, says, says_json
from tests.import_files import catalogue_of, written
from tests.registries import CANARY, add_groq, catalogue, done, listed
from tui_registry import intake
from tui_registry.intake import refreshing
from tui_registry.ui.actions.importing import ImportPage
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.screens.dialogs import ChoiceMenu, Confirm
from tui_registry.ui.screens.list_screen import ListScreen

NARROW = (80, 24)
ONE = catalogue_of(llama={"limit": {"context": 131072}, "cost": {"input": 0.1, "output": 0.2}})


async def choose(pilot: Pilot[None], path: str) -> None:
    """Open the form for a file, name one, and go on."""
    await on_screen(pilot, "5 History")
    await pilot.press("f")
    await until(pilot, lambda: isinstance(pilot.app.screen, FormScreen))
    await on_screen(pilot, "Relative to")
    pilot.app.screen.query_one("Input").value = path  # type: ignore[attr-defined]
    await pilot.pause()
    await pilot.press("ctrl+s")


async def on_page(pilot: Pilot[None]) -> ImportPage:
    """The page of differences, once it listens."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ImportPage))
    page = pilot.app.screen
    assert isinstance(page, ImportPage)
    await until(pilot, lambda: page.listening)
    return page


async def test_a_file_is_compared_and_taken_in(empty: Session, tmp_path: Path) -> None:
    app = empty.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await on_screen(pilot, "f   import a file")
        await choose(pilot, written(tmp_path / "api.json", ONE))
        await on_page(pilot)
        for words in (
            "models.dev: 1 model of 1 provider.",
            "New: 1 provider, 1 model, 1 price.",
            "new      llama",
        ):
            await on_screen(pilot, words)
        assert empty.store.reads.providers() == []
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        await on_screen(pilot, "New: 1 provider, 1 model, 1 price. Nothing was deleted.")
    assert [row.name for row in empty.store.reads.providers()] == ["Groq"]


async def test_what_another_session_changed_meanwhile_is_looked_at_again(
    empty: Session, tmp_path: Path
) -> None:
    add_groq(empty.store)
    app = empty.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await choose(pilot, written(tmp_path / "api.json", ONE))
        page = await on_page(pilot)
        done(empty.store, lambda write: write.import_catalog(catalogue(listed("llama"))))
        await pilot.press("A")
        await on_screen(pilot, "The registry was changed since this was compared")
        assert app.screen is page
    row = empty.store.reads.provider("Groq")
    assert empty.store.reads.model(row.id, "llama").max_input_tokens is None


async def test_bad_entries_are_left_out_only_when_that_is_affirmed(empty: Session, tmp_path: Path) -> None:
    document = catalogue_of(good={}, bad={"limit": {"context": -1}})
    app = empty.app()
    async with app.run_test(size=NARROW) as pilot:
        await choose(pilot, written(tmp_path / "api.json", document))
        await on_page(pilot)
        await on_screen(pilot, "groq.models.bad.limit.context")
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, Confirm) and app.screen.listening)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ImportPage))
        assert empty.store.reads.providers() == []
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, Confirm) and app.screen.listening)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
    row = empty.store.reads.provider("Groq")
    assert [model.model_id for model in empty.store.reads.models(row.id)] == ["good"]


async def test_what_cannot_be_read_is_said_in_the_form_which_stays(empty: Session, tmp_path: Path) -> None:
    app = empty.app()
    async with app.run_test(size=NARROW) as pilot:
        await choose(pilot, str(tmp_path))
        await on_screen(pilot, "directory")
        assert isinstance(app.screen, FormScreen)


async def test_keys_of_a_file_are_sealed_for_the_hosts_that_were_named(
    empty: Session, tmp_path: Path
) -> None:
    app = empty.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await choose(pilot, written(tmp_path / ".env", f"GROQ_API_KEY={CANARY}\nOTHER=1\n"))
        await until(pilot, lambda: isinstance(app.screen, Confirm) and app.screen.listening)
        assert "api.groq.com" in screen_text(pilot)
        assert CANARY not in screen_text(pilot)
        assert empty.store.reads.providers() == []
        await pilot.press("y")
        await on_screen(pilot, "Sealed: Groq for api.groq.com. None is checked yet.")
    assert empty.store.open_key(empty.store.reads.provider("Groq")).reveal() == CANARY


async def test_every_list_offers_a_file_once(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        for key, words in (("1", "sorted by name"), ("2", "sorted by provider")):
            await pilot.press(key)
            await on_screen(pilot, words)
            offered = [each.title for each in app.get_system_commands(app.screen)]
            assert sum("file" in title.lower() for title in offered) == 1, offered


async def refreshed(pilot: Pilot[None], answer: str) -> None:
    """Ask for a refresh by the palette, and answer what it is to cover."""
    await on_screen(pilot, "5 History")
    await pilot.press("colon")
    await type_text(pilot, "refresh from")
    await on_screen(pilot, "Refresh from models.dev…")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, ChoiceMenu) and pilot.app.screen.listening)
    await pilot.press(answer)


async def test_models_dev_is_asked_only_when_that_is_chosen(
    empty: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_groq(empty.store)
    document = ONE | {"openai": {"models": {"gpt": {}}}}
    app = empty.app()
    with FaultServer(says_json(document)) as server:
        monkeypatch.setattr(intake, "MODELS_DEV", f"{server.url}/api.json")
        async with app.run_test(size=NARROW) as pilot:
            await refreshed(pilot, "escape")
            await until(pilot, lambda: isinstance(app.screen, ListScreen))
            assert server.asked == []
            await refreshed(pilot, "h")
            await on_page(pilot)
            await on_screen(pilot, "Not in this registry, left out: 1 known provider.")
            await on_screen(pilot, "Groq: 1 new")
    assert "authorization" not in server.asked[0].headers


async def test_without_a_network_a_sentence_says_so(empty: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    app = empty.app()
    with FaultServer(says("", 503)) as server:
        monkeypatch.setattr(intake, "MODELS_DEV", server.url)
        async with app.run_test(size=NARROW, notifications=True) as pilot:
            await refreshed(pilot, "a")
            await on_screen(pilot, "gave no catalogue")
            assert isinstance(app.screen, ListScreen)
    assert refreshing.DEADLINES.total <= 120
