"""A provider to verify: an openai-like service behind a mock transport, and a registry that knows it."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2

from tests.registries import (
    CANARY,
    GROQ,
    Home,
    Seed,
    SetClock,
    done,
    limits_draft,
    model_draft,
    model_pricing_draft,
    provider_draft,
)
from tui_registry.store import KnownProvider, Model, Provider, Store
from tui_registry.text import Secret
from tui_registry.verification import Event, Options, Plan, ProbeFinished, RunFinished, run
from tui_registry.verification.questions import WORDS
from tui_registry.wire import Wire

RIGHT = " ".join(WORDS)
Asked = dict[str, Any]
Answer = Callable[[Asked], httpx2.Response]


@dataclass
class Service:
    """What a provider does; each test changes the part it is about."""

    keys: set[str] = field(default_factory=lambda: {CANARY})
    models: list[Any] = field(default_factory=lambda: ["llama-4"])
    public_list: bool = False
    chat: Answer | None = None
    tools: Answer | None = None
    structured: Answer | None = None
    list_status: int = 200
    key_answers: list[int] = field(default_factory=list)
    """Statuses that the next key checks get, before the real ones."""
    asked: list[tuple[str, Asked]] = field(default_factory=list)
    usage: tuple[int, int] = (40, 30)
    headers: dict[str, str] = field(default_factory=dict)
    slow: float = 0.0
    wait_at: "asyncio.Event | None" = None
    """Chat answers wait for this when it is set."""

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        body: Asked = json.loads(request.content) if request.content else {}
        self.asked.append((request.url.path.rpartition("/v1")[2], body))
        if self.slow:
            await asyncio.sleep(self.slow)
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.method == "GET":
            return self._list(key)
        if self.wait_at is not None:
            await self.wait_at.wait()
        if key not in self.keys:
            return failed(401, "invalid api key", "invalid_api_key")
        if request.url.path.endswith("/embeddings"):
            vectors = [[float(number + place) for number in range(8)] for place in range(len(body["input"]))]
            data = [{"index": place, "embedding": vector} for place, vector in enumerate(vectors)]
            return httpx2.Response(200, json={"data": data, "model": body["model"]})
        return self._chat(body)

    def _list(self, key: str) -> httpx2.Response:
        if self.key_answers:
            return failed(self.key_answers.pop(0), "as told")
        if not self.public_list and key not in self.keys:
            return failed(401, "invalid api key", "invalid_api_key")
        if self.list_status != 200:
            return failed(self.list_status, "as told")
        entries = [each if isinstance(each, dict) else {"id": each} for each in self.models]
        return httpx2.Response(200, json={"object": "list", "data": entries})

    def _chat(self, body: Asked) -> httpx2.Response:
        if "tools" in body:
            return self.tools(body) if self.tools else called(body)
        if "response_format" in body:
            return (
                self.structured(body)
                if self.structured
                else said(body, '{"city": "Paris", "population": 2100000}')
            )
        if self.chat is not None:
            return self.chat(body)
        return streamed(body, RIGHT.split(" "), usage=self.usage, headers=self.headers)

    def prompts(self) -> list[Asked]:
        """The bodies of all paid requests."""
        return [body for path, body in self.asked if body]


def failed(status: int, message: str, code: str | None = None, **headers: str) -> httpx2.Response:
    """An error in the usual shape; underscores in header names stand for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, json={"error": {"message": message, "code": code}}, headers=named)


def said(body: Asked, text: str | None, usage: tuple[int, int] = (40, 30), **more: object) -> httpx2.Response:
    """A whole answer."""
    message = {"role": "assistant", "content": text, **more}
    reason = "tool_calls" if "tool_calls" in more else "stop"
    return httpx2.Response(
        200,
        json={
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1]},
        },
    )


def called(
    body: Asked,
    name: str = "get_weather",
    arguments: object = '{"city": "Paris"}',
    usage: tuple[int, int] = (40, 30),
) -> httpx2.Response:
    """An answer that calls a tool."""
    call = {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return said(body, None, usage, tool_calls=[call])


def streamed(
    body: Asked,
    pieces: Iterable[str],
    *,
    usage: tuple[int, int] | None = (40, 30),
    reason: str | None = "stop",
    field: str = "content",
    headers: dict[str, str] | None = None,
) -> httpx2.Response:
    """An answer as an event stream, one event per word."""
    chunks: list[Asked] = [
        {"choices": [{"index": 0, "delta": {field: piece + " "}, "finish_reason": None}]} for piece in pieces
    ]
    if reason is not None:
        chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    if usage is not None:
        counted = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
        chunks.append({"choices": [], "usage": counted})
    lines = [json.dumps({"model": body["model"], **chunk}) for chunk in chunks] + ["[DONE]"]
    text = "".join(f"data: {line}\n\n" for line in lines)
    sent = {"content-type": "text/event-stream"} | (headers or {})
    return httpx2.Response(200, content=text.encode(), headers=sent)


@dataclass
class Bench:
    """A registry with one provider, the service behind it, and a time that passes only when waited for."""

    home: Home
    store: Store
    service: Service
    provider: Provider
    passed: float = 0.0
    waits: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.waits.append(seconds)
        self.passed += seconds
        self.home.clock.move(seconds=seconds)
        await asyncio.sleep(0)

    def options(self, **changed: object) -> Options:
        """How to verify here."""
        here = Options(
            open_wire=self.wire,
            clock=self.home.clock,
            now=lambda: self.passed,
            sleep=self.sleep,
            chance=lambda: 0.5,
        )
        return replace(here, **changed)  # type: ignore[arg-type]

    def wire(self) -> Wire:
        """The wire to the service."""
        return Wire(transport=httpx2.MockTransport(self.service), clock=self.home.clock)

    def add(self, model_id: str = "llama-4", price: float | None = 1e-06, **facts: object) -> Model:
        """A model with a price in USD per token, unknown when None."""
        owner = self.provider
        row = done(self.store, lambda write: write.add_model(owner, model_draft(model_id, **facts)))
        if price is not None:
            draft = model_pricing_draft(price, price)
            done(self.store, lambda write: write.save_model_pricing(row, draft, None))
        return row

    def model(self, model_id: str = "llama-4") -> Model:
        """The model as it is now."""
        return self.store.reads.model(self.provider.id, model_id)

    def row(self) -> Provider:
        """The provider as it is now."""
        return self.store.reads.provider_by_id(self.provider.id)

    def statuses(self) -> list[tuple[str, str, str | None]]:
        """Probe, status and outcome of every result, oldest first."""
        rows = self.store.reads.results(limit=10_000)
        return [(row.test_type, row.status, row.outcome) for row in reversed(rows)]

    async def verify(self, plan: Plan, **options: object) -> list[Event]:
        """Everything a run tells."""
        return [event async for event in run(self.store, plan, options=self.options(**options))]


def opened(
    tmp_path: Path,
    service: Service | None = None,
    *,
    endpoint: str = GROQ,
    key_proof: str | None = "GET /models",
    limit_headers: str | None = None,
) -> Bench:
    """A registry whose provider has a key and a wide limit stated by a person."""
    known = KnownProvider("Groq", endpoint, key_proof=key_proof, limit_headers=limit_headers)
    home = Home(tmp_path, SetClock())
    store = home.open(known=Seed(known=(known,)))
    row = done(store, lambda write: write.add_provider(provider_draft(endpoint=endpoint)))
    row = done(store, lambda write: write.set_key(row, Secret(CANARY)))
    done(store, lambda write: write.save_limits(row, limits_draft(requests_per_minute=6000), None))
    return Bench(home, store, service or Service(), row)


def finished(events: Iterable[Event]) -> list[ProbeFinished]:
    """The endings among events."""
    return [event for event in events if isinstance(event, ProbeFinished)]


def summary(events: list[Event]) -> RunFinished:
    """How a run ended."""
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last
