"""What the app offers when its registry is damaged or gone: backups, and what can be saved."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui_registry.cli.opening import Session
from tui_registry.clock import age, stamp
from tui_registry.errors import RegistryError, StoreDamaged, StoreMissing

if TYPE_CHECKING:
    from tui_registry.cli.screen import Look
    from tui_registry.store.backups import Backup
    from tui_registry.store.contents import Contents
    from tui_registry.ui.screens.recovery import RecoveryApp, Way

LETTERS = "abcde"
"""How many sound backups are offered, and what chooses them; the command line lists them all."""


def recovered(session: Session, error: StoreDamaged | StoreMissing, look: "Look") -> bool:
    """Ask a person how the registry is to come back; whether it did. Raises the error when read-only."""
    if session.choices.read_only:
        raise error
    app = recovery_app(session, error, look)
    app.run(mouse=session.choices.mouse)
    return app.is_mended


def recovery_app(session: Session, error: StoreDamaged | StoreMissing, look: "Look") -> "RecoveryApp":
    """The screen with every way back there is now."""
    from tui_registry.ui.screens.recovery import RecoveryApp

    ways = [*_backups(session), *_salvage(session), *_anew(session)]
    return RecoveryApp(str(error), ways, ascii_only=look.ascii, ansi_color=look.ansi_color)


def _backups(session: Session) -> "Iterator[Way]":
    """The newest sound backups, each with its age and what it holds."""
    from tui_registry.store.backups import backups_of
    from tui_registry.ui.screens.recovery import Way

    now, free = session.clock(), iter(LETTERS)
    for each in backups_of(session.paths.database, session.paths.backups):
        if (held := _sound(each)) is None:
            continue
        made = age(stamp(each.made_at), now)
        words = "backup just made" if made == "now" else f"backup of {made} ago"
        if (letter := next(free, None)) is None:
            return
        yield Way(letter, words, held.words(), partial(_restore, session, each))


def _sound(backup: "Backup") -> "Contents | None":
    from tui_registry.store.contents import look_into_sound

    try:
        return look_into_sound(backup.path)
    except RegistryError:
        return None


def _restore(session: Session, backup: "Backup") -> Sequence[str]:
    from tui_registry.cli.restore import vault_sentence
    from tui_registry.store.restoring import restore

    done = restore(session.paths.database, backup.path, session.clock())
    lines = [f"Restored {backup.path.name}:", f"  {done.contents.words()}"]
    if done.aside is not None:
        lines.append(f"The file that was there is now {done.aside}")
    return [*lines, *filter(None, [vault_sentence(session, done.contents)])]


def _salvage(session: Session) -> "Iterator[Way]":
    """Reading what can be read, where there is a file to be read."""
    from tui_registry.ui.screens.recovery import Way

    if session.is_there() and session.paths.database.stat().st_size:
        detail = "row by row, through the rules"
        yield Way("s", "what can be read", detail, partial(_salvaged, session))


def _anew(session: Session) -> "Iterator[Way]":
    """An empty registry, where a person gives up on the one that was."""
    from tui_registry.ui.screens.recovery import Way

    yield Way("n", "nothing", "begin a new, empty registry", partial(_begun, session))


def _begun(session: Session) -> Sequence[str]:
    from tui_registry.catalog import known_providers
    from tui_registry.store.restoring import begin_anew

    aside = begin_anew(session.paths.database, known_providers(), session.clock())
    kept = [f"The file that was there is now {aside}"] if aside is not None else []
    return ["A new, empty registry is begun.", *kept]


def _salvaged(session: Session) -> Sequence[str]:
    from tui_registry.catalog import known_providers
    from tui_registry.cli.restore import vault_sentence
    from tui_registry.store.salvage import salvage

    done = salvage(session.paths.database, known_providers(), session.clock())
    lines = []
    for each in done.tables:
        if each.table != "meta":
            there = "?" if each.there is None else f"{each.there:,}"
            lines.append(f"  {each.table:<22}{each.kept:>8,} of {there}")
    return [
        "Saved, table by table:",
        *lines,
        f"The damaged file is now {done.aside}",
        *filter(None, [vault_sentence(session, done.contents)]),
    ]
