"""What the tests of the wire have in common: a key, a target at a fault server, and one-line questions."""

from collections.abc import Callable
from dataclasses import replace

import httpx2

from tests.fault_server import Answer, FaultServer
from tui_registry.endpoint import parse_endpoint
from tui_registry.text import Secret
from tui_registry.wire import Caps, ChatReply, ChatRequest, Deadlines, Target, Wire

KEY = "sk-canary/9f+Kq7Lw2ZxV_t0-Yh=E4"
"""A key with characters that every encoding spells differently."""

QUICK = Deadlines(connect=2, gap=1, total=2)


def at(url: str, dialect: str = "openai", **facts: str) -> Target:
    """A target with the canary key."""
    return replace(Target(parse_endpoint(url), dialect, secret=Secret(KEY)), **facts)  # type: ignore[arg-type]


def asking(**facts: object) -> ChatRequest:
    """A short prompt, streamed unless said."""
    return replace(ChatRequest("m-1", "Count.", 128, stream=True), **facts)  # type: ignore[arg-type]


async def chat_with(
    answer: Answer,
    request: ChatRequest | None = None,
    *,
    dialect: str = "openai",
    deadlines: Deadlines = QUICK,
    caps: Caps | None = None,
    **facts: str,
) -> ChatReply:
    """One chat with a server that gives this answer."""
    with FaultServer(answer) as server:
        async with Wire(deadlines=deadlines, caps=caps or Caps()) as wire:
            return await wire.chat(at(server.url, dialect, **facts), request or asking())


def mocked(handler: Callable[[httpx2.Request], httpx2.Response]) -> Wire:
    """A wire whose other end is a function."""
    return Wire(transport=httpx2.MockTransport(handler), deadlines=QUICK)


def everything(thing: object) -> str:
    """All text in a result, field by field, so that nothing hides behind a repr."""
    fields = getattr(thing, "__dataclass_fields__", None)
    if fields is not None:
        return " ".join(everything(getattr(thing, name)) for name in fields)
    if isinstance(thing, dict):
        return " ".join(everything(part) for pair in thing.items() for part in pair)
    if isinstance(thing, (list, tuple)):
        return " ".join(everything(part) for part in thing)
    return str(thing)
