"""The field of a form that holds several lines."""

from textual import events, on
from textual.widgets import TextArea

from tui_registry.text import is_showable
from tui_registry.ui.forms.fields import LONGEST, Noted
from tui_registry.ui.forms.form_row import FieldRow


class LinesField(TextArea):
    """A small text of several lines: enter begins one, up and down leave it at its ends, tab anywhere."""

    def __init__(self, value: str = "", *, id: str | None = None) -> None:
        """A field that holds `value`."""
        super().__init__(value, id=id, compact=True, highlight_cursor_line=False)
        self.cursor_blink = False

    @property
    def value(self) -> str:
        """What is in the field."""
        return self.text

    def retype(self, text: str) -> None:
        """Put another text into it."""
        self.load_text(text)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._take(event.text)

    def action_paste(self) -> None:
        """Paste what was copied inside the app, by the same rules."""
        self._take(self.app.clipboard)

    def _take(self, text: str) -> None:
        """Insert a pasted text if it can be shown; else say what to do."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
        room = LONGEST - len(self.text) + len(self.selected_text)
        if len(lines) > room:
            self._refuse(f"That text has {len(lines):,} characters; {room:,} fit here. Nothing was inserted.")
        elif not is_showable(lines, lines=True):
            self._refuse("That text holds control characters; paste plain text. Nothing was inserted.")
        elif result := self._replace_via_keyboard(lines, *self.selection):
            self.move_cursor(result.end_location)

    def _refuse(self, sentence: str) -> None:
        self.post_message(Noted(self, sentence, refused=True))

    def action_cursor_down(self, select: bool = False) -> None:
        """Down a line, or at the last one to the next field."""
        if not select and self._is_at(-1):
            self.screen.focus_next()
        else:
            super().action_cursor_down(select)

    def action_cursor_up(self, select: bool = False) -> None:
        """Up a line, or at the first one to the field before."""
        if not select and self._is_at(0):
            self.screen.focus_previous()
        else:
            super().action_cursor_up(select)

    def _is_at(self, end: int) -> bool:
        """Whether the cursor is on the first (0) or the last (-1) line as they are drawn."""
        _, row = self.wrapped_document.location_to_offset(self.cursor_location)
        return row == (self.wrapped_document.height - 1 if end else 0)

    @on(TextArea.Changed)
    def _tell_edited(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(FieldRow.Edited())
