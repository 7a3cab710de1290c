"""What a run would ask and cost, shown before anything is sent; its suite and budget chosen by a key."""

import time
from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from tui_registry.errors import RegistryError
from tui_registry.ui.actions.run_words import plan_lines, plan_title
from tui_registry.ui.forms.fields import TextField
from tui_registry.ui.screens.dialogs import Dialog, Seconds
from tui_registry.ui.words import plain
from tui_registry.verification.plan_words import sends_something

if TYPE_CHECKING:
    from tui_registry.verification import Plan

Aside = Literal["key", "models"]
"""What may be wanted instead of the run: the key alone, or the choice of models."""

Planner = Callable[[str, Decimal | None], "Awaitable[Plan]"]
"""Makes the plan again for a suite and a budget in USD."""


class VerifyDialog(Dialog["Plan | Aside | None"]):
    """A plan that only `y` carries out."""

    BINDINGS: ClassVar = [
        Binding("y", "run", "Run"),
        Binding("y", "say_nothing_to_send", show=False),
        Binding("k", "suite('quick')", "Quick"),
        Binding("s", "suite('standard')", "Standard"),
        Binding("f", "suite('full')", "Full"),
        Binding("b", "budget", "Budget"),
        Binding("c", "aside('key')", "Key only"),
        Binding("m", "aside('models')", "Models"),
        Binding("escape,enter,n,q", "decline", "Cancel"),
    ]

    def __init__(
        self,
        plan: "Plan",
        replan: Planner | None,
        *,
        of_provider: bool = False,
        clock: Seconds = time.monotonic,
    ) -> None:
        """Show `plan`; `replan` makes it again, None where suite and budget are settled.

        `of_provider` offers the check of the key alone, and to choose among the provider's models.
        """
        super().__init__(plan_title(plan), _lines(plan), clock=clock)
        self._plan = plan
        self._replan = replan
        self._of_provider = of_provider

    def compose_answer(self) -> ComposeResult:
        """Why an answer was not accepted."""
        yield Static(classes="dialog-refusal", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what this plan leaves open."""
        if action in ("suite", "budget"):
            return self._replan is not None
        if action == "run":
            return sends_something(self._plan)
        return self._of_provider if action == "aside" else super().check_action(action, parameters)

    def action_run(self) -> None:
        """Send what the plan says."""
        self.answer(self._plan)

    def action_say_nothing_to_send(self) -> None:
        """Say why the plan cannot be carried out."""
        if self.listening:
            self._refuse("There is nothing to send; esc closes this.")

    def action_suite(self, suite: str) -> None:
        """Ask more or less of each model."""
        if self.listening:
            self._plan_again(suite, self._plan.budget)

    @work(exclusive=True, group="plan")
    async def action_budget(self) -> None:
        """Ask for the most that may be spent, and plan again."""
        if not self.listening:
            return
        held = "" if self._plan.budget is None else f"{self._plan.budget:f}"
        typed = await self.app.push_screen_wait(BudgetDialog(held))
        if typed is not None:
            self._plan_again(self._plan.suite, budget_of(typed))

    def action_aside(self, wanted: Aside) -> None:
        """Do something else instead."""
        self.answer(wanted)

    def action_decline(self) -> None:
        """Send nothing."""
        self.answer(None)

    @work(exclusive=True, group="replan")
    async def _plan_again(self, suite: str, budget: Decimal | None) -> None:
        if self._replan is None:
            return
        try:
            self._plan = await self._replan(suite, budget)
        except RegistryError as error:
            self._refuse(str(error))
            return
        self._refuse("")
        self._lines = _lines(self._plan)
        self.refresh_bindings()
        self.query_one(".dialog-lines", Static).update(self._said())
        self.query_one(".dialog").border_title = plain(plan_title(self._plan))

    def _refuse(self, sentence: str) -> None:
        self.query_one(".dialog-refusal", Static).update(plain(f"! {sentence}") if sentence else "")


def _lines(plan: "Plan") -> list[str]:
    run = "  y  run       esc  cancel" if sends_something(plan) else "  esc  close"
    return [*plan_lines(plan), "", run]


def budget_of(text: str) -> Decimal | None:
    """A typed amount in USD, None for no text; raises ValueError with a sentence."""
    written = text.strip().removeprefix("$").removesuffix("USD").strip()
    if not written:
        return None
    try:
        amount = Decimal(written)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or len(written) > 32:
        raise ValueError("Write the budget as an amount in USD, such as 0.50, or leave it empty for none.")
    return amount


class BudgetDialog(Dialog[str | None]):
    """A line for the most that a run may spend; the answer is its text, or None when it was left."""

    BINDINGS: ClassVar = [Binding("escape", "decline", "Back")]

    def __init__(self, held: str, *, clock: Seconds = time.monotonic) -> None:
        """Ask with `held` already typed."""
        lines = ["The most this run may spend in USD; empty for no budget.", "enter takes it, esc goes back."]
        super().__init__("Budget", lines, clock=clock)
        self._held = held

    def compose_answer(self) -> ComposeResult:
        """A line to type into, and why it was not accepted."""
        yield TextField(self._held, id="budget")
        yield Static(classes="dialog-refusal", markup=False)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        try:
            budget_of(event.value)
        except ValueError as error:
            self.query_one(".dialog-refusal", Static).update(plain(f"! {error}"))
            return
        self.answer(event.value)

    def action_decline(self) -> None:
        """Keep the budget as it was."""
        self.answer(None)
