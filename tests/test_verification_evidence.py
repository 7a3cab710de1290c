"""Evidence is one JSON object of at most 8 KiB, whatever came back, and never holds the key."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

import pytest

from tui_registry.text import Secret
from tui_registry.verification.evidence import LIMIT, evidence, fitted
from tui_registry.verification.judgement import Judgement
from tui_registry.wire import Exchange

KEY = "sk-canary/5c1e+0f7d9b2a4e6f8071=="
PLAIN = Exchange("POST", "https://x.example/v1", datetime(2026, 11, 23, tzinfo=UTC), "ok", 200)
RIGHT = Judgement("pass", "ok", "It answered.", checks={"answered": True})
SHAPES = [
    KEY,
    quote(KEY, safe=""),
    b64encode(KEY.encode()).decode(),
    sha256(KEY.encode()).hexdigest(),
]


def test_it_says_what_was_asked_answered_and_found() -> None:
    found = json.loads(evidence(PLAIN, RIGHT, secret=None, attempt=2, queued=1.5))
    assert (found["method"], found["url"], found["attempt"], found["queued_ms"]) == (
        "POST",
        "https://x.example/v1",
        2,
        1500,
    )
    assert found["checks"] == {"answered": True}
    assert found["scoring_version"] == "1"


@pytest.mark.parametrize("character", ["x", "é", "\x11", "\U0001f600", '"', "\\"])
def test_it_always_fits(character: str) -> None:
    large = replace(
        PLAIN,
        head=character * 3000,
        tail=character * 1000,
        request_body=character * 2000,
        headers={f"x-{number}": character * 200 for number in range(40)},
    )
    text = evidence(large, RIGHT, secret=None, more={"answer": character * 600})
    assert len(text.encode()) <= LIMIT
    assert text.isascii()
    assert json.loads(text)["sentence"] == "It answered."


@pytest.mark.parametrize("shape", SHAPES)
def test_the_key_is_in_it_in_no_shape(shape: str) -> None:
    echoing = replace(
        PLAIN, head=f"{'x' * 2990}{shape}", message=shape, headers={"x-echo": shape}, request_body=shape
    )
    verdict = replace(RIGHT, sentence=shape, checks={"calls": [shape], shape: 1})
    text = evidence(echoing, verdict, secret=Secret(KEY), more={"answer": shape})
    assert shape not in text
    assert shape not in json.dumps(json.loads(text), ensure_ascii=False)


def test_without_a_secret_to_look_for_it_would_be_there() -> None:
    """The control: the check above notices a key that is kept."""
    assert KEY in evidence(replace(PLAIN, head=KEY), RIGHT, secret=None)


def test_what_is_too_long_altogether_is_left_out() -> None:
    text = fitted({f"field-{number}": "y" * 3000 for number in range(5)} | {"sentence": "kept"})
    assert len(text) <= LIMIT
    assert json.loads(text)["sentence"] == "kept"
