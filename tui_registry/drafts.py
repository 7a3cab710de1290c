"""What a person or a file may put in: one draft per form, checked field by field, each refusal a sentence.

Field names are the data model's. Prices are kept in currency per token and written per 1M tokens.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from tui_registry.endpoint import parse_endpoint
from tui_registry.errors import InvalidInput
from tui_registry.money import (
    MAX_COUNT,
    MAX_PRICE,
    exact,
    looks_off,
    parse_count,
    parse_price,
    per_million,
    show_amount,
    show_count,
)
from tui_registry.text import Secret, is_showable, looks_like_key, read_pasted_key

NAME_LENGTH = 256
KNOWN_NAME_LENGTH = 64
DESCRIPTION_LENGTH = 4000
URL_LENGTH = 2048
SHORT_LENGTH = 128

KEY_IN_TEXT = "This looks like an API key. Keys belong into the API key form, where they are sealed."


def _text(label: str, length: int, *, lines: bool = False) -> Callable[[object], str | None]:
    """A reader of texts: trimmed, None when empty; raises ValueError for what cannot be kept or shown."""

    def read(value: object) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise ValueError(f"{label} must be text.")
        written = value.strip()
        if len(written) > length:
            raise ValueError(f"{label} has {len(written):,} characters; at most {length:,} are kept.")
        if not is_showable(written, lines=lines):
            raise ValueError(f"{label} holds a character that cannot be shown; remove it.")
        return written or None

    return read


def _needed(label: str, read: Callable[[object], str | None]) -> Callable[[object], str]:
    """A reader of texts that must not be empty."""

    def checked(value: object) -> str:
        written = read(value)
        if written is None:
            raise ValueError(f"{label} is needed.")
        return written

    return checked


def _endpoint(value: object) -> str:
    """A base URL in canonical form."""
    if not isinstance(value, str):
        raise ValueError("Write the base URL as text.")
    return parse_endpoint(value).url


def _website(value: object) -> str | None:
    """An optional address; one without a scheme is taken as https."""
    written = _text("Website", URL_LENGTH)(value)
    if written is None:
        return None
    scheme, separator, rest = written.partition("://")
    if not separator:
        scheme, rest = "https", written
    host = re.split("[/?#]", rest, maxsplit=1)[0]
    tail = rest[len(host) :]
    try:
        canonical = parse_endpoint(f"{scheme}://{host}").url
    except ValueError:
        canonical = ""
    fits = len(f"{scheme}://{rest}") <= URL_LENGTH
    if not canonical or not fits or not tail.isascii() or any(bad in tail for bad in ' <>"{}|^`\\@'):
        raise ValueError("Write the website as an address, for example https://groq.com.")
    return f"{scheme.lower()}://{host}{tail}" if host.isascii() else canonical + tail


def _count(*rates: str) -> Callable[[object], int | None]:
    """A reader of positive whole numbers or None; a text may name one of `rates`, and no other window."""

    def read(value: object) -> int | None:
        if value is None or isinstance(value, str):
            return parse_count(value or "", rates=rates)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("Write a whole number, such as 128k or 200,000.")
        if not 1 <= value <= MAX_COUNT:
            raise ValueError(f"Write a number from 1 to {MAX_COUNT:,}, or leave it empty when it is unknown.")
        return value

    return read


def _price(value: object) -> float | None:
    """A price per token; texts are per 1M tokens unless they name a unit, numbers are per token."""
    if value is None or isinstance(value, str):
        price = parse_price(value or "")
        return None if price is None else float(price)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise ValueError("Write a price, such as 0.15.")
    if (isinstance(value, Decimal) and value.is_nan()) or not 0 <= value <= MAX_PRICE:
        raise ValueError("Write a price of 0 or more, such as 0.15.")
    kept = abs(float(value))
    if not kept and value:
        raise ValueError("Write 0 or a larger price; one this small cannot be kept exactly.")
    return kept


def _needed_price(value: object) -> float:
    """A price that must be there."""
    price = _price(value)
    if price is None:
        raise ValueError("A price is needed, such as 0.15; free is a price too.")
    return price


def _flag(value: object) -> bool | None:
    """Yes, no, or None for unknown."""
    if value is None or isinstance(value, bool):
        return value
    words = {"": None, "unknown": None, "yes": True, "true": True, "no": False, "false": False}
    if isinstance(value, str) and value.strip().lower() in words:
        return words[value.strip().lower()]
    raise ValueError("Write yes, no or unknown.")


def _currency(value: object) -> str:
    """Three capital letters; small ones are put right, empty is USD."""
    written = (_text("Currency", SHORT_LENGTH)(value) or "USD").upper()
    if len(written) != 3 or not (written.isascii() and written.isalpha()):
        raise ValueError("Write the currency as three letters, for example USD.")
    return written


ShortText = Annotated[str | None, BeforeValidator(_text("This text", SHORT_LENGTH))]
Description = Annotated[str | None, BeforeValidator(_text("The description", DESCRIPTION_LENGTH, lines=True))]
Count = Annotated[int | None, BeforeValidator(_count())]
PerMinute = Annotated[int | None, BeforeValidator(_count("minute"))]
PerHour = Annotated[int | None, BeforeValidator(_count("hour"))]
Price = Annotated[float | None, BeforeValidator(_price)]
NeededPrice = Annotated[float, BeforeValidator(_needed_price)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
Currency = Annotated[str, BeforeValidator(_currency)]


class Draft(BaseModel):
    """A checked set of values for one record; what is not valid never becomes one."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        arbitrary_types_allowed=True,
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

    name: Annotated[str, BeforeValidator(_needed("Name", _text("Name", KNOWN_NAME_LENGTH)))] = Field(
        title="Name", description="a known provider's name", examples=["Groq"]
    )
    endpoint: Annotated[str, BeforeValidator(_endpoint)] = Field(
        title="Base URL", description="where requests go", examples=["https://api.groq.com/openai/v1"]
    )
    description: Description = Field(None, title="Notes")
    website: Annotated[str | None, BeforeValidator(_website)] = Field(
        None, title="Website", examples=["https://groq.com"]
    )


def _key(value: object) -> Secret:
    """A key as pasted or typed."""
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str) or not value.strip():
        raise ValueError("Type or paste the key.")
    return read_pasted_key(value)[0]


class KeyDraft(Draft):
    """An API key."""

    api_key: Annotated[Secret, BeforeValidator(_key)] = Field(title="API key")


_model_id = _needed("Model id", _text("Model id", NAME_LENGTH))


class ModelDraft(Draft):
    """A model's own facts; without a name it is called by its id."""

    model_config = ConfigDict(protected_namespaces=())

    model_id: Annotated[str, BeforeValidator(_model_id)] = Field(
        title="Model id", description="as the provider's API names it", examples=["llama-3.3-70b-versatile"]
    )
    name: Annotated[str | None, BeforeValidator(_text("Name", NAME_LENGTH))] = Field(
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
