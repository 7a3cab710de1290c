"""The providers of the made-up registry and how each behaves; no host of theirs exists."""

from dataclasses import dataclass
from typing import Literal

KeyStory = Literal["none", "unchecked", "checked", "damaged"]

NOTES = "Made up for the demo: no price, limit or result here is real."


@dataclass(frozen=True, slots=True)
class Plan:
    """A provider of the demo.

    `price` is its default in USD per 1M tokens as `input output`, `limits` are requests and tokens, each
    per minute and per hour, as a person writes them. Of its models the first `watched` are verified every
    night, from 30 days ago until `watched_until` days ago. Times are in ms, `speed` in tokens per second.
    """

    name: str
    endpoint: str
    notes: str = NOTES
    key: KeyStory = "checked"
    price: str | None = None
    limits: tuple[str, str, str, str] | None = None
    watched: int = 0
    watched_until: int = 0
    first_token: float = 500.0
    speed: float = 80.0


PLANS = (
    Plan(
        "Anthropic",
        "https://api.anthropic.example/v1",
        f"{NOTES}\nTeam key, rotate every 90 days. Owner: platform-ml",
        limits=("4,000", "", "2M", ""),
        watched=8,
        first_token=620,
        speed=72,
    ),
    Plan(
        "Cohere",
        "https://api.cohere.example/v2",
        limits=("500", "", "", ""),
        watched=6,
        watched_until=6,
        first_token=480,
        speed=64,
    ),
    Plan(
        "DeepSeek",
        "https://api.deepseek.example",
        price="0.3 0.5",
        watched=4,
        first_token=1_400,
        speed=34,
    ),
    Plan(
        "Fireworks AI",
        "https://api.fireworks.example/inference/v1",
        price="0.9 0.9",
        limits=("600", "", "", "20M"),
        watched=6,
        watched_until=12,
        first_token=330,
        speed=140,
    ),
    Plan(
        "Google",
        "https://generativelanguage.googleapis.example/v1beta",
        limits=("1,000", "", "4M", ""),
        watched=10,
        first_token=560,
        speed=150,
    ),
    Plan(
        "Groq",
        "https://api.groq.example/openai/v1",
        f"{NOTES}\nFree tier; the daily limit is reached on busy days.",
        limits=("30", "1,000", "6k", "360k"),
        watched=9,
        first_token=160,
        speed=420,
    ),
    Plan(
        "Mistral",
        "https://api.mistral.example/v1",
        price="0.4 1.2",
        limits=("300", "", "2M", ""),
        watched=10,
        first_token=420,
        speed=95,
    ),
    Plan("Ollama", "http://localhost:11434/v1", key="none", price="free free"),
    Plan(
        "OpenAI",
        "https://api.openai.example/v1",
        f"{NOTES}\nProject key with a monthly budget of 400 USD.",
        limits=("10k", "", "30M", ""),
        watched=15,
        first_token=540,
        speed=98,
    ),
    Plan(
        "OpenRouter",
        "https://openrouter.example/api/v1",
        limits=("200", "", "", ""),
        watched=8,
        first_token=780,
        speed=70,
    ),
    Plan(
        "Together AI",
        "https://api.together.example/v1",
        "New account, still to be tried. " + NOTES,
        key="unchecked",
        price="0.6 0.6",
    ),
    Plan(
        "xAI",
        "https://api.x.example/v1",
        key="damaged",
        watched=6,
        watched_until=3,
        first_token=690,
        speed=110,
    ),
)
"""The twelve providers, in the order of their names."""

GATEWAY = "https://llm-gateway.acme.example/fireworks/v1"
"""Where Fireworks AI was moved to without its key."""
