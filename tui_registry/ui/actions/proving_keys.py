"""A key checked by its provider's own proof call: told in a message, and what then may be switched on."""

from typing import TYPE_CHECKING

from tui_registry.ui.desk import DeskScreen

if TYPE_CHECKING:
    from tui_registry.store import Provider


async def check_key(screen: DeskScreen, before: "Provider") -> None:
    """Check a provider's key now, tell what that proved, and ask whether to switch the provider on."""
    from tui_registry import verification
    from tui_registry.ui.actions.run_in_hand import offer_activation

    desk = screen.desk
    screen.announce(f"Checking the key of {before.name}…")
    try:
        verdict = await verification.check_key(desk.store, before, desk.options())
    finally:
        screen.announce(desk.banner())
    screen.refresh_rows()
    row = desk.store.reads.provider_again(before)
    if verdict.state == "valid":
        screen.tell(verdict.sentence)
        await offer_activation(screen, [row])
        return
    sentence = verdict.sentence
    if before.is_active and not row.is_active:
        sentence = f"{sentence} {row.name} is off now."
    if verdict.state == "unproven":
        sentence = f"{sentence} v sends one."
    screen.refuse(sentence)
