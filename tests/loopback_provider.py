"""A provider on loopback with real sockets, and a shell that asks it without waiting between tries."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from tests.commanding import Shell
from tests.fault_server import DONE, Answer, Asked, FaultServer, Line, event, says_json, streams
from tests.registries import CANARY, SetClock
from tui_registry.cli.command import registry
from tui_registry.cli.opening import Surroundings
from tui_registry.verification import Options
from tui_registry.verification.questions import WORDS

NAME = "In House"


@dataclass
class Provider:
    """What the server does: an openai-like service that knows one key and answers rightly.

    `instead` holds another answer for a model's chat, or for a path.
    """

    models: list[Any] = field(default_factory=lambda: ["m-1"])
    key: str = CANARY
    public_list: bool = False
    instead: dict[str, Answer] = field(default_factory=dict)

    def __call__(self, asked: Asked, line: Line) -> None:
        """Answer one request."""
        self._answer(asked)(asked, line)

    def _answer(self, asked: Asked) -> Answer:
        if asked.path in self.instead:
            return self.instead[asked.path]
        known = asked.headers.get("authorization") == f"Bearer {self.key}"
        if not known and not (self.public_list and asked.method == "GET"):
            return refuses("invalid api key", 401)
        if asked.method == "GET":
            entries = [each if isinstance(each, dict) else {"id": each} for each in self.models]
            return says_json({"object": "list", "data": entries})
        model = str(asked.json["model"])
        if model in self.instead:
            return self.instead[model]
        return right_answer(asked)


def right_answer(asked: Asked) -> Answer:
    """What a good model says to a probe."""
    body = asked.json
    if "tools" in body:
        call = {"name": "get_weather", "arguments": '{"city": "Paris"}'}
        return answers(body, tool_calls=[{"id": "1", "type": "function", "function": call}])
    if "response_format" in body:
        return answers(body, content='{"city": "Paris", "population": 2100000}')
    return counts(body)


def counts(body: Mapping[str, object], words: tuple[str, ...] = WORDS) -> Answer:
    """The chat's answer as a stream."""
    chunks = [{"choices": [{"index": 0, "delta": {"content": f"{word} "}}]} for word in words]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    chunks.append({"choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 30}})  # type: ignore[dict-item]
    return streams([*(event({"model": body["model"], **chunk}) for chunk in chunks), DONE])


def answers(body: Mapping[str, object], **message: object) -> Answer:
    """A whole answer."""
    reason = "tool_calls" if "tool_calls" in message else "stop"
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": reason}
    usage = {"prompt_tokens": 40, "completion_tokens": 30}
    return says_json({"model": body["model"], "choices": [choice], "usage": usage})


def refuses(message: str, status: int, code: str | None = None) -> Answer:
    """An error in the usual shape."""
    return says_json({"error": {"message": message, "code": code}}, status)


async def at_once(_seconds: float) -> None:
    """A pause that takes no time."""
    await asyncio.sleep(0)


@dataclass
class AskingShell(Shell):
    """A shell whose commands repeat calls without waiting in between."""

    def run(self, *words: str, typed: str | None = None) -> Result:
        """What a command did, whatever it was; a traceback fails the test."""
        asking = Options(clock=self.clock, sleep=at_once)
        return CliRunner().invoke(
            registry,
            ["--home", str(self.root), *words],
            input=typed,
            obj=Surroundings(dict(self.environ), self.clock, asking),
            catch_exceptions=False,
        )

    def lines(self, *words: str, code: int = 0) -> list[dict[str, Any]]:
        """The objects a command printed, one a line, with this exit code; each line is ASCII JSON."""
        result = self.run(*words, "--json")
        assert result.exit_code == code, result.output
        assert result.stdout.isascii()
        return [json.loads(line, parse_constant=no_such_number) for line in result.stdout.splitlines()]

    def statuses(self) -> list[tuple[str | None, str, str]]:
        """Model, probe and status of every result, oldest first."""
        rows = self.json("history", "--limit", "1000")
        return [(row["model"], row["test_type"], row["status"]) for row in reversed(rows)]


def no_such_number(text: str) -> None:
    """Refuse NaN and infinities, which JSON does not have."""
    raise AssertionError(f"{text} is no JSON")


@contextmanager
def served(
    root: Path, provider: Provider | None = None
) -> Iterator[tuple[AskingShell, FaultServer, Provider]]:
    """A home with the provider, its key and its models in it, and the server behind it, asked nothing yet."""
    provider = provider or Provider()
    with FaultServer(provider) as server:
        shell = AskingShell(root, clock=SetClock())
        shell.done("provider", "add", NAME, "--custom", "--endpoint", server.url)
        shell.done("key", "set", NAME, typed=provider.key)
        for model in provider.models:
            shell.done("model", "add", NAME, str(model))
        yield shell, server, provider
