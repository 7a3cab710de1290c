"""Lists whose records something is done with: the one under the cursor, the marked ones, or all shown."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.getters import query_one

from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.table.sorting import SortedScreen, ViewSpec
from tui_registry.ui.table.table import RecordTable


class ChoosingScreen(SortedScreen):
    """A view of records with the deeds that all views share."""

    BINDINGS: ClassVar = [
        bind("verify.one", "verify"),
        bind("verify.all", "verify_shown", shown=False),
        bind("verify.resume", "resume", shown=False),
    ]

    table = query_one(RecordTable)

    @property
    def filter_text(self) -> str:
        """The filter as typed."""
        raise NotImplementedError

    def on_one(self, deed: Callable[..., Awaitable[None]]) -> None:
        """Begin a deed that takes one record: the marked one, else that under the cursor."""
        number = len(self.table.marks)
        if number > 1:
            clear = self.desk.keys.first("app.back")
            self.refuse(
                f"This takes one record at a time, and {number:,} are marked. {clear} clears the marks."
            )
        elif (row_id := next(iter(self.table.marks), self.table.cursor_id)) is not None:
            self.begin(deed, row_id)
        else:
            self.tell(f"There is no {self._spec.noun} here to do that with.")

    def on_marked(self, deed: Callable[..., Awaitable[None]], *args: object) -> bool:
        """Begin a deed on the marked records, if any are marked."""
        marked = sorted(self.table.marks)  # beginning may find another file, which clears them
        if marked:
            self.begin(deed, *args, marked)
        return bool(marked)

    def action_verify(self) -> None:
        """Verify the marked records or the one under the cursor; while a run goes on, show it."""
        if not self.on_marked(_verify, self._spec.noun):
            at = self.table.cursor_id
            self.begin(_verify, self._spec.noun, [] if at is None else [at])

    def action_verify_shown(self) -> None:
        """Verify all records that the filter lets through."""
        if self._spec.noun == "result":
            key, first, second = map(self.desk.keys.first, ("verify.all", "view.1", "view.2"))
            where = f"go to {first} or {second} for that."
            self.tell(f"{key} verifies all providers or all models shown; {where}")
            return
        self.begin(_verify_shown, self._spec, self.filter_text)

    def action_resume(self) -> None:
        """Go on with a run that was cut off or stopped."""
        from tui_registry.ui.actions import verifying

        self.begin(verifying.resume)


async def _verify(screen: DeskScreen, noun: str, ids: list[int]) -> None:
    from tui_registry.ui.actions import verifying

    await verifying.verify(screen, verifying.wanted_of(noun, ids, screen.desk))


async def _verify_shown(screen: DeskScreen, spec: ViewSpec, text: str) -> None:
    source = screen.desk.store.views.source(spec.view, order=spec.order, text=text)
    ids = await asyncio.to_thread(lambda: [id for chunk in source.ids(lambda: False) for id in chunk])
    await _verify(screen, spec.noun, ids)
