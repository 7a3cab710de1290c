"""The command `tui-registry` itself: its global options, and what it does without a subcommand."""

import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, cast

import click

from tui_registry import __version__
from tui_registry.cli.completion import complete_names
from tui_registry.cli.endings import Ending, end_quietly_on_a_bug, stand_in_for_closed_streams, write_whole
from tui_registry.cli.help_pages import PAGES, add_pages, written
from tui_registry.cli.opening import Choices, Session, Surroundings, open_demo

COMMANDS = (
    "provider",
    "key",
    "model",
    "pricing",
    "limits",
    "catalog",
    "import",
    "verify",
    "history",
    "export",
    "run",
    "backup",
    "restore",
    "vault",
    "doctor",
    "keys",
    "help",
)
"""The commands; each is in the module of its name."""

MODULES = {"import": "importing"}
"""The modules whose commands have a name that no module can have."""


class Commands(Mapping[str, click.Command]):
    """The commands by their names; the module of each is loaded when it is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        if name not in COMMANDS:
            raise KeyError(name)
        return _loaded(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@cache
def _loaded(name: str) -> click.Command:
    """A command from its module, with its help page and with names that a shell completes."""
    module = MODULES.get(name, name)
    found: click.Command = getattr(import_module(f"tui_registry.cli.{module}"), module)
    complete_names(found, f" {name}")
    add_pages(found, name)
    return found


def main() -> NoReturn:
    """Run the program; ends the process with the exit code."""
    from tui_registry.process import harden

    found = harden(os.environ)
    end_quietly_on_a_bug()
    stand_in_for_closed_streams()
    write_whole()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    registry(prog_name="tui-registry", obj=Surroundings(found=found))
    sys.exit(0)


class NamedPath(click.Path):
    """A path that is named; an empty text would silently mean the present directory."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """The path; fails for an empty text."""
        if not os.fspath(value):
            self.fail(f"An empty text names no {self.name}.", param, ctx)
        return super().convert(value, param, ctx)


@click.group(
    cls=Ending,
    commands=cast(MutableMapping[str, click.Command], Commands()),
    invoke_without_command=True,
    epilog=written(PAGES[""]),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--home",
    type=NamedPath(path_type=Path, file_okay=False),
    help="Keep everything under this directory. Also: TUI_REGISTRY_HOME.",
)
@click.option(
    "--demo", is_flag=True, help="Look around in a made-up registry that is thrown away afterwards."
)
@click.option(
    "--key-file",
    type=NamedPath(path_type=Path, dir_okay=False),
    help="Keep the vault key in this file. Also: TUI_REGISTRY_KEY_FILE.",
)
@click.option(
    "--passphrase-fd",
    type=click.IntRange(min=0),
    metavar="N",
    help="Read the vault's passphrase from this open file. Also: TUI_REGISTRY_PASSPHRASE.",
)
@click.option("--read-only", is_flag=True, help="Change nothing.")
@click.option("--create", is_flag=True, help="Begin a new registry although traces of an old one are there.")
@click.option("--theme", metavar="NAME", help="The app's colours.")
@click.option("--ascii", "plain", is_flag=True, help="Draw with plain ASCII characters.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.option("--no-thin-line", is_flag=True, help="Send the terminal all that Textual draws.")
@click.option("--slow", is_flag=True, help="Send less, for a slow line.")
@click.version_option(__version__, prog_name="tui-registry")
@click.pass_context
def registry(
    context: click.Context,
    home: Path | None,
    demo: bool,
    key_file: Path | None,
    passphrase_fd: int | None,
    read_only: bool,
    create: bool,
    theme: str | None,
    plain: bool,
    no_mouse: bool,
    no_thin_line: bool,
    slow: bool,
) -> None:
    """Keep, price and prove the LLM API providers you pay for.

    Without a command it opens the app.
    """
    choices = Choices(
        home,
        read_only,
        create,
        theme,
        plain,
        mouse=not no_mouse,
        slow=slow,
        thin_line=not no_thin_line,
        key_file=key_file,
        passphrase_fd=passphrase_fd,
    )
    surroundings = context.obj or Surroundings()
    session = Session(choices, surroundings)
    if demo:
        session = open_demo(context, choices, surroundings)
    context.obj = session
    context.call_on_close(session.close)
    if context.invoked_subcommand is None:
        from tui_registry.cli.screen import run_app

        context.exit(run_app(session))
