"""The wire to one provider: its calls, each answered with everything that happened."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tui_registry.clock import Clock, utc_now
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

if TYPE_CHECKING:
    import httpx2


class Wire:
    """One HTTP client with every safety setting; open it with `async with`, one per provider.

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
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError

    async def list_models(self, target: Target, *, deadlines: Deadlines | None = None) -> Listing:
        """The provider's own model list with every fact it states, all pages."""
        raise NotImplementedError

    async def prove_key(self, target: Target, proof: str, *, deadlines: Deadlines | None = None) -> Exchange:
        """The answer to a key-proof call such as `GET /models`; `ok` only when the answer itself agrees.

        An absolute URL must have the target's origin. `chat` is no call of its own: use `chat`.
        """
        raise NotImplementedError

    async def chat(
        self, target: Target, request: ChatRequest, *, deadlines: Deadlines | None = None
    ) -> ChatReply:
        """The model's answer to one prompt, streamed or whole."""
        raise NotImplementedError

    async def embed(
        self, target: Target, model: str, inputs: Sequence[str], *, deadlines: Deadlines | None = None
    ) -> EmbedReply:
        """Embedding vectors for the inputs."""
        raise NotImplementedError
