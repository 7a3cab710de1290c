"""A registry written as JSON or CSV and taken in by an empty home is the same registry, byte for byte."""

import json
import string
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.registries import Home
from tui_registry.catalog import known_providers
from tui_registry.export.registry_csv import COLUMNS, registry_csv
from tui_registry.export.registry_json import registry_document, registry_json
from tui_registry.intake import Intake, Source, read
from tui_registry.names import fold
from tui_registry.store import Reads, Store
from tui_registry.store.rows import CatalogBatch, CatalogLimits, CatalogModel, CatalogPrice, CatalogProvider
from tui_registry.store.tables import KnownProvider
from tui_registry.store.write_models import FIELDS
from tui_registry.text import is_showable
from tui_registry.vault import Vault

FORMS = {"registry": registry_json, "csv": registry_csv}

showable = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Mn", "Me"))
risky = st.sampled_from(["=1+1", "+1", "-1", "@x", "'quoted", "＝1", "a,b", 'a"b', " = 2", "\u00e9'x", "--"])


def texts(longest: int) -> st.SearchStrategy[str]:
    """Texts as a form keeps them."""
    free = st.text(showable, min_size=1, max_size=longest).map(str.strip)
    return (free | risky).filter(lambda text: bool(text) and is_showable(text) and len(text) <= longest)


def perhaps(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


lines = st.lists(texts(20), min_size=1, max_size=3).map("\n".join)
counts = st.integers(1, 2**53)
amounts = st.floats(0, 1000) | st.sampled_from([0.0, 1e-07, 1.23456789012345e-06, 5e-324, 1000.0])
dates = st.dates().map(lambda day: day.isoformat())
sources = st.sampled_from(["user", "provider", "catalogue"])
currencies = st.text(string.ascii_uppercase, min_size=3, max_size=3)
links = st.sampled_from(["https://example.com", "http://example.com/a?b=c#d", "https://[::1]:8/x"])
hosts = st.sampled_from(["https://a.example/v1", "http://127.0.0.1:8000/v1", "https://b.example:444"])

price = st.builds(
    CatalogPrice, amounts, perhaps(amounts), perhaps(amounts), perhaps(amounts), currencies, perhaps(dates),
    perhaps(lines), sources,
)  # fmt: skip
default_price = st.builds(
    CatalogPrice, amounts, amounts, currency=currencies, source_date=perhaps(dates), source=sources
)
limits = st.builds(
    CatalogLimits, counts, perhaps(counts), perhaps(counts), perhaps(counts),
    st.sampled_from(["user", "observed", "catalogue"]),
)  # fmt: skip
models = st.builds(
    CatalogModel,
    model_id=texts(40),
    name=texts(40),
    description=perhaps(lines),
    version=perhaps(texts(20)),
    architecture=perhaps(texts(20)),
    max_input_tokens=perhaps(counts),
    max_output_tokens=perhaps(counts),
    supports_streaming=perhaps(st.booleans()),
    supports_reasoning=perhaps(st.booleans()),
    source_date=perhaps(dates),
    price=perhaps(price),
    source=sources,
    user_fields=st.lists(st.sampled_from(FIELDS), unique=True).map(" ".join),
)
known = st.builds(
    KnownProvider,
    name=texts(30).map(lambda name: " ".join(name.split())),
    endpoint=st.sampled_from(["https://{host}.example/v1", "https://a.example/v1"]),
    website=perhaps(links),
    docs=perhaps(links),
    console_url=perhaps(links),
    env_vars=perhaps(st.just("HOUSE_KEY HOUSE_TOKEN")),
    dialect=st.sampled_from(["openai", "anthropic", "gemini", "cohere"]),
    auth=st.sampled_from(["bearer", "x-api-key"]),
    key_proof=st.sampled_from([None, "chat", "GET /models"]),
    limit_headers=perhaps(st.just("openai")),
    local_token=perhaps(st.just("-token")),
    source=st.just("user"),
)
PACKAGE = [row.name for row in known_providers().rows()]


@st.composite
def registries(draw: st.DrawFn) -> CatalogBatch:
    """Everything a registry can hold that is not a key or a proof."""
    own = draw(st.lists(known, max_size=3, unique_by=lambda row: fold(row.name)))
    own = [row for row in own if fold(row.name) not in {fold(name) for name in PACKAGE}]
    names = draw(
        st.lists(st.sampled_from([*PACKAGE[:6], *(row.name for row in own)]), max_size=4, unique=True)
    )
    providers = [
        CatalogProvider(
            name,
            draw(hosts),
            tuple(draw(st.lists(models, max_size=3, unique_by=lambda model: model.model_id))),
            draw(perhaps(links)),
            draw(perhaps(lines)),
            draw(perhaps(default_price)),
            draw(perhaps(limits)),
            is_own=True,
        )
        for name in names
    ]
    return CatalogBatch(tuple(providers), known=tuple(own))


def opened(root: Path) -> Store:
    home = Home(root)
    return Store.open(
        home.database, vault=Vault(home.key_file), clock=home.clock, known=known_providers(), create=True
    )


def fill(store: Store, batch: CatalogBatch) -> None:
    store.write(lambda writes: writes.take_in(batch)).result(timeout=60)


def found_in(text: str, reads: Reads) -> Intake:
    found = read(Source(text.encode(), "file"), "auto", reads.known_providers())
    assert isinstance(found, Intake)
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(registries(), st.sampled_from(sorted(FORMS)))
def test_a_registry_comes_back_byte_for_byte(batch: CatalogBatch, kind: str) -> None:
    with TemporaryDirectory() as first, TemporaryDirectory() as second:
        with opened(Path(first)) as store:
            fill(store, batch)
            text = FORMS[kind](store.reads)
            assert not store.reads.import_plan(found_in(text, store.reads).batch).differs
        with opened(Path(second)) as store:
            found = found_in(text, store.reads)
            assert (found.format, found.problems, found.notes) == (kind, (), ())
            fill(store, found.batch)
            assert FORMS[kind](store.reads) == text


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        provider = CatalogProvider(
            "Groq",
            "https://api.groq.com/openai/v1",
            (CatalogModel("m", "m", price=CatalogPrice(1e-7, 2e-7)),),
            price=CatalogPrice(1e-6, 2e-6),
            limits=CatalogLimits(60, None, None, None, "user"),
            is_own=True,
        )
        mine = KnownProvider("Mine", "https://a.example/v1", source="user")
        fill(made, CatalogBatch((provider,), known=(mine,)))
        yield made


BAD_FIELDS: dict[str, tuple[str, object]] = {
    "known_providers[0].endpoint": ("known_providers.0.endpoint", "https://user@evil.example"),
    "known_providers[0].key_proof": ("known_providers.0.key_proof", "GET https://evil.example/models"),
    "known_providers[0].env_vars": ("known_providers.0.env_vars", ["OPENAI_API_KEY"]),
    "known_providers[0].dialect": ("known_providers.0.dialect", "shell"),
    "known_providers[0].auth": ("known_providers.0.auth", None),
    "known_providers[0].local_token": ("known_providers.0.local_token", "a b"),
    "providers[0].name": ("providers.0.name", "Nobody"),
    "providers[0].endpoint": ("providers.0.endpoint", "javascript:alert(1)"),
    "providers[0].website": ("providers.0.website", "https://a.example\\@evil.example"),
    "providers[0].limits.requests_per_minute": ("providers.0.limits.requests_per_minute", True),
    "providers[0].limits.source": ("providers.0.limits.source", "somebody"),
    "providers[0].pricing.output_price_per_token": ("providers.0.pricing.output_price_per_token", None),
    "providers[0].pricing.currency": ("providers.0.pricing.currency", "usd"),
    "providers[0].models[0].max_input_tokens": ("providers.0.models.0.max_input_tokens", "12"),
    "providers[0].models[0].model_id": ("providers.0.models.0.model_id", "a\0"),
    "providers[0].models[0].source_date": ("providers.0.models.0.source_date", "2026-13-01"),
    "providers[0].models[0].user_fields": ("providers.0.models.0.user_fields", ["is_active"]),
    "providers[0].models[0].pricing.input_price_per_token": (
        "providers.0.models.0.pricing.input_price_per_token", -1,
    ),
    "providers[0].models": ("providers.0.models.+", None),
    "providers[0].models[1]": ("providers.0.models.1", 7),
}  # fmt: skip


@pytest.mark.parametrize("path", BAD_FIELDS)
def test_a_bad_entry_is_named_by_its_path(path: str, store: Store) -> None:
    steps, value = BAD_FIELDS[path]
    document: Any = json.loads(registry_json(store.reads))
    inner: Any = document
    *way, last = steps.split(".")
    for step in way:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    if last == "+":
        inner.append(inner[0])
    elif isinstance(inner, list):
        inner.insert(int(last), value)
    else:
        inner[last] = value
    found = found_in(json.dumps(document), store.reads)
    named = [problem.path for problem in found.problems if problem.path != "providers"]
    assert path in named


def test_of_providers_that_stand_twice_none_comes_in(store: Store) -> None:
    document: Any = json.loads(registry_json(store.reads))
    for listed in ("providers", "known_providers"):
        document[listed].append({**document[listed][0], "name": document[listed][0]["name"].upper()})
    found = found_in(json.dumps(document), store.reads)
    assert [str(problem) for problem in found.problems] == [
        "providers: mine stands here 2 times.",
        "providers: groq stands here 2 times.",
    ]
    assert (found.batch.known, found.batch.providers) == ((), ())


def test_a_row_that_is_no_record_is_named_by_its_line(store: Store) -> None:
    table = registry_csv(store.reads)
    head, *rows = table.splitlines()
    bad = [
        "model,Nobody" + "," * (len(COLUMNS) - 2),
        "tool" + "," * (len(COLUMNS) - 1),
        "model,Groq",
        rows[-1].replace("1e-07", "1e-07x"),
    ]
    found = found_in("\n".join([head, *rows, *bad]) + "\n", store.reads)
    assert [problem.path for problem in found.problems] == [
        "line 5.provider", "line 6.record", "line 7", "line 8.pricing.input_price_per_token",
    ]  # fmt: skip
    assert registry_document(store.reads)["providers"]
