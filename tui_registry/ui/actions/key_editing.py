"""How an API key is entered, taken over, moved and removed; no key is ever shown or put back into a field."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui_registry.endpoint import Endpoint, key_refusal, stored_endpoint
from tui_registry.errors import InvalidInput
from tui_registry.text import Secret, read_pasted_key
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.forms import record_fields
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.form_values import ON
from tui_registry.ui.screens.dialogs import Choice, ChoiceMenu, Confirm, TypedConfirm
from tui_registry.ui.screens.unlocking import unlocked
from tui_registry.vault import KeyState, VaultState, shown_origin

if TYPE_CHECKING:
    from tui_registry.store import KnownProvider, ProviderRow


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
        choices.insert(1, Choice("m", "move it", "move", f"from {sealed_for} to {endpoint.host}"))
    title = f"Key of {row.name}: {state.words(sealed_for)}"
    chosen = await screen.app.push_screen_wait(ChoiceMenu(title, choices))
    if chosen == "replace":
        await enter_key(screen, row)
    elif chosen == "move":
        await _move(screen, row, sealed_for or "", endpoint)
    elif chosen == "remove":
        await _remove(screen, row)


async def enter_key(screen: DeskScreen, row: "ProviderRow") -> None:
    """Ask for a key and seal it for the provider's host."""
    desk = screen.desk
    endpoint = stored_endpoint(row.name, row.endpoint)
    if endpoint.is_placeholder:
        screen.refuse(str(key_refusal(endpoint)))
        return
    consented = await consented_host(screen, row.name, row.endpoint)
    if consented == "":
        return
    known = desk.store.reads.known(row.name)
    variable = variable_for(desk, known)

    def parse(raw: dict[str, str]) -> Secret:
        secret = entered_key(desk, raw, variable, local=endpoint.is_loopback)
        if secret is None:
            raise InvalidInput({"api_key": "Type or paste the key."})
        return secret

    async def keep(secret: Secret) -> "ProviderRow":
        await unlocked(screen)
        return await desk.save(lambda writes: writes.set_key(row.id, secret, consented))

    token = f" Servers like this are given {known.local_token}." if known.local_token else ""
    form: FormScreen[ProviderRow] = FormScreen(
        f"API key of {row.name}",
        record_fields.key_fields(variable, local=endpoint.is_loopback),
        record_fields.key_values(variable),
        parse,
        keep,
        intro=f"Sealed for {endpoint.host}; it is sent to no other host.{token}",
        keys=desk.keys,
    )
    begins = desk.store.vault_status().state is VaultState.EMPTY
    if await screen.app.push_screen_wait(form) is not None:
        if begins:
            screen.tell(
                f"Made the vault key {desk.vault.place.name}: without it no key opens, so keep a copy."
            )
        check = f"{desk.keys.first('verify.one')}, then c, checks it."
        screen.changed(f"Sealed the key of {row.name} for {endpoint.host}. {check}")


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


async def _move(screen: DeskScreen, row: "ProviderRow", sealed_for: str, endpoint: Endpoint) -> None:
    """Seal the key again for the endpoint's new host, once its name was typed."""
    host = endpoint.host
    cleartext = ["Over plain http: whoever is on the way can read the key."] if endpoint.is_cleartext else []
    question = TypedConfirm(
        f"Move the key of {row.name}?",
        [
            f"It is sealed for   {sealed_for}",
            f"It would go to     {shown_origin(endpoint.origin)}",
            *cleartext,
            "Only you can say that this is right.",
        ],
        expected=host,
        verb="move it",
    )
    if await screen.app.push_screen_wait(question):
        await screen.attempt(
            lambda writes: writes.move_key(row.id, host),
            f"The key of {row.name} is sealed for {host} now. It has not been checked there yet.",
        )


async def _remove(screen: DeskScreen, row: "ProviderRow") -> None:
    lines = ["The sealed key is removed; it cannot be brought back.", "The provider becomes inactive."]
    question = Confirm(f"Remove the key of {row.name}?", lines, verb="remove")
    if await screen.app.push_screen_wait(question):
        await screen.attempt(lambda writes: writes.remove_key(row.id), f"Removed the key of {row.name}.")
