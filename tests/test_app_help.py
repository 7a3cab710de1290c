"""The help in the app: a topic is chosen and read by keyboard, and shown whole at 80x24."""

import re

import pytest

from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tui_registry.help import topic, topics
from tui_registry.help.page import fenced
from tui_registry.ui.screens.keys_page import KeysPage
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.picker import Picker
from tui_registry.ui.screens.topic_page import TopicPage

NARROW = (80, 24)


async def test_a_topic_is_opened_by_keyboard_and_left_again(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "sorted by name")
        await pilot.press("question_mark")
        await on_screen(pilot, "Help topics")
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, Picker))
        await on_screen(pilot, topic("files").title)
        await type_text(pilot, "prot")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TopicPage))
        await on_screen(pilot, "Help: protection")
        assert "vault.key" in screen_text(pilot)
        await pilot.press("G")
        await on_screen(pilot, "whatever cuts it off")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Picker))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, KeysPage))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))


async def test_a_topic_is_opened_from_the_commands(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "sorted by name")
        await pilot.press("colon")
        await type_text(pilot, "help topics")
        await on_screen(pilot, "protection, filters")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Picker))
        await type_text(pilot, "changes")
        await pilot.press("enter")
        await on_screen(pilot, "What changed for users")
        await pilot.press("q", "escape")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))


@pytest.mark.parametrize("name", [each.name for each in topics()])
async def test_every_topic_is_shown_whole_at_the_smallest_design_size(empty: Session, name: str) -> None:
    app = empty.app()
    async with app.run_test(size=NARROW) as pilot:
        await app.push_screen(TopicPage(topic(name)))
        await on_screen(pilot, topic(name).title)
        read, last = "", ""
        while last != (last := screen_text(pilot)):
            read += last
            await pilot.press("pagedown")
            await pilot.pause(0.02)
        for line in fenced(topic(name).text):
            assert line in read
        ends = re.findall(r"\w+", topic(name).text)
        assert ends[-1] in re.findall(r"\w+", last)
