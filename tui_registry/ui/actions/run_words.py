"""What a run will ask, as the lines of its dialog."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui_registry.ui.words import counted
from tui_registry.verification.plan_words import (
    calls_words,
    cost_sentences,
    hosts_words,
    left_out_sentences,
    sends_something,
    time_sentences,
)

if TYPE_CHECKING:
    from tui_registry.verification import Plan

LISTED = 6
"""How many models, and how many that are left out, a plan names."""


ALL_HOSTS = 1_000
"""A plan names every host that gets a key."""


def plan_title(plan: "Plan") -> str:
    """What a plan is about, in a few words."""
    begun = "Resume" if plan.run_id is not None else "Verify"
    if plan.models == 1:
        (named,) = (f"{each.row.name}/{model.model_id}" for each in plan.providers for model in each.models)
        return f"{begun} {named}"
    if not plan.models and len(plan.providers) == 1:
        return f"{begun} {plan.providers[0].row.name}"
    return f"{begun} {counted(plan.models, 'model')}"


def plan_lines(plan: "Plan") -> Iterator[str]:
    """What is asked of whom, what that costs and takes, and what is left out and why."""
    if not sends_something(plan):
        yield "Nothing can be asked."
    else:
        yield f"Sends real requests with your keys to {hosts_words(plan, ALL_HOSTS)}, and uses quota."
        yield ""
        yield from _asked(plan)
        yield ""
        yield f"Suite {plan.suite}: {calls_words(plan)}."
        yield from cost_sentences(plan)
        yield from time_sentences(plan)
    if plan.skipped:
        yield ""
    yield from left_out_sentences(plan, LISTED)


def _asked(plan: "Plan") -> Iterator[str]:
    """The first models with what is asked of each."""
    named = [
        f"  {each.row.name}/{model.model_id}: {', '.join(model.probes)}"
        for each in plan.providers
        for model in each.models
    ]
    yield from named[:LISTED]
    if len(named) > LISTED:
        yield f"  and {len(named) - LISTED:,} more"
    keys = [each.row.name for each in plan.providers if each.checks_key]
    if keys:
        others = f" and {len(keys) - LISTED:,} more" if len(keys) > LISTED else ""
        yield f"  key of {', '.join(keys[:LISTED])}{others}: one free check"
