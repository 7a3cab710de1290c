"""What a person or a file may put in: one draft per form, checked field by field, each refusal a sentence.

Field names are the data model's. Prices are kept in currency per token and written per 1M tokens.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from tui_registry import readers
from tui_registry.errors import InvalidInput
from tui_registry.money import exact, looks_off, per_million, show_amount, show_count
from tui_registry.text import looks_like_key

NAME_LENGTH = 256
KNOWN_NAME_LENGTH = 64
DESCRIPTION_LENGTH = 4000
SHORT_LENGTH = 128

KEY_IN_TEXT = "This looks like an API key. Keys belong into the API key form, where they are sealed."


ShortText = Annotated[str | None, BeforeValidator(readers.text("This text", SHORT_LENGTH))]
Description = Annotated[
    str | None, BeforeValidator(readers.text("The description", DESCRIPTION_LENGTH, lines=True))
]
Count = Annotated[int | None, BeforeValidator(readers.count())]
PerMinute = Annotated[int | None, BeforeValidator(readers.count("minute"))]
PerHour = Annotated[int | None, BeforeValidator(readers.count("hour"))]
Price = Annotated[float | None, BeforeValidator(readers.price)]
NeededPrice = Annotated[float, BeforeValidator(readers.needed_price)]
Flag = Annotated[bool | None, BeforeValidator(readers.flag)]
Currency = Annotated[str, BeforeValidator(readers.currency)]


class Draft(BaseModel):
    """A checked set of values for one record; what is not valid never becomes one."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    @classmethod
    def parse(cls, raw: Mapping[str, object]) -> Self:
        """The draft of texts or values by field; raises InvalidInput with a sentence for each bad field."""
        known = {name: raw[name] for name in cls.model_fields if name in raw}
        try:
            return cls.model_validate(known)
        except ValidationError as refusal:
            problems: dict[str, str] = {}
            for error in refusal.errors(include_input=False, include_url=False):
                field = str(error["loc"][0]) if error["loc"] else next(iter(cls.model_fields))
                reason = error.get("ctx", {}).get("error")
                title = cls.model_fields[field].title or field
                problems.setdefault(field, str(reason) if reason else f"{title} is needed.")
        raise InvalidInput(problems)

    def warnings(self) -> dict[str, str]:
        """What is allowed but worth a second look, by field."""
        found = {}
        for name, value in self:
            if isinstance(value, str) and looks_like_key(value):
                found[name] = KEY_IN_TEXT
            elif "price" in name and isinstance(value, float) and (doubt := looks_off(exact(value))):
                found[name] = doubt.sentence
        return found

    @classmethod
    def shown(cls, row: object) -> dict[str, str]:
        """The texts a form starts with, of a stored row or of none; parsed, they give the same values."""
        fields = cls.model_fields.items()
        return {
            name: _written(name, getattr(row, name, None if field.is_required() else field.default))
            for name, field in fields
        }


def _written(name: str, value: object) -> str:
    """One stored value as a form shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return show_count(value)
    if isinstance(value, float) and "price" in name:
        return show_amount(per_million(value))
    return str(value)


class ProviderDraft(Draft):
    """A provider's own facts; whether the name is known is the store's to say."""

    name: Annotated[str, BeforeValidator(readers.needed("Name", readers.text("Name", KNOWN_NAME_LENGTH)))] = (
        Field(title="Name", description="a known provider's name", examples=["Groq"])
    )
    endpoint: Annotated[str, BeforeValidator(readers.endpoint)] = Field(
        title="Base URL", description="where requests go", examples=["https://api.groq.com/openai/v1"]
    )
    description: Description = Field(None, title="Notes")
    website: Annotated[str | None, BeforeValidator(readers.website)] = Field(
        None, title="Website", examples=["https://groq.com"]
    )


_model_id = readers.needed("Model id", readers.text("Model id", NAME_LENGTH))


class ModelDraft(Draft):
    """A model's own facts; without a name it is called by its id."""

    model_config = ConfigDict(protected_namespaces=())

    model_id: Annotated[str, BeforeValidator(_model_id)] = Field(
        title="Model id", description="as the provider's API names it", examples=["llama-3.3-70b-versatile"]
    )
    name: Annotated[str | None, BeforeValidator(readers.text("Name", NAME_LENGTH))] = Field(
        None, title="Name", description="empty = the model id"
    )
    description: Description = Field(None, title="Notes")
    version: ShortText = Field(None, title="Version")
    architecture: ShortText = Field(None, title="Architecture")
    max_input_tokens: Count = Field(None, title="Context", examples=["128k"])
    max_output_tokens: Count = Field(None, title="Output", examples=["8k"])
    supports_streaming: Flag = Field(None, title="Streaming")
    supports_reasoning: Flag = Field(None, title="Reasoning")

    @model_validator(mode="before")
    @classmethod
    def _called_by_its_id(cls, raw: dict[str, object]) -> dict[str, object]:
        """Without a name, the model id is the name."""
        name = raw.get("name")
        if name is None or (isinstance(name, str) and not name.strip()):
            with suppress(ValueError):  # a bad id is one problem, not two
                return {**raw, "name": _model_id(raw.get("model_id"))}
        return raw


class PricingDraft(Draft):
    """A provider's default price."""

    input_price_per_token: NeededPrice = Field(title="Input", examples=["0.15"])
    output_price_per_token: NeededPrice = Field(title="Output", examples=["0.60"])
    currency: Currency = Field("USD", title="Currency")


class ModelPricingDraft(Draft):
    """A model's own price; a price that is None does not apply to the model."""

    input_price_per_token: Price = Field(None, title="Input", examples=["0.15"])
    output_price_per_token: Price = Field(None, title="Output", examples=["0.60"])
    cache_read_price_per_token: Price = Field(None, title="Cached read")
    cache_write_price_per_token: Price = Field(None, title="Cache write")
    currency: Currency = Field("USD", title="Currency")

    @model_validator(mode="after")
    def _some_price(self) -> Self:
        """A price without any amount says nothing."""
        if all(value is None for name, value in self if name != "currency"):
            raise ValueError("At least one price is needed; delete the price instead if it is unknown.")
        return self


class LimitsDraft(Draft):
    """A provider's rate limits; None is unknown."""

    requests_per_minute: PerMinute = Field(None, title="Requests / min", examples=["60"])
    requests_per_hour: PerHour = Field(None, title="Requests / hour", examples=["1.5k"])
    tokens_per_minute: PerMinute = Field(None, title="Tokens / min", examples=["250k"])
    tokens_per_hour: PerHour = Field(None, title="Tokens / hour", examples=["2M"])

    @model_validator(mode="after")
    def _some_limit(self) -> Self:
        """Limits of which none is known say nothing."""
        if all(value is None for _, value in self):
            raise ValueError("Give at least one limit; delete the limits instead.")
        return self
