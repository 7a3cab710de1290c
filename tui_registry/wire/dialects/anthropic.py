"""The dialect of Anthropic's Messages API."""

from collections.abc import Sequence
from urllib.parse import quote

from tui_registry.endpoint import Endpoint
from tui_registry.wire.assembly import Assembly
from tui_registry.wire.exchange import ChatRequest, Json, JsonSchema
from tui_registry.wire.plainjson import at, count_at, items_at, text_at
from tui_registry.wire.request import Request, below

_HEADERS = {"anthropic-version": "2023-06-01"}
_CHOICES = {"auto": "auto", "required": "any", "named": "tool"}


class Anthropic:
    """Messages and a paged model list below the base URL, which ends in /v1."""

    proof_query = "limit=1"

    def list_request(self, endpoint: Endpoint, cursor: str | None) -> Request:
        """Up to a thousand models after the cursor."""
        after = f"&after_id={quote(cursor, safe='')}" if cursor else ""
        return Request("GET", below(endpoint, "models"), query=f"limit=1000{after}", headers=_HEADERS)

    def read_list(self, body: Json) -> tuple[list[Json] | None, str | None]:
        """Entries under `data`; `last_id` leads on while `has_more`."""
        found = at(body, "data")
        more = text_at(body, "last_id") if at(body, "has_more") is True else None
        if not isinstance(found, list):
            return None, None
        entries: list[Json] = [
            entry | {"max_output_tokens": entry.get("max_tokens")} if isinstance(entry, dict) else entry
            for entry in found
        ]
        return entries, more

    def chat_request(self, endpoint: Endpoint, chat: ChatRequest) -> Request:
        """One user message; any JSON object cannot be asked for, so only a schema is."""
        body: dict[str, object] = {
            "model": chat.model,
            "max_tokens": chat.cap,
            "messages": [{"role": "user", "content": chat.prompt}],
        }
        if chat.stream:
            body["stream"] = True
        if chat.temperature is not None:
            body["temperature"] = chat.temperature
        if chat.tools:
            body["tools"] = [
                {"name": tool.name, "description": tool.description, "input_schema": dict(tool.parameters)}
                for tool in chat.tools
            ]
            choice = {"type": _CHOICES[chat.tool_choice]}
            body["tool_choice"] = (
                choice | {"name": chat.tools[0].name} if chat.tool_choice == "named" else choice
            )
        if isinstance(chat.output, JsonSchema):
            schema = {"type": "json_schema", "schema": dict(chat.output.schema)}
            body["output_config"] = {"format": schema}
        return Request("POST", below(endpoint, "messages"), json=body, headers=_HEADERS, stream=chat.stream)

    def read_whole(self, body: Json, reply: Assembly) -> None:
        """The content blocks of a message."""
        blocks = at(body, "content")
        reply.recognised = isinstance(blocks, list)
        reply.model_served = text_at(body, "model")
        for index, block in enumerate(items_at(body, "content")):
            self._open(index, block, reply)
            if text_at(block, "type") == "tool_use":
                reply.call(index, whole=at(block, "input"))  # type: ignore[arg-type]
        self._usage(at(body, "usage"), reply)
        if reason := text_at(body, "stop_reason"):
            reply.finished(reason)

    def read_event(self, name: str, body: Json, reply: Assembly) -> None:
        """One event; its own type decides, not the name it came under."""
        kind = text_at(body, "type")
        index = count_at(body, "index") or 0
        if kind == "message_start":
            reply.recognised = True
            reply.model_served = text_at(body, "message", "model")
            self._usage(at(body, "message", "usage"), reply)
        elif kind == "content_block_start":
            self._open(index, at(body, "content_block"), reply)
        elif kind == "content_block_delta":
            reply.content(text_at(body, "delta", "text") or "")
            reply.reasoning(text_at(body, "delta", "thinking") or "")
            if fragment := text_at(body, "delta", "partial_json"):
                reply.call(index, fragment=fragment)
        elif kind == "message_delta":
            self._usage(at(body, "usage"), reply)
            if reason := text_at(body, "delta", "stop_reason"):
                reply.finished(reason)
        elif kind == "message_stop":
            reply.terminal = True

    def embed_request(self, endpoint: Endpoint, model: str, inputs: Sequence[str]) -> None:
        """There are no embeddings in this dialect."""

    def read_vectors(self, body: Json) -> list[Json]:
        """There are no embeddings in this dialect."""
        return []

    def _open(self, index: int, block: object, reply: Assembly) -> None:
        """A content block: empty at the start of a stream, complete in a whole answer."""
        kind = text_at(block, "type")
        if kind == "tool_use":
            reply.call(index, name=text_at(block, "name") or "", id=text_at(block, "id"))
        elif kind == "thinking":
            reply.reasoning(text_at(block, "thinking") or "")
        else:
            reply.content(text_at(block, "text") or "")

    def _usage(self, usage: object, reply: Assembly) -> None:
        """Counts are cumulative: the last one holds."""
        cached = (count_at(usage, f"cache_{kind}_input_tokens") or 0 for kind in ("read", "creation"))
        fresh = count_at(usage, "input_tokens")
        reply.count("input", None if fresh is None else fresh + sum(cached))
        reply.count("output", count_at(usage, "output_tokens"))
