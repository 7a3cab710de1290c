"""How records are changed from any screen: ask in a form or a dialog, save, tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar

from tui_registry.endpoint import origin_of_stored, shown_origin
from tui_registry.errors import Conflict, Gone, Outdated, RegistryError
from tui_registry.store import Limits, Model, ModelPricing, Pricing
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.forms import record_fields
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.form_values import Field
from tui_registry.ui.forms.kept_forms import Origin
from tui_registry.ui.screens.picker import Entry, Picker

if TYPE_CHECKING:
    from tui_registry.store import Provider, Writes
    from tui_registry.store.drafts import Draft
    from tui_registry.store.record import Record

D = TypeVar("D", bound="Draft")
R = TypeVar("R")
Owner = TypeVar("Owner", "Provider", "Model")
Row = TypeVar("Row", bound="Record | None")
Side = Literal["mine", "theirs"]

_EMPTY_PRICE = "An empty price does not apply to this model. Prices are per 1M tokens."
_BEGINS_AS_DEFAULT = "This is the provider's default; saved, it is the model's own and stays as it is. "


@dataclass(frozen=True, slots=True)
class Held(Generic[Owner, Row]):
    """What a form is opened on, as it was read: the record, and the row that the form shows of it.

    The row is the record itself, what belongs to it, or None where there is none yet.
    """

    owner: Owner
    row: Row


class Edit(Generic[D, Owner, Row, R]):
    """One record being edited: saved so that nothing is written over that was not shown.

    `base` is what the form was opened on, `reload` reads it again once that is not so any more; it raises
    Gone where the record is not there any more, whatever has its id now.
    """

    def __init__(
        self,
        desk: Desk,
        save: "Callable[[Writes, D, Held[Owner, Row]], R]",
        base: Held[Owner, Row],
        reload: Callable[[], Held[Owner, Row]],
    ) -> None:
        """Nothing was saved yet."""
        self._desk = desk
        self._save: Callable[[Writes, D, Held[Owner, Row]], R] = save
        self._base: Held[Owner, Row] = base
        self._reload: Callable[[], Held[Owner, Row]] = reload
        self._draft: D | None = None
        self._theirs: Held[Owner, Row] | None = None

    async def keep(self, draft: D) -> R:
        """Save over what the form was opened on; raises Conflict with what another session saved since.

        Raises Outdated or Gone with the record as it is now, after which saving again means that one.
        """
        self._draft = draft
        try:
            return await self._save_over(draft, self._base)
        except (Outdated, Gone) as changed:
            self._base = self._reload()
            raise shown_anew(changed, self._base) from changed

    async def resolve(self, conflict: Conflict, side: Side) -> R:
        """Save the chosen side of what the conflict showed; raises Conflict where that has changed again."""
        assert self._draft is not None
        assert self._theirs is not None
        theirs = self._theirs
        if theirs.row is None and self._base.row is not None:
            self._base = theirs
            raise shown_anew(Gone("This was deleted meanwhile by another session."), theirs)
        was, now = _values(self._base.row), _values(theirs.row)
        update = {}
        for name, mine in self._draft.model_dump().items():
            both = name in conflict.fields
            if (both and side == "theirs") or (not both and mine == was.get(name)):
                update[name] = now.get(name)
        self._draft, self._base = self._draft.model_copy(update=update), theirs
        return await self._save_over(self._draft, theirs)

    async def _save_over(self, draft: D, held: Held[Owner, Row]) -> R:
        try:
            return await self._desk.save(lambda writes: self._save(writes, draft, held))
        except Conflict as conflict:
            self._theirs = self._reload()
            now = _values(self._theirs.row)
            sides = {name: (was, mine, now.get(name)) for name, (was, mine, _) in conflict.fields.items()}
            raise Conflict(str(conflict), sides) from conflict


def _values(row: "Record | None") -> dict[str, object]:
    """A stored row by field; nothing where there is no row."""
    return {} if row is None else row.values()


def shown_anew(changed: Outdated | Gone, fresh: Held[Owner, Row]) -> RegistryError:
    """The refusal with the record as it is now, after which saving again means that one."""
    owner = fresh.owner
    if isinstance(changed, Gone):
        return Gone(f"{changed} What you typed is still here; save again to keep it as new.")
    if isinstance(owner, Model):
        return Outdated(f"{changed} {owner.model_id} is in it as well; save again to keep this there.")
    place = shown_origin(origin_of_stored(owner.endpoint))
    return Outdated(f"{changed} {owner.name} is in it as well, at {place}; save again to keep this there.")


async def ask(
    screen: DeskScreen,
    title: str,
    fields: Sequence[Field],
    values: Mapping[str, str],
    draft: "type[D]",
    save: "Callable[[Writes, D, Held[Owner, Row]], R]",
    *,
    base: Held[Owner, Row],
    reload: Callable[[], Held[Owner, Row]],
    intro: str = "",
    origin: Origin | None = None,
    typed: Mapping[str, str] | None = None,
) -> R | None:
    """Show a form and save what it makes of `draft`, as `Edit` does; None when it was left."""
    desk = screen.desk
    edit = Edit(desk, save, base, reload)
    form: FormScreen[R] = FormScreen(
        title,
        fields,
        values,
        draft.parse,
        edit.keep,
        warnings=lambda checked: checked.warnings(),
        resolve=lambda _checked, conflict, side: edit.resolve(conflict, side),
        said=draft.said,
        intro=intro,
        origin=origin,
        typed=typed,
        keys=desk.keys,
    )
    return await screen.app.push_screen_wait(form)


class Asking(Protocol):
    """A way to ask for a draft and to save it: in a form, or as text in an editor."""

    async def __call__(
        self,
        screen: DeskScreen,
        title: str,
        fields: Sequence[Field],
        values: Mapping[str, str],
        draft: "type[D]",
        save: "Callable[[Writes, D, Held[Owner, Row]], R]",
        *,
        base: Held[Owner, Row],
        reload: Callable[[], Held[Owner, Row]],
        intro: str = "",
        origin: Origin | None = None,
    ) -> R | None:
        """What was saved; None when it was left."""


async def edit_pricing(screen: DeskScreen, provider_id: int, asking: Asking = ask) -> None:
    """Edit the price that holds for a provider's models without one of their own."""
    from tui_registry.store.drafts import PricingDraft

    reads = screen.desk.store.reads
    owner = reads.provider_by_id(provider_id)
    base = Held(owner, reads.pricing(owner.id))

    def reload() -> Held["Provider", "Pricing | None"]:
        fresh = reads.provider_again(owner)
        return Held(fresh, reads.pricing(fresh.id))

    saved = await asking(
        screen,
        f"Default price of {owner.name}",
        record_fields.form_fields(Pricing),
        PricingDraft.shown(base.row),
        PricingDraft,
        lambda writes, draft, held: writes.save_pricing(held.owner, draft, held.row),
        base=base,
        reload=reload,
        origin=Origin("default price", (owner.id, owner.uuid)),
        intro=f"Holds for every model of {owner.name} that has no price of its own.",
    )
    if saved is not None:
        screen.changed(f"Saved the default price of {reads.provider_again(owner).name}.")


async def edit_limits(screen: DeskScreen, provider_id: int, asking: Asking = ask) -> None:
    """Edit a provider's rate limits."""
    from tui_registry.store.drafts import LimitsDraft

    reads = screen.desk.store.reads
    owner = reads.provider_by_id(provider_id)
    base = Held(owner, reads.limits(owner.id))

    def reload() -> Held["Provider", "Limits | None"]:
        fresh = reads.provider_again(owner)
        return Held(fresh, reads.limits(fresh.id))

    saved = await asking(
        screen,
        f"Limits of {owner.name}",
        record_fields.form_fields(Limits),
        LimitsDraft.shown(base.row),
        LimitsDraft,
        lambda writes, draft, held: writes.save_limits(held.owner, draft, held.row),
        base=base,
        reload=reload,
        origin=Origin("limits", (owner.id, owner.uuid)),
        intro="Type 60, 1.5k or 2M. Empty means unknown.",
    )
    if saved is not None:
        screen.changed(f"Saved the limits of {reads.provider_again(owner).name}.")


async def new_model(screen: DeskScreen, near: int | None) -> None:
    """Add a model to a provider that is chosen first; that of the model `near` is offered at the top."""
    providers = screen.desk.store.reads.providers()
    if not providers:
        view, new = map(screen.desk.keys.first, ("view.1", "record.new"))
        screen.tell(f"Add a provider first: {view}, then {new}.")
        return
    if near is not None:
        first = screen.desk.store.reads.model_by_id(near).provider_id
        providers.sort(key=lambda row: row.id != first)
    entries = [Entry(row.uuid, row.name, row.endpoint) for row in providers]
    chosen = await screen.app.push_screen_wait(Picker("New model of", entries))
    if chosen is not None:
        await _add_model(screen, next(row for row in providers if row.uuid == chosen), ask)


async def add_model(screen: DeskScreen, provider_id: int, asking: Asking = ask) -> None:
    """Add a model to a provider."""
    await _add_model(screen, screen.desk.store.reads.provider_by_id(provider_id), asking)


async def _add_model(screen: DeskScreen, owner: "Provider", asking: Asking) -> None:
    from tui_registry.store.drafts import ModelDraft

    reads = screen.desk.store.reads
    saved = await asking(
        screen,
        f"New model of {owner.name}",
        record_fields.model_fields(),
        {},
        ModelDraft,
        lambda writes, draft, held: writes.add_model(held.owner, draft),
        base=Held(owner, None),
        reload=lambda: Held(reads.provider_again(owner), None),
        origin=Origin("new model", (owner.id, owner.uuid)),
    )
    if saved is not None:
        screen.changed(f"Added {model_title(screen.desk, saved.id)}.", saved.id)


async def edit_model(screen: DeskScreen, row_id: int, asking: Asking = ask) -> None:
    """Edit a model's own facts; what a person sets no import overwrites."""
    from tui_registry.store.drafts import ModelDraft

    reads = screen.desk.store.reads
    row = reads.model_by_id(row_id)

    def reload() -> Held["Model", "Model"]:
        fresh = reads.model_again(row)
        return Held(fresh, fresh)

    saved = await asking(
        screen,
        f"Model {model_title(screen.desk, row_id)}",
        record_fields.model_fields(),
        ModelDraft.shown(row),
        ModelDraft,
        lambda writes, draft, held: writes.save_model(draft, held.row),
        base=Held(row, row),
        reload=reload,
        origin=Origin("model", (row.id, row.uuid)),
    )
    if saved is not None:
        screen.changed(f"Saved {saved.model_id}.")


async def edit_model_price(screen: DeskScreen, row_id: int, asking: Asking = ask) -> None:
    """Edit a model's own price."""
    from tui_registry.store.drafts import ModelPricingDraft

    reads = screen.desk.store.reads
    owner = reads.model_by_id(row_id)
    base = Held(owner, reads.model_pricing(owner.id))
    default = reads.pricing(owner.provider_id) if base.row is None else None

    def reload() -> Held["Model", "ModelPricing | None"]:
        fresh = reads.model_again(owner)
        return Held(fresh, reads.model_pricing(fresh.id))

    saved = await asking(
        screen,
        f"Price of {model_title(screen.desk, row_id)}",
        record_fields.form_fields(ModelPricing),
        ModelPricingDraft.shown(base.row or default),
        ModelPricingDraft,
        lambda writes, draft, held: writes.save_model_pricing(held.owner, draft, held.row),
        base=base,
        reload=reload,
        origin=Origin("model price", (owner.id, owner.uuid)),
        intro=_BEGINS_AS_DEFAULT + _EMPTY_PRICE if default else _EMPTY_PRICE,
    )
    if saved is not None:
        screen.changed(f"Saved the price of {model_title(screen.desk, saved.model_id)}.")


def model_title(desk: Desk, row_id: int) -> str:
    """A model as `provider/model`."""
    model = desk.store.reads.model_by_id(row_id)
    return f"{desk.store.reads.provider_by_id(model.provider_id).name}/{model.model_id}"
