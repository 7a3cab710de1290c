"""A hostile or broken server costs at most its deadline and bounded memory, and gets a typed outcome."""

import asyncio
import gzip
import json
import time
import tracemalloc
import zlib

import pytest

from tests.fault_server import (
    DONE,
    Answer,
    Asked,
    FaultServer,
    Line,
    delta,
    event,
    head_of,
    raw,
    repeats,
    routes,
    says,
    says_json,
    silent,
    streams,
)
from tests.wire_asking import KEY, asking, at, chat_with, everything
from tui_registry.wire import ChatReply, Deadlines, Wire
from tui_registry.wire.stream import Events, Inflater, TooMuch

SHORT = Deadlines(connect=1, gap=0.8, total=1.2)
SLACK = 2.5
"""Seconds that a busy machine may add to a deadline."""
MOST_MEMORY = 64 << 20
BOUNDLESS = 1 << 30
"""A cap that no reply here reaches, so that the other bounds are tried."""


async def measured(answer: Answer) -> ChatReply:
    """The reply to a hostile answer, once it kept to its time and memory."""
    tracemalloc.start()
    try:
        reply = await chat_with(answer, asking(cap=BOUNDLESS), deadlines=SHORT)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert reply.exchange.total_ms < (SHORT.total + SLACK) * 1000
    assert peak < MOST_MEMORY
    return reply


def bomb(size: int) -> bytes:
    """A gzip body of `size` zeros."""
    squeeze = zlib.compressobj(9, wbits=31)
    block = b"\0" * (1 << 20)
    return b"".join(squeeze.compress(block) for _ in range(size >> 20)) + squeeze.flush()


BOMB = bomb(200 << 20)


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
async def test_a_gzip_bomb_is_oversized(kind: str) -> None:
    assert len(BOMB) < 300_000
    reply = await measured(says(BOMB, kind=kind, content_encoding="gzip"))
    assert (reply.exchange.outcome, reply.exchange.reason) == ("protocol", "oversized")


async def test_an_error_that_is_a_bomb_is_still_that_error() -> None:
    reply = await measured(says(BOMB, 401, content_encoding="gzip"))
    assert reply.exchange.outcome == "auth"


async def test_an_answer_that_is_gzipped_without_being_asked_to_is_read() -> None:
    body = json.dumps({"choices": [{"message": {"content": "one"}}]}).encode()
    for encoding, data in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
        reply = await chat_with(says(data, content_encoding=encoding))
        assert (reply.text, reply.exchange.outcome) == ("one", "ok")


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
async def test_any_other_compression_is_refused(encoding: str) -> None:
    reply = await chat_with(says(b"x", content_encoding=encoding))
    assert (reply.exchange.outcome, reply.exchange.reason) == ("protocol", "encoding")


async def test_a_damaged_compression_is_refused() -> None:
    reply = await chat_with(says(b"not gzip at all", content_encoding="gzip"))
    assert (reply.exchange.outcome, reply.exchange.reason) == ("protocol", "encoding")


ENDLESS = [
    ("a body without end", repeats(b"x" * 65_536, kind="application/json"), {"oversized", "total"}),
    ("a stream without end", repeats(delta(content="x" * 4000).encode() * 16), {"oversized", "total"}),
    ("a line without end", repeats(b"x" * 65_536), {"oversized"}),
    ("data lines without end", repeats(b"data: " + b"x" * 60_000 + b"\n"), {"oversized"}),
    ("tiny events without end", repeats(b"data: {}\n\n" * 6000), {"oversized", "total"}),
    ("keep-alives for ever", repeats(b": keep-alive\n\n", 0.05), {"total"}),
    ("blank lines for ever", repeats(b"\n", 0.05, kind="application/json"), {"total"}),
    ("a drip", repeats(b"d", 0.3), {"total"}),
    ("silence", silent, {"gap"}),
    ("silence after the headers", streams([30.0]), {"gap"}),
    ("silence after a token", streams([delta(content="a"), 30.0]), {"gap"}),
]


@pytest.mark.parametrize(("what", "answer", "reasons"), ENDLESS)
async def test_whatever_has_no_end_is_ended(what: str, answer: Answer, reasons: set[str]) -> None:
    reply = await measured(answer)
    assert reply.exchange.reason in reasons
    assert reply.exchange.outcome == ("protocol" if reply.exchange.reason == "oversized" else "timeout")
    assert len(reply.exchange.head) <= 3072
    assert len(reply.exchange.tail) <= 1024


async def test_an_endless_error_is_still_that_error() -> None:
    def answer(asked: Asked, line: Line) -> None:
        line.send(head_of(429, {"content-type": "application/json", "content-length": "999999999"}))
        while line.send(b" " * 65_536):
            pass

    assert (await measured(answer)).exchange.outcome == "rate"


async def test_a_three_megabyte_event_is_oversized() -> None:
    reply = await measured(streams([event({"choices": [{"delta": {"content": "x" * (3 << 20)}}]}), DONE]))
    assert (reply.exchange.outcome, reply.exchange.reason) == ("protocol", "oversized")


HEADERS = b"HTTP/1.1 200 OK\r\n" + b"".join(b"x-%d: y\r\n" % number for number in range(100_000))


@pytest.mark.parametrize(
    ("answer", "outcomes"),
    [
        (raw(HEADERS + b"content-length: 0\r\n\r\n"), {"protocol"}),
        (raw(b"HTTP/1.1 200 OK\r\nx: " + b"y" * (2 << 20) + b"\r\n\r\n"), {"protocol"}),
        (raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000), {"protocol", "timeout"}),
        (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), {"protocol"}),
        (raw(b""), {"protocol"}),
        (raw(b"HTTP/1.1 200 OK\r\n"), {"protocol"}),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}"), {"protocol"}),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}"), {"protocol"}),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}"), {"protocol"}),
        (raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"), {"protocol"}),
        (raw(b"HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n"), {"protocol"}),
        (raw(b"HTTP/1.1 204 No Content\r\n\r\n"), {"protocol"}),
        (raw(b"HTTP/1.1 500 \xff\xfe\r\ncontent-length: 0\r\n\r\n"), {"server", "protocol"}),
    ],
)  # fmt: skip
async def test_broken_http_has_an_outcome(answer: Answer, outcomes: set[str]) -> None:
    reply = await measured(answer)
    assert reply.exchange.outcome in outcomes
    assert reply.exchange.message


JSON_BODIES = [
    "[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000,
    '{"choices":' + "[" * 70 + "]" * 70 + "}",
    '{"choices": [{"message": {"content": NaN}}]}', '{"choices": [{"message": {"content": 1e999}}]}',
    "9" * 200_000, '"' + "\\ud800" * 10_000 + '"', '{"choices": {"0": 1}}', '{"choices": [null, 1]}',
    '{"choices": [{"message": [1]}]}', '{"choices": [{"message": {"tool_calls": {"a": 1}}}]}',
    '{"choices": [{"message": {"tool_calls": [1, null, {"function": 7}]}}]}', "\x00\x01", "\ufeff",
]  # fmt: skip


@pytest.mark.parametrize("body", JSON_BODIES, ids=range(len(JSON_BODIES)))
@pytest.mark.parametrize("dialect", ["openai", "anthropic", "gemini", "cohere"])
async def test_hostile_json_is_no_answer(body: str, dialect: str) -> None:
    for answer in (says(body), streams([f"data: {body[:200_000]}\n\n"])):
        reply = await chat_with(answer, dialect=dialect, deadlines=SHORT)
        assert reply.exchange.outcome == "protocol"
        assert (reply.text, reply.tool_calls) == ("", ())


def test_the_parts_keep_their_own_bounds() -> None:
    with pytest.raises(TooMuch):
        list(Events(10, 10).feed(b"data: 12345678901"))
    with pytest.raises(TooMuch):
        list(Events(100, 2).feed(b"data: 1\n\n" * 3))
    assert list(Events(100, 2).feed(b"event: a\ndata: 1\ndata: 2\nid: 7\nretry: 1\n: x\n\n")) == [
        ("a", "1\n2")
    ]
    inflater = Inflater("gzip", 1 << 20)
    with pytest.raises(TooMuch):
        inflater.feed(BOMB)


async def test_a_cancelled_request_ends_at_once() -> None:
    with FaultServer(silent) as server:
        async with Wire() as wire:
            task = asyncio.create_task(wire.chat(at(server.url), asking()))
            while not server.asked:
                await asyncio.sleep(0.01)
            started = time.perf_counter()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert time.perf_counter() - started < 0.5


CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
MOST_HELD = 0.05
"""Seconds of work that an answer may take before others have their turn."""


async def longest_hold(answer: Answer) -> float:
    """The most work between two turns of the event loop while an answer is read, in seconds."""
    holds: list[float] = []

    async def watch() -> None:
        before = time.thread_time()
        while True:
            await asyncio.sleep(0)
            holds.append(time.thread_time() - before)
            before = time.thread_time()

    with FaultServer(routes({"/v1/models": says("{}"), "/v1/chat/completions": answer})) as server:
        async with Wire(deadlines=SHORT) as wire:
            await wire.prove_key(at(server.url), "GET /models")
            watcher = asyncio.create_task(watch())
            await wire.chat(at(server.url), asking(cap=BOUNDLESS))
            watcher.cancel()
    return max(holds)


@pytest.mark.parametrize(
    "answer",
    [
        repeats(delta(content="x" * 4000).encode() * 16),
        repeats(b"data: {}\n\n" * 6000),
        raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 8_000),
        raw(CHUNKED + b"1\r\n:\r\n" * 20_000),
        raw(CHUNKED + b"1\r\n\n\r\n" * 40_000),
        raw(CHUNKED + b"a\r\ndata: {}\n\n\r\n" * 8_000),
    ],
    ids=["text", "events", "answers before the answer", "chunks of a byte", "blank chunks", "event chunks"],
)
async def test_the_app_goes_on_while_a_hostile_server_talks(answer: Answer) -> None:
    for _ in range(3):  # a collection of garbage takes its time too
        if await longest_hold(answer) < MOST_HELD:
            return
    pytest.fail("The event loop was held every time.")


ECHOES = [
    says_json(
        {"error": {"message": f"bad key {KEY}", "code": KEY, "headers": {"authorization": f"Bearer {KEY}"}}},
        401,
    ),
    says(f"bad key {KEY}", 401, "text/plain"),
    says_json(
        {
            "choices": [
                {"message": {"content": f"I was sent {KEY}", "reasoning": KEY}, "finish_reason": KEY}
            ],
            "model": KEY,
        }
    ),
    says_json(
        {
            "choices": [
                {
                    "message": {
                        "tool_calls": [
                            {"id": KEY, "function": {"name": KEY, "arguments": {"a": KEY, KEY: 1}}}
                        ]
                    }
                }
            ]
        }
    ),
    streams([delta(content=KEY), delta(reasoning=KEY, finish=KEY), DONE]),
    streams([delta(content=letter) for letter in f"it is {KEY}."] + [delta(finish="stop"), DONE]),
    streams(
        [delta(tool_calls=[{"index": 0, "function": {"name": "f", "arguments": letter}}]) for letter in KEY]
    ),
    streams([delta(tool_calls=[{"index": 0, "function": {"name": KEY, "arguments": {KEY: [KEY]}}}])]),
    streams([event({"error": {"message": KEY, "code": KEY}})]),
    streams([event({"type": KEY, KEY: KEY}, KEY)]),
    says("", 307, location=f"https://{KEY}.example/{KEY}"),
    says_json({}, 429, retry_after=KEY, x_request_id=KEY, x_ratelimit_limit_requests=f"5;{KEY}", server=KEY),
    says("x" * 3060 + KEY + "y" * 5000 + KEY + "z" * 1000, 500, "text/plain"),
    raw(f"HTTP/1.1 200 {KEY}\r\n{KEY}: x\r\n\r\n".encode()),
    raw(KEY.encode()),
]


@pytest.mark.parametrize("answer", ECHOES, ids=range(len(ECHOES)))
async def test_a_key_that_is_echoed_stays_out_of_everything(answer: Answer) -> None:
    reply = await chat_with(answer)
    said = everything(reply) + repr(reply)
    for length in (len(KEY), 16, 12):
        assert all(KEY[start : start + length] not in said for start in range(len(KEY) - length + 1))
