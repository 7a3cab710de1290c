"""The one form: asks field by field, checks, stays open while it saves, and is left with care."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, Literal, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui_registry.errors import Conflict, InvalidInput, RegistryError
from tui_registry.text import clean, cut_middle
from tui_registry.ui.bindings import bind
from tui_registry.ui.chrome import KeyBar
from tui_registry.ui.dialogs import Change, Collision, UnsavedChanges
from tui_registry.ui.fields import REVEAL_SECONDS, Noted, SecretField
from tui_registry.ui.form_remarks import Remarks, Under
from tui_registry.ui.form_row import FieldRow, label_width
from tui_registry.ui.form_values import Field, FormValues, Verdict
from tui_registry.ui.keymap import BY_ID, printed
from tui_registry.ui.words import counted, plain

__all__ = ["Field", "FormScreen"]

D = TypeVar("D")
T = TypeVar("T")

Side = Literal["mine", "theirs"]

TITLE_WIDTH = 70


class FieldList(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The fields of a form; scrolls when they do not fit, by page keys and by moving between fields."""

    BINDINGS: ClassVar = [("pageup", "page_up", "Page up"), ("pagedown", "page_down", "Page down")]


class FormScreen(ModalScreen[T | None], Generic[T]):
    """Asks for what `parse` makes a draft of, hands it to `save`, and closes with what that returns.

    `parse` raises InvalidInput. `save` may raise any RegistryError: the form then stays open with
    all that was typed. On Conflict a person chooses a side, and `resolve(draft, conflict, side)` saves.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (112, "-wide")]
    BINDINGS: ClassVar = [
        bind("form.save", "save"),
        bind("form.fix", "fix"),
        bind("form.reveal", "reveal"),
        bind("form.cancel", "leave"),
        replace(bind("app.keys", "app.keys"), key_display="f1"),
        bind("app.quit", "leave_by_letter", shown=False),
        bind("form.next", "next_field"),
        bind("form.previous", "previous_field"),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        values: Mapping[str, str],
        parse: Callable[[dict[str, str]], D],
        save: Callable[[D], Awaitable[T]],
        *,
        warnings: Callable[[D], Mapping[str, str]] | None = None,
        resolve: Callable[[D, Conflict, Side], Awaitable[T]] | None = None,
        intro: str = "",
        reveal_seconds: float = REVEAL_SECONDS,
    ) -> None:
        """A form of `fields` that starts with `values`, the texts of the record as it was loaded."""
        super().__init__()
        self.form_title = cut_middle(clean(title), TITLE_WIDTH)
        self._fields = list(fields)
        self._values: FormValues[Any] = FormValues(fields, values, parse, warnings)
        self._save_draft: Callable[[Any], Awaitable[T]] = save
        self._resolve: Callable[[Any, Conflict, Side], Awaitable[T]] | None = resolve
        self._intro = intro
        self._reveal_seconds = reveal_seconds
        self._remarks = Remarks(self._values)
        self._saving = False
        self._asking = False
        self._done = False
        self._result: T | None = None

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
                    yield Button(f"Save {_key('form.save')}", id="form-save", compact=True)
                    yield Button(f"Cancel {_key('form.cancel')}", id="form-cancel", compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Name the form and show what there is to say at the start."""
        self.query_one("#form").border_title = plain(self.form_title)
        self.query_one("#form-intro").display = bool(self._intro)
        self._tell("")
        self._show()

    @property
    def texts(self) -> dict[str, str]:
        """What is in each field now."""
        return {row.field.name: row.text for row in self.query(FieldRow)}

    @property
    def revealing(self) -> bool:
        """Whether a key can be read on the screen now."""
        return any(each.revealed for each in self.query(SecretField))

    def has_unsaved(self) -> bool:
        """Whether leaving would lose anything; the same value written another way is no change."""
        return not self._done and self.is_mounted and bool(self._values.changed(self.texts))

    async def confirm_leave(self) -> bool:
        """Ask, if something changed, and say whether the form may go; to be awaited in a worker."""
        if self._saving or self._asking:
            return False
        if not self.has_unsaved():
            return True
        self._asking = True
        try:
            answer = await self.app.push_screen_wait(UnsavedChanges(self.form_title, self._changes()))
        finally:
            self._asking = False
        if answer == "save":
            return await self._save()
        return answer == "discard"

    def _changes(self) -> list[Change]:
        """The changed fields with their old and new texts as they may be shown."""
        texts = self.texts
        return [
            Change(field.label, field.shown(self._values.loaded[field.name]), field.shown(texts[field.name]))
            for name in self._values.changed(texts)
            for field in [self._values.fields[name]]
        ]

    @on(FieldRow.Edited)
    def _field_edited(self) -> None:
        self._show()

    @on(FieldRow.Left)
    def _field_left(self, event: FieldRow.Left) -> None:
        """Check a field that was changed and is not empty."""
        name = event.row.field.name
        if event.row.text.strip() and name in self._values.changed(self.texts):
            self._remarks.check(name)
        self._show()

    @on(Noted)
    def _field_noted(self, event: Noted) -> None:
        """Show what a field says about what was pasted, until its text changes."""
        for row in self.query(FieldRow):
            if row.control is event.field:
                under = Under("problem" if event.refused else "remark", event.sentence)
                self._remarks.say(row.field.name, row.text, under)
        self._show()

    @on(Input.Submitted)
    def _field_entered(self) -> None:
        """Go on to the next field, or save when there is no other."""
        if len(self._values.fields) == 1:
            self.action_save()
        else:
            self.focus_next()

    def _show(self) -> None:
        """Draw what is wrong and what changed, in every row and in the border."""
        if self._done:
            return
        texts = self.texts
        changed = self._values.changed(texts)
        unders = self._remarks.under_each(texts)
        for row in self.query(FieldRow):
            row.show(row.field.name in changed, unders[row.field.name])
        kinds = [under.kind for under in unders.values() if under]
        self._show_counts(len(changed), kinds.count("problem"), kinds.count("warning"))
        self.refresh_bindings()

    def _show_counts(self, changes: int, problems: int, warnings: int) -> None:
        """Say in the border how much changed and how much is wrong."""
        parts = [counted(changes, "change") if changes else "no changes"]
        parts += [counted(problems, "problem")] if problems else []
        parts += [counted(warnings, "warning")] if warnings else []
        state = "saving…" if self._saving else ", ".join(parts)
        required = "   * required" if any(field.required for field in self._fields) else ""
        self.query_one("#form").border_subtitle = plain(state + required)

    def _tell(self, sentence: str) -> None:
        """Show a sentence above the fields, or take it away."""
        banner = self.query_one("#form-banner", Static)
        banner.display = bool(sentence)
        banner.update(plain(f"! {sentence}" if sentence else "", lines=True))

    def _focused_row(self) -> FieldRow | None:
        """The row that is typed in."""
        return next((row for row in self.query(FieldRow) if row.has_focus_within), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a fix where there is one, and a reveal on a key; nothing while saving."""
        if action == "fix":
            row = self._focused_row() if self.is_mounted else None
            return row is not None and self._remarks.suggestion(row.field.name, row.text) is not None
        if action == "reveal":
            return isinstance(self.focused, SecretField)
        if action in ("save", "leave") and self._saving:
            return None
        return True

    def action_fix(self) -> None:
        """Take the suggestion under the focused field."""
        row = self._focused_row()
        if row is not None and (better := self._remarks.suggestion(row.field.name, row.text)) is not None:
            row.replace(better)

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

    @on(Button.Pressed)
    def _button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "form-save":
            self.action_save()
        else:
            self.action_leave()

    def action_leave_by_letter(self) -> None:
        """Leave by `q`, which only arrives here from outside a line of text."""
        self.action_leave()

    @work
    async def action_leave(self) -> None:
        """Close, after asking if something changed."""
        if await self.confirm_leave() and not self._done:
            self._close(None)

    @work
    async def action_save(self) -> None:
        """Check everything and save."""
        await self._save()

    async def _save(self) -> bool:
        """Check, save and close; False leaves the form open with its reasons shown."""
        verdict = self._values.check(self.texts)
        if self._saving or self._done or not self._passes(verdict):
            return False
        focused = self.focused
        self._set_saving(True)
        try:
            result = await self._send(verdict.draft)
        except InvalidInput as refusal:
            self._set_saving(False)
            self._refuse(refusal.problems)
        except RegistryError as error:
            self._set_saving(False)
            self._tell(f"Not saved. {error}")
            self.set_focus(focused)
        else:
            self._close(result)
            return True
        return False

    def _passes(self, verdict: Verdict[Any]) -> bool:
        """Whether nothing is wrong and every warning has been seen; else show it and go there."""
        self._tell("")
        unseen = self._remarks.check_all(verdict)
        self._show()
        stray = [said for name, said in verdict.problems.items() if name not in self._values.fields]
        self._tell("\n".join(stray))
        self._go_to_first(set(verdict.problems) or unseen)
        return not verdict.problems and not unseen

    def _refuse(self, problems: Mapping[str, str]) -> None:
        """Show what saving refused under its fields, and the rest above them."""
        texts = self.texts
        for name in problems.keys() & texts.keys():
            self._remarks.say(name, texts[name], Under("problem", problems[name]))
        self._tell("\n".join(said for name, said in problems.items() if name not in texts))
        self._show()
        self._go_to_first(set(problems))

    def _go_to_first(self, names: set[str]) -> None:
        """Focus the first of these fields."""
        for row in self.query(FieldRow):
            if row.field.name in names:
                row.control.focus()
                self.call_after_refresh(row.scroll_visible, animate=False)
                return

    async def _send(self, draft: object) -> T:
        """Save; when another session changed the same fields, ask which side stays."""
        try:
            return await self._save_draft(draft)
        except Conflict as conflict:
            if self._resolve is None:
                raise
            pending = conflict
        labels = {name: field.label for name, field in self._values.fields.items()}
        while True:
            side = await self.app.push_screen_wait(Collision(str(pending), pending.fields, labels))
            if side is None:
                raise pending
            try:
                return await self._resolve(draft, pending, side)
            except Conflict as again:
                pending = again

    def _set_saving(self, saving: bool) -> None:
        """Take no input while a save is under way."""
        self._saving = saving
        self.query_one("#form").disabled = saving
        self._show()

    def _close(self, result: T | None) -> None:
        """Close with a result, at once or as soon as nothing stands on top."""
        self._done = True
        self._result = result
        self._values.forget()
        if self.is_current:
            self.dismiss(result)

    def on_screen_resume(self) -> None:
        """Close late if the form was done while another screen stood on top."""
        if self._done:
            self.dismiss(self._result)


def _key(key_id: str) -> str:
    """The first key of an action as people write it."""
    return printed(BY_ID[key_id].names[0])
