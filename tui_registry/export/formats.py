"""The forms there are to hand out in, by the names a person calls them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui_registry.errors import Refused
from tui_registry.export import claude_code, crush, dotenv, litellm, opencode
from tui_registry.export.offers import Offer, Offered, Wanted, offers
from tui_registry.export.registry_csv import registry_csv
from tui_registry.export.registry_json import registry_json

if TYPE_CHECKING:
    from tui_registry.store import Reads, Store


@dataclass(frozen=True, slots=True)
class Made:
    """An export ready to be written: its text, how much is in it, and whom it lacks, with the reason."""

    text: str
    providers: int
    models: int
    left_out: dict[str, str]
    foreign: tuple[str, ...] = ()
    """Providers some of whose prices are not in it, being in another currency than USD."""
    unused: int = 0
    """Models that the tool has no use for."""


@dataclass(frozen=True, slots=True)
class ToolForm:
    """A file for another tool."""

    name: str
    words: str
    file: str
    """What the tool calls such a file."""
    refusal: Callable[[Offer], str | None]
    text: Callable[[Sequence[Offer]], str]
    takes: Callable[[Offered], bool] = lambda model: model.kind == "chat"
    """Whether the tool has a use for a model."""

    def make(self, store: "Store", wanted: Wanted) -> Made:
        """The export; raises NotFound, and Refused when a provider that was named must be left out."""
        found = offers(store, wanted)
        left = dict(found.left_out)
        fit: list[Offer] = []
        unused = 0
        for offer in found.providers:
            models = tuple(model for model in offer.models if self.takes(model))
            reason = self.refusal(offer) or (None if models else f"no model that {self.words} has a use for")
            if reason is None:
                fit.append(replace(offer, models=models))
                unused += len(offer.models) - len(models)
            else:
                left[offer.name] = reason
        if wanted.names and left:
            raise Refused(" ".join(reasons(left)))
        if not fit:
            raise Refused(f"There is nothing to hand out.{_why(left)}")
        foreign = tuple(offer.name for offer in fit if offer.name in found.foreign)
        return Made(self.text(fit), len(fit), sum(len(offer.models) for offer in fit), left, foreign, unused)


@dataclass(frozen=True, slots=True)
class RegistryForm:
    """The registry itself; it always holds every model."""

    name: str
    words: str
    file: str
    text: "Callable[[Reads, frozenset[str]], str]"

    def make(self, store: "Store", wanted: Wanted) -> Made:
        """The export; raises NotFound."""
        reads = store.reads
        rows = [reads.provider(name) for name in wanted.names] if wanted.names else reads.providers()
        names = frozenset(row.name for row in rows)
        models = sum(reads.dependents_of_provider(id)["models"] for id in {row.id for row in rows})
        return Made(self.text(reads, names if wanted.names else frozenset()), len(names), models, {})


def _anything(model: Offered) -> bool:
    return True


Form = ToolForm | RegistryForm

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        ToolForm("opencode", "OpenCode", "opencode.json", opencode.refusal, opencode.text, opencode.takes),
        ToolForm("crush", "Crush", "crush.json", crush.refusal, crush.text),
        ToolForm("claude-code", "Claude Code", "settings.json", claude_code.refusal, claude_code.text),
        ToolForm("litellm", "LiteLLM proxy", "config.yaml", litellm.refusal, litellm.text, _anything),
        ToolForm("env", ".env template", ".env", dotenv.refusal, dotenv.text, _anything),
        RegistryForm("json", "the registry as JSON", "registry.json", registry_json),
        RegistryForm("csv", "the registry as CSV", "registry.csv", registry_csv),
    )
}
"""Every form by its name."""


def reasons(left_out: dict[str, str]) -> list[str]:
    """Sentences that say who was left out, those with one reason together."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in left_out.items():
        by_reason.setdefault(reason, []).append(name)
    return [f"Left out {_listed(names)}: {reason}." for reason, names in by_reason.items()]


def _why(left_out: dict[str, str]) -> str:
    return "".join(f" {sentence}" for sentence in reasons(left_out)) or " The registry has no provider yet."


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:5])
    more = [f"{len(names) - len(shown)} more"] if len(names) > len(shown) else []
    *first, last = [*shown, *more]
    return f"{', '.join(first)} and {last}" if first else last
