"""One open write transaction: what every write works with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import peewee as pw

from tui_registry.store.reads import Reads
from tui_registry.store.statements import fetch
from tui_registry.store.tables import Table
from tui_registry.vault import Vault

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """The connection inside BEGIN IMMEDIATE, its reads, the vault, and the moment of the change."""

    db: pw.SqliteDatabase
    reads: Reads
    vault: Vault
    now: str

    def later(self, *stamps: str | None) -> str:
        """The moment of the change, or the latest of these: a clock that went back makes nothing younger."""
        return max([self.now, *(stamp for stamp in stamps if stamp is not None)])

    def insert(self, table: type[Table], values: Values) -> int:
        """Add a record; its id."""
        columns = {table._meta.columns[name]: value for name, value in values.items()}
        query: Any = table.insert(columns).bind(self.db)
        return int(query.execute() or 0)

    def update(self, table: type[Table], id: int, version: int, values: Values) -> None:
        """Change a record that was read in this transaction, counting its row version up by one."""
        columns: dict[Any, object] = {table._meta.columns[name]: value for name, value in values.items()}
        columns[table._meta.columns["row_version"]] = version + 1
        query: Any = table.update(columns).where(table._meta.primary_key == id).bind(self.db)
        query.execute()

    def delete(self, table: type[Table], column: str, value: object) -> int:
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
