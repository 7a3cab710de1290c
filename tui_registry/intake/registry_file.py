"""The registry's own document, as `export.registry_json` describes it, read strictly.

An entry that is not as a registry writes it is a problem with its path; names that the form does not have are
left out and said. No key, state or result can come in by it: the form has no place for them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from tui_registry import names
from tui_registry.catalog import known_providers, starting_endpoint
from tui_registry.catalog.known import AUTHS, DIALECTS, LIMIT_HEADERS
from tui_registry.endpoint import origin_of, parse_endpoint
from tui_registry.errors import Refused
from tui_registry.export import registry_json as form
from tui_registry.intake import values
from tui_registry.intake.found import Bad, Format, Intake, Problem, below
from tui_registry.intake.values import MAX_ID, Entry
from tui_registry.store.rows import CatalogBatch, CatalogLimits, CatalogModel, CatalogPrice, CatalogProvider
from tui_registry.store.tables import KnownProvider
from tui_registry.text import clean, counted

T = TypeVar("T")
N = TypeVar("N", KnownProvider, CatalogProvider)

LONGEST_NAME, LONGEST_TEXT, LONGEST_NOTE, SHORT = 64, 4000, 1000, 128
SOURCES = ("user", "provider", "catalogue")
LIMIT_SOURCES = ("user", "observed", "catalogue")

_LINK = re.compile(r"https?://[A-Za-z0-9\[][!-~]{0,2000}")
_NOT_IN_A_LINK = frozenset('<>"{}|^`\\@')
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_PROOF = re.compile(r"chat|(?:GET|POST) (?:/[!-~]+|https?://[!-~]+)")
_TOKEN = re.compile(r"[!-~]{1,64}")
_TOP = ("format", "version", "known_providers", "providers")


class Placed(dict[str, Any]):
    """An entry that knows where it stood in a file that is no JSON."""

    place = ""


def read_registry(document: object, known: Sequence[str], kind: Format = "registry") -> Intake:
    """What another registry wrote; `known` are the names known here besides the package's.

    Raises Refused for another form or a newer version of it.
    """
    if not isinstance(document, dict) or document.get("format") != form.FORMAT:
        raise Refused(f'This is no registry: its "format" is not "{form.FORMAT}".')
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version <= form.VERSION:
        raise Refused(f"This registry was written in another version of the form than {form.VERSION}.")
    return _Reading(known).read(document, kind)


class _Reading:
    """One reading of a document; what is wrong with it is gathered on the way."""

    def __init__(self, known: Sequence[str]) -> None:
        self._problems: list[Problem] = []
        self._strange: Counter[str] = Counter()
        self._names = {names.fold(row.name) for row in known_providers().rows()}
        self._names |= {names.fold(name) for name in known}
        self._claimed = {found.variable: found.provider_name for found in known_providers().variables()}

    def read(self, document: Mapping[str, Any], kind: Format) -> Intake:
        """The document as an intake."""
        self._expect(document, _TOP)
        fresh = self._once(self._each(document, "known_providers", "", self._known))
        self._names |= {names.fold(row.name) for row in fresh}
        providers = self._once(self._each(document, "providers", "", self._provider))
        models = sum(len(each.models) for each in providers)
        notes = [
            f"{counted(number, 'field')} called {name!r}: not part of the form, left out."
            for name, number in self._strange.most_common(5)
        ]
        said = f"A registry: {counted(len(providers), 'provider')}, {counted(models, 'model')}"
        return Intake(
            kind, said, CatalogBatch(providers, known=fresh), tuple(self._problems), notes=tuple(notes)
        )

    def _each(
        self, of: Mapping[str, Any], field: str, path: str, read: Callable[[str, Entry], T]
    ) -> Iterator[T]:
        """Every good entry of a list."""
        listed, path = of.get(field), below(path, field)
        if listed is None:
            return
        if not isinstance(listed, list):
            self._problems.append(Problem(path, f"Expected a list, found {values.kind(listed)}."))
            return
        for number, value in enumerate(listed):
            place = getattr(value, "place", None) or f"{path}[{number}]"
            try:
                yield read(place, values.entry(value))
            except Bad as bad:
                self._problems.append(bad.at(place))

    def _expect(self, of: Mapping[str, Any], fields: Sequence[str]) -> None:
        """Note names that the form does not have; never what stands there."""
        self._strange.update(clean(name, limit=40) for name in of if name not in fields)

    def _once(self, rows: Iterable[N]) -> tuple[N, ...]:
        """The rows whose names stand once; of those that stand more often, none."""
        rows = tuple(rows)
        number = Counter(names.fold(row.name) for row in rows)
        for name in (name for name, times in number.items() if times > 1):
            self._problems.append(Problem("providers", f"{name} stands here {number[name]} times."))
        return tuple(row for row in rows if number[names.fold(row.name)] == 1)

    def _known(self, path: str, of: Entry) -> KnownProvider:
        self._expect(of, form.KNOWN_FIELDS)
        endpoint = _template(of)
        token, proof = of.get("local_token"), of.get("key_proof")
        if token is not None and not (isinstance(token, str) and _TOKEN.fullmatch(token)):
            raise Bad("local_token", "Expected a short token without blanks.")
        if proof is not None:
            _check_proof(proof, endpoint)
        headers, variables = of.get("limit_headers"), _words(of, "env_vars", _VARIABLE.fullmatch)
        for variable in (variables or "").split():
            if variable in self._claimed:
                owner = self._claimed[variable]
                raise Bad("env_vars", f"{variable} holds the key of {owner}; no file can give it to another.")
        return KnownProvider(
            name=_name(of),
            endpoint=endpoint,
            website=_link(of, "website"),
            docs=_link(of, "docs"),
            console_url=_link(of, "console_url"),
            env_vars=variables,
            dialect=values.choice(of, "dialect", DIALECTS),
            auth=values.choice(of, "auth", AUTHS),
            key_proof=proof,
            limit_headers=None if headers is None else values.choice(of, "limit_headers", LIMIT_HEADERS),
            local_token=token,
            source="user",
        )

    def _provider(self, path: str, of: Entry) -> CatalogProvider:
        self._expect(of, (*form.PROVIDER_FIELDS, "pricing", "limits", "models"))
        name = _name(of)
        if names.fold(name) not in self._names:
            raise Bad("name", "This is no known provider, and the file does not make it known.")
        models = tuple(self._each(of, "models", path, self._model))
        repeated = [id for id, number in Counter(each.model_id for each in models).items() if number > 1]
        if repeated:
            raise Bad("models", f"{clean(repeated[0], limit=80)} stands here more than once.")
        return CatalogProvider(
            name=name,
            endpoint=_endpoint(of),
            models=models,
            website=_link(of, "website"),
            description=values.exact_text(of, "description", LONGEST_TEXT, lines=True),
            price=_inside(of, "pricing", self._default_price),
            limits=_inside(of, "limits", self._limits),
            is_own=True,
        )

    def _model(self, path: str, of: Entry) -> CatalogModel:
        self._expect(of, (*form.MODEL_FIELDS, "pricing"))
        id = values.identifier(of.get("model_id"), "model_id")
        return CatalogModel(
            model_id=id,
            name=values.exact_text(of, "name", MAX_ID) or id,
            description=values.exact_text(of, "description", LONGEST_TEXT, lines=True),
            version=values.exact_text(of, "version", SHORT),
            architecture=values.exact_text(of, "architecture", SHORT),
            max_input_tokens=values.count(of, "max_input_tokens"),
            max_output_tokens=values.count(of, "max_output_tokens"),
            supports_streaming=values.flag(of, "supports_streaming"),
            supports_reasoning=values.flag(of, "supports_reasoning"),
            source=values.choice(of, "source", SOURCES),
            source_date=values.day(of, "source_date"),
            user_fields=_words(of, "user_fields", form.MODEL_FIELDS.__contains__) or "",
            price=_inside(of, "pricing", self._price),
        )

    def _default_price(self, of: Entry) -> CatalogPrice:
        for field in form.PRICE_FIELDS[:2]:
            if of.get(field) is None:
                raise Bad(field, "A default price needs an amount; 0 is free.")
        return self._price(of, form.PRICE_FIELDS)

    def _price(self, of: Entry, fields: Sequence[str] = form.MODEL_PRICE_FIELDS) -> CatalogPrice:
        self._expect(of, fields)
        entry, out, read, write = (
            values.price(of, field, exact=True) if field in fields else None
            for field in form.MODEL_PRICE_FIELDS[:4]
        )
        currency = of.get("currency")
        if not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
            raise Bad("currency", "Expected three capital letters, such as USD.")
        note = values.exact_text(of, "note", LONGEST_NOTE, lines=True)
        if all(each is None for each in (entry, out, read, write, note)):
            raise Bad("", "A price without any amount says nothing.")
        dated, source = values.day(of, "source_date"), values.choice(of, "source", SOURCES)
        return CatalogPrice(entry, out, read, write, currency, dated, note, source)

    def _limits(self, of: Entry) -> CatalogLimits:
        self._expect(of, form.LIMIT_FIELDS)
        counts = {field: values.count(of, field) for field in form.LIMIT_FIELDS[:-1]}
        if all(each is None for each in counts.values()):
            raise Bad("", "Limits of which none is known say nothing.")
        return CatalogLimits(**counts, source=values.choice(of, "source", LIMIT_SOURCES))


def _inside(of: Entry, field: str, read: Callable[[Entry], T]) -> T | None:
    """What an inner object stands for, None when there is none; what is bad in it is named as within it."""
    if of.get(field) is None:
        return None
    try:
        return read(values.entry(of[field]))
    except Bad as bad:
        raise Bad(f"{field}.{bad.field}" if bad.field else field, str(bad)) from None


def _name(of: Entry) -> str:
    name = values.exact_text(of, "name", LONGEST_NAME)
    if name is None:
        raise Bad("name", "A provider needs a name.")
    if name != " ".join(name.split()):
        raise Bad("name", "A name has no blanks around it and single ones in it.")
    return name


def _endpoint(of: Entry) -> str:
    try:
        return parse_endpoint(str(of.get("endpoint") or "")).url
    except ValueError as error:
        raise Bad("endpoint", str(error)) from None


def _template(of: Entry) -> str:
    """A known provider's base URL, which may hold {placeholders}."""
    template = of.get("endpoint")
    try:
        parse_endpoint(starting_endpoint(str(template or "")))
    except ValueError as error:
        raise Bad("endpoint", str(error)) from None
    return str(template)


def _check_proof(proof: object, endpoint: str) -> None:
    """Raise Bad for a call that proves no key, or that goes to another host than the endpoint's."""
    if not (isinstance(proof, str) and len(proof) <= SHORT and _PROOF.fullmatch(proof)):
        raise Bad("key_proof", 'Expected "chat", "GET /path" or "GET https://...".')
    address = proof.partition(" ")[2]
    if address.startswith("/") or not address:
        return
    try:
        is_same = origin_of(address) == origin_of(endpoint)
    except ValueError:
        is_same = False
    if not is_same:
        raise Bad("key_proof", "This names another host than the endpoint's.")


def _link(of: Entry, field: str) -> str | None:
    value = of.get(field)
    if value is None:
        return None
    if not (isinstance(value, str) and _LINK.fullmatch(value)) or _NOT_IN_A_LINK & set(value):
        raise Bad(field, "Expected an address that begins with https:// or http://.")
    return value


def _words(of: Entry, field: str, fits: Callable[[str], object]) -> str | None:
    value = of.get(field)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) and fits(each) for each in value):
        raise Bad(field, "Expected a list of names that belong there.")
    joined = " ".join(value)
    if len(joined) > 512:
        raise Bad(field, "These are too many names.")
    return joined or None
