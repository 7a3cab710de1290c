"""The dialect of Cohere's own API; its OpenAI-compatible base has another host, to which no key may go."""

from collections.abc import Sequence
from urllib.parse import quote

from tui_registry.endpoint import Endpoint
from tui_registry.wire.assembly import Assembly
from tui_registry.wire.dialects.openai import function_of
from tui_registry.wire.exchange import ChatRequest, Json, JsonSchema
from tui_registry.wire.plainjson import at, count_at, items_at, text_at
from tui_registry.wire.request import Request, at_origin, below


class Cohere:
    """Chat and embeddings below the base URL, which ends in /v2; the model list is one of /v1."""

    proof_query = "page_size=1"

    def list_request(self, endpoint: Endpoint, cursor: str | None) -> Request:
        """Up to a thousand models of the page the token names."""
        page = f"&page_token={quote(cursor, safe='')}" if cursor else ""
        return Request("GET", at_origin(endpoint, "v1/models"), query=f"page_size=1000{page}")

    def read_list(self, body: Json) -> tuple[list[Json] | None, str | None]:
        """Entries under `models`."""
        found = at(body, "models")
        return (found if isinstance(found, list) else None), text_at(body, "next_page_token")

    def chat_request(self, endpoint: Endpoint, chat: ChatRequest) -> Request:
        """One user message; a tool cannot be asked for by its name, only required."""
        body: dict[str, object] = {
            "model": chat.model,
            "messages": [{"role": "user", "content": chat.prompt}],
            "max_tokens": chat.cap,
            "stream": chat.stream,
        }
        if chat.temperature is not None:
            body["temperature"] = chat.temperature
        if chat.tools:
            body["tools"] = [{"type": "function", "function": function_of(tool)} for tool in chat.tools]
            if chat.tool_choice != "auto":
                body["tool_choice"] = "REQUIRED"
        if chat.output:
            form: dict[str, object] = {"type": "json_object"}
            if isinstance(chat.output, JsonSchema):
                form["json_schema"] = dict(chat.output.schema)
            body["response_format"] = form
        return Request("POST", below(endpoint, "chat"), json=body, stream=chat.stream)

    def read_whole(self, body: Json, reply: Assembly) -> None:
        """The message's content and tool calls."""
        message = at(body, "message")
        reply.recognised = isinstance(message, dict)
        for part in items_at(message, "content"):
            reply.content(text_at(part, "text") or "")
            reply.reasoning(text_at(part, "thinking") or "")
        for index, call in enumerate(items_at(message, "tool_calls")):
            self._call(index, call, reply)
        self._end(body, reply)

    def read_event(self, name: str, body: Json, reply: Assembly) -> None:
        """One event; what it brings stands in its delta."""
        kind = text_at(body, "type") or name
        message = at(body, "delta", "message")
        if kind == "message-start":
            reply.recognised = True
        elif kind in ("content-start", "content-delta"):
            reply.content(text_at(message, "content", "text") or "")
            reply.reasoning(text_at(message, "content", "thinking") or "")
        elif kind in ("tool-call-start", "tool-call-delta"):
            self._call(count_at(body, "index") or 0, at(message, "tool_calls"), reply)
        elif kind == "message-end":
            reply.terminal = True
            self._end(at(body, "delta"), reply)

    def embed_request(self, endpoint: Endpoint, model: str, inputs: Sequence[str]) -> Request:
        """Embeddings of some texts, as floating-point numbers."""
        body = {"model": model, "texts": list(inputs), "input_type": "search_document"}
        return Request("POST", below(endpoint, "embed"), json=body | {"embedding_types": ["float"]})

    def read_vectors(self, body: Json) -> list[Json]:
        """The floating-point vectors."""
        return items_at(body, "embeddings", "float")

    def _call(self, index: int, call: object, reply: Assembly) -> None:
        """A tool call, or the next fragment of its arguments."""
        reply.call(
            index,
            name=text_at(call, "function", "name") or "",
            id=text_at(call, "id"),
            fragment=text_at(call, "function", "arguments") or "",
        )

    def _end(self, body: object, reply: Assembly) -> None:
        """Why it ended, and what it took."""
        if reason := text_at(body, "finish_reason"):
            reply.finished(reason)
        reply.count("input", count_at(body, "usage", "tokens", "input_tokens"))
        reply.count("output", count_at(body, "usage", "tokens", "output_tokens"))
