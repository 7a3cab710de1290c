"""A record as TOML reads back as the same texts, and what cannot be read is said with its line."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_registry.errors import InvalidInput
from tui_registry.store.drafts import LimitsDraft, ModelDraft, ModelPricingDraft
from tui_registry.store.tables import Limits, ModelPricing
from tui_registry.ui.forms import record_fields
from tui_registry.ui.records.toml_text import texts, with_remarks, without_remarks, written

MODEL = {
    "model_id": "llama-4",
    "name": "Llama 4",
    "max_input_tokens": "128,000",
    "max_output_tokens": "",
    "supports_streaming": "true",
    "supports_reasoning": "",
    "version": "",
    "architecture": "",
    "description": "one\ntwo",
}
FIELDS = record_fields.model_fields()
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_comes_back_as_it_was(name: str, description: str) -> None:
    values = MODEL | {"name": name, "description": description, "max_input_tokens": "128000"}
    assert texts(written("a head", FIELDS, values), FIELDS, values) == values


def test_numbers_and_booleans_stand_bare_and_unknown_is_an_empty_text() -> None:
    text = written("Model Groq/llama-4", FIELDS, MODEL)
    assert text.startswith("# Model Groq/llama-4\n")
    for line in (
        "max_input_tokens = 128_000",
        'max_output_tokens = ""',
        "supports_streaming = true",
        "# Streaming: true or false",
        'model_id = "llama-4"',
        'description = """\none\ntwo"""',
    ):
        assert f"\n{line}\n" in text
    assert ModelDraft.parse(texts(text, FIELDS, MODEL)) == ModelDraft.parse(MODEL)


def test_a_number_typed_as_a_price_is_one_per_million_tokens() -> None:
    fields = record_fields.form_fields(ModelPricing)
    shown = {"input_price_per_token": "0.15", "output_price_per_token": "", "currency": "USD"}
    text = written("", fields, shown)
    assert "input_price_per_token = 0.15\n" in text
    draft = ModelPricingDraft.parse(texts(text.replace("= 0.15", "= 3"), fields, shown))
    assert draft.input_price_per_token == 3e-06
    assert draft.output_price_per_token is None


def test_limits_keep_their_digits() -> None:
    fields = record_fields.form_fields(Limits)
    shown = LimitsDraft.shown(LimitsDraft.parse({"requests_per_minute": "1.5k"}))
    text = written("", fields, shown)
    assert "requests_per_minute = 1_500\n" in text
    assert LimitsDraft.parse(texts(text, fields, shown)).requests_per_minute == 1500


def test_a_field_that_is_left_out_keeps_its_value() -> None:
    assert texts('name = "other"', FIELDS, MODEL) == MODEL | {"name": "other"}


@pytest.mark.parametrize(
    ("text", "field", "sentence"),
    [
        ("nmae = 'x'", "nmae", "This record has no nmae. Did you mean name?"),
        ("api_key_encrypted = 'x'", "api_key_encrypted", "This record has no api_key_encrypted."),
        ("name = ['x']", "name", "Write text in quotes, a number, true or false."),
        ("name = 2026-11-23", "name", "Write text in quotes, a number, true or false."),
        ("version = '1'\nname = x", "", "This is not TOML: Invalid value at: name = x"),
        ('name = "x\nversion = ""', "", 'at: name = "x'),
        ('name = """x', "", "at: the end"),
    ],
)
def test_what_cannot_be_read_is_said_with_what_to_write(text: str, field: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        texts(text, FIELDS, MODEL)
    assert sentence in refusal.value.problems[field]


@given(ANY_TEXT)
def test_remarks_stand_above_the_text_and_change_nothing_of_it(description: str) -> None:
    text = written("head", FIELDS, MODEL | {"description": description})
    remarked = with_remarks(text, {"name": "First\nsecond.", "": "Third."})
    assert remarked.startswith("#! name: First\n#! name: second.\n#! Third.\n# head\n")
    assert without_remarks(remarked) == text
    assert with_remarks(remarked, {"": "Other."}) == f"#! Other.\n{text}"
    assert tomllib.loads(remarked) == tomllib.loads(text)


def test_a_line_further_down_that_looks_like_a_remark_is_kept() -> None:
    text = 'description = """\n#! mine\n"""\n'
    assert without_remarks(text) == text
