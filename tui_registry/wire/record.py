"""Keeps what happens during one request, within bounds, and turns it into an Exchange."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from tui_registry.text import clean
from tui_registry.wire.exchange import Exchange, Json, Outcome
from tui_registry.wire.faults import Fault, fault_of, fault_of_text, holds_fault
from tui_registry.wire.hints import retry_after
from tui_registry.wire.limits import read_limits
from tui_registry.wire.outcomes import classify, sentence
from tui_registry.wire.redact import Redactor
from tui_registry.wire.request import Request

HEAD, TAIL, REQUEST, MESSAGE = 3072, 1024, 2048, 2000
"""Characters kept of a body's start and end, of the request's body, and of what the provider said."""

_KEPT = re.compile(
    r"content-type|date|server|cf-ray|x-request-id|request-id|openai-processing-ms|retry-after(?:-ms)?"
    r"|(?:llm_provider-)?[a-z_-]{0,40}rate-?limit[a-z_-]{0,60}|x-tokenlimit-[a-z-]{1,40}"
    r"|x-litellm-(?:version|model-group|response-cost|key-[a-z-]{1,40})"
)
_MOST_HEADERS = 64


class Record:
    """One request as it happens."""

    def __init__(self, request: Request, redactor: Redactor, started_at: datetime) -> None:
        self.request = request
        self.redactor = redactor
        self.started_at = started_at
        self.asked = None if request.json is None else json.dumps(request.json, ensure_ascii=False)
        """The body of the request as it is sent."""
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.body: Json = None
        self.has_json = False
        self.raw = bytearray()
        """A body that is not yet parsed."""
        self.streamed = False
        self.broken: tuple[Outcome, str] | None = None
        """Why the answer did not come whole: an outcome and a reason of ours."""
        self.chunks = 0
        self.length = 0
        self.connect_ms: float | None = None
        self.first_byte_ms: float | None = None
        self.total_ms = 0.0
        self._head = bytearray()
        self._tail = bytearray()
        self._digest = hashlib.sha256()

    @property
    def is_good(self) -> bool:
        """Whether the status is one of success."""
        return self.status is not None and 200 <= self.status < 300

    def took(self, data: bytes) -> None:
        """Note plain bytes of the body: its two ends, its length and its digest."""
        self.chunks += 1
        self.length += len(data)
        self._digest.update(data)
        room = HEAD + self.redactor.reach - len(self._head)
        self._head += data[: max(room, 0)]
        self._tail = (self._tail + data)[-(TAIL + self.redactor.reach) :]

    def fault(self) -> Fault:
        """The error that the body states, if it is one."""
        if self.is_good and not self.has_json:
            return Fault("")
        return fault_of(self.body) if self.has_json else fault_of_text(self.head())

    def head(self) -> str:
        """The first characters of the body, without keys."""
        return self.redactor.part(_text(self._head), 0, HEAD)[:HEAD]

    def tail(self) -> str:
        """The last characters of a body longer than its head, without keys."""
        if self.length <= HEAD:
            return ""
        text = _text(self._tail)
        start = max(len(text) - min(TAIL, self.length - HEAD), 0)
        return self.redactor.part(text, start, len(text))[-TAIL:]

    def judged(self, family: str | None) -> Exchange:
        """What happened and what it came to; `family` is the provider's family of limit headers."""
        safe = self._safe_headers()
        limits = read_limits(safe, family, self.started_at)
        fault = self.fault()
        hint = retry_after(safe, limits, self.body, fault.message, self.started_at)
        exchange = Exchange(
            method=self.request.method,
            url=self.redactor(self.request.url),
            started_at=self.started_at,
            outcome="ok",
            status=self.status,
            retry_after=hint,
            headers=_kept(safe),
            request_body=self._request_body(),
            head=self.head(),
            tail=self.tail(),
            length=self.length,
            sha256=self._digest.hexdigest() if self.length else None,
            chunks=self.chunks,
            connect_ms=self.connect_ms,
            first_byte_ms=self.first_byte_ms,
            total_ms=self.total_ms,
            limits=limits,
            body=self.body,
        )
        outcome, reason, detail = self._came_to(fault, hint)
        return with_verdict(exchange, outcome, reason, detail)

    def _safe_headers(self) -> dict[str, str]:
        """The headers without keys; mostly there are none, which one look at all of them tells."""
        together = "\n".join(self.headers.values())
        if self.redactor(together) == together:
            return self.headers
        return {name: self.redactor(value) for name, value in self.headers.items()}

    def _came_to(self, fault: Fault, hint: float | None) -> tuple[Outcome, str | None, str]:
        """The outcome, its reason, and what the provider said."""
        if self.broken and (self.status is None or self.status < 300):
            return *self.broken, ""
        if self.status is None:
            return "protocol", "cut", ""
        if 300 <= self.status < 400:
            return "edge", "redirect", self._pointed_to()
        if not self.is_good or holds_fault(self.body):
            return classify(self.status, fault, hint), fault.reason, fault.message
        return "ok", None, ""

    def _request_body(self) -> str | None:
        """What was asked, without keys."""
        return None if self.asked is None else self.redactor(self.asked)[:REQUEST]

    def _pointed_to(self) -> str:
        """The host that a redirect names."""
        try:
            host = urlsplit(self.redactor(self.headers.get("location", ""))).hostname
        except ValueError:
            host = None
        return f"it names {clean(host, limit=100)}" if host else ""


def with_verdict(exchange: Exchange, outcome: Outcome, reason: str | None, detail: str = "") -> Exchange:
    """The exchange with another outcome; the reason and the detail must be redacted."""
    word = clean(reason, limit=100) if reason else None
    message = sentence(outcome, exchange.status, word, detail[:MESSAGE])
    return replace(exchange, outcome=outcome, reason=word, message=message)


def _kept(headers: dict[str, str]) -> dict[str, str]:
    """The headers worth keeping, made safe."""
    names = [name for name in headers if _KEPT.fullmatch(name)][:_MOST_HEADERS]
    return {name: clean(headers[name], limit=200) for name in names}


def _text(data: bytearray) -> str:
    """Bytes of a body as text."""
    return data.decode("utf-8", "replace")
