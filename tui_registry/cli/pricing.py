"""`tui-registry pricing`: default prices of providers and own prices of models, headless."""

from functools import partial
from typing import TYPE_CHECKING, Literal

import click

from tui_registry.cli.given import only_given, warn
from tui_registry.cli.listing import listed_by_id
from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import json_option, print_facts, print_json, remark, tell
from tui_registry.cli.prices import PRICE_FIELDS, default_price, price_words
from tui_registry.errors import InvalidInput, NotFound
from tui_registry.money import parse_price

if TYPE_CHECKING:
    from tui_registry.store import Model, Provider, Writes

NOT_APPLICABLE = ("-", "none")
"""Words that say a price does not apply, as an empty text does."""

_NEEDED = {"input_price_per_token": "input", "output_price_per_token": "output"}
"""The prices that every price has a word on."""

_PROVENANCE = ("source", "source_date", "last_updated")


@click.group()
def pricing() -> None:
    """Prices of providers and models: show, set, delete."""


@pricing.command("show")
@click.argument("name")
@click.argument("model", required=False)
@json_option
@pass_session
def show_pricing(session: Session, name: str, model: str | None, as_json: bool) -> None:
    """Show a provider's default price, or what one model costs."""
    owner, row = _found(session, name, model)
    if as_json:
        print_json(_record(session, owner, row))
        return
    reads = session.store.reads
    price = reads.effective_price(row.id) if row else default_price(reads.pricing(owner.id))
    model_line = [("Model", row.model_id)] if row else []
    print_facts([("Provider", owner.name), *model_line, ("Price", price_words(price))])


@pricing.command("set")
@click.argument("name")
@click.argument("model", required=False)
@click.option("--input", "entry", metavar="AMOUNT", help="Price of input: 0.15, 3/M, 0.003/k, free.")
@click.option("--output", "out", metavar="AMOUNT", help="Price of output.")
@click.option("--cache-read", metavar="AMOUNT", help="Price of input read from the cache; models only.")
@click.option("--cache-write", metavar="AMOUNT", help="Price of input written to it; models only.")
@click.option(
    "--per",
    type=click.Choice(["million", "token"]),
    default="million",
    show_default=True,
    help="What an amount without a unit is for.",
)
@click.option("--currency", metavar="CODE", help="Three letters; at first the default's, else USD.")
@json_option
@pass_session
def set_pricing(
    session: Session,
    name: str,
    model: str | None,
    entry: str | None,
    out: str | None,
    cache_read: str | None,
    cache_write: str | None,
    per: Literal["million", "token"],
    currency: str | None,
    as_json: bool,
) -> None:
    """Set the prices that are given and leave the others; `-` says that one does not apply.

    A model's first price of its own takes over the provider's default where nothing else is given.
    """
    owner, row = _found(session, name, model)
    amounts = {"input_price_per_token": entry, "output_price_per_token": out}
    cached = {"cache_read_price_per_token": cache_read, "cache_write_price_per_token": cache_write}
    if row is None and only_given(cached):
        raise InvalidInput(dict.fromkeys(only_given(cached), "Only a model has prices for its cache."))
    given = _amounts(only_given(amounts | cached), per) | only_given({"currency": currency})
    if not given:
        raise InvalidInput({"price": "Give at least one of --input, --output and --currency."})
    if row is None:
        _save_default(session, owner, given)
    else:
        _save_own(session, row, given)
    owner = session.store.reads.provider_again(owner)
    if as_json:
        print_json(_record(session, owner, row))
    else:
        tell(f"Saved the price of {f'{row.model_id} of {owner.name}' if row else owner.name}.")


@pricing.command("delete")
@click.argument("name")
@click.argument("model", required=False)
@json_option
@pass_session
def delete_pricing(session: Session, name: str, model: str | None, as_json: bool) -> None:
    """Delete a provider's default price, or a model's own, so that the default holds again."""
    owner, row = _found(session, name, model)
    reads = session.store.reads
    if row is None:
        if reads.pricing(owner.id) is None:
            raise NotFound(f"{owner.name} has no default price.")
        owner = session.write(lambda writes: writes.delete_pricing(owner))
    else:
        if reads.model_pricing(row.id) is None:
            raise NotFound(f"{row.model_id} has no price of its own.")
        row = session.write(partial(_deleted, row=row))
    if as_json:
        print_json(_record(session, owner, row))
    else:
        tell(f"Deleted the price of {f'{row.model_id} of {owner.name}' if row else owner.name}.")


def _deleted(writes: "Writes", *, row: "Model") -> "Model":
    return writes.delete_model_pricing(row)


def _found(session: Session, name: str, model: str | None) -> "tuple[Provider, Model | None]":
    reads = session.store.reads
    owner = reads.provider(name)
    return owner, None if model is None else reads.model(owner.id, model)


def _amounts(texts: dict[str, str], per: Literal["million", "token"]) -> dict[str, object]:
    """Written amounts as a draft takes them; raises InvalidInput with a sentence per amount."""
    if per == "million":
        return {
            field: "" if text.strip().lower() in NOT_APPLICABLE else text for field, text in texts.items()
        }
    amounts: dict[str, object] = {}
    problems: dict[str, str] = {}
    for field, text in texts.items():
        try:
            amount = None if text.strip().lower() in NOT_APPLICABLE else parse_price(text, "token")
        except ValueError as error:
            problems[field] = str(error)
        else:
            amounts[field] = "" if amount is None else amount
    if problems:
        raise InvalidInput(problems)
    return amounts


def _save_default(session: Session, owner: "Provider", given: dict[str, object]) -> None:
    from tui_registry.store.drafts import PricingDraft

    base = session.store.reads.pricing(owner.id)
    draft = PricingDraft.parse({**PricingDraft.shown(base), **given})
    warn(draft.warnings())
    session.write(lambda writes: writes.save_pricing(owner, draft, base))


def _save_own(session: Session, row: "Model", given: dict[str, object]) -> None:
    from tui_registry.store.drafts import ModelPricingDraft

    base = session.store.reads.model_pricing(row.id)
    taken = {} if base is not None else _from_default(session, row, given)
    draft = ModelPricingDraft.parse({**ModelPricingDraft.shown(base), **taken, **given})
    warn(draft.warnings())
    session.write(lambda writes: writes.save_model_pricing(row, draft, base))
    if amounts := [f"{words} {taken[field]}" for field, words in _NEEDED.items() if field in taken]:
        remark(
            f"{' and '.join(amounts)} {taken['currency']} per 1M tokens: taken over from the provider's"
            " default, which no longer holds for this model."
        )


def _from_default(session: Session, row: "Model", given: dict[str, object]) -> dict[str, str]:
    """What a first price of a model's own takes over from its provider's default.

    Raises InvalidInput where a price is left open and no default in the same currency says it.
    """
    from tui_registry.store.drafts import PricingDraft

    default = session.store.reads.pricing(row.provider_id)
    shown = PricingDraft.shown(default)
    currency = str(given.get("currency", shown["currency"])).strip().upper()
    left = [field for field in _NEEDED if field not in given]
    if left and (default is None or currency != default.currency):
        way_out = "Give it as well; - says that it does not apply."
        raise InvalidInput(dict.fromkeys(left, f"No default of the provider says this price. {way_out}"))
    return {field: shown[field] for field in (*left, "currency")}


def _record(session: Session, owner: "Provider", row: "Model | None") -> dict[str, object]:
    """The price with the data model's field names; every price is null where it is unknown."""
    if row is not None:
        price = listed_by_id(session, "prices", [row.id])[row.id]
        named = {"provider_id": owner.id, "provider": owner.name, "model_id": row.model_id}
        return named | {field: price[field] for field in (*PRICE_FIELDS, *_PROVENANCE, "note")}
    kept = session.store.reads.pricing(owner.id)
    fields = ("input_price_per_token", "output_price_per_token", "currency", *_PROVENANCE)
    facts: dict[str, object] = {field: getattr(kept, field, None) for field in fields}
    return {"provider_id": owner.id, "provider": owner.name} | facts
