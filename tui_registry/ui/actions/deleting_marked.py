"""Several records deleted at once: asked once with their number, and every refusal is told."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding

from tui_registry.errors import Gone, NotFound, Refused
from tui_registry.store import Model, Provider
from tui_registry.ui.actions.deleting import NO_UNDO
from tui_registry.ui.actions.editing import model_title
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.screens.dialogs import Confirm, Dialog, TypedConfirm
from tui_registry.ui.words import counted

if TYPE_CHECKING:
    from tui_registry.store import Writes

TYPED_ABOVE = 20
"""How many records may be deleted by one key; for more their number is typed."""

LISTED = 6
"""How many records a question lists by name."""


Record = TypeVar("Record", Provider, Model)


@dataclass(frozen=True, slots=True)
class Deletion(Generic[Record]):
    """How records of one kind are counted, read, named and deleted, and what goes with them.

    `read` raises NotFound or Gone where there is nothing to delete; `absent` is said when that is so of all.
    """

    several: Callable[[int], str]
    read: Callable[[Desk, int], Record]
    delete: "Callable[[Writes, Record], object]"
    goes_too: str
    absent: str = "Another session has deleted them already."


def _model(desk: Desk, row_id: int) -> Model:
    return desk.store.reads.model_by_id(row_id)


def _provider(desk: Desk, provider_id: int) -> Provider:
    return desk.store.reads.provider_by_id(provider_id)


def _priced(desk: Desk, row_id: int) -> Model:
    if desk.store.reads.model_pricing(row_id) is None:
        raise NotFound("It has no price of its own.")
    return _model(desk, row_id)


def _limited(desk: Desk, provider_id: int) -> Provider:
    if desk.store.reads.limits(provider_id) is None:
        raise NotFound("It has no limits.")
    return _provider(desk, provider_id)


def _name(desk: Desk, record: Provider | Model) -> str:
    return model_title(desk, record.id) if isinstance(record, Model) else record.name


MODELS = Deletion(
    lambda number: counted(number, "model"),
    _model,
    lambda writes, row: writes.delete_model(row),
    "Their own prices go with them.",
)
PROVIDERS = Deletion(
    lambda number: counted(number, "provider"),
    _provider,
    lambda writes, row: writes.delete_provider(row),
    "Their keys, default prices and limits go with them.",
)
PRICES = Deletion(
    lambda number: f"the prices of {counted(number, 'model')}",
    _priced,
    lambda writes, row: writes.delete_model_pricing(row),
    "Their providers' default prices hold then, where there are any.",
    "No marked model has a price of its own.",
)
LIMITS = Deletion(
    lambda number: f"the limits of {counted(number, 'provider')}",
    _limited,
    lambda writes, row: writes.delete_limits(row),
    "Nothing is known then of how much they allow.",
    "No marked provider has limits.",
)


class Refusals(Dialog[None]):
    """What was not done and why, a paragraph each."""

    BINDINGS: ClassVar = [Binding("escape,enter,q", "close", "Close")]

    def action_close(self) -> None:
        """Leave it at that."""
        self.answer(None)


async def delete_marked(screen: DeskScreen, deletion: Deletion[Record], ids: Sequence[int]) -> None:
    """Ask once, delete what may be deleted, and list what stays with its reason; many after a backup."""
    rows = _rows(screen.desk, deletion, ids)
    if not rows:
        screen.refresh_rows()
        screen.tell(deletion.absent)
        return
    several = deletion.several(len(rows))
    if not await screen.app.push_screen_wait(
        _question(several, deletion, sorted(name for name, _row in rows))
    ):
        return
    if len(rows) > TYPED_ABOVE:
        await asyncio.to_thread(screen.desk.store.back_up, "delete")
    refused, gone = await _delete(screen, deletion, rows)
    done = f"Deleted {deletion.several(len(rows) - len(refused) - gone)}."
    if gone:
        done += f" Not here any more: {gone:,}."
    if refused:
        lines: list[str] = [f"{done} These stay:"]
        for name, sentence in refused:
            lines += ["", f"{name}", f"  {sentence}"]
        title = f"{len(refused):,} of {several} stay"
        await screen.app.push_screen_wait(Refusals(title, [*lines, "", "esc  close"]))
    else:
        screen.tell(done)


def _rows(desk: Desk, deletion: Deletion[Record], ids: Sequence[int]) -> list[tuple[str, Record]]:
    """The records that can be deleted still, each with its name."""
    rows = []
    for each in ids:
        try:
            row = deletion.read(desk, each)
            rows.append((_name(desk, row), row))
        except (NotFound, Gone):
            continue
    return rows


def _question(several: str, deletion: Deletion[Record], names: Sequence[str]) -> Confirm | TypedConfirm:
    """A question that `y` affirms, or for many records one that their number does."""
    more: list[str] = [f"  and {len(names) - LISTED:,} more"] if len(names) > LISTED else []
    lines = [*(f"  {name}" for name in names[:LISTED]), *more, "", deletion.goes_too, NO_UNDO]
    title = f"Delete {several}?"
    if len(names) <= TYPED_ABOVE:
        return Confirm(title, lines)
    return TypedConfirm(title, lines, expected=str(len(names)), verb=f"delete {several}")


async def _delete(
    screen: DeskScreen, deletion: Deletion[Record], rows: Sequence[tuple[str, Record]]
) -> tuple[list[tuple[str, str]], int]:
    """Delete one after the other; what stays with the reason, and how many were gone. Raises StoreError."""
    refused, gone = [], 0
    try:
        for name, row in rows:
            try:
                await screen.desk.save(partial(_deleted, deletion=deletion, row=row))
            except Gone:
                gone += 1
            except Refused as refusal:
                refused.append((name, str(refusal)))
    finally:
        screen.refresh_rows()
    return refused, gone


def _deleted(writes: "Writes", *, deletion: Deletion[Record], row: Record) -> None:
    deletion.delete(writes, row)
