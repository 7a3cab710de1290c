"""The panes of a list: the list itself, the detail beside it, and one of them alone when zoomed."""

from typing import ClassVar

from textual.containers import Horizontal, VerticalScroll

from tui_registry.ui.bindings import bind

ZOOMED_LIST, ZOOMED_DETAIL = "-zoomed-list", "-zoomed-detail"


class ReadingPane(VerticalScroll, can_focus=True, inherit_bindings=False):
    """A text that is scrolled with the keys of a list."""

    BINDINGS: ClassVar = [
        bind("list.down", "scroll_down"),
        bind("list.up", "scroll_up"),
        bind("list.first", "scroll_home"),
        bind("list.last", "scroll_end"),
        bind("list.page_down", "page_down"),
        bind("list.page_up", "page_up"),
        bind("list.half_down", "half(1)"),
        bind("list.half_up", "half(-1)"),
    ]

    def action_half(self, direction: int) -> None:
        """Scroll by half of what is seen."""
        self.scroll_relative(y=direction * max(self.size.height // 2, 1), animate=False)


class Panes(Horizontal):
    """The list pane and perhaps a detail pane beside it; at most one of them is zoomed."""

    @property
    def is_zoomed(self) -> bool:
        """Whether one pane has all the room because that was asked for."""
        return self.has_class(ZOOMED_LIST) or self.has_class(ZOOMED_DETAIL)

    def zoom(self) -> bool:
        """Give the focused pane all the room, or the detail where the list has it; False without one."""
        details = self.query(ReadingPane)
        if not details:
            return False
        detail = details.first()
        if detail.has_focus or not detail.display:
            self.add_class(ZOOMED_DETAIL)
            detail.focus()
        else:
            self.add_class(ZOOMED_LIST)
        return True

    def restore(self) -> None:
        """Show the panes as the width of the screen has them."""
        self.remove_class(ZOOMED_LIST, ZOOMED_DETAIL)
