"""`tui-registry run`: a provider's key as a variable of one command, and of nothing else."""

import os
import re
import shutil
import sys
from collections.abc import Mapping
from typing import NoReturn

import click

from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import remark
from tui_registry.errors import Refused

NOT_STARTED, NOT_FOUND = 126, 127
"""What shells say of a command that could not be started, and of one that is not there."""

OWN_SECRETS = ("TUI_REGISTRY_PASSPHRASE",)
"""Variables of this program that no command it starts is to have."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--env", "variable", metavar="VAR", help="The variable, instead of the usual one.")
@click.argument("name")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@pass_session
def run(session: Session, variable: str | None, name: str, command: tuple[str, ...]) -> None:
    """Run COMMAND with the provider's key in its environment.

    The key is opened for the provider's present host alone and stands in the variable that such tools read,
    such as OPENAI_API_KEY. COMMAND takes this program's place: the shell you type in never holds the key,
    and its exit code, signals and terminal are the command's own. The command, what it starts, and the
    superuser can read the key.

    Exit codes: the command's own; 127 when it is not found, 126 when it cannot be started, 2 and 3 when
    there is no key to be had.
    """
    command = command[1:] if command[0] == "--" else command
    if not command or command[0].startswith("-"):
        raise click.UsageError("Write options before the provider's name, and the command after it.")
    store = session.store
    row = store.reads.provider(name)
    variable = variable or _usual_variable(row.name, store.reads.known(row.name).env_vars)
    if _VARIABLE.fullmatch(variable) is None:
        raise Refused(f"{variable} is not the name of an environment variable.")
    found = session.found
    environ = {**session.environ, **({} if found is None else found.variables)}
    for secret in OWN_SECRETS:
        environ.pop(secret, None)
    if shutil.which(command[0], path=environ.get("PATH")) is None:
        remark(f"There is no command {command[0]}.")
        click.get_current_context().exit(NOT_FOUND)
    environ[variable] = store.open_key(row).reveal()
    _become(session, command, environ)


def _usual_variable(name: str, env_vars: str | None) -> str:
    named = (env_vars or "").split()
    if not named:
        raise Refused(f"No variable is known for the key of {name}; name one with --env VAR.")
    return named[0]


def _become(session: Session, command: tuple[str, ...], environ: Mapping[str, str]) -> NoReturn:
    """Let go of the registry and of everything that belongs to this run, then be the command."""
    from tui_registry.process import become

    if session.found is None:
        raise Refused("A command can only be run from a shell.")
    context = click.get_current_context()
    context.find_root().close()
    sys.stdout.flush()
    try:
        become(command, environ, session.found)
    except OSError as error:
        remark(f"{command[0]} cannot be started: {error.strerror}.")
        os._exit(NOT_STARTED)
