"""models.dev's `api.json`: provider id to its name, address and models; prices in USD per 1M tokens."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from tui_registry import names
from tui_registry.catalog import known_providers, starting_endpoint
from tui_registry.endpoint import parse_endpoint
from tui_registry.errors import Refused
from tui_registry.intake import values
from tui_registry.intake.found import Bad, Intake, Problem, Unknown, below
from tui_registry.intake.values import MAX_ID, MILLION, Entry
from tui_registry.store.rows import CatalogBatch, CatalogModel, CatalogPrice, CatalogProvider
from tui_registry.store.tables import KnownProvider
from tui_registry.text import clean, counted

_DIALECTS = {"@ai-sdk/anthropic": ("anthropic", "x-api-key"), "@ai-sdk/google": ("gemini", "x-goog-api-key")}
_OPENAI = frozenset({"@ai-sdk/openai-compatible", "@ai-sdk/openai"})
_LONGEST_NAME = 64


def read_models_dev(document: object, custom: Collection[str], own: Iterable[KnownProvider]) -> Intake:
    """What the file states of known providers, of the person's `own`, and of those named in `custom`.

    Raises Refused for a document of another shape, or a custom id that cannot be taken.
    """
    try:
        providers, repeated = values.members(document, "providers by id")
    except Bad as bad:
        raise Refused(f"This is not models.dev's api.json. {bad}") from None
    reading = _Reading(custom, own)
    for id, value in providers.items():
        if id in repeated:
            reading.problems.append(Problem(below("", id), "This provider stands here more than once."))
        else:
            reading.provider(id, value)
    if absent := sorted(set(custom) - reading.taken):
        raise Refused(f"There is no provider {clean(absent[0], limit=64)} to take in from this file.")
    return reading.found(len(providers))


class _Reading:
    """One reading of a file, provider by provider."""

    def __init__(self, custom: Collection[str], own: Iterable[KnownProvider]) -> None:
        self.problems: list[Problem] = []
        self.taken: set[str] = set()
        self._custom = custom
        self._known = known_providers().models_dev_ids()
        self._names = {names.fold(row.name) for row in known_providers().rows()}
        self._own = {row.endpoint: row for row in own}
        self._names |= {names.fold(row.name) for row in self._own.values()}
        self._facts: dict[str, KnownProvider] = {}
        self._gathered: dict[str, dict[str, CatalogModel]] = {}
        self._fresh: list[KnownProvider] = []
        self._unknown: list[Unknown] = []
        self._models = 0

    def provider(self, id: str, value: object) -> None:
        """Read one provider; what is not known here is only counted."""
        path = below("", id)
        try:
            of = values.entry(value, "a provider")
            listed = of.get("models")
            models, repeated = values.members({} if listed is None else listed, "models by id")
            known = self._known.get(id) or self._own.get(_address(of) or "")
            if known is None and id in self._custom:
                known = self._made_known(id, of)
        except Bad as bad:
            self.taken.add(id)
            self.problems.append(bad.at(path))
            return
        self._models += len(models)
        if known is None:
            name = of.get("name")
            label = clean(name, limit=_LONGEST_NAME) if isinstance(name, str) else id
            self._unknown.append(Unknown(clean(id, limit=_LONGEST_NAME), label, len(models), _refusal(of)))
            return
        self.taken.add(id)
        self._facts[known.name] = known
        gathered = self._gathered.setdefault(known.name, {})
        for model in self._read_models(f"{path}.models", models, repeated):
            gathered.setdefault(model.model_id, model)

    def _made_known(self, id: str, of: Entry) -> KnownProvider:
        """A provider that the person named, as a custom one; raises Refused for one that cannot be."""
        name = values.text(of, "name", _LONGEST_NAME) or clean(id, limit=_LONGEST_NAME)
        refusal = _refusal(of)
        if names.fold(name) in self._names:
            refusal = f"{name} is the name of a known provider with another address."
        address = _address(of)
        if refusal is not None or address is None:
            raise Refused(f"{name} cannot be taken in: {refusal}")
        dialect, auth = _DIALECTS.get(str(of.get("npm")), ("openai", "bearer"))
        # Its variables are left out: a foreign list must not say which of them holds a key for its host.
        known = KnownProvider(
            name, address, docs=_link(of.get("doc")), dialect=dialect, auth=auth, source="user"
        )
        self._fresh.append(known)
        self._names.add(names.fold(name))
        self._own[address] = known
        return known

    def _read_models(
        self, path: str, models: Mapping[str, Any], repeated: Collection[str]
    ) -> Iterator[CatalogModel]:
        for id, value in models.items():
            try:
                if id in repeated:
                    raise Bad("", "This model stands here more than once.")
                yield _model(id, values.entry(value, "a model"))
            except Bad as bad:
                self.problems.append(bad.at(below(path, id)))

    def found(self, listed: int) -> Intake:
        """What was read."""
        self._unknown.sort(key=lambda each: -each.models)
        said = f"models.dev: {counted(self._models, 'model')} of {counted(listed, 'provider')}"
        providers = tuple(
            CatalogProvider(
                name,
                starting_endpoint(self._facts[name].endpoint),
                tuple(models.values()),
                website=self._facts[name].website,
            )
            for name, models in self._gathered.items()
        )
        batch = CatalogBatch(providers, known=tuple(self._fresh))
        return Intake("models.dev", said, batch, tuple(self.problems), tuple(self._unknown))


def _model(id: str, of: Entry) -> CatalogModel:
    values.identifier(id, "")
    limit = values.entry(of.get("limit") or {})
    dated = values.day(of, "last_updated", whole=False)
    return CatalogModel(
        model_id=id,
        name=values.text(of, "name", MAX_ID) or id,
        max_input_tokens=values.count(limit, "context", zero_is_unknown=True, name="limit.context"),
        max_output_tokens=values.count(limit, "output", zero_is_unknown=True, name="limit.output"),
        supports_reasoning=values.flag(of, "reasoning"),
        source_date=dated,
        price=_price(of.get("cost"), dated),
    )


def _price(cost: object, dated: str | None) -> CatalogPrice | None:
    """The price per token; a cost of 0 is free, an absent one unknown."""
    if cost is None:
        return None
    try:
        of = values.entry(cost)
    except Bad as bad:
        raise Bad("cost", str(bad)) from None
    read = {
        key: values.price(of, key, per=MILLION, name=f"cost.{key}")
        for key in ("input", "output", "cache_read", "cache_write")
    }
    if all(each is None for each in read.values()):
        return None
    return CatalogPrice(
        read["input"], read["output"], read["cache_read"], read["cache_write"],
        source_date=dated, note=_note(of),
    )  # fmt: skip


def _note(of: Entry) -> str | None:
    """What the four prices do not say."""
    starts = set()
    tiers = of.get("tiers")
    for tier in tiers if isinstance(tiers, list) else ():
        size = (
            tier.get("tier", {}).get("size")
            if isinstance(tier, dict) and isinstance(tier.get("tier"), dict)
            else None
        )
        if isinstance(size, int) and not isinstance(size, bool) and 0 < size < MILLION * 1000:
            starts.add(size)
    if not starts and of.get("context_over_200k"):
        starts.add(200_000)
    lines = []
    if starts:
        places = " and ".join(f"{start:,}" for start in sorted(starts)[:4])
        lines.append(f"Base price; another one holds above {places} input tokens.")
    others = [
        f"{words} {amount:f} USD per 1M tokens"
        for key, words in (
            ("input_audio", "input audio"),
            ("output_audio", "output audio"),
            ("reasoning", "reasoning"),
        )
        if isinstance(amount := of.get(key), (int, Decimal))
        and not isinstance(amount, bool)
        and 0 <= amount < MILLION
    ]
    if others:
        lines.append(f"Also priced: {'; '.join(others)}.")
    return "\n".join(lines) or None


def _address(of: Entry) -> str | None:
    """The base URL that the file states, if it is one."""
    api = of.get("api")
    if not isinstance(api, str):
        return None
    try:
        return parse_endpoint(api).url
    except ValueError:
        return None


def _refusal(of: Entry) -> str | None:
    """Why a provider that is not known here cannot be taken in by its id, or None."""
    if str(of.get("npm")) not in {*_DIALECTS, *_OPENAI}:
        return "it speaks a dialect of its own."
    if not isinstance(of.get("api"), str):
        return "the file states no base URL."
    if _address(of) is None:
        return "its base URL needs something of your own. Add it as a custom provider."
    return None


def _link(value: object) -> str | None:
    """An https address as it may be kept, or None."""
    if not isinstance(value, str) or not value.startswith("https://") or len(value) > 2048:
        return None
    bad = (
        not value.isascii()
        or any(character in value for character in ' <>"{}|^`\\@')
        or not value[8:9].isalnum()
    )
    return None if bad or not value.isprintable() else value
