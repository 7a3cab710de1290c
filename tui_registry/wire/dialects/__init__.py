"""How each family of providers words requests and answers."""

from collections.abc import Sequence
from typing import Protocol

from tui_registry.endpoint import Endpoint
from tui_registry.errors import Refused
from tui_registry.wire.assembly import Assembly
from tui_registry.wire.dialects.anthropic import Anthropic
from tui_registry.wire.dialects.cohere import Cohere
from tui_registry.wire.dialects.gemini import Gemini
from tui_registry.wire.dialects.openai import OpenAI
from tui_registry.wire.exchange import ChatRequest, Json
from tui_registry.wire.request import Request


class Dialect(Protocol):
    """What a dialect can word and read; it holds no state."""

    proof_query: str
    """What keeps the answer to `GET /models` short when it only proves a key."""

    def list_request(self, endpoint: Endpoint, cursor: str | None) -> Request:
        """One page of the model list."""

    def read_list(self, body: Json) -> tuple[list[Json] | None, str | None]:
        """The entries of a page, None when it is no list, and the cursor of the next page."""

    def chat_request(self, endpoint: Endpoint, chat: ChatRequest) -> Request:
        """One prompt."""

    def read_whole(self, body: Json, reply: Assembly) -> None:
        """Put a whole answer into the reply."""

    def read_event(self, name: str, body: Json, reply: Assembly) -> None:
        """Put one event of a stream into the reply."""

    def embed_request(self, endpoint: Endpoint, model: str, inputs: Sequence[str]) -> Request | None:
        """Embeddings of some texts; None when the dialect has none."""

    def read_vectors(self, body: Json) -> list[Json]:
        """The vectors of an embeddings answer, unchecked."""


_DIALECTS: dict[str, Dialect] = {
    "openai": OpenAI(), "anthropic": Anthropic(), "gemini": Gemini(), "cohere": Cohere()
}  # fmt: skip


def dialect_of(name: str) -> Dialect:
    """The dialect of that name; raises Refused for another."""
    if name not in _DIALECTS:
        raise Refused(f"{name} is not a dialect of this version; use one of {', '.join(_DIALECTS)}.")
    return _DIALECTS[name]
