"""The prices of models that an import states, compared with those that are held."""

from collections import Counter
from collections.abc import Mapping, Sequence

import peewee as pw

from tui_registry.store.import_rows import ModelChange, ProviderPlan
from tui_registry.store.rows import CatalogModel, CatalogPrice, Cell
from tui_registry.store.statements import fetch

PRICES = (
    "input_price_per_token",
    "output_price_per_token",
    "cache_read_price_per_token",
    "cache_write_price_per_token",
    "currency",
)

RANK = {"catalogue": 1, "provider": 2, "observed": 2, "user": 3}
"""How much a source's word counts."""

_PRICED = (
    f"SELECT model.model_id, p.source, {', '.join(f'p.{each}' for each in PRICES)}, p.source_date, p.note,"  # noqa: S608
    " p.model_id FROM model JOIN model_pricing p ON p.model_id = model.id WHERE model.provider_id = ?"
)

Sides = dict[str, tuple[Cell, Cell]]


def gives_way(held: str, stated: str) -> bool:
    """Whether a value of one source may be replaced by another source's."""
    return RANK[stated] > RANK[held] or (stated == held != "user")


def compare_prices(
    database: pw.SqliteDatabase,
    plan: ProviderPlan,
    models: Sequence[CatalogModel],
    tally: Counter[str],
    *,
    fills: bool,
) -> None:
    """Add to a plan what becomes of the models' prices.

    With `fills` a price that is not stated is not denied; without it, it does not apply.
    """
    held = {} if plan.id is None else {row[0]: row[1:] for row in fetch(database, _PRICED, (plan.id,))}
    changed = {change.model_id: place for place, change in enumerate(plan.changed)}
    new = set(plan.new)
    for model in models:
        if model.price is None:
            continue
        if model.model_id not in held:
            amounts = tuple(getattr(model.price, column) for column in PRICES)
            origin = (model.price.source_date, model.price.note, model.price.source)
            plan.edits.prices.append((*amounts, *origin, model.model_id))
            tally["prices_added"] += 1
            if model.model_id not in new:
                _also(plan, changed, model.model_id, _differing(PRICES, (None,) * len(PRICES), amounts))
            continue
        source, *row, id = held[model.model_id]
        values, amounts_touched, touched = _merged(row, model.price, fills=fills)
        if model.price.source != source:
            touched["price_source"] = (source, model.price.source)
        if touched and gives_way(source, model.price.source):
            plan.edits.changed_prices.append((*values, model.price.source, id))
            tally["prices_changed"] += 1
            _also(plan, changed, model.model_id, touched)
        elif amounts_touched:
            plan.kept[model.model_id] = {**plan.kept.get(model.model_id, {}), **amounts_touched}
            tally["kept_user"] += 1
        else:
            tally["unchanged"] += 1


def _merged(
    row: Sequence[Cell], price: CatalogPrice, *, fills: bool
) -> tuple[tuple[Cell, ...], Sides, Sides]:
    """The price after the import with its date and note, which amounts differ, and all that differs.

    New amounts bring their own date and note; the same amounts keep what is not said anew.
    """
    *was, dated, note = row
    keeps = fills and was[-1] == price.currency
    stated = [getattr(price, column) for column in PRICES]
    now = [old if keeps and new is None else new for old, new in zip(was, stated, strict=True)]
    amounts = _differing(PRICES, was, now)
    origin = (
        price.source_date if amounts or price.source_date is not None else dated,
        price.note if amounts or price.note is not None else note,
    )
    more = _differing(("price_source_date", "note"), (dated, note), origin)
    return (*now, *origin), amounts, {**amounts, **more}


def _differing(names: Sequence[str], was: Sequence[Cell], now: Sequence[Cell]) -> Sides:
    return {name: (old, new) for name, old, new in zip(names, was, now, strict=True) if old != new}


def _also(
    plan: ProviderPlan, changed: dict[str, int], model_id: str, fields: Mapping[str, tuple[Cell, Cell]]
) -> None:
    """Note that a model's price changes, beside its other facts where those change too."""
    if model_id in changed:
        place = changed[model_id]
        plan.changed[place] = ModelChange(model_id, {**plan.changed[place].fields, **fields})
    else:
        changed[model_id] = len(plan.changed)
        plan.changed.append(ModelChange(model_id, dict(fields)))
        plan.unchanged -= 1
