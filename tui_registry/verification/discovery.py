"""A provider's own model list against the registry: shown as a difference first, taken in when asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tui_registry.store import (
    DiscoveredModel,
    DiscoveryReport,
    Finding,
    Model,
    Provider,
    SeenLimit,
    Store,
    new_result,
)
from tui_registry.text import clean, counted
from tui_registry.verification import limits
from tui_registry.verification.evidence import evidence
from tui_registry.verification.judgement import Judgement, refused
from tui_registry.verification.keycheck import record
from tui_registry.verification.options import Options
from tui_registry.verification.target import Subject, subject_of
from tui_registry.verification.waiting import kept, read
from tui_registry.wire import ListedModel, Listing

COMPARED = (
    "name",
    "description",
    "architecture",
    "max_input_tokens",
    "max_output_tokens",
    "supports_streaming",
    "supports_reasoning",
)
_PRICES = {
    "input_price": "input",
    "output_price": "output",
    "cache_read_price": "cache_read",
    "cache_write_price": "cache_write",
}
_MOST_TOKENS = 9_007_199_254_740_992


@dataclass(frozen=True, slots=True)
class ChangedModel:
    """A model whose facts would change: field to (what is kept now, what the list states)."""

    model_id: str
    fields: dict[str, tuple[object, object]]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a provider lists, compared with the registry; nothing was changed yet.

    `was_read` is false when there was no list to read; `sentence` then says why.
    """

    row: Provider
    """The provider as it was asked."""
    provider: str
    was_read: bool
    sentence: str
    outcome: str
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[ChangedModel, ...] = ()
    unchanged: int = 0
    notes: tuple[str, ...] = ()
    listed: tuple[DiscoveredModel, ...] = ()


async def discover(store: Store, seen: Provider, options: Options | None = None) -> Discovery:
    """Read a provider's model list and compare it; the reading itself is kept as a result.

    Raises Gone where the provider is not here any more, Refused without a usable key, and children of
    VaultError and StoreError.
    """
    options = options or Options()
    subject = await read(lambda: subject_of(store, seen))
    async with options.open_wire() as wire:
        listing = await wire.list_models(subject.target)
    if listing.exchange.outcome != "ok":
        verdict = refused(listing.exchange)
        found = Discovery(subject.row, subject.row.name, False, verdict.sentence, listing.exchange.outcome)
    else:
        found = await read(lambda: _compared(store, subject, listing))
        verdict = Judgement("pass", "ok", found.sentence)
    await record(store, (_finding(subject, listing, verdict),))
    return found


async def apply_discovery(store: Store, found: Discovery) -> DiscoveryReport:
    """Take a list in: facts the provider states, dates of listing; nothing a person set, nothing deleted."""
    if not found.was_read:
        return DiscoveryReport()
    return await kept(store.write(lambda write: write.proofs.take_list(found.row, found.listed)))


def _compared(store: Store, subject: Subject, listing: Listing) -> Discovery:
    id, name = subject.row.id, subject.row.name
    listed = tuple(_discovered(each) for each in listing.models if each.id.strip())
    held = {row.model_id: row for row in store.reads.models(id)}
    prices = store.proofs.prices(id)
    new, changed, unchanged = [], [], 0
    for model in listed:
        row = held.get(model.model_id)
        if row is None:
            new.append(model.model_id)
            continue
        fields = dict(_differences(row, model))
        price = prices[row.id]
        if price.origin != "model" or price.source != "user":
            fields |= {
                stated: (getattr(price, kept_as), value)
                for stated, kept_as in _PRICES.items()
                if (value := getattr(model, stated)) is not None and value != getattr(price, kept_as)
            }
        if fields:
            changed.append(ChangedModel(model.model_id, fields))
        else:
            unchanged += 1
    on_list = {model.model_id for model in listed}
    gone = tuple(model_id for model_id in held if model_id not in on_list)
    sentence = (
        f"{name} lists {counted(len(listed), 'model')}: {len(new):,} new, {len(changed):,} changed,"
        f" {len(gone):,} not listed any more."
    )
    return Discovery(
        subject.row,
        name,
        True,
        sentence,
        "ok",
        tuple(new),
        gone,
        tuple(changed),
        unchanged,
        listing.notes,
        listed,
    )


def _differences(row: Model, model: DiscoveredModel) -> Iterable[tuple[str, tuple[object, object]]]:
    users = row.user_fields.split()
    for field in COMPARED:
        stated = getattr(model, field)
        if stated is not None and field not in users and stated != getattr(row, field):
            yield field, (getattr(row, field), stated)


def _discovered(model: ListedModel) -> DiscoveredModel:
    """One entry with its texts made safe to keep and its numbers within what can be kept."""
    return DiscoveredModel(
        model_id=clean(model.id.strip(), limit=256),
        name=_text(model.name, 256),
        description=_text(model.description, 4000, lines=True),
        architecture=_text(model.architecture, 128),
        max_input_tokens=_tokens(model.max_input_tokens),
        max_output_tokens=_tokens(model.max_output_tokens),
        supports_streaming=model.supports_streaming,
        supports_reasoning=model.supports_reasoning,
        mode=_text(model.mode, 64),
        supports_tools=model.supports_tools,
        supports_json=model.supports_json,
        input_price=_price(model.input_price),
        output_price=_price(model.output_price),
        cache_read_price=_price(model.cache_read_price),
        cache_write_price=_price(model.cache_write_price),
        limits=_limits(model),
    )


def _limits(model: ListedModel) -> tuple[SeenLimit, ...]:
    stated = {"requests": model.requests_per_minute, "tokens": model.tokens_per_minute}
    return tuple(
        SeenLimit(metric, "minute", value, None, None, "model list")
        for metric, value in stated.items()
        if value is not None and 0 < value <= _MOST_TOKENS
    )


def _text(text: str | None, limit: int, *, lines: bool = False) -> str | None:
    return None if text is None else clean(text.strip(), limit=limit, lines=lines).strip() or None


def _tokens(count: int | None) -> int | None:
    return count if count is not None and 1 <= count <= _MOST_TOKENS else None


def _price(price: Decimal | None) -> float | None:
    return float(price) if price is not None and 0 <= price <= 1000 else None


def _finding(subject: Subject, listing: Listing, verdict: Judgement) -> Finding:
    exchange = listing.exchange
    more = {"models": len(listing.models), "pages": listing.pages, "notes": list(listing.notes[:10])}
    result = new_result(
        provider=subject.row,
        test_type="models",
        status=verdict.status,
        outcome=verdict.outcome,
        http_status=exchange.status,
        latency_ms=exchange.total_ms,
        evidence=evidence(exchange, verdict, secret=subject.target.secret, more=more),
        endpoint=subject.target.endpoint.url,
        key_fingerprint=subject.row.key_fingerprint,
    )
    return Finding(result, limits.kept(exchange.limits))
