"""What a copy of the registry holds, read without opening it as the registry."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from tui_registry.errors import StoreError
from tui_registry.store.backups import check_sum
from tui_registry.store.database import location
from tui_registry.store.faults import explained
from tui_registry.store.soundness import check_copy
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
    was_summed: bool = False
    """Whether a sum beside the file vouched for it."""

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


def look_into_sound(backup: Path) -> Contents:
    """What a backup holds, once its sum, pages and rules were checked; raises StoreError for another."""
    with explained(backup):
        try:
            was_summed = check_sum(backup)
        except OSError as error:
            raise StoreError(f"{backup} cannot be read: {error.strerror}.") from error
        check_copy(backup)
    return replace(look_into(backup), was_summed=was_summed)


def look_into(path: Path) -> Contents:
    """What a checked copy holds; raises StoreError where it cannot be read."""
    with explained(path), closing(sqlite3.connect(location(path, read_only=True), uri=True)) as connection:
        found = connection.execute(_QUESTION).fetchone()
    return Contents(*found)
