"""Times as the registry keeps them: UTC, ISO 8601, milliseconds."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment in UTC; the one place where the clock is read."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as stored text, e.g. `2026-11-23T06:52:00.123Z`."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime:
    """Stored text or a bare date back as a UTC moment; raises ValueError on other text."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def age(text: str, now: datetime) -> str:
    """How long ago stored text was, in one short unit: `now`, `5m`, `3h`, `2d`, `8w`, `3y`."""
    seconds = int((now - moment(text)).total_seconds())
    if seconds < 60:
        return "now"
    for size, unit in ((31_557_600, "y"), (604_800, "w"), (86_400, "d"), (3_600, "h")):
        if seconds >= size * (2 if unit == "w" else 1):
            return f"{seconds // size}{unit}"
    return f"{seconds // 60}m"


def span(seconds: float) -> str:
    """A length of time in its two largest units: `2 min 5 s`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
