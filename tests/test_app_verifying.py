"""Verifying from the app: the plan before anything is sent, the run and its page, its end however it ends."""

import json
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from tests.conftest import Session, open_session
from tests.driving import on_screen, screen_text, type_text, until
from tests.fault_server import Asked, FaultServer, Line
from tests.openai_like import NAME, OpenAiLike, add_provider
from tests.registries import CANARY, Home, done
from tests.watching import Watched
from tui_registry.store import Model, Provider, Run
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.screens.dialogs import Dialog
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.verify_progress import RunPage
from tui_registry.ui.widgets.panes import ReadingPane

NARROW = (80, 24)


async def answer(pilot: Pilot[None], key: str) -> None:
    """Press a key once the question that is asked listens."""
    await until(pilot, lambda: isinstance(pilot.app.screen, Dialog) and pilot.app.screen.listening)
    await pilot.press(key)


async def to_models(pilot: Pilot[None]) -> None:
    """Go to the models' list."""
    await pilot.press("2")
    await on_screen(pilot, "sorted by provider")


async def carry_out(pilot: Pilot[None]) -> None:
    """Verify what is under the cursor, and wait for the run's page."""
    await pilot.press("v")
    await on_screen(pilot, "Sends real requests")
    await answer(pilot, "y")
    await until(pilot, lambda: any(isinstance(each, RunPage) for each in pilot.app.screen_stack))


def prompts(server: FaultServer) -> list[str]:
    """The models that were asked."""
    return [str(asked.json["model"]) for asked in server.asked if asked.body]


def provider(session: Session) -> Provider:
    """The provider as it is now."""
    return session.store.reads.provider(NAME)


def models(session: Session) -> list[Model]:
    """Its models as they are now."""
    return session.store.reads.models(provider(session).id)


def last_run(session: Session) -> Run:
    """The newest run."""
    return session.store.proofs.runs(limit=1)[0]


def waits_at(number: int) -> Callable[[Asked, Line], bool]:
    """A service that answers so many prompts and then says nothing."""
    seen: list[Asked] = []

    def on_prompt(asked: Asked, line: Line) -> bool:
        seen.append(asked)
        if len(seen) <= number:
            return False
        line.pause(30)
        line.cut()
        return True

    return on_prompt


async def test_the_plan_is_shown_and_nothing_is_sent_before_y(empty: Session) -> None:
    with FaultServer(OpenAiLike().answer) as server:
        add_provider(empty, server.url, "m-1", "m-2")
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await on_screen(pilot, "sorted by name")
            await pilot.press("v")
            await on_screen(pilot, "Suite standard: 6 paid requests, at most")
            text = screen_text(pilot)
            for words in ("Verify 2 models", "Here/m-1: chat, tools, json", "key of Here: one free check"):
                assert words in text
            assert "Cost: likely 0." in text
            await answer(pilot, "k")
            await on_screen(pilot, "Suite quick: 2 paid requests")
            await answer(pilot, "f")
            await on_screen(pilot, "chat, tools, json, benchmark")
            await answer(pilot, "enter")
            await until(pilot, lambda: isinstance(app.screen, ListScreen))
        assert server.asked == []
    assert empty.store.proofs.runs() == []


async def test_right_answers_verify_a_model_and_a_proved_key_may_be_activated(empty: Session) -> None:
    with FaultServer(OpenAiLike().answer) as server:
        add_provider(empty, server.url, "m-1")
        app = empty.app()
        async with app.run_test(size=NARROW, notifications=True) as pilot:
            await to_models(pilot)
            await carry_out(pilot)
            await on_screen(pilot, "Here's key works")
            assert "Run 1 is done: 4 passed. Cost: 0.00021 USD." in screen_text(pilot)
            assert not provider(empty).is_active
            await answer(pilot, "y")
            await until(pilot, lambda: provider(empty).is_active)
            await on_screen(pilot, "✓ pass         Here/m-1")
            await pilot.press("escape")
            await on_screen(pilot, "✓ ok")
        assert prompts(server) == ["m-1"] * 3
        assert all(CANARY not in asked.text.partition("authorization")[0] for asked in server.asked)
    assert models(empty)[0].verification_state == "verified"
    assert last_run(empty).trigger == "app"


async def test_a_wrong_answer_is_not_a_pass_and_its_page_shows_it_as_text(empty: Session) -> None:
    service = OpenAiLike(words="[/b][bold]no[/bold] \x1b[31mred \u202eevil")
    with FaultServer(service.answer) as server:
        add_provider(empty, server.url, "m-1")
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await to_models(pilot)
            await carry_out(pilot)
            await on_screen(pilot, "! partial      Here/m-1")
            await answer_if_asked(pilot)
            await pilot.press("escape", "5")
            await on_screen(pilot, "sorted by when")
            await pilot.press("j", "j", "enter")
            await on_screen(pilot, "Last pass    never before")
            await until(pilot, lambda: scrolled_to(pilot, "[/b][bold]no[/bold]"))
            assert "\x1b" not in screen_text(pilot)
            assert "\u202e" not in screen_text(pilot)
    assert models(empty)[0].verification_state == "unverified"


def scrolled_to(pilot: Pilot[None], text: str) -> bool:
    """Whether a text can be read on the page, which is moved on by a line where it cannot."""
    if text in screen_text(pilot):
        return True
    pilot.app.screen.query_one(ReadingPane).scroll_relative(y=1, animate=False)
    return False


async def test_an_empty_answer_fails(empty: Session) -> None:
    with FaultServer(OpenAiLike(words="").answer) as server:
        add_provider(empty, server.url, "m-1")
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await to_models(pilot)
            await carry_out(pilot)
            await on_screen(pilot, "✗ fail         Here/m-1")
            await on_screen(pilot, "Here/m-1, chat: The answer holds nothing")


async def test_what_a_run_draws_at_its_end_finds_pages_that_are_closed(empty: Session) -> None:
    with FaultServer(OpenAiLike().answer) as server:
        add_provider(empty, server.url, "m-1")
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await pilot.press("5")
            await to_models(pilot)
            await carry_out(pilot)
            await on_screen(pilot, "Activate Here?")
            screens = [screen for screen in app._registry if isinstance(screen, DeskScreen)]
        assert {"ModelsScreen", "HistoryScreen", "RunPage"} <= {type(screen).__name__ for screen in screens}
        for screen in screens:
            screen.refresh_rows()


async def answer_if_asked(pilot: Pilot[None]) -> None:
    """Leave the proved provider off."""
    await on_screen(pilot, "Activate Here?")
    await answer(pilot, "escape")
    await until(pilot, lambda: not isinstance(pilot.app.screen, Dialog))


async def test_what_got_worse_since_the_last_pass_stands_on_the_result(empty: Session) -> None:
    service = OpenAiLike()
    with FaultServer(service.answer) as server:
        add_provider(empty, server.url, "m-1")
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await to_models(pilot)
            await carry_out(pilot)
            await answer_if_asked(pilot)
            await pilot.press("escape")
            service.words = "something else altogether"
            empty.home.clock.move(hours=1)
            await carry_out(pilot)
            await on_screen(pilot, "Run 2 is done: 3 passed, 1 partly passed.")
            await answer_if_asked(pilot)
            await pilot.press("escape", "5")
            await on_screen(pilot, "sorted by when")
            await pilot.press("j", "j", "enter")
            await on_screen(pilot, "Last pass    1h ago. Worse: chat status was pass, is partial.")


async def test_a_rejected_key_is_told_and_stands_on_the_providers_page(empty: Session) -> None:
    with FaultServer(OpenAiLike(key="another one").answer) as server:
        add_provider(empty, server.url, "m-1")
        app = empty.app()
        async with app.run_test(size=NARROW, notifications=True) as pilot:
            await on_screen(pilot, "sorted by name")
            await pilot.press("v")
            await on_screen(pilot, "Sends real requests")
            await answer(pilot, "c")
            await on_screen(pilot, "Here rejected the key twice. Enter another one.")
            await pilot.press("enter")
            await on_screen(pilot, "set, not proved; rejected just now")
        assert prompts(server) == []
    assert provider(empty).key_validated_at is None


async def test_a_key_that_works_is_proved_without_a_paid_request(empty: Session) -> None:
    with FaultServer(OpenAiLike().answer) as server:
        add_provider(empty, server.url, "m-1")
        app = empty.app()
        async with app.run_test(size=NARROW, notifications=True) as pilot:
            await on_screen(pilot, "sorted by name")
            await pilot.press("v")
            await on_screen(pilot, "Sends real requests")
            await answer(pilot, "c")
            await answer_if_asked(pilot)
            await on_screen(pilot, "Here accepted the key and refuses a wrong one.")
            await pilot.press("t")
            await until(pilot, lambda: provider(empty).is_active)
        assert prompts(server) == []


async def test_a_provider_that_cannot_be_reached_proves_nothing(empty: Session) -> None:
    with FaultServer(OpenAiLike().answer) as server:
        add_provider(empty, server.url, "m-1")
    app = empty.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await on_screen(pilot, "sorted by name")
        await pilot.press("v")
        await on_screen(pilot, "Sends real requests")
        await answer(pilot, "c")
        await on_screen(pilot, "Here could not tell")
        await pilot.press("enter")
        await on_screen(pilot, "set, not proved; could not be checked just now")
    assert provider(empty).key_validated_at is None


async def test_without_a_key_the_plan_says_why_nothing_can_be_asked(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "sorted by name")
        await pilot.press("v")
        await on_screen(pilot, "because it has no key")
        await answer(pilot, "y")
        await on_screen(pilot, "There is nothing to send")
    assert full.store.proofs.runs() == []


async def test_a_run_goes_on_while_other_views_are_looked_at_and_can_be_stopped(empty: Session) -> None:
    with FaultServer(OpenAiLike(on_prompt=waits_at(3)).answer) as server:
        add_provider(empty, server.url, "m-1", "m-2")
        app = empty.app()
        async with app.run_test(size=NARROW, notifications=True) as pilot:
            await on_screen(pilot, "sorted by name")
            await carry_out(pilot)
            await on_screen(pilot, "✓ pass         Here/m-1")
            await pilot.press("escape", "3")
            await on_screen(pilot, "! Verifying: 4 of 7 probes, 0 failed, ")
            await to_models(pilot)
            await on_screen(pilot, "✓ ok")
            await pilot.press("v")
            await until(pilot, lambda: isinstance(app.screen, RunPage))
            await pilot.press("x")
            await on_screen(pilot, "The run was stopped; what it had done is kept. R goes on with it.")
            await pilot.press("escape")
            await until(pilot, lambda: "Verifying" not in screen_text(pilot))
    assert last_run(empty).state == "cancelled"
    assert [row.verification_state for row in models(empty)] == ["verified", "unverified"]


async def test_a_stopped_run_goes_on_with_what_was_left(empty: Session) -> None:
    service = OpenAiLike(on_prompt=waits_at(3))
    with FaultServer(service.answer) as server:
        add_provider(empty, server.url, "m-1", "m-2")
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await on_screen(pilot, "sorted by name")
            await carry_out(pilot)
            await on_screen(pilot, "✓ pass         Here/m-1")
            await pilot.press("x")
            await on_screen(pilot, "The run was stopped")
            service.on_prompt = None
            before = len(prompts(server))
            await pilot.press("escape", "R")
            await on_screen(pilot, "Resume Here/m-2")
            await answer(pilot, "y")
            await on_screen(pilot, "Run 1 is done")
        assert set(prompts(server)[before:]) == {"m-2"}
    assert last_run(empty).state == "done"
    assert {row.verification_state for row in models(empty)} == {"verified"}


async def test_quitting_asks_while_a_run_goes_on(empty: Session) -> None:
    with FaultServer(OpenAiLike(on_prompt=waits_at(0)).answer) as server:
        add_provider(empty, server.url, "m-1")
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await on_screen(pilot, "sorted by name")
            await carry_out(pilot)
            await until(pilot, lambda: prompts(server))
            await pilot.press("ctrl+q")
            await on_screen(pilot, "A run is in progress.")
            await answer(pilot, "escape")
            await until(pilot, lambda: isinstance(app.screen, RunPage))
            await pilot.press("escape", "q")
            await on_screen(pilot, "A run is in progress.")
            await answer(pilot, "s")
            await until(pilot, lambda: not app.is_running or last_run(empty).state == "cancelled")
    assert last_run(empty).state == "cancelled"


async def test_a_run_whose_process_is_gone_is_offered_at_the_next_start(tmp_path: Path) -> None:
    with FaultServer(OpenAiLike().answer) as server:
        killed = open_session(Home(tmp_path / "home"))
        row = add_provider(killed, server.url, "m-1")
        wanted = {"suite": "quick", "providers": [row.id], "models": [models(killed)[0].id]}
        done(
            killed.store,
            lambda write: write.start_run("quick", "app", plan=json.dumps(wanted), owner="no process"),
        )
        killed.store.close()
        session = open_session(Home(tmp_path / "home"))
        session.desk.asking = killed.desk.asking
        app = session.app()
        async with app.run_test(size=NARROW) as pilot:
            await on_screen(pilot, "! A run was interrupted: R resumes it.")
            assert last_run(session).state == "interrupted"
            await to_models(pilot)
            await on_screen(pilot, "! A run was interrupted: R resumes it.")
            await pilot.press("R")
            await on_screen(pilot, "Resume Here/m-1")
            await answer(pilot, "y")
            await on_screen(pilot, "Run 1 is done: 2 passed.")
            await answer_if_asked(pilot)
            await pilot.press("escape")
            await until(pilot, lambda: "interrupted" not in screen_text(pilot))
        assert last_run(session).state == "done"
        session.store.close()


async def test_no_request_is_sent_that_the_budget_cannot_hold(empty: Session) -> None:
    with FaultServer(OpenAiLike().answer) as server:
        add_provider(empty, server.url, "m-1", price=0.001)
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await to_models(pilot)
            await pilot.press("v")
            await on_screen(pilot, "Budget: none.")
            await answer(pilot, "b")
            await on_screen(pilot, "The most this run may spend")
            await until(pilot, lambda: isinstance(app.screen, Dialog) and app.screen.listening)
            await type_text(pilot, "1,5")
            await pilot.press("enter")
            await on_screen(pilot, "Write the budget as an amount in USD")
            await pilot.press("backspace", "backspace", "backspace")
            await type_text(pilot, "0.01")
            await pilot.press("enter")
            await on_screen(pilot, "Budget: 0.01 USD; no request is sent that it cannot hold.")
            await answer(pilot, "y")
            await on_screen(pilot, "is done: 1 passed, 1 left out")
        assert prompts(server) == []


async def test_all_shown_are_verified_and_their_number_is_said(empty: Session) -> None:
    with FaultServer(OpenAiLike().answer) as server:
        add_provider(empty, server.url, "m-1", "m-2", "other")
        app = empty.app()
        async with app.run_test(size=NARROW) as pilot:
            await to_models(pilot)
            await pilot.press("slash")
            await type_text(pilot, "m-")
            await pilot.press("enter")
            await on_screen(pilot, "2 of 3")
            await pilot.press("V")
            await on_screen(pilot, "Verify 2 models")
            assert "other" not in screen_text(pilot).partition("Suite")[0].partition("Sends")[2]
            await answer(pilot, "escape")
            await pilot.press("escape", "space", "space", "v")
            await on_screen(pilot, "Verify 2 models")


async def test_a_registry_that_may_only_be_read_is_not_verified(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with FaultServer(OpenAiLike().answer) as server:
        writing = open_session(home)
        add_provider(writing, server.url, "m-1")
        writing.store.close()
        session = open_session(home)
        session.store.close()
        store = home.open(create=False, read_only=True)
        session.desk.store = store
        app = session.app()
        async with app.run_test(size=NARROW, notifications=True) as pilot:
            await on_screen(pilot, "sorted by name")
            await pilot.press("v")
            await on_screen(pilot, "open for reading only")
        assert server.asked == []
        store.close()


def test_a_run_in_progress_is_quiet_on_the_line(tmp_path: Path) -> None:
    session = open_session(Home(tmp_path))
    service = OpenAiLike(pause=0.3)
    with FaultServer(service.answer) as server:
        add_provider(session, server.url, *(f"m-{number}" for number in range(1, 30)))
        session.store.close()
        terminal = Watched(tmp_path)
        terminal.shows("sorted by name")
        terminal.type("v")
        terminal.shows("Sends real requests")
        terminal.quiet(0.4)
        terminal.type("y")
        terminal.shows("of 88 probes")
        terminal.quiet(1.0)
        assert terminal.quiet(3.0) < 3 * 1024
        terminal.type("x")
        terminal.shows("The run was stopped")
        terminal.quiet(14.0)
        assert terminal.quiet(1.0) == 0
        terminal.process.terminate()
        terminal.end()
