"""Writing an export from the app: which form, into which file, and what was left out of it."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from tui_registry.errors import InvalidInput, Refused
from tui_registry.text import counted
from tui_registry.ui.actions.copying import target
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.form_values import ON, Field
from tui_registry.ui.screens.dialogs import Choice, ChoiceMenu

if TYPE_CHECKING:
    from tui_registry.export.formats import Form, Made

_LETTERS = {
    "opencode": "o",
    "crush": "c",
    "claude-code": "a",
    "litellm": "l",
    "env": "e",
    "json": "j",
    "csv": "v",
}
NO_KEYS = "Keys are never in it, only their variables."


async def export_registry(screen: DeskScreen) -> None:
    """Ask for the form and the file, and write it there."""
    from tui_registry.export.formats import FORMS

    choices = [Choice(_LETTERS[name], form.words, name, form.file) for name, form in FORMS.items()]
    chosen = await screen.app.push_screen_wait(ChoiceMenu("Export", choices, note=NO_KEYS))
    if chosen is not None:
        await _write(screen, FORMS[chosen])


async def _write(screen: DeskScreen, form: "Form") -> None:
    from tui_registry.export.formats import ToolForm, reasons

    for_tool = isinstance(form, ToolForm)

    async def keep(raw: dict[str, str]) -> "tuple[Path, Made]":
        return await asyncio.to_thread(_written, screen.desk, form, raw)

    asked: FormScreen[tuple[Path, Made]] = FormScreen(
        f"Export: {form.words}",
        [
            Field("file", "File", required=True, hint="new; only you may read it"),
            Field("providers", "Providers", hint="names with commas between; empty: all"),
            *([Field("everything", "All models", "check", hint="also unverified ones")] if for_tool else []),
        ],
        {"file": form.file},
        dict,
        keep,
        intro=f"Relative to {Path.cwd()}",
    )
    done = await screen.app.push_screen_wait(asked)
    if done is None:
        return
    path, made = done
    written = f"Wrote {path}: {counted(made.models, 'model')} of {counted(made.providers, 'provider')}."
    screen.tell("\n".join([written, *reasons(made.left_out)]))


def _written(desk: Desk, form: "Form", raw: dict[str, str]) -> "tuple[Path, Made]":
    """Make the export and write it; raises RegistryError."""
    from tui_registry.export.files import write_file
    from tui_registry.export.offers import Wanted

    path = target(raw, desk.environ)
    names = tuple(filter(None, (name.strip() for name in raw.get("providers", "").split(","))))
    made = form.make(desk.store, Wanted(raw.get("everything") == ON, names))
    try:
        write_file(path, made.text)
    except Refused as refusal:
        raise InvalidInput({"file": str(refusal)}) from refusal
    return path, made
