"""What a person does about the vault from the app: passphrase, rotation, recovery, a lost key."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from tui_registry.errors import InvalidInput, VaultError, WrongPassphrase
from tui_registry.text import Secret
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.form_values import Field
from tui_registry.ui.screens.dialogs import Choice, ChoiceMenu, Confirm, TypedConfirm
from tui_registry.ui.screens.unlocking import unlocked
from tui_registry.ui.screens.vault_dialogs import RecoveryCode
from tui_registry.vault import Vault, read_recovery_code

if TYPE_CHECKING:
    from tui_registry.vault.keyfile import Ring
    from tui_registry.vault.passphrase import WrapKey

ADVICE = "At least 8 characters; five random words are good. A forgotten passphrase cannot be told."

NEW = "new vault key"
"""What is typed to give up a vault key that is lost."""


def _asks(name: str, label: str, hint: str = "") -> Field:
    return Field(name, label, "secret", required=True, hint=hint, passphrase=True)


async def set_passphrase(screen: DeskScreen) -> None:
    """Put the vault key behind a passphrase, or behind another one."""
    if not await unlocked(screen):
        return
    desk = screen.desk
    changes = desk.vault.is_open_by_passphrase
    desk.vault.key_ids()
    present = [_asks("present", "Present one")] if changes else []

    def parse(raw: dict[str, str]) -> tuple[Secret, Secret]:
        if raw["passphrase"] != raw["again"]:
            raise InvalidInput({"again": "This is not the same as above. Type it once more."})
        return Secret(raw.get("present", "")), Secret(raw["passphrase"])

    async def keep(typed: tuple[Secret, Secret]) -> bool:
        if changes:
            await _check(desk.vault, typed[0])
        wrap = await asyncio.to_thread(desk.vault.wrap_for, typed[1])
        await desk.save(lambda writes: writes.vault.protect(wrap))
        return True

    form: FormScreen[bool] = FormScreen(
        "Change the vault's passphrase" if changes else "Set a passphrase for the vault",
        [*present, _asks("passphrase", "New one"), _asks("again", "Once more")],
        {},
        parse,
        keep,
        intro=ADVICE,
    )
    if await screen.app.push_screen_wait(form):
        screen.keys_changed()
        screen.tell(
            "The vault has a new passphrase. Copies of its file made before open as they did; a rotation"
            " ends that."
        )


async def remove_passphrase(screen: DeskScreen) -> None:
    """Let the vault key lie open in its file again."""
    if not await unlocked(screen):
        return
    desk = screen.desk

    async def keep(typed: Secret) -> bool:
        await _check(desk.vault, typed)
        await desk.save(lambda writes: writes.vault.protect(None))
        return True

    form: FormScreen[bool] = FormScreen(
        "Remove the vault's passphrase",
        [_asks("present", "Present one")],
        {},
        lambda raw: Secret(raw["present"]),
        keep,
        intro="Programs running as you can read every key then, and so can whoever gets both files.",
    )
    if await screen.app.push_screen_wait(form):
        screen.keys_changed()
        screen.tell("The vault has no passphrase any more.")


async def _check(vault: Vault, passphrase: Secret) -> None:
    """Raise InvalidInput under the field unless this is the present passphrase."""
    try:
        await asyncio.to_thread(vault.check, passphrase)
    except WrongPassphrase as error:
        raise InvalidInput({"present": str(error)}) from None


async def rotate_key(screen: DeskScreen) -> None:
    """Seal every key anew with a new vault key, after saying what that costs."""
    from tui_registry.store import rotate

    if not await unlocked(screen):
        return
    desk = screen.desk
    lines = [
        "Every API key is sealed anew with a new vault key; the old one goes.",
        "Keys in backups made before can only be read with a copy of the present",
        f"file, {desk.vault.place.name}.",
    ]
    if not await screen.app.push_screen_wait(Confirm("Rotate the vault key?", lines, verb="rotate")):
        return
    screen.announce("Rotating the vault key…")
    try:
        done = await asyncio.to_thread(rotate, desk.store)
    finally:
        screen.announce(desk.banner())
    desk.look_at_keys_again()
    screen.keys_changed()
    said = "\n".join(done.sentences())
    screen.refuse(said) if done.unread else screen.tell(said)


async def show_recovery_code(screen: DeskScreen) -> None:
    """Show the vault key as a code, once somebody said that nobody looks on."""
    if not await unlocked(screen):
        return
    lines = ["Whoever sees it and gets a copy of the database can read every key.", "Is nobody looking on?"]
    question = Confirm("Show the recovery code?", lines, verb="show it", keep="not now")
    if await screen.app.push_screen_wait(question):
        await screen.app.push_screen_wait(RecoveryCode(screen.desk.store.recovery_code()))


async def bring_back(screen: DeskScreen) -> None:
    """Bring a vault key back that is lost, or go on with a new one."""
    choices = [
        Choice("f", "a copy of its file", "file", "with the passphrase it has, if any"),
        Choice("c", "its recovery code", "code", "14 groups of four"),
        Choice("n", "begin a new one", "new", "the old keys stay, and stay shut"),
    ]
    chosen = await screen.app.push_screen_wait(ChoiceMenu("Bring the vault key back from", choices))
    if chosen == "file":
        await _from_file(screen)
    elif chosen == "code":
        await _from_code(screen)
    elif chosen == "new":
        await _begin_anew(screen)


async def _from_file(screen: DeskScreen) -> None:
    def parse(raw: dict[str, str]) -> tuple[Path, Secret | None]:
        return Path(raw["path"].strip()).expanduser(), Secret(raw["passphrase"]) if raw[
            "passphrase"
        ] else None

    async def keep(given: tuple[Path, Secret | None]) -> str:
        copy = Vault(given[0])
        try:
            await asyncio.to_thread(copy.unlock, given[1])
        except VaultError as error:
            raise InvalidInput({"passphrase" if copy.needs_unlocking() else "path": str(error)}) from None
        return await _put_back(screen, copy.ring(), copy.wrap)

    fields = [
        Field("path", "Copy of the file", required=True),
        Field("passphrase", "Passphrase", "secret", hint="if it has one", passphrase=True),
    ]
    await _told(screen, FormScreen("Bring the vault key back", fields, {}, parse, keep))


async def _from_code(screen: DeskScreen) -> None:
    async def keep(code: Secret) -> str:
        return await _put_back(screen, (read_recovery_code(code),), None)

    fields = [_asks("code", "Recovery code", "14 groups of four")]
    await _told(
        screen, FormScreen("Bring the vault key back", fields, {}, lambda raw: Secret(raw["code"]), keep)
    )


async def _put_back(screen: DeskScreen, ring: "Ring", wrap: "WrapKey | None") -> str:
    aside = await screen.desk.save(lambda writes: writes.vault.put_back(ring, wrap))
    kept = f" What was there is kept as {aside}." if aside else ""
    return f"The vault key {ring[0].id[:8]} is back.{kept}"


async def _told(screen: DeskScreen, form: FormScreen[str]) -> None:
    """Show a form, and then what it came to."""
    done = await screen.app.push_screen_wait(form)
    if done is not None:
        screen.desk.look_at_keys_again()
        screen.keys_changed()
        screen.tell(done)


async def _begin_anew(screen: DeskScreen) -> None:
    question = TypedConfirm(
        "Begin a new vault key?",
        [
            "Keys sealed with the lost one stay in the registry and stay shut,",
            "until that is brought back. New keys are sealed with the new one.",
        ],
        expected=NEW,
        verb="begin one",
    )
    if await screen.app.push_screen_wait(question):
        begun = await screen.desk.save(lambda writes: writes.vault.begin_anew())
        screen.desk.look_at_keys_again()
        screen.keys_changed()
        screen.tell(f"Keys are sealed with the new vault key {begun[:8]} from now on.")
