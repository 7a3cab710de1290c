"""The frame around every view: the line of views at the top, the banner under it, the keys at the bottom."""

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

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


class KeyBar(Widget, can_focus=False):
    """The keys that work now, on one line; those that cannot work at present are dim.

    One widget that draws a line, where Textual's Footer mounts a widget for every key each time one changes.
    """

    DEFAULT_CSS = "KeyBar { dock: bottom; height: 1; }"
    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"key-bar--key", "key-bar--word"}

    def __init__(self) -> None:
        """Empty until the screen knows its keys."""
        super().__init__()
        self._shown: list[tuple[Binding, bool]] = []
        self._ends: list[tuple[int, str]] = []

    def on_mount(self) -> None:
        """Follow the keys of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, screen: Screen[object]) -> None:
        by_action: dict[str, tuple[Binding, bool]] = {}
        for _, binding, is_enabled, _ in screen.active_bindings.values():
            if binding.show:
                by_action.setdefault(binding.action, (binding, is_enabled))
        if (shown := list(by_action.values())) != self._shown:
            self._shown = shown
            self.refresh()

    def render(self) -> Text:
        """As many keys as there are, cut at the widget's width."""
        key_style = self.get_component_rich_style("key-bar--key", partial=True)
        word_style = self.get_component_rich_style("key-bar--word", partial=True)
        line = Text(no_wrap=True, overflow="crop", end="")
        self._ends = []
        for binding, is_enabled in self._shown:
            dimmed = Style(dim=not is_enabled or None)
            line.append(self.app.get_key_display(binding), key_style + dimmed)
            line.append(f" {binding.description}", word_style + dimmed)
            line.append(" ")
            self._ends.append((line.cell_len, binding.key))
        return line

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked; a dim one says why it does nothing."""
        for end, key in self._ends:
            if event.x < end:
                self.app.simulate_key(key)
                return
