"""Many changes as one: a whole registry filled in a single transaction, saved whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import peewee as pw

from tui_registry.clock import Clock
from tui_registry.store.connections import Connections
from tui_registry.store.faults import explained
from tui_registry.store.reads import Reads
from tui_registry.store.writes import Writes
from tui_registry.vault import Vault


@dataclass(frozen=True, slots=True)
class Together:
    """The writes of one open transaction, and reads that see what they did so far."""

    writes: Writes
    reads: Reads


@contextmanager
def together(path: Path, *, vault: Vault, clock: Clock) -> Iterator[Together]:
    """Writes to the registry at `path` that are saved when the block is left, or not at all when it fails.

    Nobody else can write meanwhile, so this is for work that waits for nothing. A change that is refused
    inside leaves nothing of itself. Purging is refused, since it needs a backup of what is saved.
    """
    with Connections(path).write() as database:
        yield Together(
            Writes(_Joined(path, database), vault, clock, None), Reads(lambda: nullcontext(database))
        )


class _Joined(Connections):
    """Connections that all are the one of an open transaction."""

    def __init__(self, path: Path, database: pw.SqliteDatabase) -> None:
        super().__init__(path)
        self._database_in_use = database

    @contextmanager
    def write(self) -> Iterator[pw.SqliteDatabase]:
        """The open transaction; a change inside it is a savepoint of its own."""
        with explained(self.path), self._database_in_use.atomic():
            yield self._database_in_use
