"""The copy menu: one thing of a record to the clipboard, shown as it goes, or into a file.

OSC 52 cannot be answered, so nobody knows whether a clipboard took it: the message always shows the text.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tui_registry.errors import InvalidInput, Refused
from tui_registry.text import clean, cut, looks_like_key
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.form_values import Field
from tui_registry.ui.records import copies
from tui_registry.ui.records.copies import Copy
from tui_registry.ui.screens.dialogs import Choice, ChoiceMenu

SHOWN_LINES, SHOWN_CELLS = 6, 200
"""How much of a copied text the message shows."""

SHOWN_SECONDS = 10.0
COMMAND_SECONDS = 5.0
"""How long a copy command may take its input."""

TO_FILE = "w"
NO_KEY = "The key itself is never copied."

Source = Callable[[Desk, int], tuple[str, list[Copy]]]


async def copy_record(screen: DeskScreen, row_id: int, source: Source) -> None:
    """Ask what to copy from one record, and copy it."""
    await _offer(screen, *source(screen.desk, row_id))


async def copy_marked(screen: DeskScreen, noun: str, ids: Sequence[int]) -> None:
    """Ask what to copy from several records of one kind, and copy it."""
    await _offer(screen, *copies.marked_copies(screen.desk, noun, ids))


async def _offer(screen: DeskScreen, title: str, offered: Sequence[Copy]) -> None:
    """Show the menu; `w` shows it again for a file."""
    by_key = {each.key: each for each in offered}
    lines = [Choice(each.key, each.words, each.key, cut(each.shown, 44)) for each in offered]
    to_file = Choice(TO_FILE, "into a file", TO_FILE, "then one of these")
    menu = ChoiceMenu(f"Copy from {title}", [*lines, to_file], note=NO_KEY)
    chosen = await screen.app.push_screen_wait(menu)
    if chosen == TO_FILE:
        chosen = await screen.app.push_screen_wait(ChoiceMenu(f"Write from {title}", lines, note=NO_KEY))
        if chosen is not None:
            await _write(screen, title, by_key[chosen])
    elif chosen is not None:
        await _copy(screen, by_key[chosen])


def checked(copy: Copy) -> str:
    """The text of a copy as it may leave the registry; raises Refused for one that looks like a key."""
    if looks_like_key(copy.text):
        raise Refused(
            f"The {copy.words} holds what looks like an API key, so it is not copied. Edit it out first."
        )
    return clean(copy.text, lines=True)


async def _copy(screen: DeskScreen, copy: Copy) -> None:
    """Copy by the terminal, and by a command if one is set."""
    desk, text = screen.desk, checked(copy)
    screen.app.copy_to_clipboard(text)
    if desk.copy_command:
        await hand_over(text, desk.copy_command)
    again = f"{desk.keys.first('record.copy')}, then {TO_FILE}"
    told = f"Copied the {copy.words}. If pasting brings something else: {again}.\n{_shown(text)}"
    screen.app.notify(told, markup=False, timeout=SHOWN_SECONDS)


async def hand_over(text: str, command: Sequence[str]) -> None:
    """Give a text to a command's standard input; raises Refused when it does not take it."""
    name = command[0]
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet
        )
    except OSError as error:
        raise Refused(f"The copy command {name} cannot be started: {error.strerror}.") from error
    try:
        await asyncio.wait_for(process.communicate(text.encode("utf-8")), COMMAND_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise Refused(f"The copy command {name} did not end within {COMMAND_SECONDS:.0f} s.") from None
    if process.returncode:
        raise Refused(f"The copy command {name} ended with {process.returncode}.")


async def _write(screen: DeskScreen, title: str, copy: Copy) -> None:
    """Ask for a file that is not there yet, and write the text into it."""
    text = checked(copy)

    async def keep(path: Path) -> Path:
        await asyncio.to_thread(write_new, path, text)
        return path

    form: FormScreen[Path] = FormScreen(
        f"Write the {copy.words} of {title}",
        [Field("file", "File", required=True, hint="only you may read it")],
        {"file": suggested_name(title, copy)},
        lambda raw: target(raw, screen.desk.environ),
        keep,
        intro=f"Relative to {Path.cwd()}",
        keys=screen.desk.keys,
    )
    written = await screen.app.push_screen_wait(form)
    if written is not None:
        screen.tell(f"Wrote {written}")


def suggested_name(title: str, copy: Copy) -> str:
    """A file name that says what is in it."""
    words = "".join(
        letter if (letter.isascii() and letter.isalnum()) or letter in "._-" else "-" for letter in title
    )
    return f"{words.strip('-.').lower() or 'record'}.{'json' if copy.key == 'j' else 'txt'}"


def target(raw: Mapping[str, str], environ: Mapping[str, str]) -> Path:
    """The file a form names, with `~` read; raises InvalidInput."""
    written = raw.get("file", "").strip()
    if not written:
        raise InvalidInput({"file": "Name a file."})
    home = environ.get("HOME")
    if written.startswith("~/") and home:
        return Path(home, written[2:])
    return Path(written).absolute()


def write_new(path: Path, text: str) -> None:
    """Write a file of one's own that must not be there yet; raises InvalidInput for the field `file`."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8", newline="\n") as opened:
            opened.write(text + "\n")
    except FileExistsError:
        raise InvalidInput({"file": "That file is there already; name another one."}) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such name is possible"
        raise InvalidInput({"file": f"It cannot be written there: {reason}."}) from None


def _shown(text: str) -> str:
    """As much of a text as a message has room for."""
    lines = text.split("\n")
    shown = [cut(line, SHOWN_CELLS) for line in lines[:SHOWN_LINES]]
    return "\n".join(
        [*shown, f"and {len(lines) - SHOWN_LINES} more lines"] if len(lines) > SHOWN_LINES else shown
    )
