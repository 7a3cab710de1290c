"""Files to import: small ones of every kind, and one as large and as mixed as models.dev's own."""

import json
from collections.abc import Iterator
from pathlib import Path

from tui_registry.catalog import known_providers

PROVIDERS, MODELS = 148, 5_539


def models_dev(providers: int = PROVIDERS, models: int = MODELS) -> dict[str, object]:
    """A catalogue in models.dev's shape: three of four providers are known, some have most of the models."""
    known = iter(known_providers().models_dev_ids())
    ids = [f"unheard-of-{number}" if number % 4 == 0 else next(known) for number in range(providers)]
    weights = [1 + (number * 7919) % 97 for number in range(providers)]
    shares = [1 + weight * (models - providers) // sum(weights) for weight in weights]
    shares[-1] += models - sum(shares)
    return {id: _provider(id, share) for id, share in zip(ids, shares, strict=True)}


def _provider(id: str, models: int) -> dict[str, object]:
    return {
        "id": id,
        "env": [f"{id.upper().replace('-', '_')}_API_KEY"],
        "npm": "@ai-sdk/openai-compatible",
        "api": f"https://api.{id.replace('.', '-')}.example/v1",
        "name": id.replace("-", " ").title(),
        "doc": f"https://docs.{id.replace('.', '-')}.example",
        "models": dict(_models(id, models)),
    }


def _models(id: str, models: int) -> Iterator[tuple[str, dict[str, object]]]:
    for number in range(models):
        yield f"{id}/model-{number}", model_of(number)


def model_of(number: int) -> dict[str, object]:
    """One model as models.dev writes it; the number decides what it has."""
    model: dict[str, object] = {
        "id": f"model-{number}",
        "name": f"Model {number} (preview)",
        "family": "model",
        "attachment": number % 2 == 0,
        "reasoning": number % 3 == 0,
        "tool_call": True,
        "temperature": True,
        "knowledge": "2025-06",
        "release_date": "2025-11-12",
        "last_updated": "2026-06" if number % 25 == 0 else f"2026-{1 + number % 12:02}-17",
        "modalities": {"input": ["text", "image"], "output": ["text"]},
        "open_weights": False,
        "limit": {"context": 0 if number % 90 == 0 else 131_072 + number, "output": 8_192},
    }
    if number % 20:
        model["cost"] = {"input": (number % 300) / 100, "output": (number % 700) / 50}
        if number % 3 == 0:
            model["cost"] |= {"cache_read": 0.075, "cache_write": 3.75}  # type: ignore[operator]
    return model


def written(path: Path, document: object) -> str:
    """The path of a file that holds this document, or this text."""
    text = document if isinstance(document, str) else json.dumps(document)
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return str(path)


def catalogue_of(**models: dict[str, object]) -> dict[str, object]:
    """models.dev's shape with one provider, Groq, and these models by their ids, `_` for `-`."""
    return {"groq": {"id": "groq", "name": "Groq", "npm": "@ai-sdk/groq", "models": {
        id.replace("_", "-"): {"id": id, "name": id, **facts} for id, facts in models.items()
    }}}  # fmt: skip


def price_list(**models: dict[str, object]) -> dict[str, object]:
    """LiteLLM's shape with these models of Groq by their ids, `_` for `-`."""
    spec = {"litellm_provider": "one of many", "max_input_tokens": "if the provider says", "mode": "one of"}
    return {"sample_spec": spec} | {
        f"groq/{id.replace('_', '-')}": {"litellm_provider": "groq", "mode": "chat", **facts}
        for id, facts in models.items()
    }
