"""Reads limits from response headers; a window comes from the name or the family and is never guessed."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from tui_registry.wire.exchange import LimitSeen, Metric, Window
from tui_registry.wire.hints import reset_moment


class Meaning(NamedTuple):
    """What a family of headers counts, and over which window."""

    metric: Metric
    window: Window | None


_NAMED: dict[str, Metric] = {
    "requests": "requests", "req": "requests", "request": "requests", "tokens": "tokens", "token": "tokens",
    "input-tokens": "input_tokens", "output-tokens": "output_tokens",
    "tokens-prompt": "input_tokens", "tokens-generated": "output_tokens",
}  # fmt: skip

_PER_MINUTE: dict[str, Meaning] = {
    "requests": Meaning("requests", "minute"),
    "tokens": Meaning("tokens", "minute"),
}
FAMILIES: dict[str, dict[str, Meaning]] = {
    "openai": _PER_MINUTE,
    "azure": _PER_MINUTE,
    "groq": {"requests": Meaning("requests", "day"), "tokens": Meaning("tokens", "minute")},
    "anthropic": {
        **_PER_MINUTE,
        "input-tokens": Meaning("input_tokens", "minute"),
        "output-tokens": Meaning("output_tokens", "minute"),
    },
    "sambanova": {"requests": Meaning("requests", "minute")},
    "together": {
        "": Meaning("requests", "second"),
        "dynamic": Meaning("requests", "second"),
        "token:": Meaning("tokens", "second"),
        "token:dynamic": Meaning("tokens", "second"),
    },
    "fireworks": {
        "requests": Meaning("requests", "minute"),
        "tokens-prompt": Meaning("input_tokens", "minute"),
        "tokens-cache-adjusted-prompt": Meaning("input_tokens", "minute"),
        "tokens-generated": Meaning("output_tokens", "minute"),
    },
    "litellm": {
        "api_key:requests": Meaning("requests", "minute"),
        "api_key:tokens": Meaning("tokens", "minute"),
    },
    "openrouter": {"": Meaning("requests", None)},
}
"""By family: what the part of a header name after limit, remaining or reset means."""

_LITELLM_KEY: dict[str, Metric] = {"rpm": "requests", "tpm": "tokens"}
_NAME = re.compile(
    r"(?P<upstream>llm_provider-)?"
    r"(?:x-ratelimit-(?:(?P<key>api_key)-)?(?P<kind>limit|remaining|reset)(?:-(?P<part>[a-z_-]+))?"
    r"|x-tokenlimit-(?P<token_kind>limit|remaining|reset)(?:-(?P<token_part>[a-z-]+))?"
    r"|anthropic-ratelimit-(?P<anthropic>[a-z-]+)-(?P<anthropic_kind>limit|remaining|reset))"
)
_WINDOWED = re.compile(r"(?P<metric>[a-z-]+)-(?P<window>second|minute|hour|day)")
_POLICY = re.compile(r"q=(\d{1,15})(?=[;,\s]|$).*?\bw=(\d{1,9})(?=[;,\s]|$)")
_LEFT = re.compile(r"\br=(\d{1,15})(?:.*?\bt=(\d{1,9}))?")
_WINDOW_OF: dict[str, Window] = {"1": "second", "60": "minute", "3600": "hour", "86400": "day"}


def read_limits(headers: Mapping[str, str], family: str | None, now: datetime) -> tuple[LimitSeen, ...]:
    """Every limit the headers state; a gateway's forwarded upstream limits come before its own."""
    groups: dict[tuple[bool, str], dict[str, tuple[str, str]]] = {}
    for name, value in headers.items():
        if found := _NAME.fullmatch(name):
            kind = found["kind"] or found["token_kind"] or found["anthropic_kind"]
            groups.setdefault((found["upstream"] is None, _part(found)), {})[kind] = (name, value)
    seen = []
    for (own, part), kinds in sorted(groups.items(), key=lambda group: group[0][0]):
        meaning = _meaning(part, family if own else None)
        if meaning is not None:
            seen.append(_limit(meaning, kinds, now))
    seen += _litellm_key_limits(headers)
    seen += _ietf_limits(headers, now)
    return tuple(each for each in seen if each.limit is not None or each.remaining is not None)


def _part(found: re.Match[str]) -> str:
    """What identifies a header's group within its family."""
    if found["token_kind"]:
        return f"token:{found['token_part'] or ''}"
    if found["anthropic_kind"]:
        return found["anthropic"]
    return f"{found['key']}:{found['part']}" if found["key"] else found["part"] or ""


def _meaning(part: str, family: str | None) -> Meaning | None:
    """What a group counts; None when not even that is known."""
    if known := FAMILIES.get(family or "", {}).get(part):
        return known
    if windowed := _WINDOWED.fullmatch(part):
        metric = _NAMED.get(windowed["metric"])
        window: Window = windowed["window"]  # type: ignore[assignment]
        return Meaning(metric, window) if metric else None
    name = part.partition(":")[2] if part.startswith("api_key:") else part
    metric = "requests" if name in ("", "dynamic") else _NAMED.get(name)
    if part.startswith("token:"):
        metric = "tokens"
    return Meaning(metric, None) if metric else None


def _limit(meaning: Meaning, kinds: Mapping[str, tuple[str, str]], now: datetime) -> LimitSeen:
    """One group of headers as a limit."""
    value = {kind: text for kind, (_, text) in kinds.items()}
    return LimitSeen(
        metric=meaning.metric,
        window=meaning.window,
        limit=_count(value.get("limit")),
        remaining=_count(value.get("remaining")),
        reset_at=reset_moment(value.get("reset", ""), now),
        header="; ".join(f"{name}: {text}" for name, text in sorted(kinds.values()))[:300],
    )


def _count(text: str | None) -> int | None:
    """A number of requests or tokens; None when absent, negative or no number."""
    if text is None or not re.fullmatch(r"\s*\d{1,15}(?:\.\d{0,12})?\s*", text, re.ASCII):
        return None
    return int(float(text))


def _litellm_key_limits(headers: Mapping[str, str]) -> list[LimitSeen]:
    """What a LiteLLM gateway says about the key itself."""
    seen = []
    for short, metric in _LITELLM_KEY.items():
        name = f"x-litellm-key-{short}-limit"
        if (limit := _count(headers.get(name))) is not None:
            seen.append(LimitSeen(metric, "minute", limit, None, None, f"{name}: {headers[name]}"[:300]))
    return seen


def _ietf_limits(headers: Mapping[str, str], now: datetime) -> list[LimitSeen]:
    """The standard `ratelimit-policy` and `ratelimit` fields, which state their window in seconds."""
    policy = _POLICY.search(headers.get("ratelimit-policy", "")[:300])
    left = _LEFT.search(headers.get("ratelimit", "")[:300])
    if policy is None:
        return []
    reset = now + timedelta(seconds=int(left[2])) if left and left[2] else None
    return [
        LimitSeen(
            metric="requests",
            window=_WINDOW_OF.get(policy[2]),
            limit=int(policy[1]),
            remaining=int(left[1]) if left else None,
            reset_at=reset,
            header=f"ratelimit-policy: {headers['ratelimit-policy']}"[:300],
        )
    ]
