"""Checks that an embeddings answer holds vectors and not something else under their name."""

from collections.abc import Sequence
from dataclasses import replace

from tui_registry.text import clean
from tui_registry.wire.exchange import EmbedReply, Exchange, Json, Usage
from tui_registry.wire.plainjson import at, count_at, text_at
from tui_registry.wire.record import with_verdict

LONGEST = 65_536
"""Numbers in one vector."""


def vectors_of(found: Sequence[Json], exchange: Exchange) -> EmbedReply:
    """The vectors, or the exchange with the outcome `protocol` when one of them is none."""
    vectors = [_numbers(each) for each in found]
    usage = at(exchange.body, "usage")
    served = text_at(exchange.body, "model")
    exchange = replace(
        exchange,
        usage=Usage(input_tokens=count_at(usage, "prompt_tokens") or count_at(usage, "total_tokens")),
        model_served=clean(served, limit=200) if served else None,
    )
    if not vectors or None in vectors:
        return EmbedReply(with_verdict(exchange, "protocol", "shape"))
    return EmbedReply(exchange, tuple(vector for vector in vectors if vector is not None))


def _numbers(found: Json) -> tuple[float, ...] | None:
    """A vector of finite numbers, or None."""
    if not isinstance(found, list) or not 0 < len(found) <= LONGEST:
        return None
    numbers = [
        number for number in found if isinstance(number, (int, float)) and not isinstance(number, bool)
    ]
    return tuple(map(float, numbers)) if len(numbers) == len(found) else None
