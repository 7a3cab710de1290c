"""Textual bindings made from the key map, so that no key is written twice."""

from textual.binding import Binding

from tui_registry.ui.keymap import BY_ID, printed


def bind(
    key_id: str, action: str, *, word: str | None = None, shown: bool | None = None, priority: bool = False
) -> Binding:
    """The binding of a key map entry to `action`; `word` replaces its word, `priority` passes dialogs."""
    key = BY_ID[key_id]
    return Binding(
        key.keys,
        action,
        word or key.word,
        show=key.shown if shown is None else shown,
        key_display=printed(key.names[0]),
        tooltip=key.help,
        priority=priority,
        id=key.id,
    )
