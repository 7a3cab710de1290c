"""A page of what would change in the registry; a key takes it in, once it is surely meant for the page."""

import time
from collections.abc import Callable
from typing import ClassVar

from rich.table import Table
from rich.text import Text

from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import Desk
from tui_registry.ui.screens.dialogs import SETTLE_SECONDS, Seconds
from tui_registry.ui.screens.record_page import RecordPage


class DifferencePage(RecordPage):
    """What is new, changed and gone; `take_in` is begun by its key where `differs` says there is anything."""

    BINDINGS: ClassVar = [bind("discovery.apply", "take_in")]

    def __init__(
        self,
        desk: Desk,
        title: str,
        describe: Callable[[], Table | Text],
        *,
        differs: bool,
        clock: Seconds = time.monotonic,
    ) -> None:
        """The page that `describe` draws; `clock` tells when it starts to listen."""
        super().__init__(desk, "providers", title, describe)
        self._differs = differs
        self._clock = clock
        self._opened = clock()

    @property
    def listening(self) -> bool:
        """Whether a key is meant for this page, and was not typed ahead of it."""
        return self._clock() - self._opened >= SETTLE_SECONDS

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to take in only what differs."""
        if action == "take_in" and not self._differs:
            return False
        return super().check_action(action, parameters)

    def action_take_in(self) -> None:
        """Take it in."""
        if self.listening:
            self.take_in()

    def take_in(self) -> None:
        """Begin what takes the difference in."""
        raise NotImplementedError
