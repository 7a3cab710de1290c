"""`tui-registry vault`: how the vault stands, its passphrase, rotation, recovery code and lost key."""

import sys
from pathlib import Path
from shlex import quote

import click

from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import is_terminal, json_option, print_facts, print_json, remark, tell, write
from tui_registry.cli.passphrase import LONGEST_INPUT, typed
from tui_registry.errors import KeyFileMissing, NotFound, Refused, VaultLocked, WrongPassphrase
from tui_registry.text import Secret
from tui_registry.vault import Vault, VaultState, VaultStatus, read_recovery_code

CANNOT_BE_USED = 3
"""Ends `status` where stored keys cannot be read as things stand."""


@click.group()
def vault() -> None:
    """The vault that seals API keys: status, passphrase, rotation, recovery. No secret is an argument."""


@vault.command()
@json_option
@pass_session
def status(session: Session, as_json: bool) -> None:
    """Say where the vault key is, whether it has a passphrase, and whether it fits the registry.

    Exit codes: 0 it can be used, also after a passphrase; 3 it cannot.
    """
    found = session.store.vault_status()
    _tell_status(session, found, as_json)
    if found.state in (VaultState.MISSING, VaultState.OTHER, VaultState.REFUSED):
        click.get_current_context().exit(CANNOT_BE_USED)


@vault.command()
@click.argument("verb", type=click.Choice(["set", "change", "remove"]))
@json_option
@pass_session
def passphrase(session: Session, verb: str, as_json: bool) -> None:
    """Put the vault key behind a passphrase, change it, or remove it. No stored key is touched.

    A new one is asked for twice; where standard input is not a terminal it is read from there. The present
    one is asked for too, or given with --passphrase-fd or TUI_REGISTRY_PASSPHRASE.
    """
    session.store.vault_status()
    session.unlock()
    has_one = session.vault.is_open_by_passphrase
    if verb == "set" and has_one:
        raise Refused("The vault has a passphrase. To change it: tui-registry vault passphrase change")
    if verb != "set" and not has_one:
        session.vault.key_ids()
        raise Refused("The vault has no passphrase. To set one: tui-registry vault passphrase set")
    session.vault.key_ids()
    wrap = None if verb == "remove" else session.vault.wrap_for(session.passphrases.new())
    session.write(lambda writes: writes.vault.protect(wrap))
    if as_json:
        _tell_status(session, session.store.vault_status(), as_json)
        return
    words = {"set": "has a passphrase now", "change": "has another passphrase now", "remove": "has none now"}
    tell(f"The vault {words[verb]}: {session.vault.place.name}.")
    if verb != "remove":
        remark("A forgotten passphrase cannot be told. A way back: tui-registry vault recovery-code")
    remark("Copies of the file made before open as they did. To end that: tui-registry vault rotate")


@vault.command()
@click.option("--yes", is_flag=True, help="Rotate, although earlier backups then need the old key file.")
@json_option
@pass_session
def rotate(session: Session, yes: bool, as_json: bool) -> None:
    """Seal every API key anew with a new vault key, while other sessions go on.

    Cut off at any moment it loses nothing; the next rotation ends it.
    """
    from tui_registry.store import rotate as turn

    session.unlock()
    if not yes:
        raise Refused(
            "Keys in backups made before a rotation can only be read with a copy of the present key file,"
            f" {session.vault.place.name}. If that is fine, add --yes."
        )
    done = turn(session.store)
    if as_json:
        print_json(
            {
                "vault_key": done.key_id,
                "resumed": done.resumed,
                "unread": [{"provider": each.provider, "sentence": each.sentence} for each in done.unread],
                "kept": list(done.kept),
            }
        )
        return
    for sentence in done.sentences():
        tell(sentence)


@vault.command("recovery-code")
@pass_session
def recovery_code(session: Session) -> None:
    """Show the vault key as a code to write down, on a terminal only.

    Whoever has the code and a copy of the database can read every key. `vault restore --code` takes it.
    """
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise Refused("A recovery code is shown on a terminal only, so that it lands in no file or log.")
    session.unlock()
    code = session.store.recovery_code().reveal()
    tell("Write this down and keep it apart from this machine. It is the vault key itself.")
    write(f"\n  {code[:34]}\n  {code[35:]}\n")
    tell("It fits until the next rotation. Clear this screen afterwards.")


@vault.command()
@click.option("--code", "how", flag_value="code", help="From its recovery code, which is asked for.")
@click.option("--new", "how", flag_value="new", help="Begin a new one; what the old one sealed stays shut.")
@click.option("--from", "source", type=click.Path(path_type=Path), help="From a copy of its file.")
@json_option
@pass_session
def restore(session: Session, how: str | None, source: Path | None, as_json: bool) -> None:
    """Bring back a vault key that is lost; a file in its place is kept under another name."""
    if (how is None) == (source is None):
        raise click.UsageError("Choose one of --code, --from FILE and --new.")
    if how == "new":
        try:
            key_id = session.write(lambda writes: writes.vault.begin_anew())
        except (VaultLocked, WrongPassphrase) as error:
            raise type(error)(f"{error} {_forgotten(session)}") from None
        said = f"Keys are sealed with the new vault key {key_id[:8]} from now on; older ones stay shut."
    else:
        said = _put_back(session, source)
    if as_json:
        _tell_status(session, session.store.vault_status(), as_json)
    else:
        tell(said)


def _forgotten(session: Session) -> str:
    """What helps where nobody knows the passphrase any more."""
    name = quote(session.vault.place.name)
    return (
        "If it is forgotten: tui-registry vault restore --code. Without that code, begin a new vault key:"
        f" mv {name} {name}.aside && tui-registry vault restore --new"
    )


def _put_back(session: Session, source: Path | None) -> str:
    """Put the vault key back from a copy or a code, and say so."""
    wrap = None
    if source is not None:
        copy = Vault(source.expanduser(), session.passphrases.unlock)
        try:
            ring = copy.ring()
        except KeyFileMissing:
            raise NotFound(f"There is no file {source}; name the copy of the vault key's file.") from None
        wrap = copy.wrap
    else:
        ring = (read_recovery_code(_code()),)
    aside = session.write(lambda writes: writes.vault.put_back(ring, wrap))
    said = f"The vault key {ring[0].id[:8]} is back at {session.vault.place.name}."
    if aside is not None:
        said += f" What was there is kept as {aside}."
    return said


def _code() -> Secret:
    """A recovery code, typed or read."""
    if is_terminal(sys.stdin):
        return typed("Recovery code (not shown): ")
    return Secret(sys.stdin.read(LONGEST_INPUT) if sys.stdin is not None else "")


def _tell_status(session: Session, found: VaultStatus, as_json: bool) -> None:
    reads = session.store.reads
    sealed, named = reads.sealed_count(), reads.setting("vault_key_id")
    if as_json:
        print_json(
            {
                "state": found.state.value,
                "finding": found.sentence,
                "kept_in": found.kind,
                "place": found.place,
                "vault_key": named,
                "keys": list(found.key_ids),
                "passphrase": found.passphrase,
                "sealed_keys": sealed,
            }
        )
        return
    print_facts(
        [
            ("State", found.state.value),
            ("", found.sentence),
            ("Kept in", found.place),
            ("Passphrase", f"yes, {found.passphrase}" if found.passphrase else "none"),
            ("Vault key", named and named[:8]),
            ("Holds", ", ".join(each[:8] for each in found.key_ids) or None),
            ("Sealed keys", f"{sealed:,}"),
        ]
    )
