"""What the vault's deeds show beside forms: the recovery code, hidden again by a lock."""

from typing import ClassVar

from textual.binding import Binding
from textual.widgets import Static

from tui_registry.text import Secret
from tui_registry.ui.screens.dialogs import Dialog
from tui_registry.ui.words import plain

HIDDEN = "The code is hidden again, as the vault was locked."


class RecoveryCode(Dialog[None]):
    """The vault key as groups of letters to write down; nothing of it can be copied or selected."""

    BINDINGS: ClassVar = [Binding("escape,q,enter", "close", "Close")]
    ALLOW_SELECT = False

    def __init__(self, code: Secret) -> None:
        """Show this code until it is closed."""
        groups = code.reveal().split("-")
        lines = [
            "Write this down, and keep it apart from this machine.",
            "",
            f"    {'-'.join(groups[:7])}",
            f"    {'-'.join(groups[7:])}",
            "",
            "It is the vault key itself: with a copy of the database it opens",
            "every key. It fits until the next rotation.",
            "",
            "  esc  close",
        ]
        super().__init__("Recovery code", lines)

    def hide(self) -> None:
        """Take the code off the screen."""
        self._lines = [HIDDEN, "", "  esc  close"]
        self.query_one(".dialog-lines", Static).update(plain(HIDDEN))

    def action_close(self) -> None:
        """Done with it."""
        self.answer(None)
