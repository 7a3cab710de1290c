"""What each form asks for: its fields as data, drawn by the one form."""

from collections.abc import Mapping, Sequence

from tui_registry.money import looks_off, parse_count, parse_price, show_amount, show_count
from tui_registry.ui.forms.form_values import ON, Field

DIALECTS = (("openai", "OpenAI-compatible"), ("anthropic", "Anthropic messages"), ("gemini", "Gemini"))

FLAGS = (("", "unknown"), ("true", "yes"), ("false", "no"))

PRICE_HINT = "per 1M tokens"
UNKNOWN_HINT = "empty = unknown"


def echo_count(text: str) -> str:
    """How a written count is read, e.g. `= 128,000`; nothing for text that is no count."""
    try:
        count = parse_count(text)
    except ValueError:
        return ""
    return "" if count is None else f"= {show_count(count)}"


def likelier_price(text: str) -> str | None:
    """Another reading of a price that is far out, as it would be typed."""
    try:
        price = parse_price(text)
    except ValueError:
        return None
    doubt = None if price is None else looks_off(price)
    return None if doubt is None or doubt.reading is None else show_amount(doubt.reading.scaleb(6))


def provider_fields(*, custom: bool = False) -> list[Field]:
    """A provider's own facts; a custom one also says which dialect it speaks."""
    dialect = [Field("dialect", "API type", "choice", options=DIALECTS)] if custom else []
    return [
        Field(
            "name", "Name", required=True, hint="a name you choose" if custom else "a known provider's name"
        ),
        Field("endpoint", "Base URL", required=True),
        *dialect,
        Field("website", "Website"),
        Field("description", "Notes", "lines"),
    ]


def key_fields(variable: str | None, *, local: bool = False) -> list[Field]:
    """An API key, and the offer to take it over from a variable that is set."""
    typed = Field(
        "api_key", "API key", "secret", required=variable is None, hint="sealed when saved", local=local
    )
    if variable is None:
        return [typed]
    return [Field("from_env", f"Take it over from ${variable}", "check"), typed]


def key_values(variable: str | None) -> Mapping[str, str]:
    """What a key form starts with: the offer taken, nothing typed."""
    return {"from_env": ON} if variable else {}


def model_fields() -> list[Field]:
    """A model's own facts."""
    return [
        Field("model_id", "Model id", required=True, hint="as its API names it"),
        Field("name", "Name", hint="empty = the model id"),
        Field("max_input_tokens", "Context", hint="128k, 1M, 200_000", echo=echo_count),
        Field("max_output_tokens", "Output", hint="8k; empty = unknown", echo=echo_count),
        Field("supports_streaming", "Streaming", "choice", options=FLAGS),
        Field("supports_reasoning", "Reasoning", "choice", options=FLAGS),
        Field("version", "Version"),
        Field("architecture", "Architecture"),
        Field("description", "Notes", "lines"),
    ]


def _price(name: str, label: str, *, required: bool = False, hint: str = PRICE_HINT) -> Field:
    return Field(name, label, required=required, hint=hint, fix=likelier_price)


def pricing_fields() -> list[Field]:
    """A provider's default price."""
    return [
        _price("input_price_per_token", "Input", required=True),
        _price("output_price_per_token", "Output", required=True),
        Field("currency", "Currency", required=True, hint="three letters, e.g. USD"),
    ]


def model_pricing_fields() -> list[Field]:
    """A model's own price; an empty price does not apply to the model."""
    return [
        _price("input_price_per_token", "Input"),
        _price("output_price_per_token", "Output"),
        _price("cache_read_price_per_token", "Cached read", hint="empty = does not apply"),
        _price("cache_write_price_per_token", "Cache write", hint="empty = does not apply"),
        Field("currency", "Currency", required=True, hint="three letters, e.g. USD"),
    ]


def limits_fields() -> Sequence[Field]:
    """A provider's rate limits."""
    return [
        Field("requests_per_minute", "Requests / min", hint="60, 1.5k, 2M", echo=echo_count),
        Field("requests_per_hour", "Requests / hour", hint=UNKNOWN_HINT, echo=echo_count),
        Field("tokens_per_minute", "Tokens / min", hint=UNKNOWN_HINT, echo=echo_count),
        Field("tokens_per_hour", "Tokens / hour", hint=UNKNOWN_HINT, echo=echo_count),
    ]
