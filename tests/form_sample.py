"""A form with a field of every kind, for the tests of forms, and the hands that fill it in."""

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal, InvalidOperation

from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from tests.form_host import host_of, patient
from tui_registry.errors import Conflict, InvalidInput
from tui_registry.ui.forms.form import Field, FormScreen, Side

Draft = dict[str, object]

URL_PROBLEM = "Start with https:// or http://, for example https://api.openai.com/v1"
PER_TOKEN = "Looks like a price per token."

FIELDS = [
    Field("name", "Name", required=True),
    Field("endpoint", "Base URL", required=True),
    Field(
        "price", "Input", hint="USD per 1M tokens", fix=lambda text: "15.00" if text == "0.000015" else None
    ),
    Field("context", "Context", echo=lambda text: f"= {text}" if text else "unknown"),
    Field("other", "Other", kind="note"),
    Field("dialect", "API type", kind="choice", options=[("openai", "OpenAI"), ("gemini", "Gemini")]),
    Field("streams", "Streaming", kind="check"),
    Field("website", "Website"),
]
VALUES = {
    "name": "Groq",
    "endpoint": "https://api.groq.com/v1",
    "price": "3.00",
    "dialect": "openai",
    "streams": "true",
}


def parse(raw: dict[str, str]) -> Draft:
    problems: dict[str, str] = {}
    draft: Draft = {name: text.strip() for name, text in raw.items()}
    if not draft["name"]:
        problems["name"] = "Write a name, for example Groq."
    if not raw["endpoint"].startswith(("https://", "http://")):
        problems["endpoint"] = URL_PROBLEM
    try:
        draft["price"] = Decimal(raw["price"]) if raw["price"] else None
    except InvalidOperation:
        problems["price"] = "Write 3.50 with a point."
    if problems:
        raise InvalidInput(problems)
    return draft


def warnings(draft: Draft) -> Mapping[str, str]:
    price = draft["price"]
    return {"price": PER_TOKEN} if isinstance(price, Decimal) and 0 < price < Decimal("0.001") else {}


async def save(draft: Draft) -> Draft:
    return draft


def provider_form(
    values: Mapping[str, str] = VALUES,
    saving: Callable[[Draft], Awaitable[Draft]] = save,
    resolve: Callable[[Draft, Conflict, Side], Awaitable[Draft]] | None = None,
) -> FormScreen[Draft]:
    return FormScreen(
        "Provider Groq", FIELDS, values, parse, saving, warnings=warnings, resolve=resolve, clock=patient()
    )


def form_of(pilot: Pilot[None]) -> FormScreen[Draft]:
    return next(each for each in pilot.app.screen_stack if isinstance(each, FormScreen))


def field(pilot: Pilot[None], name: str) -> Input:
    return form_of(pilot).query_one(f"#field-{name}", Input)


async def write(pilot: Pilot[None], name: str, text: str) -> None:
    """Focus a field, empty it and type."""
    field(pilot, name).focus()
    await pilot.press("end", "ctrl+u", *text)
    await pilot.pause()


def picture(pilot: Pilot[None]) -> str:
    return host_of(pilot).picture()


def focus(pilot: Pilot[None]) -> str:
    focused = pilot.app.focused
    return (focused.id or "") if focused else ""


async def paste(pilot: Pilot[None], name: str, text: str) -> None:
    """Paste into a field as a terminal with bracketed paste does."""
    field(pilot, name).focus()
    await pilot.pause()
    pilot.app.post_message(Paste(text))
    await pilot.pause()
    await pilot.pause()
