"""A provider's own list from the app: the difference first, taken in when asked, and nothing deleted."""

from textual.pilot import Pilot

from tests.conftest import Session
from tests.driving import on_screen, screen_text, until
from tests.fault_server import FaultServer, says_json
from tests.openai_like import OpenAiLike, add_provider
from tests.registries import done, model_draft
from tui_registry.ui.actions.discovering import DiscoveryPage
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.pages import ModelPage

NARROW = (80, 24)


async def ask(pilot: Pilot[None]) -> None:
    """Ask the provider under the cursor for its list."""
    await on_screen(pilot, "sorted by name")
    await pilot.press("D")
    await until(pilot, lambda: isinstance(pilot.app.screen, DiscoveryPage))
    await on_screen(pilot, "Here lists")


async def take_in(pilot: Pilot[None]) -> None:
    """Affirm once the page listens."""
    page = pilot.app.screen
    await until(pilot, lambda: isinstance(page, DiscoveryPage) and page.listening)
    await pilot.press("A")
    await until(pilot, lambda: isinstance(pilot.app.screen, ListScreen))


async def test_a_list_is_shown_as_a_difference_and_taken_in_once(empty: Session) -> None:
    service = OpenAiLike(models=[{"id": "m-1", "context_window": 128_000}, {"id": "new-one"}])
    with FaultServer(service.answer) as server:
        row = add_provider(empty, server.url, "m-1", "old-one")
        app = empty.app()
        async with app.run_test(size=NARROW, notifications=True) as pilot:
            await ask(pilot)
            text = screen_text(pilot)
            for words in (
                "Here lists 2 models: 1 new, 1 changed, 1 not listed any more.",
                "New: 1",
                "  new-one",
                "max input tokens was unknown, is 128,000",
                "Not listed any more; they stay, and may still answer: 1",
                "  old-one",
            ):
                assert words in text
            assert [each.model_id for each in empty.store.reads.models(row.id)] == ["m-1", "old-one"]
            await take_in(pilot)
            await on_screen(pilot, "Here: added 1 model, changed 1, took in 0 prices.")
            held = {each.model_id: each for each in empty.store.reads.models(row.id)}
            assert set(held) == {"m-1", "new-one", "old-one"}
            assert held["m-1"].max_input_tokens == 128_000
            await ask(pilot)
            assert "0 new, 0 changed, 1 not listed any more" in screen_text(pilot)
            await take_in(pilot)
        assert {each.model_id: each for each in empty.store.reads.models(row.id)} == held


async def test_a_list_that_is_left_changes_nothing(empty: Session) -> None:
    with FaultServer(OpenAiLike().answer) as server:
        row = add_provider(empty, server.url)
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await ask(pilot)
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, ListScreen))
        assert empty.store.reads.models(row.id) == []


async def test_what_a_person_set_stays(empty: Session) -> None:
    service = OpenAiLike(models=[{"id": "m-1", "context_window": 128_000}])
    with FaultServer(service.answer) as server:
        row = add_provider(empty, server.url)
        draft = model_draft("m-1", max_input_tokens=5_000)
        done(empty.store, lambda write: write.add_model(row, draft))
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await ask(pilot)
            assert "5,000" not in screen_text(pilot)
            await take_in(pilot)
        assert empty.store.reads.model(row.id, "m-1").max_input_tokens == 5_000


async def test_listed_and_served_are_two_facts_of_a_model(empty: Session) -> None:
    with FaultServer(OpenAiLike(models=[{"id": "m-1"}]).answer) as server:
        add_provider(empty, server.url, "m-1")
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await ask(pilot)
            await take_in(pilot)
            await pilot.press("2")
            await on_screen(pilot, "sorted by provider")
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, ModelPage))
            await on_screen(pilot, "Listed       yes, seen just now")
            assert "Served       no answer yet" in screen_text(pilot)


async def test_names_that_mean_harm_are_shown_as_text(empty: Session) -> None:
    service = OpenAiLike(models=[{"id": "[/b][red]evil"}, {"id": "m-1", "name": "\x1b[31mRed\u202e"}])
    with FaultServer(service.answer) as server:
        add_provider(empty, server.url, "m-1")
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await ask(pilot)
            await on_screen(pilot, "[/b][red]evil")
            assert "\x1b" not in screen_text(pilot)
            assert "\u202e" not in screen_text(pilot)


async def test_a_provider_without_a_list_says_so_and_opens_no_page(empty: Session) -> None:
    with FaultServer(says_json({"error": {"message": "no such path"}}, 404)) as server:
        add_provider(empty, server.url)
        app = empty.app()
        async with app.run_test(size=NARROW, notifications=True) as pilot:
            await on_screen(pilot, "sorted by name")
            await pilot.press("D")
            await on_screen(pilot, "Here gave no list of its models.")
            assert isinstance(app.screen, ListScreen)
