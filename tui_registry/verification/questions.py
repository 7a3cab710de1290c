"""What each probe asks: prompts, tools, schemas, and the most it may cost in tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Literal

from tui_registry.verification.suites import Probe
from tui_registry.wire import ChatRequest, JsonSchema, Tool

WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
"""What the chat probe asks for, in order."""

CHAT_CAP = 128
REASONING_CAP = 1024
"""Output tokens for a model that reasons, which uses up most of them unseen."""

BENCHMARK_CALLS = 5
EMBEDDING_INPUTS = ("alpha", "omega")
TOOL = Tool(
    "get_weather",
    "Get the present weather of a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The city's name."}},
        "required": ["city"],
        "additionalProperties": False,
    },
)
SCHEMA = JsonSchema(
    "city",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}, "population": {"type": "integer"}},
        "required": ["city", "population"],
        "additionalProperties": False,
    },
)

_COUNT = (
    "Write the numbers from one to twenty as English words, in order, separated by spaces."
    " Output nothing else."
)
_WEATHER = "What is the weather in Paris? Use the tool."
POPULATION = 2_100_000
_CITY = f"Give city Paris and population {POPULATION} as JSON."
_STORY = "Describe in about 200 words how a letter travels from a mailbox to its reader."


@dataclass(frozen=True, slots=True)
class Size:
    """Tokens one call may take at most: `given` holds room for what a provider adds to a prompt."""

    given: int
    cap: int


_GIVEN: dict[Probe, int] = {"chat": 96, "tools": 640, "json": 320, "embeddings": 16, "benchmark": 96}
_CAPS: dict[Probe, int] = {"chat": CHAT_CAP, "tools": 256, "json": 128, "embeddings": 0, "benchmark": 400}


def size(probe: Probe, reasons: bool) -> Size:
    """What one call of a probe may take; a model that reasons gets room for it."""
    cap = _CAPS[probe]
    return Size(_GIVEN[probe], max(cap, REASONING_CAP) if reasons and cap else cap)


def calls(probe: Probe) -> int:
    """How many paid calls a probe makes when nothing goes wrong."""
    return BENCHMARK_CALLS if probe == "benchmark" else 1


def chat_request(probe: Probe, model_id: str, cap: int, quirks: Mapping[str, str]) -> ChatRequest:
    """The request of a chat-like probe, as this model must be asked."""
    return ChatRequest(
        model=model_id,
        prompt=_prompt(probe),
        cap=cap,
        stream=probe in ("chat", "benchmark") and quirks.get("stream") != "no",
        stream_usage=quirks.get("stream_usage") != "no",
        cap_name="max_completion_tokens"
        if quirks.get("cap_name") == "max_completion_tokens"
        else "max_tokens",
        tools=(TOOL,) if probe == "tools" else (),
        tool_choice=_tool_choice(quirks) if probe == "tools" else "auto",
        output=_output(quirks) if probe == "json" else None,
    )


def _prompt(probe: Probe) -> str:
    if probe == "benchmark":
        # a first line that never comes again, so that no cache answers
        return f"Reference {token_hex(6)}.\n{_STORY}"
    return {"tools": _WEATHER, "json": _CITY}.get(probe, _COUNT)


def _tool_choice(quirks: Mapping[str, str]) -> Literal["auto", "required", "named"]:
    choice = quirks.get("tool_choice")
    return "auto" if choice == "auto" else "named" if choice == "named" else "required"


def _output(quirks: Mapping[str, str]) -> JsonSchema | Literal["json_object"]:
    return "json_object" if quirks.get("json") == "json_object" else SCHEMA
