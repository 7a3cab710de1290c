"""Asks for one chat answer and reads it, whole or as a stream, the same way in every dialect."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

from tui_registry.text import clean
from tui_registry.wire.assembly import Assembly
from tui_registry.wire.dialects import Dialect, dialect_of
from tui_registry.wire.exchange import ChatReply, ChatRequest, Deadlines, Exchange, Target, ToolCall, Usage
from tui_registry.wire.facts import amount
from tui_registry.wire.faults import fault_of, holds_fault
from tui_registry.wire.outcomes import classify
from tui_registry.wire.plainjson import read_json
from tui_registry.wire.record import Record, with_verdict
from tui_registry.wire.redact import MARK, Redactor
from tui_registry.wire.sending import Sender
from tui_registry.wire.stream import Events

AFTER_END = 0.3
"""Seconds to wait, after the terminal event, for the end that lets the connection be used again."""

OVERRUN = 16
"""Characters of one token at most, on average; a longer reply did not keep to its cap."""

SPARE = 16
"""Output tokens beyond the cap that a provider may count, for what frames a reply."""

_AT_ONCE = 64  # events read before others, and the deadline, get their turn
_BREAKS = ("cut", "gap", "total")
_COST_HEADER = "x-litellm-response-cost"


async def ask(sender: Sender, target: Target, chat: ChatRequest, deadlines: Deadlines) -> ChatReply:
    """The reply and how it came."""
    dialect = dialect_of(target.dialect)
    redactor = await sender.redactor(target.secret)
    reply = Assembly()
    reading = _StreamReading(sender, dialect, redactor, reply, chat.cap)
    request = dialect.chat_request(target.endpoint, chat)
    record = await sender.send(target, request, deadlines, reading.read)
    if record.is_good and not record.streamed and record.broken is None:
        reply.now = record.total_ms / 1000
        dialect.read_whole(record.body, reply)
        reply.event_done()
    reply.close()
    exchange = _judged(record, reply, target)
    return _reply(exchange, record, reply, redactor, chat.cap)


def cut_short(reply: ChatReply) -> ChatReply:
    """The reply as one that was cut, where what it holds shows that more was to come."""
    return replace(reply, exchange=with_verdict(reply.exchange, "protocol", "cut"))


class _StreamReading:
    """Reads the events of one stream into a reply."""

    def __init__(
        self, sender: Sender, dialect: Dialect, redactor: Redactor, reply: Assembly, cap: int
    ) -> None:
        self._sender = sender
        self._dialect = dialect
        self._redactor = redactor
        self._reply = reply
        self._longest = cap * OVERRUN
        self._events = Events(sender.caps.line, sender.caps.events)

    async def read(self, record: Record, plain: AsyncIterator[bytes], start: float) -> None:
        """Read until the terminal event, an error, the end of the body, or far beyond the reply's cap."""
        async for data in plain:
            self._reply.now = self._sender.monotonic() - start
            if not await self._take(record, self._events.feed(data)):
                if self._reply.terminal:
                    await _drain(plain)
                return
        await self._take(record, self._events.finish())

    async def _take(self, record: Record, events: Iterable[tuple[str, str]]) -> bool:
        """Read some events; False when no more are wanted."""
        for number, (name, data) in enumerate(events, start=1):
            if data.strip() == "[DONE]":
                self._reply.terminal = True
            else:
                self._event(record, name, data)
            if self._reply.terminal or self._reply.fault is not None or record.broken:
                return False
            if self._reply.size > self._longest:
                return False
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
        return True

    def _event(self, record: Record, name: str, data: str) -> None:
        """One event: an error, or the next part of the reply."""
        try:
            body = read_json(data)
            if name == "error" or holds_fault(body):
                self._reply.fault = read_json(self._redactor(data)) or {"error": "error"}
            else:
                self._dialect.read_event(name, body, self._reply)
        except ValueError:
            if name == "error":
                self._reply.fault = {"error": self._redactor(data)}
            else:
                record.broken = "protocol", "stream"
        self._reply.event_done()


async def _drain(plain: AsyncIterator[bytes]) -> None:
    """Wait a little for the end of the body."""
    try:
        async with asyncio.timeout(AFTER_END):
            async for _ in plain:
                pass
    except TimeoutError:
        return


def _judged(record: Record, reply: Assembly, target: Target) -> Exchange:
    """The exchange with what the reply itself came to; a break after the reply's end is none."""
    if record.broken and record.broken[1] in _BREAKS and (reply.finish_reason or reply.terminal):
        record.broken = None
    exchange = record.judged(target.limit_headers)
    if reply.fault is not None:
        fault = fault_of(reply.fault)
        outcome = classify(record.status or 200, fault, exchange.retry_after)
        return with_verdict(exchange, outcome, fault.reason or "error", fault.message)
    if exchange.outcome != "ok":
        return exchange
    if reply.finish_reason == "error":
        return with_verdict(exchange, "server", "error")
    if not reply.recognised:
        return with_verdict(exchange, "protocol", "shape")
    if not (reply.text.strip() or reply.reasoning_text.strip() or reply.calls()):
        return with_verdict(exchange, "protocol", "empty")
    return exchange


def _reply(exchange: Exchange, record: Record, reply: Assembly, redactor: Redactor, cap: int) -> ChatReply:
    """The reply as other rooms see it: without keys, even ones that came in pieces."""
    pieces = (reply.text, reply.reasoning_text, *(str(call.arguments) for call in reply.calls()))
    # a key that came in pieces is whole in none of the events, and so still there in the raw stream
    hidden = record.streamed and any(map(redactor.finds_key, pieces))
    cost, source = amount(reply.cost), "usage.cost"
    if cost is None:
        cost, source = amount(record.headers.get(_COST_HEADER)), _COST_HEADER
    finish = clean(redactor(reply.finish_reason), limit=60) if reply.finish_reason else None
    served = clean(redactor(reply.model_served), limit=200) if reply.model_served else None
    usage = reply.usage.get
    exchange = replace(
        exchange,
        head=MARK if hidden else exchange.head,
        tail=MARK if hidden and exchange.tail else exchange.tail,
        usage=Usage(usage("input"), usage("output"), usage("reasoning")),
        cost=cost,
        cost_source=source if cost is not None else None,
        model_served=served,
        finish_reason=finish,
    )
    return ChatReply(
        exchange=exchange,
        text=redactor(reply.text),
        reasoning_text=redactor(reply.reasoning_text),
        tool_calls=tuple(_safe(call, redactor) for call in reply.calls()),
        finish_reason=finish,
        streamed=record.streamed,
        clean_end=reply.terminal or reply.finish_reason is not None or not record.streamed,
        events=reply.events,
        content_chunks=reply.content_chunks,
        timings=reply.timings(record.total_ms / 1000),
        keeps_cap=reply.size <= cap * OVERRUN and (usage("output") or 0) <= cap + SPARE,
    )


def _safe(call: ToolCall, redactor: Redactor) -> ToolCall:
    """A tool call without keys in its name, its id or its arguments."""
    arguments = call.arguments
    if isinstance(arguments, str):
        arguments = redactor(arguments)
    elif redactor(said := json.dumps(arguments)) != said:
        arguments = read_json(redactor(said))
    return ToolCall(redactor(call.name), arguments, redactor(call.id) if call.id else None)
