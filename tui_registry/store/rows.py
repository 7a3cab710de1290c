"""What the store gives out and takes in: frozen rows, catalogue batches, and the source a table draws from.

Field names are the columns' names. Times are UTC text as `clock.stamp` writes it; prices are currency per
token.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from tui_registry.store.tables import KnownProvider, Result, Run

Cell: TypeAlias = int | float | str | None
Row: TypeAlias = tuple[Cell, ...]


class Identified(Protocol):
    """A record as it was read: its id, and the uuid that tells it from another one that has the id now."""

    @property
    def id(self) -> int:
        """Its number in the file; another file may have another record under it."""

    @property
    def uuid(self) -> str:
        """32 hexadecimal digits that no other record has, and that never change."""


class KnownSeed(Protocol):
    """The known providers that come with the package."""

    @property
    def version(self) -> str:
        """A text that differs whenever the rows do."""

    def rows(self) -> Iterable[KnownProvider]:
        """Every known provider of the package."""


@dataclass(frozen=True, slots=True)
class NewResult:
    """One probe's outcome as it is handed in, with the records that it is about as they were read.

    A probe of a key or of a list has no model.
    """

    provider: Identified
    model: Identified | None
    run: Run | None
    found: Result

    def but(self, **changes: object) -> "NewResult":
        """The same outcome with other values in these fields of the result."""
        return replace(self, found=self.found.but(**changes))


def new_result(
    *, provider: Identified, model: Identified | None = None, run: Run | None = None, **found: object
) -> NewResult:
    """What a probe of these found, by the fields of a result."""
    ids = {"model_id": None if model is None else model.id, "run_id": None if run is None else run.id}
    return NewResult(provider, model, run, Result(provider_id=provider.id, **ids, **found))


@dataclass(frozen=True, slots=True)
class EffectivePrice:
    """What a model costs: its own price, else its provider's default, else unknown.

    With origin `model` a price that is None does not apply; with origin `unknown` every price is None.
    """

    input: float | None
    output: float | None
    cache_read: float | None
    cache_write: float | None
    currency: str | None
    source: str | None
    source_date: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records of each kind the registry holds."""

    known_providers: int
    providers: int
    active_providers: int
    keyed_providers: int
    models: int
    verified_models: int
    prices: int
    limits: int
    results: int


@dataclass(frozen=True, slots=True)
class StateDifference:
    """A model whose stored state is not what its results say."""

    model_id: int
    field: str
    stored: Cell
    computed: Cell


@dataclass(frozen=True, slots=True)
class CatalogPrice:
    """A price as a catalogue or a file states it, per token; None means the price does not apply."""

    input_price_per_token: float | None
    output_price_per_token: float | None
    cache_read_price_per_token: float | None = None
    cache_write_price_per_token: float | None = None
    currency: str = "USD"
    source_date: str | None = None
    note: str | None = None
    source: str = "catalogue"


@dataclass(frozen=True, slots=True)
class CatalogLimits:
    """A provider's rate limits as a file states them; None means unknown."""

    requests_per_minute: int | None
    requests_per_hour: int | None
    tokens_per_minute: int | None
    tokens_per_hour: int | None
    source: str = "catalogue"


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model as a catalogue states it; None means unknown. `user_fields` names what a person stated."""

    model_id: str
    name: str
    description: str | None = None
    version: str | None = None
    architecture: str | None = None
    max_input_tokens: int | None = None
    max_output_tokens: int | None = None
    supports_streaming: bool | None = None
    supports_reasoning: bool | None = None
    source_date: str | None = None
    price: CatalogPrice | None = None
    source: str = "catalogue"
    user_fields: str = ""


@dataclass(frozen=True, slots=True)
class CatalogProvider:
    """A provider as a catalogue states it; `name` is a known provider's name.

    `is_own` says that a registry wrote it: its texts and its endpoint are what a person entered there.
    """

    name: str
    endpoint: str
    models: tuple[CatalogModel, ...] = ()
    website: str | None = None
    description: str | None = None
    price: CatalogPrice | None = None
    limits: CatalogLimits | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class CatalogBatch:
    """What one import takes in; `skipped` says what the catalogue's reader already left out and why.

    `known` are names that a person makes known, whether or not a provider of the batch uses them.
    """

    providers: tuple[CatalogProvider, ...]
    skipped: tuple[str, ...] = ()
    known: tuple[KnownProvider, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import did; `kept_user` counts what was left alone because a person or the provider set it."""

    known_added: int = 0
    providers_added: int = 0
    providers_changed: int = 0
    models_added: int = 0
    models_changed: int = 0
    prices_added: int = 0
    prices_changed: int = 0
    unchanged: int = 0
    kept_user: int = 0
    skipped: tuple[str, ...] = ()

    def counts(self) -> Mapping[str, int]:
        """Every number of the report by its name."""
        return {
            "known_added": self.known_added,
            "providers_added": self.providers_added,
            "providers_changed": self.providers_changed,
            "models_added": self.models_added,
            "models_changed": self.models_changed,
            "prices_added": self.prices_added,
            "prices_changed": self.prices_changed,
            "unchanged": self.unchanged,
            "kept_user": self.kept_user,
            "skipped": len(self.skipped),
        }


class RowSource(Protocol):
    """The rows of one view in one order: a row is the record's id, then the cells named by `columns`."""

    columns: tuple[str, ...]

    def head(self, size: int) -> list[Row]:
        """The first rows in order, by one query; raises StoreLocked while another process holds the file."""

    def rows(self, ids: Sequence[int]) -> list[Row | None]:
        """The rows of these ids in the order asked; None where a record is gone."""

    def slice(self, start: int, size: int) -> list[Row]:
        """The rows from a position on, for the time while the ids are not loaded yet."""

    def ids(self, stop: Callable[[], bool]) -> Iterator[Sequence[int]]:
        """All ids in order, in `array('q')` chunks, on an own connection; for a worker thread."""

    def total(self) -> int | None:
        """How many rows there are when that is cheap to say, else None."""
