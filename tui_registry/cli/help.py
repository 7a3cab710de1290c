"""`tui-registry help`: what the program tells about itself, one topic at a time."""

import shutil

import click

from tui_registry.cli.output import json_option, print_drawn, print_json, print_table, tell
from tui_registry.errors import NotFound
from tui_registry.help import topic as find_topic
from tui_registry.help import topics

WIDEST = 100
"""Columns beyond which a text is no easier to read."""


@click.command()
@click.argument("topic", required=False)
@json_option
@click.pass_context
def help(context: click.Context, topic: str | None, as_json: bool) -> None:
    """Print a topic of the help; without TOPIC, list the topics."""
    if topic is None:
        _list_topics(as_json)
        return
    try:
        found = find_topic(topic)
    except NotFound as error:
        root = context.find_root().command
        if isinstance(root, click.Group) and topic in root.commands:
            raise NotFound(f"{error} For the command: tui-registry {topic} --help") from None
        raise
    if as_json:
        print_json({"topic": found.name, "title": found.title, "text": found.text})
        return
    from tui_registry.help.page import page

    print_drawn(page(found.text), min(shutil.get_terminal_size().columns, WIDEST))


def _list_topics(as_json: bool) -> None:
    """Every topic's name and what it tells."""
    if as_json:
        print_json([{"topic": each.name, "title": each.title} for each in topics()])
        return
    print_table(("Topic", "What it tells"), [(each.name, each.title) for each in topics()])
    tell("")
    tell("`tui-registry help TOPIC` prints one; `tui-registry COMMAND --help` tells of a command.")
