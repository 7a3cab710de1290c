"""Sends one request and reads its answer; whatever the server does, it ends within the bounds."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tui_registry import __version__
from tui_registry.clock import Clock
from tui_registry.endpoint import Endpoint, key_refusal, origin_of
from tui_registry.errors import Refused
from tui_registry.text import Secret
from tui_registry.wire.connecting import open_transport
from tui_registry.wire.exchange import Caps, Deadlines, Outcome, Target
from tui_registry.wire.plainjson import read_json
from tui_registry.wire.record import Record
from tui_registry.wire.redact import Redactor
from tui_registry.wire.request import AUTHS, Request, key_headers
from tui_registry.wire.stream import BadEncoding, Inflater, TooMuch, begins_events, without_blanks
from tui_registry.wire.tracing import trace_of

if TYPE_CHECKING:
    import httpx2

USER_AGENT = f"tui-registry/{__version__}"
ERROR_BODY = 64 << 10
"""Bytes read of an answer that is an error; the rest of one is never needed."""

_REDACTORS = 4  # the key, a wrong one for the negative control, and room to change
_AT_ONCE = 64  # chunks read before others, and the deadline, get their turn; a server makes them of one byte
_LARGE = 256 << 10  # bytes; parsing more is done off the event loop

Reader = Callable[[Record, AsyncIterator[bytes], float], Awaitable[None]]
"""Reads a successful event stream: the record, its plain bytes, and when the request was handed over."""


class Sender:
    """Holds the connections to one provider."""

    def __init__(
        self,
        environ: Mapping[str, str],
        ca_file: Path | None,
        caps: Caps,
        clock: Clock,
        monotonic: Callable[[], float],
        transport: "httpx2.AsyncBaseTransport | None",
    ) -> None:
        self.caps = caps
        self.monotonic = monotonic
        self._environ = dict(environ)
        self._ca_file = ca_file
        self._clock = clock
        self._given = transport
        self._transports: dict[str, httpx2.AsyncBaseTransport] = {}
        self._opening = asyncio.Lock()
        self._redactors: list[tuple[Secret | None, Redactor]] = []

    async def close(self) -> None:
        """Close every connection."""
        transports, self._transports = self._transports, {}
        for transport in transports.values():
            await transport.aclose()

    def redactor(self, secret: Secret | None) -> Redactor:
        """What takes this key out of text; made once, because making it costs more than a request."""
        for known, redactor in self._redactors:
            if known == secret:
                return redactor
        made = Redactor(secret)
        self._redactors = [(secret, made), *self._redactors[: _REDACTORS - 1]]
        return made

    async def send(
        self,
        target: Target,
        request: Request,
        deadlines: Deadlines,
        read_events: Reader | None = None,
    ) -> Record:
        """Everything that happened; raises Refused, before sending, for a key that may not go there."""
        import httpx2

        refuse_wrong_place(target, request)
        key = key_headers(target)
        transport = await self._transport(target.endpoint)
        record = Record(request, self.redactor(target.secret), self._clock())
        start = self.monotonic()
        try:
            async with asyncio.timeout(deadlines.total):
                await self._talk(transport, record, key, deadlines, start, read_events)
        except TimeoutError:
            record.broken = "timeout", "total"
        except httpx2.HTTPError as error:
            record.broken = _broken(error)
        except (TooMuch, BadEncoding) as error:
            record.broken = "protocol", "oversized" if isinstance(error, TooMuch) else "encoding"
        record.total_ms = (self.monotonic() - start) * 1000
        if record.status is not None and not record.streamed and not (request.is_download and record.is_good):
            await asyncio.to_thread(_parse, record) if len(record.raw) > _LARGE else _parse(record)
        return record

    async def _transport(self, endpoint: Endpoint) -> "httpx2.AsyncBaseTransport":
        """The transport of the endpoint's origin, opened once and beside the event loop."""
        if self._given is not None:
            return self._given
        if endpoint.origin not in self._transports:
            async with self._opening:
                if endpoint.origin not in self._transports:
                    opened = await asyncio.to_thread(open_transport, endpoint, self._environ, self._ca_file)
                    self._transports[endpoint.origin] = opened
        return self._transports[endpoint.origin]

    async def _talk(
        self,
        transport: "httpx2.AsyncBaseTransport",
        record: Record,
        key: Mapping[str, str],
        deadlines: Deadlines,
        start: float,
        read_events: Reader | None,
    ) -> None:
        """Send, and read the answer into the record."""
        message = self._message(record, key, deadlines)
        response = await transport.handle_async_request(message)
        try:
            record.first_byte_ms = (self.monotonic() - start) * 1000
            record.status = response.status_code
            record.headers = dict(response.headers)
            plain = self._plain(response, record)
            async with aclosing(plain):
                if read_events is not None and record.is_good:
                    record.streamed, begun = await _peeked(record, plain)
                    await (
                        read_events(record, begun, start)
                        if record.streamed
                        else self._read_body(record, begun)
                    )
                else:
                    await self._read_body(record, plain)
        finally:
            await response.aclose()

    def _message(self, record: Record, key: Mapping[str, str], deadlines: Deadlines) -> "httpx2.Request":
        """The request as it goes out; only here does the key join it."""
        import httpx2

        request = record.request
        url = f"{request.url}?{request.query}" if request.query else request.url
        accept = "text/event-stream" if request.stream else "application/json"
        return httpx2.Request(
            request.method,
            _parsed(url),
            headers={
                "accept": accept,
                "accept-encoding": "identity",
                "user-agent": USER_AGENT,
                **({} if record.asked is None else {"content-type": "application/json"}),
                **request.headers,
                **key,
            },
            content=None if record.asked is None else record.asked.encode(),
            extensions={
                "timeout": {
                    "connect": deadlines.connect,
                    "read": deadlines.gap,
                    "write": deadlines.gap,
                    "pool": None,
                },
                "trace": trace_of(record, self.monotonic),
            },
        )

    async def _plain(self, response: "httpx2.Response", record: Record) -> AsyncGenerator[bytes, None]:
        """The plain bytes of the body as the network brings them."""
        import httpx2

        assert isinstance(response.stream, httpx2.AsyncByteStream)
        inflater = Inflater(record.headers.get("content-encoding", ""), self.caps.body)
        chunks = aiter(response.stream)
        try:
            async for chunk in chunks:
                data = inflater.feed(chunk)
                record.took(data)
                yield data
                if record.chunks % _AT_ONCE == 0:
                    await asyncio.sleep(0)
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()

    async def _read_body(self, record: Record, plain: AsyncIterator[bytes]) -> None:
        """Read a body that is no event stream, as far as it is needed."""
        async for data in plain:
            record.raw += data
            if not record.is_good and len(record.raw) >= ERROR_BODY:
                return


async def _peeked(record: Record, plain: AsyncIterator[bytes]) -> tuple[bool, AsyncIterator[bytes]]:
    """Whether the body is an event stream, by its first bytes, and all of it but blanks at its start."""
    is_declared = record.headers.get("content-type", "").lower().startswith("text/event-stream")
    start = b""
    async for data in plain:
        start = without_blanks(start + data)
        if (found := begins_events(start, is_declared=is_declared)) is not None:
            return found, _again(start, plain)
    return is_declared, _again(start, plain)


async def _again(start: bytes, plain: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A body whose start was read already."""
    yield start
    async for data in plain:
        yield data


@lru_cache(maxsize=256)
def _parsed(url: str) -> "httpx2.URL":
    """An address as the client wants it; a run sends hundreds of prompts to one."""
    import httpx2

    return httpx2.URL(url)


_origin_of = lru_cache(maxsize=256)(origin_of)


def refuse_wrong_place(target: Target, request: Request) -> None:
    """Raise Refused unless the request goes to the target's origin and the key may go there."""
    if target.auth not in AUTHS:
        raise Refused(f"{target.auth} is not a way this version sends a key.")
    try:
        origin = _origin_of(request.url)
    except ValueError as error:
        raise Refused(str(error)) from None
    if origin != target.endpoint.origin:
        raise Refused("The call goes to another host than the base URL's; no key is sent there.")
    if target.secret is not None and (refusal := key_refusal(target.endpoint, target.consented_host)):
        raise Refused(refusal)


def _parse(record: Record) -> None:
    """Read the body's JSON, keys taken out before; what is no JSON stays without."""
    text = record.redactor(record.raw.decode("utf-8-sig", "replace"))
    record.raw.clear()
    try:
        record.body = read_json(text)
        record.has_json = True
    except ValueError:
        if record.is_good and record.broken is None:
            record.broken = "protocol", "json" if text.strip() else "empty"


def _broken(error: "httpx2.HTTPError") -> tuple[Outcome, str]:
    """What a failure of the transport comes to; its own text is never used."""
    import httpx2

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "edge", "tls"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx2.ConnectTimeout):
        return "timeout", "connect"
    if isinstance(error, httpx2.TimeoutException):
        return "timeout", "gap"
    if isinstance(error, httpx2.ProxyError):
        return "edge", "proxy"
    return ("server", "unreachable") if isinstance(error, httpx2.ConnectError) else ("protocol", "cut")
