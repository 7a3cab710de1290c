"""Another file in the registry's place while the app is open: it is said, and nothing stale is acted on."""

import os
import shutil
from pathlib import Path

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from tests.conftest import Session, open_session
from tests.driving import on_screen, screen_text, type_text, until
from tests.fault_server import Asked, FaultServer, Line
from tests.openai_like import OpenAiLike, add_provider
from tests.registries import CANARY, add_groq, add_model, done, limits_draft, provider_draft
from tests.test_app_text_editing import Editor
from tui_registry.clock import stamp
from tui_registry.store import Provider
from tui_registry.store.restoring import restore
from tui_registry.text import Secret
from tui_registry.ui.actions import editing, provider_editing
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.kept_forms import KeptForm, KeptForms, Origin
from tui_registry.ui.noticing_app import NoticingApp
from tui_registry.ui.screens.dialogs import Confirm, Dialog, TypedConfirm
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.pages import ProviderPage

SIZE = (80, 24)
TOLD = "Another file took this registry's place"


def put_back(session: Session, backup: Path) -> None:
    """Another program restores a backup."""
    session.home.clock.move(seconds=1)
    restore(session.store.path, backup, session.home.clock())


async def answer(pilot: Pilot[None], key: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, Dialog) and pilot.app.screen.listening)
    await pilot.press(key)


def the_list(pilot: Pilot[None]) -> ListScreen:
    assert isinstance(pilot.app.screen, ListScreen)
    return pilot.app.screen


@pytest.mark.parametrize("way", ["restore", "copy", "move"])
async def test_it_is_said_at_once_and_what_was_read_is_dropped(empty: Session, way: str) -> None:
    store = empty.store
    for name in ("Groq", "OpenAI"):
        done(store, lambda write, name=name: write.add_provider(provider_draft(name)))  # type: ignore[misc]
    backup = store.back_up("hand")
    done(store, lambda write: write.add_provider(provider_draft("Mistral", "https://api.mistral.ai/v1")))
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Mistral")
        await pilot.press("space", "space")
        await on_screen(pilot, "2 marked")
        if way == "restore":
            put_back(empty, backup)
        elif way == "copy":
            shutil.copyfile(backup, store.path)
        else:
            os.replace(backup, store.path)
        await on_screen(pilot, TOLD)
        await until(pilot, lambda: "Mistral" not in screen_text(pilot))
        assert the_list(pilot).table.marks == set()
        app.clear_notifications()
        await pilot.press("j")
        await on_screen(pilot, f"{TOLD} at 06:52 UTC; what you see is that")
        await on_screen(pilot, "r hides this line.")
        await pilot.press("r")
        await until(pilot, lambda: TOLD not in screen_text(pilot))


async def test_a_save_of_another_session_is_no_other_file(empty: Session) -> None:
    add_groq(empty.store)
    there = open_session(empty.home)
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        for number in range(3):
            name = ("OpenAI", "xAI", "Mistral")[number]
            done(there.store, lambda write, name=name: write.add_provider(provider_draft(name)))  # type: ignore[misc]
            await on_screen(pilot, name)
        assert TOLD not in screen_text(pilot)
    there.store.close()


async def test_the_page_of_a_record_closes_also_below_a_form(empty: Session) -> None:
    """The record may be another one; what was typed above it stays, and is shown the record of now."""
    row = add_groq(empty.store)
    backup = empty.store.back_up("hand")
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ProviderPage))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        await type_text(pilot, "30")
        put_back(empty, backup)
        await on_screen(pilot, TOLD)
        assert isinstance(app.screen, FormScreen), "nothing typed is lost"
        await pilot.press("ctrl+s")
        await on_screen(pilot, "save again to keep this there")
        assert "Groq is in it as well, at api.groq.com" in " ".join(
            screen_text(pilot).replace("│", "").split()
        )
        assert empty.store.reads.limits(row.id) is None
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Saved the limits of Groq.")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
    held = empty.store.reads.limits(row.id)
    assert held is not None
    assert held.requests_per_minute == 30


async def test_the_editor_comes_back_with_the_record_of_now(
    empty: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HeadlessDriver, "can_suspend", True)
    row = add_groq(empty.store)
    backup = empty.store.back_up("hand")
    shutil.copy(backup, tmp_path / "copy.db")
    set_limit = f'cp "{tmp_path}/copy.db" "{tmp_path}/now.db"; mv "{tmp_path}/now.db" "{empty.store.path}"'
    edit = 'sed \'s|requests_per_minute = ""|requests_per_minute = 30|\' "$1" > "$1.new"; mv "$1.new" "$1"'
    done(empty.store, lambda write: write.save_provider(provider_draft(description="later"), row))
    editor = Editor(tmp_path, f"{set_limit}; {edit}", 'echo >> "$1"')
    empty.desk.environ = {"EDITOR": str(editor.program), "VISUAL": ""}
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("4")
        await on_screen(pilot, "Groq")
        await pilot.press("E")
        await on_screen(pilot, "Saved the limits of Groq.")
    assert "Groq is in it as well" in " ".join(editor.shown(1).split())
    held = empty.store.reads.limits(row.id)
    assert held is not None
    assert held.requests_per_minute == 30


async def test_what_is_told_after_a_save_comes_from_what_was_stored(empty: Session) -> None:
    row = add_groq(empty.store)
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        renamed = provider_draft("OpenAI", row.endpoint)
        done(empty.store, lambda write: write.save_provider(renamed, row))
        await type_text(pilot, "30")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Saved the limits of OpenAI.")


async def test_a_key_that_another_session_set_meanwhile_is_replaced_only_after_a_yes(empty: Session) -> None:
    row = add_groq(empty.store)
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        theirs = done(empty.store, lambda write: write.set_key(row, Secret(f"{CANARY}-theirs")))
        await type_text(pilot, CANARY)
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Another session has set the key of Groq meanwhile")
        await answer(pilot, "n")
        await on_screen(pilot, "Not saved.")
        assert empty.store.reads.provider("Groq") == theirs
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await answer(pilot, "y")
        await on_screen(pilot, "Sealed the key of Groq for api.groq.com")
    assert empty.store.open_key(empty.store.reads.provider("Groq")).reveal() == CANARY


async def test_a_host_that_must_get_no_key_is_not_even_asked_about(empty: Session) -> None:
    row = add_groq(empty.store)
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        metadata = provider_draft(endpoint="http://169.254.169.254/v1")
        done(empty.store, lambda write: write.save_provider(metadata, row))
        await type_text(pilot, CANARY)
        await pilot.press("ctrl+s")
        await on_screen(pilot, "a key is not")
        assert not isinstance(app.screen, TypedConfirm)
    assert empty.store.reads.sealed_count() == 0


async def test_a_restore_from_here_is_no_surprise(empty: Session) -> None:
    add_groq(empty.store)
    backup = empty.store.back_up("hand")
    done(empty.store, lambda write: write.add_provider(provider_draft("xAI", "https://api.x.ai/v1")))
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "xAI")
        await pilot.press("space")
        await on_screen(pilot, "1 marked")
        from tui_registry.ui.actions import backing_up

        the_list(pilot).begin(backing_up._restore, backup)
        await answer(pilot, "y")
        await on_screen(pilot, "Restored")
        await until(pilot, lambda: "xAI" not in screen_text(pilot))
        assert the_list(pilot).table.marks == set()
        assert TOLD not in screen_text(pilot)


async def test_a_run_keeps_nothing_in_another_file(empty: Session) -> None:
    """The file is put back to before the provider was there, while its models are asked."""
    backup = empty.store.back_up("hand")
    service = OpenAiLike()

    def on_prompt(_asked: Asked, _line: Line) -> bool:
        if service.pause:
            return False
        service.pause = 0.01
        put_back(empty, backup)
        done(empty.store, lambda write: write.add_provider(provider_draft()))
        return False

    service.on_prompt = on_prompt
    with FaultServer(service.answer) as server:
        add_provider(empty, server.url, "m-1", "m-2")
        app = empty.app()
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            await pilot.press("2")
            await on_screen(pilot, "m-1")
            await pilot.press("v")
            await on_screen(pilot, "Sends real requests")
            await answer(pilot, "y")
            await until(pilot, lambda: empty.desk.run is not None and not empty.desk.run.is_going)
            assert empty.desk.run is not None
            assert "not here any more" in str(empty.desk.run.progress.ending)
    assert [row.name for row in empty.store.reads.providers()] == ["Groq"]
    assert empty.store.reads.results() == []
    assert empty.store.proofs.runs() == []


async def test_a_run_asks_no_more_on_behalf_of_another_file(empty: Session) -> None:
    """The file is put back to one in which everything that is asked stands as well."""
    service = OpenAiLike()
    asked: list[Asked] = []

    def on_prompt(prompt: Asked, _line: Line) -> bool:
        asked.append(prompt)
        if len(asked) == 1:
            put_back(empty, backup)
        return False

    service.on_prompt = on_prompt
    with FaultServer(service.answer) as server:
        add_provider(empty, server.url, "m-1", "m-2", "m-3", "m-4")
        backup = empty.store.back_up("hand")
        app = empty.app()
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            await pilot.press("2")
            await on_screen(pilot, "m-1")
            await pilot.press(*["space"] * 4, "v")
            await on_screen(pilot, "Sends real requests")
            await answer(pilot, "y")
            await until(pilot, lambda: empty.desk.run is not None and not empty.desk.run.is_going)
            assert empty.desk.run is not None
            ending = str(empty.desk.run.progress.ending)
    assert len(asked) <= 4, "those that were on their way"
    assert "another file took the registry's place" in ending.lower()
    assert "goes on with it" not in ending, "there is no such run in that file"
    assert empty.store.reads.results() == []
    assert empty.store.proofs.runs() == []


@pytest.mark.parametrize("key", ["d", "v"])
async def test_what_was_meant_of_marked_records_is_not_done_to_the_one_under_the_cursor(
    empty: Session, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """The very key notices the other file, and the marks go with what was read."""
    monkeypatch.setattr(NoticingApp, "_noticed", lambda self: None)
    for name in ("Groq", "OpenAI"):
        done(empty.store, lambda write, name=name: write.add_provider(provider_draft(name)))  # type: ignore[misc]
    backup = empty.store.back_up("hand")
    done(empty.store, lambda write: write.add_provider(provider_draft("xAI")))
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "xAI")
        await pilot.press("space", "space")
        await on_screen(pilot, "2 marked")
        put_back(empty, backup)
        await pilot.press(key)
        await on_screen(pilot, TOLD)
        await pilot.pause(0.3)
        assert isinstance(app.screen, ListScreen), "nothing is asked about any record"
        assert the_list(pilot).table.marks == set()


async def test_what_is_added_is_added_to_the_file_it_was_asked_for(empty: Session) -> None:
    backup = empty.store.back_up("hand")
    add_groq(empty.store)
    empty.desk.environ = {"OPENAI_API_KEY": "sk-" + "x" * 30}
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        await pilot.press("T")
        await on_screen(pilot, "Take over keys?")
        put_back(empty, backup)
        await answer(pilot, "y")
        await on_screen(pilot, "Sealed 0 of 1 keys")
        assert empty.store.reads.providers() == []
        app.clear_notifications()
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        the_list(pilot).begin(provider_editing.add_provider, "Groq")
        await until(pilot, lambda: isinstance(app.screen, FormScreen))
        again = empty.store.back_up("again")
        done(empty.store, lambda write: write.add_provider(provider_draft("xAI")))
        put_back(empty, again)
        await pilot.press("ctrl+s")
        await on_screen(pilot, "Save again to add it there.")
        assert empty.store.reads.providers() == []
        await pilot.press("ctrl+s")
        await until(pilot, lambda: [row.name for row in empty.store.reads.providers()] == ["Groq"])


async def in_conflict(empty: Session, pilot: Pilot[None]) -> None:
    """A form in which 20 was typed for the 10 requests that were there, and another session made it 30."""
    app, store = pilot.app, empty.store
    groq = store.reads.providers()[0]
    the_list(pilot).begin(editing.edit_limits, groq.id)
    await until(pilot, lambda: isinstance(app.screen, FormScreen))
    await pilot.press("ctrl+u")
    await type_text(pilot, "20")
    saved_elsewhere(empty, requests_per_minute=30, requests_per_hour=100)
    await pilot.press("ctrl+s")
    await on_screen(pilot, "theirs  30")


def saved_elsewhere(session: Session, **limits: int) -> None:
    """Another session saves these limits of the first provider."""
    store = session.store
    groq = store.reads.providers()[0]
    done(store, lambda write: write.save_limits(groq, limits_draft(**limits), store.reads.limits(groq.id)))


def held_limits(session: Session) -> tuple[int | None, int | None]:
    row = session.store.reads.limits(session.store.reads.providers()[0].id)
    assert row is not None
    return row.requests_per_minute, row.requests_per_hour


async def test_a_side_is_chosen_of_what_was_shown_and_of_nothing_later(empty: Session) -> None:
    add_groq(empty.store)
    saved_elsewhere(empty, requests_per_minute=10, requests_per_hour=100)
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        await in_conflict(empty, pilot)
        saved_elsewhere(empty, requests_per_minute=40, requests_per_hour=300)
        await answer(pilot, "k")
        await on_screen(pilot, "theirs  40")
        assert held_limits(empty) == (40, 300), "nothing is saved over what was not shown"
        await answer(pilot, "k")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
    assert held_limits(empty) == (20, 300), "the other field was edited by them alone"


async def test_a_side_is_chosen_of_no_other_file(empty: Session) -> None:
    add_groq(empty.store)
    saved_elsewhere(empty, requests_per_minute=77, requests_per_hour=777)
    backup = empty.store.back_up("hand")
    saved_elsewhere(empty, requests_per_minute=10, requests_per_hour=100)
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        await in_conflict(empty, pilot)
        put_back(empty, backup)
        await answer(pilot, "k")
        await on_screen(pilot, "theirs  777")
        assert held_limits(empty) == (77, 777)


# Forms that were kept when the terminal went


@pytest.fixture
def kept(empty: Session) -> KeptForms:
    empty.desk.drafts = empty.home.root / "state" / "drafts"
    return KeptForms(empty.desk.drafts, empty.store.path)


async def offered(
    empty: Session, kept: KeptForms, origin: Origin, title: str, *, opens: bool
) -> Provider | None:
    """Restore a kept form; the provider whose form opens, if one does."""
    kept.keep(KeptForm(origin, title, {"requests_per_minute": "31"}, stamp(empty.home.clock())))
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Kept unsaved")
        await answer(pilot, "r")
        if opens:
            await until(pilot, lambda: isinstance(app.screen, FormScreen))
            return empty.store.reads.providers()[0]
        await on_screen(pilot, "stays kept")
        assert not isinstance(app.screen, FormScreen)
        assert len(kept.all()) == 1
    return None


async def test_what_was_typed_for_one_record_is_not_put_into_the_form_of_another(
    empty: Session, kept: KeptForms
) -> None:
    row = add_groq(empty.store)
    assert (
        await offered(empty, kept, Origin("limits", (row.id, row.uuid)), "Limits of Groq", opens=True) == row
    )
    kept.forget(Origin("limits", (row.id, row.uuid)))
    await offered(empty, kept, Origin("limits", (row.id, "f" * 32)), "Limits of Groq", opens=False)


@pytest.mark.parametrize(
    ("title", "opens"),
    [("Limits of Groq", True), ("Limits of Cohere", False), ("Limits of SuperGroq", False)],
)
async def test_a_form_that_an_earlier_version_kept_is_known_by_its_title(
    empty: Session, kept: KeptForms, title: str, opens: bool
) -> None:
    row = add_groq(empty.store)
    await offered(empty, kept, Origin("limits", (row.id,)), title, opens=opens)


async def test_a_copy_that_an_earlier_version_kept_is_opened_as_the_new_record_that_it_is(
    empty: Session, kept: KeptForms
) -> None:
    row = add_groq(empty.store)
    await offered(
        empty, kept, Origin("cloned provider", (row.id, "OpenAI")), "New provider OpenAI", opens=True
    )


async def test_a_model_is_known_by_its_own_uuid(empty: Session, kept: KeptForms) -> None:
    model = add_model(empty.store, add_groq(empty.store))
    held = Origin("model", (model.id, model.uuid))
    kept.keep(KeptForm(held, "Model Groq/llama-4", {"version": "2"}, stamp(empty.home.clock())))
    done(empty.store, lambda write: write.delete_model(model))
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Kept unsaved")
        await answer(pilot, "r")
        await on_screen(pilot, "stays kept")
