"""Unsaved forms kept in files while nobody is there: what was typed, of which form; never a key."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tui_registry.paths import make_private

MOST_BYTES = 200_000
"""A file that is larger was not written here."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Which form it is, and the records it is about: id and uuid of one that is there, names of others."""

    form: str
    records: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptForm:
    """What was typed into a form and not saved: the texts by field, and when that was."""

    origin: Origin
    title: str
    texts: Mapping[str, str]
    kept_at: str


class KeptForms:
    """The kept forms of one database, a file each in a directory that only its owner can enter."""

    def __init__(self, directory: Path, database: Path) -> None:
        """Nothing is read or made before it is asked for."""
        self._directory = directory
        self._database = str(database)

    def keep(self, kept: KeptForm) -> None:
        """Write a form over what was kept of it before; raises Refused or OSError."""
        make_private(self._directory)
        path = self._path(kept.origin)
        content = {
            "database": self._database,
            "form": kept.origin.form,
            "records": kept.origin.records,
            "title": kept.title,
            "texts": dict(kept.texts),
            "kept_at": kept.kept_at,
        }
        beside = path.with_suffix(f".{os.getpid()}")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="ascii") as opened:
            json.dump(content, opened)
        beside.replace(path)

    def all(self) -> list[KeptForm]:
        """The forms kept for this database, the oldest first; what cannot be read is left alone."""
        found = [self._read(path) for path in sorted(self._directory.glob("*.json"))]
        return sorted((each for each in found if each is not None), key=lambda kept: kept.kept_at)

    def forget(self, origin: Origin) -> None:
        """Remove what was kept of a form; raises OSError."""
        self._path(origin).unlink(missing_ok=True)

    def _path(self, origin: Origin) -> Path:
        identity = json.dumps([self._database, origin.form, origin.records])
        return self._directory / f"{sha256(identity.encode()).hexdigest()[:24]}.json"

    def _read(self, path: Path) -> KeptForm | None:
        """One file's form; None where it is another database's or was not written here."""
        try:
            if path.stat().st_size > MOST_BYTES:
                return None
            held = json.loads(path.read_text(encoding="ascii"))
            if held["database"] != self._database:
                return None
            origin = Origin(str(held["form"]), tuple(held["records"]))
            texts = {str(name): str(text) for name, text in held["texts"].items()}
            return KeptForm(origin, str(held["title"]), texts, str(held["kept_at"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
