"""Opening the app: what the terminal must be, what is adapted to it, and how it ends."""

import codecs
import locale
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tui_registry.cli.opening import Choices, Session
from tui_registry.errors import InvalidInput, Refused

if TYPE_CHECKING:
    from tui_registry.ui.app import RegistryApp

SIXTEEN_COLOUR_THEME = "ansi-dark"
"""The theme that needs no more than a terminal's own colours."""

WITHOUT_A_SCREEN = "The same works without a screen, for example: tui-registry model list"


@dataclass(frozen=True, slots=True)
class Look:
    """How the app draws on this terminal; no theme means the app's own."""

    theme: str | None
    ansi_color: bool
    ascii: bool


def run_app(session: Session) -> int:
    """Open the app and stay until it is left; the exit code. Raises RegistryError before it starts."""
    refuse_without_terminal(session.environ)
    utf8 = repair_encoding()
    store = session.opened()
    from tui_registry.ui.app import RegistryApp
    from tui_registry.ui.desk import Desk

    look = look_for(session.choices, session.environ, utf8=utf8)
    desk = Desk(store, session.vault, session.clock, session.environ, look.ascii)
    app = RegistryApp(desk, theme=look.theme, ansi_color=look.ansi_color)
    _refuse_unknown_theme(app, look.theme)
    app.run(mouse=session.choices.mouse)
    return app.return_code or 0


def refuse_without_terminal(environ: Mapping[str, str]) -> None:
    """Raise Refused where the app could neither draw nor be steered."""
    # Textual reads keys from standard input and draws on standard error.
    if not (_is_terminal(sys.__stdin__) and _is_terminal(sys.__stderr__)):
        raise Refused(f"The app needs a terminal for its input and for standard error. {WITHOUT_A_SCREEN}")
    if sys.platform != "win32" and environ.get("TERM", "") in ("", "dumb"):
        term = environ.get("TERM") or "not set"
        raise Refused(f"The app needs a real terminal, and TERM is {term}. {WITHOUT_A_SCREEN}")


def repair_encoding() -> bool:
    """Let what is drawn leave as UTF-8; False where the terminal may not understand it."""
    stream = sys.__stderr__
    if stream is None or codecs.lookup(stream.encoding).name == "utf-8":
        return True
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8")
    return codecs.lookup(locale.getencoding()).name == "utf-8"


def look_for(choices: Choices, environ: Mapping[str, str], *, utf8: bool) -> Look:
    """How to draw, from the options first and else from the terminal."""
    no_color = bool(environ.get("NO_COLOR"))
    theme = choices.theme
    if no_color or (theme is None and _has_sixteen_colours(environ)):
        theme = SIXTEEN_COLOUR_THEME
    plain = choices.ascii or not utf8 or environ.get("TERM") == "linux"
    return Look(theme, ansi_color=no_color, ascii=plain)


def _is_terminal(stream: object) -> bool:
    return stream is not None and os.isatty(stream.fileno())  # type: ignore[attr-defined]


def _has_sixteen_colours(environ: Mapping[str, str]) -> bool:
    """Whether Rich, which draws for the app, will find no more than sixteen colours."""
    from rich.console import Console

    console = Console(stderr=True, force_terminal=True, _environ=dict(environ))
    return console.color_system == "standard"


def _refuse_unknown_theme(app: "RegistryApp", theme: str | None) -> None:
    if theme is None or theme in app.available_themes:
        return
    near = get_close_matches(theme, app.available_themes, n=3, cutoff=0.4) or sorted(app.available_themes)
    raise InvalidInput({"theme": f"There is no theme {theme}. Choose for example {', '.join(near[:5])}."})
