"""What verification asks of the registry: earlier attempts, limits and models seen, controls, runs."""

from typing import Any

import peewee as pw
from peewee import fn

from tui_registry.store.proof_rows import Attempt
from tui_registry.store.questions import Questions
from tui_registry.store.rows import EffectivePrice
from tui_registry.store.tables import (
    KeyControl,
    Model,
    ModelObservation,
    ModelPricing,
    ObservedLimit,
    Pricing,
    Result,
    Run,
)

PROVES_NOTHING = ("tools", "json", "benchmark")
"""The tests that say what a model can do beyond answering, and do not make it verified."""

UNANSWERED = ("blocked", "skipped")
"""The statuses of results for which nobody was asked, or nobody answered for the model."""


class ProofReads(Questions):
    """Answers for verification."""

    def observed_limits(self, provider_id: int) -> list[ObservedLimit]:
        """The latest word of a provider on each of its limits."""
        query = ObservedLimit.select().where(ObservedLimit.provider_id == provider_id)
        return self._all(ObservedLimit, query.order_by(ObservedLimit.id))

    def observations(self, provider_id: int) -> dict[int, ModelObservation]:
        """What was seen of each model of a provider, by the model's id."""
        of_provider = ModelObservation.select().join(Model, on=(Model.id == ModelObservation.model_id))
        found = self._all(ModelObservation, of_provider.where(Model.provider_id == provider_id))
        return {each.model_id: each for each in found}

    def observation(self, model_id: int) -> ModelObservation | None:
        """What was seen of a model; None when nothing was."""
        query = ModelObservation.select().where(ModelObservation.model_id == model_id)
        return self._one(ModelObservation, query)

    def key_control(self, endpoint: str, proof: str) -> KeyControl | None:
        """Whether this endpoint refuses a wrong key in this call; None when that was never tried."""
        asked = (KeyControl.endpoint == endpoint) & (KeyControl.proof == proof)
        return self._one(KeyControl, KeyControl.select().where(asked))

    def price(self, model_id: int) -> EffectivePrice | None:
        """What a model costs: its own price, else its provider's, else unknown; None without the model."""
        return next(iter(self._prices(Model.id == model_id).values()), None)

    def prices(self, provider_id: int) -> dict[int, EffectivePrice]:
        """What each model of a provider costs, by the model's id."""
        return self._prices(Model.provider_id == provider_id)

    def _prices(self, condition: pw.Expression) -> dict[int, EffectivePrice]:
        own, base = ModelPricing, Pricing
        query = (
            Model.select(
                Model.id, own.model_id, own.input_price_per_token, own.output_price_per_token,
                own.cache_read_price_per_token, own.cache_write_price_per_token, own.currency, own.source,
                own.source_date, base.provider_id, base.input_price_per_token, base.output_price_per_token,
                base.currency, base.source, base.source_date,
            )
            .left_outer_join(own, on=(own.model_id == Model.id))
            .switch(Model)
            .left_outer_join(base, on=(base.provider_id == Model.provider_id))
            .where(condition)
        )  # fmt: skip
        return {row[0]: _price(row[1:9], row[9:]) for row in self._rows(query)}

    def attempts(self, provider_id: int, since: str) -> list[Attempt]:
        """What a provider was asked since then, oldest first."""
        asked = (Result.provider_id == provider_id) & (Result.created_at >= since)
        query = Result.select(Result.created_at, Result.model_id, Result.input_tokens, Result.output_tokens)
        rows = self._rows(query.where(asked & (Result.status != "skipped")).order_by(Result.id))
        return [Attempt(at, model, given or 0, out or 0) for at, model, given, out in rows]

    def recent_outcomes(self, provider_id: int, since: str, size: int = 20) -> dict[int, list[str | None]]:
        """The outcomes of each model's last attempts that were not blocked, newest first, by model id."""
        place = fn.row_number().over(partition_by=[Result.model_id], order_by=[Result.id.desc()])
        asked = (Result.provider_id == provider_id) & (Result.created_at >= since)
        counted = asked & Result.model_id.is_null(False) & Result.status.not_in(UNANSWERED)
        newest = Result.select(Result.model_id, Result.outcome, Result.id, place.alias("place"))
        held = newest.where(counted).alias("held")
        query = pw.Select([held], [held.c.model_id, held.c.outcome])
        found: dict[int, list[str | None]] = {}
        for model_id, outcome in self._rows(query.where(held.c.place <= size).order_by(held.c.id.desc())):
            found.setdefault(model_id, []).append(outcome)
        return found

    def run_results(self, run_id: int) -> list[Result]:
        """Every result of a run, oldest first."""
        return self._all(Result, Result.select().where(Result.run_id == run_id).order_by(Result.id))

    def last_pass(self, model_id: int, before: int) -> list[Result]:
        """The results of a model in the last run it passed, before this result's id; empty when none."""
        earlier = (Result.model_id == model_id) & (Result.id < before)
        passed = (Result.status == "pass") & Result.test_type.not_in(PROVES_NOTHING)
        last = self._one(Result, Result.select().where(earlier & passed).order_by(Result.id.desc()))
        if last is None or last.run_id is None:
            return [] if last is None else [last]
        of_run = Result.select().where(earlier & (Result.run_id == last.run_id))
        return self._all(Result, of_run.order_by(Result.id))

    def broken_off(self, provider_id: int) -> bool:
        """Whether the provider's newest result is a probe that was skipped because it was unhealthy."""
        newest = Result.select(Result.outcome).where(Result.provider_id == provider_id)
        return self._rows(newest.order_by(Result.id.desc()).limit(1)) == [("breaker",)]

    def runs(self, *, state: str | None = None, limit: int = 100) -> list[Run]:
        """The newest runs, in this state if one is given, newest first."""
        query = Run.select().order_by(Run.id.desc()).limit(limit)
        return self._all(Run, query if state is None else query.where(Run.state == state))


def _price(own: tuple[Any, ...], base: tuple[Any, ...]) -> EffectivePrice:
    """The model's own price, else its provider's, else unknown."""
    if own[0] is not None:
        return EffectivePrice(own[1], own[2], own[3], own[4], own[5], own[6], own[7], "model")
    if base[0] is not None:
        return EffectivePrice(base[1], base[2], None, None, base[3], base[4], base[5], "provider")
    return EffectivePrice(None, None, None, None, None, None, None, "unknown")
