"""What each form asks for: its fields as data, drawn by the one form."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from tui_registry.fields import Count, Flag, Price, Text, echo_count, likelier_price
from tui_registry.store.record import Column, Record
from tui_registry.store.tables import Model, Provider
from tui_registry.ui.forms.form_values import ON, Field

DIALECTS = (("openai", "OpenAI-compatible"), ("anthropic", "Anthropic messages"), ("gemini", "Gemini"))

FLAGS = (("", "unknown"), ("true", "yes"), ("false", "no"))


def form_fields(record: type[Record], *names: str) -> list[Field]:
    """A form's rows for these fields of a record, or for all that a person states, in the order given."""
    columns = record.columns()
    return [_row(name, columns[name]) for name in names or record.entered()]


def _row(name: str, column: Column[Any]) -> Field:
    """How one declared field is asked for."""
    kind = column.kind
    shape: Literal["text", "lines", "choice"] = "text"
    options: Sequence[tuple[str, str]] = ()
    if isinstance(kind, Text) and kind.lines:
        shape = "lines"
    elif isinstance(kind, Flag):
        shape, options = "choice", FLAGS
    return Field(
        name,
        column.label,
        shape,
        required=column.is_needed or kind.starts_as != "",
        hint=column.help or kind.unit,
        options=options,
        echo=echo_count if isinstance(kind, Count) else None,
        fix=likelier_price if isinstance(kind, Price) else None,
    )


def provider_fields(*, custom: bool = False) -> list[Field]:
    """A provider's own facts; a custom one also says which dialect it speaks."""
    name, endpoint, website, notes = form_fields(Provider, "name", "endpoint", "website", "description")
    if not custom:
        return [name, endpoint, website, notes]
    dialect = Field("dialect", "API type", "choice", options=DIALECTS)
    return [replace(name, hint="a name you choose"), endpoint, dialect, website, notes]


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
    return form_fields(
        Model, "model_id", "name", "max_input_tokens", "max_output_tokens", "supports_streaming",
        "supports_reasoning", "version", "architecture", "description",
    )  # fmt: skip
