"""Judging the json probe: the whole answer must be JSON that fits the schema."""

import json
import re

from tui_registry.verification.judgement import Judgement, refused
from tui_registry.verification.questions import POPULATION
from tui_registry.wire import ChatReply

_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


def judge_json(reply: ChatReply, *, form: str) -> Judgement:
    """The verdict on the structured answer; `form` is what was asked for, json_schema or json_object.

    A fit under json_object alone is worth 0.7 and one wrapped in prose 0.3.
    """
    exchange = reply.exchange
    if exchange.outcome in ("params", "unsupported"):
        return Judgement("unsupported", exchange.outcome, "It does not take JSON output.", {"json": 0.0})
    if exchange.outcome != "ok":
        verdict = refused(exchange)
        return Judgement(verdict.status, verdict.outcome, verdict.sentence)
    whole = _fits(reply.text.strip())
    found = _OBJECT.search(reply.text)
    inner = not whole and found is not None and _fits(found.group())
    if whole:
        value, sentence = (1.0, "The answer fits the schema.")
        if form != "json_schema":
            value, sentence = (0.7, "The answer fits, but only JSON mode was taken, no schema.")
    elif inner:
        value, sentence = (0.3, "The answer fits once the text around it is taken off.")
    else:
        value, sentence = (0.0, "The answer is no JSON that fits the schema.")
    as_asked = _holds_what_was_asked(found.group() if found else "")
    if value and not as_asked:
        sentence = f"{sentence} Its values are not those that were asked for."
    status = "pass" if value == 1.0 else "partial" if value else "fail"
    return Judgement(
        status, "ok", sentence, {"json": value}, {"form": form, "whole": whole, "as_asked": as_asked}
    )


def _holds_what_was_asked(text: str) -> bool:
    """Whether it is the city and the number of the prompt; the score is for the form alone."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return "paris" in str(value.get("city")).lower() and value.get("population") == POPULATION


def _fits(text: str) -> bool:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(value, dict)
        and set(value) == {"city", "population"}
        and isinstance(value["city"], str)
        and _is_whole(value["population"])
    )


def _is_whole(value: object) -> bool:
    """Whether JSON Schema calls it an integer, as it does 2100000.0."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
