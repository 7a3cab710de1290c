"""Registries to test with: real files, a clock that is set by hand, and drafts from plain words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from tui_registry.store import (
    CatalogBatch,
    CatalogModel,
    CatalogPrice,
    CatalogProvider,
    KnownProvider,
    Model,
    Provider,
    Store,
    Writes,
)
from tui_registry.store.database import READ_PATIENCE
from tui_registry.store.drafts import LimitsDraft, ModelDraft, ModelPricingDraft, PricingDraft, ProviderDraft
from tui_registry.text import Secret
from tui_registry.vault import Vault

T = TypeVar("T")

GROQ = "https://api.groq.com/openai/v1"
OPENAI = "https://api.openai.com/v1"
CANARY = "gsk_canary_5c1e0f7d9b2a4e6f8071"
KNOWN = (
    KnownProvider("Groq", GROQ, website="https://groq.com", env_vars="GROQ_API_KEY"),
    KnownProvider("OpenAI", OPENAI),
    KnownProvider("Together AI", "https://api.together.xyz/v1"),
    KnownProvider("xAI", "https://api.x.ai/v1"),
)


@dataclass
class SetClock:
    """A clock that stands still until it is moved."""

    now: datetime = datetime(2026, 11, 23, 6, 52, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment it was set to."""
        return self.now

    def move(self, **by: float) -> None:
        """Set it later, or earlier with negative amounts."""
        self.now += timedelta(**by)


@dataclass(frozen=True)
class Seed:
    """Known providers as a package would bring them."""

    version: str = "first"
    known: Iterable[KnownProvider] = KNOWN

    def rows(self) -> Iterable[KnownProvider]:
        """Them all."""
        return self.known


@dataclass
class Home:
    """A directory with a registry and a vault in it, and everything that opens them."""

    root: Path
    clock: SetClock = field(default_factory=SetClock)

    @property
    def database(self) -> Path:
        """Where the registry's file is."""
        return self.root / "data" / "registry.db"

    @property
    def key_file(self) -> Path:
        """Where the vault's key is."""
        return self.root / "state" / "vault.key"

    def open(
        self,
        *,
        create: bool = True,
        read_only: bool = False,
        known: Seed | None = None,
        read_patience: float = READ_PATIENCE,
    ) -> Store:
        """Open the registry, made first unless told otherwise."""
        return Store.open(
            self.database,
            vault=Vault(self.key_file),
            clock=self.clock,
            known=known or Seed(),
            create=create,
            read_only=read_only,
            read_patience=read_patience,
        )


def done(store: Store, change: Callable[[Writes], T]) -> T:
    """The result of a change, once it is saved."""
    return store.write(change).result(timeout=60)


def provider_draft(name: str = "Groq", endpoint: str = GROQ, **texts: str) -> ProviderDraft:
    """What a provider form would hand over."""
    return ProviderDraft.parse({"name": name, "endpoint": endpoint} | texts)


def model_draft(model_id: str = "llama-4", **fields: object) -> ModelDraft:
    """What a model form would hand over."""
    return ModelDraft.parse({"model_id": model_id, "name": model_id} | fields)


def pricing_draft(entry: float, out: float, currency: str = "USD") -> PricingDraft:
    """What a price form would hand over; prices are per token."""
    return PricingDraft.parse(
        {"input_price_per_token": entry, "output_price_per_token": out, "currency": currency}
    )


def model_pricing_draft(entry: float | None, out: float | None, **more: object) -> ModelPricingDraft:
    """What a model's price form would hand over; prices are per token."""
    return ModelPricingDraft.parse({"input_price_per_token": entry, "output_price_per_token": out} | more)


def limits_draft(**limits: int | None) -> LimitsDraft:
    """What a limits form would hand over."""
    return LimitsDraft.parse(dict(limits))


def add_groq(store: Store) -> Provider:
    """A provider."""
    return done(store, lambda write: write.add_provider(provider_draft()))


def add_keyed(store: Store, key: str = CANARY) -> Provider:
    """A provider with a key that nobody has checked."""
    row = add_groq(store)
    return done(store, lambda write: write.set_key(row, Secret(key)))


def add_active(store: Store, key: str = CANARY) -> Provider:
    """A provider with a key that passed its check, switched on."""
    row = add_keyed(store, key)
    check_key(store, row, "pass")
    return done(store, lambda write: write.activate(row))


def check_key(store: Store, row: Provider, status: str) -> Provider:
    """The provider after a check of its key ended like this."""
    fingerprint = row.key_fingerprint or "0" * 16
    done(store, lambda write: write.record_key_check(row, fingerprint, status, "as told"))
    return store.reads.provider_by_id(row.id)


def owner_of(store: Store, model: Model) -> Provider:
    """The provider of a model."""
    return store.reads.provider_by_id(model.provider_id)


def add_model(store: Store, provider: Provider, model_id: str = "llama-4", **fields: object) -> Model:
    """A model of a provider."""
    return done(store, lambda write: write.add_model(provider, model_draft(model_id, **fields)))


def catalogue(*models: CatalogModel, name: str = "Groq") -> CatalogBatch:
    """A catalogue of one provider."""
    return CatalogBatch((CatalogProvider(name, GROQ, models),))


def listed(model_id: str = "llama-4", price: float | None = 1e-07, **facts: object) -> CatalogModel:
    """A model as a catalogue lists it, with one price for input and output per token."""
    stated = None if price is None else CatalogPrice(price, price * 2)
    return CatalogModel(model_id, str(facts.pop("name", model_id)), price=stated, **facts)  # type: ignore[arg-type]
