"""Which providers and models, or which earlier run, the words of `tui-registry verify` mean."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from tui_registry.cli.output import remark
from tui_registry.errors import InvalidInput, NotFound, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_registry.store import Reads, Run, Store
    from tui_registry.verification import Plan

NOTHING_TO_DO = "Nothing to verify: "


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be verified, by ids: whole providers and single models; with neither, all active ones."""

    providers: tuple[int, ...] = ()
    models: tuple[int, ...] = ()


def chosen(reads: "Reads", words: "Sequence[str]") -> Chosen:
    """Providers, each followed by those of its models that are meant, or by none for all of them.

    Raises NotFound for a word that is neither.
    """
    providers: list[int] = []
    models: list[int] = []
    names = {row.name.lower() for row in reads.providers()}
    left = list(words)
    while left:
        owner = reads.provider(left.pop(0))
        held = {row.model_id: row.id for row in reads.models(owner.id)}
        named = []
        while left and left[0] in held:
            named.append(held[left.pop(0)])
        if left and left[0].lower() not in names:
            raise NotFound(f"{owner.name} has no model {left[0]}, and there is no provider of that name.")
        models += named
        if not named:
            providers.append(owner.id)
    return Chosen(tuple(providers), tuple(models))


def budget_of(text: str | None) -> Decimal | None:
    """An amount in USD; raises InvalidInput for what is none."""
    if text is None:
        return None
    try:
        amount = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise InvalidInput({"budget": "Write the budget as an amount in USD, such as 0.50."})
    return amount


def unfinished_run(store: "Store") -> "Run":
    """The newest run that was interrupted or cancelled; raises Refused when there is none."""
    found = [run for state in ("interrupted", "cancelled") for run in store.proofs.runs(state=state, limit=1)]
    if not found:
        raise Refused("There is no run that was interrupted or cancelled, so there is nothing to go on with.")
    return max(found, key=lambda run: run.id)


def tell_of_interrupted(runs: "Sequence[Run]") -> None:
    """Name the runs whose process is gone, on standard error."""
    for run in runs:
        begun = run.started_at[:16].replace("T", " ")
        remark(
            f"Run {run.id} ({run.suite}, begun {begun} UTC) was cut off; what it had done is kept."
            " To go on with it: tui-registry verify --resume"
        )


def refuse_empty(plan: "Plan", *, everything: bool) -> None:
    """Raise Refused for a plan that asks nobody anything, with what was left out and why."""
    from tui_registry.verification.plan_words import sends_something, skip_place

    if sends_something(plan):
        return
    if plan.run_id is not None and not plan.skipped:
        return  # such a run had only to be closed
    if everything and not plan.skipped:
        raise Refused(
            f"{NOTHING_TO_DO}no provider is switched on. Name one, or see which there are with:"
            " tui-registry provider list"
        )
    first = plan.skipped[0] if plan.skipped else None
    if first is None:
        raise Refused(
            f"{NOTHING_TO_DO}there are no models. To find some: tui-registry model discover PROVIDER"
        )
    place = skip_place(first)
    more = f" {len(plan.skipped) - 1:,} more were left out as well." if len(plan.skipped) > 1 else ""
    raise Refused(f"{NOTHING_TO_DO}{place} was left out, because {first.why.removesuffix('.')}.{more}")
