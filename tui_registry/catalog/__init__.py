"""KNOWS: the providers there are, and the models and prices that come with the package.

The door costs nothing; each name is loaded when it is first asked for, the catalogue's library by the one
function that reads it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_registry.catalog.bundled import bundled_catalogue as bundled_catalogue
    from tui_registry.catalog.known import FoundKey as FoundKey
    from tui_registry.catalog.known import KnownProviders as KnownProviders
    from tui_registry.catalog.known import environment_keys as environment_keys
    from tui_registry.catalog.known import known_providers as known_providers
    from tui_registry.catalog.known import starting_endpoint as starting_endpoint
    from tui_registry.catalog.sentences import summary as summary

_HOMES = {"bundled_catalogue": "bundled", "summary": "sentences"}


def __getattr__(name: str) -> object:
    """A public name of the room from the file it lives in; raises AttributeError for any other."""
    home = import_module(f"{__name__}.{_HOMES.get(name, 'known')}")
    try:
        return getattr(home, name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
