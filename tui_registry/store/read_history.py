"""What the results of the last days say in sum: each day's worst, the last latencies, and the scores.

Results are only ever appended, so the newest are those with the highest ids. A clock may have gone back
between them, so what belongs to a day is asked of their times; the lowest id of those days only says where
to begin.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import peewee as pw

from tui_registry.store.statements import Bound, fetch
from tui_registry.store.views import Scope

Worst = Literal["none", "ok", "slow", "fail"]

SLOW_MS = 5_000
"""Milliseconds beyond which an answer that passed is called slow."""

LOOKED_AT = 500
"""How many of the newest results are searched for latencies and scores."""

_WORST: tuple[Worst, ...] = ("ok", "slow", "fail")

_RANK = (
    f"CASE WHEN status IN ('fail', 'error') THEN 2 WHEN status <> 'pass' OR latency_ms > {SLOW_MS} THEN 1"
    " ELSE 0 END"
)
# a bare min(id) would walk the table from its beginning instead of the index of times
_FIRST = "SELECT min(id + 0) FROM verification_result WHERE created_at >= ?"
_LATENCIES = (
    " WHERE status IN ('pass', 'partial') AND latency_ms IS NOT NULL OR status IN ('fail', 'error')"
    " ORDER BY id DESC LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Day:
    """One day in UTC: its date, its worst result, how many results it has and how many of them passed."""

    date: str
    worst: Worst = "none"
    results: int = 0
    passed: int = 0


class HistoryReads:
    """Sums over results; raises StoreLocked quickly while another process holds the file."""

    def __init__(self, opener: Callable[[], AbstractContextManager[pw.SqliteDatabase]]) -> None:
        """Ask on the connections this opener gives."""
        self._open = opener

    def days(self, scope: Scope, now: datetime, size: int = 30) -> list[Day]:
        """The last `size` days with today at the end; a day without results stands there as one.

        What was skipped or is not supported says nothing about a day.
        """
        dates = [f"{now - timedelta(days=back):%Y-%m-%d}" for back in range(size - 1, -1, -1)]
        first = self._fetch(_FIRST, (dates[0],))[0][0]
        if first is None:
            return [Day(date) for date in dates]
        sql = (
            f"SELECT substr(created_at, 1, 10) AS day, max({_RANK}), count(*), sum(status = 'pass')"  # noqa: S608
            f" FROM verification_result WHERE {_condition(scope)} AND id >= ? AND created_at >= ?"
            " AND status NOT IN ('skipped', 'unsupported') GROUP BY day"
        )
        found = {
            date: Day(date, _WORST[rank], results, passed)
            for date, rank, results, passed in self._fetch(sql, (*_bound(scope), first, dates[0]))
        }
        return [found.get(date, Day(date)) for date in dates]

    def latencies(self, scope: Scope, size: int = 24) -> list[float | None]:
        """The last latencies in milliseconds, the newest at the end; a failed result is None."""
        sql = self._newest(scope, "id, status, latency_ms") + _LATENCIES
        found = self._fetch(sql, (*_bound(scope), LOOKED_AT, size))
        return [latency if status in ("pass", "partial") else None for _, status, latency in reversed(found)]

    def scores(self, scope: Scope, size: int = 8) -> list[float]:
        """The last scores from 0 to 1, the newest at the end."""
        sql = self._newest(scope, "id, score") + " WHERE score IS NOT NULL ORDER BY id DESC LIMIT ?"
        return [score for _, score in reversed(self._fetch(sql, (*_bound(scope), LOOKED_AT, size)))]

    def last_failure(self, scope: Scope) -> tuple[str, str | None, int | None] | None:
        """When the newest failure was, its outcome and its HTTP status; None when none is near."""
        sql = self._newest(scope, "id, status, created_at, outcome, http_status")
        sql += " WHERE status IN ('fail', 'error') ORDER BY id DESC LIMIT 1"
        found = self._fetch(sql, (*_bound(scope), LOOKED_AT))
        return (found[0][2], found[0][3], found[0][4]) if found else None

    def _newest(self, scope: Scope, columns: str) -> str:
        """The newest results as something to select from; takes the scope's values and a number."""
        return (
            f"SELECT * FROM (SELECT {columns} FROM verification_result"  # noqa: S608
            f" WHERE {_condition(scope)} ORDER BY id DESC LIMIT ?)"
        )

    def _fetch(self, sql: str, values: Bound) -> list[tuple[Any, ...]]:
        with self._open() as database:
            return fetch(database, sql, values)


def _condition(scope: Scope) -> str:
    """What lets only the results of one model, one provider, or all through."""
    if scope.model_id is not None:
        return "model_id = ?"
    return "1" if scope.provider_id is None else "provider_id = ?"


def _bound(scope: Scope) -> tuple[int, ...]:
    id = scope.provider_id if scope.model_id is None else scope.model_id
    return () if id is None else (id,)
