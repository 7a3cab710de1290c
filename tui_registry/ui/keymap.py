"""Every key of the app, declared once: screens, the key page, the README and `keys` read it from here."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One action's keys, its word in the footer and its sentence on the key page."""

    id: str
    keys: str
    word: str
    help: str
    group: str
    shown: bool = False
    joins: bool = False
    """Whether the key page shows it on the line of the key before it."""

    @property
    def names(self) -> tuple[str, ...]:
        """The key names as Textual spells them."""
        return tuple(self.keys.split(","))


KEYS: tuple[Key, ...] = (
    Key("list.down", "j,down", "Down", "down", "Move"),
    Key("list.up", "k,up", "Up", "up", "Move", joins=True),
    Key("list.first", "g,home", "First", "first", "Move"),
    Key("list.last", "G,end", "Last", "last", "Move", joins=True),
    Key("list.page_down", "pagedown", "Page down", "page down", "Move"),
    Key("list.page_up", "pageup", "Page up", "up", "Move", joins=True),
    Key("list.half_down", "ctrl+d", "Half page down", "half a page down", "Move"),
    Key("list.half_up", "ctrl+u", "Half page up", "up", "Move", joins=True),
    Key("view.1", "1", "Providers", "providers", "Move"),
    Key("view.2", "2", "Models", "models", "Move", joins=True),
    Key("view.3", "3", "Prices", "prices", "Move", joins=True),
    Key("view.4", "4", "Limits", "limits", "Move", joins=True),
    Key("view.5", "5", "History", "history", "Move", joins=True),
    Key("view.previous", "left_square_bracket", "Previous view", "previous", "Move"),
    Key("view.next", "right_square_bracket", "Next view", "next view", "Move", joins=True),
    Key("view.last", "minus", "Back and forth", "the view you came from", "Move"),
    Key("record.open", "enter", "Open", "open the record", "Record"),
    Key("record.edit", "e", "Edit", "edit in a form", "Record", True),
    Key("record.edit_text", "E", "As text", "as text in $EDITOR", "Record", joins=True),
    Key("record.new", "n,a", "New", "new record", "Record", True),
    Key("record.clone", "c", "Clone", "clone into a new form", "Record", joins=True),
    Key("record.delete", "d", "Delete", "delete (asks, then y)", "Record", True),
    Key("record.key", "K", "Key", "API key: set, move, remove", "Record", True),
    Key("record.price", "p", "Price", "price", "Record", True),
    Key("record.limits", "l", "Limits", "rate limits", "Record", True),
    Key("record.toggle", "t", "On/off", "activate or deactivate", "Record"),
    Key("record.models", "m", "Models", "its models", "Record"),
    Key("verify.one", "v", "Verify", "verify (asks first)", "Record", True),
    Key("verify.all", "V", "Verify all", "all shown", "Record", joins=True),
    Key("verify.resume", "R", "Resume", "resume the run cut off or stopped", "Record"),
    Key("verify.stop", "x", "Stop", "stop the run", "Record", True, joins=True),
    Key("record.discover", "D", "Discover", "the provider's own list of models", "Record"),
    Key("discovery.apply", "A", "Take in", "on that list: take it in", "Record", True, joins=True),
    Key("record.copy", "y", "Copy", "copy: id, URL, price, JSON, curl", "Record", True),
    Key("mark.toggle", "space", "Mark", "mark and go down", "Record"),
    Key("mark.all", "asterisk", "Mark all", "mark all shown, or none", "Record"),
    Key("mark.compare", "C", "Compare", "compare 2 to 4 marked models", "Record"),
    Key("catalog.import", "i", "Import", "import the bundled catalogue", "Record"),
    Key("catalog.file", "f", "Import file", "a file", "Record", joins=True),
    Key("catalog.take_over", "T", "Take over", "take over this shell's keys", "Record"),
    Key("registry.export", "w", "Export", "write an export for another tool", "Record"),
    Key("list.filter", "slash", "Filter", "filter", "List", True),
    Key("sort.menu", "s", "Sort", "sort menu", "List", True),
    Key("sort.reverse", "S", "Reverse", "reverse", "List", joins=True),
    Key("sort.left", "less_than_sign", "Sort left", "sort by previous", "List"),
    Key("sort.right", "greater_than_sign", "Sort right", "next column", "List", joins=True),
    Key("app.reload", "r", "Reload", "reload from the file", "List"),
    Key("pane.zoom", "z", "Zoom", "zoom the pane, and back", "List"),
    Key("app.redraw", "ctrl+l", "Redraw", "redraw; lock (with a passphrase)", "App"),
    Key("app.commands", "colon,ctrl+p", "Commands", "commands", "App"),
    Key("app.keys", "question_mark,f1", "Keys", "this page", "App", True),
    Key("help.topics", "h", "Help topics", "on this page: help topics", "App", True),
    Key("app.back", "escape", "Back", "close, clear, back", "App"),
    Key("app.quit", "q", "Quit", "back; at the top: quit", "App", True),
    Key("app.quit_now", "ctrl+q", "Quit", "quit", "App"),
    Key("app.copy_or_quit", "ctrl+c", "Quit", "twice: quit", "App"),
    Key("app.suspend", "ctrl+z", "Shell", "to the shell", "App"),
    Key("form.next", "tab,down", "Next", "next", "Form"),
    Key("form.previous", "shift+tab,up", "Previous", "previous field", "Form", joins=True),
    Key("form.save", "ctrl+s,f2", "Save", "check and save", "Form", True),
    Key("form.fix", "ctrl+f", "Take", "take the suggestion", "Form", True),
    Key("form.reveal", "ctrl+t", "Show key", "show the key for 10 s", "Form", True),
    Key("form.cancel", "escape", "Close", "leave (asks if changed)", "Form", True),
)

WRITES = frozenset(
    {
        *(f"record.{word}" for word in ("edit", "edit_text", "new", "clone", "delete")),
        *("record.key", "record.price", "record.limits", "record.toggle"),
        *("catalog.import", "catalog.file", "catalog.take_over", "record.discover"),
        *("verify.one", "verify.all", "verify.resume"),
    }
)
"""Actions that change the registry; they are dim while it is open for reading only."""

BY_ID = {key.id: key for key in KEYS}

_RENAMED = {"solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at"}
_RENAMED |= {"hyphen_minus": "minus", "plus_sign": "plus", "low_line": "underscore"}


def _spelled(character: str) -> str:
    name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
    return _RENAMED.get(name, name)


CHARACTERS = {_spelled(chr(code)): chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum()}
"""The characters whose keys Textual knows by a name."""

_PRINTED = CHARACTERS | {"down": "↓", "up": "↑", "pagedown": "pgdn", "pageup": "pgup", "escape": "esc"}
_SPELLED = {written: name for name, written in _PRINTED.items()}


def printed(name: str, ascii_only: bool = False) -> str:
    """A key as people write it: `question_mark` is `?`; an arrow that cannot be drawn is its word."""
    written = _PRINTED.get(name, name)
    return name if ascii_only and not written.isascii() else written


def spelled(written: str) -> str:
    """A key as Textual names it: `?` is `question_mark`."""
    return _SPELLED.get(written, written)


def printed_keys(key: Key) -> str:
    """All keys of an action as people write them, with a space between."""
    return " ".join(printed(name) for name in key.names)


def lines(keys: Iterable[Key]) -> list[list[Key]]:
    """The keys that share a line wherever the map is shown: a key that joins stands beside the one before."""
    shared: list[list[Key]] = []
    for key in keys:
        if key.joins and shared:
            shared[-1].append(key)
        else:
            shared.append([key])
    return shared
