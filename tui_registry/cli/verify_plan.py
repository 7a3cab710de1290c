"""A verification's plan as a person reads it and as a script does."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from tui_registry.text import counted
from tui_registry.verification.plan_words import (
    calls_words,
    cost_sentences,
    hosts_words,
    left_out_sentences,
    sends_something,
    time_sentences,
)

if TYPE_CHECKING:
    from tui_registry.verification import ModelPlan, Plan, ProviderPlan

MOST_NAMED = 20
"""Skipped models that are named; further ones are counted."""


def plan_sentences(plan: "Plan") -> Iterator[str]:
    """What a run will ask, what that costs and how long it takes, and what is left out and why."""
    models, keys = plan.models, sum(each.checks_key for each in plan.providers)
    what = f"Run {plan.run_id} goes on with suite" if plan.run_id is not None else "Suite"
    asked = counted(models, "model"), counted(len(plan.providers), "provider"), counted(keys, "key check")
    yield (f"{what} {plan.suite}: {asked[0]} of {asked[1]}, {asked[2]}, {calls_words(plan)}.")
    if sends_something(plan):
        yield f"Goes to: {hosts_words(plan, MOST_NAMED)}."
    yield from cost_sentences(plan)
    yield from time_sentences(plan)
    yield from left_out_sentences(plan, MOST_NAMED)


def plan_record(plan: "Plan") -> dict[str, object]:
    """The plan for scripts; money is USD, null where it is unknown."""
    return {
        "event": "plan",
        "run_id": plan.run_id,
        "suite": plan.suite,
        "budget": _number(plan.budget),
        "calls": plan.calls,
        "tokens": plan.tokens,
        "cost_bound": float(plan.bound),
        "cost_likely": float(plan.likely),
        "unpriced": plan.unpriced,
        "seconds": plan.seconds,
        "providers": [_provider_record(each) for each in plan.providers],
        "skipped": skips_record(plan),
    }


def skips_record(plan: "Plan") -> list[dict[str, object]]:
    """What a plan leaves out, for scripts."""
    return [{"provider": skip.provider, "model": skip.model_id, "reason": skip.why} for skip in plan.skipped]


def _provider_record(plan: "ProviderPlan") -> dict[str, object]:
    return {
        "provider": plan.row.name,
        "endpoint": plan.row.endpoint,
        "checks_key": plan.checks_key,
        "seconds": plan.seconds,
        "models": [_model_record(model) for model in plan.models],
    }


def _model_record(plan: "ModelPlan") -> dict[str, object]:
    return {
        "model": plan.model_id,
        "probes": list(plan.probes),
        "calls": plan.calls,
        "tokens": plan.tokens,
        "cost_bound": _number(plan.bound),
    }


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
