"""The choke point of every change: each method is one transaction, whole or not at all.

Every method raises InvalidInput, Refused, Conflict or Gone for what the registry does not accept, and
children of StoreError when the file cannot be written.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from tui_registry.clock import Clock, stamp
from tui_registry.errors import Refused
from tui_registry.store import (
    recording,
    write_catalog,
    write_facts,
    write_keys,
    write_models,
    write_providers,
    write_results,
)
from tui_registry.store.change import Change
from tui_registry.store.connections import Connections
from tui_registry.store.reads import Reads
from tui_registry.store.rows import (
    CatalogBatch,
    ImportReport,
    KnownProvider,
    LimitsRow,
    ModelPricingRow,
    ModelRow,
    NewResult,
    PricingRow,
    ProviderRow,
    ResultRow,
    RunRow,
)
from tui_registry.store.tables import Limits, ModelPricing, Pricing
from tui_registry.store.write_proofs import ProofWrites
from tui_registry.store.write_vault import VaultWrites
from tui_registry.text import Secret
from tui_registry.vault import Vault

if TYPE_CHECKING:
    from tui_registry.drafts import LimitsDraft, ModelDraft, ModelPricingDraft, PricingDraft, ProviderDraft

Backup = Callable[[str], object]
"""Makes a backup for a reason in one word."""

BULK = 50
"""From how many models on an import is preceded by a backup."""


class Writes:
    """Every change a room may ask for; used on the writer's thread, through `Store.write`."""

    def __init__(self, connections: Connections, vault: Vault, clock: Clock, backup: Backup | None) -> None:
        """Write to these connections; `backup` runs before anything that removes or brings much at once."""
        self._connections = connections
        self._vault = vault
        self._clock = clock
        self._backup = backup
        self.proofs = ProofWrites(self._change)
        self.vault = VaultWrites(self._change)

    @contextmanager
    def _change(self) -> Iterator[Change]:
        with self._connections.write() as database:
            yield Change(database, Reads(lambda: nullcontext(database)), self._vault, stamp(self._clock()))

    def add_known_provider(self, known: KnownProvider) -> KnownProvider:
        """Let providers use one more name."""
        with self._change() as change:
            return write_providers.add_known(change, known)

    def add_provider(
        self, draft: "ProviderDraft", *, custom: bool = False, dialect: str = "openai"
    ) -> ProviderRow:
        """Add a provider, inactive; `custom` lets an unknown name be used, speaking `dialect`."""
        with self._change() as change:
            return write_providers.add(change, draft, custom, dialect)

    def save_provider(
        self,
        id: int,
        draft: "ProviderDraft",
        base: ProviderRow,
        *,
        custom: bool = False,
        dialect: str = "openai",
    ) -> ProviderRow:
        """Save an edit of the provider that was loaded as `base`."""
        with self._change() as change:
            return write_providers.save(change, id, draft, base, custom, dialect)

    def delete_provider(self, id: int) -> None:
        """Remove a provider that has neither models nor results; else raises HasDependents."""
        with self._change() as change:
            write_providers.delete(change, id)

    def purge_provider(self, id: int, confirm: str) -> dict[str, int]:
        """Remove a provider with everything it has, after a backup; `confirm` is its name as typed."""
        if self._backup is None:
            raise Refused("A provider is only purged after a backup, and there is no place for one.")
        with self._change() as change:
            return write_providers.purge(change, id, confirm, partial(self._backup, "purge"))

    def activate(self, id: int) -> ProviderRow:
        """Switch a provider on, if its present key has passed a check."""
        with self._change() as change:
            return write_providers.activate(change, id)

    def deactivate(self, id: int, reason: str = "switched off by hand") -> ProviderRow:
        """Switch a provider off and keep why."""
        with self._change() as change:
            return write_providers.deactivate(change, id, reason)

    def set_key(self, id: int, secret: Secret, consented_host: str | None = None) -> ProviderRow:
        """Seal a key for the provider's present host; the provider is off until the key is checked."""
        with self._change() as change:
            return write_keys.set_key(change, id, secret, consented_host)

    def remove_key(self, id: int) -> ProviderRow:
        """Remove a provider's key; the provider is off."""
        with self._change() as change:
            return write_keys.remove_key(change, id)

    def move_key(self, id: int, to_host: str) -> ProviderRow:
        """Seal the key for the endpoint's new host, which a person typed; off until it is checked."""
        with self._change() as change:
            return write_keys.move_key(change, id, to_host)

    def record_key_check(
        self,
        provider_id: int,
        fingerprint: str,
        status: str,
        outcome: str | None = None,
        evidence: str | None = None,
        *,
        http_status: int | None = None,
        latency_ms: float | None = None,
        run_id: int | None = None,
        endpoint: str | None = None,
    ) -> ResultRow:
        """Keep what a check of the key with this fingerprint found; evidence is JSON text."""
        result = NewResult(
            provider_id=provider_id,
            test_type="key",
            status=status,
            run_id=run_id,
            outcome=outcome,
            http_status=http_status,
            latency_ms=latency_ms,
            evidence=evidence,
            endpoint=endpoint,
            key_fingerprint=fingerprint,
        )
        with self._change() as change:
            return recording.record(change, result)

    def add_model(self, provider_id: int, draft: "ModelDraft") -> ModelRow:
        """Add a model to a provider."""
        with self._change() as change:
            return write_models.add(change, provider_id, draft)

    def save_model(self, id: int, draft: "ModelDraft", base: ModelRow) -> ModelRow:
        """Save an edit of the model that was loaded as `base`."""
        with self._change() as change:
            return write_models.save(change, id, draft, base)

    def delete_model(self, id: int) -> None:
        """Remove a model that has no results, with its price; else raises HasDependents."""
        with self._change() as change:
            write_models.delete(change, id)

    def save_pricing(self, provider_id: int, draft: "PricingDraft", base: PricingRow | None) -> PricingRow:
        """Save a provider's default price over `base`, None when the form was opened on none."""
        with self._change() as change:
            return write_facts.save_pricing(change, provider_id, draft, base)

    def delete_pricing(self, provider_id: int) -> None:
        """Remove a provider's default price."""
        with self._change() as change:
            write_facts.delete(change, Pricing, provider_id)

    def save_model_pricing(
        self, model_id: int, draft: "ModelPricingDraft", base: ModelPricingRow | None
    ) -> ModelPricingRow:
        """Save a model's own price over `base`, None when the form was opened on none."""
        with self._change() as change:
            return write_facts.save_model_pricing(change, model_id, draft, base)

    def delete_model_pricing(self, model_id: int) -> None:
        """Remove a model's own price, so that its provider's holds."""
        with self._change() as change:
            write_facts.delete(change, ModelPricing, model_id)

    def save_limits(self, provider_id: int, draft: "LimitsDraft", base: LimitsRow | None) -> LimitsRow:
        """Save a provider's limits over `base`, None when the form was opened on none."""
        with self._change() as change:
            return write_facts.save_limits(change, provider_id, draft, base)

    def delete_limits(self, provider_id: int) -> None:
        """Remove a provider's limits."""
        with self._change() as change:
            write_facts.delete(change, Limits, provider_id)

    def start_run(
        self,
        suite: str,
        trigger: str,
        *,
        budget: float | None = None,
        estimated_cost: float | None = None,
        plan: str | None = None,
        owner: str | None = None,
    ) -> RunRow:
        """Open a verification run; money is USD, `plan` a JSON object of what it sets out to do."""
        with self._change() as change:
            return write_results.start_run(change, suite, trigger, budget, estimated_cost, plan, owner)

    def record_result(self, result: NewResult) -> ResultRow:
        """Keep one probe's result and bring its model's state, or its provider's, up to date."""
        with self._change() as change:
            return recording.record(change, result)

    def finish_run(self, id: int, state: str, *, actual_cost: float | None = None) -> RunRow:
        """Close a run as `done`, `cancelled` or `interrupted`."""
        with self._change() as change:
            return write_results.finish_run(change, id, state, actual_cost)

    def import_catalog(self, batch: CatalogBatch) -> ImportReport:
        """Take in a catalogue, a large one after a backup; what a person or a provider stated stays."""
        with self._change() as change:
            models = sum(len(provider.models) for provider in batch.providers)
            if self._backup is not None and models >= BULK and change.reads.counts().providers:
                self._backup("import")
            return write_catalog.import_catalog(change, batch)
