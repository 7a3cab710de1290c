"""What a person or a file may put in: one draft per form, checked field by field, each refusal a sentence.

The fields of a draft are those that its record declares as entered; so are their readers and their titles.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

from tui_registry.errors import InvalidInput
from tui_registry.fields import reader
from tui_registry.store.record import Record
from tui_registry.store.tables import Limits, Model, ModelPricing, Pricing, Provider
from tui_registry.text import looks_like_key

D = TypeVar("D", bound="Draft")

KEY_IN_TEXT = "This looks like an API key. Keys belong into the API key form, where they are sealed."


class Draft(BaseModel):
    """A checked set of values for one record; what is not valid never becomes one."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        validate_default=True,
        protected_namespaces=(),
    )
    record: ClassVar[type[Record]]

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # noqa: ANN401  # fields come of the declaration

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
            elif value is not None and (doubt := self.record.columns()[name].kind.doubt(value)):
                found[name] = doubt
        return found

    @classmethod
    def said(cls, name: str, value: object) -> str:
        """A field's value as a sentence or a dialog tells it, with its unit."""
        kind = cls.record.columns()[name].kind
        return f"{kind.written(value)} {kind.unit}".strip()

    @classmethod
    def shown(cls, row: object) -> dict[str, str]:
        """The texts a form starts with, of a stored row or of none; parsed, they give the same values."""
        shown = {}
        for name, column in cls.record.entered().items():
            value = getattr(row, name, None)
            start = column.kind.starts_as if row is None else ""
            shown[name] = start if value is None else column.kind.written(value)
        return shown


def of(record: type[Record]) -> Callable[[type[D]], type[D]]:
    """Give a draft a field for each that a person states of a record."""

    def made(draft: type[D]) -> type[D]:
        fields: dict[str, Any] = {}
        for name, column in record.entered().items():
            read = BeforeValidator(reader(column.kind, column.label, needed=column.is_needed))
            kept = object if column.is_needed else object | None
            default = ... if column.is_needed else None
            fields[name] = Annotated[kept, read], Field(default, title=column.label)
        full = create_model(
            draft.__name__, __base__=draft, __doc__=draft.__doc__, __module__=__name__, **fields
        )
        full.record = record
        return full

    return made


@of(Provider)
class ProviderDraft(Draft):
    """A provider's own facts; whether the name is known is the store's to say."""


@of(Model)
class ModelDraft(Draft):
    """A model's own facts; without a name it is called by its id."""

    @model_validator(mode="before")
    @classmethod
    def _called_by_its_id(cls, raw: dict[str, object]) -> dict[str, object]:
        """Without a name, the model id is the name."""
        name = raw.get("name")
        if name is None or (isinstance(name, str) and not name.strip()):
            with suppress(ValueError):  # a bad id is one problem, not two
                return {**raw, "name": Model.model_id.kind.read(raw.get("model_id"), Model.model_id.label)}
        return raw


@of(Pricing)
class PricingDraft(Draft):
    """A provider's default price."""


@of(ModelPricing)
class ModelPricingDraft(Draft):
    """A model's own price; a price that is None does not apply to the model."""

    @model_validator(mode="after")
    def _some_price(self) -> Self:
        """A price without any amount says nothing."""
        if all(value is None for name, value in self if name != "currency"):
            raise ValueError("At least one price is needed; delete the price instead if it is unknown.")
        return self


@of(Limits)
class LimitsDraft(Draft):
    """A provider's rate limits; None is unknown."""

    @model_validator(mode="after")
    def _some_limit(self) -> Self:
        """Limits of which none is known say nothing."""
        if all(value is None for _, value in self):
            raise ValueError("Give at least one limit; delete the limits instead.")
        return self
