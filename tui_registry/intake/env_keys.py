"""Keys of a file against the registry: whose each is, for which host it would be sealed, and why not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_registry.catalog import known_providers, starting_endpoint
from tui_registry.endpoint import key_refusal, parse_endpoint, shown_origin, stored_endpoint
from tui_registry.errors import Refused
from tui_registry.intake.env_file import NamedKey
from tui_registry.store.tables import KnownProvider, Provider
from tui_registry.store.writes import Writes
from tui_registry.text import counted

if TYPE_CHECKING:
    from tui_registry.store.drafts import ProviderDraft


@dataclass(frozen=True, slots=True)
class Offer:
    """A key that would be sealed for the host of its provider; with `refusal` it stays where it is."""

    provider: str
    key: NamedKey
    host: str
    row: Provider | None
    """The provider as it was when the offer was made; None for one that would be added."""
    refusal: str | None = None

    @property
    def is_new(self) -> bool:
        """Whether the provider is added with its key."""
        return self.row is None

    def record(self) -> dict[str, object]:
        """The offer for scripts; never the key."""
        return {
            "provider": self.provider, "variable": self.key.variable, "line": self.key.line,
            "host": self.host, "is_new": self.is_new, "refusal": self.refusal,
        }  # fmt: skip

    def __str__(self) -> str:
        new = ", which is added" if self.is_new else ""
        where = f"{self.provider}: ${self.key.variable} (line {self.key.line:,})"
        return (
            f"{where}, for {self.host}{new}" if self.refusal is None else f"{where} stays out. {self.refusal}"
        )


def offers(keys: Sequence[NamedKey], providers: Sequence[Provider]) -> list[Offer]:
    """What may be done with each key; a key goes to no host but that of its provider as it is known."""
    rows = {row.name: row for row in providers}
    known = {row.name: row for row in known_providers().rows()}
    owners: dict[str, list[str]] = {}
    for found in known_providers().variables():
        owners.setdefault(found.variable, []).append(found.provider_name)
    made: list[Offer] = []
    taken: set[str] = set()
    for key in keys:
        names = owners[key.variable]
        name = names[0]
        row = rows.get(name)
        refusal = next(_refusals(names, known, row), None)
        if refusal is None and name in taken:
            refusal = "Another variable of the file is taken for it."
        if refusal is None:
            taken.add(name)
        address = starting_endpoint(known[name].endpoint) if row is None else row.endpoint
        made.append(Offer(name, key, _host(address), row, refusal))
    return made


def _host(address: str) -> str:
    try:
        return shown_origin(parse_endpoint(address).origin)
    except ValueError:
        return "an address that cannot be read"


def _refusals(
    names: Sequence[str], known: Mapping[str, KnownProvider], row: Provider | None
) -> Iterator[str]:
    """Why a key is not taken over, most telling first."""
    name = names[0]
    if len(names) > 1:
        others = counted(len(names) - 1, "other provider")
        yield f"{others} may use this variable. Say whose it is: tui-registry key set NAME --from-env VAR"
        return
    if row is not None and row.api_key_encrypted is not None:
        yield f"{name} has a key already, which stays."
    home = parse_endpoint(starting_endpoint(known[name].endpoint))
    try:
        endpoint = home if row is None else stored_endpoint(row.name, row.endpoint)
    except Refused as error:
        yield str(error)
        return
    if endpoint.origin != home.origin:
        yield f"Its endpoint here is {endpoint.host}, not {home.host}; enter the key for that host yourself."
    if (refusal := key_refusal(endpoint)) is not None:
        yield refusal


def seal(writes: Writes, wanted: Sequence[Offer], edition: str) -> list[Provider]:
    """Seal these keys, all or none, adding the providers that were not there when they were offered.

    `edition` is that of the file for which they were offered.
    """
    known = {row.name: row for row in known_providers().rows()}
    entries = [(offer.row, _draft(known[offer.provider]), offer.key.secret) for offer in wanted]
    return writes.seal_new_keys(entries, edition)


def _draft(known: KnownProvider) -> "ProviderDraft":
    from tui_registry.store.drafts import ProviderDraft

    return ProviderDraft.parse(
        {"name": known.name, "endpoint": starting_endpoint(known.endpoint), "website": known.website or ""}
    )
