"""The one form: asks field by field, checks, stays open while it saves, and is left with care."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, Literal, TypeVar

from textual import on, work
from textual.widget import Widget
from textual.widgets import Button, Input

from tui_registry.errors import Conflict, InvalidInput, RegistryError
from tui_registry.ui.bindings import bind
from tui_registry.ui.forms.fields import REVEAL_SECONDS, Noted
from tui_registry.ui.forms.form_frame import FormFrame
from tui_registry.ui.forms.form_remarks import Remarks, Under
from tui_registry.ui.forms.form_row import FieldRow
from tui_registry.ui.forms.form_values import Field, FormValues, Verdict
from tui_registry.ui.forms.kept_forms import Origin
from tui_registry.ui.own_keys import USUAL_KEYS, OwnKeys
from tui_registry.ui.screens.dialogs import Change, Collision, Seconds, UnsavedChanges

__all__ = ["Field", "FormScreen"]

D = TypeVar("D")
T = TypeVar("T")

Side = Literal["mine", "theirs"]


class FormScreen(FormFrame[T | None], Generic[T]):
    """Asks for what `parse` makes a draft of, hands it to `save`, and closes with what that returns.

    `parse` raises InvalidInput. `save` may raise any RegistryError: the form then stays open with
    all that was typed. On Conflict a person chooses a side, and `resolve(draft, conflict, side)` saves;
    `said(name, value)` tells its values.
    A warning does not block, but is seen once: the first save shows it, the next one goes on.
    """

    BINDINGS: ClassVar = [
        bind("form.save", "save"),
        bind("form.fix", "fix"),
        bind("form.cancel", "leave"),
        replace(bind("app.keys", "app.keys"), key_display="f1"),
        bind("form.reveal", "reveal"),
        bind("app.quit", "leave", shown=False),
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
        said: Callable[[str, object], str] | None = None,
        intro: str = "",
        origin: Origin | None = None,
        typed: Mapping[str, str] | None = None,
        keys: OwnKeys = USUAL_KEYS,
        reveal_seconds: float = REVEAL_SECONDS,
        clock: Seconds = time.monotonic,
    ) -> None:
        """A form of `fields` that starts with `values`, the texts of the record as it was loaded.

        `typed` was typed into it before; a form with an `origin` can be kept when the terminal goes;
        `keys` are those that its words name.
        """
        held: FormValues[Any] = FormValues(fields, values, parse, warnings)
        super().__init__(title, fields, held, intro, keys, reveal_seconds)
        self._save_draft: Callable[[Any], Awaitable[T]] = save
        self._resolve: Callable[[Any, Conflict, Side], Awaitable[T]] | None = resolve
        self._said = said
        self.origin = origin
        self._typed = dict(typed or {})
        self._clock = clock
        self._remarks = Remarks(held, keys.first("form.fix"))
        self._saving = False
        self._typing_in: Widget | None = None
        self._asking = False
        self._done = False
        self._result: T | None = None

    def on_mount(self) -> None:
        """Show what there is to say at the start."""
        for row in self.query(FieldRow):
            if row.field.name in self._typed:
                row.retype(self._typed[row.field.name])
        self._show()

    def has_unsaved(self) -> bool:
        """Whether leaving would lose anything; the same value written another way is no change."""
        return not self._done and self.is_mounted and bool(self._values.changed(self.texts))

    def texts_to_keep(self) -> dict[str, str]:
        """What was typed and may be written to a file: no key."""
        if not self.has_unsaved():
            return {}
        texts = self.texts
        return {
            name: texts[name]
            for name in self._values.changed(texts)
            if self._values.fields[name].kind != "secret"
        }

    async def confirm_leave(self) -> bool:
        """Ask, if something changed, and say whether the form may go; to be awaited in a worker."""
        if self._saving or self._asking:
            return False
        if not self.has_unsaved():
            return True
        self._asking = True
        try:
            answer = await self.app.push_screen_wait(
                UnsavedChanges(self.form_title, self._changes(), clock=self._clock)
            )
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
        if self._saving:
            self.tell_state("saving…")
        else:
            self.tell_counts(len(changed), kinds.count("problem"), kinds.count("warning"))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a fix where there is one, and nothing while saving."""
        if action == "fix":
            row = self.focused_row() if self.is_mounted else None
            return row is not None and self._remarks.suggestion(row.field.name, row.text) is not None
        if action in ("save", "leave") and self._saving:
            return None
        return super().check_action(action, parameters)

    def action_fix(self) -> None:
        """Take the suggestion under the focused field."""
        row = self.focused_row()
        if row is not None and (better := self._remarks.suggestion(row.field.name, row.text)) is not None:
            row.replace(better)

    @on(Button.Pressed)
    def _button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "form-save":
            self.action_save()
        else:
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
        self._set_saving(True)
        try:
            result = await self._send(verdict.draft)
        except InvalidInput as refusal:
            self._set_saving(False)
            self._refuse(refusal.problems)
        except RegistryError as error:
            self._set_saving(False)
            self.tell(f"Not saved. {error}")
        else:
            self._close(result)
            return True
        return False

    def _passes(self, verdict: Verdict[Any]) -> bool:
        """Whether nothing is wrong and every warning has been seen; else show it and go there."""
        self.tell("")
        unseen = self._remarks.check_all(verdict)
        self._show()
        stray = [said for name, said in verdict.problems.items() if name not in self._values.fields]
        self.tell("\n".join(stray))
        self.go_to_first(set(verdict.problems) or unseen)
        return not verdict.problems and not unseen

    def _refuse(self, problems: Mapping[str, str]) -> None:
        """Show what saving refused under its fields, and the rest above them."""
        texts = self.texts
        for name in problems.keys() & texts.keys():
            self._remarks.say(name, texts[name], Under("problem", problems[name]))
        self.tell("\n".join(said for name, said in problems.items() if name not in texts))
        self._show()
        self.go_to_first(set(problems))

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
            question = Collision(str(pending), pending.fields, labels, self._said, clock=self._clock)
            side = await self.app.push_screen_wait(question)
            if side is None:
                raise pending
            try:
                return await self._resolve(draft, pending, side)
            except Conflict as again:
                pending = again

    def _set_saving(self, saving: bool) -> None:
        """Take no input while a save is under way."""
        if saving:
            self._typing_in = self.focused
        self._saving = saving
        self.query_one("#form").disabled = saving
        if not saving:
            self.set_focus(self._typing_in)
        self._show()

    def _close(self, result: T | None) -> None:
        """Close with a result, at once or as soon as nothing stands on top."""
        self._done = True
        self._result = result
        self._values.forget()
        self._remarks.forget()
        if self.is_current:
            self.dismiss(result)

    def on_screen_resume(self) -> None:
        """Close late if the form was done while another screen stood on top."""
        if self._done:
            self.dismiss(self._result)
