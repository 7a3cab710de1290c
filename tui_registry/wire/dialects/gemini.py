"""The dialect of Google's Gemini API."""

from collections.abc import Sequence
from urllib.parse import quote

from tui_registry.endpoint import Endpoint
from tui_registry.wire.assembly import Assembly
from tui_registry.wire.dialects.openai import function_of
from tui_registry.wire.exchange import ChatRequest, Json, JsonSchema
from tui_registry.wire.plainjson import at, count_at, items_at, text_at
from tui_registry.wire.request import Request, below


class Gemini:
    """Content, a paged model list and batched embeddings below the base URL, which ends in /v1beta."""

    proof_query = "pageSize=1"

    def list_request(self, endpoint: Endpoint, cursor: str | None) -> Request:
        """Up to a thousand models of the page the token names."""
        page = f"&pageToken={quote(cursor, safe='')}" if cursor else ""
        return Request("GET", below(endpoint, "models"), query=f"pageSize=1000{page}")

    def read_list(self, body: Json) -> tuple[list[Json] | None, str | None]:
        """Entries under `models`; their names lose the `models/` in front."""
        found = at(body, "models")
        if not isinstance(found, list):
            return None, None
        entries: list[Json] = []
        for entry in found:
            name = text_at(entry, "name")
            if isinstance(entry, dict) and name:
                shown = entry.get("displayName")
                entry = entry | {"id": name.removeprefix("models/"), "name": shown}
            entries.append(entry)
        return entries, text_at(body, "nextPageToken")

    def chat_request(self, endpoint: Endpoint, chat: ChatRequest) -> Request:
        """One user turn."""
        settings: dict[str, object] = {"maxOutputTokens": chat.cap}
        if chat.temperature is not None:
            settings["temperature"] = chat.temperature
        if chat.output:
            settings["responseMimeType"] = "application/json"
        if isinstance(chat.output, JsonSchema):
            settings["responseJsonSchema"] = dict(chat.output.schema)
        body: dict[str, object] = {
            "contents": [{"role": "user", "parts": [{"text": chat.prompt}]}],
            "generationConfig": settings,
        }
        if chat.tools:
            body["tools"] = [{"functionDeclarations": [function_of(tool) for tool in chat.tools]}]
            calling: dict[str, object] = {"mode": "AUTO" if chat.tool_choice == "auto" else "ANY"}
            if chat.tool_choice == "named":
                calling["allowedFunctionNames"] = [chat.tools[0].name]
            body["toolConfig"] = {"functionCallingConfig": calling}
        verb = "streamGenerateContent" if chat.stream else "generateContent"
        url = below(endpoint, f"{_path(chat.model)}:{verb}")
        return Request("POST", url, "alt=sse" if chat.stream else "", body, stream=chat.stream)

    def read_whole(self, body: Json, reply: Assembly) -> None:
        """The first candidate's parts."""
        candidate = at(body, "candidates", 0)
        reply.recognised |= candidate is not None or at(body, "promptFeedback") is not None
        reply.model_served = text_at(body, "modelVersion") or reply.model_served
        for part in items_at(candidate, "content", "parts"):
            text = text_at(part, "text") or ""
            (reply.reasoning if at(part, "thought") is True else reply.content)(text)
            if (name := text_at(part, "functionCall", "name")) is not None:
                arguments = at(part, "functionCall", "args")
                whole = arguments if isinstance(arguments, dict) else {}
                reply.call(len(reply.calls()), name=name, whole=whole)
        if reason := text_at(candidate, "finishReason") or text_at(body, "promptFeedback", "blockReason"):
            reply.finished(reason)
        usage = at(body, "usageMetadata")
        thoughts = count_at(usage, "thoughtsTokenCount")
        answer = count_at(usage, "candidatesTokenCount")
        reply.count("input", count_at(usage, "promptTokenCount"))
        reply.count("reasoning", thoughts)
        if answer is not None or thoughts is not None:
            reply.count("output", (answer or 0) + (thoughts or 0))

    def read_event(self, name: str, body: Json, reply: Assembly) -> None:
        """An event is a whole answer that holds the next parts."""
        self.read_whole(body, reply)

    def embed_request(self, endpoint: Endpoint, model: str, inputs: Sequence[str]) -> Request:
        """Embeddings of some texts in one batch."""
        path = _path(model)
        asked = [{"model": path, "content": {"parts": [{"text": text}]}} for text in inputs]
        return Request("POST", below(endpoint, f"{path}:batchEmbedContents"), json={"requests": asked})

    def read_vectors(self, body: Json) -> list[Json]:
        """The values of each embedding."""
        return [at(row, "values") for row in items_at(body, "embeddings")]  # type: ignore[misc]


def _path(model: str) -> str:
    """A model's resource path; no id can leave its segment."""
    kind, slash, rest = model.partition("/")
    if slash and kind in ("models", "tunedModels"):
        return f"{kind}/{quote(rest, safe='')}"
    return f"models/{quote(model, safe='')}"
