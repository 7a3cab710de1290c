"""What proofs say of a provider's key, and of a model on its provider's list and in answers, as lines."""

import json

from tui_registry.store import Model, Provider
from tui_registry.ui.desk import Desk
from tui_registry.ui.records.history_lines import Line
from tui_registry.ui.words import ago
from tui_registry.vault import KeyState

KEY_CHECK_WORDS = {
    "pass": "accepted",
    "fail": "rejected",
    "partial": "not proved",
    "blocked": "not usable now",
    "error": "could not be checked",
}
"""What the status of a key's last check means for the key."""


def key_lines(desk: Desk, row: Provider) -> list[Line]:
    """A provider's key: its state, whether its check passed, and what the last check said."""
    words = desk.key_words(row.api_key_encrypted, row.endpoint, row.uuid)
    if words != KeyState.SET.value:
        return [("Key", words)]
    checks = desk.store.reads.results(provider_id=row.id, test_type="key", limit=1)
    last = checks[0] if checks and checks[0].key_fingerprint == row.key_fingerprint else None
    if last is None:
        return [("Key", "set, checked" if row.key_validated_at else "set, not checked yet")]
    known = "checked" if row.key_validated_at else "not proved"
    ended = KEY_CHECK_WORDS.get(last.status, last.status)
    sentence = sentence_of(last.evidence)
    told: list[Line] = [("", sentence)] if sentence and last.status != "pass" else []
    return [("Key", f"set, {known}; {ended} {ago(last.created_at, desk.clock())}"), *told]


def seen_lines(desk: Desk, row: Model) -> list[Line]:
    """Two facts that need not agree: whether its provider lists the model, and whether it answered."""
    seen = desk.store.proofs.observation(row.id)
    if seen is None:
        return []
    now = desk.clock()
    listed = "never seen on its provider's list"
    if seen.unlisted_at is not None:
        listed = f"not any more, since {ago(seen.unlisted_at, now)}"
    elif seen.listed_at is not None:
        listed = f"yes, seen {ago(seen.listed_at, now)}"
    served = "no answer yet" if seen.served_at is None else f"yes, answered {ago(seen.served_at, now)}"
    return [("Listed", listed), ("Served", served)]


def sentence_of(evidence: str | None) -> str | None:
    """The sentence that a result's evidence holds, if it does."""
    if evidence is None:
        return None
    held = json.loads(evidence)
    sentence = held.get("sentence") if isinstance(held, dict) else None
    return sentence if isinstance(sentence, str) else None
