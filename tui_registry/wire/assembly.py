"""Puts a reply together from its events and notes when each kind of token came."""

from dataclasses import dataclass, field

from tui_registry.wire.exchange import Json, Timings, ToolCall

_MOST_CALLS = 64
_OPEN, _CLOSE = "<think>", "</think>"


@dataclass(slots=True)
class _Call:
    """A tool call that is still arriving."""

    name: str = ""
    id: str | None = None
    fragments: list[str] = field(default_factory=list)
    whole: Json = None


class Assembly:
    """A reply in the making; `now` is set to the seconds since the request before each event is read."""

    def __init__(self) -> None:
        self.now = 0.0
        self.fault: Json = None
        """The error object that came instead of, or within, the reply."""
        self.recognised = False
        """Whether anything had the shape of a reply."""
        self.finish_reason: str | None = None
        self.terminal = False
        self.model_served: str | None = None
        self.usage: dict[str, int] = {}
        self.cost: Json = None
        self.size = 0
        """Characters of answer and reasoning so far."""
        self.events = 0
        self.content_chunks = 0
        self._marks: dict[str, float] = {}
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._calls: dict[int, _Call] = {}
        self._thinking: bool | None = None
        self._after_tag = False
        self._held = ""
        self._counted = 0

    def content(self, text: str) -> None:
        """A fragment of the answer; reasoning between think tags at its start is told apart."""
        if not text:
            return
        self._token()
        self._count_chunk()
        self.size += len(text)
        if self._thinking is False:
            self._answer(text)
        else:
            self._sort(self._held + text)

    def reasoning(self, text: str) -> None:
        """A fragment of reasoning."""
        if text:
            self._token()
            self._count_chunk()
            self.size += len(text)
            self._reasoning.append(text)

    def call(
        self, index: int, *, name: str = "", id: str | None = None, fragment: str = "", whole: Json = None
    ) -> None:
        """A fragment of a tool call, or its arguments whole."""
        is_new = index not in self._calls
        if is_new and (len(self._calls) >= _MOST_CALLS or not (name or id or fragment)):
            return
        call = self._calls.setdefault(index, _Call())
        if name or fragment or whole is not None:
            self._token()
        call.name = call.name or name
        call.id = call.id or id
        if fragment:
            call.fragments.append(fragment)
        call.whole = whole if whole is not None else call.whole

    def finished(self, reason: str) -> None:
        """The reason why the generation ended."""
        self.finish_reason = reason
        self._marks["finish"] = self.now

    def count(self, kind: str, number: int | None) -> None:
        """A token count; a later one replaces it."""
        if number is not None:
            self.usage[kind] = number

    def event_done(self) -> None:
        """One event of the stream was read."""
        self.events += 1

    def close(self) -> None:
        """Nothing more will come: what was held back for a think tag is content."""
        if self._held:
            held, self._held = self._held, ""
            (self._reasoning.append if self._thinking else self._answer)(held)
        thought, closed, answer = self.text.partition(_CLOSE)
        if closed and not self._reasoning and _OPEN not in thought:
            # some chat templates open the tag in the prompt, so that only its end is in the reply
            self._reasoning, self._text = [thought], [answer.lstrip()]
            self._marks.pop("answer", None)

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self._text)

    @property
    def reasoning_text(self) -> str:
        """The reasoning so far."""
        return "".join(self._reasoning)

    def calls(self) -> tuple[ToolCall, ...]:
        """The tool calls in their order."""
        return tuple(
            ToolCall(call.name, call.whole if call.whole is not None else "".join(call.fragments), call.id)
            for _, call in sorted(self._calls.items())
        )

    def timings(self, end: float) -> Timings:
        """When things came, in seconds after the request."""
        mark = self._marks.get
        return Timings(mark("first"), mark("answer"), mark("last"), mark("finish"), end)

    def _token(self) -> None:
        self._marks.setdefault("first", self.now)
        self._marks["last"] = self.now

    def _count_chunk(self) -> None:
        """Count an event once however many fragments it brings."""
        if self._counted != self.events + 1:
            self._counted = self.events + 1
            self.content_chunks += 1

    def _answer(self, text: str) -> None:
        if self._after_tag:
            text = text.lstrip()
            self._after_tag = not text
        if text:
            self._marks.setdefault("answer", self.now)
            self._text.append(text)

    def _sort(self, text: str) -> None:
        """Tell reasoning in think tags from the answer; hold back what may be half a tag."""
        self._held = ""
        if self._thinking is None:
            start = text.lstrip()
            if _OPEN.startswith(start[: len(_OPEN)]) and len(start) < len(_OPEN):
                self._held = text
                return
            self._thinking = start.startswith(_OPEN)
            if not self._thinking:
                self._answer(text)
                return
            text = start[len(_OPEN) :]
        thought, closed, rest = text.partition(_CLOSE)
        if closed:
            self._reasoning.append(thought)
            self._thinking = False
            self._after_tag = True
            self._answer(rest)
            return
        kept = next((size for size in range(len(_CLOSE) - 1, 0, -1) if text.endswith(_CLOSE[:size])), 0)
        self._reasoning.append(text[: len(text) - kept])
        self._held = text[len(text) - kept :]
