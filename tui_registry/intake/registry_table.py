"""The registry's own CSV, as `export.registry_csv` describes it, turned into the registry's own document."""

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tui_registry.errors import Refused
from tui_registry.export import registry_csv as form
from tui_registry.export import registry_json
from tui_registry.intake.found import Bad, Problem
from tui_registry.intake.registry_file import Placed

_WHOLE = re.compile(r"[0-9]{1,17}")
_NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?(?:e[+-]?[0-9]{1,3})?", re.IGNORECASE)
_COUNTS = frozenset({"max_input_tokens", "max_output_tokens", *registry_json.LIMIT_FIELDS[:-1]})
_FLAGS = {"true": True, "false": False}
_PRICE = {"source": "price_source", "source_date": "price_source_date", "note": "price_note"}


def is_table(text: str) -> bool:
    """Whether a text begins as such a table does."""
    return text.startswith(",".join(form.COLUMNS[:3]))


def read_table(text: str, name: str) -> tuple[dict[str, Any], list[Problem]]:
    """The document a table stands for, and the rows that are no records; raises Refused for another table."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    document: dict[str, Any] = {"format": registry_json.FORMAT, "version": registry_json.VERSION}
    document |= {"known_providers": [], "providers": []}
    problems: list[Problem] = []
    models_of: dict[str, list[Placed]] = {}
    try:
        if tuple(next(reader, ())) != form.COLUMNS:
            raise Refused(f"{name} does not have the columns of a registry, in their order.")
        for cells in reader:
            place = f"line {reader.line_num:,}"
            try:
                _take(cells, place, document, models_of)
            except Bad as bad:
                problems.append(bad.at(place))
    except csv.Error as error:
        raise Refused(f"{name} cannot be read as a table at line {reader.line_num:,}: {error}.") from None
    return document, problems


def _take(cells: list[str], place: str, document: dict[str, Any], models_of: dict[str, list[Placed]]) -> None:
    if len(cells) != len(form.COLUMNS):
        raise Bad("", f"This row has {len(cells)} cells instead of {len(form.COLUMNS)}.")
    row = dict(zip(form.COLUMNS, cells, strict=True))
    record = row["record"]
    if record == "known":
        document["known_providers"].append(_placed(place, row, registry_json.KNOWN_FIELDS))
    elif record == "provider":
        provider = _placed(place, row, registry_json.PROVIDER_FIELDS)
        provider["pricing"] = _price(row, registry_json.PRICE_FIELDS)
        provider["limits"] = _limits(row)
        provider["models"] = models_of[form.original(row["name"])] = []
        document["providers"].append(provider)
    elif record == "model":
        owner = models_of.get(form.original(row["provider"]))
        if owner is None:
            raise Bad("provider", "No row above this one is this provider.")
        model = _placed(place, row, registry_json.MODEL_FIELDS)
        model["pricing"] = _price(row, registry_json.MODEL_PRICE_FIELDS)
        owner.append(model)
    else:
        raise Bad("record", "Expected known, provider or model.")


def _placed(place: str, row: Mapping[str, str], fields: tuple[str, ...]) -> Placed:
    placed = Placed({field: _value(field, row[field]) for field in fields})
    placed.place = place
    return placed


def _value(field: str, cell: str) -> object:
    """What a cell stands for; a text where a number belongs stays a text, and is refused as one."""
    if field in registry_json.WORD_LISTS:
        return form.original(cell).split()
    if not cell:
        return None
    if field in _COUNTS and _WHOLE.fullmatch(cell):
        return int(cell)
    if field.endswith("_price_per_token") and _NUMBER.fullmatch(cell):
        return Decimal(cell)
    if field.startswith("supports_") and cell in _FLAGS:
        return _FLAGS[cell]
    return form.original(cell)


def _price(row: Mapping[str, str], fields: tuple[str, ...]) -> dict[str, object] | None:
    price = {field: _value(field, row[_PRICE.get(field, field)]) for field in fields}
    return price if any(value is not None for value in price.values()) else None


def _limits(row: Mapping[str, str]) -> dict[str, object] | None:
    limits = {field: _value(field, row[field]) for field in registry_json.LIMIT_FIELDS[:-1]}
    limits["source"] = form.original(row["limits_source"]) or None
    return limits if any(value is not None for value in limits.values()) else None
