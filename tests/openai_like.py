"""A small service on loopback that answers as OpenAI-like providers do, and a registry that holds its key."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.conftest import Session
from tests.fault_server import DONE, Answer, Asked, Line, delta, event, routes, says_json, streams
from tests.registries import CANARY, done, model_draft, model_pricing_draft, provider_draft
from tui_registry.store import KnownProvider, Provider
from tui_registry.text import Secret
from tui_registry.verification import Options
from tui_registry.verification.questions import WORDS

USAGE = {"prompt_tokens": 40, "completion_tokens": 30}
NAME = "Here"


@dataclass
class OpenAiLike:
    """What the service has and does; a test changes the part it is about."""

    models: list[dict[str, object]] = field(default_factory=lambda: [{"id": "m-1"}, {"id": "m-2"}])
    key: str = CANARY
    words: str = " ".join(WORDS)
    pause: float = 0.0
    """Seconds before each answer to a prompt."""
    on_prompt: Callable[[Asked, Line], bool] | None = None
    """Is told of each prompt; True when it has answered itself."""

    @property
    def answer(self) -> Answer:
        """The whole service."""
        return routes({"/v1/models": self._list, "/v1/chat/completions": self._prompt})

    def _list(self, asked: Asked, line: Line) -> None:
        if asked.headers.get("authorization") == f"Bearer {self.key}":
            says_json({"object": "list", "data": self.models})(asked, line)
        else:
            says_json({"error": {"message": "bad key", "code": "invalid_api_key"}}, 401)(asked, line)

    def _prompt(self, asked: Asked, line: Line) -> None:
        if self.on_prompt is not None and self.on_prompt(asked, line):
            return
        if self.pause and not line.pause(self.pause):
            return
        body = asked.json
        if "tools" in body:
            function = {"name": "get_weather", "arguments": '{"city": "Paris"}'}
            _whole(body, None, tool_calls=[{"id": "1", "type": "function", "function": function}])(
                asked, line
            )
        elif "response_format" in body:
            _whole(body, '{"city": "Paris", "population": 2100000}')(asked, line)
        else:
            words = [delta(content=f"{word} ") for word in self.words.split()]
            streams([*words, delta("stop"), event({"choices": [], "usage": USAGE}), DONE])(asked, line)


def _whole(body: dict[str, object], text: str | None, **more: object) -> Answer:
    message = {"role": "assistant", "content": text, **more}
    reason = "tool_calls" if more else "stop"
    choice = {"index": 0, "message": message, "finish_reason": reason}
    return says_json({"model": body["model"], "choices": [choice], "usage": USAGE})


def add_provider(session: Session, url: str, *models: str, price: float | None = 1e-06) -> Provider:
    """A provider at this address with a key nobody has checked, and models; asked without long waits."""
    store = session.store
    known = KnownProvider(NAME, url, key_proof="GET /models", source="user")
    done(store, lambda write: write.add_known_provider(known))
    row = done(store, lambda write: write.add_provider(provider_draft(NAME, url)))
    done(store, lambda write: write.set_key(row, Secret(CANARY)))
    for model_id in models:
        _add_model(session, row, model_id, price)
    session.desk.asking = Options(clock=session.home.clock, confirm_after=0.0)
    return store.reads.provider_by_id(row.id)


def _add_model(session: Session, row: Provider, model_id: str, price: float | None) -> None:
    model = done(session.store, lambda write: write.add_model(row, model_draft(model_id)))
    if price is not None:
        draft = model_pricing_draft(price, price)
        done(session.store, lambda write: write.save_model_pricing(model, draft, None))
