"""`tui-registry keys`: every key of the app."""

import click

from tui_registry.cli.output import json_option, print_json, print_table


@click.command()
@json_option
def keys(as_json: bool) -> None:
    """Print the app's keys."""
    from tui_registry.ui.keymap import KEYS, printed_keys

    if as_json:
        print_json(
            [
                {
                    "id": key.id,
                    "group": key.group,
                    "keys": list(key.names),
                    "word": key.word,
                    "help": key.help,
                }
                for key in KEYS
            ]
        )
        return
    print_table(("Where", "Keys", "What it does"), [(key.group, printed_keys(key), key.help) for key in KEYS])
