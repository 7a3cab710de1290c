"""One screen for all lists: a table, its filter and order, the detail beside it, and what is empty."""

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.getters import query_one
from textual.timer import Timer
from textual.widgets import Input, Static

from tui_registry.errors import RegistryError, StoreError
from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import Desk
from tui_registry.ui.table import table_messages as told
from tui_registry.ui.table.choosing import ChoosingScreen
from tui_registry.ui.table.sorting import ViewSpec
from tui_registry.ui.table.table import RecordTable
from tui_registry.ui.widgets.chrome import Banner, KeyBar, TopLine
from tui_registry.ui.widgets.filter_box import FilterBox, FilterInput
from tui_registry.ui.widgets.panes import Panes, ReadingPane
from tui_registry.ui.words import plain

if TYPE_CHECKING:
    from rich.table import Table

DETAIL_DELAY = 0.12
"""Seconds the cursor rests before the detail pane is drawn, so that a held key costs no bytes."""
SLOW_DETAIL_DELAY = 0.5
"""The same on a slow line."""

EXAMPLES = 4
"""How many terms the empty filter line shows."""

ASK_AGAIN = 2.0
"""Seconds until a registry that could not be read is asked again."""


class ListScreen(ChoosingScreen):
    """A list of records with everything that all lists have in common."""

    AUTO_FOCUS = "RecordTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (112, "-wide")]
    BINDINGS: ClassVar = [
        bind("list.filter", "filter"),
        bind("sort.menu", "sort_menu"),
        bind("sort.reverse", "sort_reverse"),
        bind("sort.left", "sort_step(-1)"),
        bind("sort.right", "sort_step(1)"),
        bind("record.copy", "copy"),
        bind("registry.export", "export"),
        bind("pane.zoom", "zoom"),
        bind("app.reload", "reload"),
        bind("app.back", "back"),
    ]

    banner = query_one(Banner)
    panes = query_one(Panes)
    filter_box = query_one(FilterBox)

    def __init__(self, desk: Desk, spec: ViewSpec) -> None:
        """A list as `spec` describes it, over the desk's registry."""
        super().__init__(desk, spec)
        self._has_pane = spec.pane and not desk.slow
        self._notes: tuple[str, ...] = ()
        self._seen: tuple[tuple[int, int], int] | None = None
        self._typed = 0
        self._rest: Timer | None = None
        self._again: Timer | None = None

    def compose(self) -> ComposeResult:
        """The line of views, the list with its pane, the filter, the keys."""
        yield TopLine(self._spec.view, self.desk.opened())
        yield Banner()
        yield from self.compose_head()
        with Panes(id="panes"):
            with Vertical(id="list-pane"):
                yield RecordTable(self._spec.columns, ascii_only=self.desk.ascii)
                yield Static(id="empty", markup=False)
            if self._has_pane:
                with ReadingPane(id="detail-pane"):
                    yield Static(id="detail", markup=False)
        yield FilterBox()
        yield KeyBar()

    def compose_head(self) -> ComposeResult:
        """What stands above the panes; nothing unless a view has something to say there."""
        yield from ()

    def on_mount(self) -> None:
        """Show the first rows at once."""
        self.query_one("#list-pane").border_title = self._spec.title
        self.banner.tell(self.desk.banner())
        self.open_view(keep=False)

    def on_screen_resume(self) -> None:
        """Come back to what the registry holds now."""
        self.announce(self.desk.banner())
        self.keys_changed()
        self.come_up_to_date()

    def begin_anew(self) -> None:
        """Show the file that is there now from its first row; what was marked was of another one."""
        self.table.clear_marks()
        self.banner.tell(self.desk.banner())
        self.open_view(keep=False)

    def refresh_rows(self, *, at: int | None = None) -> None:
        """Ask the registry again if anything was written; the cursor stays, or goes to record `at`."""
        if not self.query(RecordTable):  # it is being closed
            return
        try:
            version = self.desk.store.data_version(), self.desk.keys_seen
        except StoreError as error:
            self._ask_again_later(error)
            return
        if self._again is not None:
            self.open_view(keep=True)
        elif self._seen != version:
            self._seen = version
            self.table.refresh_rows()
            self._tell_count()
            self._detail_later()
        if at is not None:
            self.table.move_to(at)

    @property
    def filter_text(self) -> str:
        """The filter as typed."""
        return self.filter_box.query_one(FilterInput).value

    def filter_by(self, text: str) -> None:
        """Show only what `text` asks for."""
        self.filter_box.query_one(FilterInput).value = text
        self.filter_box.close(keep_shown=bool(text))

    def open_view(self, *, keep: bool) -> None:
        """Open the rows in the present order and filter; a locked registry keeps what is shown."""
        store = self.desk.store
        try:
            self._seen = store.data_version(), self.desk.keys_seen
            source = store.views.source(self._spec.view, order=self._order, text=self.filter_text)
            self._notes = source.notes
            sorted_by = (self._order.column or "", self._order.descending)
            is_shown = self.table.show(source, sorted_by=sorted_by, keep=keep)
        except StoreError as error:
            self._ask_again_later(error)
            return
        if self._again is not None:
            self._again.stop()
            self._again = None
        if is_shown:
            self._resumed()
        self._detail_later()

    def _ask_again_later(self, error: StoreError) -> None:
        """Keep what is shown, say why, and try again by itself."""
        self.banner.tell(self.desk.trouble(error))
        if self._again is None:
            self._again = self.set_interval(ASK_AGAIN, self.refresh_rows)

    def _tell_count(self) -> None:
        """Say under the list how many rows it has, in which order, and what the filter did not understand."""
        pane = self.query_one("#list-pane")
        total = self.table.total
        is_empty = total == 0
        empty = self.query_one("#empty", Static)
        self.table.display = not is_empty
        empty.display = is_empty
        if is_empty:
            empty.update(self._empty_words())
        words = [self._how_many(total), f"sorted by {self.title_of(self._order.column).lower()}"]
        if self.table.marks:
            words.append(self.marked_words(len(self.table.marks)))
        words.extend(self._notes)
        pane.border_subtitle = "" if is_empty else Text(", ".join(words)).plain.replace("[", r"\[")

    def marked_words(self, number: int) -> str:
        """How many records are marked, and what may be done with so many."""
        return f"{number:,} marked"

    def _how_many(self, total: int | None) -> str:
        """The number of rows, and of how many when a filter is on; empty words while nothing is known."""
        known = "counting" if total is None else f"{total:,}"
        if not self.filter_text:
            return known
        try:
            whole = self.desk.store.views.source(self._spec.view).total()
        except StoreError:  # how many there are in all is said again with the next count
            whole = None
        return known if whole is None else f"{known} of {whole:,}"

    def _empty_words(self) -> Text:
        try:
            return self.empty_text()
        except StoreError as error:
            return plain(error)

    def empty_text(self) -> Text:
        """What stands where the rows would be when there are none."""
        if self.filter_text:
            words = f"No {self._spec.noun} matches  {self.filter_text}"
            clear, keys = self.desk.keys.first("app.back"), self.desk.keys.untyped("app.keys")
            ways = f"{clear} clears the filter, {keys} lists what it understands."
            return plain("\n\n".join([words, *self._notes, ways]), lines=True)
        return plain(self._spec.empty)

    def detail_text(self, row_id: int) -> "Table":
        """Everything about one record, for the pane."""
        raise NotImplementedError

    def _detail_later(self) -> None:
        """Draw the pane, if there is one, once the cursor has rested."""
        if not self._has_pane:
            return
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(SLOW_DETAIL_DELAY if self.desk.slow else DETAIL_DELAY, self._show_detail)

    def _show_detail(self) -> None:
        """Draw the record under the cursor in the pane."""
        row_id = self.table.cursor_id
        try:
            text: Text | Table = Text() if row_id is None else self.detail_text(row_id)
        except RegistryError as error:
            text = plain(error)
        self.query_one("#detail", Static).update(text)

    def action_filter(self) -> None:
        """Open the filter line."""
        examples = [example for example, _ in self.filter_terms() if example[0] not in '"!']
        keys = self.desk.keys.untyped("app.keys")
        self.filter_box.open(f"{', '.join(examples[:EXAMPLES])}; {keys} lists all")

    def filter_terms(self) -> list[tuple[str, str]]:
        """What the filter of this list understands: an example of each term, and its meaning."""
        from tui_registry.store.filters import terms

        return terms(self._spec.view)

    def action_reload(self) -> None:
        """Read the registry and the vault's key file again."""
        self.desk.look_at_keys_again()
        self.take_note()
        self.tell_opened()
        self.open_view(keep=True)

    def action_copy(self) -> None:
        """Offer what can be copied from the marked records, or from the one under the cursor."""
        from tui_registry.ui.actions.copying import copy_marked, copy_record

        if len(self.table.marks) < 2 or not self.on_marked(copy_marked, self._spec.noun):
            self.on_one(partial(copy_record, source=self._spec.copies))

    def action_export(self) -> None:
        """Write what the registry holds into a file."""
        from tui_registry.ui.actions.exporting import export_registry

        self.begin(export_registry)

    def action_zoom(self) -> None:
        """Give the focused pane all the room, and back."""
        if self.panes.is_zoomed:
            self._restore_panes()
        elif not self.panes.zoom():
            self.tell(f"There is one pane here. {self.desk.keys.first('record.open')} opens the record.")

    def _restore_panes(self) -> None:
        self.panes.restore()
        self.table.focus()

    def action_back(self) -> None:
        """Leave the zoom or the detail, else clear the marks, else the filter; never quits."""
        if self.panes.is_zoomed or isinstance(self.focused, ReadingPane):
            self._restore_panes()
        elif self.table.marks:
            self.table.clear_marks()
        elif self.filter_text:
            self.filter_by("")

    @on(Input.Changed, "FilterInput")
    def _filter_typed(self) -> None:
        """Coalesce quick keys into one query: only the last one waiting is asked."""
        self._typed += 1
        self.call_after_refresh(self._apply_filter, self._typed)

    def _apply_filter(self, typed: int) -> None:
        if typed == self._typed:
            self.open_view(keep=not self.filter_text)

    @on(Input.Submitted, "FilterInput")
    @on(FilterInput.Cleared)
    def _filter_left(self) -> None:
        """Return to the list; the line stays while it holds a filter."""
        self.filter_box.close(keep_shown=bool(self.filter_text))
        self.table.focus()

    @on(told.Highlighted)
    def _cursor_moved(self) -> None:
        self._detail_later()

    @on(told.Counted)
    @on(told.MarksChanged)
    def _count_known(self) -> None:
        self._tell_count()

    @on(told.Resumed)
    def _resumed(self) -> None:
        self.banner.tell(self.desk.banner())
        self._tell_count()

    @on(told.Stalled)
    def _stalled(self, event: told.Stalled) -> None:
        self.banner.tell(event.sentence)
