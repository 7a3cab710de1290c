"""The floor: the smallest Textual app; given `keys`, it changes its one line at every key."""

import sys

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class Hello(App[None]):
    """One line of text."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Static("READY 0", markup=False)


class Counting(Hello):
    """One line that counts keys."""

    keys = 0

    def on_key(self, _event: events.Key) -> None:
        self.keys += 1
        self.query_one(Static).update(f"READY {self.keys}", layout=False)


if __name__ == "__main__":
    (Counting if "keys" in sys.argv else Hello)().run()
