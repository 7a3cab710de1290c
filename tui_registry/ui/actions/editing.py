"""How records are changed from any screen: ask in a form or a dialog, save, tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from tui_registry.errors import Conflict, Gone
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.forms import record_fields
from tui_registry.ui.forms.form import FormScreen
from tui_registry.ui.forms.form_values import Field
from tui_registry.ui.forms.kept_forms import Origin
from tui_registry.ui.screens.picker import Entry, Picker

if TYPE_CHECKING:
    from tui_registry.drafts import Draft
    from tui_registry.store import Writes

D = TypeVar("D", bound="Draft")
R = TypeVar("R")
Row = TypeVar("Row")
Side = Literal["mine", "theirs"]

_EMPTY_PRICE = "An empty price does not apply to this model. Prices are per 1M tokens."
_BEGINS_AS_DEFAULT = "This is the provider's default; saved, it is the model's own and stays as it is. "


def settled(draft: D, base: Row, fresh: Row, conflict: Conflict, side: Side) -> D:
    """The draft after a conflict: the chosen side where both changed, theirs where only they did."""
    was, theirs = _values(base), _values(fresh)
    update = {}
    for name, mine in draft.model_dump().items():
        both = name in conflict.fields
        if (both and side == "theirs") or (not both and mine == was.get(name)):
            update[name] = theirs.get(name)
    chosen: D = draft.model_copy(update=update)
    return chosen


def _values(row: object) -> dict[str, object]:
    """A stored row by field; nothing where there is no row."""
    return {} if row is None else asdict(row)  # type: ignore[call-overload]


async def ask(
    screen: DeskScreen,
    title: str,
    fields: Sequence[Field],
    values: Mapping[str, str],
    draft: "type[D]",
    save: "Callable[[Writes, D, Row], R]",
    *,
    base: Row,
    reload: Callable[[], Row],
    intro: str = "",
    origin: Origin | None = None,
    typed: Mapping[str, str] | None = None,
) -> R | None:
    """Show a form and save what it makes of `draft`; None when it was left.

    `base` is the row the form was loaded with, `reload` reads it again after a conflict.
    """
    desk = screen.desk

    async def keep(checked: D) -> R:
        return await desk.save(lambda writes: save(writes, checked, base))

    async def resolve(checked: D, conflict: Conflict, side: Side) -> R:
        fresh = reload()
        if fresh is None and base is not None:
            raise Gone(
                "Another session deleted this meanwhile. What you typed is still here; save it as new."
            )
        chosen = settled(checked, base, fresh, conflict, side)
        return await desk.save(lambda writes: save(writes, chosen, fresh))

    form: FormScreen[R] = FormScreen(
        title,
        fields,
        values,
        draft.parse,
        keep,
        warnings=lambda checked: checked.warnings(),
        resolve=resolve,
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
        save: "Callable[[Writes, D, Row], R]",
        *,
        base: Row,
        reload: Callable[[], Row],
        intro: str = "",
        origin: Origin | None = None,
    ) -> R | None:
        """What was saved; None when it was left."""


async def edit_pricing(screen: DeskScreen, provider_id: int, asking: Asking = ask) -> None:
    """Edit the price that holds for a provider's models without one of their own."""
    from tui_registry.drafts import PricingDraft

    reads = screen.desk.store.reads
    name = reads.provider_by_id(provider_id).name
    base = reads.pricing(provider_id)
    saved = await asking(
        screen,
        f"Default price of {name}",
        record_fields.pricing_fields(),
        PricingDraft.shown(base),
        PricingDraft,
        lambda writes, draft, row: writes.save_pricing(provider_id, draft, row),
        base=base,
        reload=lambda: reads.pricing(provider_id),
        origin=Origin("default price", (provider_id,)),
        intro=f"Holds for every model of {name} that has no price of its own.",
    )
    if saved is not None:
        screen.changed(f"Saved the default price of {name}.")


async def edit_limits(screen: DeskScreen, provider_id: int, asking: Asking = ask) -> None:
    """Edit a provider's rate limits."""
    from tui_registry.drafts import LimitsDraft

    reads = screen.desk.store.reads
    name = reads.provider_by_id(provider_id).name
    base = reads.limits(provider_id)
    saved = await asking(
        screen,
        f"Limits of {name}",
        record_fields.limits_fields(),
        LimitsDraft.shown(base),
        LimitsDraft,
        lambda writes, draft, row: writes.save_limits(provider_id, draft, row),
        base=base,
        reload=lambda: reads.limits(provider_id),
        origin=Origin("limits", (provider_id,)),
        intro="Type 60, 1.5k or 2M. Empty means unknown.",
    )
    if saved is not None:
        screen.changed(f"Saved the limits of {name}.")


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
    entries = [Entry(str(row.id), row.name, row.endpoint) for row in providers]
    chosen = await screen.app.push_screen_wait(Picker("New model of", entries))
    if chosen is not None:
        await add_model(screen, int(chosen))


async def add_model(screen: DeskScreen, provider_id: int, asking: Asking = ask) -> None:
    """Add a model to a provider."""
    from tui_registry.drafts import ModelDraft

    name = screen.desk.store.reads.provider_by_id(provider_id).name
    saved = await asking(
        screen,
        f"New model of {name}",
        record_fields.model_fields(),
        {},
        ModelDraft,
        lambda writes, draft, _: writes.add_model(provider_id, draft),
        base=None,
        reload=lambda: None,
        origin=Origin("new model", (provider_id,)),
    )
    if saved is not None:
        screen.changed(f"Added {name}/{saved.model_id}.", saved.id)


async def edit_model(screen: DeskScreen, row_id: int, asking: Asking = ask) -> None:
    """Edit a model's own facts; what a person sets no import overwrites."""
    from tui_registry.drafts import ModelDraft

    reads = screen.desk.store.reads
    base = reads.model_by_id(row_id)
    saved = await asking(
        screen,
        f"Model {model_title(screen.desk, row_id)}",
        record_fields.model_fields(),
        ModelDraft.shown(base),
        ModelDraft,
        lambda writes, draft, row: writes.save_model(row_id, draft, row),
        base=base,
        reload=lambda: reads.model_by_id(row_id),
        origin=Origin("model", (row_id,)),
    )
    if saved is not None:
        screen.changed(f"Saved {saved.model_id}.")


async def edit_model_price(screen: DeskScreen, row_id: int, asking: Asking = ask) -> None:
    """Edit a model's own price."""
    from tui_registry.drafts import ModelPricingDraft

    reads = screen.desk.store.reads
    base = reads.model_pricing(row_id)
    default = reads.pricing(reads.model_by_id(row_id).provider_id) if base is None else None
    title = model_title(screen.desk, row_id)
    saved = await asking(
        screen,
        f"Price of {title}",
        record_fields.model_pricing_fields(),
        ModelPricingDraft.shown(base or default),
        ModelPricingDraft,
        lambda writes, draft, row: writes.save_model_pricing(row_id, draft, row),
        base=base,
        reload=lambda: reads.model_pricing(row_id),
        origin=Origin("model price", (row_id,)),
        intro=_BEGINS_AS_DEFAULT + _EMPTY_PRICE if default else _EMPTY_PRICE,
    )
    if saved is not None:
        screen.changed(f"Saved the price of {title}.")


def model_title(desk: Desk, row_id: int) -> str:
    """A model as `provider/model`."""
    model = desk.store.reads.model_by_id(row_id)
    return f"{desk.store.reads.provider_by_id(model.provider_id).name}/{model.model_id}"
