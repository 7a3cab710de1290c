"""What verification asks of the registry: earlier attempts, limits and models seen, controls, runs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import peewee as pw

from tui_registry.store.proof_rows import Attempt, KeyControlRow, ModelObservationRow, ObservedLimitRow
from tui_registry.store.rows import EffectivePrice, ResultRow, RunRow
from tui_registry.store.statements import Bound, fetch

_LIMIT_COLUMNS = (
    'id, provider_id, model_id, metric, "window", limit_value, remaining, reset_at, header, observed_at'
)
_OBSERVATION_COLUMNS = (
    "o.model_id, listed_at, unlisted_at, served_at, mode, supports_tools, supports_json, quirks, quirks_at,"
    " last_updated"
)
_RUN_COLUMNS = (
    'id, suite, "trigger", state, budget, estimated_cost, actual_cost, started_at, finished_at, plan, owner'
)
_PRICES = """
SELECT m.id,
       own.model_id, own.input_price_per_token, own.output_price_per_token, own.cache_read_price_per_token,
       own.cache_write_price_per_token, own.currency, own.source, own.source_date,
       base.provider_id, base.input_price_per_token, base.output_price_per_token,
       base.currency, base.source, base.source_date
FROM model m
LEFT JOIN model_pricing own ON own.model_id = m.id
LEFT JOIN pricing_info base ON base.provider_id = m.provider_id
WHERE m.provider_id = ?
"""
_ATTEMPTS = """
SELECT created_at, model_id, input_tokens, output_tokens FROM verification_result
WHERE provider_id = ? AND created_at >= ? AND status <> 'skipped' ORDER BY id
"""
_RECENT = """
SELECT model_id, outcome FROM (
  SELECT model_id, outcome, id, row_number() OVER (PARTITION BY model_id ORDER BY id DESC) AS place
  FROM verification_result
  WHERE provider_id = ? AND created_at >= ? AND model_id IS NOT NULL AND status NOT IN ('blocked', 'skipped')
) WHERE place <= ? ORDER BY id DESC
"""
_RESULT_COLUMNS = ", ".join(ResultRow.__dataclass_fields__)
_LAST_PASS = """
SELECT max(id) FROM verification_result
WHERE model_id = ? AND id < ? AND status = 'pass' AND test_type NOT IN ('tools', 'json', 'benchmark')
"""


class ProofReads:
    """Answers for verification; raises StoreLocked quickly while another process holds the file."""

    def __init__(self, opener: Callable[[], AbstractContextManager[pw.SqliteDatabase]]) -> None:
        """Ask on the connections this opener gives."""
        self._open = opener

    def observed_limits(self, provider_id: int) -> list[ObservedLimitRow]:
        """The latest word of a provider on each of its limits."""
        sql = f"SELECT {_LIMIT_COLUMNS} FROM observed_limit WHERE provider_id = ? ORDER BY id"  # noqa: S608
        return [ObservedLimitRow(*row) for row in self._fetch(sql, (provider_id,))]

    def observations(self, provider_id: int) -> dict[int, ModelObservationRow]:
        """What was seen of each model of a provider, by the model's id."""
        sql = (
            f"SELECT {_OBSERVATION_COLUMNS} FROM model_observation o"  # noqa: S608
            " JOIN model m ON m.id = o.model_id WHERE m.provider_id = ?"
        )
        return {row[0]: _observation(row) for row in self._fetch(sql, (provider_id,))}

    def observation(self, model_id: int) -> ModelObservationRow | None:
        """What was seen of a model; None when nothing was."""
        sql = f"SELECT {_OBSERVATION_COLUMNS} FROM model_observation o WHERE o.model_id = ?"  # noqa: S608
        found = self._fetch(sql, (model_id,))
        return _observation(found[0]) if found else None

    def key_control(self, endpoint: str, proof: str) -> KeyControlRow | None:
        """Whether this endpoint refuses a wrong key in this call; None when that was never tried."""
        sql = (
            "SELECT endpoint, proof, refuses_wrong, checked_at FROM key_control"
            " WHERE endpoint = ? AND proof = ?"
        )
        found = self._fetch(sql, (endpoint, proof))
        return KeyControlRow(found[0][0], found[0][1], bool(found[0][2]), found[0][3]) if found else None

    def prices(self, provider_id: int) -> dict[int, EffectivePrice]:
        """What each model of a provider costs, by the model's id."""
        return {row[0]: _price(row[1:9], row[9:]) for row in self._fetch(_PRICES, (provider_id,))}

    def attempts(self, provider_id: int, since: str) -> list[Attempt]:
        """What a provider was asked since then, oldest first."""
        return [
            Attempt(at, model, given or 0, out or 0)
            for at, model, given, out in self._fetch(_ATTEMPTS, (provider_id, since))
        ]

    def recent_outcomes(self, provider_id: int, since: str, size: int = 20) -> dict[int, list[str | None]]:
        """The outcomes of each model's last attempts that were not blocked, newest first, by model id."""
        found: dict[int, list[str | None]] = {}
        for model_id, outcome in self._fetch(_RECENT, (provider_id, since, size)):
            found.setdefault(model_id, []).append(outcome)
        return found

    def run_results(self, run_id: int) -> list[ResultRow]:
        """Every result of a run, oldest first."""
        return self._results("run_id = ? ORDER BY id", (run_id,))

    def last_pass(self, model_id: int, before: int) -> list[ResultRow]:
        """The results of a model in the last run it passed, before this result's id; empty when none."""
        found = self._fetch(_LAST_PASS, (model_id, before))[0][0]
        if found is None:
            return []
        (passed,) = self._results("id = ?", (found,))
        if passed.run_id is None:
            return [passed]
        return self._results(
            "run_id = ? AND model_id = ? AND id < ? ORDER BY id", (passed.run_id, model_id, before)
        )

    def broken_off(self, provider_id: int) -> bool:
        """Whether the provider's newest result is a probe that was skipped because it was unhealthy."""
        sql = "SELECT outcome FROM verification_result WHERE provider_id = ? ORDER BY id DESC LIMIT 1"
        return self._fetch(sql, (provider_id,)) == [("breaker",)]

    def runs(self, *, state: str | None = None, limit: int = 100) -> list[RunRow]:
        """The newest runs, in this state if one is given, newest first."""
        sql = (
            f"SELECT {_RUN_COLUMNS} FROM verification_run WHERE ? IS NULL OR state = ?"  # noqa: S608
            " ORDER BY id DESC LIMIT ?"
        )
        return [RunRow(*row) for row in self._fetch(sql, (state, state, limit))]

    def _results(self, condition: str, values: Bound) -> list[ResultRow]:
        sql = f"SELECT {_RESULT_COLUMNS} FROM verification_result WHERE {condition}"  # noqa: S608
        names = tuple(ResultRow.__dataclass_fields__)
        return [ResultRow(**dict(zip(names, row, strict=True))) for row in self._fetch(sql, values)]

    def _fetch(self, sql: str, values: Bound) -> list[tuple[Any, ...]]:
        with self._open() as database:
            return fetch(database, sql, values)


def _observation(row: tuple[Any, ...]) -> ModelObservationRow:
    values: dict[str, Any] = dict(zip(ModelObservationRow.__dataclass_fields__, row, strict=True))
    for flag in ("supports_tools", "supports_json"):
        values[flag] = None if values[flag] is None else bool(values[flag])
    return ModelObservationRow(**values)


def _price(own: tuple[Any, ...], base: tuple[Any, ...]) -> EffectivePrice:
    """The model's own price, else its provider's, else unknown; as `Reads.effective_price` says it."""
    if own[0] is not None:
        return EffectivePrice(own[1], own[2], own[3], own[4], own[5], own[6], own[7], "model")
    if base[0] is not None:
        return EffectivePrice(base[1], base[2], None, None, base[3], base[4], base[5], "provider")
    return EffectivePrice(None, None, None, None, None, None, None, "unknown")
