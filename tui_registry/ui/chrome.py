"""The frame around every view: the line of views at the top, the banner under it, the keys at the bottom."""

from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Footer, Static

from tui_registry.ui.words import plain

VIEWS = ("providers", "models", "prices", "limits", "history")
"""The views in the order of their keys 1 to 5."""


class TopLine(Widget, can_focus=False):
    """The views with the current one reversed, and at the right what is open."""

    class Chosen(Message):
        """A view was clicked."""

        def __init__(self, view: str) -> None:
            """Keep the name of the view."""
            super().__init__()
            self.view = view

    COMPONENT_CLASSES = {"top-line--current", "top-line--open"}

    def __init__(self, current: str, opened: str) -> None:
        """Show `current` as the present view and `opened` at the right."""
        super().__init__()
        self._current = current
        self._opened = opened
        self._ends: list[tuple[int, str]] = []

    def render(self) -> Text:
        """One line of the widget's width."""
        line = Text(no_wrap=True, overflow="crop")
        self._ends = []
        for number, view in enumerate(VIEWS, 1):
            style = self.get_component_rich_style("top-line--current") if view == self._current else ""
            line.append(f" {number} {view.capitalize()} ", style=style)
            self._ends.append((line.cell_len, view))
            line.append(" ")
        room = self.size.width - line.cell_len - 1
        # Where there is no room for the file's name, what may be done with it is still said.
        fitting = [
            text
            for text in map(plain, (self._opened, self._opened.rpartition(" ")[2]))
            if text.cell_len <= room
        ]
        if fitting:
            right = fitting[0]
            gap = room - right.cell_len
            line.append(" " * gap)
            line.append_text(Text(right.plain, style=self.get_component_rich_style("top-line--open")))
        return line

    def tell(self, opened: str) -> None:
        """Show what is open now at the right."""
        if opened != self._opened:
            self._opened = opened
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Tell which view was clicked."""
        for end, view in self._ends:
            if event.x < end:
                self.post_message(self.Chosen(view))
                return


class Banner(Static, can_focus=False):
    """One sentence above the view that stays until its cause is gone; hidden while empty."""

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__("", markup=False)
        self.display = False
        self._told: str | None = None

    def tell(self, sentence: str | None) -> None:
        """Show a sentence, or hide when there is none."""
        if sentence == self._told:
            return
        self._told = sentence
        self.display = bool(sentence)
        self.update(Text(f"! {plain(sentence, lines=True).plain}") if sentence else Text())


class KeyBar(Footer):
    """The keys that work now, on one line."""

    def __init__(self) -> None:
        """A compact footer without the palette's own entry."""
        super().__init__(compact=True, show_command_palette=False)
