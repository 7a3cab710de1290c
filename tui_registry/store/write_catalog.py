"""Taking in a catalogue: what is new is added, what the catalogue said before is brought up to date.

What a person or the provider itself stated stays as it is, and nothing is deleted.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import uuid4

from tui_registry import names
from tui_registry.store.change import Change
from tui_registry.store.rows import (
    CatalogBatch,
    CatalogModel,
    CatalogPrice,
    CatalogProvider,
    Cell,
    ImportReport,
    ProviderRow,
)
from tui_registry.store.statements import fetch, run_many

_FACTS = (
    "name",
    "description",
    "version",
    "architecture",
    "max_input_tokens",
    "max_output_tokens",
    "supports_streaming",
    "supports_reasoning",
    "source_date",
)
_PRICES = (
    "input_price_per_token",
    "output_price_per_token",
    "cache_read_price_per_token",
    "cache_write_price_per_token",
    "currency",
    "source_date",
    "note",
)


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(columns)


def _set(columns: Sequence[str]) -> str:
    return ", ".join(f"{column} = ?" for column in columns)


_ADD_PROVIDER = (
    "INSERT INTO provider (uuid, name, endpoint, description, website, is_active, state_reason,"
    " state_changed_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, 0, 'no key yet', ?, ?, ?) RETURNING id"
)
_MODELS = f"SELECT model_id, id, source, user_fields, {_listed(_FACTS)} FROM model WHERE provider_id = ?"  # noqa: S608
_ADD_MODEL = (
    f"INSERT INTO model (provider_id, model_id, {_listed(_FACTS)}, source, created_at, updated_at)"  # noqa: S608
    f" VALUES (?, ?, {', '.join('?' * len(_FACTS))}, 'catalogue', ?, ?)"
)
_EDIT_MODEL = (
    f"UPDATE model SET {_set(_FACTS)}, updated_at = max(updated_at, ?), row_version = row_version + 1"  # noqa: S608
    " WHERE id = ?"
)
_PRICED = (
    f"SELECT model.model_id, p.model_id, p.source, {_listed([f'p.{each}' for each in _PRICES])}"  # noqa: S608
    " FROM model JOIN model_pricing p ON p.model_id = model.id WHERE model.provider_id = ?"
)
_ADD_PRICE = (
    f"INSERT INTO model_pricing (model_id, {_listed(_PRICES)}, source, last_updated)"  # noqa: S608
    f" SELECT id, {', '.join('?' * len(_PRICES))}, 'catalogue', ? FROM model"
    " WHERE provider_id = ? AND model_id = ?"
)
_EDIT_PRICE = (
    f"UPDATE model_pricing SET {_set(_PRICES)}, last_updated = max(last_updated, ?),"  # noqa: S608
    " row_version = row_version + 1 WHERE model_id = ?"
)


def import_catalog(change: Change, batch: CatalogBatch) -> ImportReport:
    """Take in a batch whole or not at all; how much of what was added, changed and left alone."""
    tally: Counter[str] = Counter()
    skipped = list(batch.skipped)
    known = [row.name for row in change.reads.known_providers()]
    held = {row.name: row for row in change.reads.providers()}
    for entry in batch.providers:
        name = names.spelling(entry.name, known)
        if name is None:
            skipped.append(f"{entry.name}: not a known provider")
            continue
        id = _provider(change, name, entry, held.get(name), tally)
        models = _unique(entry, skipped)
        _take_models(change, id, models, tally)
        _take_prices(change, id, models, tally)
    return ImportReport(**tally, skipped=tuple(skipped))


def _provider(
    change: Change, name: str, entry: CatalogProvider, held: ProviderRow | None, tally: Counter[str]
) -> int:
    """The id of the provider, added when there is none; one that is there keeps its endpoint and texts."""
    if held is not None:
        return held.id
    tally["providers_added"] += 1
    values = (uuid4().hex, name, entry.endpoint, entry.description, entry.website, *[change.now] * 3)
    return int(fetch(change.db, _ADD_PROVIDER, values)[0][0])


def _unique(entry: CatalogProvider, skipped: list[str]) -> list[CatalogModel]:
    models: dict[str, CatalogModel] = {}
    for model in entry.models:
        if model.model_id in models:
            skipped.append(f"{entry.name} {model.model_id}: listed twice")
        else:
            models[model.model_id] = model
    return list(models.values())


def _take_models(change: Change, id: int, models: Iterable[CatalogModel], tally: Counter[str]) -> None:
    held = {row[0]: row[1:] for row in fetch(change.db, _MODELS, (id,))}
    added, edited = [], []
    for model in models:
        stated = tuple(getattr(model, fact) for fact in _FACTS)
        if model.model_id not in held:
            added.append((id, model.model_id, *stated, change.now, change.now))
            continue
        key, source, user_fields, *stored = held[model.model_id]
        if source != "catalogue":
            tally["kept_user"] += 1
            continue
        kept = user_fields.split()
        wanted = [old if fact in kept else new for fact, old, new in zip(_FACTS, stored, stated, strict=True)]
        tally["kept_user"] += any(old != new for old, new in zip(wanted, stated, strict=True))
        if wanted == stored:
            tally["unchanged"] += 1
        else:
            edited.append((*wanted, change.now, key))
    tally["models_added"] += len(added)
    tally["models_changed"] += len(edited)
    run_many(change.db, _ADD_MODEL, added)
    run_many(change.db, _EDIT_MODEL, edited)


def _take_prices(change: Change, id: int, models: Iterable[CatalogModel], tally: Counter[str]) -> None:
    held = {row[0]: row[1:] for row in fetch(change.db, _PRICED, (id,))}
    added, edited = [], []
    for model in models:
        if model.price is None:
            continue
        stated = _stated(model.price)
        if model.model_id not in held:
            added.append((*stated, change.now, id, model.model_id))
            continue
        key, source, *stored = held[model.model_id]
        if source != "catalogue":
            tally["kept_user"] += 1
        elif tuple(stored) == stated:
            tally["unchanged"] += 1
        else:
            edited.append((*stated, change.now, key))
    tally["prices_added"] += len(added)
    tally["prices_changed"] += len(edited)
    run_many(change.db, _ADD_PRICE, added)
    run_many(change.db, _EDIT_PRICE, edited)


def _stated(price: CatalogPrice) -> tuple[Cell, ...]:
    return tuple(getattr(price, column) for column in _PRICES)
