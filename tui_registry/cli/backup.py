"""`tui-registry backup`: a checked copy of the registry, whole even while it is in use."""

import os
from pathlib import Path

import click

from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import json_option, print_json, tell


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--with-secrets", is_flag=True, help="Seal FILE with a passphrase, the vault key in it.")
@json_option
@pass_session
def backup(session: Session, file: Path | None, with_secrets: bool, as_json: bool) -> None:
    """Copy the registry to FILE, or among its backups, with a SHA-256 beside it.

    The copy is checked before it gets its name. Nothing is overwritten. `tui-registry restore` lists the
    backups and brings one back. With --with-secrets it opens on another machine, keys included, for whoever
    knows the passphrase that is asked for; where standard input is not a terminal it is read from there.
    """
    if with_secrets:
        if file is None:
            raise click.UsageError("Name the FILE that is to hold the sealed backup.")
        from tui_registry.cli.sealed_backup import make_sealed

        sealed = make_sealed(session, file)
        if as_json:
            print_json({"backup": str(sealed), "bytes": sealed.stat().st_size, "sealed": True})
        else:
            tell(f"Backed up to {sealed}, with the vault key, sealed by the passphrase; checked.")
        return
    made = make_backup(session, file)
    _tell_made(session, made, as_json)


def make_backup(session: Session, file: Path | None) -> Path:
    """A checked copy at `file`, in that directory, or among the backups; raises StoreError or Refused."""
    from tui_registry.store.backup import back_up, back_up_as
    from tui_registry.store.backup_names import made_name

    database, now = session.found_database(), session.clock()
    if file is None:
        return back_up(database, session.paths.backups, "hand", now)
    target = Path(os.path.abspath(file.expanduser()))
    return back_up_as(database, target / made_name(database, "hand", now) if target.is_dir() else target)


def _tell_made(session: Session, made: Path, as_json: bool) -> None:
    from tui_registry.store.backup_names import sum_beside
    from tui_registry.store.contents import look_into

    held = look_into(made)
    if as_json:
        print_json(
            {
                "backup": str(made),
                "bytes": made.stat().st_size,
                "sha256": sum_beside(made).read_text(encoding="ascii").split()[0],
                **held.counts(),
            }
        )
        return
    tell(f"Backed up to {made}: {held.words()}; checked.")
    if held.keys:
        tell(f"Its keys open only with the vault key, which is not in it: {session.paths.vault_key}")
