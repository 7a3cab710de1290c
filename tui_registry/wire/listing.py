"""Reads a provider's model list, page by page, within one deadline."""

import asyncio
from dataclasses import replace

from tui_registry.wire.dialects import dialect_of
from tui_registry.wire.exchange import Caps, Deadlines, Exchange, Json, ListedModel, Listing, Target
from tui_registry.wire.facts import by_group, enriched, listed_models
from tui_registry.wire.plainjson import items_at
from tui_registry.wire.record import with_verdict
from tui_registry.wire.request import Request, at_origin
from tui_registry.wire.sending import Sender


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
    if target.limit_headers == "litellm":
        models = await _with_groups(sender, target, _left(sender, deadlines, started), models)
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


async def _with_groups(
    sender: Sender, target: Target, deadlines: Deadlines, models: list[ListedModel]
) -> list[ListedModel]:
    """The models with the prices, limits and abilities a LiteLLM gateway states elsewhere, if it does."""
    request = Request("GET", at_origin(target.endpoint, "model_group/info"))
    record = await sender.send(target, request, deadlines)
    exchange: Exchange = record.judged(target.limit_headers)
    if exchange.outcome != "ok":
        return models
    groups = by_group(items_at(exchange.body, "data"))
    return [enriched(model, groups[model.id]) if model.id in groups else model for model in models]
