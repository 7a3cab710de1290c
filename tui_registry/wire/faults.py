"""Reads a provider's error out of the many shapes of error bodies."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui_registry.wire.plainjson import at, count_at, is_object, items_at, text_at

_MESSAGES: tuple[tuple[str | int, ...], ...] = (
    ("error", "message"),
    ("error",),
    ("message", "detail", 0, "msg"),
    ("message",),
    ("detail", 0, "msg"),
    ("detail",),
    ("title",),
    ("msg",),
    ("status_msg",),
    ("base_resp", "status_msg"),
)
_WORDS: tuple[tuple[str | int, ...], ...] = (
    ("error", "code"),
    ("error", "status"),
    ("error", "type"),
    ("code",),
    ("error_type",),
    ("type",),
    ("status",),
)
_STATUS_OF = {
    "authentication_error": 401, "unauthenticated": 401, "billing_error": 402, "permission_error": 403,
    "permission_denied": 403, "not_found_error": 404, "not_found": 404, "request_too_large": 413,
    "rate_limit_error": 429, "resource_exhausted": 429, "invalid_request_error": 400, "invalid_argument": 400,
    "api_error": 500, "internal": 500, "unavailable": 503, "timeout_error": 504, "overloaded_error": 529,
}  # fmt: skip
_QUIET = {"error", "about:blank", "none", "null"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error body says."""

    message: str
    words: tuple[str, ...] = ()
    """The codes, types and reasons in it, most exact first."""
    is_json: bool = True
    is_html: bool = False

    @property
    def reason(self) -> str | None:
        """The most exact code that is a word, else a number, else None."""
        return next((word for word in self.words if not word.isdigit()), next(iter(self.words), None))

    @property
    def everything(self) -> str:
        """Codes and message in one lower-case text, for the rules to search."""
        return " ".join((*self.words, self.message)).lower()[:8192]

    @property
    def status(self) -> int | None:
        """The HTTP status that the body means, for errors that came with status 200 or in a stream."""
        for word in self.words:
            if word.isdigit() and 400 <= int(word[:4]) <= 599:
                return int(word[:4])
        return next((_STATUS_OF[word.lower()] for word in self.words if word.lower() in _STATUS_OF), None)


def fault_of(body: object) -> Fault:
    """The error in a parsed body; a list of errors counts by its first."""
    if isinstance(body, list):
        return fault_of(body[0]) if body else Fault("")
    if isinstance(body, str):
        return Fault(body)
    if is_object(inner := at(body, "choices", 0)) and inner.get("error"):
        body = inner
    message = next((found for path in _MESSAGES if (found := text_at(body, *path))), "")
    if (raw := text_at(body, "error", "metadata", "raw")) and raw not in message:
        message = f"{message}: {raw}"
    return Fault(message, tuple(dict.fromkeys(_words(body))))


def fault_of_text(text: str) -> Fault:
    """The error in a body that is no JSON."""
    start = text.lstrip()[:200].lower()
    is_html = start.startswith(("<!doctype", "<html", "<head", "<?xml")) or "<body" in start
    return Fault("" if is_html else text.strip()[:200], is_json=False, is_html=is_html)


def holds_fault(body: object) -> bool:
    """Whether a body that came with a good status is an error after all."""
    if isinstance(body, list):
        return len(body) == 1 and holds_fault(body[0])
    if not is_object(body):
        return False
    if body.get("error") not in (None, "", False, [], {}):
        return True
    if body.get("object") == "error" or body.get("type") == "error":
        return True
    if (choices := body.get("choices")) and at(choices, 0, "error"):
        return True
    if "base_resp" in body and count_at(body, "base_resp", "status_code"):
        return True
    return _is_envelope(body)


def _is_envelope(body: Mapping[str, object]) -> bool:
    """Whether it says `success: false` or a code of failure in place of any content."""
    if "choices" in body or "data" in body or "candidates" in body or "content" in body:
        return False
    code = count_at(body, "code")
    said = any(text_at(body, name) for name in ("message", "msg"))
    return said and (body.get("success") is False or (code is not None and 400 <= code <= 599))


def _words(body: object) -> list[str]:
    """The codes in an error body: reasons of its details first, quota names, then codes and types."""
    words: list[str] = []
    for detail in items_at(body, "error", "details"):
        words += [reason for reason in (text_at(detail, "reason"),) if reason]
        words += [name for each in items_at(detail, "violations") if (name := text_at(each, "quotaId"))]
    for path in _WORDS:
        value = at(body, *path)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).lower() not in _QUIET:
            words.append(str(value)[:100])
    return words[:12]
