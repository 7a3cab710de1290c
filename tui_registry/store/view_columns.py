"""What lists are described with: columns, shapes, where values stand in order, and what cells say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tui_registry.errors import InvalidInput

AMONG = "IN (SELECT value FROM json_each(?))"
"""The condition for ids that are bound as one JSON text."""

ViewName = Literal["providers", "models", "prices", "limits", "history"]


@dataclass(frozen=True, slots=True)
class Column:
    """One cell of a list: its name, the expression behind it and what it is sorted by."""

    name: str
    sql: str
    text: bool = False
    sort: str = ""
    certain: bool = False

    @property
    def compared(self) -> str:
        """The expression that rows are told apart by, without regard to the case of words."""
        return f"{self.sort or self.sql}{' COLLATE NOCASE' if self.text else ''}"

    def order(self, descending: bool) -> str:
        """The ORDER BY term of this column; unknown values come last either way."""
        terms = [self.compared, "DESC" if descending else "ASC"]
        return " ".join(terms if self.certain else [*terms, "NULLS LAST"])


class Holder(NamedTuple):
    """Joins with which some of a column's values can be read in their order, and the values' expression."""

    joins: str
    value: str


@dataclass(frozen=True, slots=True)
class Rank:
    """Where a column's values are held in order: `holder` has nearly all, `others` the rest."""

    holder: Holder
    others: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """One list: where its rows come from, how they are told apart and in which order they stand.

    `scan` reads every row once and leaves sorting to the end. `walks` names, for a column to sort by, the
    joins whose indexes give that order, so that a first page needs few rows; `sweeps` the joins that read
    all rows faster than `scan` where that column is wanted of each; `ranks` where its values stand in order.
    `scoped` is for one provider, `rows` for records whose ids are known.
    """

    key: str
    scan: str
    scoped: str
    rows: str
    columns: tuple[Column, ...]
    tie: tuple[str, ...]
    counted: str
    provider_scope: str
    default: tuple[str, bool]
    model_scope: str = ""
    walks: Mapping[str, str] = field(default_factory=dict)
    sweeps: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, Rank] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the cells, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return next((column for column in self.columns if column.name == name), None)

    def sorted_by(self, name: str | None, descending: bool) -> tuple[Column, bool]:
        """The column of this name and the direction, without a name this list's own; raises InvalidInput."""
        name, descending = self.default if name is None else (name, descending)
        column = self.column(name)
        if column is None:
            choices = ", ".join(self.names)
            raise InvalidInput({"sort": f"There is no column {name!r} here. Sort by one of: {choices}."})
        return column, descending

    def limited_to(self, provider_id: int | None, model_id: int | None) -> tuple[str, tuple[int, ...]]:
        """The conditions that let one provider or one model through, with their values; None means all."""
        wanted = ((self.provider_scope, provider_id), (self.model_scope, model_id))
        chosen = [(sql, number) for sql, number in wanted if sql and number is not None]
        return " AND ".join(sql + " = ?" for sql, _ in chosen), tuple(number for _, number in chosen)

    def order(self, column: Column, descending: bool) -> str:
        """The whole ORDER BY: the column, then what tells equals apart, always the same way."""
        first = column.order(descending)
        return ", ".join((first, *(term for term in self.tie if term.split()[0] != first.split()[0])))


def words(name: str, sql: str, *, certain: bool = False) -> Column:
    """A column of words, sorted without regard to case."""
    return Column(name, sql, text=True, certain=certain)


def own_price(name: str) -> str:
    """The price that applies to a model: its own row's, else its provider's."""
    return f"CASE WHEN mp.model_id IS NULL THEN pp.{name} ELSE mp.{name} END"


INPUT = own_price("input_price_per_token")
OUTPUT = own_price("output_price_per_token")
MIX = f"price_mix({INPUT}, {OUTPUT})"
PRICE_ORIGIN = (
    "CASE WHEN mp.model_id IS NOT NULL THEN 'model' WHEN pp.provider_id IS NOT NULL THEN 'provider' "
    "ELSE 'unknown' END"
)
CURRENCY = own_price("currency")
SOURCE = own_price("source")
MODEL_COUNT = "(SELECT count(*) FROM model WHERE provider_id = p.id)"
PROVIDER_SCORE = "(SELECT avg(score) FROM model WHERE provider_id = p.id)"
LAST_CHECKED = (
    "(SELECT created_at FROM verification_result WHERE provider_id = p.id ORDER BY id DESC LIMIT 1)"
)
LATENCY_P50 = (
    "(SELECT latency_ms FROM (SELECT latency_ms, row_number() OVER (ORDER BY latency_ms) AS place,"
    " count(*) OVER () AS size FROM (SELECT latency_ms FROM verification_result"
    " WHERE provider_id = p.id ORDER BY id DESC LIMIT 20) WHERE latency_ms IS NOT NULL)"
    " WHERE place = (size + 1) / 2)"
)
