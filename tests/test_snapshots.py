"""Pictures of every view, page, menu, form, dialog, and of every empty and error state."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.conftest import Session, open_session
from tests.driving import on_screen, screen_text, until
from tests.fault_server import FaultServer
from tests.gallery import NARROW, WIDE, Gallery, Steps, at_home, play
from tests.openai_like import OpenAiLike, add_provider
from tests.registries import (
    CANARY,
    check_key,
    done,
    limits_draft,
    model_draft,
    pricing_draft,
    provider_draft,
)
from tui_registry.catalog import known_providers
from tui_registry.clock import stamp
from tui_registry.errors import StoreFull, StoreLocked
from tui_registry.store import Provider, Store, new_result
from tui_registry.store.restoring import restore
from tui_registry.text import Secret
from tui_registry.ui import desk, noticing_app
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.forms.kept_forms import KeptForm, KeptForms, Origin
from tui_registry.ui.screens import list_screen

FIRST = "see|sorted by name"
GROQ = (FIRST, "find|groq", "see|1 of 36")
MODEL = ("2", "see|sorted by", "find|provider:openai gpt-4o-mini", "see|of 2,3")
MISTRAL = (FIRST, "find|mistral", "see|1 of 36")
STRIP = "see|of 3 passed"

LISTS: Mapping[str, Steps] = {
    "providers": (FIRST,),
    "providers_zoomed": (FIRST, "z", "see|Base URL"),
    "models": ("2", "see|sorted by provider"),
    "models_filtered": ("2", "slash", "type|ctx>=1M in<1", "see|of 2,3"),
    "models_no_match": ("2", "slash", "type|nothing-like-this ctx>>", "see|No model matches"),
    "models_marked": ("2", "see|sorted by provider", "space", "space", "see|2 marked"),
    "models_by_score": ("2", "S", "see|sorted by provider"),
    "prices": ("3", "see|sorted by provider"),
    "limits": ("4", "see|sorted by provider"),
    "history": ("5", "see|sorted by when", STRIP),
    "told_one_pane": ("2", "see|sorted by provider", "z", "see|There is one pane here"),
}
PAGES_AND_MENUS: Mapping[str, Steps] = {
    "provider_page": (*GROQ, "enter", "see|Base URL"),
    "model_page": (*MODEL, "enter", "see|Context"),
    "result_page": ("5", "see|sorted by when", STRIP, "enter", "see|Result 3"),
    "result_page_failed": ("5", "see|sorted by when", STRIP, "j", "enter", "see|Result 2"),
    "keys": (FIRST, "question_mark", "see|MOVE"),
    "topics": (FIRST, "question_mark", "see|MOVE", "h", "see|Help topics"),
    "topic_page": (
        FIRST,
        "question_mark",
        "see|MOVE",
        "h",
        "see|Help topics",
        "type|files",
        "enter",
        "see|Help: f",
    ),
    "sort_menu": (FIRST, "s", "see|Sort providers by"),
    "copy_menu": (*MODEL, "y", "see|The key itself is never copied"),
    "copied": (*MODEL, "y", "deaf", "i", "see|Copied the model id"),
    "copy_to_file": (*MODEL, "y", "deaf", "w", "see|Write from"),
    "copy_marked": ("2", "see|sorted by", "space", "space", "y", "see|Copy from 2 models"),
    "compare": ("2", "see|sorted by", "space", "space", "space", "space", "C", "see|4 models"),
    "compare_too_few": ("2", "see|sorted by", "C", "see|0 are marked"),
    "verify_plan": (*GROQ, "v", "see|Sends real requests"),
    "verify_budget": (*GROQ, "v", "see|Sends real requests", "deaf", "b", "see|empty for no budget"),
}
FORMS: Mapping[str, Steps] = {
    "picker": (FIRST, "n", "see|New provider"),
    "picker_other": (FIRST, "n", "type|House LLM", "see|custom provider"),
    "form_provider_new": (FIRST, "n", "type|ollama", "enter", "see|Base URL"),
    "form_provider_custom": (FIRST, "n", "type|House LLM", "enter", "see|API type"),
    "form_provider": (*GROQ, "e", "see|Base URL"),
    "form_provider_cloned": (*GROQ, "c", "type|House LLM", "enter", "see|The key is not cloned"),
    "form_key": (*MISTRAL, "K", "see|API key of"),
    "form_key_typed": (*MISTRAL, "K", "tab", "type|sk-secret-123", "see|•••"),
    "form_model": (*MODEL, "e", "see|Model id"),
    "form_model_cloned": (*MODEL, "c", "see|Clone of"),
    "form_model_new": ("2", "see|sorted", "n", "type|groq", "enter", "see|New model of"),
    "form_price": (*GROQ, "p", "see|Default price of"),
    "form_price_refused": (*GROQ, "p", "ctrl+u", "type|3,50", "ctrl+s", "see|with a point"),
    "form_price_doubted": (*GROQ, "p", "ctrl+u", "type|0.000015", "tab", "see|Looks like"),
    "form_model_price": (*MODEL, "p", "see|Price of"),
    "form_limits": (*GROQ, "l", "see|Limits of"),
}
DIALOGS: Mapping[str, Steps] = {
    "form_unsaved": (*GROQ, "l", "type|9", "escape", "see|Unsaved changes"),
    "key_menu": (*GROQ, "K", "see|Key of Groq"),
    "key_remove": (*GROQ, "K", "see|Key of Groq", "deaf", "x", "see|Remove the key"),
    "delete_refused": (*GROQ, "d", "see|Groq stays"),
    "purge": (*GROQ, "d", "see|Groq stays", "deaf", "p", "see|Type Groq"),
    "delete_model": (*MODEL, "d", "see|Delete model"),
    "delete_limits": ("4", "see|sorted by", "find|groq", "see|1 of 36", "d", "see|Delete the limits"),
    "delete_no_price": ("3", *MODEL[1:], "d", "see|Delete the price of"),
    "delete_marked": ("2", "see|sorted by", "space", "space", "d", "see|Delete 2 models?"),
    "delete_many": (
        *("2", "see|sorted by", "find|provider:groq", "see|of 2,3", "asterisk", "see|marked", "d"),
        "see|and press enter to",
    ),
}


def live_in(session: Session) -> None:
    """A little of everything that people do to a registry, and text that nobody should trust."""
    store, clock = session.store, session.home.clock
    groq = store.reads.provider("Groq")
    done(store, lambda write: write.set_key(groq, Secret(CANARY)))
    done(store, lambda write: write.save_pricing(groq, pricing_draft(5e-07, 1.5e-06), None))
    limits = limits_draft(requests_per_minute=30, tokens_per_minute=12_000)
    done(store, lambda write: write.save_limits(groq, limits, None))
    hostile = "x[/red]y [@click=app.quit]q[/] 模型 é́́́́́"
    added = done(
        store, lambda write: write.add_model(groq, model_draft("aaa", name=hostile, description=hostile))
    )
    for status, outcome, latency in (
        ("pass", "ok", 190.0),
        ("fail", "missing", None),
        ("blocked", "rate", 88.0),
    ):
        clock.move(minutes=7)
        evidence = f'{{"body": "{hostile}"}}'
        result = new_result(
            provider=groq,
            model=added,
            test_type="chat",
            status=status,
            outcome=outcome,
            latency_ms=latency,
            evidence=evidence,
            score=0.97 if status == "pass" else None,
        )
        done(store, lambda write, result=result: write.record_result(result))  # type: ignore[misc]
    clock.move(hours=3)


@pytest.fixture
def lived_in(full: Session) -> Session:
    """The whole catalogue, used for a while."""
    live_in(full)
    full.desk.environ = {"MISTRAL_API_KEY": CANARY, "HOME": str(full.home.root)}
    return full


@pytest.fixture
def gallery(
    snapshot: SnapshotAssertion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Gallery]:
    """Pictures of an app whose detail pane waits for nothing and whose messages stay."""
    monkeypatch.setattr(list_screen, "DETAIL_DELAY", 0.01)
    monkeypatch.setattr(RegistryApp, "NOTIFICATION_TIMEOUT", 600)
    monkeypatch.setattr(desk, "REFUSAL_SECONDS", 600)
    monkeypatch.setattr(noticing_app, "TOLD", 600)
    gallery = Gallery(snapshot, tmp_path)
    yield gallery
    gallery.close()


PARTS = {"lists": LISTS, "pages": PAGES_AND_MENUS, "forms": FORMS, "dialogs": DIALOGS}


@pytest.mark.parametrize("part", sorted(PARTS))
async def test_a_registry_in_use(gallery: Gallery, lived_in: Session, part: str) -> None:
    await gallery.show(lived_in.app(), PARTS[part])


EMPTY: Mapping[str, Steps] = {
    "providers": ("see|No providers yet",),
    "models": ("2", "see|No models yet"),
    "prices": ("3", "see|so no prices"),
    "limits": ("4", "see|so no limits"),
    "history": ("5", "see|Nothing verified yet"),
    "take_over": ("see|GROQ", "T", "see|Take over keys?"),
    "new_model": ("2", "n", "see|Add a provider first"),
}


async def test_a_registry_with_nothing_in_it(gallery: Gallery, empty: Session) -> None:
    empty.desk.environ = {"GROQ_API_KEY": CANARY, "OPENAI_API_KEY": CANARY, "HOME": str(empty.home.root)}
    await gallery.show(empty.app(), EMPTY)


LOOKS: dict[str, dict[str, Any]] = {
    "light": {"theme": "textual-light"},
    "ansi": {"theme": "ansi-dark", "ansi_color": True},
    "nocolor": {"theme": "ansi-dark", "ansi_color": True},
    "ascii": {},
}
MAIN = {
    **{name: LISTS[name] for name in ("providers", "models_marked", "prices", "limits", "history")},
    **{name: PAGES_AND_MENUS[name] for name in ("model_page", "compare")},
    **{name: FORMS[name] for name in ("form_price_refused", "form_provider_custom")},
    "delete_refused": DIALOGS["delete_refused"],
}
"""What is looked at in every other look: a list of each kind, a page, a form, a refusal and a dialog."""


@pytest.mark.parametrize("look", sorted(LOOKS))
async def test_other_colours(
    gallery: Gallery, lived_in: Session, look: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if look == "nocolor":
        monkeypatch.setenv("NO_COLOR", "1")
    lived_in.desk.ascii = look == "ascii"
    lived_in.desk.keys = replace(lived_in.desk.keys, ascii_only=look == "ascii")
    await gallery.show(lived_in.app(**LOOKS[look]), MAIN, sizes=(NARROW,), mark=look)


async def test_keys_that_are_no_good(gallery: Gallery, empty: Session) -> None:
    """A key for another host, one that was rejected, one not checked, and all when the vault is gone."""
    store = empty.store
    rows = {}
    for name, host in (("Groq", "api.groq.com"), ("OpenAI", "api.openai.com"), ("xAI", "api.x.ai")):
        draft = provider_draft(name=name, endpoint=f"https://{host}/v1")
        rows[name] = done(store, lambda write, draft=draft: write.add_provider(draft))  # type: ignore[misc]
        rows[name] = done(store, lambda write, row=rows[name]: write.set_key(row, Secret(CANARY)))  # type: ignore[misc]
    moved = provider_draft(name="Groq", endpoint="https://elsewhere.example/v1")
    done(store, lambda write: write.save_provider(moved, rows["Groq"]))
    check_key(store, rows["OpenAI"], "fail")
    scenes = {
        "list": ("see|rejected",),
        "moved": ("see|rejected", "enter", "see|for api.groq.com"),
        "move": ("see|rejected", "K", "deaf", "m", "see|Move the key of Groq?"),
        "activate_refused": ("see|rejected", "t", "see|Groq"),
    }
    await gallery.show(empty.app(), scenes)
    empty.home.key_file.unlink()
    empty.desk.look_at_keys_again()
    await gallery.show(empty.app(), {"locked": ("see|locked",)})


async def test_a_registry_that_may_only_be_read(gallery: Gallery, lived_in: Session) -> None:
    reading = Store.open(
        lived_in.store.path,
        vault=lived_in.desk.vault,
        clock=lived_in.home.clock,
        known=known_providers(),
        create=False,
        read_only=True,
    )
    lived_in.desk.store = reading
    lived_in.desk.complaints = ("config.toml line 3: mouse is true or false.", "another")
    try:
        scenes = {"list": ("see|READ-ONLY",), "refused": ("see|READ-ONLY", "e", "see|for reading only")}
        await gallery.show(lived_in.app(), scenes)
    finally:
        reading.close()


HELD = "/home/me/.local/share/tui_registry/registry.db is locked by another process, which is saving."


async def test_what_goes_wrong_while_it_is_open(
    gallery: Gallery, lived_in: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file held by another process, a disk that is full, an edit of the same field, a small terminal."""
    app, store = lived_in.app(), lived_in.store

    def held() -> int:
        raise StoreLocked(HELD)

    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await play(pilot, (FIRST,))
        with monkeypatch.context() as patched:
            patched.setattr(store, "data_version", held)
            await play(pilot, ("r", "see|locked by another"))
            for size in (NARROW, WIDE):
                await gallery.draw(pilot, f"held-{size[0]}x{size[1]}", size)
        await until(pilot, lambda: "locked by another" not in screen_text(pilot))
        await at_home(pilot, NARROW)

        async def full(_change: object) -> None:
            raise StoreFull("Disk full at registry.db: nothing of this save was written. Your input is kept.")

        await play(pilot, (*GROQ, "l", "see|Requests / min", "type|9"))
        with monkeypatch.context() as patched:
            patched.setattr(type(lived_in.desk), "save", staticmethod(full))
            await play(pilot, ("ctrl+s", "see|Your input is kept"))
        for size in (NARROW, WIDE):
            await gallery.draw(pilot, f"disk_full-{size[0]}x{size[1]}", size)
        there = open_session(lived_in.home)
        row = store.reads.limits(store.reads.provider("Groq").id)
        theirs = limits_draft(requests_per_minute=60, tokens_per_minute=12_000)
        done(there.store, lambda write: write.save_limits(store.reads.provider("Groq"), theirs, row))
        there.store.close()
        await play(pilot, ("ctrl+s", "see|theirs"))
        for size in (NARROW, WIDE):
            await gallery.draw(pilot, f"conflict-{size[0]}x{size[1]}", size)
        await gallery.draw(pilot, "too_small", (59, 14))
        await pilot.resize_terminal(*NARROW)
        await at_home(pilot, NARROW)


LONG_HOST = ".".join(["a-gateway-of-a-company-with-many-departments"] * 4) + ".example"


async def test_what_was_shown_is_not_so_any_more(gallery: Gallery, lived_in: Session) -> None:
    """An endpoint that was changed under a key form, and another file in the registry's place."""
    app, store = lived_in.app(), lived_in.store
    backup = store.back_up("hand")
    key = ("K", "see|API key of Mistral", "tab", f"type|{CANARY}")

    def moved_to(host: str) -> Provider:
        edit = provider_draft("Mistral", f"https://{host}/v1", description="Before the restore.")
        return done(store, lambda write: write.save_provider(edit, store.reads.provider("Mistral")))

    async with app.run_test(size=NARROW, notifications=True) as pilot:
        for name, host in (("other_host", "gateway.example"), ("other_host_long", LONG_HOST)):
            await play(pilot, (*MISTRAL, *key))
            row = moved_to(host)
            await play(pilot, ("ctrl+s", "see|Mistral is at another host now"))
            for size in (NARROW, WIDE):
                await gallery.draw(pilot, f"{name}-{size[0]}x{size[1]}", size)
            await play(pilot, ("deaf", "escape", "see|Nothing was sealed"))
            for size in (NARROW, WIDE):
                await gallery.draw(pilot, f"{name}_refused-{size[0]}x{size[1]}", size)
            await at_home(pilot, NARROW)
        moved_to("gateway.example")
        await play(pilot, (*MISTRAL, "e", "see|Provider Mistral", "tab", "tab", "tab", "type|New. "))
        restore(store.path, backup, lived_in.home.clock())
        await play(pilot, ("see|Another file took", "ctrl+s", "see|theirs"))
        for size in (NARROW, WIDE):
            await gallery.draw(pilot, f"replaced_conflict-{size[0]}x{size[1]}", size)
        await at_home(pilot, NARROW)
        await on_screen(pilot, "hides this line")
        for size in (NARROW, WIDE):
            await gallery.draw(pilot, f"replaced-{size[0]}x{size[1]}", size)
    assert store.reads.provider_again(row).description != "Before the restore."


async def test_what_is_offered_at_the_start(gallery: Gallery, lived_in: Session) -> None:
    groq = lived_in.store.reads.provider("Groq")
    lived_in.desk.drafts = lived_in.home.root / "state" / "drafts"
    kept = KeptForm(
        Origin("limits", (groq.id,)),
        "Limits of Groq",
        {"requests_per_minute": "42"},
        stamp(lived_in.home.clock()),
    )
    KeptForms(lived_in.desk.drafts, lived_in.store.path).keep(kept)
    await gallery.show(lived_in.app(), {"kept": ("see|Kept unsaved",)})


async def test_proving(gallery: Gallery, empty: Session) -> None:
    """A provider's own list as a difference."""
    service = OpenAiLike(models=[{"id": "m-1", "context_window": 128_000}, {"id": "new-one"}])
    app = empty.app()
    with FaultServer(service.answer) as server:
        add_provider(empty, server.url, "m-1", "old-one")
        async with app.run_test(size=NARROW, notifications=True) as pilot:
            await play(pilot, (FIRST, "D", "see|Here lists"))
            for size in (NARROW, WIDE):
                await gallery.draw(pilot, f"discovered-{size[0]}x{size[1]}", size)
            await at_home(pilot, NARROW)
