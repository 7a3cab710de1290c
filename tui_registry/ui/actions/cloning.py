"""A new record that starts with another one's facts; keys, prices, limits and history stay where they are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui_registry.ui.actions.editing import Asking, Held, ask
from tui_registry.ui.actions.provider_editing import OTHER, ask_new
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.forms import record_fields
from tui_registry.ui.forms.kept_forms import Origin
from tui_registry.ui.screens.picker import Entry, Picker

if TYPE_CHECKING:
    from tui_registry.store import Provider


async def clone_model(screen: DeskScreen, row_id: int, asking: Asking = ask) -> None:
    """Add a model that starts with the facts of another one of the same provider."""
    from tui_registry.store.drafts import ModelDraft

    reads = screen.desk.store.reads
    row = reads.model_by_id(row_id)
    owner = reads.provider_by_id(row.provider_id)
    title = f"{owner.name}/{row.model_id}"
    saved = await asking(
        screen,
        f"Clone of {title}",
        record_fields.model_fields(),
        ModelDraft.shown(row),
        ModelDraft,
        lambda writes, draft, held: writes.add_model(held.owner, draft),
        base=Held(owner, None),
        reload=lambda: Held(reads.provider_again(owner), None),
        origin=Origin("cloned model", (row.id, row.uuid)),
        intro="Give it another model id. Its price and its history are not cloned.",
    )
    if saved is not None:
        screen.changed(f"Added {saved.model_id}, cloned from {title}.", saved.id)


async def clone_provider(screen: DeskScreen, provider_id: int) -> None:
    """Add a provider under another name that starts with the address and notes of one that is there."""
    reads = screen.desk.store.reads
    row = reads.provider_by_id(provider_id)
    held = {each.name for each in reads.providers()}
    known = {each.name: each for each in reads.known_providers()}
    entries = [Entry(name, name, each.endpoint) for name, each in known.items() if name not in held]
    chosen = await screen.app.push_screen_wait(Picker(f"Clone {row.name} as", entries, other=OTHER))
    if chosen is not None:
        await _clone_as(screen, row, chosen)


async def clone_provider_as(
    screen: DeskScreen, provider_id: int, chosen: str, typed: Mapping[str, str] | None = None
) -> None:
    """Add a provider under the chosen name that starts as another one is."""
    await _clone_as(screen, screen.desk.store.reads.provider_by_id(provider_id), chosen, typed)


async def _clone_as(
    screen: DeskScreen, row: "Provider", chosen: str, typed: Mapping[str, str] | None = None
) -> None:
    from tui_registry.store.drafts import ProviderDraft

    known = {each.name: each for each in screen.desk.store.reads.known_providers()}
    values = ProviderDraft.shown(row) | {"name": chosen, "dialect": known[row.name].dialect}
    added = await ask_new(
        screen,
        chosen,
        known.get(chosen),
        values,
        intro="The key is not cloned.",
        origin=Origin("cloned provider", (row.id, row.uuid, chosen)),
        typed=typed,
    )
    if added is not None:
        key = screen.desk.keys.first("record.key")
        screen.changed(f"Added {added.name}, cloned from {row.name}. {key} gives it a key.", added.id)
