"""One field of a form on screen: its mark, label, input, hint, and the line under it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, Static

from tui_registry.text import cut_middle, width
from tui_registry.ui.forms.fields import CheckField, ChoiceField, PassphraseField, SecretField, TextField
from tui_registry.ui.forms.form_remarks import Under
from tui_registry.ui.forms.form_values import OFF, ON, Field
from tui_registry.ui.words import plain

if TYPE_CHECKING:
    from tui_registry.ui.forms.lines_field import LinesField

Control: TypeAlias = "TextField | LinesField | ChoiceField | CheckField"

WAS_WIDTH = 24
"""Cells that a loaded value takes in the hint."""


class FieldRow(Vertical):
    """One field: what it asks, what is in it, how that is read, and what is wrong with it."""

    class Edited(Message):
        """The text of a field became another."""

    @dataclass
    class Left(Message):
        """The focus went away from a field."""

        row: "FieldRow"

    def __init__(self, field: Field, text: str, label_width: int, reveal_seconds: float) -> None:
        """A row for `field` that starts with `text`; labels take `label_width` cells."""
        super().__init__(classes=f"-{field.kind}")
        self.field = field
        self._label_width = label_width
        self._control = _control(field, text, reveal_seconds)
        self._loaded = text
        self._whole = field.kind in ("check", "secret") or (
            field.kind in ("text", "lines") and not field.hint and field.echo is None
        )
        self._shown: tuple[str, str, Under | None] | None = None
        self.set_class(self._whole, "-whole")

    def compose(self) -> ComposeResult:
        """Mark, label, input and hint on one line, what is to be said about them under it."""
        label = Static(plain(_label(self.field)), classes="field-label", markup=False)
        label.styles.width = self._label_width
        under = Static(classes="field-under", markup=False)
        under.styles.padding = (0, 0, 0, self._label_width + 3)
        with Horizontal(classes="field-line"):
            yield Static("▸", classes="field-mark", markup=False)
            yield label
            yield self._control
            yield Static(classes="field-hint", markup=False)
        yield under

    @property
    def control(self) -> Widget:
        """The widget that is typed into."""
        return self._control

    @property
    def text(self) -> str:
        """What is in the field."""
        match self._control:
            case CheckField():
                return ON if self._control.value else OFF
            case ChoiceField():
                return self._control.text
            case _:
                return self._control.value

    def replace(self, text: str) -> None:
        """Put another text into a line of text."""
        if isinstance(self._control, TextField):
            self._control.value = text
            self._control.cursor_position = len(text)
        elif not isinstance(self._control, (ChoiceField, CheckField)):
            self._control.retype(text)

    def retype(self, text: str) -> None:
        """Put back what was typed before; never into a key, and no choice that is not offered."""
        match self._control:
            case SecretField():
                return
            case CheckField():
                self._control.value = text == ON
            case ChoiceField():
                self._control.choose(text)
            case _:
                self.replace(text)

    def show(self, changed: bool, under: Under | None) -> None:
        """Draw the hint and the line under the field, if they are not what stands there."""
        was = cut_middle(f"was {self.field.shown(self._loaded)}", WAS_WIDTH) if changed else ""
        if self._whole:
            if under is None and changed and self.field.kind in ("text", "lines"):
                under = Under("was", cut_middle(f"was {self.field.shown(self._loaded)}", 3 * WAS_WIDTH))
            was = ""
        wanted = (self.text if self.field.echo else "", was, under)
        if wanted == self._shown:
            return
        self._shown = wanted
        echo = self.field.echo(self.text) if self.field.echo else ""
        hint = "   ".join(part for part in (self.field.hint, echo, was) if part)
        self.query_one(".field-hint", Static).update(plain(hint))
        self._show_under(under)

    def _show_under(self, under: Under | None) -> None:
        """Draw the line under the field, or take it away."""
        line = self.query_one(".field-under", Static)
        line.display = under is not None
        for kind in ("problem", "warning", "remark", "was"):
            line.set_class(under is not None and under.kind == kind, f"-{kind}")
        mark = "! " if under is not None and under.kind in ("problem", "warning") else ""
        line.update(plain(mark + under.words) if under else "")

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _tell_edited(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Edited())

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Tell that the field was left."""
        event.stop()
        self.post_message(self.Left(self))


def _label(field: Field) -> str:
    """The label with its star; a check box says its words itself."""
    if field.kind == "check":
        return ""
    return f"{field.label} *" if field.required else field.label


def _control(field: Field, text: str, reveal_seconds: float) -> Control:
    """The input widget of a field's kind."""
    identity = f"field-{field.name}"
    match field.kind:
        case "choice":
            return ChoiceField(field.options, text, id=identity)
        case "check":
            words = f"{field.label} ({field.hint})" if field.hint else field.label
            return CheckField(words, text == ON, id=identity)
        case "lines":
            from tui_registry.ui.forms.lines_field import LinesField

            return LinesField(text, id=identity)
        case "secret":
            if field.passphrase:
                return PassphraseField(id=identity, seconds=reveal_seconds)
            return SecretField(id=identity, local=field.local, seconds=reveal_seconds)
        case _:
            return TextField(text, id=identity)


def label_width(fields: list[Field]) -> int:
    """Cells the widest label takes with a gap after it, between 15 and 24."""
    return min(24, max([14, *(width(_label(field)) for field in fields if field.kind != "note")]) + 1)
