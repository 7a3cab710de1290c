"""The copy menu: the right text goes out, it is shown, it can go into a file, and it is never a key."""

import json
import shlex
import stat
from pathlib import Path

import pytest

from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tests.registries import CANARY, add_model, done, model_draft, model_pricing_draft
from tui_registry.errors import InvalidInput, Refused
from tui_registry.store import new_result
from tui_registry.text import Secret
from tui_registry.ui.actions.copying import checked, hand_over, suggested_name, target, write_new
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.records.copies import Copy, marked_copies, model_copies, provider_copies
from tui_registry.ui.screens.list_screen import ListScreen

NARROW = (80, 24)


def texts(copies: tuple[str, list[Copy]]) -> dict[str, str]:
    return {each.words: each.text for each in copies[1]}


async def choose(pilot: object, title: str, *keys: str) -> None:
    """Wait for a menu to listen, then press keys."""
    await on_screen(pilot, title)  # type: ignore[arg-type]
    await pilot.pause(0.3)  # type: ignore[attr-defined]
    await pilot.press(*keys)  # type: ignore[attr-defined]


async def go_to(pilot: object, app: RegistryApp, row_id: int) -> None:
    await until(pilot, lambda: isinstance(app.screen, ListScreen) and app.screen.table.is_loaded)  # type: ignore[arg-type]
    assert isinstance(app.screen, ListScreen)
    app.screen.table.move_to(row_id)


async def test_y_copies_the_base_url_and_shows_what_it_copied(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, full.store.reads.provider("Groq").id)
        await pilot.press("y")
        await on_screen(pilot, "The key itself is never copied.")
        await choose(pilot, "Copy from Groq", "u")
        await on_screen(pilot, "Copied the base URL")
        assert app.clipboard == "https://api.groq.com/openai/v1"
        assert app.clipboard in screen_text(pilot)


@pytest.mark.parametrize("view", ["2", "3"])
async def test_a_models_id_is_copied_from_the_lists_that_show_models(full: Session, view: str) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press(view)
        await on_screen(pilot, "2,329, sorted")
        assert isinstance(app.screen, ListScreen)
        row = full.store.reads.model_by_id(app.screen.table.cursor_id or 0)
        await pilot.press("y")
        await choose(pilot, "Copy from", "i")
        await on_screen(pilot, "Copied the model id")
        assert app.clipboard == row.model_id


async def test_the_page_of_a_model_offers_the_same_menu(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press("2")
        await on_screen(pilot, "2,329, sorted")
        await pilot.press("enter")
        await on_screen(pilot, "Streaming")
        await pilot.press("y")
        await choose(pilot, "Copy from", "p")
        await on_screen(pilot, "Copied the price line")
        assert "per 1M tokens" in app.clipboard


async def test_marked_models_are_copied_one_a_line(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press("2")
        await on_screen(pilot, "2,329, sorted")
        assert isinstance(app.screen, ListScreen)
        await pilot.press("space", "space", "y")
        await choose(pilot, "Copy from 2 models", "i")
        await on_screen(pilot, "Copied the model ids")
        marked = sorted(app.screen.table.marks) if isinstance(app.screen, ListScreen) else []
        assert app.clipboard.split("\n") == [full.store.reads.model_by_id(each).model_id for each in marked]


@pytest.mark.parametrize(
    ("noun", "words"),
    [
        ("provider", ["names", "base URLs", "JSON records"]),
        ("model", ["model ids", "providers and models", "prices", "JSON records"]),
        ("result", ["result ids", "JSON records"]),
    ],
)
def test_several_records_are_copied_one_a_line(full: Session, noun: str, words: list[str]) -> None:
    groq = full.store.reads.provider("Groq")
    models = [add_model(full.store, groq, f"zz-{number}") for number in range(2)]
    found = new_result(provider=groq, model=models[0], test_type="chat", status="pass", score=0.5)
    results = [done(full.store, lambda write: write.record_result(found)) for _ in range(2)]
    ids = {
        "provider": [groq.id, full.store.reads.provider("OpenAI").id],
        "model": [row.id for row in models],
        "result": [row.id for row in results],
    }[noun]
    title, copies = marked_copies(full.desk, noun, ids)
    assert title == f"2 {noun}s"
    assert [each.words for each in copies] == words
    assert all(each.text.count("\n") == 1 for each in copies[:-1])
    assert len(json.loads(copies[-1].text)) == 2
    assert "api_key_encrypted" not in copies[-1].text


@pytest.mark.parametrize("view", ["1", "4"])
async def test_marked_providers_are_copied_together(full: Session, view: str) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press(view)
        await on_screen(pilot, "Anthropic")
        await pilot.press("space", "space", "y")
        await choose(pilot, "Copy from 2 providers", "i")
        await on_screen(pilot, "Copied the names")
        assert len(app.clipboard.split("\n")) == 2


async def test_one_marked_record_is_the_one_that_is_copied(full: Session) -> None:
    app = full.app()
    groq = full.store.reads.provider("Groq")
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, groq.id)
        await pilot.press("space", "j", "y")
        await choose(pilot, "Copy from Groq", "i")
        await on_screen(pilot, "Copied the name")
        assert app.clipboard == "Groq"


async def test_w_writes_into_a_file_that_only_its_owner_reads(full: Session, tmp_path: Path) -> None:
    app = full.app()
    path = tmp_path / "groq.json"
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await go_to(pilot, app, full.store.reads.provider("Groq").id)
        await pilot.press("y")
        await choose(pilot, "Copy from Groq", "w")
        await choose(pilot, "Write from Groq", "j")
        await on_screen(pilot, "groq.json")
        await pilot.press("end", "ctrl+u")
        await type_text(pilot, str(path))
        await pilot.press("enter")
        await on_screen(pilot, "Wrote ")
    assert json.loads(path.read_text(encoding="utf-8"))["name"] == "Groq"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(InvalidInput, match="there already"):
        write_new(path, "other")


def test_a_record_holds_neither_key_nor_sealed_key_nor_fingerprint(full: Session) -> None:
    groq = full.store.reads.provider("Groq")
    row = done(full.store, lambda write: write.set_key(groq, Secret(CANARY)))
    record = json.loads(texts(provider_copies(full.desk, groq.id))["JSON record"])
    assert record["key"] == "set"
    assert record["endpoint"] == row.endpoint
    everything = "\n".join(texts(provider_copies(full.desk, groq.id)).values())
    for secret in (CANARY, row.api_key_encrypted, row.key_fingerprint, row.uuid):
        assert secret
        assert secret not in everything


def test_a_note_that_holds_a_key_is_not_copied(full: Session) -> None:
    with pytest.raises(Refused, match="looks like an API key"):
        checked(Copy("j", "JSON record", f'{{"description": "{CANARY}"}}'))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Groq", ["Authorization: Bearer $GROQ_API_KEY"]),
        ("Anthropic", ["x-api-key: $ANTHROPIC_API_KEY", "anthropic-version: 2023-06-01"]),
        ("Google", ["x-goog-api-key: $GEMINI_API_KEY"]),
    ],
)
def test_the_command_names_the_variable_and_never_the_key(full: Session, name: str, parts: list[str]) -> None:
    row = full.store.reads.provider(name)
    command = shlex.split(texts(provider_copies(full.desk, row.id))["curl command"])
    assert command[:3] == ["curl", "-sS", f"{row.endpoint}/models"]
    assert command[4::2] == parts


def test_a_price_line_says_unknown_and_free_as_they_are(full: Session) -> None:
    groq = full.store.reads.provider("Groq")
    unknown, free = add_model(full.store, groq, "no-price"), add_model(full.store, groq, "free-model")
    full.store.write(lambda write: write.save_model_pricing(free, model_pricing_draft(0.0, None), None))
    full.store.write(lambda write: write.delete_pricing(groq)) if full.store.reads.pricing(groq.id) else None
    done(full.store, lambda write: write.add_model(groq, model_draft("last")))
    assert texts(model_copies(full.desk, unknown.id))["price line"] == "unknown"
    assert texts(model_copies(full.desk, free.id))["price line"] == "in free out - USD per 1M tokens"


async def test_a_copy_command_is_given_the_text_and_its_failure_is_told(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    await hand_over("a b", ["sh", "-c", f"cat > {shlex.quote(str(taken))}"])
    assert taken.read_text(encoding="utf-8") == "a b"
    with pytest.raises(Refused, match="ended with 3"):
        await hand_over("a b", ["sh", "-c", "cat > /dev/null; exit 3"])
    with pytest.raises(Refused, match="cannot be started"):
        await hand_over("a b", [str(tmp_path / "no such program")])


def test_a_file_is_named_after_its_record_and_read_from_home() -> None:
    copy = Copy("j", "JSON record", "")
    assert suggested_name("Groq/openai/gpt oss:free", copy) == "groq-openai-gpt-oss-free.json"
    assert suggested_name("../..", Copy("i", "name", "")) == "record.txt"
    assert target({"file": " ~/a.txt "}, {"HOME": "/home/somebody"}) == Path("/home/somebody/a.txt")
    with pytest.raises(InvalidInput):
        target({"file": " "}, {})
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_new(Path("/no such directory/a.txt"), "")
