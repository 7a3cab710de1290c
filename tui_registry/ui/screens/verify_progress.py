"""The page of a run: it can be hidden while the run goes on, and stop the run."""

from typing import TYPE_CHECKING, ClassVar

from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import Desk
from tui_registry.ui.screens.record_page import RecordPage
from tui_registry.ui.widgets.panes import ReadingPane

if TYPE_CHECKING:
    from tui_registry.ui.actions.run_in_hand import RunInHand


class RunPage(RecordPage):
    """How far the run in hand is; its list follows the run until somebody scrolls it."""

    BINDINGS: ClassVar = [bind("verify.stop", "stop")]

    def __init__(self, desk: Desk, run: "RunInHand") -> None:
        """The page of this run."""
        self._run = run
        self._followed_to = 0
        super().__init__(desk, "history", "Verifying", lambda: run.progress.page(ascii_only=desk.ascii))

    def refresh_rows(self, *, at: int | None = None) -> None:
        """Draw how far the run is, unless the page is being closed."""
        if not self.query("#page"):
            return
        if self._run.progress.is_over:
            self.query_one("#page").border_title = "Verified"
        super().refresh_rows(at=at)
        self.refresh_bindings()
        self._follow()

    def announce(self, sentence: str | None) -> None:
        """Nothing: the page itself says how far the run is."""

    def _follow(self) -> None:
        """Show what is asked now when it has left the page, a whole page at a time to save bytes."""
        pane = self.query_one("#page", ReadingPane)
        if int(pane.scroll_y) != self._followed_to:
            return
        line = self._run.progress.HEAD_LINES + self._run.progress.first_going
        if line >= self._followed_to + pane.size.height:
            self._followed_to = min(line, int(pane.max_scroll_y))
            pane.scroll_to(y=self._followed_to, animate=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A run that has ended cannot be stopped."""
        if action == "stop":
            return not self._run.progress.is_over
        return super().check_action(action, parameters)

    def action_stop(self) -> None:
        """Stop the run; what was done is kept."""
        self.run_worker(self._run.stop())

    def begin_anew(self) -> None:
        """Nothing: what the page shows is told by the run itself."""
