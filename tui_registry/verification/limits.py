"""Which limits a limiter starts with, and what it learns from answers."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from tui_registry.clock import moment, stamp
from tui_registry.store import Attempt, Limits, ObservedLimit, SeenLimit
from tui_registry.verification.limiter import SECONDS, Limiter, Load, Rule
from tui_registry.verification.options import Options
from tui_registry.wire import LimitSeen

PER_MODEL = frozenset(
    {"openai", "azure", "groq", "mistral", "cerebras", "together", "sambanova", "fireworks"}
)
"""The families of limit headers that speak of one model; others speak of the whole key."""

DEFAULT_PER_MINUTE = 20
"""Requests per minute where nothing is known, except on this machine."""

_RANKS = {"user": 3, "observed": 2, "catalogue": 1}
_COLUMNS = {
    "requests_per_minute": ("requests", "minute"),
    "requests_per_hour": ("requests", "hour"),
    "tokens_per_minute": ("tokens", "minute"),
    "tokens_per_hour": ("tokens", "hour"),
}


def starting_rules(
    limits: Limits | None, observed: Iterable[ObservedLimit], *, local: bool
) -> tuple[Rule, ...]:
    """The limits known before anything is asked: a person's, then those seen, then imported ones."""
    rules = []
    if limits is not None and limits.source != "observed":
        rules = [
            Rule(metric, SECONDS[window], value, None, _RANKS[limits.source])
            for column, (metric, window) in _COLUMNS.items()
            if (value := getattr(limits, column)) is not None
        ]
    rules += [
        Rule(row.metric, SECONDS[row.window], row.limit_value, row.model_id, 2)
        for row in observed
        if row.limit_value
    ]
    known = {(rule.metric, rule.seconds) for rule in rules}
    if not local and not {("requests", 1.0), ("requests", 60.0)} & known:
        rules.append(Rule("requests", 60.0, DEFAULT_PER_MINUTE, None, 0))
    return tuple(rules)


def limiter_for(
    rules: tuple[Rule, ...],
    observed: Iterable[ObservedLimit],
    attempts: Iterable[Attempt],
    options: Options,
    *,
    local: bool,
    gate: asyncio.Semaphore | None,
) -> Limiter:
    """A limiter that remembers what was asked before, also by an earlier start of the program."""
    limiter = Limiter(
        rules,
        parallel=options.local_parallel if local else options.per_key,
        gate=gate,
        now=options.now,
        sleep=options.sleep,
    )
    wall = options.clock()
    for attempt in attempts:
        age = (wall - moment(attempt.at)).total_seconds()
        limiter.seed(age, Load(attempt.input_tokens, attempt.output_tokens), attempt.model_id)
    for row in observed:
        if row.remaining == 0 and row.reset_at is not None:
            limiter.left(
                row.metric,
                SECONDS[row.window],
                row.model_id,
                0,
                (moment(row.reset_at) - wall).total_seconds(),
            )
    return limiter


def learn(limiter: Limiter, seen: Iterable[LimitSeen], model: int | None, wall: datetime) -> None:
    """Take in the limits of one answer; `model` where the provider's headers speak of one model."""
    for limit in seen:
        if limit.window is None:
            continue
        seconds = SECONDS[limit.window]
        if limit.limit:
            limiter.learn(Rule(limit.metric, seconds, limit.limit, model, 2))
        if limit.remaining is not None:
            resets = seconds if limit.reset_at is None else (limit.reset_at - wall).total_seconds()
            limiter.left(limit.metric, seconds, model, limit.remaining, max(0.0, resets))


def kept(seen: Iterable[LimitSeen]) -> tuple[SeenLimit, ...]:
    """The limits of one answer as the store keeps them; one without a window is only in the evidence."""
    return tuple(
        SeenLimit(
            limit.metric,
            limit.window,
            limit.limit,
            limit.remaining,
            None if limit.reset_at is None else stamp(limit.reset_at),
            limit.header[:256],
        )
        for limit in seen
        if limit.window is not None
    )
