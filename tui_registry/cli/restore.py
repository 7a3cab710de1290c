"""`tui-registry restore`: the backups there are, and one of them in the registry's place."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import json_option, print_json, print_table, remark, tell
from tui_registry.cli.sealed_backup import is_sealed, restore_sealed
from tui_registry.errors import Refused, RegistryError, StoreReadOnly

if TYPE_CHECKING:
    from tui_registry.store.backups import Backup
    from tui_registry.store.contents import Contents
    from tui_registry.store.restoring import Restored


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--salvage", is_flag=True, help="Instead, save what can still be read of the damaged file.")
@json_option
@pass_session
def restore(session: Session, file: Path | None, salvage: bool, as_json: bool) -> None:
    """Put the backup FILE in the registry's place; without FILE, list the backups.

    FILE is a path, or the name of a listed backup. It is checked first. The present file is moved aside,
    never overwritten, and keys come back only with the vault key they were sealed with.
    """
    if salvage and file is not None:
        raise click.UsageError("--salvage reads the registry's own file, so it takes no FILE.")
    if file is None and not salvage:
        _list(session, as_json)
        return
    if session.choices.read_only:
        raise StoreReadOnly("--read-only changes nothing, so nothing was restored.")
    if file is None:
        _salvage(session, as_json)
        return
    from tui_registry.store.restoring import restore as put_back

    backup = _named(session, file)
    if is_sealed(backup):
        restored, aside = restore_sealed(session, backup)
        tell_restored(session, restored, backup, as_json)
        if aside is not None:
            remark(f"The vault key that was there is now {aside}")
        return
    tell_restored(session, put_back(session.paths.database, backup, session.clock()), backup, as_json)


def tell_restored(session: Session, restored: "Restored", backup: Path, as_json: bool) -> None:
    """What the registry holds now, where the file before lies, and what its keys need."""
    held, aside = restored.contents, restored.aside
    if as_json:
        print_json(
            {
                "restored": str(backup),
                "sum_checked": held.was_summed,
                "set_aside": None if aside is None else str(aside),
                "vault": vault_sentence(session, held),
                **held.counts(),
            }
        )
        return
    tell(f"Restored {backup}: {held.words()}.")
    if not held.was_summed:
        tell("No SHA-256 lay beside it, so only its structure and rules were checked.")
    if aside is not None:
        tell(f"The file that was there is now {aside}")
    if sentence := vault_sentence(session, held):
        tell(sentence)


def _salvage(session: Session, as_json: bool) -> None:
    """Save what can be read, and say what came of every table."""
    from tui_registry.catalog import known_providers
    from tui_registry.store.salvage import salvage

    done = salvage(session.found_database(), known_providers(), session.clock())
    if as_json:
        print_json(
            {
                "tables": {
                    each.table: {"kept": each.kept, "refused": each.refused, "there": each.there}
                    for each in done.tables
                },
                "set_aside": None if done.aside is None else str(done.aside),
                "vault": vault_sentence(session, done.contents),
                **done.contents.counts(),
            }
        )
        return
    print_table(
        ("Table", "Saved", "Refused", "There were"),
        [
            (each.table, _number(each.kept), _number(each.refused), _number(each.there))
            for each in done.tables
        ],
        numbers=("Saved", "Refused", "There were"),
    )
    tell(f"Saved {done.contents.words()}. The damaged file is now {done.aside}")
    if sentence := vault_sentence(session, done.contents):
        tell(sentence)


def _number(count: int | None) -> str:
    return "?" if count is None else f"{count:,}"


def vault_sentence(session: Session, held: "Contents") -> str | None:
    """Whether the keys that came back open here; None where there are none."""
    if not held.keys:
        return None
    from tui_registry.vault import VaultState

    status = session.vault.status(True, held.vault_key_id)
    if status.state is VaultState.READY:
        return f"Its keys need the same vault key, and that is here: {status.place}"
    return f"Its keys need the same vault key. {status.sentence}"


def _named(session: Session, file: Path) -> Path:
    """The file at that path, else the backup of that name."""
    path = Path(os.path.abspath(file.expanduser()))
    listed = session.paths.backups / file.name
    if not path.exists() and file.name == str(file) and listed.exists():
        return listed
    if os.path.lexists(session.paths.database) and path.exists() and path.samefile(session.paths.database):
        raise Refused(f"{path} is the registry itself. To list its backups, run: tui-registry restore")
    return path


def _list(session: Session, as_json: bool) -> None:
    """Every backup, really checked, the newest first."""
    from tui_registry.store.backups import backups_of

    found = backups_of(session.paths.database, session.paths.backups)
    rows = [(each, *_judged(each)) for each in found]
    if as_json:
        print_json(
            [
                {
                    "backup": str(each.path),
                    "made_at": _stamp(each),
                    "reason": each.reason,
                    "bytes": each.size,
                    "state": state,
                    **({"holds": None} if held is None else {"holds": held.counts()}),
                }
                for each, state, held in rows
            ]
        )
        return
    if not rows:
        tell(f"There are no backups in {session.paths.backups} yet. To make one, run: tui-registry backup")
        return
    print_table(
        ("Made", "Why", "Size", "State", "Backup"),
        [
            (
                _stamp(each)[:16].replace("T", " "),
                each.words,
                f"{each.size / 1000:,.0f} KB",
                state,
                each.path.name,
            )
            for each, state, _ in rows
        ],
        numbers=("Size",),
    )


def _judged(backup: "Backup") -> tuple[str, "Contents | None"]:
    """`ok`, `ok, no sum` or `damaged`, and what a sound one holds."""
    from tui_registry.store.contents import look_into_sound

    try:
        held = look_into_sound(backup.path)
    except RegistryError:
        return "damaged", None
    return "ok" if held.was_summed else "ok, no sum", held


def _stamp(backup: "Backup") -> str:
    from tui_registry.clock import stamp

    return stamp(backup.made_at)
