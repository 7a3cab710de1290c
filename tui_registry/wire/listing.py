"""Reads a provider's model list, page by page, within one deadline."""

import asyncio
from dataclasses import replace

from tui_registry.wire.dialects import dialect_of
from tui_registry.wire.exchange import Caps, Deadlines, Exchange, Json, ListedModel, Listing, Target
from tui_registry.wire.facts import by_group, enriched, listed_models
from tui_registry.wire.plainjson import count_at, items_at
from tui_registry.wire.record import with_verdict
from tui_registry.wire.request import Request
from tui_registry.wire.sending import Sender

_LITELLM_CREATED = 1677610602
_LITELLM_INFO = ("model_group/info", "v1/model/info")
"""Where a LiteLLM gateway states prices and limits, beside its list; the second is of older versions."""


async def read_listing(sender: Sender, target: Target, deadlines: Deadlines) -> Listing:
    """All pages of the list; a failed page makes the whole list failed."""
    dialect = dialect_of(target.dialect)
    started = sender.monotonic()
    entries: list[Json] = []
    cursors: set[str | None] = set()
    cursor: str | None = None
    size, notes = 0, []
    while True:
        left = _left(sender, deadlines, started)
        record = await sender.send(target, dialect.list_request(target.endpoint, cursor), left)
        exchange = record.judged(target.limit_headers)
        cursors.add(cursor)
        if exchange.outcome != "ok":
            return Listing(exchange, pages=len(cursors))
        page, cursor = dialect.read_list(exchange.body)
        exchange = replace(exchange, body=None)
        if page is None:
            return Listing(with_verdict(exchange, "protocol", "shape"), pages=len(cursors))
        entries += page
        size += exchange.length
        if cursor is None:
            break
        if problem := _endless(sender.caps, cursor, cursors, size, len(entries)):
            notes.append(problem)
            break
    models, left_out = await asyncio.to_thread(listed_models, entries, sender.caps.models)
    if _is_litellm(target, entries):
        models = await _with_groups(sender, target, deadlines, started, models)
    return Listing(exchange, tuple(models), (*notes, *left_out), len(cursors))


def _left(sender: Sender, deadlines: Deadlines, started: float) -> Deadlines:
    """What remains of the deadline for the next page."""
    spent = sender.monotonic() - started
    return replace(deadlines, total=max(deadlines.total - spent, 0.001))


def _endless(caps: Caps, cursor: str, cursors: set[str | None], size: int, entries: int) -> str | None:
    """Why no further page is asked for, as a sentence, or None."""
    if cursor in cursors:
        return "The provider's list leads back to a page it had before; it was read once."
    if len(cursors) >= caps.pages or size >= 2 * caps.body or entries >= caps.models:
        return f"The provider's list goes on after {entries:,} entries; the rest was not read."
    return None


def _is_litellm(target: Target, entries: list[Json]) -> bool:
    """Whether the provider is a LiteLLM gateway, by its family or by the one date it gives every model."""
    if target.limit_headers is not None or target.dialect != "openai":
        return target.limit_headers == "litellm"
    return bool(entries) and all(count_at(entry, "created") == _LITELLM_CREATED for entry in entries)


async def _with_groups(
    sender: Sender, target: Target, deadlines: Deadlines, started: float, models: list[ListedModel]
) -> list[ListedModel]:
    """The models with the prices, limits and abilities a LiteLLM gateway states elsewhere, if it does."""
    for path in _LITELLM_INFO:
        request = Request("GET", f"{target.endpoint.url.removesuffix('/v1')}/{path}")
        record = await sender.send(target, request, _left(sender, deadlines, started))
        exchange: Exchange = record.judged(target.limit_headers)
        if exchange.outcome == "ok" and (entries := items_at(exchange.body, "data")):
            groups = await asyncio.to_thread(by_group, entries[: sender.caps.models])
            return [enriched(model, groups[model.id]) if model.id in groups else model for model in models]
    return models
