"""Splits bytes into server-sent events and compressed bytes into plain ones, each within a bound."""

import zlib
from collections.abc import Iterator

_PLAIN = frozenset({"", "identity", "none"})
_ZIPPED = frozenset({"gzip", "x-gzip", "deflate"})


_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b":")
_ENOUGH = max(map(len, _FIELDS))


class TooMuch(Exception):
    """The answer is larger than its bound."""


class BadEncoding(Exception):
    """The answer is compressed in a way that was not asked for, or is damaged."""


class Inflater:
    """Plain bytes of a body, at most `most` of them."""

    def __init__(self, encoding: str, most: int) -> None:
        """Raises BadEncoding for a compression other than gzip and deflate."""
        kind = encoding.strip().lower()
        if kind not in _PLAIN | _ZIPPED:
            raise BadEncoding
        self._zipped = zlib.decompressobj(wbits=47) if kind in _ZIPPED else None  # 47: gzip or zlib by header
        self._room = self._raw_room = most

    def feed(self, data: bytes) -> bytes:
        """The next plain bytes; raises TooMuch when they pass the bound."""
        self._raw_room -= len(data)
        if self._zipped is not None:
            try:
                data = self._zipped.decompress(data, self._room + 1)
            except zlib.error:
                raise BadEncoding from None
        self._room -= len(data)
        if self._room < 0 or self._raw_room < 0:
            raise TooMuch
        return data


def without_blanks(start: bytes) -> bytes:
    """A body's start without the blank lines and the byte order mark that mean nothing."""
    return start.lstrip(_BYTE_ORDER_MARK).lstrip()


def begins_events(start: bytes, *, is_declared: bool) -> bool | None:
    """Whether a body with this start is an event stream, whatever its type says; None for too little of it.

    JSON or a web page declared as a stream is none, and fields of events are one whatever they are called.
    """
    start = without_blanks(start)
    if not start:
        return None
    if start[:1] in b"{[<":
        return False
    if is_declared or start.startswith(_FIELDS):
        return True
    return None if len(start) < _ENOUGH else False


class Events:
    """Server-sent events, each a name and its data."""

    def __init__(self, longest: int, most: int) -> None:
        self._longest, self._left = longest, most
        self._rest = bytearray()
        self._is_first = True
        self._after_return = False
        self._name = ""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[tuple[str, str]]:
        """The events that are complete; raises TooMuch for a line, an event or a number beyond the bounds.

        A line ends with a line feed, a carriage return, or both.
        """
        if self._after_return and chunk:
            chunk, self._after_return = chunk.removeprefix(b"\n"), False
        if b"\r" in chunk:
            self._after_return = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self._rest += chunk
        if b"\n" in chunk:
            *lines, rest = self._rest.split(b"\n")
            self._rest = rest
            for line in lines:
                if (event := self._line(bytes(line))) is not None:
                    yield event
        if len(self._rest) > self._longest:
            raise TooMuch

    def finish(self) -> Iterator[tuple[str, str]]:
        """The last event, for servers that end without a blank line."""
        yield from self.feed(b"\n\n")

    def _line(self, line: bytes) -> tuple[str, str] | None:
        """The event that this line completes, or None."""
        if self._is_first:
            line, self._is_first = line.removeprefix(_BYTE_ORDER_MARK), False
        if not line:
            return self._complete() if self._data else None
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
            self._size += len(value)
            if self._size > self._longest:
                raise TooMuch
        elif field == b"event":
            self._name = value.strip().decode("utf-8", "replace")[:100]
        return None

    def _complete(self) -> tuple[str, str] | None:
        """The collected event; one without data is none."""
        name, data = self._name, b"\n".join(self._data)
        self._name, self._data, self._size = "", [], 0
        if not data.strip():
            return None
        self._left -= 1
        if self._left < 0:
            raise TooMuch
        return name, data.decode("utf-8", "replace")
