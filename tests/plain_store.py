"""What the store must hold, as plain dictionaries, and the file read in the same shape."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tui_registry.endpoint import parse_endpoint

Plain = dict[str, Any]

PROVIDER_TEXTS = ("name", "endpoint", "description", "website")
MODEL_TEXTS = ("version", "max_input_tokens", "supports_reasoning")
PRICE_FIELDS = ("input_price_per_token", "output_price_per_token", "currency")
CACHE_FIELDS = ("cache_read_price_per_token", "cache_write_price_per_token")
LIMIT_FIELDS = ("requests_per_minute", "requests_per_hour", "tokens_per_minute", "tokens_per_hour")


def price_values(first: float, second: float) -> Plain:
    return {"input_price_per_token": first, "output_price_per_token": second, "currency": "USD"}


def new_provider(name: str, endpoint: str) -> Plain:
    """A provider as it is right after it was added."""
    return {
        "name": name,
        "endpoint": endpoint,
        "description": None,
        "website": None,
        "is_active": False,
        "validated": False,
        "row_version": 1,
        "models": {},
        "pricing": None,
        "limits": None,
        "key_results": 0,
        "key": None,
    }


def new_model(source: str, user_fields: set[str], **facts: Any) -> Plain:  # noqa: ANN401
    """A model as it is right after it was added."""
    return (
        dict.fromkeys(MODEL_TEXTS)
        | facts
        | {
            "source": source,
            "user_fields": user_fields,
            "verification_state": "unverified",
            "consecutive_failures": 0,
            "row_version": 1,
            "price": None,
            "results": 0,
        }
    )


def expected_merge(was: Plain, mine: Plain, theirs: Plain) -> Plain | None:
    """The fields that must be written, None where the store must speak of a conflict."""
    edits = {each for each in mine if mine[each] != was[each] and mine[each] != theirs[each]}
    if any(theirs[each] != was[each] for each in edits):
        return None
    return {each: mine[each] for each in edits}


def origin(endpoint: str) -> str:
    return parse_endpoint(endpoint).origin


def saved(before: Plain | None, values: Plain, source: str = "user") -> Plain:
    """A price or limits after a save; an unchanged one is not written."""
    if before is None:
        return values | {"source": source, "row_version": 1}
    if all(before[each] == values[each] for each in values):
        return before
    return before | values | {"source": source, "row_version": before["row_version"] + 1}


def plain_content(providers: dict[int, Plain]) -> Plain:
    """The dictionaries in the shape `file_content` gives."""
    return {
        "settings": {"known_providers", "edition"},
        "providers": {id: _plain(each) for id, each in providers.items()},
    }


def _plain(provider: Plain) -> Plain:
    return provider | {"key": provider["key"] is not None}


def file_content(path: Path) -> Plain:
    """Everything of the file that the dictionaries know, and that SQLite finds no fault in it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        assert [tuple(row) for row in connection.execute("PRAGMA quick_check")] == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        asked = {
            table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
            for table in ("meta", "provider", "model", "pricing_info", "model_pricing", "limits_info")
        }
        tested = connection.execute("SELECT provider_id, model_id FROM verification_result").fetchall()
    results = [tuple(row) for row in tested]
    providers = {row["id"]: _stored_provider(row) for row in asked["provider"]}
    for row in asked["pricing_info"]:
        providers[row["provider_id"]]["pricing"] = _fact(row, PRICE_FIELDS)
    for row in asked["limits_info"]:
        providers[row["provider_id"]]["limits"] = _fact(row, LIMIT_FIELDS)
    prices = {row["model_id"]: _fact(row, PRICE_FIELDS + CACHE_FIELDS) for row in asked["model_pricing"]}
    for row in asked["model"]:
        model = _stored_model(row) | {"price": prices.pop(row["id"], None)}
        model["results"] = results.count((row["provider_id"], row["id"]))
        providers[row["provider_id"]]["models"][row["id"]] = model
    for id, provider in providers.items():
        provider["key_results"] = results.count((id, None))
    assert not prices
    settings = {row["key"] for row in asked["meta"]} - {"vault_key_id"}
    return {"settings": settings, "providers": providers}


def _stored_provider(row: Plain) -> Plain:
    values = {each: row[each] for each in PROVIDER_TEXTS} | {"row_version": row["row_version"]}
    return values | {
        "is_active": bool(row["is_active"]),
        "validated": row["key_validated_at"] is not None,
        "key": row["api_key_encrypted"] is not None,
        "models": {},
        "pricing": None,
        "limits": None,
    }


def _stored_model(row: Plain) -> Plain:
    reasoning = row["supports_reasoning"]
    kept = ("model_id", "name", "version", "max_input_tokens", "source", "verification_state")
    return {each: row[each] for each in (*kept, "consecutive_failures", "row_version")} | {
        "supports_reasoning": None if reasoning is None else bool(reasoning),
        "user_fields": set(row["user_fields"].split()),
    }


def _fact(row: Plain, fields: tuple[str, ...]) -> Plain:
    return {each: row[each] for each in (*fields, "source", "row_version")}
