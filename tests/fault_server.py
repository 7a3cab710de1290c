"""A loopback server that says exactly the bytes a test wants, however wrong, and keeps what it was asked.

`FaultServer(answer)` calls `answer(asked, line)` in a thread for each request; the answer writes to the line.
The functions below make answers; `routes` puts several behind one server. Every loop and pause ends when the
client goes away or the server closes.
"""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

ROUNDS = 20_000
"""The most often that an endless answer repeats itself."""


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body's JSON object."""
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found

    @property
    def text(self) -> str:
        """Everything that was sent, to look for a key in."""
        return f"{self.path}?{self.query}\n{self.headers}\n{self.body.decode()}"


class Line:
    """The server's end of one connection."""

    def __init__(self, connection: socket.socket, stop: threading.Event) -> None:
        self._connection = connection
        self._stop = stop
        self.is_open = True

    def send(self, data: bytes) -> bool:
        """Send bytes; False once nobody listens."""
        if self._stop.is_set():
            self.is_open = False
        if self.is_open:
            try:
                self._connection.sendall(data)
            except OSError:
                self.is_open = False
        return self.is_open

    def pause(self, seconds: float) -> bool:
        """Say nothing for a while; False once the server closes."""
        return not self._stop.wait(seconds)

    def cut(self) -> None:
        """End the connection after this."""
        self.is_open = False


Answer = Callable[[Asked, Line], None]


@dataclass
class FaultServer:
    """Serves one answer on 127.0.0.1 until the `with` block ends."""

    answer: Answer
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    accepted: int = 0
    """Connections, whether or not a request came over them."""

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.settimeout(0.05)
        self._threads: list[threading.Thread] = []
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self._listener.close()

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """A base URL at this server."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/v1"

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                continue
            self.accepted += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(0.2)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.tls is not None:
                connection.settimeout(2)
                connection = self.tls.wrap_socket(connection, server_side=True)
                connection.settimeout(0.2)
            line = Line(connection, self._stop)
            while line.is_open and (asked := self._read(connection)) is not None:
                self.asked.append(asked)
                connection.settimeout(5)
                self.answer(asked, line)
                connection.settimeout(0.2)
        except OSError:
            pass
        finally:
            connection.close()

    def _read(self, connection: socket.socket) -> Asked | None:
        """The next request, or None when the client or the server is done."""
        data = b""
        while b"\r\n\r\n" not in data:
            if (more := self._receive(connection)) is None:
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", "0")):
            if (more := self._receive(connection)) is None:
                return None
            body += more
        method, target, _ = first.split(" ")
        parts = urlsplit(target)
        return Asked(method, parts.path, parts.query, headers, body)

    def _receive(self, connection: socket.socket) -> bytes | None:
        while not self._stop.is_set():
            try:
                return connection.recv(65_536) or None
            except TimeoutError:
                continue
        return None


def head_of(status: int, headers: Mapping[str, str]) -> bytes:
    """A status line and headers."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode("latin-1")


def says(body: bytes | str, status: int = 200, kind: str = "application/json", **headers: str) -> Answer:
    """A whole answer; underscores in header names become hyphens."""
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(asked: Asked, line: Line) -> None:
        line.send(head_of(status, {"content-type": kind, "content-length": str(len(data)), **named}) + data)

    return answer


def says_json(document: object, status: int = 200, **headers: str) -> Answer:
    """A whole JSON answer."""
    return says(json.dumps(document), status, **headers)


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def streams(
    pieces: Iterable[bytes | str | float],
    *,
    kind: str = "text/event-stream",
    end: bool = True,
    **headers: str,
) -> Answer:
    """A chunked answer: a chunk for each text, a pause for each number; without `end` the line is cut."""
    said = list(pieces)
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(asked: Asked, line: Line) -> None:
        line.send(head_of(200, {"content-type": kind, "transfer-encoding": "chunked", **named}))
        for piece in said:
            if isinstance(piece, (int, float)):
                line.pause(piece)
            elif not line.send(chunk(piece.encode() if isinstance(piece, str) else piece)):
                return
        line.send(b"0\r\n\r\n") if end else line.cut()

    return answer


def repeats(piece: bytes, pause: float = 0.0, *, kind: str = "text/event-stream") -> Answer:
    """A chunked answer that says one piece again and again, for ever."""

    def answer(asked: Asked, line: Line) -> None:
        line.send(head_of(200, {"content-type": kind, "transfer-encoding": "chunked"}))
        for _ in range(ROUNDS):
            if not line.send(chunk(piece)) or (pause and not line.pause(pause)):
                return

    return answer


def raw(data: bytes) -> Answer:
    """Bytes as they are, then the end of the connection."""

    def answer(asked: Asked, line: Line) -> None:
        line.send(data)
        line.cut()

    return answer


def silent(asked: Asked, line: Line) -> None:
    """Nothing at all, until somebody gives up."""
    line.pause(30)
    line.cut()


def routes(table: Mapping[str, Answer]) -> Answer:
    """Answers by path; 404 in JSON for any other."""
    missing = says_json({"error": {"message": "no such path", "code": "not_found"}}, 404)

    def answer(asked: Asked, line: Line) -> None:
        table.get(asked.path, missing)(asked, line)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """One answer after another; the last one again for all further requests."""
    left = list(answers)

    def answer(asked: Asked, line: Line) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(asked, line)

    return answer


def event(document: object, name: str = "") -> str:
    """One server-sent event."""
    return (f"event: {name}\n" if name else "") + f"data: {json.dumps(document)}\n\n"


def delta(finish: str | None = None, **delta: object) -> str:
    """One chunk of an OpenAI stream."""
    return event({"model": "m-1", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


DONE = "data: [DONE]\n\n"
