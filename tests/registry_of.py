"""Registry files of any size, made up row by row from a seed and written past the store for speed."""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from tests.plain_views import MODEL_NAMES, PECULIAR
from tui_registry.store.database import create_database
from tui_registry.store.tables import KnownProvider

BORN = "2026-01-01T00:00:00.000Z"
FAMILIES = ("llama", "gpt", "claude", "qwen", "mistral", "gemini", "deepseek", "command")
SIZES = ("8b", "70b", "mini", "nano", "large", "chat", "reasoner", "instruct")
STATUSES = ("pass", "pass", "pass", "fail", "error", "blocked", "partial", "skipped")


def registry_of(path: Path, *, models: int, results: int = 0, providers: int = 30, seed: int = 1) -> Path:
    """A registry file with so many models and results, spread over the providers; the same for one seed."""
    names = [f"Provider {number:03}" for number in range(1, providers + 1)]
    create_database(path, [KnownProvider(name, "https://api.example.com/v1") for name in names])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("BEGIN")
        with _rules_aside(connection):
            _fill(connection, models=models, results=results, names=names, chance=random.Random(seed))
        connection.execute("COMMIT")
    return path


@contextmanager
def _rules_aside(connection: sqlite3.Connection) -> Iterator[None]:
    """Triggers and indexes taken out and put back, which spares most of the time that many rows take."""
    found = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
        " ORDER BY rowid"
    ).fetchall()
    for kind, name, _ in found:
        connection.execute(f'DROP {kind} "{name}"')
    yield
    for _, _, sql in found:
        connection.execute(sql)


def _fill(
    connection: sqlite3.Connection, *, models: int, results: int, names: Sequence[str], chance: random.Random
) -> None:
    """Write all rows."""
    providers = len(names)
    connection.executemany(
        "INSERT INTO provider (id, uuid, name, endpoint, created_at, updated_at) VALUES (?,?,?,?,?,?)",
        [
            (number, f"{number:032x}", name, f"https://api{number}.example.com/v1", BORN, BORN)
            for number, name in enumerate(names, start=1)
        ],
    )
    connection.executemany(
        "INSERT INTO pricing_info (provider_id, input_price_per_token, output_price_per_token, source,"
        " last_updated) VALUES (?, 1e-6, 2e-6, 'catalogue', ?)",
        [(number, BORN) for number in range(1, providers + 1, 3)],
    )
    connection.executemany(
        "INSERT INTO limits_info (provider_id, requests_per_minute, source, last_updated)"
        " VALUES (?, ?, 'user', ?)",
        [(number, 10 * number, BORN) for number in range(1, providers + 1, 2)],
    )
    connection.executemany(
        "INSERT INTO model (id, provider_id, model_id, name, description, max_input_tokens,"
        " max_output_tokens, supports_streaming, supports_reasoning, source, score, last_verified_at,"
        " consecutive_failures, created_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        _models(models, providers, chance),
    )
    connection.executemany(
        "INSERT INTO model_pricing (model_id, input_price_per_token, output_price_per_token,"
        " cache_read_price_per_token, source, last_updated) VALUES (?, ?, ?, ?, 'catalogue', ?)",
        (
            (number, chance.randrange(1, 900) / 1e8, chance.randrange(1, 900) / 1e7, None, BORN)
            for number in range(1, models + 1)
            if chance.random() < 0.8
        ),
    )
    connection.executemany(
        "INSERT INTO verification_result (id, model_id, provider_id, test_type, status, outcome,"
        " http_status, latency_ms, score, cost, scores, evidence, created_at)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        _results(results, models, providers, chance),
    )


def peculiar_registry(path: Path, *, seed: int) -> Path:
    """A small registry with names that are hard to sort and to find, and most states a record can have."""
    chance = random.Random(seed)
    create_database(path, [KnownProvider(name, "https://api.example.com/v1") for name in PECULIAR])
    with closing(sqlite3.connect(path)) as connection:
        for number, name in enumerate(chance.sample(PECULIAR, len(PECULIAR)), start=1):
            sealed, print_ = (f"trv1.{number}", f"{number:016x}") if number % 3 else (None, None)
            connection.execute(
                "INSERT INTO provider (id, uuid, name, endpoint, api_key_encrypted, key_fingerprint,"
                " state_reason, created_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?)",
                (number, f"{number:032x}", name, "https://a.example.com", sealed, print_, name, BORN, BORN),
            )
        connection.executemany(
            "INSERT INTO pricing_info (provider_id, input_price_per_token, output_price_per_token, source,"
            " last_updated) VALUES (?, 1e-6, 0, 'user', ?)",
            [(number, BORN) for number in range(1, len(PECULIAR), 2)],
        )
        connection.executemany(
            "INSERT INTO limits_info (provider_id, requests_per_minute, tokens_per_hour, source,"
            " last_updated) VALUES (?,?,?,?,?)",
            [
                (
                    number,
                    chance.choice((None, 10, 60)),
                    1000 * number,
                    chance.choice(("user", "observed")),
                    BORN,
                )
                for number in range(1, len(PECULIAR), 3)
            ],
        )
        for number, row in enumerate(_peculiar_models(chance), start=1):
            _insert_model(connection, number, row, chance)
        for number in range(1, 81):
            _insert_result(connection, number, chance)
        connection.execute(
            "UPDATE model SET verification_state = 'verified', row_version = 2"
            " WHERE id IN (SELECT model_id FROM verification_result WHERE status = 'pass')"
        )
        connection.execute(
            "UPDATE provider SET key_validated_at = ?, is_active = id % 2, row_version = 2, updated_at = ?"
            " WHERE api_key_encrypted IS NOT NULL AND id > 3",
            (BORN, BORN),
        )
        connection.commit()
    return path


def _peculiar_models(chance: random.Random) -> Iterator[tuple[int, str]]:
    """Provider and model id of some sixty models; the same id stands under several providers."""
    for provider in range(1, len(PECULIAR) + 1):
        for model_id in chance.sample(MODEL_NAMES, 6):
            yield provider, model_id


def _insert_model(
    connection: sqlite3.Connection, number: int, row: tuple[int, str], chance: random.Random
) -> None:
    """One model with few different values, so that many are equal, and perhaps a price."""
    connection.execute(
        "INSERT INTO model (id, provider_id, model_id, name, max_input_tokens, max_output_tokens,"
        " supports_streaming, supports_reasoning, source, score, last_verified_at, consecutive_failures,"
        " created_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            number,
            *row,
            chance.choice(MODEL_NAMES),
            chance.choice((None, 8_000, 128_000, 1_000_000)),
            chance.choice((None, 8_000)),
            chance.choice((None, 0, 1)),
            chance.choice((None, 0, 1)),
            chance.choice(("user", "provider", "catalogue")),
            chance.choice((None, 0.5, 0.9, 1.0)),
            chance.choice((None, "2026-02-01T00:00:00.000Z")),
            chance.choice((0, 0, 1)),
            BORN,
            BORN,
        ),
    )
    if chance.random() < 0.6:
        prices = [chance.choice((None, 0.0, 1e-6, 2.5e-7)) for _ in range(3)]
        connection.execute(
            "INSERT INTO model_pricing (model_id, input_price_per_token, output_price_per_token,"
            " cache_read_price_per_token, note, source, source_date, last_updated) VALUES (?,?,?,?,?,?,?,?)",
            (number, *prices, "as listed", chance.choice(("user", "catalogue")), "2026-01-31", BORN),
        )


def _insert_result(connection: sqlite3.Connection, number: int, chance: random.Random) -> None:
    """One result; every fifth is a passed check of a provider's present key."""
    model = None if number % 5 == 0 else chance.randrange(1, 61)
    provider = number // 5 % len(PECULIAR) + 1 if model is None else (model - 1) // 6 + 1
    status = "pass" if model is None or model % 4 == 0 else chance.choice(STATUSES)
    connection.execute(
        "INSERT INTO verification_result (id, model_id, provider_id, test_type, status, outcome, http_status,"
        " latency_ms, score, cost, key_fingerprint, created_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            number,
            model,
            provider,
            "key" if model is None else "chat",
            status,
            chance.choice((None, "ok", "rate_limited", "100%")),
            chance.choice((None, 200, 429)),
            chance.choice((None, 100.0, 2_000.0)),
            chance.choice((None, 0.5, 1.0)),
            chance.choice((None, 0.0, 0.001)),
            f"{provider:016x}",
            _moment(number * 86_400),
        ),
    )


def _models(count: int, providers: int, chance: random.Random) -> Iterator[tuple[object, ...]]:
    """Rows of the model table; every seventh context and every fifth score is unknown."""
    for number in range(1, count + 1):
        family, size = chance.choice(FAMILIES), chance.choice(SIZES)
        checked = chance.random() < 0.5
        yield (
            number,
            _provider_of(number, providers),
            f"{family}/{family}-{number % 97}-{size}-{number}",
            f"{family.title()} {number % 97} {size}",
            "A model that was made up for tests. " * 3,
            None if number % 7 == 0 else chance.choice((8_192, 32_768, 128_000, 200_000, 1_000_000)),
            None if number % 2 else chance.choice((4_096, 8_192, 64_000)),
            chance.choice((0, 1, None)),
            chance.choice((0, 1, None)),
            chance.choice(("user", "provider", "catalogue")),
            round(chance.random(), 3) if checked and number % 5 else None,
            _moment(chance.randrange(300 * 86_400)) if checked else None,
            0 if checked else chance.choice((0, 1, 2)),
            BORN,
            BORN,
        )


def _results(count: int, models: int, providers: int, chance: random.Random) -> Iterator[tuple[object, ...]]:
    """Rows of the result table, oldest first; every tenth is about a provider's key."""
    for number in range(1, count + 1):
        about_key = number % 10 == 0 or not models
        model = None if about_key else chance.randrange(1, models + 1)
        status = chance.choice(STATUSES)
        yield (
            number,
            model,
            chance.randrange(1, providers + 1) if model is None else _provider_of(model, providers),
            "key" if about_key else chance.choice(("chat", "stream", "tools")),
            status,
            "ok" if status == "pass" else chance.choice(("rate_limited", "timeout", "refused")),
            200 if status == "pass" else chance.choice((429, 500, None)),
            chance.randrange(100, 5_000) if status == "pass" else None,
            round(chance.random(), 3) if status == "pass" else None,
            chance.randrange(1, 100) / 1e5 if status == "pass" else None,
            '{"answer": 1.0}',
            '{"reply": "PONG", "finish_reason": "stop"}',
            _moment(300 * 86_400 * number // (count + 1)),
        )


def _provider_of(model: int, providers: int) -> int:
    """The provider of a model: the first one has as many as all others together."""
    return 1 if model % 2 else 1 + model // 2 % providers


def _moment(seconds: int) -> str:
    """The stored form of a moment so many seconds after the start of 2026."""
    days, rest = divmod(seconds, 86_400)
    month, day = divmod(days, 28)
    return f"2026-{month + 1:02}-{day + 1:02}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}.000Z"
