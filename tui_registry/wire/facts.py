"""Reads the facts that a model list states, whatever the provider calls them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from tui_registry.text import clean, is_showable
from tui_registry.wire.exchange import Json, ListedModel
from tui_registry.wire.plainjson import at, count_at, items_at, text_at

LONGEST_ID = 512
"""Characters of a model id; a longer one is left out, a longer text is cut."""

_Path = tuple[str | int, ...]
_INPUT: tuple[_Path, ...] = (
    ("max_input_tokens",), ("context_length",), ("context_window",), ("max_context_length",),
    ("max_model_len",), ("inputTokenLimit",), ("context_window", "context_length"), ("max_prompt_length",),
    ("top_provider", "context_length"), ("meta", "n_ctx_train"),
)  # fmt: skip
_OUTPUT: tuple[_Path, ...] = (
    ("max_output_tokens",), ("max_completion_tokens",), ("top_provider", "max_completion_tokens"),
    ("outputTokenLimit",), ("context_window", "max_output_tokens"),
)  # fmt: skip
_MILLION = Decimal(1_000_000)
_PRICES: dict[str, tuple[tuple[_Path, Decimal], ...]] = {
    "input_price": (
        (("input_cost_per_token",), Decimal(1)),
        (("pricing", "prompt"), Decimal(1)),
        (("pricing", "input"), _MILLION),
        (("prompt_text_token_price",), 10_000 * _MILLION),
    ),
    "output_price": (
        (("output_cost_per_token",), Decimal(1)),
        (("pricing", "completion"), Decimal(1)),
        (("pricing", "output"), _MILLION),
        (("completion_text_token_price",), 10_000 * _MILLION),
    ),
    "cache_read_price": (
        (("cache_read_input_token_cost",), Decimal(1)),
        (("pricing", "input_cache_read"), Decimal(1)),
        (("pricing", "cached_input"), _MILLION),
        (("cached_prompt_text_token_price",), 10_000 * _MILLION),
    ),
    "cache_write_price": (
        (("cache_creation_input_token_cost",), Decimal(1)),
        (("pricing", "input_cache_write"), Decimal(1)),
    ),
}
"""Where a price stands, and how many of its tokens one unit pays for; the field's name tells the unit."""

_PRICE = re.compile(r"\d{1,20}(?:\.\d{1,24})?(?:[eE][-+]?\d{1,2})?", re.ASCII)
_MODES = {
    "language": "chat",
    "completion": "completion",
    "text": "chat",
    "llm": "chat",
    "embeddings": "embedding",
}


def listed_models(entries: Iterable[Json], most: int) -> tuple[list[ListedModel], list[str]]:
    """The models of list entries, and sentences about what was left out."""
    models: dict[str, ListedModel] = {}
    unusable = twice = beyond = 0
    for entry in entries:
        identity = _identity(entry)
        if identity is None:
            unusable += 1
        elif identity in models:
            twice += 1
        elif len(models) >= most:
            beyond += 1
        else:
            models[identity] = model_of(identity, entry)
    notes = (
        (unusable, "{} had no usable id and {} left out."),
        (twice, "{} came twice and {} kept once."),
        (beyond, f"{{}} beyond the first {most:,} {{}} left out."),
    )
    return list(models.values()), [
        text.format(f"{count:,} {'entry' if count == 1 else 'entries'}", "was" if count == 1 else "were")
        for count, text in notes
        if count
    ]


def model_of(identity: str, entry: Json) -> ListedModel:
    """One entry's facts in our words."""
    return ListedModel(
        id=identity,
        name=_text(entry, ("name",), ("display_name",), ("displayName",)),
        description=_text(entry, ("description",)),
        owner=_text(entry, ("owned_by",), ("organization",)),
        mode=_mode(entry),
        architecture=_text(entry, ("architecture",), ("details", "family"), ("architecture", "tokenizer")),
        max_input_tokens=_first_count(entry, _INPUT),
        max_output_tokens=_first_count(entry, _OUTPUT),
        supports_reasoning=_supports(entry, "reasoning"),
        supports_tools=_supports(entry, "tools"),
        supports_json=_supports(entry, "json"),
        requests_per_minute=_positive(count_at(entry, "rpm")),
        tokens_per_minute=_positive(count_at(entry, "tpm")),
        created=_date(at(entry, "created") or at(entry, "created_at")),
        retires=_date(at(entry, "expiration_date") or at(entry, "deprecation") or at(entry, "shutdown_date")),
        input_price=_price(entry, _PRICES["input_price"]),
        output_price=_price(entry, _PRICES["output_price"]),
        cache_read_price=_price(entry, _PRICES["cache_read_price"]),
        cache_write_price=_price(entry, _PRICES["cache_write_price"]),
    )


def enriched(model: ListedModel, more: ListedModel) -> ListedModel:
    """The model with what only the other description states."""
    missing = {
        name: value
        for name in ListedModel.__dataclass_fields__
        if getattr(model, name) is None and (value := getattr(more, name)) is not None
    }
    return replace(model, **missing)


def amount(value: object) -> Decimal | None:
    """An amount of money; None when negative, no number, or of no sane size."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = repr(value)
    if not isinstance(value, str) or len(value) > 32 or not _PRICE.fullmatch(value):
        return None
    number = Decimal(value)
    return number if not number or abs(number.adjusted()) <= 12 else None


def by_group(entries: Iterable[Json]) -> Mapping[str, ListedModel]:
    """A LiteLLM gateway's model groups, or its deployments, by the name under which they are listed."""
    found: dict[str, ListedModel] = {}
    for entry in entries:
        group, name = text_at(entry, "model_group"), text_at(entry, "model_name")
        if name is not None and name not in found:
            found[name] = model_of(name, at(entry, "model_info"))  # type: ignore[arg-type]
        if group is not None and group not in found:
            found[group] = model_of(group, entry)
    return found


def _identity(entry: Json) -> str | None:
    """The id as the provider spells it; None when it could not be used as it is."""
    found = entry if isinstance(entry, str) else text_at(entry, "id") or text_at(entry, "model")
    found = found or text_at(entry, "name")
    if found is None or len(found) > LONGEST_ID or not is_showable(found) or found != found.strip():
        return None
    return found


def _text(entry: Json, *paths: _Path) -> str | None:
    """The first text at the paths, made safe."""
    found = next((text for path in paths if (text := text_at(entry, *path))), None)
    return clean(found[: 4 * LONGEST_ID], limit=LONGEST_ID).strip() or None if found else None


def _positive(count: int | None) -> int | None:
    return count or None


def _first_count(entry: Json, paths: Iterable[_Path]) -> int | None:
    """The first positive whole number at the paths."""
    return next((count for path in paths if (count := count_at(entry, *path))), None)


def _mode(entry: Json) -> str | None:
    """What kind of model it is, in one lower-case word."""
    if word := text_at(entry, "mode") or text_at(entry, "type"):
        word = clean(word, limit=40).lower()
        return None if word == "model" else _MODES.get(word, word)
    if isinstance(chat := at(entry, "capabilities", "completion_chat"), bool):
        return "chat" if chat else "other"
    served = {str(each).lower() for name in ("supportedGenerationMethods", "endpoints")
              for each in items_at(entry, name)}  # fmt: skip
    for word, mode in (("generatecontent", "chat"), ("chat", "chat"), ("embed", "embedding")):
        if any(each.startswith(word) for each in served):
            return mode
    outputs = items_at(entry, "architecture", "output_modalities")
    if outputs:
        return "chat" if "text" in outputs else clean(str(outputs[0]), limit=40).lower()
    return "other" if served else None


_CAPABILITIES: dict[str, tuple[tuple[_Path, ...], frozenset[str]]] = {
    "reasoning": (
        (("supports_reasoning",), ("thinking",), ("capabilities", "thinking"), ("capabilities", "reasoning")),
        frozenset({"reasoning", "include_reasoning"}),
    ),
    "tools": (
        (("supports_function_calling",), ("supports_tools",), ("capabilities", "function_calling")),
        frozenset({"tools"}),
    ),
    "json": (
        (("supports_response_schema",), ("capabilities", "structured_outputs")),
        frozenset({"structured_outputs", "json_schema"}),
    ),
}


def _supports(entry: Json, capability: str) -> bool | None:
    """Whether the list says that the model can do something; None when it does not say."""
    paths, words = _CAPABILITIES[capability]
    for path in paths:
        found = at(entry, *path)
        if isinstance(supported := at(found, "supported"), bool):
            found = supported
        if isinstance(found, bool):
            return found
    parameters = items_at(entry, "supported_parameters") or items_at(entry, "features")
    return any(word in words for word in parameters if isinstance(word, str)) if parameters else None


def _price(entry: Json, places: Iterable[tuple[_Path, Decimal]]) -> Decimal | None:
    """USD per token from the first place that holds a price."""
    for path, tokens in places:
        if (found := amount(at(entry, *path))) is not None:
            return found / tokens
    return None


def _date(value: object) -> str | None:
    """A date from epoch seconds, epoch milliseconds or ISO text."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            seconds = value / 1000 if value > 1e11 else value
            return datetime.fromtimestamp(seconds, UTC).date().isoformat()
        return datetime.fromisoformat(value[:40]).date().isoformat() if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
