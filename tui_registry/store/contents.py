"""What a copy of the registry holds, read without opening it as the registry."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tui_registry.store.database import location
from tui_registry.store.faults import explained
from tui_registry.text import counted

_QUESTION = """
SELECT (SELECT count(*) FROM provider), (SELECT count(api_key_encrypted) FROM provider),
    (SELECT count(*) FROM model), (SELECT count(*) FROM verification_result),
    (SELECT value FROM meta WHERE key = 'vault_key_id')
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """How many records of each kind, how many sealed keys, and the vault key that they need."""

    providers: int
    keys: int
    models: int
    results: int
    vault_key_id: str | None

    def counts(self) -> dict[str, int]:
        """The numbers by their names."""
        return {
            "providers": self.providers,
            "keys": self.keys,
            "models": self.models,
            "results": self.results,
        }

    def words(self) -> str:
        """The numbers in words."""
        return ", ".join(counted(number, name.removesuffix("s")) for name, number in self.counts().items())


def look_into(path: Path) -> Contents:
    """What a checked copy holds; raises StoreError where it cannot be read."""
    with explained(path), closing(sqlite3.connect(location(path, read_only=True), uri=True)) as connection:
        found = connection.execute(_QUESTION).fetchone()
    return Contents(*found)
