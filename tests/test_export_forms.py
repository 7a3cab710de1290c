"""Each form against the file it must be, and what a form leaves out of it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.handing_out import BORN, KEY, SEED, handed_out, put_model, read_yaml
from tests.registries import Home, Seed, add_model, done, pricing_draft, provider_draft
from tui_registry.cli.export import FORMATS
from tui_registry.errors import NotFound, Refused
from tui_registry.export.formats import FORMS, Made
from tui_registry.export.offers import Wanted
from tui_registry.store import KnownProvider, Store
from tui_registry.store.database import create_database

EXPECTED = Path(__file__).parent / "data" / "export"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home"))
    handed_out(home).close()
    return home


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with home.open(create=False, read_only=True) as store:
        yield store


def made(store: Store, form: str, *names: str, everything: bool = False, **variables: str) -> Made:
    return FORMS[form].make(store, Wanted(everything, names, variables))


def document(store: Store, form: str, *names: str, everything: bool = False, **variables: str) -> Any:  # noqa: ANN401
    return json.loads(made(store, form, *names, everything=everything, **variables).text)


def test_the_command_names_the_forms_there_are() -> None:
    assert tuple(FORMS) == FORMATS


@pytest.mark.parametrize("form", FORMATS)
def test_a_form_is_the_file_it_must_be_every_time(store: Store, form: str) -> None:
    first, again = made(store, form), made(store, form)
    assert first == again
    assert first.text == (EXPECTED / f"{form}{Path(FORMS[form].file).suffix or '.txt'}").read_text("utf-8")
    assert (KEY in first.text, "trv1." in first.text) == (False, False)


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_of_a_sealed_key_is_in_any_form(store: Store, form: str) -> None:
    text = made(store, form, *(["Anthropic"] if form == "claude-code" else []), everything=True).text
    row = store.reads.provider("Groq")
    assert row.api_key_encrypted is not None
    assert row.key_fingerprint is not None
    for hidden in (KEY, KEY[9:], row.api_key_encrypted, row.key_fingerprint, row.uuid):
        assert hidden not in text


def test_only_verified_models_are_handed_out_unless_all_are_wanted(store: Store) -> None:
    assert set(document(store, "opencode", "Groq")["provider"]["registry-groq"]["models"]) == {
        "llama-4",
        "openai/gpt-oss-20b",
    }
    models = document(store, "opencode", "Groq", everything=True)["provider"]["registry-groq"]["models"]
    assert "never-asked" in models


def test_the_registry_is_whole_in_its_own_forms_and_says_no_state(store: Store) -> None:
    whole = document(store, "json")
    assert [provider["name"] for provider in whole["providers"]] == sorted(
        row.name for row in store.reads.providers()
    )
    assert sum(len(provider["models"]) for provider in whole["providers"]) == 14
    assert made(store, "json").text == made(store, "json", everything=True).text


def test_the_registry_of_some_providers_is_theirs_alone(store: Store) -> None:
    some = made(store, "json", "groq", "OLLAMA")
    assert [provider["name"] for provider in json.loads(some.text)["providers"]] == ["Groq", "Ollama"]
    assert (some.providers, some.models) == (2, 5)


def test_who_is_left_out_is_named_with_the_reason(store: Store) -> None:
    left = made(store, "opencode", everything=True).left_out
    assert "stands for one of your own" in left.pop("Azure OpenAI")
    assert "--env" in left.pop("Nameless")
    assert left == {}
    assert "switched off" in made(store, "opencode").left_out["Quiet"]
    assert made(store, "crush").left_out["Cohere"] == "Crush does not speak the cohere dialect"
    assert "anthropic dialect only" in made(store, "claude-code").left_out["Groq"]
    assert made(store, "env").left_out["Ollama"] == "it asks for no key"


def test_a_provider_that_is_off_is_handed_out_when_it_is_named(store: Store) -> None:
    assert list(document(store, "opencode", "Quiet")["provider"]) == ["registry-quiet"]


def test_a_variable_may_be_named_for_a_key(store: Store) -> None:
    found = document(store, "opencode", "Nameless", Nameless="HOUSE_KEY")
    assert found["provider"]["registry-nameless"]["options"]["apiKey"] == "{env:HOUSE_KEY}"
    found = read_yaml(made(store, "litellm", "Groq", groq="MY_KEY").text)
    assert {each["litellm_params"]["api_key"] for each in found} == {"os.environ/MY_KEY"}
    for wrong in ("$(id)", "a b", "1A", "A}"):
        with pytest.raises(Refused, match="not the name of an environment variable"):
            made(store, "opencode", "Groq", groq=wrong)


@pytest.mark.parametrize(
    ("form", "name", "words"),
    [
        ("opencode", "Nameless", "no variable is known for its key"),
        ("opencode", "Azure OpenAI", "stands for one of your own"),
        ("crush", "Baseten", "sends no key as api-key-scheme"),
        ("claude-code", "Groq", "speaks the anthropic dialect only"),
        ("env", "Ollama", "asks for no key"),
    ],
)
def test_a_provider_that_is_named_and_cannot_be_handed_out_is_a_refusal(
    store: Store, form: str, name: str, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        made(store, form, "Groq" if name != "Groq" else "Anthropic", name)


def test_a_name_that_nobody_has_is_not_found(store: Store) -> None:
    for form in FORMATS:
        with pytest.raises(NotFound, match="no provider Grok"):
            made(store, form, "Grok")


def test_an_empty_registry_has_nothing_for_a_tool_but_is_a_registry(tmp_path: Path) -> None:
    with Home(tmp_path).open() as store:
        for form in FORMATS:
            if form in ("json", "csv"):
                assert (made(store, form).providers, made(store, form).models) == (0, 0)
            else:
                with pytest.raises(Refused, match="no provider yet"):
                    made(store, form)


@pytest.fixture
def own(home: Home, tmp_path: Path) -> Iterator[Store]:
    """The same registry, to be changed."""
    copytree(home.root, tmp_path / "own")
    with Home(tmp_path / "own").open(create=False, known=SEED) as store:
        yield store


def added(store: Store, name: str, endpoint: str, dialect: str = "anthropic") -> None:
    """Add a provider with a model that nobody verified."""
    draft = provider_draft(name, endpoint)
    row = done(store, lambda write: write.add_provider(draft, custom=True, dialect=dialect))
    add_model(store, row, "model-1")


def test_claude_code_asks_which_of_several_providers_is_meant(own: Store) -> None:
    added(own, "Second", "https://second.example.com/v1")
    with pytest.raises(Refused, match=r"one provider at a time.*Anthropic, Second"):
        made(own, "claude-code", everything=True, Second="SECOND_KEY")
    found = document(own, "claude-code", "Second", everything=True, Second="SECOND_KEY")
    assert found["apiKeyHelper"] == "printenv SECOND_KEY"
    assert found["env"]["ANTHROPIC_BASE_URL"] == "https://second.example.com"
    assert found["env"]["ANTHROPIC_DEFAULT_HAIKU_MODEL"] == found["env"]["ANTHROPIC_MODEL"] == "model-1"


def test_a_base_url_that_a_tool_would_spoil_is_left_out(own: Store) -> None:
    added(own, "Odd", "https://odd.example.com/anthropic")
    for form in ("crush", "claude-code", "litellm"):
        with pytest.raises(Refused, match="adds /v1 to the base URL"):
            made(own, form, "Odd", everything=True, Odd="ODD_KEY")
    found = document(own, "opencode", "Odd", everything=True, Odd="ODD_KEY")["provider"]
    assert found["registry-odd"]["options"]["baseURL"] == "https://odd.example.com/anthropic"


def test_a_provider_whose_key_is_for_another_host_is_left_out(own: Store) -> None:
    row = own.reads.provider("Groq")
    moved = provider_draft("Groq", "https://groq.attacker.example/v1")
    done(own, lambda write: write.save_provider(moved, row))
    for form in ("opencode", "crush", "litellm", "env"):
        with pytest.raises(Refused, match=r"sealed for api\.groq\.com"):
            made(own, form, "Groq")
        assert "attacker" not in made(own, form, everything=True).text


def test_prices_in_another_currency_are_left_out_and_said_so(own: Store) -> None:
    row = own.reads.provider("Baseten")
    price = pricing_draft(1e-6, 2e-6, "EUR")
    done(own, lambda write: write.save_pricing(row, price, None))
    found = made(own, "opencode")
    assert found.foreign == ("Baseten",)
    assert "cost" not in json.loads(found.text)["provider"]["registry-baseten"]["models"]["deepseek-v4"]


def test_a_model_that_would_end_opencode_is_left_out(own: Store) -> None:
    row = own.reads.provider("Groq")
    for model_id in ("__proto__", "constructor"):
        add_model(own, row, model_id)
    found = made(own, "opencode", "Groq", everything=True)
    assert (found.unused, "__proto__" in found.text, "constructor" in found.text) == (3, False, False)


NAMES = ("A b", "A-b", "A_B!", "\u6a21\u578b", "...")


def test_names_that_are_alike_become_identifiers_that_are_not(tmp_path: Path) -> None:
    with Home(tmp_path).open() as store:
        for name in NAMES:
            added(store, name, "https://a.example.com/v1", "openai")
        wanted = Wanted(everything=True, variables=dict.fromkeys(NAMES, "KEY"))
        found = json.loads(FORMS["opencode"].make(store, wanted).text)["provider"]
        some = json.loads(FORMS["opencode"].make(store, replace(wanted, names=("A_B!",))).text)["provider"]
    assert set(found) == {f"registry-{slug}" for slug in ("a-b", "a-b-2", "a-b-3", "provider", "provider-2")}
    assert found.items() > some.items()


def test_names_that_differ_in_an_accents_case_keep_their_own_facts(tmp_path: Path) -> None:
    known = (
        KnownProvider("\u00c9COLE", "https://a.example.com/v1", env_vars="FIRST_KEY"),
        KnownProvider("\u00e9cole", "https://b.example.com/v1", env_vars="SECOND_KEY"),
    )
    home = Home(tmp_path)
    home.database.parent.mkdir()
    create_database(home.database, known)
    with closing(sqlite3.connect(home.database)) as connection:
        for number, each in enumerate(known, start=1):
            connection.execute(
                "INSERT INTO provider (uuid, name, endpoint, created_at, updated_at) VALUES (?,?,?,?,?)",
                (f"{number:032x}", each.name, each.endpoint, BORN, BORN),
            )
            put_model(connection, each.name, "m", "m", verified=True)
        connection.commit()
    with home.open(known=Seed(known=())) as store:
        found = document(store, "opencode", everything=True)["provider"].values()
    keys = {each["options"]["baseURL"][8]: each["options"]["apiKey"] for each in found}
    assert keys == {"a": "{env:FIRST_KEY}", "b": "{env:SECOND_KEY}"}
