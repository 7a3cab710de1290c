"""When a probe is tried again, and how it is asked differently the next time."""

from collections.abc import Callable, Mapping

from tui_registry.wire import ChatReply, Exchange

ATTEMPTS = 3
"""Attempts of one probe at most."""

LONGEST_WAIT = 60.0
"""Seconds a provider may ask to wait; beyond that the model is left for another time."""

_FIRST, _CAP = 0.5, 20.0
_PARAMETERS: tuple[tuple[str, str, str], ...] = (
    ("stream_options", "stream_usage", "no"),
    ("max_completion_tokens", "cap_name", "max_completion_tokens"),
    ("max_tokens", "cap_name", "max_completion_tokens"),
)
_EXTRAS = ("stream_usage", "stream")
Random = Callable[[], float]
"""Gives numbers from 0 to below 1."""


def delay(exchange: Exchange, attempt: int, random: Random) -> float | None:
    """Seconds until the next attempt after this one (1, 2, …), or None when there is none.

    Rate limits, server faults and timeouts are tried three times, a broken answer twice.
    """
    outcome = exchange.outcome
    most = ATTEMPTS if outcome in ("rate", "server", "timeout") else 2 if outcome == "protocol" else 1
    hint = exchange.retry_after or 0.0
    if attempt >= most or hint > LONGEST_WAIT:
        return None
    return max(hint, random() * min(_CAP, _FIRST * 2.0**attempt))


def adapted(
    probe: str, exchange: Exchange, quirks: Mapping[str, str], reply: ChatReply | None = None
) -> dict[str, str] | None:
    """The quirks to ask with after an answer that refused a parameter; None when nothing is left to change.

    Each parameter is changed once. An adaptation is no retry.
    """
    if exchange.outcome == "unsupported" and probe in ("chat", "benchmark"):
        return _once(quirks, "stream", "no") if _names(exchange, "stream") else None
    if exchange.outcome not in ("params", "unsupported"):
        return None
    for word, name, value in _PARAMETERS:
        if _names(exchange, word) and name not in quirks:
            return {**quirks, name: value}
    if probe == "json":
        return _once(quirks, "json", "json_object")
    if probe == "tools":
        return _once(quirks, "tool_choice", "auto")
    if _names(exchange, "stream"):
        return _once(quirks, "stream", "no")
    # a refusal that names nothing: what not every server knows is left away, one thing after the other
    return next((changed for name in _EXTRAS if (changed := _once(quirks, name, "no"))), None)


def _once(quirks: Mapping[str, str], name: str, value: str) -> dict[str, str] | None:
    return None if name in quirks else {**quirks, name: value}


def _names(exchange: Exchange, word: str) -> bool:
    said = " ".join((exchange.message or "", exchange.reason or "", exchange.head))
    return word in said.lower()
