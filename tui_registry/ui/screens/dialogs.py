"""Questions over a screen: yes or no, type a name, choose a line, unsaved changes, two edits of one field.

Every dialog is deaf for its first quarter of a second, so that keys typed ahead or pasted answer nothing.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import ClassVar, Literal, TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui_registry.text import clean, cut_middle, width
from tui_registry.ui.forms.fields import TextField
from tui_registry.ui.widgets.chrome import KeyBar
from tui_registry.ui.words import plain

A = TypeVar("A")

SETTLE_SECONDS = 0.25
"""How long a new dialog takes no answer."""

REFUSAL_LINES = 2
"""Lines kept free for the sentence that says why an answer was not accepted."""

TITLE_WIDTH = 60
VALUE_WIDTH = 26

Seconds = Callable[[], float]
"""A clock that only ever goes forward."""


class DialogBody(VerticalScroll, can_focus=False):
    """What a dialog says; scrolls with page up and page down when it is longer than the screen."""


class Dialog(ModalScreen[A]):
    """A small framed question with its own keys at the bottom."""

    BINDINGS: ClassVar = [
        Binding("pageup", "scroll(-1)", "Page up", show=False),
        Binding("pagedown", "scroll(1)", "Page down", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str | Text], *, clock: Seconds = time.monotonic) -> None:
        """A dialog that says `lines`; `clock` tells when it starts to listen."""
        super().__init__()
        self._title_text = cut_middle(clean(title), TITLE_WIDTH)
        self._lines = lines
        self._clock = clock
        self._opened: float | None = None

    def compose(self) -> ComposeResult:
        """The frame, the lines, and the keys."""
        with Vertical(classes="dialog"):
            with DialogBody():
                yield Static(self._said(), classes="dialog-lines", markup=False)
            yield from self.compose_answer()
        yield KeyBar()

    def compose_answer(self) -> ComposeResult:
        """What stands under the lines; nothing unless a dialog asks for more than a key."""
        yield from ()

    def on_mount(self) -> None:
        """Start the deaf moment."""
        self.query_one(".dialog").border_title = plain(self._title_text)
        self._opened = self._clock()

    def on_resize(self) -> None:
        """Let the lines scroll rather than push the answer off the screen."""
        frame = self.query_one(".dialog")
        beside = sum(each.outer_size.height + each.styles.margin.height for each in frame.children[1:])
        kept = REFUSAL_LINES if self.query(Input) else 0
        room = self.size.height - frame.gutter.height - self.query_one(KeyBar).outer_size.height - beside
        self.query_one(DialogBody).styles.max_height = max(room - kept, 1)

    def _said(self) -> Text:
        """All lines as one text."""
        return Text("\n").join(
            plain(each, lines=True) if isinstance(each, str) else each for each in self._lines
        )

    @property
    def listening(self) -> bool:
        """Whether the deaf moment is over."""
        return self._opened is not None and self._clock() - self._opened >= SETTLE_SECONDS

    def answer(self, result: A) -> None:
        """Close with an answer, if this is the dialog that is being asked and it listens."""
        if self.listening and self.is_current:
            self.dismiss(result)

    def action_scroll(self, direction: int) -> None:
        """Show more of a long text."""
        body = self.query_one(DialogBody)
        body.scroll_relative(y=direction * max(body.size.height - 1, 1), animate=False)


class Confirm(Dialog[bool]):
    """A question that only `y` affirms; `enter`, `esc`, `n` and `q` keep everything as it is."""

    BINDINGS: ClassVar = [
        Binding("y", "affirm", "Yes"),
        Binding("escape,enter,n,q", "decline", "Keep"),
    ]

    def __init__(
        self,
        title: str,
        lines: Sequence[str | Text],
        *,
        verb: str = "delete",
        keep: str = "keep",
        clock: Seconds = time.monotonic,
    ) -> None:
        """Ask whether to `verb`; `keep` is the word for not doing it."""
        answers = f"  y  {verb}       esc  {keep} (enter also)"
        super().__init__(title, [*lines, "", answers], clock=clock)

    def action_affirm(self) -> None:
        """Do it."""
        self.answer(True)

    def action_decline(self) -> None:
        """Leave everything as it is."""
        self.answer(False)


class TypedConfirm(Dialog[bool]):
    """A question that is affirmed by typing a text exactly, for what cannot be undone."""

    BINDINGS: ClassVar = [Binding("escape", "decline", "Keep")]

    def __init__(
        self,
        title: str,
        lines: Sequence[str | Text],
        *,
        expected: str,
        verb: str,
        clock: Seconds = time.monotonic,
    ) -> None:
        """Ask for `expected` before doing what `verb` says."""
        asked = f"Type {expected} and press enter to {verb}. esc keeps everything."
        super().__init__(title, [*lines, "", asked], clock=clock)
        self._expected = expected

    def compose_answer(self) -> ComposeResult:
        """A line to type into, and why an answer was not accepted."""
        yield TextField(id="typed")
        yield Static(classes="dialog-refusal", markup=False)

    @on(Input.Changed)
    def _forget_type_ahead(self, event: Input.Changed) -> None:
        if event.value and not self.listening:
            event.input.value = ""
        self.query_one(".dialog-refusal", Static).update("")

    @on(Input.Submitted)
    def _compare(self, event: Input.Submitted) -> None:
        if event.value == self._expected:
            self.answer(True)
        elif self.listening:
            self.query_one(".dialog-refusal", Static).update(
                plain(f"! That is not {self._expected}; nothing was done.")
            )

    def action_decline(self) -> None:
        """Leave everything as it is."""
        self.answer(False)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu: its letter, its words, the answer it stands for, and what more there is to say."""

    key: str
    words: str
    value: str
    detail: str = ""


class ChoiceMenu(Dialog[str | None]):
    """Lines with a letter each; the answer is the value of the chosen line, or None."""

    BINDINGS: ClassVar = [
        Binding("escape,q", "decline", "Close"),
        *(Binding(key, f"pick('{key}')", show=False) for key in ascii_letters.replace("q", "") + digits),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        current: str | None = None,
        head: Sequence[str] = (),
        note: str = "",
        clock: Seconds = time.monotonic,
    ) -> None:
        """A menu of `choices` with a-z (but q), A-Z and 0-9 as letters, under `head`; `current` is marked."""
        column = max(width(clean(each.words)) for each in choices) + 3
        lines: list[str | Text] = list(head)
        for each in choices:
            words = clean(each.words)
            detail = f"{each.detail}  (now)".lstrip() if each.value == current else each.detail
            gap = " " * (column - width(words)) if detail else ""
            lines.append(f"{each.key}  {words}{gap}{clean(detail)}")
        super().__init__(title, [*lines, "", f"{note}   esc  close" if note else "esc  close"], clock=clock)
        self._values = {each.key: each.value for each in choices}

    def action_pick(self, key: str) -> None:
        """Answer with the line of a letter; any other letter does nothing."""
        if key in self._values:
            self.answer(self._values[key])

    def action_decline(self) -> None:
        """Choose nothing."""
        self.answer(None)


@dataclass(frozen=True, slots=True)
class Change:
    """One changed field as it is listed before leaving: what it was and what it would become."""

    label: str
    was: str
    now: str


class UnsavedChanges(Dialog[Literal["save", "discard"] | None]):
    """What leaving a form would lose, and what to do about it."""

    BINDINGS: ClassVar = [
        Binding("s", "choose('save')", "Save"),
        Binding("d", "choose('discard')", "Discard"),
        Binding("escape", "stay", "Keep editing"),
    ]

    def __init__(self, what: str, changes: Sequence[Change], *, clock: Seconds = time.monotonic) -> None:
        """List the changes of the form titled `what`."""
        column = max((width(clean(each.label)) for each in changes), default=0) + 2
        lines = [
            f"  {clean(each.label)}{' ' * (column - width(clean(each.label)))}"
            f"{cut_middle(clean(each.was), VALUE_WIDTH)} -> {cut_middle(clean(each.now), VALUE_WIDTH)}"
            for each in changes
        ]
        keys = " s  save    d  discard    esc  keep editing"
        super().__init__("Unsaved changes", [clean(what), "", *lines, "", keys], clock=clock)

    def action_choose(self, choice: Literal["save", "discard"]) -> None:
        """Save or discard."""
        self.answer(choice)

    def action_stay(self) -> None:
        """Back to the form."""
        self.answer(None)


class Collision(Dialog[Literal["mine", "theirs"] | None]):
    """The same field changed here and by another session: what it was, mine and theirs."""

    BINDINGS: ClassVar = [
        Binding("k", "choose('mine')", "Keep mine"),
        Binding("t", "choose('theirs')", "Take theirs"),
        Binding("escape", "stay", "Back"),
    ]

    def __init__(
        self,
        sentence: str,
        fields: Mapping[str, tuple[object, object, object]],
        labels: Mapping[str, str],
        said: Callable[[str, object], str] | None = None,
        *,
        clock: Seconds = time.monotonic,
    ) -> None:
        """Show (was, mine, theirs) of each field under its label; `said` tells a field's value as a text."""
        lines: list[str | Text] = [sentence]
        for name, sides in fields.items():
            lines += ["", f"  {labels.get(name, name)}"]
            for word, value in zip(("was", "mine", "theirs"), sides, strict=True):
                text = "" if value is None else said(name, value) if said else str(value)
                shown = clean(text) or "empty"
                lines.append(f"    {word:<8}{cut_middle(shown, 2 * VALUE_WIDTH)}")
        keys = " k  keep mine    t  take theirs    esc  back"
        super().__init__("Changed by another session", [*lines, "", keys], clock=clock)

    def action_choose(self, side: Literal["mine", "theirs"]) -> None:
        """Keep one side."""
        self.answer(side)

    def action_stay(self) -> None:
        """Back to the form, nothing saved."""
        self.answer(None)
