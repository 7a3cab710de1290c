"""What an import would do or did, record by record, and what precedence made it leave alone."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tui_registry.store.rows import Cell, ImportReport
from tui_registry.store.tables import KnownProvider

Fields = Mapping[str, tuple[Cell, Cell]]
"""What an import touches: field to (what is kept now, what is stated)."""


@dataclass(frozen=True, slots=True)
class ModelChange:
    """A model of which an import changes these fields; prices stand under their columns' names."""

    model_id: str
    fields: Fields


@dataclass(slots=True)
class Edits:
    """The values to write, in the order of the statements of `write_catalog`."""

    models: list[tuple[Cell, ...]] = field(default_factory=list)
    changed_models: list[tuple[Cell, ...]] = field(default_factory=list)
    prices: list[tuple[Cell, ...]] = field(default_factory=list)
    changed_prices: list[tuple[Cell, ...]] = field(default_factory=list)
    own: dict[str, dict[str, object]] = field(default_factory=dict)
    """New values of the provider's own row, its default price and its limits, by table."""


@dataclass(slots=True)
class ProviderPlan:
    """One provider of an import against the registry.

    `fields` are its own facts that change, `kept` what precedence leaves as it is: model id, or the empty
    text for the provider itself, to (what is kept, what is stated). `gone` are models that a catalogue gave
    and this one does not list; they stay.
    """

    name: str
    endpoint: str
    id: int | None
    new: list[str] = field(default_factory=list)
    changed: list[ModelChange] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: int = 0
    fields: dict[str, tuple[Cell, Cell]] = field(default_factory=dict)
    kept: dict[str, Fields] = field(default_factory=dict)
    edits: Edits = field(default_factory=Edits, compare=False, repr=False)

    @property
    def is_new(self) -> bool:
        """Whether the provider is not in the registry yet."""
        return self.id is None

    @property
    def differs(self) -> bool:
        """Whether taking it in changes anything."""
        return self.is_new or bool(self.new or self.changed or self.fields)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything an import does, provider by provider; two plans are equal when they show the same."""

    known: tuple[KnownProvider, ...]
    providers: tuple[ProviderPlan, ...]
    skipped: tuple[str, ...]
    tally: Counter[str] = field(compare=False)

    @property
    def differs(self) -> bool:
        """Whether taking it in changes anything."""
        return bool(self.known) or any(each.differs for each in self.providers)

    def report(self) -> ImportReport:
        """The plan in numbers."""
        return ImportReport(**self.tally, skipped=self.skipped)
