"""What a file was found to hold: a batch for the store, and a path and a sentence for each bad entry."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from tui_registry.store.rows import CatalogBatch
from tui_registry.text import clean, counted

Format = Literal["registry", "csv", "models.dev", "litellm", "env"]

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_LONGEST_KEY = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """A bad entry: where it stands in the file, and what is wrong with it."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A provider of the file that is not known here; `refusal` says why it cannot be taken in at all."""

    id: str
    name: str
    models: int
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """A file as it was read: its good entries as a batch, its bad ones as problems, and what stayed out."""

    format: Format
    said: str
    """What was read, in a few words."""
    batch: CatalogBatch
    problems: tuple[Problem, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    notes: tuple[str, ...] = ()


class Bad(ValueError):
    """A field of an entry that cannot be taken in; `field` is empty for the entry as a whole."""

    def __init__(self, field: str, sentence: str) -> None:
        """Keep which field it is; the sentence holds nothing of a file that could be a key."""
        self.field = field
        super().__init__(sentence)

    def at(self, path: str) -> Problem:
        """The problem of the entry at this path."""
        return Problem(f"{path}.{self.field}" if self.field else path, str(self))


def of_providers(found: Intake, names: Collection[str]) -> Intake:
    """The same intake without providers that are not among these names; how many those are is noted."""
    here = tuple(each for each in found.batch.providers if each.name in names)
    others = len(found.batch.providers) - len(here)
    note = (f"Not in this registry, left out: {counted(others, 'known provider')}.",) if others else ()
    return replace(found, batch=replace(found.batch, providers=here), notes=(*found.notes, *note))


def below(path: str, key: str) -> str:
    """The path of a member of an object, its name in quotes where it is no plain word."""
    if _PLAIN_NAME.fullmatch(key) and len(key) <= _LONGEST_KEY:
        return f"{path}.{key}" if path else key
    return f'{path}["{clean(key, limit=_LONGEST_KEY)}"]'
