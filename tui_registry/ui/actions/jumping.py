"""Commands that go to any provider or model by its name."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.command import Hit, Hits, Provider
from textual.content import Content

from tui_registry.errors import RegistryError
from tui_registry.store.views import Order
from tui_registry.text import clean
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.screens.pages import show_model, show_provider

if TYPE_CHECKING:
    from tui_registry.store.rows import Row, RowSource
    from tui_registry.store.view_columns import ViewName

PROVIDER_HITS, MODEL_HITS = 8, 24
"""How many of each kind a search offers; who wants more narrows it, or filters the list."""


class JumpCommands(Provider):
    """Finds providers and models as the filter of the lists does, and opens the page of the chosen one."""

    async def search(self, query: str) -> Hits:
        """The records whose names hold every word of the query, the nearest names first."""
        screen = self.screen
        if not isinstance(screen, DeskScreen) or not query.strip():
            return
        read_of = screen.desk.store.replacements
        for name, row in found(screen, "providers", query, PROVIDER_HITS):
            yield _hit(query, name, "provider", partial(_show, screen, read_of, show_provider, row))
        for name, row in found(screen, "models", query, MODEL_HITS):
            yield _hit(query, name, "model", partial(_show, screen, read_of, show_model, row))


def _show(screen: DeskScreen, read_of: int, deed: Callable[..., Awaitable[None]], row: int) -> None:
    """Open the page of a hit, unless another file took the registry's place since it was found."""
    if read_of == screen.desk.store.replacements:
        screen.begin(deed, row)


def found(screen: DeskScreen, view: "ViewName", query: str, most: int) -> Iterator[tuple[str, int]]:
    """The names and ids of the first records that fit; none while the registry cannot be read."""
    by = "name" if view == "providers" else "provider"
    try:
        source: RowSource = screen.desk.store.views.source(view, order=Order(by), text=query)
        rows = source.head(most)
    except RegistryError:
        return  # the banner of the list says why, and the other commands go on
    for row in rows:
        yield _name(source, row), int(row[0] or 0)


def _name(source: "RowSource", row: "Row") -> str:
    cells = dict(zip(source.columns, row[1:], strict=True))
    return f"{cells['provider']}/{cells['model_id']}" if "model_id" in cells else str(cells["name"])


def _hit(query: str, name: str, kind: str, command: partial[None]) -> Hit:
    shown = clean(name)
    return Hit(nearness(query, name), Content(shown), command, text=shown, help=kind)


def nearness(query: str, name: str) -> float:
    """How near a name is to what was typed, from 0 to 1: the same, its start, a part of it, its words."""
    wanted, held = query.strip().casefold(), name.casefold()
    last = held.rpartition("/")[2]
    if wanted in (held, last):
        return 1.0
    if held.startswith(wanted) or last.startswith(wanted):
        return 0.9
    return 0.8 if wanted in held else 0.7
