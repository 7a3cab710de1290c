"""LiteLLM's price list: model key to facts and prices in USD per token.

`max_tokens` means output for some entries and input for others, so only the two fields that say which are
read. A key may begin with its provider; what a call names is what follows.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from tui_registry.catalog import known_providers, starting_endpoint
from tui_registry.errors import Refused
from tui_registry.intake import values
from tui_registry.intake.found import Bad, Intake, Problem, Unknown, below
from tui_registry.intake.values import Entry
from tui_registry.store.rows import CatalogBatch, CatalogModel, CatalogPrice, CatalogProvider
from tui_registry.store.tables import KnownProvider
from tui_registry.text import clean, counted

NO_MODELS = frozenset({"sample_spec", "fallback_generalizations"})
"""Names that stand in the list and are no models."""

MODES = frozenset({"chat", "completion", "responses", "embedding"})
"""What is priced by the token and answers with text or vectors; all else stays out."""

_ABOVE = re.compile(r"(?:input|output)_cost_per_token_above_([0-9]{1,7})k_tokens")
_OTHER_UNITS = (
    ("output_cost_per_reasoning_token", "reasoning token"),
    ("input_cost_per_audio_token", "audio token in"),
    ("output_cost_per_audio_token", "audio token out"),
    ("input_cost_per_second", "second in"),
    ("output_cost_per_second", "second out"),
    ("input_cost_per_character", "character in"),
    ("output_cost_per_image", "image"),
)


def read_litellm(document: object) -> Intake:
    """What the list states of the known providers; raises Refused for a document of another shape."""
    try:
        entries, repeated = values.members(document, "models by name")
    except Bad as bad:
        raise Refused(f"This is not LiteLLM's price list. {bad}") from None
    known = known_providers().litellm_names()
    gathered: dict[str, dict[str, CatalogModel]] = {}
    facts: dict[str, KnownProvider] = {}
    problems: list[Problem] = []
    out: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for key, value in entries.items():
        if key in NO_MODELS:
            continue
        try:
            if key in repeated:
                raise Bad("", "This model stands here more than once.")
            of = values.entry(value, "a model")
            reason, provider = _standing(key, of, known)
            if provider is None or reason:
                (out if reason else unknown)[reason or clean(str(of["litellm_provider"]), limit=64)] += 1
                continue
            model = _model(_model_id(key, known, provider), of)
        except Bad as bad:
            problems.append(bad.at(below("", key)))
            continue
        facts[provider.name] = provider
        models = gathered.setdefault(provider.name, {})
        if model.model_id in models:
            out["listed under another name already"] += 1
        models.setdefault(model.model_id, model)
    skipped = tuple(f"{counted(number, 'model')}: {reason}." for reason, number in out.most_common())
    return Intake(
        "litellm",
        f"LiteLLM's price list: {counted(len(entries), 'model')}",
        CatalogBatch(tuple(_providers(gathered, facts)), skipped),
        tuple(problems),
        tuple(
            Unknown(name, name, number, "the list states no base URL.")
            for name, number in unknown.most_common()
        ),
    )


def _providers(
    gathered: Mapping[str, Mapping[str, CatalogModel]], facts: Mapping[str, KnownProvider]
) -> Iterable[CatalogProvider]:
    for name, models in gathered.items():
        known = facts[name]
        yield CatalogProvider(name, starting_endpoint(known.endpoint), tuple(models.values()), known.website)


def _standing(
    key: str, of: Entry, known: Mapping[str, KnownProvider]
) -> tuple[str | None, KnownProvider | None]:
    """Why an entry stays out, and whose model it is; neither for a provider that is not known here."""
    mode, name = of.get("mode"), of.get("litellm_provider")
    if "alias_of" in of:
        return "another name of a listed one", None
    if name is None:
        return "no provider is named", None
    if not isinstance(name, str):
        raise Bad("litellm_provider", f"Expected a text, found {values.kind(name)}.")
    provider = known.get(name)
    if provider is None:
        return None, None
    if not (mode is None or isinstance(mode, str)):
        raise Bad("mode", f"Expected a text, found {values.kind(mode)}.")
    if mode is not None and mode not in MODES:
        return f"another kind ({clean(mode.replace('_', ' '), limit=40)})", provider
    if _is_class(key, name):
        return "a class of models", provider
    return None, provider


def _is_class(key: str, name: str) -> bool:
    """Whether a key prices many models at once: fine-tuned ones, or those of one size at a provider."""
    prefix = name.partition("-")[0].replace("_", "-")
    return key.startswith("ft:") or ("-" in prefix and "/" not in key and key.startswith(f"{prefix}-"))


def _model_id(key: str, known: Mapping[str, KnownProvider], provider: KnownProvider) -> str:
    """What a call names: the key without its provider."""
    first, slash, rest = key.partition("/")
    is_prefix = known.get(first) is provider or known.get(first.replace("-", "_")) is provider
    return values.identifier(rest if slash and is_prefix else key, "")


def _model(id: str, of: Entry) -> CatalogModel:
    return CatalogModel(
        model_id=id,
        name=id,
        max_input_tokens=values.count(of, "max_input_tokens", zero_is_unknown=True),
        max_output_tokens=values.count(of, "max_output_tokens", zero_is_unknown=True),
        supports_streaming=values.flag(of, "supports_native_streaming"),
        supports_reasoning=values.flag(of, "supports_reasoning"),
        price=_price(of),
    )


def _price(of: Entry) -> CatalogPrice | None:
    entry, out, read, write = (
        values.price(of, key)
        for key in (
            "input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost",
            "cache_creation_input_token_cost",
        )
    )  # fmt: skip
    note = _note(of)
    if all(each is None for each in (entry, out, read, write)):
        return None if note is None else CatalogPrice(None, None, note=note)
    return CatalogPrice(entry, out, read, write, note=note)


def _note(of: Entry) -> str | None:
    """What the four prices do not say: steps by context, and prices by other units."""
    steps = sorted({int(found[1]) for key in of if (found := _ABOVE.fullmatch(key))})
    lines = []
    if steps:
        places = " and ".join(f"{step:,},000" for step in steps[:4])
        lines.append(f"Base price; another one holds above {places} input tokens.")
    elif isinstance(of.get("tiered_pricing"), list):
        lines.append("The price depends on how many input tokens a call has.")
    others = [
        f"{amount:f} USD per {unit}"
        for key, unit in _OTHER_UNITS
        if isinstance(amount := of.get(key), Decimal) and 0 < amount < values.MILLION
    ]
    if others:
        lines.append(f"Also priced: {'; '.join(others)}.")
    return "\n".join(lines) or None
