"""The five views worked out in plain Python from a registry's tables, to hold the store's answers against."""

import sqlite3
from contextlib import closing
from pathlib import Path
from statistics import median_low
from typing import Any, TypeAlias

Facts: TypeAlias = dict[str, Any]

PECULIAR = (
    'O\'Neil "AI"',
    "100% open",
    "under_score",
    "back\\slash",
    "ÉCOLE",
    "école",
    "zebra",
    "Zebra crossing",
    "[/b]",
    "a/b",
)

MODEL_NAMES = (
    *("llama-3.3", "Llama-3.3", "LLAMA_3.3", "gpt%5", "gpt_5", "gpt-5", "a\\b", "it's", 'say "hi"'),
    *("reasoning-pro", "qwen/qwen3:free", "é-model", "É-MODEL", "模型-7b", "model-10", "model-9"),
    *("-- DROP", "*?[a-z]", "x"),
)


def tables(path: Path) -> dict[str, list[Facts]]:
    """Every row of the tables the views are made of."""
    names = ("provider", "known_provider", "model", "pricing_info", "model_pricing", "limits_info")
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]
            for name in (*names, "verification_result")
        }


def fold(text: str) -> str:
    """Text with ASCII letters made small, as the registry compares names."""
    return text.encode().lower().decode()


def facts(path: Path, view: str) -> dict[int, Facts]:
    """Each record of a view by id: its cells, and beside them `owner`, the provider's row."""
    found = tables(path)
    owners = {row["id"]: row for row in found["provider"]}
    if view in ("models", "prices"):
        return {row["id"]: _model(row, owners, found, view) for row in found["model"]}
    if view == "history":
        models = {row["id"]: row for row in found["model"]}
        return {row["id"]: _result(row, owners, models) for row in found["verification_result"]}
    describe = _provider if view == "providers" else _limits
    return {number: describe(row, found) for number, row in owners.items()}


def _by(rows: list[Facts], column: str, value: object) -> Facts | None:
    return next((row for row in rows if row[column] == value), None)


def _model(row: Facts, owners: dict[int, Facts], found: dict[str, list[Facts]], view: str) -> Facts:
    own = _by(found["model_pricing"], "model_id", row["id"])
    default = _by(found["pricing_info"], "provider_id", row["provider_id"])
    price = own or default or {}
    cells: Facts = {**row, "owner": owners[row["provider_id"]]}
    cells["provider"] = cells["owner"]["name"]
    cells["provider_is_active"] = cells["owner"]["is_active"]
    for name in ("input_price_per_token", "output_price_per_token", "currency"):
        cells[name] = price.get(name)
    cells["price_origin"] = "model" if own else "provider" if default else "unknown"
    both = (cells["input_price_per_token"], cells["output_price_per_token"])
    cells["mix"] = None if None in both else (3 * both[0] + both[1]) / 4
    cells["cache_read_price_per_token"] = (own or {}).get("cache_read_price_per_token")
    cells["cache_write_price_per_token"] = (own or {}).get("cache_write_price_per_token")
    cells["note"] = (own or {}).get("note")
    if view == "prices":
        for name in ("source", "source_date", "last_updated"):
            cells[name] = price.get(name)
    return cells


def _result(row: Facts, owners: dict[int, Facts], models: dict[int, Facts]) -> Facts:
    model = models.get(row["model_id"], {})
    cells: Facts = {**row, "owner": owners[row["provider_id"]], "model": row["model_id"]}
    return {
        **cells,
        "provider": cells["owner"]["name"],
        "model_id": model.get("model_id"),
        "name": model.get("name"),
    }


def _provider(row: Facts, found: dict[str, list[Facts]]) -> Facts:
    models = [each for each in found["model"] if each["provider_id"] == row["id"]]
    results = [each for each in found["verification_result"] if each["provider_id"] == row["id"]]
    scores = [each["score"] for each in models if each["score"] is not None]
    latencies = [each["latency_ms"] for each in results[-20:] if each["latency_ms"] is not None]
    known = next(each for each in found["known_provider"] if each["name"] == row["name"])
    return {
        **row,
        "owner": row,
        "model_count": len(models),
        "score": sum(scores) / len(scores) if scores else None,
        "latency_p50_ms": median_low(latencies) if latencies else None,
        "last_checked_at": results[-1]["created_at"] if results else None,
        "has_price": int(_by(found["pricing_info"], "provider_id", row["id"]) is not None),
        "has_limits": int(_by(found["limits_info"], "provider_id", row["id"]) is not None),
        "dialect": known["dialect"],
    }


def _limits(row: Facts, found: dict[str, list[Facts]]) -> Facts:
    limits = _by(found["limits_info"], "provider_id", row["id"]) or {}
    names = ("requests_per_minute", "requests_per_hour", "tokens_per_minute", "tokens_per_hour")
    cells = {name: limits.get(name) for name in (*names, "source", "last_updated")}
    return {"owner": row, "name": row["name"], "is_active": row["is_active"], **cells}


def in_order(records: dict[int, Facts], view: str, column: str, descending: bool) -> list[int]:
    """The ids of a view sorted by a column: unknown last either way, equals always the same way."""

    def tie(number: int) -> tuple[Any, ...]:
        cells = records[number]
        if view == "history":
            return (-number,)
        model = fold(cells["model_id"]).encode() if view in ("models", "prices") else b""
        return fold(cells["owner"]["name"]).encode(), model, number

    def value(number: int) -> str | float | None:
        cells = records[number]
        if (view, column) == ("history", "created_at"):
            return number
        if column == "api_key_encrypted":
            return sum(cells[name] is not None for name in (column, "key_validated_at"))
        found: str | float | None = cells[column]
        return found

    def key(number: int) -> tuple[bytes, float]:
        found = value(number)
        return (fold(found).encode(), 0) if isinstance(found, str) else (b"", found or 0)

    ordered = sorted(records, key=tie)
    known = [number for number in ordered if value(number) is not None]
    # Python keeps equals in place also when it sorts in reverse.
    known.sort(key=key, reverse=descending)
    return known + [number for number in ordered if value(number) is None]
