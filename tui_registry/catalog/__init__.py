"""KNOWS: the providers there are, and the models and prices that come with the package.

The door costs a TOML file at most; the catalogue's library is loaded by the one function that reads it.
"""

from tui_registry.catalog.bundled import bundled_catalogue as bundled_catalogue
from tui_registry.catalog.known import FoundKey as FoundKey
from tui_registry.catalog.known import KnownProviders as KnownProviders
from tui_registry.catalog.known import environment_keys as environment_keys
from tui_registry.catalog.known import known_providers as known_providers
from tui_registry.catalog.known import starting_endpoint as starting_endpoint
from tui_registry.catalog.sentences import summary as summary
