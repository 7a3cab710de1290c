"""Reading the help: the topics to choose from, and the page of each."""

from textual.app import App

from tui_registry.help import topic, topics
from tui_registry.ui.screens.picker import Entry, Picker
from tui_registry.ui.screens.topic_page import TopicPage

NAME_WIDTH = 11
"""Cells of the longest name of a topic and a blank."""


def begin_reading(app: App[None]) -> None:
    """Open the list of topics over whatever is on the screen."""
    app.run_worker(_read_topics(app), group="help")


async def _read_topics(app: App[None]) -> None:
    """Let a person choose and read, topic by topic; closing a page leads back to the list."""
    entries = [Entry(each.name, f"{each.name:<{NAME_WIDTH}} {each.title}") for each in topics()]
    while (name := await app.push_screen_wait(Picker("Help topics", entries))) is not None:
        await app.push_screen_wait(TopicPage(topic(name)))
