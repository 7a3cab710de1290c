"""What a request's trace tells: how long its connection took, and the connection, whose reads are slowed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from tui_registry.wire.record import Record

if TYPE_CHECKING:
    import httpcore2

READ_AT_ONCE = 8192
"""Bytes read before the event loop has its turn; a hostile answer packs hundreds of heads into these."""

Trace = Callable[[str, Mapping[str, object]], Awaitable[None]]


def trace_of(record: Record, monotonic: Callable[[], float]) -> Trace:
    """A trace hook that notes how long opening a connection took, and slows a new one's reads."""
    begun: list[float] = []

    async def watch(event: str, info: Mapping[str, object]) -> None:
        if event.endswith("connect_tcp.started"):
            begun.append(monotonic())
        elif begun and event.endswith(("connect_tcp.complete", "start_tls.complete")):
            record.connect_ms = (monotonic() - begun[0]) * 1000
            _slow(info["return_value"])  # type: ignore[arg-type]

    return watch


def _slow(stream: "httpcore2.AsyncNetworkStream") -> None:
    """Let each read take little, after a turn for others, for what has arrived is read without waiting."""
    read = stream.read

    async def read_little(max_bytes: int, timeout: float | None = None) -> bytes:
        await asyncio.sleep(0)
        return await read(min(max_bytes, READ_AT_ONCE), timeout)

    stream.read = read_little  # type: ignore[method-assign]
