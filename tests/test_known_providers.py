"""The known providers: facts that hold together, and keys found without being read."""

import re
import subprocess
import sys
from collections import Counter

import pytest

from tui_registry.catalog import KnownProviders, environment_keys, known_providers, starting_endpoint
from tui_registry.catalog.known import AUTHS, DIALECTS, LIMIT_HEADERS
from tui_registry.endpoint import key_refusal, origin_of, parse_endpoint
from tui_registry.errors import InvalidInput
from tui_registry.store.tables import KnownProvider

ROWS = list(known_providers().rows())

FIRST = (
    "Groq", "Together AI", "Fireworks AI", "Poe", "NaviGator AI",
    "OpenAI", "Anthropic", "Google", "Cohere", "Mistral", "DeepSeek", "xAI", "OpenRouter", "Perplexity",
)  # fmt: skip

LOCAL = {"Ollama": "ollama", "LM Studio": "lm-studio", "llama.cpp": "sk-no-key-required", "vLLM": "EMPTY"}

VALID = 'name = "One"\nendpoint = "https://one.example/v1"'


def known(text: str) -> list[KnownProvider]:
    return list(KnownProviders(text.encode()).rows())


def row(name: str) -> KnownProvider:
    return next(row for row in ROWS if row.name == name)


@pytest.mark.parametrize("name", FIRST)
def test_the_first_fourteen_are_known_and_say_how_a_key_is_proved(name: str) -> None:
    assert row(name).key_proof
    assert row(name).env_vars


def test_thirty_more_come_with_how_a_key_is_proved() -> None:
    assert len([row for row in ROWS if row.key_proof and row.name not in FIRST]) >= 30


def test_names_differ_in_more_than_case() -> None:
    assert [name for name, count in Counter(row.name.casefold() for row in ROWS).items() if count > 1] == []


def test_every_endpoint_is_one_a_provider_may_have_once_it_starts() -> None:
    for row in ROWS:
        endpoint = parse_endpoint(starting_endpoint(row.endpoint))
        assert endpoint.url == starting_endpoint(row.endpoint), f"{row.name} is not in canonical form"


def test_an_endpoint_without_placeholders_starts_as_it_is() -> None:
    for row in ROWS:
        if "{" not in row.endpoint:
            assert starting_endpoint(row.endpoint) == row.endpoint


def test_no_key_can_go_to_an_endpoint_that_still_needs_its_account() -> None:
    templates = [row for row in ROWS if "{" in row.endpoint]
    assert {"Azure OpenAI", "Cloudflare Workers AI", "Amazon Bedrock", "Databricks", "Modal"} <= {
        row.name for row in templates
    }
    for row in templates:
        endpoint = parse_endpoint(starting_endpoint(row.endpoint))
        assert endpoint.host.endswith(".invalid")
        assert endpoint.is_placeholder
        assert key_refusal(endpoint)


def test_a_template_keeps_its_scheme_and_path() -> None:
    assert (
        starting_endpoint("https://{resource_name}.openai.azure.com/openai/v1")
        == "https://resource-name.openai.azure.com.invalid/openai/v1"
    )


def test_only_servers_on_this_machine_are_reached_in_clear_or_without_a_key() -> None:
    for row in ROWS:
        endpoint = parse_endpoint(starting_endpoint(row.endpoint))
        assert endpoint.is_loopback or not endpoint.is_cleartext
        assert endpoint.is_loopback or row.local_token is None


@pytest.mark.parametrize(("name", "token"), LOCAL.items())
def test_a_keyless_server_has_its_conventional_token(name: str, token: str) -> None:
    assert row(name).local_token == token


def test_choices_are_made_from_what_the_registry_can_speak() -> None:
    assert {row.dialect for row in ROWS} == set(DIALECTS)
    assert {row.auth for row in ROWS} == set(AUTHS)
    assert {row.limit_headers for row in ROWS if row.limit_headers} == set(LIMIT_HEADERS)


def test_variables_are_named_as_a_shell_can_set_them() -> None:
    for found in known_providers().variables():
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", found.variable)
        assert not found.variable.endswith(("_ID", "_NAME", "_REGION", "_HOST", "_ENDPOINT"))


def test_a_key_is_proved_nowhere_but_at_its_endpoints_origin() -> None:
    addressed = [row for row in ROWS if row.key_proof and "https://" in row.key_proof]
    assert addressed
    for row in addressed:
        assert origin_of(str(row.key_proof).split(" ")[1]) == origin_of(row.endpoint.split("{")[0])


def test_the_seed_has_another_version_when_any_byte_changes() -> None:
    assert KnownProviders(b"").version != KnownProviders(b"\n").version
    assert KnownProviders(b"").version == KnownProviders(b"").version


def test_dialect_and_auth_have_defaults_and_absent_facts_stay_unknown() -> None:
    assert known(f"[[provider]]\n{VALID}") == [KnownProvider("One", "https://one.example/v1")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("provider = 3", "[[provider]]"),
        ("provider = [3]", "[[provider]]"),
        ("surprise = 1", "Only [[provider]]"),
        ("[[provider]\n", "not TOML"),
        ('[[provider]]\nname = "One"', "needs a name and an endpoint"),
        ('[[provider]]\nname = " "\nendpoint = "https://one.example"', "text of one line"),
        ('[[provider]]\nname = "O\\u001b[31m"\nendpoint = "https://one.example"', "text of one line"),
        (f'[[provider]]\nname = "{"x" * 65}"\nendpoint = "https://one.example"', "64 characters"),
        (f"[[provider]]\n{VALID}\ncolour = 'red'", "no fact called 'colour'"),
        (f"[[provider]]\n{VALID}\nsource = 'user'", "no fact called 'source'"),
        (f"[[provider]]\n{VALID}\ndocs = 3", "docs as a text"),
        (f"[[provider]]\n{VALID}\ndocs = 'http://one.example'", "https:// address"),
        (f"[[provider]]\n{VALID}\ndialect = 'soap'", "dialect as one of"),
        (f"[[provider]]\n{VALID}\nauth = 'basic'", "auth as one of"),
        (f"[[provider]]\n{VALID}\nlimit_headers = 'none'", "limit_headers as one of"),
        (f"[[provider]]\n{VALID}\nenv_vars = 'A_KEY'", "list of texts"),
        (f"[[provider]]\n{VALID}\nenv_vars = ['302_KEY']", "environment variable"),
        (f"[[provider]]\n{VALID}\nkey_proof = 'ask nicely'", "key_proof"),
        (f"[[provider]]\n{VALID}\nkey_proof = 'GET https://two.example/key'", "another host"),
        (f"[[provider]]\n{VALID}\nlocal_token = 'free'", "on this machine"),
        ('[[provider]]\nname = "One"\nendpoint = "one.example"', "endpoint cannot be used"),
        ('[[provider]]\nname = "One"\nendpoint = "https://me:pw@one.example"', "endpoint cannot be used"),
        (
            '[[provider]]\nname = "One"\nendpoint = "https://{a}.example"\nkey_proof = "GET https://x.example/"',
            "another host",
        ),
        (f"[[provider]]\n{VALID}\n[[provider]]\n{VALID.replace('One', 'ONE')}", "there twice"),
        (
            f"[[provider]]\n{VALID}\ncatalogue = ['x']\n"
            f"[[provider]]\n{VALID.replace('One', 'Two')}\ncatalogue = ['x']",
            "claimed twice",
        ),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_with_the_reason(text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        known(text)
    assert told in str(refusal.value)


def test_keys_are_found_by_name_in_the_files_order_and_never_by_value() -> None:
    canary = "sk-canary-0123456789abcdef"
    found = environment_keys({"GROQ_API_KEY": canary, "OPENAI_API_KEY": canary, "PATH": canary})
    assert [(key.provider_name, key.variable) for key in found] == [
        ("OpenAI", "OPENAI_API_KEY"),
        ("Groq", "GROQ_API_KEY"),
    ]
    assert canary not in repr(found)


@pytest.mark.parametrize("value", ["", " ", "\t\n"])
def test_an_empty_variable_holds_no_key(value: str) -> None:
    assert environment_keys({"OPENAI_API_KEY": value}) == []


def test_a_variable_that_providers_share_is_found_for_each_of_them() -> None:
    found = environment_keys({"ZHIPU_API_KEY": "x"})
    assert {"Z.AI", "Zhipu AI"} <= {key.provider_name for key in found}
    assert {key.variable for key in found} == {"ZHIPU_API_KEY"}


def test_asking_for_known_providers_loads_no_heavy_library() -> None:
    code = (
        "import sys; from tui_registry.catalog import known_providers; list(known_providers().rows());"
        "print(sorted({'genai_prices', 'pydantic', 'textual', 'cryptography'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_other_catalogues_names_lead_to_known_providers() -> None:
    assert known_providers().models_dev_ids()["togetherai"].name == "Together AI"
    assert known_providers().litellm_names()["fireworks_ai"].name == "Fireworks AI"
    assert len(known_providers().models_dev_ids()) > 120


@pytest.mark.parametrize("key", ["catalogue", "models_dev", "litellm"])
def test_a_name_in_another_catalogue_is_claimed_once(key: str) -> None:
    second = VALID.replace("One", "Two")
    with pytest.raises(InvalidInput, match=f"Its {key} names are claimed twice"):
        known(f"[[provider]]\n{VALID}\n{key} = ['x']\n[[provider]]\n{second}\n{key} = ['x']")
