"""Claude Code's `settings.json`: the environment that points it at one provider, the key by its variable.

Claude Code speaks the Anthropic dialect alone, to one base URL, and adds `/v1/messages` to it. Its settings
have no references, but `apiKeyHelper` is a command whose output is the key: `printenv VARIABLE`. A model
whose id says opus, sonnet or haiku stands for that class; of several the one with the highest score, then the
larger context, then the later id. Sonnet's is the one to begin with, and haiku's, else the cheapest, does the
background work. Output is limited to what all of them can give.
"""

from collections.abc import Iterable, Sequence

from tui_registry.errors import Refused
from tui_registry.export.json_text import json_text
from tui_registry.export.offers import Offer, Offered
from tui_registry.export.prices import both_prices
from tui_registry.money import USUAL_MIX, mixed

SCHEMA = "https://json.schemastore.org/claude-code-settings.json"
_ADDED = "/v1"


def refusal(offer: Offer) -> str | None:
    """Why Claude Code cannot use this provider; None when it can."""
    if offer.dialect != "anthropic":
        return "Claude Code speaks the anthropic dialect only"
    if offer.auth != "x-api-key":
        return f"Claude Code sends no key as {offer.auth}"
    if not offer.endpoint.url.endswith(_ADDED):
        return f"Claude Code adds {_ADDED} to the base URL, and this one does not end in it"
    return None


def text(offers: Sequence[Offer]) -> str:
    """The file's content; raises Refused where there is more than one provider to choose from."""
    if len(offers) > 1:
        names = ", ".join(offer.name for offer in offers)
        raise Refused(f"Claude Code uses one provider at a time. Choose one with --provider: {names}.")
    (offer,) = offers
    helper = {} if offer.variable is None else {"apiKeyHelper": f"printenv {offer.variable}"}
    return json_text({"$schema": SCHEMA, **helper, "env": _environment(offer)})


def _environment(offer: Offer) -> dict[str, str]:
    main = _best(_of_class("sonnet", offer.models) or offer.models)
    classes = {
        "OPUS": _best(_of_class("opus", offer.models) or [main]),
        "SONNET": main,
        "HAIKU": _best(_of_class("haiku", offer.models) or [_cheapest(offer.models)]),
    }
    most = min((model.output for model in classes.values() if model.output), default=None)
    return {
        "ANTHROPIC_BASE_URL": offer.url.removesuffix(_ADDED),
        **({"ANTHROPIC_AUTH_TOKEN": offer.token} if offer.token else {}),
        "ANTHROPIC_MODEL": main.model_id,
        **{f"ANTHROPIC_DEFAULT_{word}_MODEL": model.model_id for word, model in classes.items()},
        **({"CLAUDE_CODE_MAX_OUTPUT_TOKENS": str(most)} if most else {}),
    }


def _of_class(word: str, models: Sequence[Offered]) -> list[Offered]:
    return [model for model in models if word in model.model_id.lower()]


def _best(models: Sequence[Offered]) -> Offered:
    return max(models, key=lambda model: (model.score or 0.0, model.context or 0, model.model_id))


def _cheapest(models: Iterable[Offered]) -> Offered:
    """The model with the lowest mixed price; one whose price is unknown comes after all others."""

    def order(model: Offered) -> tuple[bool, float, str]:
        prices = both_prices(model)
        price = None if prices is None else mixed(*prices, USUAL_MIX)
        return price is None, price or 0.0, model.model_id

    return min(models, key=order)
