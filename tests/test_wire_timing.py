"""Times are true: measured against a server whose first token and pace are known."""

import time

import pytest

from tests.fault_server import DONE, delta, streams
from tests.wire_asking import asking, at, chat_with
from tui_registry.wire import ChatReply, Deadlines

PATIENT = Deadlines(5, 5, 20)


@pytest.mark.parametrize(("wait", "gap", "tokens"), [(0.4, 0.02, 40), (0.8, 0.05, 20), (0.25, 0.01, 80)])
async def test_the_first_token_and_the_pace_are_what_they_were(wait: float, gap: float, tokens: int) -> None:
    sent: list[float] = []

    def answer(asked: object, line: object) -> None:
        pieces: list[str | float] = [delta(role="assistant"), wait]
        streams(pieces, end=False)(asked, _Open(line))  # type: ignore[arg-type]
        for number in range(tokens):
            if number:
                line.pause(gap)  # type: ignore[attr-defined]
            sent.append(time.perf_counter())
            text = delta(content=f"w{number} ").encode()
            line.send(f"{len(text):x}\r\n".encode() + text + b"\r\n")  # type: ignore[attr-defined]
        for text in (delta(finish="stop").encode(), DONE.encode()):
            line.send(f"{len(text):x}\r\n".encode() + text + b"\r\n")  # type: ignore[attr-defined]
        line.send(b"0\r\n\r\n")  # type: ignore[attr-defined]

    reply: ChatReply = await chat_with(answer, asking(), deadlines=PATIENT)
    timings = reply.timings
    assert timings.first_token is not None
    assert timings.last_token is not None
    assert timings.first_token == pytest.approx(wait, rel=0.15)
    measured = (tokens - 1) / (timings.last_token - timings.first_token)
    assert measured == pytest.approx((tokens - 1) / (sent[-1] - sent[0]), rel=0.10)
    assert reply.content_chunks == tokens


class _Open:
    """A line that an answer cannot end."""

    def __init__(self, line: object) -> None:
        self.send = line.send  # type: ignore[attr-defined]
        self.pause = line.pause  # type: ignore[attr-defined]

    def cut(self) -> None:
        """Leave it open."""


def test_a_target_is_cheap_to_make() -> None:
    started = time.perf_counter()
    for _ in range(1000):
        at("https://api.example.com/v1")
    assert time.perf_counter() - started < 1
