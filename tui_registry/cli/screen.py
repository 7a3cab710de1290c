"""Opening the app: what the terminal must be, what is adapted to it and to a person, and how it ends."""

import codecs
import gc
import locale
import os
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

from tui_registry.cli.opening import Choices, Session
from tui_registry.cli.output import remark
from tui_registry.config import Settings, read_settings
from tui_registry.errors import InvalidInput, Refused, StoreDamaged, StoreError, StoreMissing
from tui_registry.text import clean

if TYPE_CHECKING:
    from tui_registry.store import Store

SIXTEEN_COLOUR_THEME = "ansi-dark"
"""The theme that needs no more than a terminal's own colours."""

SLOW_FRAMES = 10
"""How often in a second the screen may change on a slow line."""

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
    found = read_settings(session.paths.config)
    choices = merged(session.choices, found.settings)
    named_theme = session.environ.get("TEXTUAL_THEME")
    prepare_drawing(os.environ, slow=choices.slow)
    session.has_screen = True
    passphrase = session.passphrases.given()
    hasten_imports()
    store = _opened(session, choices, utf8=utf8)
    if store is None:
        return StoreError.exit_code
    from tui_registry.ui.app import RegistryApp, theme_names
    from tui_registry.ui.desk import Desk
    from tui_registry.ui.own_keys import own_keys

    themes = (
        ("--theme", choices.theme),
        (found.places.get("theme", ""), found.settings.theme),
        ("TEXTUAL_THEME", named_theme),
    )
    theme, unknown = chosen_theme(themes, theme_names())
    look = look_for(replace(choices, theme=theme), session.environ, utf8=utf8)
    keys = own_keys(found.settings.keys, found.places)
    store.views.mix = found.settings.price_mix
    desk = Desk(
        store,
        session.vault,
        session.clock,
        session.environ,
        look.ascii,
        copy_command=found.settings.copy_command,
        slow=choices.slow,
        keys=replace(keys, ascii_only=look.ascii),
        complaints=(*found.complaints, *unknown, *keys.complaints),
        lock_after=found.settings.vault.lock_after,
        passphrase=passphrase,
        drafts=None if store.read_only else session.paths.state / "drafts",
        crash_log=session.paths.state / "crash.log",
    )
    for complaint in desk.complaints:
        remark(complaint)
    app = RegistryApp(desk, theme=look.theme, ansi_color=look.ansi_color, thin_line=choices.thin_line)
    gc.freeze()
    gc.enable()
    session.leaves_app = True
    app.run(mouse=choices.mouse)
    return app.return_code or 0


def _opened(session: Session, choices: Choices, *, utf8: bool) -> "Store | None":
    """The open registry; one that is damaged or gone is first brought back, and None where it was not."""
    try:
        return session.opened()
    except (StoreDamaged, StoreMissing) as error:
        from tui_registry.cli.recovering import recovered

        look = look_for(replace(choices, theme=None), session.environ, utf8=utf8)
        return session.opened() if recovered(session, error, look) else None


def merged(choices: Choices, settings: Settings) -> Choices:
    """The options, and what is set where no option says otherwise."""
    return replace(
        choices,
        ascii=choices.ascii or settings.ascii,
        mouse=choices.mouse and settings.mouse,
        slow=choices.slow or settings.slow,
    )


def prepare_drawing(environ: MutableMapping[str, str], *, slow: bool) -> None:
    """Tell Textual, which reads `environ` when imported, how often to draw; the theme is ours to choose."""
    environ.pop("TEXTUAL_THEME", None)
    if slow:
        environ.setdefault("TEXTUAL_FPS", str(SLOW_FRAMES))


def chosen_theme(
    wanted: Sequence[tuple[str, str | None]], names: Sequence[str]
) -> tuple[str | None, list[str]]:
    """The first wish that is a theme, and a sentence for each that is none.

    Each wish says where it comes from. Raises InvalidInput for an option: who just typed it can mend it.
    """
    complaints: list[str] = []
    for source, theme in wanted:
        if not theme:
            continue
        if theme in names:
            return theme, complaints
        near = get_close_matches(theme, names, n=3, cutoff=0.4) or names[:5]
        said = f"There is no theme {clean(theme, limit=40)}. Choose for example {', '.join(near)}."
        if source.startswith("--"):
            raise InvalidInput({"theme": said})
        complaints.append(f"{source}: {said[0].lower()}{said[1:]}")
    return None, complaints


def hasten_imports() -> None:
    """Load the drawing library while the registry is being checked, and look for no garbage meanwhile."""
    gc.disable()
    Thread(target=import_module, args=("textual.app",), daemon=True).start()


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
    if no_color or (theme is None and (choices.slow or _has_sixteen_colours(environ))):
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
