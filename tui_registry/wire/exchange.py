"""What is asked of a provider and what came back: the types that the rooms above the wire work with.

Nothing in these types holds the key: all text in them is redacted, then cleaned, then cut.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from tui_registry.endpoint import Endpoint
from tui_registry.text import Secret

Outcome = Literal[
    "ok", "auth", "funds", "denied", "edge", "missing", "rate", "daily", "params",
    "too_large", "unsupported", "server", "timeout", "protocol",
]  # fmt: skip
"""What one request came to; everything but `ok` says who is to blame and whether to try again."""

RETRIED: frozenset[Outcome] = frozenset({"rate", "server", "timeout", "protocol"})
"""Outcomes that another attempt may change."""

Metric = Literal["requests", "tokens", "input_tokens", "output_tokens"]
Window = Literal["second", "minute", "hour", "day"]
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Target:
    """One provider as the wire sees it: where, in which dialect, with which key."""

    endpoint: Endpoint
    dialect: str = "openai"
    """`openai`, `anthropic`, `gemini` or `cohere`."""
    auth: str = "bearer"
    """`bearer`, `x-api-key`, `x-goog-api-key`, `api-key` or `api-key-scheme`."""
    secret: Secret | None = None
    limit_headers: str | None = None
    """The family of limit headers, as the known provider names it; None reads no window into a name."""
    consented_host: str | None = None
    """The host that a key may reach unencrypted: the host of the sealed origin, or None."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds until a connection, between two reads, and for the whole request including its body."""

    connect: float = 10.0
    gap: float = 30.0
    total: float = 60.0


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that one answer may cost."""

    body: int = 8 << 20
    """Bytes of one body after inflation; of a whole paged list twice as many."""
    line: int = 256 << 10
    """Bytes of one line or event of a stream."""
    events: int = 20_000
    pages: int = 20
    models: int = 20_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts as the provider reported them; None where it did not."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class LimitSeen:
    """One limit read from response headers."""

    metric: Metric
    window: Window | None
    """None when neither the header nor the provider's family says which."""
    limit: int | None
    remaining: int | None
    reset_at: datetime | None
    header: str
    """The headers as received, `name: value` joined by `; `."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Everything about one request and its answer."""

    method: str
    url: str
    """Without query."""
    started_at: datetime
    outcome: Outcome
    status: int | None = None
    """The HTTP status; None when no answer began."""
    reason: str | None = None
    """The provider's own code, type or status word, or one of ours: `connect`, `gap`, `total`, `unreachable`,
    `tls`, `proxy`, `cut`, `redirect`, `oversized`, `encoding`, `json`, `shape`, `stream`, `empty`."""
    message: str | None = None
    """Our sentence, at most 500 characters; None when the outcome is `ok`."""
    retry_after: float | None = None
    """Seconds the provider asked to wait."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The headers worth keeping, by lower-case name."""
    request_body: str | None = None
    """At most 2 KB."""
    head: str = ""
    """The first 3 KB of the decoded body."""
    tail: str = ""
    """The last 1 KB of a body that is longer than `head`."""
    length: int = 0
    """Bytes of the decoded body that were read."""
    sha256: str | None = None
    """Hex digest of those bytes; None when there were none."""
    chunks: int = 0
    """Network reads that brought body bytes."""
    connect_ms: float | None = None
    """None when an open connection was used again."""
    first_byte_ms: float | None = None
    """Until the headers were complete."""
    total_ms: float = 0.0
    usage: Usage = Usage()
    cost: Decimal | None = None
    """USD, only when the provider reported it."""
    cost_source: str | None = None
    """`usage.cost` or the header's name."""
    model_served: str | None = None
    finish_reason: str | None = None
    limits: tuple[LimitSeen, ...] = ()
    body: Json = field(default=None, repr=False)
    """The parsed JSON body of an answer that was no stream; its strings are redacted but not cleaned."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function offered to the model; `parameters` is its JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """A strict schema the answer has to follow."""

    name: str
    schema: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One prompt and how the answer is wanted; the dialect writes it in the provider's words."""

    model: str
    prompt: str
    cap: int
    """Output tokens at most."""
    stream: bool = False
    stream_usage: bool = True
    """Ask an openai server for the usage chunk of a stream."""
    cap_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """How an openai server wants the cap to be called."""
    temperature: float | None = None
    tools: tuple[Tool, ...] = ()
    tool_choice: Literal["auto", "required", "named"] = "auto"
    """`named` asks for the first tool by its name."""
    output: JsonSchema | Literal["json_object"] | None = None
    """Structured output: by schema, or just any JSON object."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the model made; `arguments` is a string of JSON, or an object where the dialect sends one."""

    name: str
    arguments: Json
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds after the request was handed to the client; None for what did not happen."""

    first_token: float | None = None
    """The first non-empty content, reasoning or tool fragment (TTFT)."""
    first_answer: float | None = None
    """The first non-empty content that is no reasoning (TTFO)."""
    last_token: float | None = None
    """The last token, of any kind."""
    finish: float | None = None
    """The chunk with the finish reason; a terminal event after it does not count."""
    end: float = 0.0
    """The end of the body."""


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What the model said, and how it arrived."""

    exchange: Exchange
    text: str = ""
    """The answer without its reasoning, redacted, not cleaned."""
    reasoning_text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None
    streamed: bool = False
    """Whether the answer came as an event stream."""
    clean_end: bool = False
    """Whether a finish reason or the terminal event came; always so for a whole JSON answer."""
    events: int = 0
    content_chunks: int = 0
    """Events that brought content or reasoning."""
    timings: Timings = Timings()
    keeps_cap: bool = True
    """Whether it ended by the output tokens it was given; a stream that does not is not read to its end."""


@dataclass(frozen=True, slots=True)
class EmbedReply:
    """Embedding vectors in the order of the inputs; empty unless every one is a list of finite numbers."""

    exchange: Exchange
    vectors: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One model as the provider's list describes it; None is what the list does not say. Prices per token."""

    id: str
    name: str | None = None
    description: str | None = None
    owner: str | None = None
    mode: str | None = None
    """`chat`, `embedding` or the provider's own lower-case word for another kind."""
    architecture: str | None = None
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
    supports_streaming: bool | None = None
    supports_reasoning: bool | None = None
    supports_tools: bool | None = None
    supports_json: bool | None = None
    input_price: Decimal | None = None
    output_price: Decimal | None = None
    cache_read_price: Decimal | None = None
    cache_write_price: Decimal | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    created: str | None = None
    """ISO date."""
    retires: str | None = None
    """ISO date on which the provider says it stops serving the model."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A provider's model list, and the exchange of its last page."""

    exchange: Exchange
    models: tuple[ListedModel, ...] = ()
    """Without duplicates; meaningful only when `exchange.outcome` is `ok`."""
    notes: tuple[str, ...] = ()
    """Sentences about entries that were left out."""
    pages: int = 0
