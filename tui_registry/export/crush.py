"""Crush's `crush.json`: one provider entry each, keys as `$VARIABLE`.

Crush reads a base URL and a key the way a shell would, so no other dollar sign reaches them. Identifiers
begin with `registry-`: to a provider of its own Crush would add all its models. It adds `/v1` and `/v1beta`
to the base URLs of the Anthropic and Gemini dialects itself. Its form has no word for what is unknown: an
unknown limit, price or ability is written as 0 or false, which Crush takes as no limit and no cost. Prices
are USD per 1M tokens.
"""

from collections.abc import Sequence

from tui_registry.export.json_text import json_text
from tui_registry.export.offers import Offer, Offered
from tui_registry.export.prices import both_prices, usd_per_million

SCHEMA = "https://charm.land/crush.json"
_TYPES = {"openai": "openai-compat", "anthropic": "anthropic", "gemini": "google"}
_ADDED = {"anthropic": "/v1", "gemini": "/v1beta"}
_AUTHS = {"openai": "bearer", "anthropic": "x-api-key", "gemini": "x-goog-api-key"}


def refusal(offer: Offer) -> str | None:
    """Why Crush cannot use this provider; None when it can."""
    if offer.dialect not in _TYPES:
        return f"Crush does not speak the {offer.dialect} dialect"
    if offer.auth != _AUTHS[offer.dialect]:
        return f"Crush sends no key as {offer.auth}"
    added = _ADDED.get(offer.dialect, "")
    if not offer.endpoint.url.endswith(added):
        return f"Crush adds {added} to the base URL, and this one does not end in it"
    return None


def text(offers: Sequence[Offer]) -> str:
    """The file's content."""
    providers = {f"registry-{offer.slug}": _provider(offer) for offer in offers}
    return json_text({"$schema": SCHEMA, "providers": providers})


def _provider(offer: Offer) -> dict[str, object]:
    key = f"${offer.variable}" if offer.variable else offer.token
    return {
        "name": offer.name,
        "type": _TYPES[offer.dialect],
        "base_url": offer.url.removesuffix(_ADDED.get(offer.dialect, "")),
        **({} if key is None else {"api_key": key}),
        "discover_models": False,
        "models": [_model(model) for model in offer.models],
    }


def _model(model: Offered) -> dict[str, object]:
    entry, out = both_prices(model) or (0.0, 0.0)
    read, write = (model.price.cache_read, model.price.cache_write) if model.price else (None, None)
    return {
        "id": model.model_id,
        "name": model.name,
        "cost_per_1m_in": usd_per_million(entry),
        "cost_per_1m_out": usd_per_million(out),
        "cost_per_1m_in_cached": usd_per_million(write or 0.0),
        "cost_per_1m_out_cached": usd_per_million(read or 0.0),
        "context_window": model.context or 0,
        "default_max_tokens": model.output or 0,
        "can_reason": bool(model.reasoning),
        "supports_attachments": False,
    }
