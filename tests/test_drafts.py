"""What a form or a file puts in is taken whole or refused with a sentence for each field."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_registry.errors import InvalidInput
from tui_registry.money import MAX_COUNT
from tui_registry.store.drafts import (
    Draft,
    LimitsDraft,
    ModelDraft,
    ModelPricingDraft,
    PricingDraft,
    ProviderDraft,
)

GROQ = {"name": "Groq", "endpoint": "https://api.groq.com/openai/v1"}
KEY = "sk-canary-0123456789abcdef3f9a"


@dataclass(frozen=True)
class Prices:
    """A stored price as a form is given it."""

    input_price_per_token: float | None
    output_price_per_token: float | None
    cache_read_price_per_token: float | None
    cache_write_price_per_token: float | None
    currency: str = "USD"


@dataclass(frozen=True)
class Limits:
    """Stored limits as a form is given them."""

    requests_per_minute: int | None
    requests_per_hour: int | None
    tokens_per_minute: int | None
    tokens_per_hour: int | None


def problems(draft: type[Draft], raw: Mapping[str, object]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        draft.parse(raw)
    return refusal.value.problems


def refused(draft: type[Draft], raw: Mapping[str, object]) -> dict[str, str]:
    """The problems, none when it is taken."""
    try:
        draft.parse(raw)
    except InvalidInput as refusal:
        return refusal.problems
    return {}


def test_texts_are_trimmed_and_empty_ones_are_nothing() -> None:
    draft = ProviderDraft.parse({**GROQ, "name": " Groq\n", "description": "  ", "website": ""})
    assert (draft.name, draft.description, draft.website) == ("Groq", None, None)
    assert draft.endpoint == GROQ["endpoint"]


def test_every_bad_field_is_named_at_once() -> None:
    found = problems(ProviderDraft, {"endpoint": "groq.com", "description": "a\x1bb", "website": "ftp://x"})
    assert found == {
        "name": "Name is needed.",
        "endpoint": "Start with https:// or http://, for example https://api.openai.com/v1.",
        "description": "Notes holds a character that cannot be shown; remove it.",
        "website": "Write the website as an address, for example https://groq.com.",
    }


@pytest.mark.parametrize(
    "bad", ["\x1b]0;x\x07", "\u202e", "\u200b", "\x9b", "\x00", "\ud800", "\x07", "\u2028", "\U000e0041"]
)
@pytest.mark.parametrize("field", ["model_id", "name", "description", "version", "architecture"])
def test_what_cannot_be_shown_is_refused_in_every_text_and_not_repeated(field: str, bad: str) -> None:
    found = problems(ModelDraft, {"model_id": "m", "name": "n", field: f"a{bad}b"})
    assert list(found) == [field]
    assert "cannot be shown; remove it" in found[field]
    assert found[field].isprintable()


def test_notes_may_have_lines_and_a_name_may_not() -> None:
    assert ModelDraft.parse({"model_id": "m", "description": "one\ntwo"}).description == "one\ntwo"
    assert list(problems(ModelDraft, {"model_id": "m\nn"})) == ["model_id"]


@pytest.mark.parametrize("text", ["[/b]", "model [beta]", "[@click=app.quit]q[/]", "=1+1", "'; DROP TABLE x"])
def test_text_that_means_something_elsewhere_is_kept_as_it_is(text: str) -> None:
    assert ModelDraft.parse({"model_id": text, "name": text, "description": text}).model_id == text


def test_a_text_over_its_limit_is_refused_with_both_lengths() -> None:
    assert problems(ProviderDraft, {**GROQ, "description": "x" * 1_000_000}) == {
        "description": "Notes has 1,000,000 characters; at most 4,000 are kept."
    }
    assert ModelDraft.parse({"model_id": "m" * 256, "description": "x" * 4000}).model_id == "m" * 256
    assert list(problems(ModelDraft, {"model_id": "m" * 257})) == ["model_id"]
    assert list(problems(ModelDraft, {"model_id": "m", "name": 5})) == ["name"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("groq.com", "https://groq.com"),
        ("HTTPS://Groq.com/x?y#z", "https://Groq.com/x?y#z"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("münchen.example/a", "https://xn--mnchen-3ya.example/a"),
    ],
)
def test_a_website_needs_no_scheme(written: str, kept: str) -> None:
    assert ProviderDraft.parse({**GROQ, "website": written}).website == kept
    assert ProviderDraft.parse({**GROQ, "website": kept}).website == kept


@pytest.mark.parametrize(
    "written",
    ["javascript:alert(1)", "file:///etc/passwd", "mailto:a", "https://", "//x.example", "https://u:p@x.example",
     "https://x.example/a b", "https://x.example/ü", "https://x.example:99999", "https://_x.example",
        "x.example/" + "y" * 2035],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(written: str) -> None:
    assert list(problems(ProviderDraft, {**GROQ, "website": written})) == ["website"]


def test_a_model_without_a_name_is_called_by_its_id() -> None:
    assert ModelDraft.parse({"model_id": " m ", "name": " "}).name == "m"
    assert ModelDraft.parse({"model_id": "m", "name": "Named"}).name == "Named"


def test_written_counts_and_flags_become_numbers_and_answers() -> None:
    draft = ModelDraft.parse(
        {"model_id": "m", "max_input_tokens": "128k", "max_output_tokens": "200,000",
         "supports_streaming": "yes", "supports_reasoning": "unknown"}
    )  # fmt: skip
    assert (draft.max_input_tokens, draft.max_output_tokens) == (128_000, 200_000)
    assert (draft.supports_streaming, draft.supports_reasoning) == (True, None)


@pytest.mark.parametrize(
    "count",
    [5.9, True, 0, -1, 2**53 + 1, 2**63, float("nan"), [], "0", "-1", "nan", "5.9", "60/min", "9" * 5000],
)
def test_what_is_no_count_of_tokens_is_refused(count: object) -> None:
    assert list(problems(ModelDraft, {"model_id": "m", "max_input_tokens": count})) == ["max_input_tokens"]


@pytest.mark.parametrize("flag", [1, 0, "maybe", "1", [], 0.0])
def test_a_number_is_not_an_answer(flag: object) -> None:
    assert problems(ModelDraft, {"model_id": "m", "supports_reasoning": flag}) == {
        "supports_reasoning": "Write yes, no or unknown."
    }


def test_a_written_price_is_per_million_and_a_number_is_per_token() -> None:
    written = PricingDraft.parse({"input_price_per_token": "0.15", "output_price_per_token": "3e-6/tok"})
    assert (written.input_price_per_token, written.output_price_per_token) == (1.5e-7, 3e-6)
    typed = PricingDraft.parse({"input_price_per_token": 1.5e-7, "output_price_per_token": Decimal("3e-6")})
    assert typed == written
    assert written.currency == "USD"


@pytest.mark.parametrize(
    "price",
    ["3,50", "nan", "-1", "1e999", "1e999999999", "", None, True, -1, -1e-9, float("nan"), float("inf"),
     10**400, Decimal("nan"), Decimal("snan"), Decimal("1e999999"), Decimal("1e-999999"), 1001, []],
)  # fmt: skip
def test_what_is_no_price_is_refused(price: object) -> None:
    found = problems(PricingDraft, {"input_price_per_token": price, "output_price_per_token": "1"})
    assert list(found) == ["input_price_per_token"]
    assert found["input_price_per_token"].endswith(".")


def test_the_currency_is_put_right_or_refused() -> None:
    prices = {"input_price_per_token": "1", "output_price_per_token": "2"}
    assert PricingDraft.parse({**prices, "currency": " eur "}).currency == "EUR"
    for wrong in ("US", "$", "ÄÖÜ", "USDT", 5):
        assert list(problems(PricingDraft, {**prices, "currency": wrong})) == ["currency"]


def test_a_models_price_may_leave_prices_out_but_not_all() -> None:
    draft = ModelPricingDraft.parse({"input_price_per_token": "free"})
    assert (draft.input_price_per_token, draft.output_price_per_token) == (0.0, None)
    assert list(problems(ModelPricingDraft, {"currency": "USD"})) == ["input_price_per_token"]


def test_a_limit_of_another_window_is_never_taken_for_this_one() -> None:
    draft = LimitsDraft.parse({"requests_per_minute": "60/min", "tokens_per_hour": "2M/h"})
    assert (draft.requests_per_minute, draft.tokens_per_hour) == (60, 2_000_000)
    wrong = {"requests_per_minute": "60/h", "requests_per_hour": "60/min", "tokens_per_minute": "1/h"}
    assert list(problems(LimitsDraft, wrong)) == list(wrong)


def test_a_key_in_a_text_and_a_price_far_out_are_warned_of_and_taken() -> None:
    provider = ProviderDraft.parse({**GROQ, "description": f"my key is {KEY}", "website": f"x.example/{KEY}"})
    assert list(provider.warnings()) == ["description", "website"]
    assert KEY not in str(provider.warnings())
    prices = PricingDraft.parse({"input_price_per_token": "0.000015", "output_price_per_token": "15"})
    assert prices.warnings() == {
        "input_price_per_token": "Looks like a price per token, which is 15.00 per 1M."
    }
    assert ProviderDraft.parse(GROQ).warnings() == {}


def test_a_field_nobody_knows_is_left_out() -> None:
    assert ProviderDraft.parse({**GROQ, "is_active": True}) == ProviderDraft.parse(GROQ)


PRICE = st.none() | st.floats(0, 1000)


@given(PRICE, PRICE, PRICE, PRICE)
def test_an_untouched_price_form_keeps_the_same_doubles(
    paid_in: float | None, paid_out: float | None, read: float | None, write: float | None
) -> None:
    row = Prices(paid_in, paid_out, read, write, "EUR")
    shown = ModelPricingDraft.shown(row)
    if {paid_in, paid_out, read, write} == {None}:
        assert problems(ModelPricingDraft, shown)
        return
    draft = ModelPricingDraft.parse(shown)
    assert [value for _, value in draft] == [paid_in, paid_out, read, write, "EUR"]


COUNT = st.none() | st.integers(1, MAX_COUNT)


@given(st.builds(Limits, COUNT, COUNT, COUNT, COUNT))
def test_an_untouched_limits_form_keeps_the_same_counts(row: Limits) -> None:
    shown = LimitsDraft.shown(row)
    if not any(shown.values()):
        assert problems(LimitsDraft, shown) == {
            "requests_per_minute": "Give at least one limit; delete the limits instead."
        }
        return
    draft = LimitsDraft.parse(shown)
    assert [value for _, value in draft] == [
        row.requests_per_minute, row.requests_per_hour, row.tokens_per_minute, row.tokens_per_hour
    ]  # fmt: skip


@given(st.sampled_from([True, False, None]), st.sampled_from([True, False, None]))
def test_an_untouched_model_form_keeps_its_answers(streaming: bool | None, reasoning: bool | None) -> None:
    row = ModelDraft.parse(
        {"model_id": "m", "name": "N", "description": "a\nb", "supports_streaming": streaming,
         "supports_reasoning": reasoning, "max_input_tokens": 131_072}
    )  # fmt: skip
    assert ModelDraft.parse(ModelDraft.shown(row)) == row


@given(
    st.dictionaries(
        st.sampled_from([*ModelDraft.model_fields, *PricingDraft.model_fields, *ProviderDraft.model_fields]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.decimals(),
    )
)
def test_whatever_is_put_in_is_taken_or_refused_by_field(raw: dict[str, object]) -> None:
    for draft in (ProviderDraft, ModelDraft, PricingDraft, ModelPricingDraft, LimitsDraft):
        found = refused(draft, raw)
        assert set(found) <= set(draft.model_fields)
        assert all(sentence.isprintable() and sentence.endswith(".") for sentence in found.values())
