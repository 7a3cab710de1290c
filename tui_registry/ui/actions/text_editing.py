"""A record edited as TOML in a person's own editor: checked and saved as by a form, nothing typed is lost."""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App, SuspendNotSupported

from tui_registry.errors import Conflict, InvalidInput, Refused, RegistryError
from tui_registry.text import clean
from tui_registry.ui.actions.editing import D, Edit, Held, Owner, R, Row
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.forms.form_values import Field
from tui_registry.ui.forms.kept_forms import Origin
from tui_registry.ui.forms.restoring import keep_typed
from tui_registry.ui.records.toml_text import texts, with_remarks, without_remarks, written
from tui_registry.ui.screens.dialogs import Collision, Confirm

if TYPE_CHECKING:
    from tui_registry.store import Writes


FALLBACK = "vi"

ENDING = (signal.SIGTERM, signal.SIGHUP)
"""The signals that end the app."""

END_SECONDS = 2.0
"""How long an editor may take to end when the app must."""

LAST_MOMENT = 0.05
"""Seconds after a failed editor in which the signal may come that failed it."""

ADVICE = "Save and leave the editor to save the record; leave it unchanged to keep everything as it is."


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """The editor of a person's choice as words of a command; raises Refused when it cannot be read."""
    chosen = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip() or FALLBACK
    try:
        return shlex.split(chosen)
    except ValueError:
        raise Refused(f"$VISUAL or $EDITOR cannot be read as a command: {chosen}") from None


class CutOff(Exception):
    """The app was told to end while the editor had the terminal."""

    def __init__(self, text: str, folder: Path | None = None) -> None:
        """Keep what is in the file, and the folder where the editor left more than the file."""
        super().__init__()
        self.text = text
        self.folder = folder


def edited(app: App[None], command: Sequence[str], text: str) -> str:
    """The text after a person edited it in a file only they may read, which is gone afterwards.

    Raises Refused when the editor cannot be started, ends badly, or leaves no text, and CutOff.
    """
    folder = Path(tempfile.mkdtemp(prefix="tui-registry-"))
    path = folder / "record.toml"
    stays = False
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
        with _handed_over(app):
            ended = _run([*command, str(path)])
        if ended:
            raise Refused(f"{command[0]} ended with {ended}, so nothing was saved.")
        return path.read_text(encoding="utf-8")
    except _Told:
        stays = len(list(folder.iterdir())) > 1
        raise CutOff(path.read_text(encoding="utf-8"), folder if stays else None) from None
    except SuspendNotSupported:
        raise Refused("This terminal cannot be handed to an editor. Use the form instead.") from None
    except OSError as error:
        raise Refused(f"{command[0]} cannot be used as editor: {error.strerror}. Set $EDITOR.") from error
    except UnicodeDecodeError:
        raise Refused("The editor did not leave UTF-8 text, so nothing was saved.") from None
    finally:
        if not stays:
            shutil.rmtree(folder, ignore_errors=True)


class _Told(Exception):
    """A signal asked the app to end."""


@contextmanager
def _handed_over(app: App[None]) -> Iterator[None]:
    """The terminal left to another program, and taken back however that ends."""
    failure: OSError | _Told | None = None
    with app.suspend():
        try:
            yield
        except (OSError, _Told) as error:
            failure = error
    if failure is not None:
        raise failure


def _run(command: Sequence[str]) -> int:
    """Run a command on the terminal to its end; ctrl+c is the command's, not ours.

    Raises OSError, and _Told when a signal asked the app to end: the command was then ended first.
    """

    def told(number: int, _frame: object) -> None:
        raise _Told(number)

    process = subprocess.Popen(command)
    before = {number: signal.signal(number, told) for number in ENDING}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        ended = process.wait()
        if ended:  # a closed terminal ends the command a moment before it ends the app
            time.sleep(LAST_MOMENT)
        return ended
    except _Told:
        for number in ENDING:
            signal.signal(number, lambda *_: None)
        _end(process)
        raise
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask a program to end, also one that was stopped, and end it if it does not."""
    process.terminate()
    process.send_signal(signal.SIGCONT)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def ask_in_editor(
    screen: DeskScreen,
    title: str,
    fields: Sequence[Field],
    values: Mapping[str, str],
    draft: "type[D]",
    save: "Callable[[Writes, D, Held[Owner, Row]], R]",
    *,
    base: Held[Owner, Row],
    reload: Callable[[], Held[Owner, Row]],
    intro: str = "",
    origin: Origin | None = None,
) -> R | None:
    """Show a record in the editor until it can be saved or is left; None when it was left.

    Takes what `editing.ask` takes; a text that is refused comes back with the reasons above it.
    When the app must end meanwhile, what the editor had saved is kept as a form's is.
    """
    command = editor_command(screen.desk.environ)
    labels = {each.name: each.label for each in fields}
    edit = Edit(screen.desk, save, base, reload)
    heading = "\n".join(clean(line) for line in (title, intro, ADVICE) if line)
    shown = written(heading, fields, values)
    problems: Mapping[str, str] = {}
    while True:
        try:
            text = without_remarks(edited(screen.app, command, shown))
        except CutOff as cut:
            _keep(screen.desk, cut, title, fields, values, origin)
            return None
        if text == without_remarks(shown):
            if not problems or await _gives_up(screen, problems):
                return None
            continue
        try:
            checked = draft.parse(texts(text, fields, values))
            if await _accepts(screen, checked.warnings()):
                return await _save(screen, checked, edit, draft, labels)
            problems = checked.warnings()
        except InvalidInput as refusal:
            problems = refusal.problems
        except RegistryError as error:
            problems = {"": f"Not saved. {error}"}
        shown = with_remarks(text, problems)


def _keep(
    desk: Desk,
    cut: CutOff,
    title: str,
    fields: Sequence[Field],
    values: Mapping[str, str],
    origin: Origin | None,
) -> None:
    """Keep what was saved in the editor for the next start, and have it said at the end."""
    if cut.folder is not None:
        desk.parting.append(f"Not saved, but the editor left its own copy of {title} in {cut.folder}")
    try:
        found = texts(without_remarks(cut.text), fields, values)
    except InvalidInput:
        desk.parting.append(f"Not saved, and no TOML that could be kept: {title}.")
        return
    typed = {name: text for name, text in found.items() if text != values.get(name, "")}
    if (said := keep_typed(desk, origin, title, typed)) is not None:
        desk.parting.append(said)


async def _gives_up(screen: DeskScreen, problems: Mapping[str, str]) -> bool:
    """Whether what was typed and not accepted is to be let go."""
    question = Confirm(
        "Let go of what you typed?",
        ["It was not saved:", "", *_sentences(problems)],
        verb="let it go",
        keep="edit it again",
    )
    return await screen.app.push_screen_wait(question)


async def _accepts(screen: DeskScreen, warnings: Mapping[str, str]) -> bool:
    """Whether what looks odd is meant; true when nothing does."""
    if not warnings:
        return True
    question = Confirm("Save it like this?", list(_sentences(warnings)), verb="save it", keep="edit it again")
    return await screen.app.push_screen_wait(question)


def _sentences(remarks: Mapping[str, str]) -> list[str]:
    return [f"{name}: {sentence}" if name else sentence for name, sentence in remarks.items()]


async def _save(
    screen: DeskScreen,
    checked: D,
    edit: "Edit[D, Owner, Row, R]",
    draft: "type[D]",
    labels: Mapping[str, str],
) -> R:
    """Save; where another session changed the same fields, a person says which side stays."""
    try:
        return await edit.keep(checked)
    except Conflict as conflict:
        pending = conflict
    while True:
        side = await screen.app.push_screen_wait(Collision(str(pending), pending.fields, labels, draft.said))
        if side is None:
            raise pending
        try:
            return await edit.resolve(pending, side)
        except Conflict as again:
            pending = again
