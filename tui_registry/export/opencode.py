"""OpenCode's `opencode.json`: one provider entry each, its models named, keys as `{env:VARIABLE}`.

OpenCode replaces `{env:...}` and `{file:...}` in the file's text before it parses it, so a brace inside any
other text is written as an escape. Identifiers begin with `registry-`, because OpenCode treats some of its
own (openai, xai) in ways that fit no other package, and adds its own models to them. Prices are USD per 1M
tokens; a limit of 0 is what OpenCode itself takes for an unknown one.
"""

from collections.abc import Sequence

from tui_registry.export.json_text import Reference, json_text, quoted
from tui_registry.export.offers import Offer, Offered
from tui_registry.export.prices import both_prices, usd_per_million

SCHEMA = "https://opencode.ai/config.json"
_PACKAGES = {
    "openai": "@ai-sdk/openai-compatible",
    "anthropic": "@ai-sdk/anthropic",
    "gemini": "@ai-sdk/google",
    "cohere": "@ai-sdk/cohere",
}
_HEADERS = {"api-key": ("api-key", ""), "api-key-scheme": ("Authorization", "Api-Key ")}
"""Headers for keys that travel in none of a package's own ways, with what stands before the key."""

_OF_EVERY_OBJECT = frozenset(
    {
        "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__",
        "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString",
        "toString", "valueOf",
    }
)  # fmt: skip
"""Names that every JavaScript object has; a model of such a name ends OpenCode."""


def refusal(offer: Offer) -> str | None:
    """Why OpenCode cannot use this provider; None when it can."""
    return None if offer.dialect in _PACKAGES else f"OpenCode has no package for the {offer.dialect} dialect"


def takes(model: Offered) -> bool:
    """Whether OpenCode has a use for this model."""
    return model.kind == "chat" and model.model_id not in _OF_EVERY_OBJECT


def text(offers: Sequence[Offer]) -> str:
    """The file's content."""
    providers = {f"registry-{offer.slug}": _provider(offer) for offer in offers}
    return json_text({"$schema": SCHEMA, "provider": providers}, _quoted)


def _quoted(text: str) -> str:
    return quoted(text) if isinstance(text, Reference) else quoted(text).replace("{", "\\u007b")


def _provider(offer: Offer) -> dict[str, object]:
    return {
        "npm": _PACKAGES[offer.dialect],
        "name": offer.name,
        "options": {"baseURL": offer.url, **_key(offer)},
        "models": {model.model_id: _model(model) for model in offer.models},
    }


def _key(offer: Offer) -> dict[str, object]:
    if offer.variable is None:
        return {} if offer.token is None else {"apiKey": offer.token}
    reference = f"{{env:{offer.variable}}}"
    if offer.auth in _HEADERS:
        header, before = _HEADERS[offer.auth]
        return {"headers": {header: Reference(before + reference)}}
    return {"apiKey": Reference(reference)}


def _model(model: Offered) -> dict[str, object]:
    found: dict[str, object] = {"name": model.name}
    if model.reasoning is not None:
        found["reasoning"] = model.reasoning
    if model.tools is not None:
        found["tool_call"] = model.tools
    if model.context or model.output:
        found["limit"] = {"context": model.context or 0, "output": model.output or 0}
    if (prices := both_prices(model)) is not None and model.price is not None:
        found["cost"] = {
            "input": usd_per_million(prices[0]),
            "output": usd_per_million(prices[1]),
            **{
                name: usd_per_million(value)
                for name, value in (
                    ("cache_read", model.price.cache_read),
                    ("cache_write", model.price.cache_write),
                )
                if value is not None
            },
        }
    return found
