"""Judging the chat probe: one streamed answer shows existence, speed, streaming and whether it was right."""

import re
from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from tui_registry.verification import scoring
from tui_registry.verification.judgement import Judgement, refused
from tui_registry.verification.questions import WORDS
from tui_registry.wire import ChatReply

RIGHT_FROM = 0.5
"""How much of the asked sequence makes an answer acceptable; random text has none of it."""

EVENT_STREAM = "text/event-stream"

_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_PIECES = re.compile(r"[a-z]+|\d+")
_MOST_PIECES = 2_000
_CLOSER = re.compile(r"(?:[-_@:.](?:v?\d+|latest|preview|exp|beta|free))*")
"""What a dated or otherwise more exact name adds; `-mini` is another model."""


def judge_chat(reply: ChatReply, *, model_id: str, listed: bool | None, asked_stream: bool) -> Judgement:
    """The verdict on the answer to the counting prompt.

    `listed` says whether the provider's list names the model, None when there is no list.
    """
    exchange = reply.exchange
    if exchange.outcome != "ok":
        return refused(exchange)
    answer = _THOUGHTS.sub("", reply.text).strip()
    right = counted(answer)
    scores = {"instruction": instruction(answer), "streaming": _streaming(reply, asked_stream)}
    if answer and right >= RIGHT_FROM and _served(reply.exchange.model_served, model_id, listed):
        scores["existence"] = 1.0
    scores["responsiveness"] = 1.0 if answer else 0.5 if _only_thought(reply) else 0.0
    rate, flags, tokens = decode_rate(reply)
    ttft = reply.timings.first_token if reply.streamed else None
    for name, value in (("latency", scoring.latency(ttft)), ("throughput", scoring.throughput(rate))):
        if value is not None:
            scores[name] = value
    status, sentence = _verdict(answer, right, scores["responsiveness"])
    served_as = other_name(exchange.model_served, model_id)
    if served_as is not None:
        sentence = f"{sentence} The answer names another model: {served_as}."
    if not reply.keeps_cap:
        sentence = f"{sentence} It went on past the tokens it was given."
    checks = {
        "answered": bool(answer),
        "right_words": round(right * len(WORDS)),
        "of_words": len(WORDS),
        "streamed": reply.streamed,
        "clean_end": reply.clean_end,
        "content_chunks": reply.content_chunks,
        "finish_reason": reply.finish_reason,
        "listed": listed,
        "keeps_cap": reply.keeps_cap,
        "served_as": served_as,
        "flags": flags,
    }
    return Judgement(
        status, "ok" if answer else "protocol", sentence, scores, checks, ttft, rate, tokens, _reasons(reply)
    )


def instruction(answer: str) -> float:
    """How much of the asked sequence stands at the start of an answer, in words or digits, 0 to 1."""
    return _run(_PIECES.findall(answer.lower())) / len(WORDS)


def counted(answer: str) -> float:
    """How much of the sequence stands anywhere in an answer, also after an introduction or as a list."""
    pieces = _PIECES.findall(answer.lower())[:_MOST_PIECES]
    first = (WORDS[0], "1")
    # a beginning that follows another one belongs to its run, however many there are
    starts = (
        place
        for place, (before, piece) in enumerate(pairwise(["", *pieces]))
        if piece in first and before not in first
    )
    return max((_run(pieces[start:]) for start in starts), default=0) / len(WORDS)


def _run(pieces: Sequence[str]) -> int:
    """How many numbers follow each other from one on; `1. one 2. two` counts each once."""
    right = 0
    for piece in pieces:
        if right < len(WORDS) and piece in (WORDS[right], str(right + 1)):
            right += 1
        elif not right or piece not in (WORDS[right - 1], str(right)):
            break
    return right


def other_name(served: str | None, asked: str) -> str | None:
    """The name that an answer gives its model, when it is not the asked one or a closer name for it."""
    if not served:
        return None
    name, wanted = (each.lower().rpartition("/")[2] for each in (served, asked))
    short, long = sorted((name, wanted), key=len)
    return None if long.startswith(short) and _CLOSER.fullmatch(long[len(short) :]) else served


def decode_rate(reply: ChatReply) -> tuple[float | None, list[str], int | None]:
    """Tokens per second, what limits the measurement, and the output tokens (estimated if not reported).

    A rate needs 16 tokens, 3 chunks and a quarter of a second; hidden reasoning leaves none.
    """
    usage, timings, flags = reply.exchange.usage, reply.timings, ["1 sample"]
    tokens = usage.output_tokens
    if tokens is None:
        written = len((reply.text + reply.reasoning_text).encode("utf-8", "replace"))
        tokens = ceil(written / 4)
        flags.append("estimated")
    if usage.reasoning_tokens and not reply.reasoning_text:
        return None, [*flags, "hidden reasoning"], tokens
    if not reply.streamed or timings.first_token is None or timings.last_token is None:
        return None, flags, tokens
    span = timings.last_token - timings.first_token
    if tokens < 16 or reply.content_chunks < 3 or span < 0.25:
        return None, [*flags, "burst"], tokens
    return (tokens - 1) / span, flags, tokens


def _streaming(reply: ChatReply, asked: bool) -> float:
    if not asked or not reply.streamed or not reply.content_chunks:
        return 0.0
    # sent under another type, some clients do not take it for a stream
    declared = reply.exchange.headers.get("content-type", EVENT_STREAM).startswith(EVENT_STREAM)
    return 1.0 if reply.content_chunks >= 2 and reply.clean_end and declared else 0.5


def _served(served: str | None, model_id: str, listed: bool | None) -> bool:
    """Whether the answer shows that this very model exists.

    A server that echoes any id proves nothing with it; a more exact name for an unlisted id does.
    """
    if listed:
        return True
    if served is None:
        return False
    name, asked = served.lower(), model_id.lower()
    return listed is None if name == asked else asked in name or name in asked


def _only_thought(reply: ChatReply) -> bool:
    return bool(reply.reasoning_text or reply.text.strip()) or reply.finish_reason == "length"


def _reasons(reply: ChatReply) -> bool | None:
    """True when reasoning was seen; its absence in one short answer proves nothing."""
    thought = reply.reasoning_text or "<think>" in reply.text or reply.exchange.usage.reasoning_tokens
    return True if thought else None


def _verdict(answer: str, right: float, responsiveness: float) -> tuple[str, str]:
    words = f"{round(right * len(WORDS))} of {len(WORDS)} words right"
    if not answer:
        if responsiveness:
            return "partial", "It spent all its tokens on reasoning and gave no answer."
        return "fail", "The answer was empty."
    if right >= RIGHT_FROM:
        return "pass", f"It answered, {words}."
    return "partial", f"It answered, but not what was asked: {words}."
