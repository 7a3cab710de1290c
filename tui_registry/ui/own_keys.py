"""Keys of a person's own: what a settings file may bind, which clashes it makes, and the map that holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from string import ascii_lowercase

from tui_registry.text import clean
from tui_registry.ui.keymap import BY_ID, CHARACTERS, KEYS, Key, printed, spelled

EVERYWHERE = frozenset({"app.quit_now", "app.redraw", "app.suspend", "app.keys", "app.quit"})
"""Actions that work in forms as they do in lists."""

BEFORE_TYPING = frozenset({"app.quit_now", "app.redraw", "app.suspend"})
"""Actions whose keys no field sees."""

TYPED_WITH = frozenset("acdekuvwx")
"""Letters that edit a line of text when pressed with ctrl."""

_ARRIVES_AS = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "esc",
    "alt+enter": "enter",
}

_MOVING = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete")
_NAMED = frozenset(
    {
        *_MOVING,
        *(f"{held}+{name}" for name in _MOVING for held in ("ctrl", "shift")),
        *(f"f{number}" for number in range(1, 25)),
        *(f"ctrl+{letter}" for letter in ascii_lowercase),
        *("enter", "escape", "space", "tab", "shift+tab", "backspace", "ctrl+backslash", "ctrl+underscore"),
        "ctrl+right_square_bracket",
    }
)


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """The keys that hold for each binding's id where they are not the usual ones, and what was refused."""

    keymap: Mapping[str, str]
    complaints: tuple[str, ...] = ()
    ascii_only: bool = False

    def names(self, key: Key) -> tuple[str, ...]:
        """The keys of an action as they are bound."""
        return tuple(self.keymap.get(key.id, key.keys).split(","))

    def first(self, key_id: str) -> str:
        """The key by which a sentence names an action, as people write it."""
        return printed(self.names(BY_ID[key_id])[0], self.ascii_only)

    def untyped(self, key_id: str) -> str:
        """The key by which a sentence names an action where letters and signs are typed, if there is one."""
        names = self.names(BY_ID[key_id])
        return printed(next((name for name in names if not _is_character(name)), names[0]), self.ascii_only)

    def printed(self, key: Key) -> str:
        """The same as people write them, with a space between."""
        return " ".join(printed(name, self.ascii_only) for name in self.names(key))


USUAL_KEYS = OwnKeys({})
"""The keys of who has set none."""


def own_keys(wanted: Mapping[str, str], places: Mapping[str, str] | None = None) -> OwnKeys:
    """The key map after a person's wishes; what cannot be followed keeps its usual keys and is told.

    `places` says where each wish stands, to begin its sentence with.
    """
    said = places or {}
    keymap: dict[str, str] = {}
    complaints = []
    for key_id, text in wanted.items():
        try:
            keymap[key_id] = ",".join(_checked(key_id, text))
        except ValueError as refusal:
            complaints.append(f"{said.get(key_id, 'config.toml')}: {refusal}")
    while clashes := _clashes(OwnKeys(keymap)):
        first, second, name = clashes[0]
        where = said.get(second if second in keymap else first, "config.toml")
        complaints.append(
            f"{where}: {first} and {second} would both use {printed(name)}, so they keep their usual keys."
        )
        keymap.pop(first, None)
        keymap.pop(second, None)
    return OwnKeys(keymap, tuple(complaints))


def _checked(key_id: str, text: str) -> list[str]:
    """The names of an action's wished keys; raises ValueError."""
    if key_id not in BY_ID:
        shown = clean(key_id, limit=40)
        raise ValueError(f"there is no binding {shown}.{_nearest(key_id)} `tui-registry keys` lists them.")
    names = [_name(each) for each in _parts(text)]
    if not names:
        raise ValueError(f'{key_id} needs a key, for example "{printed(BY_ID[key_id].names[0])}".')
    for name in names:
        _refuse_typed(key_id, name)
    return names


def _parts(text: str) -> list[str]:
    """The keys of a comma-separated text; a comma that stands alone is the comma itself."""
    if text.strip() == ",":
        return [","]
    return [part.strip() or part[:1] for part in text.split(",") if part]


def _name(written: str) -> str:
    """A key as the app spells it: `?` is `question_mark`; raises ValueError for one that never arrives."""
    held, plus, last = written.rpartition("+") if len(written) > 1 else ("", "", written)
    name = f"{held.lower()}{plus}{spelled(last if len(last) == 1 and not plus else last.lower())}"
    if name in _ARRIVES_AS:
        raise ValueError(f"{written} arrives as {_ARRIVES_AS[name]} in terminals. Choose another key.")
    if name in _NAMED or _is_character(name):
        return name
    if name.startswith(("alt+", "super+", "meta+")) or name.count("+") > 1 or name == "ctrl+space":
        raise ValueError(f"{clean(written)} does not arrive in every terminal. Choose another key.")
    near = get_close_matches(name, sorted({*_NAMED, *map(printed, _NAMED)}), n=1)
    hint = f" Did you mean {near[0]}?" if near else " `tui-registry keys --check` tells a key's name."
    raise ValueError(f"{clean(written, limit=40)} is no key.{hint}")


def _is_character(name: str) -> bool:
    """Whether a name stands for a character that one types."""
    return name in CHARACTERS or (len(name) == 1 and name.isalnum())


def _refuse_typed(key_id: str, name: str) -> None:
    """Raise ValueError for a key that a field would swallow, or that would swallow what is typed."""
    in_form, is_typed = key_id.startswith("form."), _is_character(name) or name in ("space", "backspace")
    if is_typed and (in_form or key_id in BEFORE_TYPING):
        raise ValueError(f"{key_id} cannot be {printed(name)}, which is typed into fields.")
    if (in_form or key_id in BEFORE_TYPING) and name.startswith("ctrl+") and name[5:] in TYPED_WITH:
        raise ValueError(f"{key_id} cannot be {name}, which edits the line in a field.")


def _clashes(held: OwnKeys) -> list[tuple[str, str, str]]:
    """Pairs of actions, one of them changed, that one key would mean at the same time, and the key."""
    found: list[tuple[str, str, str]] = []
    for place, first in enumerate(KEYS):
        for second in KEYS[place + 1 :]:
            if not _live_together(first.id, second.id) or not {first.id, second.id} & held.keymap.keys():
                continue
            shared = sorted(set(held.names(first)) & set(held.names(second)))
            found.extend((first.id, second.id, name) for name in shared)
    return found


def _live_together(first: str, second: str) -> bool:
    """Whether both can be pressed on one screen; one letter means one thing in all lists."""
    if first in EVERYWHERE or second in EVERYWHERE:
        return True
    return first.startswith("form.") == second.startswith("form.")


def _nearest(key_id: str) -> str:
    near = get_close_matches(key_id, list(BY_ID), n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else ""
