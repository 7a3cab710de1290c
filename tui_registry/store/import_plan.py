"""An import compared with the registry: what is new, what changes, and what precedence leaves alone.

A person's value stands above the provider's, and that above a catalogue's; of two values of one rank the
newer one holds, except that nothing overwrites a person's. What is left unsaid denies nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import peewee as pw

from tui_registry import names
from tui_registry.endpoint import parse_endpoint
from tui_registry.store.import_prices import RANK, compare_prices, gives_way
from tui_registry.store.import_rows import ImportPlan, ModelChange, ProviderPlan
from tui_registry.store.rows import (
    CatalogBatch,
    CatalogLimits,
    CatalogModel,
    CatalogPrice,
    CatalogProvider,
    Cell,
)
from tui_registry.store.statements import fetch
from tui_registry.store.tables import KnownProvider, Provider

if TYPE_CHECKING:
    from tui_registry.store.reads import Reads

FACTS = (
    "name",
    "description",
    "version",
    "architecture",
    "max_input_tokens",
    "max_output_tokens",
    "supports_streaming",
    "supports_reasoning",
)
"""The fields of a model that an import may state, each with a rank of its own."""

DEFAULT_PRICES = ("input_price_per_token", "output_price_per_token", "currency")
LIMITS = ("requests_per_minute", "requests_per_hour", "tokens_per_minute", "tokens_per_hour")

_HELD = ", ".join(("model_id", "id", "source", "source_date", "user_fields", *FACTS))
_MODELS = f"SELECT {_HELD} FROM model WHERE provider_id = ?"  # noqa: S608


def plan_import(database: pw.SqliteDatabase, reads: "Reads", batch: CatalogBatch) -> ImportPlan:
    """What taking in the batch does to the registry as it is now."""
    known = {names.fold(row.name): row for row in reads.known_providers()}
    stated = {names.fold(row.name): row for row in reversed(batch.known)}
    fresh = tuple(row for fold, row in reversed(stated.items()) if fold not in known)
    spelled = [row.name for row in (*known.values(), *fresh)]
    held = {row.name: row for row in reads.providers()}
    tally: Counter[str] = Counter(known_added=len(fresh))
    skipped = [*batch.skipped, *_known_otherwise(known, batch.known)]
    plans: list[ProviderPlan] = []
    for entry in batch.providers:
        name = names.spelling(entry.name, spelled)
        if name is None:
            skipped.append(f"{entry.name}: not a known provider")
            continue
        if any(plan.name == name for plan in plans):
            skipped.append(f"{name}: listed twice")
            continue
        plan = _provider(reads, name, entry, held.get(name), tally)
        models = _unique(entry, skipped)
        _compare_models(database, plan, models, tally)
        compare_prices(database, plan, models, tally, fills=not entry.is_own)
        plans.append(plan)
    return ImportPlan(fresh, tuple(plans), tuple(skipped), tally)


def _known_otherwise(known: Mapping[str, KnownProvider], stated: Iterable[KnownProvider]) -> Iterable[str]:
    """Names that are known here already with other facts; what is known of them stays."""
    for row in stated:
        held = known.get(names.fold(row.name))
        if held is not None and row.but(name=held.name, source=held.source) != held:
            yield f"{held.name}: known here already with other facts, which stay"


def _unique(entry: CatalogProvider, skipped: list[str]) -> list[CatalogModel]:
    models: dict[str, CatalogModel] = {}
    for model in entry.models:
        if model.model_id in models:
            skipped.append(f"{entry.name} {model.model_id}: listed twice")
        else:
            models[model.model_id] = model
    return list(models.values())


def _provider(
    reads: "Reads", name: str, entry: CatalogProvider, held: Provider | None, tally: Counter[str]
) -> ProviderPlan:
    """The provider's own facts; one that is there keeps its texts unless a registry wrote the entry."""
    plan = ProviderPlan(name, (held or entry).endpoint, None if held is None else held.id)
    tally["providers_added"] += held is None
    if held is None:
        plan.edits.own["provider"] = {
            "endpoint": entry.endpoint, "description": entry.description, "website": entry.website,
        }  # fmt: skip
    elif entry.is_own:
        _own_facts(plan, reads, entry, held)
    price = None if held is None else reads.pricing(held.id)
    limits = None if held is None else reads.limits(held.id)
    _own_row(plan, "pricing_info", DEFAULT_PRICES, entry.price, price, tally)
    _own_row(plan, "limits_info", LIMITS, entry.limits, limits, tally)
    tally["providers_changed"] += held is not None and bool(plan.fields)
    return plan


def _own_facts(plan: ProviderPlan, reads: "Reads", entry: CatalogProvider, held: Provider) -> None:
    """Texts fill what is empty; an endpoint that nobody set here gives way as long as no key is sealed."""
    kept: dict[str, tuple[Cell, Cell]] = {}
    for field in ("endpoint", "description", "website"):
        was, stated = getattr(held, field), getattr(entry, field)
        if stated in (None, was):
            continue
        free = _endpoint_is_free(reads, held) if field == "endpoint" else was is None
        (plan.fields if free else kept)[field] = (was, stated)
    if kept:
        plan.kept[""] = kept
    if plan.fields:
        plan.edits.own["provider"] = {field: now for field, (_, now) in plan.fields.items()}


def _endpoint_is_free(reads: "Reads", held: Provider) -> bool:
    """Whether the endpoint is the one the provider began with, and no key is sealed for it."""
    if held.api_key_encrypted is not None:
        return False
    known = reads.known(held.name).endpoint
    try:
        return known == held.endpoint or parse_endpoint(held.endpoint).is_placeholder
    except ValueError:
        return False


def _own_row(
    plan: ProviderPlan,
    table: str,
    fields: Sequence[str],
    stated: CatalogPrice | CatalogLimits | None,
    held: object | None,
    tally: Counter[str],
) -> None:
    """A provider's default price or its limits: taken as a whole, or left alone as a whole."""
    if stated is None:
        return
    now = {field: getattr(stated, field) for field in fields}
    was = dict.fromkeys(fields) if held is None else {field: getattr(held, field) for field in fields}
    touched = {field: (was[field], now[field]) for field in fields if was[field] != now[field]}
    if held is not None and not touched:
        tally["unchanged"] += 1
        return
    if held is not None and not gives_way(str(getattr(held, "source")), stated.source):  # noqa: B009
        plan.kept[""] = {**plan.kept.get("", {}), **touched}
        tally["kept_user"] += 1
        return
    plan.fields.update(touched)
    values: dict[str, object] = {**now, "source": stated.source}
    if isinstance(stated, CatalogPrice):
        values["source_date"] = stated.source_date
        tally["prices_added" if held is None else "prices_changed"] += 1
    plan.edits.own[table] = values


def _compare_models(
    database: pw.SqliteDatabase, plan: ProviderPlan, models: Sequence[CatalogModel], tally: Counter[str]
) -> None:
    held = {} if plan.id is None else {row[0]: row[1:] for row in fetch(database, _MODELS, (plan.id,))}
    for model in models:
        if model.model_id not in held:
            plan.new.append(model.model_id)
            stated = (getattr(model, fact) for fact in FACTS)
            origin = (model.source, model.source_date, model.user_fields)
            plan.edits.models.append((model.model_id, *stated, *origin))
            continue
        id, *row = held[model.model_id]
        wanted, changes, kept = merged_model(row, model)
        if kept:
            plan.kept[model.model_id] = kept
            tally["kept_user"] += 1
        if changes:
            plan.changed.append(ModelChange(model.model_id, changes))
            plan.edits.changed_models.append((*wanted, id))
        elif not kept:
            tally["unchanged"] += 1
    listed = {model.model_id for model in models}
    plan.gone.extend(name for name, row in held.items() if name not in listed and row[1] == "catalogue")
    plan.unchanged = len(models) - len(plan.new) - len(plan.changed)
    tally["models_added"] += len(plan.new)
    tally["models_changed"] += len(plan.changed)


def merged_model(
    row: Sequence[Any], model: CatalogModel
) -> tuple[list[Cell], dict[str, tuple[Cell, Cell]], dict[str, tuple[Cell, Cell]]]:
    """A held model after the import: its values, what of them changes, and what is kept against it.

    `row` is source, source_date, user_fields and the FACTS; the values are the FACTS and then those three.
    """
    source, dated, users, *stored = row
    mine, theirs = users.split(), model.user_fields.split()
    wanted: list[Cell] = []
    changes: dict[str, tuple[Cell, Cell]] = {}
    kept: dict[str, tuple[Cell, Cell]] = {}
    for fact, old in zip(FACTS, stored, strict=True):
        new = getattr(model, fact)
        is_named_after_itself = fact == "name" and new == model.model_id
        if new == old or (fact not in theirs and (new is None or is_named_after_itself)):
            wanted.append(old)
        elif gives_way("user" if fact in mine else source, "user" if fact in theirs else model.source):
            wanted.append(new)
            changes[fact] = (old, new)
        else:
            wanted.append(old)
            kept[fact] = (old, new)
    rises = RANK[model.source] > RANK[source]
    origin = model.source if rises else source
    if rises:
        changes["source"] = (source, origin)
    union = " ".join([*mine, *(each for each in theirs if each not in mine)]) if source != "user" else users
    if union != users:
        changes["user_fields"] = (users, union)
    if origin == model.source != "user" and (changes or model.source_date) and model.source_date != dated:
        changes["source_date"] = (dated, model.source_date)
        dated = model.source_date
    return [*wanted, origin, dated, union], changes, kept
