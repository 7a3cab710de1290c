"""A page of the help: one topic's text, scrolled with the keys of a list."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_registry.help import Topic
from tui_registry.help.page import page
from tui_registry.ui.bindings import bind
from tui_registry.ui.widgets.chrome import KeyBar
from tui_registry.ui.widgets.panes import ReadingPane


class TopicPage(ModalScreen[None]):
    """The text of one topic, as wide as the terminal."""

    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar = [
        bind("app.back", "close", word="Back", shown=True),
        bind("app.quit", "close", shown=False),
    ]

    def __init__(self, topic: Topic) -> None:
        """The page of this topic."""
        super().__init__()
        self._topic = topic

    def compose(self) -> ComposeResult:
        """The text, the keys."""
        with ReadingPane(id="page") as pane:
            pane.border_title = Text(f"Help: {self._topic.name}")
            yield Static(page(self._topic.text), markup=False)
        yield KeyBar()

    def action_close(self) -> None:
        """Back to the topics."""
        self.dismiss()
