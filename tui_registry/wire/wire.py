"""The wire to one provider: its calls, each answered with everything that happened."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tui_registry.clock import Clock, utc_now
from tui_registry.endpoint import parse_endpoint
from tui_registry.errors import Refused
from tui_registry.wire.chatting import ask
from tui_registry.wire.dialects import dialect_of
from tui_registry.wire.exchange import (
    Caps,
    ChatReply,
    ChatRequest,
    Deadlines,
    EmbedReply,
    Exchange,
    Listing,
    Target,
)
from tui_registry.wire.listing import read_listing
from tui_registry.wire.plainjson import at, is_object
from tui_registry.wire.record import with_verdict
from tui_registry.wire.request import Request, below
from tui_registry.wire.rules import VERDICTS
from tui_registry.wire.sending import Sender
from tui_registry.wire.vectors import vectors_of

if TYPE_CHECKING:
    import httpx2

_PLACE = re.compile(r"/(?!/)|https?://")


class Wire:
    """The connections to one provider with every safety setting; open it with `async with`.

    `environ` is where HTTPS_PROXY and NO_PROXY are read, `ca_file` a private certificate authority;
    `transport`, `clock` and `monotonic` are for tests. Its calls raise Refused, before anything is sent,
    when the key may not go where the target points.
    """

    def __init__(
        self,
        *,
        environ: Mapping[str, str] | None = None,
        ca_file: Path | None = None,
        deadlines: Deadlines = Deadlines(),  # noqa: B008 - frozen
        caps: Caps = Caps(),  # noqa: B008 - frozen
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.perf_counter,
        transport: "httpx2.AsyncBaseTransport | None" = None,
    ) -> None:
        self._deadlines = deadlines
        self._caps = caps
        self._clock = clock
        self._sender = Sender(environ or {}, ca_file, caps, clock, monotonic, transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sender.close()

    async def list_models(self, target: Target, *, deadlines: Deadlines | None = None) -> Listing:
        """The provider's own model list with every fact it states, all pages within one total deadline."""
        return await read_listing(self._sender, target, deadlines or self._deadlines)

    async def prove_key(self, target: Target, proof: str, *, deadlines: Deadlines | None = None) -> Exchange:
        """The answer to a key-proof call such as `GET /models`; `ok` only when the answer itself agrees.

        An absolute URL must have the target's origin. `chat` is no call of its own: use `chat`.
        """
        method, _, place = proof.partition(" ")
        if method not in ("GET", "POST") or not _PLACE.match(place):
            raise Refused(f"{proof!r} is not a call that proves a key by itself; a chat probe proves it.")
        dialect = dialect_of(target.dialect)
        is_list = (method, place) == ("GET", "/models")
        if is_list:
            base = dialect.list_request(target.endpoint, None)
            request = Request(method, base.url, dialect.proof_query, headers=base.headers)
        else:
            url = below(target.endpoint, place) if place.startswith("/") else place
            request = Request(method, url)
        record = await self._sender.send(target, request, deadlines or self._deadlines)
        exchange = record.judged(target.limit_headers)
        if exchange.outcome != "ok":
            return exchange
        if is_list and dialect.read_list(exchange.body)[0] is None:
            return with_verdict(exchange, "protocol", "shape")
        return exchange if is_list else _agreed(exchange)

    async def download(self, address: str) -> tuple[Exchange, bytes]:
        """What lies at an address, asked for without any key; the bytes are whole only where it came to `ok`.

        Raises Refused for an address that is none, or whose answer could be changed on its way.
        """
        try:
            endpoint = parse_endpoint(address)
        except ValueError as error:
            raise Refused(str(error)) from None
        if endpoint.is_cleartext:
            raise Refused(
                f"Write https:// before {endpoint.host}; what comes unencrypted can be changed by others."
            )
        request = Request("GET", endpoint.url, is_download=True)
        record = await self._sender.send(Target(endpoint), request, self._deadlines)
        return record.judged(None), bytes(record.raw)

    async def chat(
        self, target: Target, request: ChatRequest, *, deadlines: Deadlines | None = None
    ) -> ChatReply:
        """The model's answer to one prompt, streamed or whole."""
        return await ask(self._sender, target, request, deadlines or self._deadlines)

    async def embed(
        self, target: Target, model: str, inputs: Sequence[str], *, deadlines: Deadlines | None = None
    ) -> EmbedReply:
        """Embedding vectors for the inputs."""
        dialect = dialect_of(target.dialect)
        request = dialect.embed_request(target.endpoint, model, inputs)
        if request is None:
            nothing = Exchange("POST", target.endpoint.url, self._clock(), "ok")
            return EmbedReply(with_verdict(nothing, "unsupported", "dialect"))
        record = await self._sender.send(target, request, deadlines or self._deadlines)
        exchange = record.judged(target.limit_headers)
        if exchange.outcome != "ok":
            return EmbedReply(exchange)
        return await asyncio.to_thread(vectors_of, dialect.read_vectors(exchange.body), exchange)


def _agreed(exchange: Exchange) -> Exchange:
    """The exchange, unless a value in its body says that the key is no good."""
    if not is_object(exchange.body):
        return with_verdict(exchange, "protocol", "shape")
    for verdict in VERDICTS:
        found = at(exchange.body, *verdict.path)
        if isinstance(found, bool) == isinstance(verdict.value, bool) and found == verdict.value:
            return with_verdict(exchange, verdict.outcome, verdict.reason)
    return exchange
