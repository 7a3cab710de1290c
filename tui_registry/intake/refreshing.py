"""models.dev's catalogue fetched from its address: asked for by a person, without any key."""

from collections.abc import Callable, Mapping

from tui_registry.errors import Unreached
from tui_registry.intake.source import Source
from tui_registry.wire import Caps, Deadlines, Wire

MODELS_DEV = "https://models.dev/api.json"
"""Where models.dev publishes its catalogue."""

MOST = 32 << 20
"""Bytes of a catalogue that are read from the network; the present one has 5 MB."""

DEADLINES = Deadlines(connect=10.0, gap=20.0, total=120.0)


async def fetch(address: str, environ: Mapping[str, str], open_wire: Callable[..., Wire] = Wire) -> Source:
    """The catalogue at an address; raises Unreached with why it did not come, Refused for no address.

    A redirect is not followed: the sentence names where it points.
    """
    async with open_wire(environ=environ, caps=Caps(body=MOST), deadlines=DEADLINES) as wire:
        exchange, data = await wire.download(address)
    if exchange.outcome != "ok":
        raise Unreached(f"{address} gave no catalogue, and nothing was changed. {_reason(exchange.message)}")
    return Source(data, address)


def _reason(message: str | None) -> str:
    """What happened, said of a server that is no provider."""
    words = message or "It did not answer."
    return words.replace("The provider", "The server").replace("check the base URL and", "check")
