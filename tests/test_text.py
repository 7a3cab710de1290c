"""Foreign text is safe to show, secrets never print, pasted keys come out whole."""

import copy
import json
import pickle
from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_registry.text import (
    REPLACEMENT,
    Secret,
    clean,
    cut,
    cut_middle,
    is_showable,
    looks_like_key,
    mask,
    read_pasted_key,
    width,
    without_keys,
)

KEY = "sk-canary-0123456789abcdef3f9a"

HOSTILE = [
    "\x1b]0;title\x07",
    "\x1b]52;c;aGk=\x07",
    "\x9b31m",
    "\x90q\x9c",
    "over\rwrite",
    "back\bspace",
    "right\u202eto left",
    "isolate\u2066d",
    "zero\u200bwidth",
    "mark\u061c",
    "bom\ufeff",
    "annotated\ufff9",
    "tagged\U000e0041",
    "surrogate\ud800",
    "nul\x00",
    "delete\x7f",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_character_that_acts_on_a_terminal_is_replaced_and_the_rest_is_kept(text: str) -> None:
    cleaned = clean(text)
    assert REPLACEMENT in cleaned
    assert not is_showable(text)
    assert is_showable(cleaned)
    assert [c for c in cleaned if c != REPLACEMENT] == [c for c in text if is_showable(c)]


@pytest.mark.parametrize("text", ["plain", "naïve café", "漢字", "مرحبا", "x[/red]y", "❤️", "a\u0301", "…·■✓"])
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert clean(text) == text


def test_one_line_text_holds_no_line_breaks_and_many_lines_keep_theirs() -> None:
    assert clean("a\tb\nc\rd") == f"a{REPLACEMENT}b{REPLACEMENT}c{REPLACEMENT}d"
    assert clean("a\tb\r\nc\rd\n", lines=True) == f"a b\nc{REPLACEMENT}d\n"
    assert is_showable("a\nb", lines=True)
    assert not is_showable("a\nb")


def test_at_most_four_marks_stay_on_one_character() -> None:
    assert clean("e" + "\u0301" * 5000 + "x") == "e" + "\u0301" * 4 + "x"


@given(st.text(st.characters(), max_size=60))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(), max_size=60), st.integers(0, 30))
def test_cleaned_text_never_takes_more_cells_than_its_limit(text: str, limit: int) -> None:
    assert width(clean(text, limit=limit)) <= limit
    assert width(cut_middle(clean(text), limit)) <= limit


def test_a_long_name_is_cut_at_its_end_or_in_its_middle() -> None:
    assert cut("claude-sonnet-4-5-20250929", 12) == "claude-sonn…"
    assert cut_middle("claude-sonnet-4-5-20250929", 22) == "claude-sonn…5-20250929"
    assert cut_middle("claude-sonnet-4-5-20250929", 22, mark="~") == "claude-sonn~5-20250929"
    assert cut_middle("deepseek-ai/DeepSeek-V3.1", 22) == "deepseek-ai…pSeek-V3.1"
    assert cut_middle("漢字漢字漢字", 7) == "漢…字"
    assert cut("fits", 4) == cut_middle("fits", 4) == "fits"
    assert cut("gone", 0) == cut_middle("gone", 0) == ""


@pytest.mark.parametrize(
    "unit", ["\x00", "a\u0301", "\u0301", "é", " ", "\u200b", "sk-", "='\"", "A=", "a \u200b"]
)
def test_a_megabyte_of_anything_is_handled_in_a_moment(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    start = process_time()
    clean(text, limit=40)
    cut_middle(text, 40)
    looks_like_key(text)
    with pytest.raises(ValueError, match="key"):
        read_pasted_key(text)
    assert process_time() - start < 2


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"my note {KEY}",
        "AIzaSyB1234567890",
        "(gsk_abcdefgh1)",
        "xai-abcdefgh",
        "AKIAIOSFODNN7",
        "-----BEGIN RSA",
    ],
)
def test_key_looking_text_is_noticed(text: str) -> None:
    assert looks_like_key(text)


@pytest.mark.parametrize(
    "text", ["risk-free-and-easy", "https://x.ai/v1", "sk-", "a plain note", "task-management"]
)
def test_ordinary_words_are_not_taken_for_keys(text: str) -> None:
    assert not looks_like_key(text)


def test_a_secret_prints_only_dots() -> None:
    secret = Secret(KEY)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>40}",
        repr([secret]),
    ]
    assert not [text for text in shown if "canary" in text]
    assert secret.reveal() == KEY


@pytest.mark.parametrize("copier", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps])
def test_a_secret_is_neither_copied_nor_serialised(copier: Callable[[object], object]) -> None:
    with pytest.raises(TypeError) as refusal:
        copier(Secret(KEY))
    assert KEY not in str(refusal.value)


def test_secrets_are_equal_when_their_texts_are() -> None:
    assert Secret(KEY) == Secret(KEY)
    assert Secret(KEY) != Secret(KEY + "x")
    assert Secret(KEY) != KEY
    with pytest.raises(TypeError):
        hash(Secret(KEY))


def test_a_mask_shows_the_public_prefix_and_four_characters_of_long_keys_only() -> None:
    assert mask(Secret("sk-ant-api03-abcdefghijklmnop3f9a")) == "sk-ant-••••3f9a"
    assert mask(Secret("abcdefghijklmnopqrstuvwx")) == "••••uvwx"
    assert mask(Secret("sk-abcdefghijklmnopqrst")) == "••••"


@pytest.mark.parametrize(
    ("pasted", "note"),
    [
        (KEY, None),
        (f"{KEY}\n", None),
        (f'  "{KEY}"\r\nrm -rf ~\r\n', "Removed the lines after the first, blanks around it and quotes."),
        (f"\n\n  {KEY}\n", "Removed blanks around it."),
        (f"export OPENAI_API_KEY='{KEY}'", "Removed quotes and the variable's name."),
        (f"GROQ_API_KEY={KEY}", "Removed the variable's name."),
        (f"Authorization: Bearer {KEY}", "Removed the word Bearer."),
        (f"\u200b“{KEY}”\ufeff", "Removed blanks around it and quotes."),
    ],
)
def test_a_pasted_key_comes_out_alone_and_the_note_says_what_went(pasted: str, note: str | None) -> None:
    secret, said = read_pasted_key(pasted)
    assert secret.reveal() == KEY
    assert said == note


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("", "Paste the key"),
        (" \n ", "Paste the key"),
        ("sk-can ary-12345", "no spaces"),
        ("sk-canary\u200b12345", "plain letters"),
        ("sk-canary-é12345", "plain letters"),
        ("sk-canary\x1b12345", "plain letters"),
        ("canary", "at least 8"),
        ("sk-••••nary", "hidden form"),
        ("********", "hidden form"),
        ("canary-12" * 1000, "at most 4,096"),
    ],
)
def test_what_is_no_key_is_refused_without_repeating_it(pasted: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as refusal:
        read_pasted_key(pasted)
    assert "canary" not in str(refusal.value)


def test_the_short_token_of_a_local_server_is_taken_when_asked_for() -> None:
    assert read_pasted_key("ollama", local=True)[0] == Secret("ollama")


def test_a_base64_key_keeps_its_padding() -> None:
    assert read_pasted_key("ABCDEFGHIJ==")[0] == Secret("ABCDEFGHIJ==")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"There is no provider {KEY}.", "There is no provider ••••"),
        (f"nothing about '{KEY}'. Did you mean Groq?", "nothing about '••••'. Did you mean Groq?"),
        (f"{KEY} and {KEY}", "•••• and ••••"),
        ("no model -----BEGIN PRIVATE KEY-----\nMIIE\nabc", "no model ••••"),
        ("There is no provider task-force.", "There is no provider task-force."),
    ],
)
def test_what_looks_like_a_key_is_left_out_of_a_sentence(text: str, shown: str) -> None:
    assert without_keys(text) == shown
