"""The dialect of OpenAI, spoken by most providers, gateways and local servers."""

from collections.abc import Mapping, Sequence

from tui_registry.endpoint import Endpoint
from tui_registry.wire.assembly import Assembly
from tui_registry.wire.exchange import ChatRequest, Json, JsonSchema, Tool
from tui_registry.wire.plainjson import at, count_at, is_object, items_at, text_at
from tui_registry.wire.request import Request, below


class OpenAI:
    """Chat completions, model list and embeddings below the base URL."""

    proof_query = ""

    def list_request(self, endpoint: Endpoint, cursor: str | None) -> Request:
        """The whole list; it has no pages."""
        return Request("GET", below(endpoint, "models"))

    def read_list(self, body: Json) -> tuple[list[Json] | None, str | None]:
        """Entries under `data`, under `models`, or bare."""
        for found in (body, at(body, "data"), at(body, "models")):
            if isinstance(found, list):
                return found, None
        return None, None

    def chat_request(self, endpoint: Endpoint, chat: ChatRequest) -> Request:
        """One user message."""
        body: dict[str, object] = {
            "model": chat.model,
            "messages": [{"role": "user", "content": chat.prompt}],
            chat.cap_name: chat.cap,
        }
        if chat.stream:
            body["stream"] = True
            if chat.stream_usage:
                body["stream_options"] = {"include_usage": True}
        if chat.temperature is not None:
            body["temperature"] = chat.temperature
        if chat.tools:
            body["tools"] = [{"type": "function", "function": function_of(tool)} for tool in chat.tools]
            named = {"type": "function", "function": {"name": chat.tools[0].name}}
            body["tool_choice"] = named if chat.tool_choice == "named" else chat.tool_choice
        if isinstance(chat.output, JsonSchema):
            schema = {"name": chat.output.name, "strict": True, "schema": dict(chat.output.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif chat.output:
            body["response_format"] = {"type": "json_object"}
        return Request("POST", below(endpoint, "chat/completions"), json=body, stream=chat.stream)

    def read_whole(self, body: Json, reply: Assembly) -> None:
        """The first choice's message."""
        self._read(body, "message", reply)

    def read_event(self, name: str, body: Json, reply: Assembly) -> None:
        """One chunk; the usage chunk has no choices."""
        self._read(body, "delta", reply)

    def embed_request(self, endpoint: Endpoint, model: str, inputs: Sequence[str]) -> Request:
        """Embeddings of some texts."""
        return Request("POST", below(endpoint, "embeddings"), json={"model": model, "input": list(inputs)})

    def read_vectors(self, body: Json) -> list[Json]:
        """The vectors in the order of their index."""
        rows = items_at(body, "data")
        if all(count_at(row, "index") is not None for row in rows):
            rows = sorted(rows, key=lambda row: count_at(row, "index") or 0)
        return [vector for row in rows if isinstance(vector := at(row, "embedding"), (list, str))]

    def _read(self, body: Json, part: str, reply: Assembly) -> None:
        """A chunk or a whole answer: both hold choices, usage and the served model."""
        # plain steps instead of paths: a run reads tens of thousands of chunks
        if not is_object(body):
            return
        choices = body.get("choices")
        if isinstance(choices, list):
            reply.recognised |= bool(choices) or part == "delta"
            choice = choices[0] if choices else None
            if is_object(choice):
                message = choice.get(part) or choice.get("message")
                if is_object(message):
                    self._read_message(message, reply)
                if reason := text_at(choice, "finish_reason"):
                    reply.finished(reason)
        if isinstance(model := body.get("model"), str) and model:
            reply.model_served = model
        if body.get("usage") or "x_groq" in body:
            self._read_usage(body, reply)

    def _read_message(self, message: Mapping[str, Json], reply: Assembly) -> None:
        """What a message or a part of one says: reasoning, answer, refusal, tool calls."""
        content = message.get("content")
        parts = content if isinstance(content, list) else []
        reply.reasoning(_reasoning(message, parts))
        if parts:
            reply.content("".join(text_at(part, "text") or "" for part in parts))
        elif isinstance(content, str):
            reply.content(content)
        if "refusal" in message:
            reply.content(text_at(message, "refusal") or "")
        if "tool_calls" in message:
            self._read_calls(message, reply)

    def _read_calls(self, message: Mapping[str, Json], reply: Assembly) -> None:
        """Tool calls, whole or in fragments."""
        for position, call in enumerate(items_at(message, "tool_calls")):
            arguments = at(call, "function", "arguments")
            index = count_at(call, "index")
            reply.call(
                position if index is None else index,
                name=text_at(call, "function", "name") or "",
                id=text_at(call, "id"),
                fragment=arguments if isinstance(arguments, str) else "",
                whole=arguments if isinstance(arguments, dict) else None,
            )

    def _read_usage(self, body: object, reply: Assembly) -> None:
        """Token counts, and the cost where the gateway states it."""
        usage = at(body, "usage") or at(body, "x_groq", "usage")
        reply.count("input", count_at(usage, "prompt_tokens"))
        reply.count("output", count_at(usage, "completion_tokens"))
        reply.count("reasoning", count_at(usage, "completion_tokens_details", "reasoning_tokens"))
        cost = at(usage, "cost")
        reply.cost = cost if isinstance(cost, (int, float, str)) else reply.cost


def function_of(tool: Tool) -> dict[str, object]:
    """A tool as a function declaration."""
    return {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}


def _reasoning(message: Mapping[str, Json], parts: Sequence[Json]) -> str:
    """The reasoning in the first place that holds any: a text, details, or parts of the content."""
    for place in ("reasoning_content", "reasoning"):
        if isinstance(text := message.get(place), str) and text:
            return text
    if "reasoning_details" in message:
        details = items_at(message, "reasoning_details")
        return "".join(text_at(each, "text") or text_at(each, "summary") or "" for each in details)
    thoughts = [thought for part in parts for thought in items_at(part, "thinking")]
    return "".join(text_at(thought, "text") or "" for thought in thoughts)
