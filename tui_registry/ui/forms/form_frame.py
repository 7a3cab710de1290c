"""How a form looks and moves: its frame, its rows, its buttons, and the keys between them."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tui_registry.text import clean, cut_middle
from tui_registry.ui.forms.fields import SecretField
from tui_registry.ui.forms.form_row import FieldRow, label_width
from tui_registry.ui.forms.form_values import Field, FormValues
from tui_registry.ui.own_keys import OwnKeys
from tui_registry.ui.widgets.chrome import KeyBar
from tui_registry.ui.words import counted, plain

T = TypeVar("T")

TITLE_WIDTH = 70


class FieldList(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The fields of a form; scrolls when they do not fit, by page keys and by moving between fields."""

    BINDINGS: ClassVar = [
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
    ]


class FormFrame(ModalScreen[T]):
    """A titled frame of fields over the screen it was opened from; all of a small terminal."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (112, "-wide")]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        values: FormValues[Any],
        intro: str,
        keys: OwnKeys,
        reveal_seconds: float,
    ) -> None:
        """A frame that shows the loaded texts of `values`."""
        super().__init__()
        self.form_title = cut_middle(clean(title), TITLE_WIDTH)
        self._fields = list(fields)
        self._values = values
        self._intro = intro
        self._keys = keys
        self._reveal_seconds = reveal_seconds

    def compose(self) -> ComposeResult:
        """The frame with the fields and two buttons, and the keys at the bottom."""
        labels = label_width(self._fields)
        with Vertical(id="form"):
            yield Static(plain(self._intro), id="form-intro", markup=False)
            yield Static(id="form-banner", markup=False)
            with FieldList(id="form-fields"):
                for field in self._fields:
                    if field.kind == "note":
                        yield Static(plain(field.label or field.hint), classes="form-note", markup=False)
                    else:
                        text = self._values.loaded[field.name]
                        yield FieldRow(field, text, labels, self._reveal_seconds)
                with Horizontal(id="form-buttons"):
                    save, cancel = map(self._keys.first, ("form.save", "form.cancel"))
                    yield Button(f"Save {save}", id="form-save", compact=True)
                    yield Button(f"Cancel {cancel}", id="form-cancel", compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Name the form."""
        self.query_one("#form").border_title = plain(self.form_title)
        self.query_one("#form-intro").display = bool(self._intro)
        self.tell("")

    @property
    def texts(self) -> dict[str, str]:
        """What is in each field now."""
        return {row.field.name: row.text for row in self.query(FieldRow)}

    @property
    def revealing(self) -> bool:
        """Whether a key can be read on the screen now."""
        return any(each.revealed for each in self.query(SecretField))

    def focused_row(self) -> FieldRow | None:
        """The row that is typed in."""
        return next((row for row in self.query(FieldRow) if row.has_focus_within), None)

    def go_to_first(self, names: set[str]) -> None:
        """Focus the first of these fields."""
        for row in self.query(FieldRow):
            if row.field.name in names:
                row.control.focus()
                self.call_after_refresh(row.scroll_visible, animate=False)
                return

    def tell(self, sentence: str) -> None:
        """Show a sentence above the fields, or take it away."""
        banner = self.query_one("#form-banner", Static)
        banner.display = bool(sentence)
        banner.update(plain(f"! {sentence}" if sentence else "", lines=True))

    def tell_counts(self, changes: int, problems: int, warnings: int) -> None:
        """Say in the border how much changed and how much is wrong."""
        parts = [counted(changes, "change") if changes else "no changes"]
        parts += [counted(problems, "problem")] if problems else []
        parts += [counted(warnings, "warning")] if warnings else []
        self.tell_state(", ".join(parts))

    def tell_state(self, state: str) -> None:
        """Say in the border what the form is doing."""
        required = "   * required" if any(field.required for field in self._fields) else ""
        self.query_one("#form").border_subtitle = plain(state + required)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a reveal on a key only."""
        return isinstance(self.focused, SecretField) if action == "reveal" else True

    def action_reveal(self) -> None:
        """Show or hide the key that is being typed."""
        if isinstance(self.focused, SecretField):
            self.focused.toggle()

    def on_screen_suspend(self) -> None:
        """Hide keys when another screen comes on top."""
        for each in self.query(SecretField):
            each.hide()

    def action_next_field(self) -> None:
        """Go to the next field."""
        self.focus_next()

    def action_previous_field(self) -> None:
        """Go to the previous field."""
        self.focus_previous()
