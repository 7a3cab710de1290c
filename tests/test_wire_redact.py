"""No spelling of a key survives, wherever text is cut."""

import base64
import hashlib
import html
import json
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire_asking import KEY
from tui_registry.text import Secret
from tui_registry.wire.redact import MARK, Redactor

REDACT = Redactor(Secret(KEY))


def spellings(key: str) -> dict[str, str]:
    raw = key.encode()
    basic = base64.b64encode(f"user:{key}".encode()).decode()
    return {
        "raw": key,
        "url": quote(key, safe=""),
        "url, lower": quote(key, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
        "url twice": quote(quote(key, safe=""), safe=""),
        "form": quote_plus(key),
        "every byte": "".join(f"%{byte:02X}" for byte in raw),
        "base64": base64.b64encode(raw).decode(),
        "base64url": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "basic": basic,
        "bearer in base64": base64.b64encode(f"Bearer {key}".encode()).decode(),
        "base64 in URL": quote(base64.b64encode(raw).decode(), safe=""),
        "json": json.dumps(key),
        "json slash": json.dumps(key).replace("/", "\\/"),
        "json twice": json.dumps(json.dumps(key)),
        "unicode escapes": "".join(f"\\u{ord(letter):04x}" for letter in key),
        "html": html.escape(key),
        "html numbers": "".join(f"&#{ord(letter)};" for letter in key),
        "html hex": "".join(f"&#x{ord(letter):X};" for letter in key),
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "SHA256": hashlib.sha256(raw).hexdigest().upper(),
    }


@pytest.mark.parametrize(("name", "spelled"), spellings(KEY).items())
def test_a_key_is_taken_out_in_every_spelling(name: str, spelled: str) -> None:
    said = REDACT(f'before "{spelled}" after')
    assert MARK in said
    assert said.startswith('before "')
    assert said.endswith("after")
    for length in range(8, len(spelled)):
        assert spelled[4 : 4 + length] not in said


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=120))
def test_no_spelling_of_any_key_stays_whole(key: str) -> None:
    redact = Redactor(Secret(key))
    for name, spelled in spellings(key).items():
        if name not in ("basic", "bearer in base64"):
            assert spelled not in redact(f"x {spelled} y"), name


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def-123",
        "key sk-proj-0123456789abcdefghij was refused",
        "gsk_0123456789abcdefghij", "xai-0123456789abcdefghij", "hf_0123456789abcdefghij",
        "nvapi-0123456789abcdefghij", "r8_0123456789abcdefghij", "csk-0123456789abcdefghij",
        "ABSK0123456789abcdefghij", "AIzaSy0123456789abcdefghij",
        "hash " + "0a" * 32,
        "-----BEGIN PRIVATE KEY-----\nMIIabc\n",
    ],
)  # fmt: skip
def test_what_looks_like_anybodys_key_is_taken_out_too(text: str) -> None:
    said = Redactor(None)(text)
    assert MARK in said
    assert not any(part in said for part in ("abc.def", "0123456789", "0a0a", "MIIabc"))


@pytest.mark.parametrize("text", ["", "plain", "task-oriented-and-more", "a" * 63, "ask-ing", "0" * 65])
def test_other_text_stays(text: str) -> None:
    assert REDACT(text) == text


def test_json_stays_json() -> None:
    said = REDACT(json.dumps({"token": f"Bearer {KEY}", "next": 1}))
    assert json.loads(said) == {"token": f"Bearer {MARK}", "next": 1}


@pytest.mark.parametrize("cut", range(90))
def test_a_key_at_an_edge_is_taken_out_whole(cut: int) -> None:
    text = "a" * 40 + KEY + "b" * 40
    for part in (REDACT.part(text, 0, cut), REDACT.part(text, cut, len(text))):
        assert all(KEY[at : at + 4] not in part for at in range(len(KEY) - 4))


def test_a_local_servers_conventional_word_is_no_secret() -> None:
    assert Redactor(Secret("ollama"))("owned by ollama") == "owned by ollama"


@pytest.mark.parametrize(
    "piece", ["s", "\\", "%25", "sk-", "Bearer ", "0", "&#0", "-----BEGIN ", "sk-canary/9f+Kq7Lw2"]
)
def test_text_made_to_slow_the_search_down_does_not(piece: str) -> None:
    text = piece * ((1 << 20) // len(piece))
    started = time.process_time()
    REDACT(text)
    assert time.process_time() - started < 5


def test_a_very_long_key_costs_little() -> None:
    key = "ey" + "Ab3_" * 1000
    started = time.process_time()
    said = Redactor(Secret(key))(f"got {key} and {base64.b64encode(key.encode()).decode()}")
    assert time.process_time() - started < 2
    assert said == f"got {MARK} and {MARK}"


def test_a_redactor_does_not_show_its_key() -> None:
    assert KEY not in repr(REDACT)
