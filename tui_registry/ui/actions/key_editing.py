"""How an API key is entered, taken over, moved and removed; no key is ever shown or put back into a field."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from tui_registry.endpoint import Endpoint, key_refusal, origin_of_stored, shown_origin, stored_endpoint
from tui_registry.errors import InvalidInput, Outdated, Refused
from tui_registry.text import Secret, read_pasted_key
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.forms import record_fields
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.form_values import ON
from tui_registry.ui.screens.dialogs import Choice, ChoiceMenu, Confirm, TypedConfirm
from tui_registry.ui.screens.unlocking import unlocked
from tui_registry.vault import KeyState, VaultState

if TYPE_CHECKING:
    from tui_registry.store import KnownProvider, Provider, Writes


def variable_for(desk: Desk, known: "KnownProvider") -> str | None:
    """The environment variable, set in this shell, that conventionally holds the provider's key.

    None for a custom provider: its variables may have come with an imported file, which must not choose what
    is offered to its host.
    """
    names = (known.env_vars or "").split() if known.source == "package" else []
    return next((name for name in names if desk.environ.get(name, "").strip()), None)


def entered_key(desk: Desk, raw: Mapping[str, str], variable: str | None, *, local: bool) -> Secret | None:
    """The key a form asks for: what was typed, else the variable's if that was ticked, else None.

    Raises InvalidInput for a text that is no key; the sentence never holds it.
    """
    typed = raw.get("api_key", "")
    if not typed and variable and raw.get("from_env") == ON:
        typed = desk.environ[variable]
    if not typed:
        return None
    try:
        return read_pasted_key(typed, local=local)[0]
    except ValueError as refusal:
        raise InvalidInput({"api_key": str(refusal)}) from None


async def edit_key(screen: DeskScreen, provider_id: int) -> None:
    """What can be done about a provider's key now: enter it at once, or choose where there is one."""
    row = screen.desk.store.reads.provider_by_id(provider_id)
    if row.api_key_encrypted is None:
        await enter_key(screen, row)
        return
    endpoint = stored_endpoint(row.name, row.endpoint)
    await unlocked(screen)
    state, sealed_for = screen.desk.vault.key_state(row.api_key_encrypted, origin=endpoint.origin)
    choices = [
        Choice("r", "replace it", "replace", "enter another key"),
        Choice("x", "remove it", "remove", "the provider goes off"),
    ]
    if state is KeyState.OTHER_HOST:
        move = Choice("m", "move it", "move", f"from {sealed_for} to {shown_origin(endpoint.origin)}")
        choices.insert(1, move)
    title = f"Key of {row.name}: {state.words(sealed_for)}"
    chosen = await screen.app.push_screen_wait(ChoiceMenu(title, choices))
    if chosen == "replace":
        await enter_key(screen, row)
    elif chosen == "move":
        await _move(screen, row, sealed_for or "", endpoint)
    elif chosen == "remove":
        await _remove(screen, row)


async def enter_key(screen: DeskScreen, seen: "Provider") -> None:
    """Ask for a key and seal it for the host that was shown; what has changed meanwhile is asked about."""
    desk = screen.desk
    endpoint = stored_endpoint(seen.name, seen.endpoint)
    if endpoint.is_placeholder:
        screen.refuse(str(key_refusal(endpoint)))
        return
    consented = await consented_host(screen, seen.name, seen.endpoint)
    if consented == "":
        return
    known = desk.store.reads.known(seen.name)
    variable = variable_for(desk, known)

    def parse(raw: dict[str, str]) -> Secret:
        secret = entered_key(desk, raw, variable, local=endpoint.is_loopback)
        if secret is None:
            raise InvalidInput({"api_key": "Type or paste the key."})
        return secret

    begins = False

    async def keep(secret: Secret) -> "Provider":
        nonlocal begins
        await unlocked(screen)
        shown, host = seen, consented
        begins = desk.store.vault_status().state is VaultState.EMPTY
        while True:
            try:
                return await desk.save(partial(_sealed, seen=shown, secret=secret, consented=host))
            except Outdated as outdated:
                now = desk.store.reads.provider_again(shown)
                affirmed = await _affirmed(screen, shown, now, outdated)
                if affirmed is None:
                    raise
                shown, host = now, affirmed

    token = f" Servers like this are given {known.local_token}." if known.local_token else ""
    form: FormScreen[Provider] = FormScreen(
        f"API key of {seen.name}",
        record_fields.key_fields(variable, local=endpoint.is_loopback),
        record_fields.key_values(variable),
        parse,
        keep,
        intro=f"Sealed for {shown_origin(endpoint.origin)}; it is sent to no other host.{token}",
        keys=desk.keys,
    )
    if (kept := await screen.app.push_screen_wait(form)) is not None:
        if begins:
            screen.tell(
                f"Made the vault key {desk.vault.place.name}: without it no key opens, so keep a copy."
            )
        check = f"{desk.keys.first('verify.one')}, then c, checks it."
        screen.changed(f"Sealed the key of {kept.name} for {desk.store.sealed_for(kept)}. {check}")


def _sealed(writes: "Writes", *, seen: "Provider", secret: Secret, consented: str | None) -> "Provider":
    return writes.set_key(seen, secret, consented)


async def _affirmed(screen: DeskScreen, shown: "Provider", now: "Provider", outdated: Outdated) -> str | None:
    """Show a provider as it is now to whoever has entered a key for it; the host they then affirm, or None.

    A host that was not shown before is typed. Raises Refused for one that must not get keys.
    """
    endpoint = stored_endpoint(now.name, now.endpoint)
    place = shown_origin(endpoint.origin)
    if (refusal := key_refusal(endpoint, endpoint.host)) is not None:
        raise Refused(f"{outdated} {refusal}")
    lines = [
        f"You were shown  {shown_origin(origin_of_stored(shown.endpoint))}",
        f"It is now       {place}",
        f"Its key now     {screen.desk.store.key_words(now)}",
        *_danger(endpoint),
    ]
    question: Confirm | TypedConfirm
    if endpoint.origin == origin_of_stored(shown.endpoint):
        title = f"Seal it for {now.name} all the same?"
        question = Confirm(title, [str(outdated), "", *lines], verb="seal it")
    else:
        lines.append("Only you can say that this is right.")
        title = f"{now.name} is at another host now"
        question = TypedConfirm(title, lines, expected=place, verb="seal it there")
    return endpoint.host if await screen.app.push_screen_wait(question) else None


def _danger(endpoint: Endpoint) -> list[str]:
    return ["Over plain http: whoever is on the way can read the key."] if endpoint.is_cleartext else []


async def consented_host(screen: DeskScreen, name: str, url: str) -> str | None:
    """The host a person typed to let a key travel unencrypted; None where none is needed, '' if refused."""
    endpoint = stored_endpoint(name, url)
    if key_refusal(endpoint) is None:
        return None
    if key_refusal(endpoint, endpoint.host) is not None:
        screen.refuse(str(key_refusal(endpoint)))
        return ""
    question = TypedConfirm(
        f"Send the key of {name} unencrypted?",
        [f"{endpoint.host} is reached over plain http.", "Whoever is on the way can read the key."],
        expected=endpoint.host,
        verb="allow it",
    )
    return endpoint.host if await screen.app.push_screen_wait(question) else ""


async def _move(screen: DeskScreen, seen: "Provider", sealed_for: str, endpoint: Endpoint) -> None:
    """Seal the key again for the endpoint's new host, once its name was typed."""
    place, store = shown_origin(endpoint.origin), screen.desk.store
    question = TypedConfirm(
        f"Move the key of {seen.name}?",
        [
            f"It is sealed for   {sealed_for}",
            f"It would go to     {place}",
            *_danger(endpoint),
            "Only you can say that this is right.",
        ],
        expected=place,
        verb="move it",
    )
    if await screen.app.push_screen_wait(question):
        await screen.attempt(
            lambda writes: writes.move_key(seen, place),
            lambda row: (
                f"The key of {row.name} is sealed for {store.sealed_for(row)} now."
                " It has not been checked there yet."
            ),
        )


async def _remove(screen: DeskScreen, seen: "Provider") -> None:
    lines = ["The sealed key is removed; it cannot be brought back.", "The provider becomes inactive."]
    question = Confirm(f"Remove the key of {seen.name}?", lines, verb="remove")
    if await screen.app.push_screen_wait(question):
        await screen.attempt(
            lambda writes: writes.remove_key(seen), lambda row: f"Removed the key of {row.name}."
        )
