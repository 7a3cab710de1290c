"""LiteLLM proxy's `config.yaml`: each model is `provider/model`, keys are `os.environ/VARIABLE`.

LiteLLM takes a value that begins with `os.environ/` for a reference; every other value here begins with
something else. It adds `/v1/messages` to the base URL of the Anthropic dialect, and for Cohere's it wants
the whole address. Prices are USD per token. The file is block YAML whose texts are quoted.
"""

from collections.abc import Iterator, Mapping, Sequence

from tui_registry.export.json_text import quoted, scalar
from tui_registry.export.offers import Offer, Offered
from tui_registry.export.prices import both_prices

_PREFIXES = {"openai": "openai", "anthropic": "anthropic", "gemini": "gemini", "cohere": "cohere_chat"}
_AUTHS = {"openai": "bearer", "anthropic": "x-api-key", "gemini": "x-goog-api-key", "cohere": "bearer"}
_ANTHROPIC = "/v1"


def refusal(offer: Offer) -> str | None:
    """Why LiteLLM cannot use this provider; None when it can."""
    if offer.dialect not in _PREFIXES:
        return f"LiteLLM has no route for the {offer.dialect} dialect"
    if offer.auth != _AUTHS[offer.dialect]:
        return f"LiteLLM sends no key as {offer.auth}"
    if offer.dialect == "anthropic" and not offer.endpoint.url.endswith(_ANTHROPIC):
        return f"LiteLLM adds {_ANTHROPIC} to the base URL, and this one does not end in it"
    return None


def text(offers: Sequence[Offer]) -> str:
    """The file's content."""
    lines = ["model_list:"] if any(offer.models for offer in offers) else ["model_list: []"]
    for offer in offers:
        for model in offer.models:
            lines += _deployment(offer, model)
    return "\n".join(lines) + "\n"


def yaml_quoted(text: str) -> str:
    """A text as an ASCII YAML scalar in double quotes; beyond 16 bits YAML has one escape, JSON has two."""
    return "".join(
        quoted(letter)[1:-1] if letter <= "\uffff" else f"\\U{ord(letter):08x}" for letter in text
    ).join('""')


def _deployment(offer: Offer, model: Offered) -> Iterator[str]:
    yield f"  - model_name: {yaml_quoted(f'{offer.slug}/{model.model_id}')}"
    yield from _mapping("litellm_params", _params(offer, model))
    yield from _mapping("model_info", _info(model))


def _mapping(name: str, values: Mapping[str, object]) -> Iterator[str]:
    if values:
        yield f"    {name}:"
        yield from (f"      {key}: {_scalar(value)}" for key, value in values.items())


def _scalar(value: object) -> str:
    written = scalar(value, yaml_quoted)
    # YAML 1.1, which is what Python reads, takes 1e-07 for a text and 1.0e-07 for a number.
    return written.replace("e", ".0e", 1) if isinstance(value, float) and "." not in written else written


def _params(offer: Offer, model: Offered) -> dict[str, object]:
    key = f"os.environ/{offer.variable}" if offer.variable else offer.token or "none"
    return {
        "model": f"{_PREFIXES[offer.dialect]}/{model.model_id}",
        "api_base": _base(offer),
        "api_key": key,
    }


def _base(offer: Offer) -> str:
    if offer.dialect == "cohere":
        return f"{offer.url}/chat"
    return offer.url.removesuffix(_ANTHROPIC) if offer.dialect == "anthropic" else offer.url


def _info(model: Offered) -> dict[str, object]:
    """What LiteLLM should know of a model; what is unknown is left out."""
    prices, price = both_prices(model), model.price
    facts = {
        "mode": None if model.kind == "other" else model.kind,
        "max_input_tokens": model.context,
        "max_output_tokens": model.output,
        "input_cost_per_token": prices and prices[0],
        "output_cost_per_token": prices and prices[1],
        "cache_read_input_token_cost": price and price.cache_read,
        "cache_creation_input_token_cost": price and price.cache_write,
        "supports_function_calling": model.tools,
        "supports_response_schema": model.json,
        "supports_reasoning": model.reasoning,
    }
    return {name: value for name, value in facts.items() if value is not None}
