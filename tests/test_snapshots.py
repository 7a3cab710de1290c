"""Pictures of every view, form, dialog and empty state at the two design sizes."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import Session
from tests.driving import on_screen, type_text
from tests.registries import CANARY, done, limits_draft, model_draft, pricing_draft
from tui_registry.store import NewResult
from tui_registry.text import Secret
from tui_registry.ui.list_screen import DETAIL_DELAY

SIZES = [(80, 24), (120, 36)]

Scene = Callable[[Pilot[None]], Awaitable[None]]
Compare = Callable[..., bool]


def scene(*steps: str) -> Scene:
    """Keys to press, texts to type (`type|`) and to wait for (`see|`), and dialogs to let settle (`deaf`)."""

    async def play(pilot: Pilot[None]) -> None:
        for step in steps:
            kind, _, rest = step.partition("|")
            if kind == "type":
                await type_text(pilot, rest)
            elif kind == "see":
                await on_screen(pilot, rest)
                await pilot.pause(2 * DETAIL_DELAY)
            elif kind == "deaf":
                await pilot.pause(0.3)
            else:
                await pilot.press(step)
        await pilot.pause(0.3)

    return play


FIRST = "see|sorted by name"
GROQ = (FIRST, "slash", "type|groq", "enter", "see|1 of 36")
MODEL = ("2", "slash", "type|provider:openai gpt-4o-mini", "enter", "see|of 2,3")

LIVED_IN = {
    "providers": scene(FIRST),
    "provider_page": scene(*GROQ, "enter", "see|Base URL"),
    "models": scene("2", "see|sorted by provider"),
    "model_page": scene(*MODEL, "enter", "see|Context"),
    "models_filtered": scene("2", "slash", "type|ctx>=1M in<1", "see|of 2,3"),
    "models_no_match": scene("2", "slash", "type|nothing-like-this ctx>>", "see|No model matches"),
    "models_marked": scene("2", "see|sorted by provider", "space", "space", "see|2 marked"),
    "prices": scene("3", "see|sorted by provider"),
    "limits": scene("4", "see|sorted by provider"),
    "history": scene("5", "see|sorted by when"),
    "result_page": scene("5", "see|sorted by when", "enter", "see|Result 3"),
    "keys": scene(FIRST, "question_mark", "see|MOVE"),
    "sort_menu": scene(FIRST, "s", "see|Sort providers by"),
    "picker": scene(FIRST, "n", "see|New provider"),
    "picker_other": scene(FIRST, "n", "type|House LLM", "see|custom provider"),
    "form_provider_new": scene(FIRST, "n", "type|ollama", "enter", "see|Base URL"),
    "form_provider_custom": scene(FIRST, "n", "type|House LLM", "enter", "see|API type"),
    "form_provider": scene(*GROQ, "e", "see|Base URL"),
    "form_key": scene(FIRST, "slash", "type|mistral", "enter", "K", "see|API key of"),
    "form_key_typed": scene(
        FIRST, "slash", "type|mistral", "enter", "K", "tab", "type|sk-secret-123", "see|•••"
    ),
    "form_model": scene(*MODEL, "e", "see|Model id"),
    "form_model_new": scene("2", "see|sorted", "n", "type|groq", "enter", "see|New model of"),
    "form_price": scene(*GROQ, "p", "see|Default price of"),
    "form_price_refused": scene(*GROQ, "p", "ctrl+u", "type|3,50", "ctrl+s", "see|with a point"),
    "form_price_doubted": scene(*GROQ, "p", "ctrl+u", "type|0.000015", "tab", "see|Looks like"),
    "form_model_price": scene(*MODEL, "p", "see|Price of"),
    "form_limits": scene(*GROQ, "l", "see|Limits of"),
    "form_unsaved": scene(*GROQ, "l", "type|9", "escape", "see|Unsaved changes"),
    "key_menu": scene(*GROQ, "K", "see|Key of Groq"),
    "key_remove": scene(*GROQ, "K", "see|Key of Groq", "deaf", "x", "see|Remove the key"),
    "delete_refused": scene(*GROQ, "d", "see|Groq stays"),
    "purge": scene(*GROQ, "d", "see|Groq stays", "deaf", "p", "see|Type Groq"),
    "delete_model": scene(*MODEL, "d", "see|Delete model"),
}


def live_in(session: Session) -> None:
    """A little of everything that people do to a registry, and text that nobody should trust."""
    store, clock = session.store, session.home.clock
    groq = store.reads.provider("Groq")
    done(store, lambda write: write.set_key(groq.id, Secret(CANARY)))
    done(store, lambda write: write.save_pricing(groq.id, pricing_draft(5e-07, 1.5e-06), None))
    limits = limits_draft(requests_per_minute=30, tokens_per_minute=12_000)
    done(store, lambda write: write.save_limits(groq.id, limits, None))
    hostile = "x[/red]y [@click=app.quit]q[/] 模型 é́́́́́"
    added = done(
        store, lambda write: write.add_model(groq.id, model_draft("aaa", name=hostile, description=hostile))
    )
    for status, outcome, latency in (
        ("pass", "ok", 190.0),
        ("fail", "missing", None),
        ("blocked", "rate", 88.0),
    ):
        clock.move(minutes=7)
        evidence = f'{{"body": "{hostile}"}}'
        result = NewResult(
            provider_id=groq.id,
            model_id=added.id,
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


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", sorted(LIVED_IN))
def test_a_registry_in_use(
    snap_compare: Compare, lived_in: Session, name: str, size: tuple[int, int]
) -> None:
    assert snap_compare(lived_in.app(), terminal_size=size, run_before=LIVED_IN[name])


EMPTY = {
    "providers": scene("see|No providers yet"),
    "models": scene("2", "see|No models yet"),
    "prices": scene("3", "see|so no prices"),
    "limits": scene("4", "see|so no limits"),
    "history": scene("5", "see|Nothing verified yet"),
    "take_over": scene("see|GROQ", "T", "see|Take over keys?"),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", sorted(EMPTY))
def test_a_registry_with_nothing_in_it(
    snap_compare: Compare, empty: Session, name: str, size: tuple[int, int]
) -> None:
    empty.desk.environ = {"GROQ_API_KEY": CANARY, "OPENAI_API_KEY": CANARY, "HOME": str(empty.home.root)}
    assert snap_compare(empty.app(), terminal_size=size, run_before=EMPTY[name])


LOOKS: dict[str, dict[str, Any]] = {
    "light": {"theme": "textual-light"},
    "ansi": {"theme": "ansi-dark", "ansi_color": True},
    "ascii": {},
}


@pytest.mark.parametrize("look", sorted(LOOKS))
@pytest.mark.parametrize("name", ["models_marked", "form_price_refused", "delete_refused"])
def test_other_colours(snap_compare: Compare, lived_in: Session, name: str, look: str) -> None:
    lived_in.desk.ascii = look == "ascii"
    assert snap_compare(lived_in.app(**LOOKS[look]), terminal_size=(80, 24), run_before=LIVED_IN[name])
