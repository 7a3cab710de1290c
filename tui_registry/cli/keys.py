"""`tui-registry keys`: every key of the app as it is bound now, and what a pressed key arrives as."""

import os
import sys

import click

from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import json_option, print_json, print_table, remark
from tui_registry.config import read_settings
from tui_registry.errors import Refused


@click.command()
@json_option
@click.option("--check", is_flag=True, help="Show what each key you press arrives as; q twice ends.")
@pass_session
def keys(session: Session, as_json: bool, check: bool) -> None:
    """Print the app's keys, with those of your settings."""
    from tui_registry.ui.keymap import KEYS
    from tui_registry.ui.own_keys import own_keys

    found = read_settings(session.paths.config)
    own = own_keys(found.settings.keys, found.places)
    for complaint in (*found.complaints, *own.complaints):
        remark(complaint)
    if check:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise Refused("Keys can only be pressed in a terminal.")
        from tui_registry.ui.terminal.key_check import show_pressed

        show_pressed(sys.stdin.fileno(), sys.stdout, own, os.environ)
        return
    if as_json:
        print_json(
            [
                {
                    "id": key.id,
                    "group": key.group,
                    "keys": list(own.names(key)),
                    "word": key.word,
                    "help": key.help,
                }
                for key in KEYS
            ]
        )
        return
    # Keys that share a line of the app's page share one sentence too; here each needs words of its own.
    sharing = [key.joins for key in KEYS[1:]] + [False]
    rows = [
        (key.group, own.printed(key), key.word.lower() if key.joins or shared else key.help)
        for key, shared in zip(KEYS, sharing, strict=True)
    ]
    print_table(("Where", "Keys", "What it does"), rows)
