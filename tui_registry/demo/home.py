"""A home with the made-up registry in it, in a place of its own that goes away."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tui_registry.catalog import known_providers
from tui_registry.demo.filling import Calendar, CarelessVault, Filling
from tui_registry.demo.founding import found
from tui_registry.demo.history import live_through
from tui_registry.errors import Refused
from tui_registry.paths import Paths, find_paths, make_private
from tui_registry.store import Store
from tui_registry.store.write_together import together

BANNER = "Demo: everything here is made up, and thrown away when you leave."
"""What the app says above its lists while the demo is open."""

FIXED_END = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
"""The moment at which pictures show the demo."""


@contextmanager
def demo_home(end: datetime) -> Iterator[Paths]:
    """The places of a demo that leads up to `end`, in a temporary home; everything goes when it is left."""
    with TemporaryDirectory(prefix="tui-registry-demo-") as home:
        yield make_demo(Path(home), end)


def make_demo(home: Path, end: datetime) -> Paths:
    """Fill a demo that leads up to `end` into a bare home, whatever the environment says; its places.

    The same end gives the same content. The database is called `demo.db`, so that the app's top line says
    what it is. Raises Refused when something is there already, and children of StoreError.
    """
    places = find_paths(home, {})
    if home.is_dir() and any(home.iterdir()):
        raise Refused(f"{home} is not empty. The demo only goes into a home of its own.")
    places = replace(places, database=places.database.with_name("demo.db"))
    make_private(places.database.parent)
    calendar, vault = Calendar(end, end), CarelessVault(places.vault_key)
    Store.open(places.database, vault=vault, clock=calendar, known=known_providers(), create=True).close()
    with together(places.database, vault=vault, clock=calendar) as one:
        filling = Filling(one.writes, one.reads, vault, calendar)
        found(filling)
        live_through(filling)
    return places
