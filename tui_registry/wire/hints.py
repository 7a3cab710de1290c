"""Reads how long to wait: the grammar of reset times and retry hints."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tui_registry.wire.exchange import LimitSeen
from tui_registry.wire.plainjson import items_at, text_at

_LONGEST = timedelta(days=400)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)(ms|s|m|h|d)", re.ASCII)
_DURATION = re.compile(r"(?:\d{1,12}(?:\.\d{1,12})?(?:ms|s|m|h|d)){1,8}", re.ASCII)
_NUMBER = re.compile(r"\d{1,16}(?:\.\d{1,12})?", re.ASCII)
_IN_MESSAGE = re.compile(
    r"(?:try again|retry|available|reset|wait)[^.\d]{0,30}"
    r"(?:(?P<short>(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h|d)){1,5})(?![a-z])"
    r"|(?P<number>\d{1,9}(?:\.\d{1,9})?) ?(?P<unit>milliseconds?|seconds?|sec|minutes?|min|hours?|days?)\b)",
    re.IGNORECASE | re.ASCII,
)


def reset_moment(text: str, now: datetime) -> datetime | None:
    """When a reset is meant; None for text outside the grammar or beyond 400 days.

    Durations (`6m0s`, `825ms`), seconds, epoch seconds or milliseconds, RFC 3339 and HTTP dates.
    """
    found = _moment(text.strip(), now)
    if found is None or found - now > _LONGEST:
        return None
    return max(found, now)


def retry_after(
    headers: Mapping[str, str], limits: tuple[LimitSeen, ...], body: object, message: str, now: datetime
) -> float | None:
    """Seconds the provider asks to wait, from its most exact hint."""
    milliseconds = headers.get("retry-after-ms", "").strip()
    if _NUMBER.fullmatch(milliseconds):
        return float(milliseconds) / 1000
    hints = [
        _asked_moment(headers.get("retry-after", ""), now),
        max((seen.reset_at for seen in limits if seen.remaining == 0 and seen.reset_at), default=None),
        _retry_info(body, now),
        reset_moment(text_at(body, "error", "reset_at") or text_at(body, "reset_at") or "", now),
    ]
    for hint in hints:
        if hint is not None:
            return (hint - now).total_seconds()
    return _in_message(message)


def _asked_moment(text: str, now: datetime) -> datetime | None:
    """When a retry hint is meant; one beyond all measure still says that now is too early."""
    text = text.strip()
    if len(text) > 12 and text.isascii() and text.isdigit() and _moment(text, now) is None:
        return now + _LONGEST
    found = _moment(text, now)
    return None if found is None else min(max(found, now), now + _LONGEST)


def _retry_info(body: object, now: datetime) -> datetime | None:
    """Google's RetryInfo.retryDelay."""
    for detail in items_at(body, "error", "details"):
        if delay := text_at(detail, "retryDelay"):
            return reset_moment(delay, now)
    return None


def _in_message(message: str) -> float | None:
    """Seconds from a sentence such as `Please try again in 1m26.4s`."""
    found = _IN_MESSAGE.search(message)
    if found is None:
        return None
    if found["short"]:
        seconds = _seconds(found["short"].lower())
    else:
        unit = found["unit"].lower()
        seconds = float(found["number"]) * _UNITS["ms" if unit.startswith("mil") else unit[0]]
    return seconds if seconds <= _LONGEST.total_seconds() else None


def _seconds(duration: str) -> float:
    """The length of a duration such as `1m26.4s`."""
    return math.fsum(float(number) * _UNITS[unit] for number, unit in _PART.findall(duration))


def _moment(text: str, now: datetime) -> datetime | None:
    """The moment a text means, not yet bounded."""
    try:
        if _DURATION.fullmatch(text.lower()):
            return now + timedelta(seconds=_seconds(text.lower()))
        if _NUMBER.fullmatch(text):
            number = float(text)
            if number > 1e9:
                return datetime.fromtimestamp(number / (1000 if number > 1e12 else 1), UTC)
            return now + timedelta(seconds=number)
        found = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
