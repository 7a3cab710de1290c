"""How the made-up registry began: providers and models from a catalogue, then keys, prices and limits."""

from tui_registry.demo.filling import Calendar, Filling
from tui_registry.demo.models import Made, models_of
from tui_registry.demo.providers import PLANS, Plan
from tui_registry.money import per_token
from tui_registry.store import CatalogBatch, CatalogModel, CatalogPrice, CatalogProvider
from tui_registry.store.drafts import LimitsDraft, ModelDraft, ModelPricingDraft, PricingDraft
from tui_registry.text import Secret

CATALOGUE, KEYS, FACTS = 45, 40, 34
"""How many days ago each part was entered."""

PRICE_NOTE = "Made up for the demo."

BY_HAND = (
    ("Fireworks AI", "accounts/acme/models/support-tuned-8b", "Support, tuned", "0.2", "0.2"),
    ("Mistral", "ft:codestral:acme:tests", "Codestral, tuned for tests", "", ""),
    ("OpenAI", "ft:gpt-4o-mini:acme::support", "GPT-4o mini, tuned for support", "0.3", "1.2"),
    ("Together AI", "acme/llama-3.3-70b-support-v3", "Support, third tuning", "", ""),
)
"""Models that a person added: provider, model id, name, input and output price in USD per 1M tokens."""


def found(filling: Filling) -> None:
    """Fill in everything but the history of verification."""
    calendar = filling.calendar
    calendar.go_to(days=CATALOGUE)
    batch = _catalogue(calendar)
    filling.writes.import_catalog(batch)
    calendar.go_to(days=KEYS)
    for plan in PLANS:
        calendar.go_on(90)
        _enter_key(filling, plan)
    calendar.go_to(days=FACTS)
    for plan in PLANS:
        calendar.go_on(75)
        _enter_facts(filling, plan)
    for provider, model_id, name, entry, out in BY_HAND:
        calendar.go_on(40)
        _add_by_hand(filling, provider, ModelDraft.parse({"model_id": model_id, "name": name}), entry, out)


def _catalogue(calendar: Calendar) -> CatalogBatch:
    """All providers with all their models, as one catalogue."""
    dated = calendar.now.date().isoformat()
    return CatalogBatch(
        tuple(
            CatalogProvider(
                plan.name,
                plan.endpoint,
                tuple(_listed(each, dated) for each in models_of(plan.name)),
                description=plan.notes,
            )
            for plan in PLANS
        )
    )


def _listed(made: Made, dated: str) -> CatalogModel:
    return CatalogModel(
        made.model_id,
        made.name,
        architecture=made.architecture,
        max_input_tokens=made.context,
        max_output_tokens=made.output,
        supports_streaming=None if made.reasoning is None else True,
        supports_reasoning=made.reasoning,
        source_date=dated,
        price=_price(made.prices, dated) if made.prices else None,
    )


def _price(written: str, dated: str) -> CatalogPrice:
    amounts = [None if word == "-" else per_token(word) for word in written.split()]
    entry, out, cache_read, cache_write = amounts + [None] * (4 - len(amounts))
    return CatalogPrice(entry, out, cache_read, cache_write, source_date=dated, note=PRICE_NOTE)


def _enter_key(filling: Filling, plan: Plan) -> None:
    """Seal a key that opens nothing anywhere, then prove it and switch the provider on if so planned."""
    if plan.key == "none":
        return
    row = filling.reads.provider(plan.name)
    secret = Secret(f"demo-{plan.name.lower().replace(' ', '-')}-not-a-real-key")
    filling.vault.spoils = plan.key == "damaged"
    row = filling.writes.set_key(row, secret)
    if plan.key != "unchecked":
        filling.calendar.go_on(8)
        filling.check_key(row, "pass", "ok", 200, 180.0)
        filling.writes.activate(row)
    filling.vault.spoils = False


def _enter_facts(filling: Filling, plan: Plan) -> None:
    """A provider's default price and limits, where it has them."""
    row = filling.reads.provider(plan.name)
    if plan.price is not None:
        entry, out = plan.price.split()
        price = PricingDraft.parse({"input_price_per_token": entry, "output_price_per_token": out})
        filling.writes.save_pricing(row, price, None)
    if plan.limits is not None:
        fields = LimitsDraft.model_fields
        limits = LimitsDraft.parse(dict(zip(fields, plan.limits, strict=True)))
        filling.writes.save_limits(row, limits, None)


def _add_by_hand(filling: Filling, provider: str, draft: ModelDraft, entry: str, out: str) -> None:
    model = filling.writes.add_model(filling.reads.provider(provider), draft)
    if entry:
        price = ModelPricingDraft.parse({"input_price_per_token": entry, "output_price_per_token": out})
        filling.writes.save_model_pricing(model, price, None)
