"""Several records deleted at once: asked once with their number, and every refusal is told."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tui_registry.errors import Gone, NotFound, Refused
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


@dataclass(frozen=True, slots=True)
class Deletion:
    """How records of one kind are counted, named and deleted, and what goes with them.

    `name` raises NotFound or Gone where there is nothing to delete; `absent` is said when that is so of all.
    """

    several: Callable[[int], str]
    name: Callable[[Desk, int], str]
    delete: "Callable[[Writes, int], None]"
    goes_too: str
    absent: str = "Another session has deleted them already."


def _name_of_priced(desk: Desk, row_id: int) -> str:
    if desk.store.reads.model_pricing(row_id) is None:
        raise NotFound("It has no price of its own.")
    return model_title(desk, row_id)


def _name_of_limited(desk: Desk, provider_id: int) -> str:
    if desk.store.reads.limits(provider_id) is None:
        raise NotFound("It has no limits.")
    return _name_of_provider(desk, provider_id)


def _name_of_provider(desk: Desk, provider_id: int) -> str:
    return desk.store.reads.provider_by_id(provider_id).name


MODELS = Deletion(
    lambda number: counted(number, "model"),
    model_title,
    lambda writes, id: writes.delete_model(id),
    "Their own prices go with them.",
)
PROVIDERS = Deletion(
    lambda number: counted(number, "provider"),
    _name_of_provider,
    lambda writes, id: writes.delete_provider(id),
    "Their keys, default prices and limits go with them.",
)
PRICES = Deletion(
    lambda number: f"the prices of {counted(number, 'model')}",
    _name_of_priced,
    lambda writes, id: writes.delete_model_pricing(id),
    "Their providers' default prices hold then, where there are any.",
    "No marked model has a price of its own.",
)
LIMITS = Deletion(
    lambda number: f"the limits of {counted(number, 'provider')}",
    _name_of_limited,
    lambda writes, id: writes.delete_limits(id),
    "Nothing is known then of how much they allow.",
    "No marked provider has limits.",
)


class Refusals(Dialog[None]):
    """What was not done and why, a paragraph each."""

    BINDINGS: ClassVar = [Binding("escape,enter,q", "close", "Close")]

    def action_close(self) -> None:
        """Leave it at that."""
        self.answer(None)


async def delete_marked(screen: DeskScreen, deletion: Deletion, ids: Sequence[int]) -> None:
    """Ask once, delete what may be deleted, and list what stays with its reason; many after a backup."""
    names = _names(screen.desk, deletion, ids)
    if not names:
        screen.refresh_rows()
        screen.tell(deletion.absent)
        return
    several = deletion.several(len(names))
    if not await screen.app.push_screen_wait(_question(several, deletion, sorted(names.values()))):
        return
    if len(names) > TYPED_ABOVE:
        await asyncio.to_thread(screen.desk.store.back_up, "delete")
    refused = await _delete(screen, deletion, names)
    done = deletion.several(len(names) - len(refused))
    if refused:
        lines = [f"Deleted {done}. These stay:"]
        for name, sentence in refused.items():
            lines += ["", f"{name}", f"  {sentence}"]
        title = f"{len(refused):,} of {several} stay"
        await screen.app.push_screen_wait(Refusals(title, [*lines, "", "esc  close"]))
    else:
        screen.tell(f"Deleted {done}.")


def _names(desk: Desk, deletion: Deletion, ids: Sequence[int]) -> dict[int, str]:
    """The names of the records that can be deleted still."""
    names = {}
    for each in ids:
        try:
            names[each] = deletion.name(desk, each)
        except (NotFound, Gone):
            continue
    return names


def _question(several: str, deletion: Deletion, names: Sequence[str]) -> Confirm | TypedConfirm:
    """A question that `y` affirms, or for many records one that their number does."""
    more = [f"  and {len(names) - LISTED:,} more"] if len(names) > LISTED else []
    lines = [*(f"  {name}" for name in names[:LISTED]), *more, "", deletion.goes_too, NO_UNDO]
    title = f"Delete {several}?"
    if len(names) <= TYPED_ABOVE:
        return Confirm(title, lines)
    return TypedConfirm(title, lines, expected=str(len(names)), verb=f"delete {several}")


async def _delete(screen: DeskScreen, deletion: Deletion, names: dict[int, str]) -> dict[str, str]:
    """Delete one after the other; what stays, by name, with the reason. Raises StoreError."""
    refused = {}
    try:
        for each, name in names.items():
            try:
                await screen.desk.save(lambda writes, id=each: deletion.delete(writes, id))  # type: ignore[misc]
            except Gone:
                continue
            except Refused as refusal:
                refused[name] = str(refusal)
    finally:
        screen.refresh_rows()
    return refused
