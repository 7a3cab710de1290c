"""The input widgets of a form: a line of text, a key, a choice and a check box."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select
from textual.widgets.input import Selection

from tui_registry.text import Secret, is_showable, read_pasted_key
from tui_registry.ui.words import plain

LONGEST = 4096
"""Characters a line of text takes; what may be stored is shorter, and the draft says so."""

DOTS = "•" * 12
"""What stands for any key, whatever its length."""

REVEAL_SECONDS = 10.0
"""How long a key stays readable after it was asked for."""


class Noted(Message):
    """A field has something to say about what was put in; nothing of it was lost or run."""

    def __init__(self, control: Widget, sentence: str, refused: bool) -> None:
        """Keep the sentence and whether the input was refused."""
        super().__init__()
        self.field = control
        self.sentence = sentence
        self.refused = refused

    @property
    def control(self) -> Widget:
        """The field that speaks."""
        return self.field


class TextField(Input):
    """One line of text without blinking, selecting on focus, or trust in what is pasted."""

    def __init__(self, value: str = "", *, id: str | None = None, password: bool = False) -> None:
        """A field that holds `value`."""
        super().__init__(value, id=id, password=password, select_on_focus=False, compact=True)
        self.cursor_blink = False
        self.max_length = LONGEST

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.take(event.text)

    def action_paste(self) -> None:
        """Paste what was copied inside the app, by the same rules."""
        self.take(self.app.clipboard)

    def take(self, text: str) -> None:
        """Insert pasted text if it is one line that can be shown; else say what to do."""
        line = text.strip()
        room = LONGEST - len(self.value) + len(self.selected_text)
        if len(line) > room:
            self.refuse(f"That text has {len(line):,} characters; {room:,} fit here. Nothing was inserted.")
        elif len(line.splitlines()) > 1:
            self.refuse("That text has several lines; paste one line. Nothing was inserted.")
        elif not is_showable(line):
            self.refuse("That text holds control characters; paste plain text. Nothing was inserted.")
        elif line:
            self.replace(line, *self.selection)

    def refuse(self, sentence: str) -> None:
        """Say why the input was not taken."""
        self.post_message(Noted(self, sentence, refused=True))

    def restricted(self) -> None:
        """Say that the field is full, where the stock field rings the bell."""
        self.refuse(f"No more than {LONGEST:,} characters fit here.")


class SecretField(TextField):
    """A key: dots that do not tell its length, nothing to copy, readable for ten seconds on request."""

    ALLOW_SELECT = False

    revealed: var[bool] = var(False)

    def __init__(
        self, *, id: str | None = None, local: bool = False, seconds: float = REVEAL_SECONDS
    ) -> None:
        """An empty field; `local` takes short tokens, `seconds` is how long a reveal lasts."""
        super().__init__(id=id, password=True)
        self._local = local
        self._seconds = seconds
        self._hiding: Timer | None = None

    def take(self, text: str) -> None:
        """Replace the key by the one in pasted text, and say what was taken off around it."""
        try:
            secret, note = read_pasted_key(text, local=self._local)
        except ValueError as refusal:
            self.refuse(str(refusal))
            return
        self.value = secret.reveal()
        self.cursor_position = len(self.value)
        if note:
            self.post_message(Noted(self, note, refused=False))

    def secret(self) -> Secret:
        """What is in the field now."""
        return Secret(self.value)

    def toggle(self) -> None:
        """Show the key for a while, or hide it at once."""
        self.revealed = not self.revealed

    def watch_revealed(self, revealed: bool) -> None:
        """Start or stop the time a key is readable."""
        if self._hiding is not None:
            self._hiding.stop()
        self._hiding = self.set_timer(self._seconds, self.hide) if revealed else None
        self.password = not revealed
        self.cursor_position = len(self.value)
        self.refresh()

    def hide(self) -> None:
        """Back to dots."""
        self.revealed = False

    def on_blur(self) -> None:
        """A key is never left readable behind the cursor."""
        self.hide()

    def on_unmount(self) -> None:
        """Let go of the key with the form."""
        self.set_reactive(Input.value, "")

    def validate_selection(self, selection: Selection) -> Selection:
        """While hidden the cursor stays at the end, as a place inside would tell the length."""
        if not self.revealed:
            return Selection.cursor(len(self.value))
        return super().validate_selection(selection)

    @property
    def _value(self) -> Text:
        if self.revealed:
            return Text(self.value, no_wrap=True, overflow="ignore", end="")
        return Text(DOTS if self.value else "", no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return super()._position_to_cell(position) if self.revealed else len(DOTS if self.value else "")

    def action_copy(self) -> None:
        """Nothing: a key does not go to a clipboard."""

    def action_cut(self) -> None:
        """Nothing: a key does not go to a clipboard."""


class PassphraseField(SecretField):
    """A passphrase: hidden as a key is, and taken as it is typed or pasted, blanks and quotes included."""

    def take(self, text: str) -> None:
        """Replace what is there by the first line of pasted text."""
        lines = text.splitlines()
        if len(lines) > 1 and any(lines[1:]):
            self.refuse("That text has several lines; paste one line. Nothing was inserted.")
        elif lines:
            self.value = lines[0]
            self.cursor_position = len(self.value)


class ChoiceField(Select[str], inherit_bindings=False):
    """A list to choose from that only enter and space open, so that arrows move between fields."""

    BINDINGS: ClassVar = [Binding("enter,space", "show_overlay", "Open", show=False)]

    def __init__(self, options: Sequence[tuple[str, str]], value: str, *, id: str | None = None) -> None:
        """A choice of (text, words) pairs; a value that is not among them is kept as one more."""
        self._offered = known = frozenset(text for text, _ in options)
        extra = [(value, value)] if value and value not in known else []
        blank = not value and value not in known
        super().__init__(
            [(plain(words), text) for text, words in [*options, *extra]],
            prompt="choose",
            value=Select.NULL if blank else value,
            allow_blank=blank,
            compact=True,
            id=id,
        )

    def choose(self, text: str) -> None:
        """Choose a text that is offered."""
        if text in self._offered:
            self.value = text

    @property
    def text(self) -> str:
        """The chosen text; empty when nothing is chosen."""
        return self.selection or ""


class CheckField(Checkbox, inherit_bindings=False):
    """A check box that reads `[x]` or `[ ]`; space toggles it, enter goes on."""

    BINDINGS: ClassVar = [
        Binding("space", "toggle_button", "Toggle", show=False),
        Binding("enter", "screen.next_field", "Next", show=False),
    ]

    def __init__(self, label: str, on: bool, *, id: str | None = None) -> None:
        """A box with its words at the right."""
        super().__init__(plain(label), on, compact=True, id=id)

    @property
    def _button(self) -> Content:
        style = self.get_visual_style("toggle--button")
        return Content.assemble(("[x]" if self.value else "[ ]", style))
