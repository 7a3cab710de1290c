"""The evidence of one attempt: a JSON object of at most 8 KiB that shows what was asked and answered.

The wire has redacted every text before it cut it; here nothing is added that it has not seen, and the key
is looked for once more.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from urllib.parse import quote

from tui_registry import __version__
from tui_registry.clock import stamp
from tui_registry.store import EffectivePrice
from tui_registry.text import Secret
from tui_registry.verification.judgement import Judgement
from tui_registry.verification.scoring import SCORING_VERSION
from tui_registry.wire import Exchange

LIMIT = 8192
"""Bytes of evidence that are kept."""

MASK = "••••"
_CUT_FIRST = ("tail", "head", "request_body", "answer")


def evidence(
    exchange: Exchange,
    verdict: Judgement,
    *,
    secret: Secret | None,
    attempt: int = 1,
    queued: float = 0.0,
    price: EffectivePrice | None = None,
    more: Mapping[str, object] | None = None,
) -> str:
    """The evidence as JSON text; `queued` is how many seconds the limiter kept the call waiting."""
    found: dict[str, object] = {
        "method": exchange.method,
        "url": exchange.url,
        "started_at": stamp(exchange.started_at),
        "attempt": attempt,
        "queued_ms": round(queued * 1000),
        "outcome": exchange.outcome,
        "reason": exchange.reason,
        "message": exchange.message,
        "sentence": verdict.sentence,
        "checks": dict(verdict.checks),
        "http_status": exchange.status,
        "headers": dict(exchange.headers),
        "length": exchange.length,
        "sha256": exchange.sha256,
        "chunks": exchange.chunks,
        "connect_ms": exchange.connect_ms,
        "first_byte_ms": exchange.first_byte_ms,
        "total_ms": exchange.total_ms,
        "finish_reason": exchange.finish_reason,
        "price": _priced(price),
        "version": __version__,
        "scoring_version": SCORING_VERSION,
        **(more or {}),
        "request_body": exchange.request_body,
        "head": exchange.head,
        "tail": exchange.tail,
    }
    kept = {name: value for name, value in found.items() if value not in (None, "", {}, [])}
    forms = tuple(_forms(secret))
    text = _dumped(kept)
    if any(_dumped(form)[1:-1] in text for form in forms):
        return fitted(_without(kept, forms))
    return text if len(text) <= LIMIT else fitted(kept)


def fitted(found: Mapping[str, object]) -> str:
    """The object as ASCII JSON of at most LIMIT bytes; its longest texts are shortened until it fits."""
    text = _dumped(found)
    for name in _CUT_FIRST:
        value = found.get(name)
        while len(text) > LIMIT and isinstance(value, str) and value:
            value = value[: len(value) // 2]
            found = {**found, name: value + "…"}
            text = _dumped(found)
    while len(text) > LIMIT:
        longest = max(found, key=lambda name: len(_dumped({name: found[name]})))
        found = {name: value for name, value in found.items() if name != longest}
        text = _dumped({**found, "left_out": "too long"})
    return text


def _dumped(found: object) -> str:
    return json.dumps(found, ensure_ascii=True, allow_nan=False, default=str, separators=(",", ":"))


def _priced(price: EffectivePrice | None) -> dict[str, object] | None:
    if price is None or price.origin == "unknown":
        return None
    return {
        "input": price.input,
        "output": price.output,
        "currency": price.currency,
        "origin": price.origin,
        "source": price.source,
    }


def _forms(secret: Secret | None) -> Iterator[str]:
    """The shapes in which a key could come back."""
    if secret is None:
        return
    key = secret.reveal()
    if len(key) < 8:
        return
    yield key
    yield quote(key, safe="")
    yield b64encode(key.encode()).decode().rstrip("=")
    yield sha256(key.encode()).hexdigest()


def _without(value: dict[str, object], forms: tuple[str, ...]) -> dict[str, object]:
    return {name: _masked(each, forms) for name, each in value.items()}


def _masked(value: object, forms: tuple[str, ...]) -> object:
    if isinstance(value, str):
        for form in forms:
            value = value.replace(form, MASK)
        return value
    if isinstance(value, Mapping):
        return {str(_masked(str(key), forms)): _masked(each, forms) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(each, forms) for each in value]
    return value
