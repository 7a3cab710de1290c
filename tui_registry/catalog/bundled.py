"""The catalogue that comes with the package: the models and prices of the genai-prices library.

The library dates a price only where it starts on a day; it says no date for itself or for a model, so every
other price and every model stays undated.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from tui_registry import names
from tui_registry.catalog.known import known_providers, starting_endpoint
from tui_registry.catalog.price import catalogue_price
from tui_registry.errors import InvalidInput, NotFound
from tui_registry.store.rows import CatalogBatch, CatalogModel, CatalogPrice, CatalogProvider
from tui_registry.store.tables import KnownProvider
from tui_registry.text import clean, is_showable

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

MAX_ID = 256
"""Characters a model's id and name may have; the database holds no more."""

MAX_DESCRIPTION = 4000
"""Characters and cells a description is cut to."""

MAX_TOKENS = 2**53
"""The largest token count; the database holds no greater count."""

ROUTED = "huggingface_"
"""Catalogue names that begin so are one router's; what follows is the provider it routes to."""


def bundled_catalogue(now: datetime, only: Collection[str] | None = None) -> CatalogBatch:
    """Models and the prices in force at `now`, of all providers or of those named (in any case).

    Raises NotFound for a name the catalogue says nothing about.
    """
    from genai_prices.data import providers

    return read_catalogue(providers, known_providers().catalogue_names(), now, only)


def read_catalogue(
    providers: Iterable["Provider"],
    known: Mapping[str, KnownProvider],
    now: datetime,
    only: Collection[str] | None = None,
) -> CatalogBatch:
    """The library's providers under their known names, with a reason for every entry left out."""
    wanted = _wanted(known, only)
    skipped: list[str] = []
    given = {provider.id: provider for provider in providers}
    if only is None:
        skipped.extend(
            f"{clean(name, limit=64)}: not a known provider; its {len(provider.models):,} models stay out."
            for name, provider in given.items()
            if name not in known
        )
    gathered: dict[str, dict[str, CatalogModel]] = {}
    # The order of the known names decides, so that of two entries for one model the first named wins.
    for name, provider in known.items():
        if name in given and provider.name in wanted:
            models = gathered.setdefault(provider.name, {})
            skipped.extend(_gather(models, given[name], provider.name, now))
    facts = {provider.name: provider for provider in known.values()}
    return CatalogBatch(
        tuple(_provider(facts[name], models.values()) for name, models in gathered.items()), tuple(skipped)
    )


def _wanted(known: Mapping[str, KnownProvider], only: Collection[str] | None) -> set[str]:
    """The provider names asked for, in the known spelling."""
    held = {provider.name for provider in known.values()}
    if only is None:
        return held
    wanted = set()
    for name in only:
        spelled = names.spelling(name, held)
        if spelled is None:
            hint = names.resembling(name, sorted(held))
            raise NotFound(f"The bundled catalogue says nothing about {clean(name, limit=64)!r}.{hint}")
        wanted.add(spelled)
    return wanted


def _provider(known: KnownProvider, models: Iterable[CatalogModel]) -> CatalogProvider:
    return CatalogProvider(
        name=known.name,
        endpoint=starting_endpoint(known.endpoint),
        models=tuple(models),
        website=known.website,
    )


def _gather(
    models: dict[str, CatalogModel], provider: "Provider", provider_name: str, now: datetime
) -> Iterator[str]:
    """Add a provider's models to those gathered; yields why an entry or its price was left out."""
    suffix = f":{provider.id.removeprefix(ROUTED)}" if provider.id.startswith(ROUTED) else ""
    for info in provider.models:
        model_id = f"{info.id}{suffix}"
        label = f"{provider_name}, {clean(model_id, limit=80)!r}"
        reason = _id_refusal(model_id) if info.id.strip() else "the id is blank."
        if reason is None and model_id in models:
            reason = f"{provider_name} lists this id already."
        if reason is not None:
            yield f"{label}: {reason}"
            continue
        try:
            price = catalogue_price(info, now)
        except InvalidInput as error:
            price = None
            yield f"{label}: kept without its price. {' '.join(error.problems.values())}"
        models[model_id] = _model(model_id, info, price)


def _id_refusal(model_id: str) -> str | None:
    """Why an id cannot be kept, or None; an id is never altered, since it is what a call must name."""
    if len(model_id) > MAX_ID:
        return f"the id has {len(model_id):,} characters, more than {MAX_ID}."
    if not is_showable(model_id):
        return "the id holds characters that cannot be shown."
    return None


def _model(model_id: str, info: "ModelInfo", price: CatalogPrice | None) -> CatalogModel:
    name = clean(" ".join((info.name or info.id).split()), limit=MAX_ID)[:MAX_ID]
    description = clean((info.description or "").strip(), limit=MAX_DESCRIPTION, lines=True)
    return CatalogModel(
        model_id=model_id,
        name=name,
        description=description[:MAX_DESCRIPTION] or None,
        max_input_tokens=_tokens(info.context_window),
        price=price,
    )


def _tokens(count: int | None) -> int | None:
    """A token count the database can hold, else None for unknown."""
    return count if count is not None and 0 < count <= MAX_TOKENS else None
