"""What the files for other tools are made of: the providers that may be handed out, with their models."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_registry.endpoint import Endpoint, stored_endpoint
from tui_registry.errors import Refused
from tui_registry.export.folding import folded

if TYPE_CHECKING:
    from tui_registry.store import EffectivePrice, KnownProvider, Model, Provider, Store

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOCAL_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NOT_IN_A_SLUG = re.compile(r"[^a-z0-9]+")
_CHAT_MODES = ("", "chat", "completion", "responses", "language", "text", "text-generation", "generate")


@dataclass(frozen=True, slots=True)
class Offered:
    """A model to hand out; None is unknown. Prices are USD per token, those of another currency unknown."""

    model_id: str
    name: str
    context: int | None
    output: int | None
    reasoning: bool | None
    tools: bool | None
    json: bool | None
    kind: str
    """`chat`, `embedding` or `other`."""
    score: float | None
    price: "EffectivePrice | None"


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider to hand out. Its key is named by a variable, or is a token that everybody knows.

    `slug` is the provider's name as a tool's identifier, unique in the registry.
    """

    slug: str
    name: str
    endpoint: Endpoint
    dialect: str
    auth: str
    variable: str | None
    token: str | None
    models: tuple[Offered, ...]

    @property
    def url(self) -> str:
        """The base URL without the two signs that a shell-like reader could take for its own."""
        return self.endpoint.url.replace("$", "%24").replace("'", "%27")


@dataclass(frozen=True, slots=True)
class Offers:
    """The providers to hand out by name, and of each one left out why, as the rest of a sentence."""

    providers: tuple[Offer, ...]
    left_out: Mapping[str, str]
    foreign: tuple[str, ...] = ()
    """The providers with a price in another currency than USD."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked to be handed out.

    `everything` takes in unverified models and providers that are off; `names` are the providers asked for,
    empty for every one; `variables` names variables for keys by provider.
    """

    everything: bool = False
    names: tuple[str, ...] = ()
    variables: Mapping[str, str] | None = None


def offers(store: "Store", wanted: Wanted) -> Offers:
    """The providers and models that are wanted and may be handed out; raises NotFound and Refused.

    Refused when a variable's name is none.
    """
    reads = store.reads
    named = {reads.provider(name).id for name in wanted.names}
    variables = {reads.provider(name).id: _variable(text) for name, text in (wanted.variables or {}).items()}
    known = {folded(row.name): row for row in reads.known_providers()}
    rows = reads.providers()
    taken: list[Offer] = []
    left: dict[str, str] = {}
    foreign: list[str] = []
    for row, slug in zip(rows, _slugs([row.name for row in rows]), strict=True):
        if named and row.id not in named:
            continue
        try:
            if not (row.is_active or row.id in named or wanted.everything):
                raise Refused("switched off; taken in when named, or with all models (--all)")
            if (host := store.sealed_elsewhere(row)) is not None:
                raise Refused(f"its key is sealed for {host}, which its base URL does not name any more")
            models, has_foreign = _models(store, row, wanted.everything)
            taken.append(_offer(row, slug, known[folded(row.name)], variables.get(row.id), models))
        except Refused as refusal:
            left[row.name] = str(refusal)
        else:
            foreign += [row.name] if has_foreign else []
    return Offers(tuple(taken), left, tuple(foreign))


def _variable(text: str) -> str:
    if _VARIABLE.fullmatch(text) is None:
        raise Refused(f"{text} is not the name of an environment variable.")
    return text


def _slugs(names: Sequence[str]) -> list[str]:
    """The names as identifiers of a-z, 0-9 and dashes, all different; the same for the same names."""
    found: list[str] = []
    for name in names:
        plain = _NOT_IN_A_SLUG.sub("-", name.lower()).strip("-") or "provider"
        found.append(_free(plain, found))
    return found


def _free(plain: str, taken: Collection[str]) -> str:
    number = 1
    while (slug := plain if number == 1 else f"{plain}-{number}") in taken:
        number += 1
    return slug


def _offer(
    row: "Provider",
    slug: str,
    known: "KnownProvider",
    variable: str | None,
    models: tuple[Offered, ...],
) -> Offer:
    """The provider ready to hand out; raises Refused with the rest of a sentence."""
    endpoint = stored_endpoint(row.name, row.endpoint)
    if endpoint.is_placeholder:
        raise Refused("the host in its base URL stands for one of your own; edit it first")
    usual = [word for word in (known.env_vars or "").split() if _VARIABLE.fullmatch(word)]
    variable = variable or next(iter(usual), None)
    token = known.local_token if variable is None and endpoint.is_loopback else None
    if token is not None and _LOCAL_TOKEN.fullmatch(token) is None:
        token = None
    if variable is None and token is None and not endpoint.is_loopback:
        raise Refused("no variable is known for its key; name one with --env PROVIDER=VARIABLE")
    if not models:
        raise Refused("no verified model; unverified ones are taken in with all models (--all)")
    return Offer(slug, row.name, endpoint, known.dialect, known.auth, variable, token, models)


def _models(store: "Store", row: "Provider", everything: bool) -> tuple[tuple[Offered, ...], bool]:
    """The provider's models to hand out, and whether one has a price in another currency than USD."""
    rows = [
        model for model in store.reads.models(row.id) if everything or model.verification_state == "verified"
    ]
    if not rows:
        return (), False
    prices, seen = store.proofs.prices(row.id), store.proofs.observations(row.id)
    found = []
    foreign = False
    for model in rows:
        price = prices.get(model.id)
        foreign = foreign or (price is not None and price.currency not in (None, "USD"))
        observed = seen.get(model.id)
        found.append(
            Offered(
                model.model_id,
                model.name,
                model.max_input_tokens,
                model.max_output_tokens,
                model.supports_reasoning,
                None if observed is None else observed.supports_tools,
                None if observed is None else observed.supports_json,
                _kind(model, "" if observed is None else observed.mode or ""),
                model.score,
                price if price is not None and price.currency == "USD" else None,
            )
        )
    return tuple(found), foreign


def _kind(model: "Model", mode: str) -> str:
    """What a model is for, by what its provider calls it, else by its id."""
    if mode.lower().startswith("embedding") or (not mode and "embed" in model.model_id.lower()):
        return "embedding"
    return "chat" if mode.lower() in _CHAT_MODES else "other"
