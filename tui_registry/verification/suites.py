"""Which probes a suite holds, and which models have none."""

import re
from typing import Literal

from tui_registry.errors import InvalidInput

Probe = Literal["key", "chat", "tools", "json", "embeddings", "benchmark"]
"""The kinds of probes; they are the `test_type` of their results."""

SUITES: dict[str, tuple[Probe, ...]] = {
    "quick": ("key", "chat"),
    "standard": ("key", "chat", "tools", "json"),
    "full": ("key", "chat", "tools", "json", "benchmark"),
}
"""Each suite with its probes in order; the key is probed once per provider."""

_CHAT_MODES = frozenset(
    {"chat", "completion", "responses", "language", "text", "text-generation", "generate"}
)
_EMBEDDING_MODES = frozenset({"embedding", "embeddings"})
_OTHER_KINDS = re.compile(
    r"(?:^|[^a-z])(?:re-?rank\w*|whisper\w*|tts|image\w*|moderation|\w*guard)(?:[^a-z]|$)", re.IGNORECASE
)
_EMBEDDING_KIND = re.compile(r"embed", re.IGNORECASE)


def suite_probes(suite: str) -> tuple[Probe, ...]:
    """The probes of a suite; raises InvalidInput for a name that is none."""
    try:
        return SUITES[suite]
    except KeyError:
        raise InvalidInput({"suite": f"Choose one of the suites {', '.join(SUITES)}."}) from None


def model_probes(suite: str, model_id: str, mode: str | None) -> tuple[tuple[Probe, ...], str | None]:
    """The probes for one model and None, or no probes and why; `mode` is what its provider calls it."""
    kind = (mode or "").lower()
    if kind in _EMBEDDING_MODES or (not kind and _EMBEDDING_KIND.search(model_id)):
        return ("embeddings",), None
    if (kind and kind not in _CHAT_MODES) or (not kind and _OTHER_KINDS.search(model_id)):
        return (), f"not a chat model ({kind})" if kind else "not a chat model by its name"
    return tuple(probe for probe in suite_probes(suite) if probe != "key"), None
