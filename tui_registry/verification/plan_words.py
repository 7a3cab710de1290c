"""What a run will ask and cost, and what it came to, in the words of the screen and the command line."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from tui_registry.clock import span
from tui_registry.endpoint import origin_of_stored, shown_origin
from tui_registry.money import show_count, usd
from tui_registry.text import clean, counted

if TYPE_CHECKING:
    from tui_registry.verification.plan import Plan, Skip
    from tui_registry.verification.regression import Change

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

KIND_WORDS = {"regression": "Worse", "improvement": "Better", "difference": "Different"}
"""How a change since a model last passed is told."""


def sends_something(plan: "Plan") -> bool:
    """Whether a plan asks anybody anything."""
    return any(each.models or each.checks_key for each in plan.providers)


def hosts_words(plan: "Plan", most: int) -> str:
    """Where it is asked: `api.groq.com and api.x.ai`, of more than `most` hosts how many others."""
    origins = dict.fromkeys(origin_of_stored(each.row.endpoint) for each in plan.providers)
    hosts = [clean(shown_origin(origin)) for origin in origins]
    if len(hosts) > most:
        hosts = [*hosts[: most - 1], f"{len(hosts) - most + 1:,} more hosts"]
    return " and ".join(filter(None, (", ".join(hosts[:-1]), *hosts[-1:])))


def calls_words(plan: "Plan") -> str:
    """How much is asked: `3 paid requests, at most 1,528 tokens`."""
    if not plan.calls:
        return "no paid requests"
    return f"{counted(plan.calls, 'paid request')}, at most {show_count(plan.tokens)} tokens"


def cost_sentences(plan: "Plan") -> Iterator[str]:
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
        yield "One answer of a provider that ignores the number of tokens it is given may exceed it."


def time_sentences(plan: "Plan") -> Iterator[str]:
    """How long it takes at least, where limits make it wait."""
    if plan.seconds >= 1:
        yield f"Time: at least {span(plan.seconds)} at the known limits; answers take their own."


def left_out_sentences(plan: "Plan", most: int) -> Iterator[str]:
    """What is left out and why; beyond `most` only how much."""
    for skip in plan.skipped[:most]:
        yield f"Left out: {skip_place(skip)}, because {skip.why.removesuffix('.')}."
    if len(plan.skipped) > most:
        yield f"Left out: {len(plan.skipped) - most:,} more."


def skip_place(skip: "Skip") -> str:
    """The provider, or the model of one, that is left out."""
    return skip.provider if skip.model_id is None else f"{skip.provider} {skip.model_id}"


def statuses_words(statuses: Mapping[str, int]) -> str:
    """How many probes ended how: `3 passed, 1 failed`."""
    words = [f"{statuses[name]:,} {word}" for name, word in STATUS_WORDS.items() if statuses.get(name)]
    return ", ".join(words) or "nothing was asked"


def change_words(change: "Change") -> str:
    """What is different from when a model last passed: `chat status was pass, is fail`."""
    was, now = (each if isinstance(each, str) else f"{each:.2f}" for each in (change.was, change.now))
    return f"{change.probe} {change.field.replace('_', ' ')} was {was}, is {now}"
