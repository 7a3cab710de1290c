"""What verifying 200 models costs beyond its requests: `python -m tests.benchmarks.verification`.

A bare httpx2 loop and a run send the same requests to one loopback server, with the same concurrency, in
turns. The run is also watched for gaps on its event loop, which a screen would feel.
"""

import asyncio
import json
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

import httpx2

from tests.registries import CANARY, Home, Seed, done, limits_draft, provider_draft
from tests.verifying import RIGHT
from tui_registry.store import DiscoveredModel, KnownProvider, Store
from tui_registry.text import Secret
from tui_registry.verification import Options, plan_run, run
from tui_registry.verification.questions import chat_request
from tui_registry.wire import Wire

MODELS = 200
CONCURRENCY = 8
ANSWER_AFTER = {0.02: 5, 0.2: 3}
"""Seconds until the server answers, with how often that is measured; the first is faster than any model."""

_CHUNKS = [
    *({"choices": [{"index": 0, "delta": {"content": f"{word} "}}]} for word in RIGHT.split()),
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 30}},
]
_STREAM = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in _CHUNKS) + "data: [DONE]\n\n"
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s"


async def _serve(after: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer every request of a connection after so many seconds."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            sizes = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
            length = int(sizes[0].split(b":")[1]) if sizes else 0
            if length:
                await reader.readexactly(length)
            await asyncio.sleep(after)
            is_list = head.startswith(b"GET")
            body = b'{"data": []}' if is_list else _STREAM.encode()
            writer.write(_HEAD % (b"application/json" if is_list else b"text/event-stream", len(body), body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def _registry(root: Path, endpoint: str) -> Store:
    """A registry with the models of one provider on this machine."""
    known = KnownProvider("Local", endpoint, key_proof="chat")
    store = Home(root).open(known=Seed(known=(known,)))
    row = done(store, lambda write: write.add_provider(provider_draft("Local", endpoint)))
    done(store, lambda write: write.set_key(row, Secret(CANARY)))
    listed = [
        DiscoveredModel(f"model-{number}", input_price=1e-06, output_price=1e-06) for number in range(MODELS)
    ]
    done(store, lambda write: write.proofs.take_list(row, listed))
    done(store, lambda write: write.save_limits(row, limits_draft(requests_per_minute=1_000_000), None))
    return store


async def _bare(endpoint: str) -> float:
    """Seconds of the same requests, their answers read and thrown away."""
    began, waiting = time.perf_counter(), iter(range(MODELS))
    async with httpx2.AsyncClient(trust_env=False) as client:

        async def worker() -> None:
            for number in waiting:
                asked = chat_request("chat", f"model-{number}", 128, {})
                body = {
                    "model": asked.model,
                    "messages": [{"role": "user", "content": asked.prompt}],
                    "max_tokens": asked.cap,
                    "stream": True,
                    "stream_options": {"include_usage": True},
                }
                headers = {"authorization": f"Bearer {CANARY}"}
                url = f"{endpoint}/chat/completions"
                async with client.stream("POST", url, json=body, headers=headers) as answer:
                    async for _ in answer.aiter_bytes():
                        pass

        await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
    return time.perf_counter() - began


async def _verified(store: Store) -> tuple[float, float]:
    """Seconds of a run, and its longest gap on the event loop in milliseconds."""
    gaps: list[float] = []

    async def watch() -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(0.005)
            gaps.append((time.perf_counter() - asked - 0.005) * 1000)

    plan = plan_run(store, providers=[1], suite="quick")
    watching = asyncio.create_task(watch())
    began = time.perf_counter()
    options = Options(open_wire=Wire, local_parallel=CONCURRENCY, concurrency=CONCURRENCY)
    async for _ in run(store, plan, options=options):
        pass
    taken = time.perf_counter() - began
    watching.cancel()
    assert len(store.reads.results(status="pass", test_type="chat", limit=MODELS)) == MODELS
    return taken, max(gaps)


async def _measure(after: float, rounds: int) -> None:
    """Measure in turns against a server of one speed, and print one line of numbers."""
    server = await asyncio.start_server(partial(_serve, after), "127.0.0.1", 0)
    endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    bare, verified, gaps = [], [], []
    with tempfile.TemporaryDirectory() as root:
        store = _registry(Path(root), endpoint)
        for _ in range(rounds):
            bare.append(await _bare(endpoint))
            taken, gap = await _verified(store)
            verified.append(taken)
            gaps.append(gap)
        store.close()
    server.close()
    floor, whole = statistics.median(bare), statistics.median(verified)
    print(  # noqa: T201
        f"{MODELS} models, {CONCURRENCY} at once, answers after {after * 1000:.0f} ms: bare {floor:.2f} s,"
        f" verified {whole:.2f} s, {whole / floor:.2f} times; longest gap {statistics.median(gaps):.0f} ms,"
        f" {max(gaps):.0f} ms in the worst of {rounds} runs"
    )


async def main() -> None:
    """Measure at every speed."""
    for after, rounds in ANSWER_AFTER.items():
        await _measure(after, rounds)


if __name__ == "__main__":
    asyncio.run(main())
