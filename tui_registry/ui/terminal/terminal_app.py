"""What lies between the app and its terminal: the thin line, a quick esc, and drawing anew."""

import os

from rich.console import RenderableType
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.screen import Screen

from tui_registry.ui.terminal.thinline import ThinLine, fills_erased


class TerminalApp(App[None]):
    """An app that sends its terminal few bytes and answers esc soon."""

    def __init__(self, *, ansi_color: bool = False, thin_line: bool = True) -> None:
        """Send only cells that changed, unless the thin line is switched off."""
        super().__init__(ansi_color=ansi_color or None)
        self._thin_line = ThinLine(erases=fills_erased(os.environ)) if thin_line else None
        self._drawn_size = Size(0, 0)
        self._css_variables = self.get_css_variables()

    def refresh_css(self, animate: bool = True) -> None:
        """Take on other colours; where they are the same, no style sheet is parsed once more."""
        variables = self.get_css_variables()
        if variables != self._css_variables:
            self._css_variables = variables
            super().refresh_css(animate)
            return
        self.stylesheet.update(self, animate=animate)
        for screen in self.screen_stack:
            if screen is not self.screen:
                self.stylesheet.update(screen, animate=animate)
            screen._css_update_count = self._css_update_count

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver, with a shorter wait after esc where that is known to be the Unix one."""
        found = super().get_driver_class()
        if found.__module__ != "textual.drivers.linux_driver":
            return found
        from tui_registry.ui.terminal.escape_driver import EscapeDriver

        return EscapeDriver

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Hand an update to the terminal over the thin line."""
        if self._thin_line is not None and renderable is not None:
            renderable = self._thin_line.slim(renderable, screen.outer_size, in_frames=self._sync_available)
        super()._display(screen, renderable)

    def _begin_update(self) -> None:
        """The thin line frames what it sends."""
        if self._thin_line is None:
            super()._begin_update()

    def _end_update(self) -> None:
        """The thin line frames what it sends."""
        if self._thin_line is None:
            super()._end_update()

    def on_resize(self, event: events.Resize) -> None:
        """Draw every cell anew, for a terminal may lose some; it also tells its size when it comes back."""
        self._forget_terminal()
        if self._drawn_size == event.size:
            self.screen.refresh()
        self._drawn_size = event.size

    def action_redraw(self) -> None:
        """Draw the whole screen anew, over whatever noise the line left on it."""
        self._forget_terminal()
        if self._driver is not None:
            self._driver.write("\x1b[2J")
        self.screen.refresh(layout=True)
        self.refresh()

    def _forget_terminal(self) -> None:
        if self._thin_line is not None:
            self._thin_line.forget()
