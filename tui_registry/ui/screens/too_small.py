"""The page that stands instead of every other one while the terminal is too small to draw them."""

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_registry.ui.bindings import bind

LEAST_WIDTH, LEAST_HEIGHT = 60, 15
"""Cells without which a list or a form is cut."""


def is_too_small(width: int, height: int) -> bool:
    """Whether a terminal of this size shows too little of any page."""
    return width < LEAST_WIDTH or height < LEAST_HEIGHT


class TooSmall(ModalScreen[None]):
    """Says how large the terminal is and how large it must be; goes by itself when it is."""

    BINDINGS = [bind("app.quit", "app.quit")]

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(id="too-small", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Say the present size."""
        width, height = event.size
        self.query_one("#too-small", Static).update(
            f"This terminal is {width}x{height}.\n"
            f"{LEAST_WIDTH}x{LEAST_HEIGHT} or more is needed.\n\n"
            "Make it larger, or use\n"
            "  tui-registry model list\n\n"
            f"{self._quit_key()} quits"
        )

    def _quit_key(self) -> str:
        """The key that quits, as people write it."""
        here = [each.binding for each in self.active_bindings.values() if each.binding.id == "app.quit"]
        return self.app.get_key_display(here[0]) if here else "ctrl+q"

    def on_screen_resume(self) -> None:
        """Go, if the terminal grew while a question stood on top."""
        if not is_too_small(*self.app.size):
            self.dismiss()
