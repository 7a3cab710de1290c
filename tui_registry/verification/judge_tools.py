"""Judging the tools probe: the right tool must be called with arguments that can be used."""

import json
import re
from collections.abc import Mapping

from tui_registry.verification.judgement import Judgement, gate, refused
from tui_registry.verification.questions import TOOL
from tui_registry.wire import ChatReply, ToolCall

_PARIS = re.compile("paris", re.IGNORECASE)


def judge_tools(reply: ChatReply, *, choice: str, as_objects: bool = False) -> Judgement:
    """The verdict on the weather question; `choice` is how strongly the tool had to be asked for.

    `as_objects` says that the dialect sends arguments as objects, where others send JSON text.
    """
    exchange = reply.exchange
    if exchange.outcome in ("params", "unsupported"):
        return Judgement("unsupported", exchange.outcome, "It does not take tools.", {"tools": 0.0})
    if exchange.outcome != "ok":
        return _without_responsiveness(refused(exchange))
    call = next((call for call in reply.tool_calls if call.name == TOOL.name), None)
    value, sentence = _value(reply, call, as_objects)
    if value == 1.0 and choice != "required":
        value, sentence = 0.5, f"It called the tool, but only with tool_choice {choice}."
    checks = {
        "calls": [each.name for each in reply.tool_calls[:5]],
        "choice": choice,
        "finish_reason": reply.finish_reason,
    }
    return Judgement(gate(value), "ok", sentence, {"tools": value}, checks)


def _value(reply: ChatReply, call: ToolCall | None, as_objects: bool) -> tuple[float, str]:
    if call is None:
        named = reply.tool_calls[0].name if reply.tool_calls else None
        return 0.0, f"It called {named} instead of the tool." if named else "It called no tool."
    arguments = call.arguments
    if isinstance(arguments, str):
        try:
            parsed = json.loads(arguments)
        except (ValueError, RecursionError):
            return 0.0, "It called the tool with arguments that are no JSON."
        if not isinstance(parsed, dict):
            return 0.0, "It called the tool with arguments that are no object."
        arguments = parsed
        as_text = True
    else:
        as_text = False
    if not isinstance(arguments, Mapping) or not isinstance(arguments.get("city"), str):
        return 0.0, "It called the tool without the city."
    if not _PARIS.search(str(arguments["city"])):
        return 0.5, "It called the tool with another city."
    if not as_text and not as_objects:
        return 0.5, "It called the tool with an object instead of JSON text."
    return 1.0, "It called the tool with the right city."


def _without_responsiveness(verdict: Judgement) -> Judgement:
    """A soft failure of a feature probe says nothing about answering, which the chat probe measures."""
    return Judgement(verdict.status, verdict.outcome, verdict.sentence)
