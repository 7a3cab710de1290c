"""One open write transaction: what every write works with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import peewee as pw

from tui_registry.errors import Gone, Outdated
from tui_registry.store.edition import follows, read_edition
from tui_registry.store.reads import Reads
from tui_registry.store.record import Record
from tui_registry.store.rows import Identified, NewResult
from tui_registry.store.statements import fetch
from tui_registry.store.tables import Model, Provider, Run
from tui_registry.vault import Vault

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """The connection inside BEGIN IMMEDIATE, its reads, the vault, and the moment of the change.

    Whoever changes a record hands in the record as it was read; what may be done to it is decided here.
    """

    db: pw.SqliteDatabase
    reads: Reads
    vault: Vault
    now: str
    _found: set[tuple[object, ...]] = field(default_factory=set)
    """What was found to be the record that is meant, so that a long history is not asked for it each time."""

    def provider(self, seen: Provider, *, merges: bool = False) -> Provider:
        """The provider that was read as `seen`, as it is now.

        Raises Gone where it is not here any more, whatever has its id now, and Outdated where another file
        took the registry's place since, unless the caller `merges` what differs.
        """
        row = self.reads.provider_again(seen)
        self._require_shown(seen.edition, seen.name, merges)
        return row

    def model(self, seen: Model, *, merges: bool = False) -> Model:
        """The model that was read as `seen`, as it is now; raises as `provider` does."""
        row = self.reads.model_again(seen)
        self._require_shown(seen.edition, seen.model_id, merges)
        return row

    def was_replaced(self, seen: Provider | Model) -> bool:
        """Whether another file took the registry's place since this was read."""
        return not follows(read_edition(self.db), seen.edition)

    def require_file(self, edition: str) -> None:
        """See that this is the file of which `edition` was read, where any was; raises Outdated."""
        if edition and not follows(read_edition(self.db), edition):
            raise Outdated(
                "Another file took the registry's place since this was asked, so nothing was added. Look at"
                " it as it is now."
            )

    def _require_shown(self, edition: str, name: str, merges: bool) -> None:
        if not merges and not follows(read_edition(self.db), edition):
            raise Outdated(
                f"Another file took the registry's place since {name} was read, so nothing was changed."
                " Look at it as it is now."
            )

    def run(self, seen: Run) -> Run:
        """The run that was read as `seen`, as it is now; raises Gone where its id has another run or none."""
        found = self.reads.run_again(seen)
        if found is None:
            raise Gone(
                f"Run {seen.id} is not here any more: another file took the registry's place, which keeps"
                " nothing of it."
            )
        return found

    def require(self, result: NewResult) -> None:
        """See that the records a result is about are those that were asked; raises Gone."""
        provider, model, run = result.provider, result.model, result.run
        self._require("provider", provider, "uuid = ?", (provider.uuid,))
        if model is not None:
            self._require("model", model, "uuid = ? AND provider_id = ?", (model.uuid, provider.id))
        if run is not None and (run.id, run.started_at) not in self._found:
            self.run(run)
            self._found.add((run.id, run.started_at))

    def _require(self, table: str, seen: Identified, condition: str, values: tuple[object, ...]) -> None:
        asked = (table, seen.id, *values)
        if asked in self._found:
            return
        if not fetch(self.db, f"SELECT 1 FROM {table} WHERE id = ? AND {condition}", asked[1:]):  # noqa: S608
            raise Gone(
                f"A {table} that was asked is not here any more: it was deleted, or another file took the"
                " registry's place. What was found is not kept."
            )
        self._found.add(asked)

    def later(self, *stamps: str | None) -> str:
        """The moment of the change, or the latest of these: a clock that went back makes nothing younger."""
        return max([self.now, *(stamp for stamp in stamps if stamp is not None)])

    def insert(self, table: type[Record], values: Values) -> int:
        """Add a record; its id."""
        columns = {table._meta.columns[name]: value for name, value in values.items()}
        query: Any = table.insert(columns).bind(self.db)
        return int(query.execute() or 0)

    def update(self, table: type[Record], id: int, version: int, values: Values) -> None:
        """Change a record that was read in this transaction, counting its row version up by one."""
        columns: dict[Any, object] = {table._meta.columns[name]: value for name, value in values.items()}
        columns[table._meta.columns["row_version"]] = version + 1
        query: Any = table.update(columns).where(table._meta.primary_key == id).bind(self.db)
        query.execute()

    def delete(self, table: type[Record], column: str, value: object) -> int:
        """Remove the records with this value; how many there were."""
        query: Any = table.delete().where(table._meta.columns[column] == value).bind(self.db)
        return int(query.execute())

    def setting(self, key: str, value: str) -> None:
        """Keep one setting of the database file."""
        if fetch(self.db, "UPDATE meta SET value = ? WHERE key = ? RETURNING key", (value, key)) == []:
            fetch(self.db, "INSERT INTO meta (key, value) VALUES (?, ?)", (key, value))

    def forget(self, key: str) -> None:
        """Remove one setting of the database file."""
        fetch(self.db, "DELETE FROM meta WHERE key = ?", (key,))
