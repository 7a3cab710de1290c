"""A record edited as TOML in a person's own editor: checked and saved as by a form, nothing typed is lost."""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual.app import App, SuspendNotSupported

from tui_registry.errors import Conflict, InvalidInput, Refused, RegistryError
from tui_registry.text import clean
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.dialogs import Collision, Confirm
from tui_registry.ui.editing import settled
from tui_registry.ui.form_values import Field
from tui_registry.ui.kept_forms import Origin
from tui_registry.ui.toml_text import texts, with_remarks, without_remarks, written

if TYPE_CHECKING:
    from tui_registry.drafts import Draft
    from tui_registry.store import Writes

D = TypeVar("D", bound="Draft")
R = TypeVar("R")
Row = TypeVar("Row")

FALLBACK = "vi"

ADVICE = "Save and leave the editor to save the record; leave it unchanged to keep everything as it is."


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """The editor of a person's choice as words of a command; raises Refused when it cannot be read."""
    chosen = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip() or FALLBACK
    try:
        return shlex.split(chosen)
    except ValueError:
        raise Refused(f"$VISUAL or $EDITOR cannot be read as a command: {chosen}") from None


def edited(app: App[None], command: Sequence[str], text: str) -> str:
    """The text after a person edited it in a file only they may read, which is gone afterwards.

    Raises Refused when the editor cannot be started, ends badly, or leaves no text.
    """
    folder = Path(tempfile.mkdtemp(prefix="tui-registry-"))
    path = folder / "record.toml"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
        with app.suspend():
            ended = _run([*command, str(path)])
        if ended:
            raise Refused(f"{command[0]} ended with {ended}, so nothing was saved.")
        return path.read_text(encoding="utf-8")
    except SuspendNotSupported:
        raise Refused("This terminal cannot be handed to an editor. Use the form instead.") from None
    except OSError as error:
        raise Refused(f"{command[0]} cannot be used as editor: {error.strerror}. Set $EDITOR.") from error
    except UnicodeDecodeError:
        raise Refused("The editor did not leave UTF-8 text, so nothing was saved.") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: Sequence[str]) -> int:
    """Run a command on the terminal to its end; ctrl+c is the command's, not ours."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run(command, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


async def ask_in_editor(
    screen: DeskScreen,
    title: str,
    fields: Sequence[Field],
    values: Mapping[str, str],
    draft: "type[D]",
    save: "Callable[[Writes, D, Row], R]",
    *,
    base: Row,
    reload: Callable[[], Row],
    intro: str = "",
    origin: Origin | None = None,
) -> R | None:
    """Show a record in the editor until it can be saved or is left; None when it was left.

    Takes what `editing.ask` takes; a text that is refused comes back with the reasons above it.
    What is typed here is the editor's to keep, so `origin` is not used.
    """
    command = editor_command(screen.desk.environ)
    labels = {each.name: each.label for each in fields}
    heading = "\n".join(clean(line) for line in (title, intro, ADVICE) if line)
    shown = written(heading, fields, values)
    problems: Mapping[str, str] = {}
    while True:
        text = without_remarks(edited(screen.app, command, shown))
        if text == without_remarks(shown):
            if not problems or await _gives_up(screen, problems):
                return None
            continue
        try:
            checked = draft.parse(texts(text, fields, values))
            if await _accepts(screen, checked.warnings()):
                return await _save(screen, checked, save, base, reload, labels)
            problems = checked.warnings()
        except InvalidInput as refusal:
            problems = refusal.problems
        except RegistryError as error:
            problems = {"": f"Not saved. {error}"}
        shown = with_remarks(text, problems)


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
    save: "Callable[[Writes, D, Row], R]",
    base: Row,
    reload: Callable[[], Row],
    labels: Mapping[str, str],
) -> R:
    """Save; where another session changed the same fields, a person says which side stays."""
    desk = screen.desk
    try:
        return await desk.save(lambda writes: save(writes, checked, base))
    except Conflict as conflict:
        pending = conflict
    while True:
        side = await screen.app.push_screen_wait(Collision(str(pending), pending.fields, labels))
        if side is None:
            raise pending
        fresh = reload()
        chosen = settled(checked, base, fresh, pending, side)
        try:
            return await desk.save(partial(_saved, save=save, draft=chosen, row=fresh))
        except Conflict as again:
            pending = again


def _saved(writes: "Writes", *, save: "Callable[[Writes, D, Row], R]", draft: D, row: Row) -> R:
    return save(writes, draft, row)
