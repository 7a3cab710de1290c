"""The known providers: the package's data file, checked strictly, and the keys an environment offers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files

from tui_registry import names
from tui_registry.endpoint import origin_of, parse_endpoint
from tui_registry.errors import InvalidInput
from tui_registry.store.tables import KnownProvider
from tui_registry.text import is_showable

DIALECTS = ("openai", "anthropic", "gemini", "cohere")
"""How requests and answers may be shaped."""

AUTHS = ("bearer", "x-api-key", "x-goog-api-key", "api-key", "api-key-scheme")
"""How a key may travel."""

LIMIT_HEADERS = (
    "openai", "azure", "groq", "anthropic", "cerebras", "sambanova", "mistral", "together", "fireworks",
    "openrouter", "litellm",
)  # fmt: skip
"""The families of rate-limit headers."""

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_PARTS = re.compile(r"(https?://)([^/]*)(.*)")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_PROOF = re.compile(r"chat|(?:GET|POST) (?:/[!-~]+|https://[!-~]+)")
_LINK = re.compile(r"https://[A-Za-z0-9][!-~]*")
_CLAIMS = ("catalogue", "models_dev", "litellm")
_LISTS = {"env_vars", *_CLAIMS}
_TEXTS = KnownProvider.columns().keys() - _LISTS - {"source"}


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A variable of the environment that conventionally holds a provider's key; its value is not kept."""

    provider_name: str
    variable: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """One table of the data file."""

    provider: KnownProvider
    variables: tuple[str, ...]
    claims: Mapping[str, tuple[str, ...]]
    """What each catalogue calls the provider."""


class KnownProviders:
    """The known providers of one data file; asking for facts raises InvalidInput if the file is wrong."""

    def __init__(self, data: bytes) -> None:
        """Keep the file's bytes; they are parsed when a fact is first asked for."""
        self._data = data

    @cached_property
    def version(self) -> str:
        """The SHA-256 of the file, so that every change of a fact is a new version."""
        return sha256(self._data).hexdigest()

    def rows(self) -> Iterable[KnownProvider]:
        """Every known provider, in the file's order."""
        return [entry.provider for entry in self._entries]

    def variables(self) -> Iterator[FoundKey]:
        """Every (provider, variable) pair there is; a variable that providers share appears for each."""
        for entry in self._entries:
            for variable in entry.variables:
                yield FoundKey(entry.provider.name, variable)

    def catalogue_names(self) -> Mapping[str, KnownProvider]:
        """The bundled catalogue's provider names, each with the known provider it stands for."""
        return self._claimed("catalogue")

    def models_dev_ids(self) -> Mapping[str, KnownProvider]:
        """The ids of models.dev, each with the known provider it stands for."""
        return self._claimed("models_dev")

    def litellm_names(self) -> Mapping[str, KnownProvider]:
        """What LiteLLM's price list calls providers, each with the known provider it stands for."""
        return self._claimed("litellm")

    def _claimed(self, catalogue: str) -> Mapping[str, KnownProvider]:
        return {name: entry.provider for entry in self._entries for name in entry.claims[catalogue]}

    @cached_property
    def _entries(self) -> tuple[_Entry, ...]:
        return _parse(self._data)


@cache
def known_providers() -> KnownProviders:
    """The known providers that come with the package."""
    return KnownProviders(files("tui_registry.catalog").joinpath("providers.toml").read_bytes())


def environment_keys(environ: Mapping[str, str]) -> list[FoundKey]:
    """The providers an environment seems to hold keys for, in the file's order.

    A variable that several providers share is found once for each; whose key it is, only its owner knows.
    """
    return [found for found in known_providers().variables() if environ.get(found.variable, "").strip()]


def starting_endpoint(template: str) -> str:
    """The endpoint a provider starts with; a template's is under `.invalid`, so that no key can go there."""
    if _PLACEHOLDER.search(template) is None:
        return template
    parts = _PARTS.fullmatch(_PLACEHOLDER.sub(lambda found: found[1].replace("_", "-"), template))
    if parts is None:
        return template
    scheme, host, path = parts.groups()
    return f"{scheme}{host}.invalid{path}"


def _parse(data: bytes) -> tuple[_Entry, ...]:
    import tomllib

    try:
        document = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput({"file": f"The list of known providers is not TOML: {error}."}) from error
    problems = {key: "Only [[provider]] tables belong here." for key in document if key != "provider"}
    tables = document.get("provider", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InvalidInput(problems | {"provider": "Write each provider as a [[provider]] table."})
    for place, table in enumerate(tables, 1):
        for sentence in _faults(table):
            problems.setdefault(f"provider {place} ({table.get('name')!r})", sentence)
    if problems:
        raise InvalidInput(problems)
    entries = tuple(_entry(table) for table in tables)
    repeated = _repeated(entries)
    if repeated:
        raise InvalidInput(repeated)
    return entries


def _entry(table: Mapping[str, object]) -> _Entry:
    texts = {key: str(value) for key, value in table.items() if key in _TEXTS}
    variables = _strings(table.get("env_vars", []))
    claims = {key: _strings(table.get(key, [])) for key in _CLAIMS}
    return _Entry(KnownProvider(**texts, env_vars=" ".join(variables) or None), variables, claims)


def _strings(value: object) -> tuple[str, ...]:
    """The texts of a list; raises ValueError for anything that is not a list of texts."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ValueError("not a list of texts")
    return tuple(value)


def _faults(table: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with one table, most telling first."""
    for key, value in table.items():
        if key in _LISTS:
            try:
                _strings(value)
            except ValueError:
                yield f"Write {key} as a list of texts."
                return
        elif key not in _TEXTS:
            yield f"There is no fact called {key!r}."
            return
        elif not (isinstance(value, str) and value.strip() == value != "" and is_showable(value)):
            yield f"Write {key} as a text of one line."
            return
    if "name" not in table or "endpoint" not in table:
        yield "A provider needs a name and an endpoint."
        return
    yield from _name_and_choice_faults(table)
    yield from _address_faults(table)


def _name_and_choice_faults(table: Mapping[str, object]) -> Iterator[str]:
    if len(str(table["name"])) > 64:
        yield "A name has at most 64 characters."
    for key, choices in (("dialect", DIALECTS), ("auth", AUTHS), ("limit_headers", LIMIT_HEADERS)):
        if key in table and table[key] not in choices:
            yield f"Write {key} as one of: {', '.join(choices)}."
    for variable in _strings(table.get("env_vars", [])):
        if _VARIABLE.fullmatch(variable) is None:
            yield f"{variable!r} is not the name of an environment variable."


def _address_faults(table: Mapping[str, object]) -> Iterator[str]:
    template = str(table["endpoint"])
    try:
        endpoint = parse_endpoint(starting_endpoint(template))
    except ValueError as error:
        yield f"The endpoint cannot be used: {error}"
        return
    for key in ("website", "docs", "console_url"):
        if key in table and _LINK.fullmatch(str(table[key])) is None:
            yield f"Write {key} as an https:// address."
    if "local_token" in table and not endpoint.is_loopback:
        yield "Only a server on this machine has a local_token."
    proof = str(table.get("key_proof", "chat"))
    if _PROOF.fullmatch(proof) is None:
        yield 'Write key_proof as "chat", "GET /path" or "GET https://...".'
    elif " https://" in proof and not _same_origin(proof.split(" ", 1)[1], template):
        yield "The key_proof names another host, and a key goes to no other host than its endpoint's."


def _same_origin(address: str, template: str) -> bool:
    """Whether an address lies at the origin of an endpoint whose host is no placeholder."""
    try:
        return origin_of(address) == origin_of(template.split("{", 1)[0])
    except ValueError:
        return False


def _repeated(entries: Iterable[_Entry]) -> dict[str, str]:
    """The names and catalogue names that more than one table claims."""
    problems: dict[str, str] = {}
    seen: set[str] = set()
    claimed: dict[str, set[str]] = {key: set() for key in _CLAIMS}
    for entry in entries:
        name = names.fold(entry.provider.name)
        if name in seen:
            problems[entry.provider.name] = "This name is there twice; names differ in more than case."
        seen.add(name)
        for key, claims in entry.claims.items():
            if claimed[key].intersection(claims) or len(set(claims)) < len(claims):
                problems[entry.provider.name] = f"Its {key} names are claimed twice."
            claimed[key].update(claims)
    return problems
