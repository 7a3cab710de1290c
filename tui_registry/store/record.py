"""What a declared field and a record are: Peewee's, with all that is to be known of a field in one place."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Self, TypedDict, TypeVar, Unpack, overload

import peewee as pw

from tui_registry.fields import Flag, Id, Kind

T = TypeVar("T")
V = TypeVar("V")

if TYPE_CHECKING:

    class _Field(pw.Field[V]):
        """Peewee's field, of which the type checker knows what it holds."""

else:

    class _Field(pw.Field, Generic[V]):
        """Peewee's field, of which the type checker knows what it holds."""


class Told(TypedDict, total=False):
    """What else is declared of a field."""

    entered: bool
    """Whether a person states it: in forms, on the command line, in files."""
    help: str
    """What a form says beside it."""
    example: str
    of: tuple[str, str]
    """The table and the column that it points to."""
    starts: str
    """What a new record has, as SQL."""
    default: object
    """What a record has that was made without it."""
    key: bool
    unique: bool
    may_be_left: bool
    """Whether a form may leave it empty, since a rule of its draft fills it in."""
    option: str
    """What the command line calls it, without dashes."""
    about: str
    """What the command line's help says of it."""
    any_case: bool
    """Whether `Groq` and `groq` are the same."""


class Column(_Field[V]):
    """One declared field of a record: its column, its rule and every place that shows it are made of it.

    `label` is what it is called on screens; `unknown` says that it may be empty.
    """

    @overload
    def __init__(
        self: "Column[T]",
        kind: Kind[T],
        label: str = ...,
        *,
        unknown: Literal[False] = ...,
        **told: Unpack[Told],
    ) -> None: ...
    @overload
    def __init__(
        self: "Column[T | None]",
        kind: Kind[T],
        label: str = ...,
        *,
        unknown: Literal[True],
        **told: Unpack[Told],
    ) -> None: ...
    def __init__(
        self, kind: Kind[Any], label: str = "", *, unknown: bool = False, **told: Unpack[Told]
    ) -> None:
        """Declare it; the name is that of the class attribute."""
        super().__init__(null=unknown, primary_key=told.get("key", False), default=told.get("default"))
        self.kind = kind
        self.label = label
        self.unknown = unknown
        self.entered = told.get("entered", False)
        self.help = told.get("help", "")
        self.example = told.get("example", "")
        self.of = told.get("of")
        self.starts = told.get("starts")
        self.is_unique = told.get("unique", False)
        self.any_case = told.get("any_case", False)
        self.is_needed = not (unknown or told.get("may_be_left", False) or self.starts is not None)
        self.option = told.get("option", "")
        self.about = told.get("about", "")
        self.auto_increment = isinstance(kind, Id)

    def db_value(self, value: object) -> object:
        """The value itself: STRICT refuses 5.9 and 'false', Peewee would cut and turn them."""
        return value

    def python_value(self, value: object) -> object:
        """What the file holds; 0 and 1 of a flag as False and True."""
        return bool(value) if isinstance(self.kind, Flag) and value is not None else value


@dataclass(frozen=True)
class Rule:
    """A rule over several columns, that of a column by a name; the engine has its words."""

    column: str
    name: str


class Record(pw.Model):
    """One row of a table, as it was read: equal to another one that holds the same.

    No table is bound to a database: every query is bound to the connection that it runs on.
    """

    rules: ClassVar[tuple[Rule, ...]] = ()
    """What its columns say of one another."""
    unique_together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Columns whose values no two records have alike."""
    of_its_provider: ClassVar[bool] = False
    """Whether the model that it names is one of the provider that it names."""

    class Meta:
        """No plural, no prefix: the table names are written out."""

        legacy_table_names = False

    edition: str = ""
    """That of the file it was read from, as `store.edition` tells it; kept of providers and models."""

    def __init__(self, *values: object, **named: object) -> None:
        """A record of these values, in the order of its fields or by name; what is not given is unknown."""
        super().__init__(**dict(zip(self.columns(), values, strict=False)), **named)

    @classmethod
    def read(cls, row: Iterable[object], edition: str = "") -> Self:
        """The record of one row of its table, all columns in order."""
        record = cls.__new__(cls)
        record.__data__ = {
            name: column.python_value(value)
            for (name, column), value in zip(cls.columns().items(), row, strict=True)
        }
        vars(record).update(__rel__={}, _dirty=set(), edition=edition)
        return record

    @classmethod
    @cache
    def columns(cls) -> "dict[str, Column[Any]]":
        """Every declared field by its name, in the order of the declaration."""
        return {field.name: field for field in cls._meta.sorted_fields}

    @classmethod
    def entered(cls) -> "dict[str, Column[Any]]":
        """The fields that a person states."""
        return {name: column for name, column in cls.columns().items() if column.entered}

    @classmethod
    def table(cls) -> str:
        """The table's name."""
        return str(cls._meta.table_name)

    def values(self) -> dict[str, Any]:
        """What it holds, by field."""
        return {name: self.__data__.get(name) for name in self.columns()}

    def but(self, **changes: object) -> Self:
        """The same record with other values in these fields."""
        return type(self)(**(self.values() | {"edition": self.edition} | changes))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and type(self) is type(other) and self.values() == other.values()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((type(self), *self.values().values()))

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in self.values().items() if name not in UNSHOWN)
        return f"{type(self).__name__}({', '.join(shown)})"


UNSHOWN = ("api_key_encrypted", "plan")
"""Fields that are never printed: sealed keys, and what is too long."""
