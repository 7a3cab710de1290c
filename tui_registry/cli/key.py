"""`tui-registry key`: API keys; they come from a hidden prompt, standard input or a variable."""

import sys
from functools import partial
from shlex import quote

import click

from tui_registry.cli.endings import UNREACHED
from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import is_terminal, json_option, print_json, remark, tell, write
from tui_registry.cli.provider_facts import provider_record
from tui_registry.endpoint import Endpoint, key_refusal, shown_origin, stored_endpoint
from tui_registry.errors import InvalidInput, Outdated, Refused
from tui_registry.store import Provider, Writes
from tui_registry.text import Secret, read_pasted_key
from tui_registry.vault import VaultState

LONGEST_INPUT = 65_536
"""Characters read from standard input; a key has far fewer."""


@click.group()
def key() -> None:
    """API keys: set, check, remove, move, show. A key is never an argument."""


@key.command("set")
@click.argument("name")
@click.option("--from-env", metavar="VAR", help="Take the key from this environment variable.")
@click.option(
    "--allow-cleartext", metavar="HOST", help="Accept that the key crosses the network unencrypted to HOST."
)
@json_option
@pass_session
def set_key(
    session: Session, name: str, from_env: str | None, allow_cleartext: str | None, as_json: bool
) -> None:
    """Seal a key for the provider's host, the one that the prompt names.

    It is asked for without echo; where standard input is not a terminal it is read from there. Should the
    provider have another host or key by the time it is entered, nothing is sealed before that was shown.
    """
    row = session.store.reads.provider(name)
    endpoint = stored_endpoint(row.name, row.endpoint)
    refusal = key_refusal(endpoint, allow_cleartext)
    if refusal is not None:
        raise Refused(f"{refusal}{_consent_words(endpoint, refusal)}")
    session.unlock()
    secret = _entered(session, row.name, endpoint, from_env)
    begins = session.store.vault_status().state is VaultState.EMPTY
    row = _sealed(session, row, secret, allow_cleartext)
    if begins:
        remark(
            f"Made the vault key {session.vault.place.name}: without it no key opens, so keep a copy of it."
            " To put a passphrase before it: tui-registry vault passphrase set"
        )
    if as_json:
        print_json(provider_record(session, row))
        return
    place = session.store.sealed_for(row)
    tell(f"The key of {row.name} is sealed for {place}. {row.name} is off until the key is checked.")
    tell(f"Next: tui-registry key check {quote(row.name)}")


@key.command("check")
@click.argument("name")
@json_option
@pass_session
def check_key(session: Session, name: str, as_json: bool) -> None:
    """Ask the provider whether it accepts the key, and whether it refuses a wrong one.

    Exit codes: 0 the key is proved, 1 it is not, 4 the provider could not be reached.
    """
    import asyncio

    from tui_registry import verification

    before = session.store.reads.provider(name)
    session.unlock()
    verdict = asyncio.run(verification.check_key(session.store, before, session.asking))
    row = session.store.reads.provider_again(before)
    if as_json:
        said = {"state": verdict.state, "status": verdict.status, "sentence": verdict.sentence}
        print_json(provider_record(session, row) | {"check": said})
    else:
        tell(verdict.sentence)
        if before.is_active and not row.is_active:
            tell(f"{row.name} is off now.")
        elif verdict.state == "valid" and not row.is_active:
            tell(f"To turn it on: tui-registry provider activate {quote(row.name)}")
        elif verdict.state == "unproven":
            tell(f"To prove it by a paid prompt: tui-registry verify {quote(row.name)} --suite quick")
    click.get_current_context().exit({"valid": 0, "unreachable": UNREACHED}.get(verdict.state, 1))


@key.command("remove")
@click.argument("name")
@json_option
@pass_session
def remove_key(session: Session, name: str, as_json: bool) -> None:
    """Remove a provider's key and switch the provider off."""
    row = session.store.reads.provider(name)
    if row.api_key_encrypted is None:
        raise Refused(f"{row.name} has no key.")
    row = session.write(lambda writes: writes.remove_key(row))
    if as_json:
        print_json(provider_record(session, row))
    else:
        tell(f"Removed the key of {row.name}; {row.name} is off.")


@key.command("move")
@click.argument("name")
@click.option(
    "--to-host",
    metavar="HOST",
    required=True,
    help="Where it goes: HOST, HOST:PORT or http://HOST.",
)
@json_option
@pass_session
def move_key(session: Session, name: str, to_host: str, as_json: bool) -> None:
    """Seal a key again for the host the endpoint names now."""
    row = session.store.reads.provider(name)
    row = session.write(lambda writes: writes.move_key(row, to_host))
    if as_json:
        print_json(provider_record(session, row))
    else:
        tell(f"The key of {row.name} is sealed for {session.store.sealed_for(row)} now, and not checked yet.")


@key.command("show")
@click.argument("name")
@click.option("--reveal", is_flag=True, help="Print the key itself.")
@pass_session
def show_key(session: Session, name: str, reveal: bool) -> None:
    """Print a provider's key, in clear."""
    row = session.store.reads.provider(name)
    if not reveal:
        raise Refused(
            f"This prints the key of {row.name} in clear, where screens and logs keep it. If that is wanted,"
            " add --reveal."
        )
    write(session.store.open_key(row).reveal())


def _sealed(session: Session, seen: Provider, secret: Secret, consented: str | None) -> Provider:
    """The provider once its key is sealed as shown; whoever can be asked affirms what is otherwise now."""
    while True:
        try:
            return session.write(partial(Writes.set_key, seen=seen, secret=secret, consented_host=consented))
        except Outdated as outdated:
            if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
                raise
            seen = session.store.reads.provider_again(seen)
            consented = _affirmed(session, seen, outdated)


def _affirmed(session: Session, now: Provider, outdated: Outdated) -> str:
    """The host that is typed to seal the key there all the same; raises Refused for any other answer."""
    endpoint = stored_endpoint(now.name, now.endpoint)
    if (refusal := key_refusal(endpoint, endpoint.host)) is not None:
        raise Refused(f"{outdated} {refusal}")
    place = shown_origin(endpoint.origin)
    remark(f"{outdated} Its key now: {session.store.key_words(now)}.")
    if endpoint.is_cleartext:
        remark("Over plain http: whoever is on the way can read the key.")
    typed = click.prompt(f"Type {place} to seal your key there", default="", show_default=False, err=True)
    if typed.strip() != place:
        raise Refused(f"That is not {place}, so nothing was sealed.")
    return endpoint.host


def _consent_words(endpoint: Endpoint, refusal: str) -> str:
    """How to consent on the command line, where consent is what is missing."""
    consented = key_refusal(endpoint, endpoint.host) is None
    return f" Here that is: --allow-cleartext {endpoint.host}" if consented and refusal else ""


def _entered(session: Session, name: str, endpoint: Endpoint, variable: str | None) -> Secret:
    """The key, wherever it comes from; raises InvalidInput without ever repeating it."""
    if variable is not None:
        text = session.environ.get(variable, "")
        if not text.strip():
            raise InvalidInput({"api_key": f"${variable} is not set in this shell."})
    elif is_terminal(sys.stdin):
        text = _asked(session, name, endpoint)
    else:
        text = sys.stdin.read(LONGEST_INPUT) if sys.stdin is not None else ""
    try:
        secret, note = read_pasted_key(text, local=endpoint.is_loopback)
    except ValueError as refusal:
        raise InvalidInput({"api_key": str(refusal)}) from None
    if note is not None:
        remark(note)
    return secret


def _asked(session: Session, name: str, endpoint: Endpoint) -> str:
    """What is typed at a prompt that does not show it, and that names the host it will be sealed for."""
    from getpass import getpass

    known = session.store.reads.known(name)
    if known.local_token is not None:
        remark(f"{name} asks for no key of its own; {known.local_token} is what it is usually given.")
    try:
        return getpass(f"API key for {name}, sealed for {shown_origin(endpoint.origin)} (not shown): ")
    except EOFError:
        raise InvalidInput({"api_key": "Nothing was entered."}) from None
