"""Forms that were open when the terminal went: kept then, offered at the next start, opened as they were."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from tui_registry.clock import stamp
from tui_registry.errors import Gone, NotFound, Refused
from tui_registry.store import Model, Provider, Reads
from tui_registry.text import clean, looks_like_key
from tui_registry.ui.actions import cloning, editing, provider_editing
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.kept_forms import KeptForm, KeptForms, Origin
from tui_registry.ui.screens.dialogs import Choice, ChoiceMenu
from tui_registry.ui.words import ago, counted

Texts = Mapping[str, str]
Deed = Callable[..., Awaitable[None]]


def _asked(deed: Deed) -> Callable[[Texts], Deed]:
    """A deed that asks in a form, with texts already typed into it."""
    return lambda typed: partial(deed, asking=partial(editing.ask, typed=typed))


DEEDS: Mapping[str, Callable[[Texts], Deed]] = {
    "default price": _asked(editing.edit_pricing),
    "limits": _asked(editing.edit_limits),
    "model": _asked(editing.edit_model),
    "model price": _asked(editing.edit_model_price),
    "new model": _asked(editing.add_model),
    "cloned model": _asked(cloning.clone_model),
    "provider": _asked(provider_editing.edit_provider),
    "new provider": lambda typed: partial(provider_editing.add_provider, typed=typed),
    "cloned provider": lambda typed: partial(cloning.clone_provider_as, typed=typed),
}
"""How each form that can be kept is opened again."""


_READ: Mapping[str, Callable[[Reads, int], Provider | Model]] = {
    "model": Reads.model_by_id,
    "model price": Reads.model_by_id,
    "cloned model": Reads.model_by_id,
}
"""The forms that are about a model; all others with an id are about a provider."""

SEEN_OF_A_NAME = 12
"""How many of a name's last characters are compared with a title that may be cut."""


def keep_open_form(desk: Desk, form: FormScreen[object]) -> str | None:
    """Keep what was typed into a form, and say so; None where there is nothing to keep, or no place."""
    return keep_typed(desk, form.origin, form.form_title, form.texts_to_keep())


def keep_typed(desk: Desk, origin: Origin | None, title: str, typed: Texts) -> str | None:
    """Keep texts that were typed for a form, and say so; a text that looks like a key is not kept."""
    texts = {name: text for name, text in typed.items() if not looks_like_key(text)}
    if desk.drafts is None or origin is None or not texts:
        return None
    try:
        KeptForms(desk.drafts, desk.store.path).keep(KeptForm(origin, title, texts, stamp(desk.clock())))
    except (OSError, Refused):
        return f"Not saved, and it could not be kept: {title}."
    return f"Not saved, but kept for the next start: {title}."


def kept_forms(desk: Desk) -> list[KeptForm]:
    """The kept forms that can be opened again."""
    if desk.drafts is None:
        return []
    return [kept for kept in KeptForms(desk.drafts, desk.store.path).all() if kept.origin.form in DEEDS]


async def offer_kept(screen: DeskScreen) -> None:
    """Ask about each form that was kept; one that is neither restored nor forgotten is offered again."""
    for kept in kept_forms(screen.desk):
        typed = f"{counted(len(kept.texts), 'field')}, {ago(kept.kept_at, screen.desk.clock())}"
        choices = [
            Choice("r", "restores it", "restore", typed),
            Choice("x", "forgets it", "forget"),
        ]
        answer = await screen.app.push_screen_wait(
            ChoiceMenu(f"Kept unsaved: {kept.title}", choices, note="Nothing of it was saved yet.")
        )
        if answer == "forget" or (answer == "restore" and await _restore(screen, kept)):
            _forget(screen.desk, kept)


def _forget(desk: Desk, kept: KeptForm) -> None:
    """Let go of what was kept."""
    if desk.drafts is not None:
        KeptForms(desk.drafts, desk.store.path).forget(kept.origin)


async def _restore(screen: DeskScreen, kept: KeptForm) -> bool:
    """Open the form again until it is saved or left; False where its record is not there: it stays kept."""
    try:
        await DEEDS[kept.origin.form](kept.texts)(screen, *_records(screen.desk, kept))
    except (NotFound, Gone) as error:
        screen.refuse(f"This cannot be restored now, and stays kept: {kept.title}. {error}")
        return False
    return True


def _records(desk: Desk, kept: KeptForm) -> tuple[int | str, ...]:
    """What the form is opened on; raises Gone where the id has another record than what was typed is of."""
    form, (first, *rest) = kept.origin.form, kept.origin.records
    if isinstance(first, str):
        return kept.origin.records
    row = _READ.get(form, Reads.provider_by_id)(desk.store.reads, first)
    name = row.model_id if isinstance(row, Model) else row.name
    if rest and rest[0] == row.uuid:
        return (first, *rest[1:])
    # an earlier version kept no uuid; a copy is a new record, and is shown before it is saved
    if len(rest) == 1 and form == "cloned provider":
        return kept.origin.records
    if not rest and _ends_with(kept.title, name):
        return kept.origin.records
    raise Gone(f"It was typed for another record than {name}, which has its place now.")


def _ends_with(title: str, name: str) -> bool:
    """Whether a title ends with a whole name; of a long one, which lost its middle, with the end of it."""
    end = clean(name)[-SEEN_OF_A_NAME:]
    before, found, _ = clean(title).rpartition(end)
    is_whole = len(clean(name)) > SEEN_OF_A_NAME or before.endswith((" ", "/"))
    return clean(title).endswith(end) and bool(found) and is_whole
