"""One HTTP request before it is sent, as a dialect writes it; the key is not in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui_registry.endpoint import Endpoint
from tui_registry.errors import Refused
from tui_registry.wire.exchange import Target

_KEY_HEADERS = {
    "bearer": ("authorization", "Bearer "),
    "x-api-key": ("x-api-key", ""),
    "x-goog-api-key": ("x-goog-api-key", ""),
    "api-key": ("api-key", ""),
    "api-key-scheme": ("authorization", "Api-Key "),
}
AUTHS = frozenset(_KEY_HEADERS)
"""The ways in which a key travels."""


@dataclass(frozen=True, slots=True)
class Request:
    """A method, an absolute URL without query, a query, and a JSON body."""

    method: str
    url: str
    query: str = ""
    json: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: bool = False
    is_download: bool = False
    """Whether the body is wanted as it came, unparsed."""


def below(endpoint: Endpoint, path: str) -> str:
    """The URL of a path below the base URL."""
    return f"{endpoint.url}/{path.lstrip('/')}"


def at_origin(endpoint: Endpoint, path: str) -> str:
    """The URL of a path at the base URL's origin, wherever the base URL itself points."""
    return f"{endpoint.origin}/{path.lstrip('/')}"


def key_headers(target: Target) -> dict[str, str]:
    """The header that carries the key; raises Refused, without the key, for one that no header can carry."""
    if target.secret is None:
        return {}
    name, prefix = _KEY_HEADERS[target.auth]
    value = target.secret.reveal()
    if not (value and value.isascii() and value.isprintable() and " " not in value):
        raise Refused("The stored key holds characters that no key has; set it again.")
    return {name: prefix + value}
