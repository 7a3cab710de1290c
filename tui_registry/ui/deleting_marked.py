"""Several records deleted at once: asked once with their number, and every refusal is told."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from tui_registry.errors import Gone, Refused
from tui_registry.ui.deleting import NO_UNDO
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.dialogs import Confirm, Dialog, TypedConfirm
from tui_registry.ui.editing import model_title
from tui_registry.ui.words import counted

if TYPE_CHECKING:
    from tui_registry.store import Writes

TYPED_ABOVE = 20
"""How many records may be deleted by one key; for more their number is typed."""

LISTED = 6
"""How many records a question lists by name."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """How records of one kind are named and deleted, and what goes with them."""

    noun: str
    name: Callable[[Desk, int], str]
    delete: "Callable[[Writes, int], None]"
    goes_too: str


MODELS = Deletion(
    "model", model_title, lambda writes, id: writes.delete_model(id), "Their own prices go with them."
)
PROVIDERS = Deletion(
    "provider",
    lambda desk, id: desk.store.reads.provider_by_id(id).name,
    lambda writes, id: writes.delete_provider(id),
    "Their keys, default prices and limits go with them.",
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
        return
    several = counted(len(names), deletion.noun)
    if not await screen.app.push_screen_wait(_question(several, deletion, sorted(names.values()))):
        return
    if len(names) > TYPED_ABOVE:
        await asyncio.to_thread(screen.desk.store.back_up, "delete")
    refused = await _delete(screen, deletion, names)
    done = counted(len(names) - len(refused), deletion.noun)
    if refused:
        lines = [f"Deleted {done}. These stay:"]
        for name, sentence in refused.items():
            lines += ["", f"{name}", f"  {sentence}"]
        title = f"{len(refused):,} of {several} stay"
        await screen.app.push_screen_wait(Refusals(title, [*lines, "", "esc  close"]))
    else:
        screen.tell(f"Deleted {done}.")


def _names(desk: Desk, deletion: Deletion, ids: Sequence[int]) -> dict[int, str]:
    """The names of the records that are still there."""
    names = {}
    for each in ids:
        try:
            names[each] = deletion.name(desk, each)
        except Gone:
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
