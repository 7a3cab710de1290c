"""How records are removed: the question names what goes with them, and a refusal offers the way out."""

from typing import TYPE_CHECKING

from tui_registry.ui.actions.editing import model_title
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.screens.dialogs import Choice, ChoiceMenu, Confirm, TypedConfirm
from tui_registry.ui.words import counted

if TYPE_CHECKING:
    from tui_registry.store import Provider

NO_UNDO = "This cannot be undone."


async def delete_provider(screen: DeskScreen, provider_id: int) -> None:
    """Delete a provider; while it has models or results, offer to deactivate or purge it."""
    store = screen.desk.store
    row = store.reads.provider_by_id(provider_id)
    counts = store.reads.dependents_of_provider(provider_id)
    if counts["models"] or counts["results"]:
        await _offer_way_out(screen, row, counts)
        return
    gone = ["Its key goes with it."] if row.api_key_encrypted else []
    facts = [f"Its {word} go with it." for word in _facts(counts)]
    if await screen.app.push_screen_wait(Confirm(f"Delete provider {row.name}?", [*gone, *facts, NO_UNDO])):
        await screen.attempt(lambda writes: writes.delete_provider(row), lambda gone: f"Deleted {gone.name}.")


def _facts(counts: dict[str, int]) -> list[str]:
    return [word for word, key in (("default price", "prices"), ("limits", "limits")) if counts.get(key)]


async def _offer_way_out(screen: DeskScreen, row: "Provider", counts: dict[str, int]) -> None:
    """Say why a provider stays, and what can be done instead."""
    held = " and ".join(counted(counts[each], each[:-1]) for each in ("models", "results") if counts[each])
    choices = [Choice("p", "purge it", "purge", "everything goes; a backup is written first")]
    if row.is_active:
        choices.insert(0, Choice("o", "switch it off", "off", "nothing is lost"))
    chosen = await screen.app.push_screen_wait(
        ChoiceMenu(f"{row.name} stays: it has {held}", choices, note="Nothing was deleted.")
    )
    if chosen == "off":
        await screen.attempt(
            lambda writes: writes.deactivate(row, "switched off"), lambda off: f"{off.name} is inactive."
        )
    elif chosen == "purge":
        lines = [f"Its {held}, its prices, limits and key go with it.", NO_UNDO]
        question = TypedConfirm(f"Purge {row.name}?", lines, expected=row.name, verb="purge it")
        if await screen.app.push_screen_wait(question):
            await screen.attempt(
                lambda writes: writes.purge_provider(row, row.name), lambda _counts: f"Purged {row.name}."
            )


async def delete_model(screen: DeskScreen, row_id: int) -> None:
    """Delete a model; while it has results it stays, and the refusal says how many."""
    row, title = screen.desk.store.reads.model_by_id(row_id), model_title(screen.desk, row_id)
    lines = ["Its own price goes with it.", NO_UNDO]
    if await screen.app.push_screen_wait(Confirm(f"Delete model {title}?", lines)):
        await screen.attempt(
            lambda writes: writes.delete_model(row), lambda gone: f"Deleted {gone.model_id}."
        )


async def delete_model_price(screen: DeskScreen, row_id: int) -> None:
    """Forget a model's own price, so that the provider's default holds again."""
    row, title = screen.desk.store.reads.model_by_id(row_id), model_title(screen.desk, row_id)
    if screen.desk.store.reads.model_pricing(row_id) is None:
        key = screen.desk.keys.first("record.price")
        screen.tell(f"{title} has no price of its own. {key} on its provider edits the default.")
        return
    lines = ["The provider's default price holds then, if there is one.", NO_UNDO]
    if await screen.app.push_screen_wait(Confirm(f"Delete the price of {title}?", lines)):
        await screen.attempt(
            lambda writes: writes.delete_model_pricing(row),
            lambda owner: f"Deleted the price of {model_title(screen.desk, owner.id)}.",
        )


async def delete_limits(screen: DeskScreen, provider_id: int) -> None:
    """Forget a provider's limits."""
    row = screen.desk.store.reads.provider_by_id(provider_id)
    if screen.desk.store.reads.limits(provider_id) is None:
        screen.tell(f"{row.name} has no limits to delete. {screen.desk.keys.first('record.edit')} sets them.")
        return
    if await screen.app.push_screen_wait(Confirm(f"Delete the limits of {row.name}?", [NO_UNDO])):
        await screen.attempt(
            lambda writes: writes.delete_limits(row), lambda owner: f"Deleted the limits of {owner.name}."
        )
