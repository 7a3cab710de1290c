"""How a provider comes into the registry from a screen, and is edited, switched on and off there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui_registry.errors import Outdated
from tui_registry.ui.actions.editing import Asking, Held, ask
from tui_registry.ui.actions.key_editing import enter_key, variable_for
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.forms import record_fields
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.kept_forms import Origin
from tui_registry.ui.screens.picker import Entry, Picker
from tui_registry.vault import KeyState

if TYPE_CHECKING:
    from tui_registry.store import KnownProvider, Provider

OTHER = "Add “{name}” as a custom provider"


async def new_provider(screen: DeskScreen) -> None:
    """Choose a known provider, or name one of your own; add it, then ask for its key."""
    reads = screen.desk.store.reads
    held = {row.name for row in reads.providers()}
    known = {row.name: row for row in reads.known_providers()}
    entries = [
        Entry(row.name, row.name, _offer(screen.desk, row)) for row in known.values() if row.name not in held
    ]
    entries.sort(key=lambda entry: not entry.detail.startswith("$"))
    chosen = await screen.app.push_screen_wait(Picker("New provider", entries, other=OTHER))
    if chosen is not None:
        await add_provider(screen, chosen)


async def add_provider(screen: DeskScreen, name: str, typed: Mapping[str, str] | None = None) -> None:
    """Add a provider of this name, then ask for its key."""
    known = {row.name: row for row in screen.desk.store.reads.known_providers()}
    origin = Origin("new provider", (name,))
    added = await ask_new(screen, name, known.get(name), origin=origin, typed=typed)
    if added is not None:
        screen.changed(f"Added {added.name}.", added.id)
        await enter_key(screen, added)


def _offer(desk: Desk, known: "KnownProvider") -> str:
    """What helps to choose a known provider: the variable its key is in, else its address."""
    variable = variable_for(desk, known)
    return f"${variable} is set" if variable else known.endpoint.split("://", 1)[-1]


async def ask_new(
    screen: DeskScreen,
    name: str,
    known: "KnownProvider | None",
    given: Mapping[str, str] | None = None,
    *,
    intro: str = "",
    origin: Origin | None = None,
    typed: Mapping[str, str] | None = None,
) -> "Provider | None":
    """The form of a new provider; one that is not known says which dialect it speaks.

    It starts with what is known of the provider, or with the texts `given`.
    """
    from tui_registry.catalog import starting_endpoint
    from tui_registry.store.drafts import ProviderDraft

    def parse(raw: dict[str, str]) -> tuple[ProviderDraft, str]:
        return ProviderDraft.parse(raw), raw.get("dialect") or "openai"

    reads = screen.desk.store.reads
    edition = reads.edition()

    async def keep(new: tuple[ProviderDraft, str]) -> "Provider":
        nonlocal edition
        draft, dialect = new
        try:
            return await screen.desk.save(
                lambda writes: writes.add_provider(
                    draft, custom=known is None, dialect=dialect, edition=edition
                )
            )
        except Outdated as outdated:
            edition = reads.edition()
            raise Outdated(f"{outdated} Save again to add it there.") from outdated

    values = {"name": name, "dialect": "openai"}
    if known is not None:
        values |= {"endpoint": starting_endpoint(known.endpoint), "website": known.website or ""}
    values |= given or {}
    form: FormScreen[Provider] = FormScreen(
        f"New provider {name}",
        record_fields.provider_fields(custom=known is None),
        values,
        parse,
        keep,
        warnings=lambda new: new[0].warnings(),
        intro=intro,
        origin=origin,
        typed=typed,
        keys=screen.desk.keys,
    )
    return await screen.app.push_screen_wait(form)


async def edit_provider(screen: DeskScreen, provider_id: int, asking: Asking = ask) -> None:
    """Edit a provider's own facts; a new host leaves its key sealed for the old one, and says so."""
    from tui_registry.store.drafts import ProviderDraft

    reads = screen.desk.store.reads
    row = reads.provider_by_id(provider_id)

    def reload() -> Held["Provider", "Provider"]:
        fresh = reads.provider_again(row)
        return Held(fresh, fresh)

    saved = await asking(
        screen,
        f"Provider {row.name}",
        record_fields.provider_fields(),
        ProviderDraft.shown(row),
        ProviderDraft,
        lambda writes, draft, held: writes.save_provider(draft, held.row),
        base=Held(row, row),
        reload=reload,
        origin=Origin("provider", (row.id, row.uuid)),
    )
    if saved is None:
        return
    store = screen.desk.store
    if store.key_state(saved) is KeyState.OTHER_HOST:
        words = store.key_words(saved)
        key = screen.desk.keys.first("record.key")
        screen.changed(
            f"Saved {saved.name}. Its key is sealed {words} and goes nowhere else; {key} moves it."
        )
    else:
        screen.changed(f"Saved {saved.name}.")


async def toggle_provider(screen: DeskScreen, provider_id: int) -> None:
    """Deactivate an active provider; activate an inactive one, if its key has passed a check."""
    row = screen.desk.store.reads.provider_by_id(provider_id)
    if row.is_active:
        await screen.attempt(lambda writes: writes.deactivate(row), _told_state)
    else:
        await screen.attempt(lambda writes: writes.activate(row), _told_state)


def _told_state(row: "Provider") -> str:
    return f"{row.name} is {'active' if row.is_active else 'inactive'}."
