"""What the table of all lists tells the screen around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from tui_registry.errors import StoreError

if TYPE_CHECKING:
    from tui_registry.ui.table.table import RecordTable


@dataclass
class Told(Message):
    """Something a table says."""

    table: "RecordTable"

    @property
    def control(self) -> "RecordTable":
        """The table, for selectors."""
        return self.table


@dataclass
class Highlighted(Told):
    """The cursor stands on another record, or on none."""

    row_id: int | None


@dataclass
class Opened(Told):
    """Enter or a double click asks for the record."""

    row_id: int


@dataclass
class MarksChanged(Told):
    """Records were marked or unmarked; `count` are marked now."""

    count: int


@dataclass
class HeaderClicked(Told):
    """A column's head was clicked; `key` is the column's `sort`."""

    key: str


@dataclass
class Counted(Told):
    """The number of rows became known, or another one."""

    total: int


@dataclass
class Stalled(Told):
    """The registry could not be read; the table keeps what it shows and asks again by itself."""

    sentence: str


@dataclass
class Resumed(Told):
    """The registry can be read again after it could not."""


@dataclass
class Arrived(Message, bubble=False):
    """Ids from the loading thread: the next chunk, None at the end, or why there are no more."""

    generation: int
    news: Sequence[int] | StoreError | None
