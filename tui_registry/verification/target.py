"""One provider as a verification meets it: where it is, its key opened, and what is known about it."""

from dataclasses import dataclass

from tui_registry.endpoint import origin_of_stored, shown_origin, stored_endpoint
from tui_registry.errors import Outdated
from tui_registry.store import KnownProvider, Provider, Store
from tui_registry.verification.limits import PER_MODEL
from tui_registry.wire import Target

DEFAULT_PROOF = "GET /models"
"""What is tried where no proof of a key is known; a negative control decides what it is worth."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A provider with its opened key."""

    row: Provider
    known: KnownProvider
    target: Target

    @property
    def proof(self) -> str:
        """The call that proves the key, or `chat`."""
        return self.known.key_proof or DEFAULT_PROOF

    @property
    def is_local(self) -> bool:
        """Whether the provider runs on this machine."""
        return self.target.endpoint.is_loopback

    @property
    def limits_per_model(self) -> bool:
        """Whether its limit headers speak of one model."""
        return self.known.limit_headers in PER_MODEL


def subject_of(store: Store, seen: Provider) -> Subject:
    """The provider that was read as `seen` with its key opened for its present endpoint.

    Raises Gone where it is not here any more, Outdated where it is at another host than was shown, Refused
    without a usable key or endpoint, and children of VaultError.
    """
    row = store.reads.provider_again(seen)
    known = store.reads.known(row.name)
    endpoint, shown = stored_endpoint(row.name, row.endpoint), origin_of_stored(seen.endpoint)
    if endpoint.origin != shown:
        raise Outdated(
            f"{row.name} is at {shown_origin(endpoint.origin)} now and was at {shown_origin(shown)} when this"
            " was asked for, so nothing was sent."
        )
    secret = store.open_key(row)
    # a key that opens was sealed for this very origin, by a person who typed a cleartext host
    target = Target(endpoint, known.dialect, known.auth, secret, known.limit_headers, endpoint.host)
    return Subject(row, known, target)
