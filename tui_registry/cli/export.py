"""`tui-registry export`: the registry's content for other tools, for people, or for another registry."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import is_terminal, json_option, print_json, remark, tell, write
from tui_registry.errors import InvalidInput, Refused
from tui_registry.text import clean, counted

if TYPE_CHECKING:
    from tui_registry.export.formats import Made

FORMATS = ("opencode", "crush", "claude-code", "litellm", "env", "json", "csv")
"""The names of the forms, which need not be loaded for a help text."""


@click.command()
@click.argument("format", type=click.Choice(FORMATS))
@click.option("--output", "-o", metavar="FILE", help="Write it into this new file, for you alone to read.")
@click.option("--force", is_flag=True, help="Replace the file if it is there already.")
@click.option("--all", "everything", is_flag=True, help="Unverified models and switched-off providers too.")
@click.option("--provider", "names", metavar="NAME", multiple=True, help="This provider alone; repeatable.")
@click.option(
    "--env", "variables", metavar="NAME=VAR", multiple=True, help="The variable for a provider's key."
)
@json_option
@pass_session
def export(
    session: Session,
    format: str,
    output: str | None,
    force: bool,
    everything: bool,
    names: tuple[str, ...],
    variables: tuple[str, ...],
    as_json: bool,
) -> None:
    """Hand out verified models as another tool's configuration, or the whole registry.

    No key is ever in it: the other tools are told the variable that holds it. json and csv hold every
    provider and model, and no results. What had to be left out is said on standard error.
    """
    from tui_registry.export.formats import FORMS, reasons
    from tui_registry.export.offers import Wanted

    if as_json and output is None:
        raise InvalidInput({"--json": "It tells what was written, so it needs --output FILE."})
    wanted = Wanted(everything, names, dict(map(_named_variable, variables)))
    made = FORMS[format].make(session.store, wanted)
    if output is None or output == "-":
        write((made.text if not is_terminal(sys.stdout) else clean(made.text, lines=True)).rstrip("\n"))
    else:
        from tui_registry.export.files import write_file

        if session.paths.own(Path(output)):
            raise Refused(f"{output} is one of the registry's own files; name another one.")
        write_file(Path(output), made.text, replace=force)
    for sentence in reasons(made.left_out):
        remark(sentence)
    if made.unused:
        remark(f"Left out {counted(made.unused, 'model')} that it has no use for.")
    if made.foreign:
        remark(f"Prices not in USD are left out: {', '.join(made.foreign)}.")
    if output is not None and output != "-":
        _tell_written(output, format, made, as_json)


def _named_variable(written: str) -> tuple[str, str]:
    name, equals, variable = written.rpartition("=")
    if not (equals and name and variable):
        raise InvalidInput({"--env": "Write it as PROVIDER=VARIABLE."})
    return name, variable


def _tell_written(output: str, format: str, made: "Made", as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "format": format,
                "file": output,
                "providers": made.providers,
                "models": made.models,
                "left_out": [{"provider": name, "reason": why} for name, why in made.left_out.items()],
            }
        )
        return
    holding = f"{counted(made.models, 'model')} of {counted(made.providers, 'provider')}"
    tell(f"Wrote {output}: {holding}. Only you may read it.")
