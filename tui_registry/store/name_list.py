"""Names of a registry for a shell that completes what is typed: quickly, from the file as it lies there."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

PATIENCE = 0.2
"""Seconds to wait for another session's save; who completes a word sits before it."""

MOST = 500
"""Names given at once; a shell asks before it shows so many."""

_NAMES = {
    "provider": "SELECT name FROM provider WHERE {} ORDER BY name LIMIT ?",
    "known": "SELECT name FROM known_provider WHERE {} ORDER BY name LIMIT ?",
    "model": "SELECT model_id FROM model WHERE {} AND provider_id IN (SELECT id FROM provider WHERE name = ?)"
    " ORDER BY model_id LIMIT ?",
}


def names_beginning(path: Path, kind: str, start: str, owner: str = "") -> list[str]:
    """The names of this kind that begin so in any case: `provider`, `known`, or `model` of an owner.

    Empty where there is no registry or it cannot be read; makes and changes nothing.
    """
    column = "model_id" if kind == "model" else "name"
    query = _NAMES[kind].format(f"lower(substr({column}, 1, ?)) = lower(?)")
    values: Sequence[object] = (len(start), start, *([owner] if kind == "model" else []), MOST)
    try:
        place = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(place, uri=True, timeout=PATIENCE)) as connection:
            return [str(name) for (name,) in connection.execute(query, values)]
    except (sqlite3.Error, OSError, ValueError):
        return []
