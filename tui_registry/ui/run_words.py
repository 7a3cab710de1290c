"""What a run will ask and cost, and what it came to, in words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from tui_registry.clock import span
from tui_registry.money import show_count, usd
from tui_registry.ui.words import counted

if TYPE_CHECKING:
    from tui_registry.verification import Change, Plan, Skip

LISTED = 6
"""How many models, and how many that are left out, a plan names."""

STATUS_WORDS = {
    "pass": "passed",
    "partial": "partly passed",
    "fail": "failed",
    "unsupported": "not supported",
    "blocked": "blocked",
    "error": "without an answer",
    "skipped": "left out",
}
"""The statuses of results as a sum tells them, in its order."""


def sends_something(plan: "Plan") -> bool:
    """Whether a plan asks anybody anything."""
    return any(each.models or each.checks_key for each in plan.providers)


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
        yield "Sends real requests with your keys and uses quota."
        yield ""
        yield from _asked(plan)
        yield ""
        yield _sum(plan)
        yield from _cost(plan)
        if plan.seconds >= 1:
            yield f"Time: at least {span(plan.seconds)} at the known limits; answers take their own."
    yield from _left_out(plan.skipped)


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


def _sum(plan: "Plan") -> str:
    calls, tokens = counted(plan.calls, "paid request"), show_count(plan.tokens)
    return f"Suite {plan.suite}: {calls}, at most {tokens} tokens."


def _cost(plan: "Plan") -> Iterator[str]:
    """The money: what is likely, its bound, what nobody knows, and the budget."""
    unpriced = plan.unpriced
    if unpriced and unpriced == plan.models:
        yield "Cost: unknown, no model has a known price."
    elif plan.models:
        yield f"Cost: likely {usd(plan.likely)}, at most {usd(plan.bound)} unless calls are repeated."
        if unpriced:
            has = "has" if unpriced == 1 else "have"
            yield f"{counted(unpriced, 'model')} {has} no known price; that cost is in neither number."
    if plan.budget is None:
        yield "Budget: none."
    else:
        spent = f", of which {usd(plan.spent)} is spent" if plan.spent else ""
        yield f"Budget: {usd(plan.budget)}{spent}; no request is sent that it cannot hold."


def _left_out(skipped: "Iterable[Skip]") -> Iterator[str]:
    skips = list(skipped)
    if skips:
        yield ""
    for skip in skips[:LISTED]:
        place = skip.provider if skip.model_id is None else f"{skip.provider}/{skip.model_id}"
        yield f"Left out: {place}, because {skip.why}."
    if len(skips) > LISTED:
        yield f"Left out: {len(skips) - LISTED:,} more."


def statuses_words(statuses: Mapping[str, int]) -> str:
    """How many probes ended how: `3 passed, 1 failed`."""
    words = [f"{statuses[name]:,} {word}" for name, word in STATUS_WORDS.items() if statuses.get(name)]
    return ", ".join(words) or "nothing was asked"


def change_words(change: "Change") -> str:
    """One thing that is different from when a model last passed."""
    kind = "Worse" if change.kind == "regression" else "Better"
    was, now = (each if isinstance(each, str) else f"{each:.2f}" for each in (change.was, change.now))
    return f"{kind}: {change.probe} {change.field} was {was}, is {now}."
