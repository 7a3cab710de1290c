"""Decides what an answer came to, and says it in a sentence of ours."""

from tui_registry.text import clean
from tui_registry.wire.exchange import Outcome
from tui_registry.wire.faults import Fault
from tui_registry.wire.rules import EDGE_WITHOUT_JSON, LONG_HINT, RULES, WITHOUT_STATUS

MESSAGE_LIMIT = 500
"""Cells of a message."""

_SENTENCES: dict[Outcome, str] = {
    "auth": "The provider refused the key",
    "funds": "The account has no funds left or has reached its spending limit",
    "denied": "This key may not do that at this provider",
    "edge": "Something in front of the provider turned the request away",
    "missing": "The provider does not know this model or path",
    "rate": "The provider's rate limit is reached; it asks to wait",
    "daily": "A limit is used up that does not free itself within a minute",
    "params": "The provider refused a parameter of the request",
    "too_large": "The request is larger than this model or account allows",
    "unsupported": "The provider does not offer this",
    "server": "The provider failed to answer",
    "timeout": "The provider did not answer in time",
    "protocol": "The answer could not be used",
}
_REASONS = {
    "connect": "No connection came about in time",
    "gap": "The provider stopped sending",
    "total": "The answer took longer than its deadline",
    "unreachable": "The provider cannot be reached; check the base URL and the network",
    "tls": "The server's certificate was not accepted; nothing was sent",
    "proxy": "The proxy refused or failed; check HTTPS_PROXY",
    "cut": "The connection ended in the middle of the answer",
    "redirect": "The server points to another address, which is never followed",
    "oversized": "The answer is larger than any real one",
    "encoding": "The answer is compressed in a way that was not asked for",
    "json": "The answer is not JSON",
    "shape": "The answer is JSON, but not what this call answers with",
    "stream": "The event stream could not be read",
    "empty": "The answer holds nothing",
}
"""For reasons of our own, a closer sentence."""


def classify(status: int, fault: Fault, hint: float | None = None) -> Outcome:
    """What an answer with this status and error comes to; `hint` is the wait it asks for, in seconds."""
    if 200 <= status < 300:
        inner = fault.status
        return _by_words(fault, hint) if inner is None else classify(inner, fault, hint)
    if not fault.is_json and status in EDGE_WITHOUT_JSON and (fault.message or fault.is_html):
        return "edge"
    if fault.is_html and status in (404, 410):
        return "edge"
    text = fault.everything
    for rule in RULES:
        if status in rule.statuses and (rule.words is None or rule.words.search(text)):
            return _in_time(rule.outcome, hint)
    return "protocol"


def _by_words(fault: Fault, hint: float | None) -> Outcome:
    """What an error with no status of its own comes to: the server's fault, unless its words say more."""
    text = fault.everything
    for rule in WITHOUT_STATUS:
        if rule.words is not None and rule.words.search(text):
            return _in_time(rule.outcome, hint)
    return "server"


def _in_time(outcome: Outcome, hint: float | None) -> Outcome:
    """A rate limit that asks for a long wait is one of the day."""
    return "daily" if outcome == "rate" and hint is not None and hint > LONG_HINT else outcome


def sentence(outcome: Outcome, status: int | None, reason: str | None, detail: str = "") -> str | None:
    """Our message for an outcome; None for `ok`. The reason and detail must be redacted."""
    if outcome == "ok":
        return None
    ours = _REASONS.get(reason or "")
    facts = ", ".join(
        fact for fact in (f"HTTP {status}" if status else "", "" if ours else reason or "") if fact
    )
    text = (ours or _SENTENCES[outcome]) + (f" ({facts})" if facts else "")
    detail = " ".join(detail.split())
    return clean(f"{text}: {detail}" if detail else f"{text}.", limit=MESSAGE_LIMIT)
