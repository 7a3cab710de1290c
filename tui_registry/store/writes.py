"""The choke point of every change: each method is one transaction, whole or not at all.

Every method raises InvalidInput, Refused, Conflict or Gone for what the registry does not accept, and
children of StoreError when the file cannot be written.
"""

from collections.abc import Callable, Iterator, Sequence
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
from tui_registry.store.import_rows import ImportPlan
from tui_registry.store.reads import Reads
from tui_registry.store.rows import CatalogBatch, ImportReport, NewResult, new_result
from tui_registry.store.tables import (
    KnownProvider,
    Limits,
    Model,
    ModelPricing,
    Pricing,
    Provider,
    Result,
    Run,
)
from tui_registry.store.write_proofs import ProofWrites
from tui_registry.store.write_vault import VaultWrites
from tui_registry.text import Secret
from tui_registry.vault import Vault

if TYPE_CHECKING:
    from tui_registry.store.drafts import (
        LimitsDraft,
        ModelDraft,
        ModelPricingDraft,
        PricingDraft,
        ProviderDraft,
    )

NewKey = tuple[Provider | None, "ProviderDraft", Secret]
"""A provider as it was shown without a key, None for one that is to be added; its draft; the key."""

Backup = Callable[[str], object]
"""Makes a backup for a reason in one word."""

BULK = 50
"""From how many models on an import is preceded by a backup."""


class Writes:
    """Every change a room may ask for; used on the writer's thread, through `Store.write`.

    Whoever changes a record hands it in as it was read and shown, never by its id: where the id has another
    record now the change raises Gone, where another file took the registry's place since then it raises
    Outdated, or Conflict with all that differs.
    """

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
        self, draft: "ProviderDraft", *, custom: bool = False, dialect: str = "openai", edition: str = ""
    ) -> Provider:
        """Add a provider, inactive; `custom` lets an unknown name be used, speaking `dialect`.

        Raises Outdated where the file of this `edition` was replaced since.
        """
        with self._change() as change:
            change.require_file(edition)
            return write_providers.add(change, draft, custom, dialect)

    def save_provider(
        self,
        draft: "ProviderDraft",
        base: Provider,
        *,
        custom: bool = False,
        dialect: str = "openai",
    ) -> Provider:
        """Save an edit of the provider that was loaded as `base`."""
        with self._change() as change:
            return write_providers.save(change, draft, base, custom, dialect)

    def delete_provider(self, seen: Provider) -> Provider:
        """Remove a provider that has neither models nor results; else raises HasDependents."""
        with self._change() as change:
            return write_providers.delete(change, seen)

    def purge_provider(self, seen: Provider, confirm: str) -> dict[str, int]:
        """Remove a provider with everything it has, after a backup; `confirm` is its name as typed."""
        if self._backup is None:
            raise Refused("A provider is only purged after a backup, and there is no place for one.")
        with self._change() as change:
            return write_providers.purge(change, seen, confirm, partial(self._backup, "purge"))

    def activate(self, seen: Provider) -> Provider:
        """Switch a provider on, if its present key has passed a check."""
        with self._change() as change:
            return write_providers.activate(change, seen)

    def deactivate(self, seen: Provider, reason: str = "switched off by hand") -> Provider:
        """Switch a provider off and keep why."""
        with self._change() as change:
            return write_providers.deactivate(change, seen, reason)

    def set_key(self, seen: Provider, secret: Secret, consented_host: str | None = None) -> Provider:
        """Seal a key for the host that was shown, which `seen` names; off until the key is checked."""
        with self._change() as change:
            return write_keys.set_key(change, seen, secret, consented_host)

    def seal_new_keys(self, entries: "Sequence[NewKey]", edition: str = "") -> list[Provider]:
        """Seal a key for each of these providers, all or none, adding those that were not there.

        Raises Outdated when one of them has another host or a key now, or was added meanwhile, or where the
        file of this `edition` was replaced since.
        """
        with self._change() as change:
            change.require_file(edition)
            return [write_keys.set_new_key(change, *entry) for entry in entries]

    def remove_key(self, seen: Provider) -> Provider:
        """Remove a provider's key; the provider is off."""
        with self._change() as change:
            return write_keys.remove_key(change, seen)

    def move_key(self, seen: Provider, to_host: str) -> Provider:
        """Seal the key for the host that `seen` names, as a person typed it; off until it is checked."""
        with self._change() as change:
            return write_keys.move_key(change, seen, to_host)

    def record_key_check(
        self,
        provider: Provider,
        fingerprint: str,
        status: str,
        outcome: str | None = None,
        evidence: str | None = None,
        *,
        http_status: int | None = None,
        latency_ms: float | None = None,
        run: Run | None = None,
        endpoint: str | None = None,
    ) -> Result:
        """Keep what a check of the key with this fingerprint found; evidence is JSON text."""
        result = new_result(
            provider=provider,
            test_type="key",
            status=status,
            run=run,
            outcome=outcome,
            http_status=http_status,
            latency_ms=latency_ms,
            evidence=evidence,
            endpoint=endpoint,
            key_fingerprint=fingerprint,
        )
        with self._change() as change:
            return recording.record(change, result)

    def add_model(self, owner: Provider, draft: "ModelDraft") -> Model:
        """Add a model to a provider."""
        with self._change() as change:
            return write_models.add(change, owner, draft)

    def save_model(self, draft: "ModelDraft", base: Model) -> Model:
        """Save an edit of the model that was loaded as `base`."""
        with self._change() as change:
            return write_models.save(change, draft, base)

    def delete_model(self, seen: Model) -> Model:
        """Remove a model that has no results, with its price; else raises HasDependents."""
        with self._change() as change:
            return write_models.delete(change, seen)

    def save_pricing(self, owner: Provider, draft: "PricingDraft", base: Pricing | None) -> Pricing:
        """Save a provider's default price over `base`, None when the form was opened on none."""
        with self._change() as change:
            return write_facts.save_pricing(change, owner, draft, base)

    def delete_pricing(self, owner: Provider) -> Provider:
        """Remove a provider's default price."""
        with self._change() as change:
            return write_facts.delete(change, Pricing, owner)

    def save_model_pricing(
        self, owner: Model, draft: "ModelPricingDraft", base: ModelPricing | None
    ) -> ModelPricing:
        """Save a model's own price over `base`, None when the form was opened on none."""
        with self._change() as change:
            return write_facts.save_model_pricing(change, owner, draft, base)

    def delete_model_pricing(self, owner: Model) -> Model:
        """Remove a model's own price, so that its provider's holds."""
        with self._change() as change:
            return write_facts.delete(change, ModelPricing, owner)

    def save_limits(self, owner: Provider, draft: "LimitsDraft", base: Limits | None) -> Limits:
        """Save a provider's limits over `base`, None when the form was opened on none."""
        with self._change() as change:
            return write_facts.save_limits(change, owner, draft, base)

    def delete_limits(self, owner: Provider) -> Provider:
        """Remove a provider's limits."""
        with self._change() as change:
            return write_facts.delete(change, Limits, owner)

    def start_run(
        self,
        suite: str,
        trigger: str,
        *,
        budget: float | None = None,
        estimated_cost: float | None = None,
        plan: str | None = None,
        owner: str | None = None,
        asks: Sequence[Provider] = (),
    ) -> Run:
        """Open a run that `asks` these; money is USD, `plan` a JSON object of what it sets out to do."""
        with self._change() as change:
            return write_results.start_run(change, suite, trigger, budget, estimated_cost, plan, owner, asks)

    def record_result(self, result: NewResult) -> Result:
        """Keep one probe's result and bring its model's state, or its provider's, up to date."""
        with self._change() as change:
            return recording.record(change, result)

    def finish_run(self, seen: Run, state: str, *, actual_cost: float | None = None) -> Run:
        """Close a run as `done`, `cancelled` or `interrupted`."""
        with self._change() as change:
            return write_results.finish_run(change, seen, state, actual_cost)

    def import_catalog(self, batch: CatalogBatch) -> ImportReport:
        """Take in a catalogue without touching what a person or a provider stated."""
        return self.take_in(batch).report()

    def take_in(self, batch: CatalogBatch, expected: ImportPlan | None = None) -> ImportPlan:
        """Take in a batch whole or not at all, a large one after a backup; what that did.

        With `expected`, the plan that was shown to somebody, raises Refused unless it still holds.
        """
        with self._change() as change:
            plan = write_catalog.import_catalog(change, batch, expected)
            models = sum(len(each.new) + len(each.changed) for each in plan.providers)
            if self._backup is not None and models >= BULK and change.reads.counts().providers:
                self._backup("import")
            write_catalog.carry_out(change, plan)
            return plan
