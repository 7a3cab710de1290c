"""Whatever names and numbers a registry holds, every form is valid and references keys alone."""

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.handing_out import BORN, read_yaml, texts
from tests.registries import Home, Seed
from tui_registry.endpoint import parse_endpoint
from tui_registry.export import claude_code, crush, dotenv, litellm, opencode
from tui_registry.export.offers import Offer, Offered
from tui_registry.export.registry_csv import COLUMNS, neutral, original, registry_csv
from tui_registry.export.registry_json import registry_json
from tui_registry.store import EffectivePrice
from tui_registry.store.database import create_database
from tui_registry.store.tables import KnownProvider
from tui_registry.text import clean

HOSTILE = (
    *("{env:HOME}", "{file:/etc/passwd}", "os.environ/HOME", "$HOME", "${HOME}", "$(id)", "`id`", "{{x}}"),
    *('a"b', "a\\b", "it's", "'x", "a: b #c", "- item", "[x]", "{a: b}", "&a", "*a", "!tag", "%d", "@a", "|"),
    *(">", "?", "yes", "null", "~", "1e5", "0x1f", "=1+1", "+1", "-1", "\uff1d1", " =1", "a,b", "a\nb", "\r"),
    *(
        "\u202eevil",
        "a\u200bb",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufeff=1",
        "\U0001f600",
        "\U000e0041",
        "__proto__",
    ),
)
NAMES = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
STORED = NAMES.map(lambda text: re.sub(r"[\x00-\x1f\x7f-\x9f]", "", text)).filter(
    lambda text: text.strip(" ")
)
"""Texts that the registry's own rules let in."""

PRICES = st.none() | st.sampled_from([0.0, 1e-7, 2.5e-6, 1e-22, 1000.0]) | st.floats(0, 1e-3)
COUNTS = st.none() | st.integers(1, 2**53)
FLAGS = st.none() | st.booleans()
ENDPOINTS = st.sampled_from(
    ["https://a.example.com/v1", "http://127.0.0.1:8000/v1", "https://a.example.com/$(id)/it's/v1"]
)

models = st.builds(
    Offered,
    model_id=NAMES,
    name=NAMES,
    context=COUNTS,
    output=COUNTS,
    reasoning=FLAGS,
    tools=FLAGS,
    json=FLAGS,
    kind=st.sampled_from(["chat", "embedding", "other"]),
    score=st.none() | st.floats(0, 1),
    price=st.none()
    | st.builds(
        EffectivePrice,
        PRICES,
        PRICES,
        PRICES,
        PRICES,
        st.just("USD"),
        st.just("user"),
        st.none(),
        st.just("model"),
    ),
)
offers = st.builds(
    Offer,
    slug=st.from_regex(r"[a-z0-9]{1,6}", fullmatch=True),
    name=NAMES,
    endpoint=ENDPOINTS.map(parse_endpoint),
    dialect=st.just("openai"),
    auth=st.sampled_from(["bearer", "api-key-scheme"]),
    variable=st.sampled_from(["GROQ_API_KEY", "HOUSE_KEY"]),
    token=st.none(),
    models=st.lists(models, max_size=4, unique_by=lambda model: model.model_id).map(tuple),
)
several = st.lists(offers, min_size=1, max_size=3, unique_by=lambda offer: offer.slug)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(several)
@quick
def test_opencodes_file_gives_every_text_back_and_references_keys_alone(given: list[Offer]) -> None:
    text = opencode.text(given)
    assert text == opencode.text(given)
    references = re.findall(r"\{(?:env|file):[^}]*\}", text)
    assert references == [f"{{env:{offer.variable}}}" for offer in given]
    found = json.loads(text)["provider"]
    assert text.isascii()
    for offer in given:
        entry = found[f"registry-{offer.slug}"]
        assert (entry["name"], list(entry["models"])) == (
            offer.name,
            [each.model_id for each in offer.models],
        )
        for model in offer.models:
            written = entry["models"][model.model_id]
            assert written["name"] == model.name
            if model.price is not None and model.price.input is not None:
                assert written["cost"]["input"] == pytest.approx(model.price.input * 1e6)


@given(several)
@quick
def test_crushs_file_gives_every_text_back_and_expands_keys_alone(given: list[Offer]) -> None:
    text = crush.text(given)
    assert (text, text.isascii()) == (crush.text(given), True)
    for offer, entry in zip(given, json.loads(text)["providers"].values(), strict=True):
        assert (entry["name"], entry["api_key"]) == (offer.name, f"${offer.variable}")
        assert not set("$`'\"\\") & set(entry["base_url"])
        assert [each["id"] for each in entry["models"]] == [each.model_id for each in offer.models]
        for each in entry["models"]:
            assert set(each) == CRUSH_MODEL
            assert all(isinstance(each[name], int) for name in ("context_window", "default_max_tokens"))


CRUSH_MODEL = {
    "id", "name", "cost_per_1m_in", "cost_per_1m_out", "cost_per_1m_in_cached", "cost_per_1m_out_cached",
    "context_window", "default_max_tokens", "can_reason", "supports_attachments",
}  # fmt: skip
"""The fields that Crush's schema requires of a model; it allows few others."""


@given(several)
@quick
def test_litellms_file_gives_every_text_and_number_back_and_references_keys_alone(given: list[Offer]) -> None:
    text = litellm.text(given)
    assert text == litellm.text(given)
    found = read_yaml(text)
    expected = [(offer, model) for offer in given for model in offer.models]
    for entry, (offer, model) in zip(found, expected, strict=True):
        assert entry["model_name"] == f"{offer.slug}/{model.model_id}"
        assert entry["litellm_params"]["model"] == f"openai/{model.model_id}"
        assert entry["litellm_params"]["api_key"] == f"os.environ/{offer.variable}"
        others = [each for each in texts(entry) if each != entry["litellm_params"]["api_key"]]
        assert not [each for each in others if each.startswith("os.environ/")]
        info = entry.get("model_info", {})
        assert info.get("max_input_tokens") == model.context
        if model.price is not None and model.price.input is not None:
            assert info["input_cost_per_token"] == model.price.input


@given(offers.filter(lambda offer: offer.models))
@quick
def test_claude_codes_file_names_models_of_the_provider_alone(given: Offer) -> None:
    found = json.loads(claude_code.text([given]))
    assert found["apiKeyHelper"] == f"printenv {given.variable}"
    ids = {model.model_id for model in given.models}
    assert {value for name, value in found["env"].items() if name.endswith("_MODEL")} <= ids
    assert all(isinstance(value, str) for value in found["env"].values())


@given(several)
@quick
def test_the_env_template_has_a_line_for_each_variable_and_comments_besides(given: list[Offer]) -> None:
    lines = [line for line in dotenv.text(given).split("\n") if line]
    variables = [line for line in lines if not line.startswith("#")]
    assert sorted(variables) == sorted({f"{offer.variable}=" for offer in given})
    assert "\r" not in "".join(lines)


@given(NAMES)
@quick
def test_a_cell_is_neutral_and_gives_its_text_back(text: str) -> None:
    cell = neutral(text)
    assert original(cell) == text
    assert cell.lstrip()[:1] not in tuple("=+-@\uff1d\uff0b\uff0d\uff20")
    assert cell[:1] not in ("\t", "\r")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\uff1d1", " =1", "\u200b=1", "'=1"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"


@given(
    st.lists(
        st.tuples(
            STORED.map(lambda text: text[:64]),
            st.lists(st.tuples(STORED, STORED, PRICES, COUNTS), max_size=3),
        ),
        max_size=3,
        unique_by=lambda each: each[0].upper().lower(),
    )
)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_registrys_own_forms_give_back_what_it_holds(given: list[Any]) -> None:
    with TemporaryDirectory() as directory:
        home = Home(Path(directory))
        _filled(home.database, given)
        with home.open(create=False, known=Seed(known=())) as store:
            text, table = registry_json(store.reads), registry_csv(store.reads)
            assert (text, table) == (registry_json(store.reads), registry_csv(store.reads))
    whole = json.loads(text)
    held = {name: {each[0]: each for each in models} for name, models in given}
    assert {each["name"] for each in whole["providers"]} == set(held)
    for provider in whole["providers"]:
        assert {each["model_id"] for each in provider["models"]} == set(held[provider["name"]])
        for model in provider["models"]:
            _, name, price, context = held[provider["name"]][model["model_id"]]
            assert (model["name"], model["max_input_tokens"]) == (name, context)
            assert (model["pricing"] or {}).get("input_price_per_token") == price
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert tuple(rows[0] if rows else COLUMNS) == COLUMNS
    read = [
        (original(row["provider"]), original(row["model_id"])) for row in rows if row["record"] == "model"
    ]
    assert read == [
        (clean(each["name"], lines=True), clean(model["model_id"], lines=True))
        for each in whole["providers"]
        for model in each["models"]
    ]


def _filled(path: Path, given: list[Any]) -> None:
    path.parent.mkdir(parents=True)
    create_database(path, [KnownProvider(name, "https://a.example.com/v1") for name, _ in given])
    with closing(sqlite3.connect(path)) as connection:
        for number, (name, models) in enumerate(given, start=1):
            connection.execute(
                "INSERT INTO provider (id, uuid, name, endpoint, created_at, updated_at)"
                " VALUES (?,?,?,'https://a.example.com/v1',?,?)",
                (number, f"{number:032x}", name, BORN, BORN),
            )
            for model_id, (_, shown, price, context) in {each[0]: each for each in models}.items():
                id = connection.execute(
                    "INSERT INTO model (provider_id, model_id, name, max_input_tokens, source, created_at,"
                    " updated_at) VALUES (?,?,?,?,'user',?,?)",
                    (number, model_id, shown, context, BORN, BORN),
                ).lastrowid
                if price is not None:
                    connection.execute(
                        "INSERT INTO model_pricing (model_id, input_price_per_token, source, last_updated)"
                        " VALUES (?,?,'user',?)",
                        (id, price, BORN),
                    )
        connection.commit()
