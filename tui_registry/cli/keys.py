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
    # Keys that share a line of the app's page share one sentence too; here each needs words of its own.
    sharing = [key.joins for key in KEYS[1:]] + [False]
    rows = [
        (key.group, printed_keys(key), key.word.lower() if key.joins or shared else key.help)
        for key, shared in zip(KEYS, sharing, strict=True)
    ]
    print_table(("Where", "Keys", "What it does"), rows)
