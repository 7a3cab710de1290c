"""What went wrong in the made-up thirty days: outages, limits and refusals, as data."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

SILENT_DAYS = frozenset({5, 18, 19})
"""Days ago on which nothing was verified."""

CUT_SHORT = {4: "cancelled", 12: "interrupted"}
"""Days ago on which the night's run did not come to its end, and how that is called."""

FULL_DAYS = frozenset({0, 7, 14, 21, 28})
"""Days ago on which a person had everything verified in full."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that hit a share of a provider's probes from `first` days ago until `last` days ago.

    `models` is the start of the names it is about, `tests` the probes; a None for `status` only slows.
    """

    provider: str
    first: int
    last: int
    status: str | None
    outcome: str = "ok"
    http_status: int | None = None
    share: float = 1.0
    models: str = ""
    tests: tuple[str, ...] = ("chat", "tools", "json", "embeddings")
    slower: float = 1.0
    reply: str = ""


EVENTS = (
    Event("Anthropic", 16, 16, "error", "server", 529, 0.5, reply="Overloaded"),
    Event("Anthropic", 30, 0, "partial", "ok", 200, 0.2, "claude-3-haiku", reply="one two three four six"),
    Event("Cohere", 6, 6, "blocked", "auth", 401, reply="invalid api token"),
    Event("DeepSeek", 21, 20, "error", "timeout", None, reply="no answer within 60 s"),
    Event("DeepSeek", 10, 3, None, share=0.6, slower=3.0),
    Event("DeepSeek", 3, 0, "fail", "protocol", 200, models="deepseek-coder", reply="0 0 0 0 0 0 0"),
    Event("DeepSeek", 3, 0, "error", "server", 503, 0.97, reply="Service is too busy"),
    Event("Fireworks AI", 25, 24, "fail", "too_large", 413, models="accounts/fireworks/models/llama-4-s"),
    Event("Google", 30, 0, "skipped", "not_chat", None, models="gemini-2.5-flash-image"),
    Event("Google", 14, 14, "error", "server", 500, 0.6, reply="Internal error encountered"),
    Event("Google", 2, 2, "blocked", "rate", 429, 0.5, reply="Resource has been exhausted"),
    Event("Groq", 6, 6, "blocked", "daily", 429, 0.5, reply="tokens per day: limit reached"),
    Event("Groq", 30, 0, "error", "protocol", 200, 0.12, "meta-llama/llama-4", reply="stream cut"),
    Event("Groq", 0, 0, "fail", "protocol", 200, 1.0, "qwen/qwen3-32b", ("json", "chat"), reply="cut"),
    Event("Mistral", 30, 0, "unsupported", "params", 400, models="pixtral", tests=("tools",)),
    Event("Mistral", 30, 0, "fail", "params", 422, models="magistral-small", reply="Extra inputs"),
    Event("Mistral", 4, 0, None, slower=4.5),
    Event("OpenAI", 11, 11, "blocked", "rate", 429, 0.5, reply="Rate limit reached"),
    Event("OpenAI", 30, 0, "blocked", "denied", 403, models="o3-pro", reply="model_not_available"),
    Event("OpenAI", 8, 0, "fail", "missing", 404, models="gpt-4-turbo", reply="The model does not exist"),
    Event("OpenAI", 30, 0, "partial", "ok", 200, 0.7, "gpt-3.5", ("tools", "json"), reply='{"city": "Paris"'),
    Event("OpenRouter", 17, 17, "error", "edge", 403, 0.6, reply="<html>Attention required"),
    Event("OpenRouter", 30, 0, None, share=0.25, slower=2.5),
    Event("xAI", 9, 8, "blocked", "funds", 402, reply="Your team has run out of credits"),
)
"""Everything that went wrong; where two fit, the first that strikes counts."""


def events_on(provider: str, day: int, model_id: str, test: str) -> Iterator[Event]:
    """The events a probe may run into, so many days ago."""
    for event in EVENTS:
        on_time = event.last <= day <= event.first
        about = event.provider == provider and model_id.startswith(event.models) and test in event.tests
        if on_time and about:
            yield event


def struck(provider: str, day: int, model_id: str, test: str, chance: random.Random) -> Event | None:
    """The event that hits this probe, if any does."""
    return next(
        (event for event in events_on(provider, day, model_id, test) if chance.random() < event.share), None
    )
