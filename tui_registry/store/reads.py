"""Every question the rooms ask of the registry, answered with frozen rows."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import peewee as pw

from tui_registry import names
from tui_registry.errors import Gone, NotFound
from tui_registry.store.edition import edition_here
from tui_registry.store.import_plan import plan_import
from tui_registry.store.import_rows import ImportPlan
from tui_registry.store.rows import (
    CatalogBatch,
    Counts,
    EffectivePrice,
    KnownProvider,
    LimitsRow,
    ModelPricingRow,
    ModelRow,
    PricingRow,
    ProviderRow,
    ResultRow,
    RunRow,
    StateDifference,
)
from tui_registry.store.statements import Bound, fetch
from tui_registry.store.states import differences
from tui_registry.store.tables import (
    Known,
    Limits,
    Model,
    ModelPricing,
    Pricing,
    Provider,
    Result,
    Run,
    Table,
)

R = TypeVar("R")
Opener = Callable[[], AbstractContextManager[pw.SqliteDatabase]]

_EFFECTIVE = """
SELECT own.model_id,
       own.input_price_per_token, own.output_price_per_token,
       own.cache_read_price_per_token, own.cache_write_price_per_token,
       own.currency, own.source, own.source_date,
       base.provider_id, base.input_price_per_token, base.output_price_per_token,
       base.currency, base.source, base.source_date
FROM model m
LEFT JOIN model_pricing own ON own.model_id = m.id
LEFT JOIN pricing_info base ON base.provider_id = m.provider_id
WHERE m.id = ?
"""
_COUNTS = """
SELECT (SELECT count(*) FROM known_provider),
       (SELECT count(*) FROM provider),
       (SELECT count(*) FROM provider WHERE is_active = 1),
       (SELECT count(*) FROM provider WHERE api_key_encrypted IS NOT NULL),
       (SELECT count(*) FROM model),
       (SELECT count(*) FROM model WHERE verification_state = 'verified'),
       (SELECT count(*) FROM pricing_info) + (SELECT count(*) FROM model_pricing),
       (SELECT count(*) FROM limits_info),
       (SELECT count(*) FROM verification_result)
"""
_NEWEST = """
SELECT max(moment) FROM (
  SELECT max(updated_at) AS moment FROM provider UNION ALL SELECT max(updated_at) FROM model
  UNION ALL SELECT max(last_updated) FROM pricing_info UNION ALL SELECT max(last_updated) FROM model_pricing
  UNION ALL SELECT max(last_updated) FROM limits_info
  UNION ALL SELECT max(created_at) FROM verification_result
)
"""
_OF_PROVIDER = """
SELECT (SELECT count(*) FROM model WHERE provider_id = :id),
       (SELECT count(*) FROM verification_result WHERE provider_id = :id),
       (SELECT count(*) FROM pricing_info WHERE provider_id = :id)
         + (SELECT count(*) FROM model_pricing p JOIN model m ON m.id = p.model_id WHERE m.provider_id = :id),
       (SELECT count(*) FROM limits_info WHERE provider_id = :id)
"""
_OF_MODEL = """
SELECT (SELECT count(*) FROM verification_result WHERE model_id = :id),
       (SELECT count(*) FROM model_pricing WHERE model_id = :id)
"""


class Reads:
    """Answers from one registry file; raises StoreLocked quickly while another process holds it."""

    def __init__(self, opener: Opener) -> None:
        """Ask on the connections this opener gives."""
        self._open = opener

    def known_providers(self) -> list[KnownProvider]:
        """Every provider name that may be used, by name."""
        return self._all(KnownProvider, Known, Known.select().order_by(Known.name))

    def known(self, name: str) -> KnownProvider:
        """The known provider of this name in any case; raises NotFound with the names most like it."""
        rows = {row.name: row for row in self.known_providers()}
        spelling = names.spelling(name, rows)
        if spelling is None:
            raise NotFound(f"{name} is not a known provider.{names.resembling(name, rows)}")
        return rows[spelling]

    def providers(self) -> list[ProviderRow]:
        """Every provider, by name."""
        return self._all(ProviderRow, Provider, Provider.select().order_by(Provider.name))

    def provider(self, name: str) -> ProviderRow:
        """The provider of this name in any case; raises NotFound with the names most like it."""
        row = self._one(ProviderRow, Provider, Provider.select().where(Provider.name == name.strip()))
        if row is None:
            held = self._names()
            spelling = names.spelling(name, held)
            if spelling is None:
                raise NotFound(f"There is no provider {name}.{names.resembling(name, held)}")
            return self.provider(spelling)
        return row

    def provider_by_id(self, provider_id: int) -> ProviderRow:
        """The provider with this id; raises Gone when it was deleted."""
        row = self._one(ProviderRow, Provider, Provider.select().where(Provider.id == provider_id))
        return _present(row, "This provider was deleted meanwhile.")

    def provider_again(self, seen: ProviderRow) -> ProviderRow:
        """A provider that was read before, as it is now; raises Gone, also where its id has another now."""
        held = Provider.select().where((Provider.id == seen.id) & (Provider.uuid == seen.uuid))
        return _present(self._one(ProviderRow, Provider, held), _not_here(seen.name))

    def models(self, provider_id: int) -> list[ModelRow]:
        """The models of a provider, by model id."""
        query = Model.select().where(Model.provider == provider_id).order_by(Model.model_id)
        return self._all(ModelRow, Model, query)

    def model(self, provider_id: int, model_id: str) -> ModelRow:
        """The model of a provider by the provider's own id for it; raises NotFound naming ids like it."""
        held = Model.select().where((Model.provider == provider_id) & (Model.model_id == model_id))
        row = self._one(ModelRow, Model, held)
        if row is None:
            near = names.resembling(model_id, (each.model_id for each in self.models(provider_id)))
            raise NotFound(f"{self.provider_by_id(provider_id).name} has no model {model_id}.{near}")
        return row

    def model_by_id(self, id: int) -> ModelRow:
        """The model with this id; raises Gone when it was deleted."""
        row = self._one(ModelRow, Model, Model.select().where(Model.id == id))
        return _present(row, "This model was deleted meanwhile.")

    def model_again(self, seen: ModelRow) -> ModelRow:
        """A model that was read before, as it is now; raises Gone, also where its id has another one now."""
        held = Model.select().where((Model.id == seen.id) & (Model.uuid == seen.uuid))
        return _present(self._one(ModelRow, Model, held), _not_here(seen.model_id))

    def pricing(self, provider_id: int) -> PricingRow | None:
        """A provider's default price; None when it has none."""
        return self._one(PricingRow, Pricing, Pricing.select().where(Pricing.provider == provider_id))

    def model_pricing(self, model_id: int) -> ModelPricingRow | None:
        """A model's own price; None when it has none."""
        query = ModelPricing.select().where(ModelPricing.model == model_id)
        return self._one(ModelPricingRow, ModelPricing, query)

    def model_pricings(self, provider_id: int) -> dict[int, ModelPricingRow]:
        """The own prices of a provider's models, by the model's id."""
        of_provider = Model.select(Model.id).where(Model.provider == provider_id)
        query = ModelPricing.select().where(ModelPricing.model.in_(of_provider))
        return {row.model_id: row for row in self._all(ModelPricingRow, ModelPricing, query)}

    def limits(self, provider_id: int) -> LimitsRow | None:
        """A provider's rate limits; None when none are kept."""
        return self._one(LimitsRow, Limits, Limits.select().where(Limits.provider == provider_id))

    def effective_price(self, model_id: int) -> EffectivePrice:
        """What a model costs: its own price, else its provider's, else unknown; raises Gone."""
        found = self._fetch(_EFFECTIVE, (model_id,))
        if not found:
            raise Gone("This model was deleted meanwhile.")
        own, base = found[0][:8], found[0][8:]
        if own[0] is not None:
            return EffectivePrice(own[1], own[2], own[3], own[4], own[5], own[6], own[7], "model")
        if base[0] is not None:
            return EffectivePrice(base[1], base[2], None, None, base[3], base[4], base[5], "provider")
        return EffectivePrice(None, None, None, None, None, None, None, "unknown")

    def results(
        self,
        *,
        provider_id: int | None = None,
        model_id: int | None = None,
        run_id: int | None = None,
        status: str | None = None,
        test_type: str | None = None,
        limit: int = 100,
    ) -> list[ResultRow]:
        """The newest results that fit every given filter, newest first."""
        wanted = {
            Result.provider: provider_id,
            Result.model: model_id,
            Result.run: run_id,
            Result.status: status,
            Result.test_type: test_type,
        }
        query = Result.select().order_by(Result.id.desc()).limit(limit)
        for column, value in wanted.items():
            if value is not None:
                query = query.where(column == value)
        return self._all(ResultRow, Result, query)

    def result(self, id: int) -> ResultRow:
        """The result with this id; raises NotFound."""
        row = self._one(ResultRow, Result, Result.select().where(Result.id == id))
        if row is None:
            raise NotFound(f"There is no result {id}.")
        return row

    def run(self, id: int) -> RunRow:
        """The verification run with this id; raises NotFound."""
        row = self._one(RunRow, Run, Run.select().where(Run.id == id))
        if row is None:
            raise NotFound(f"There is no run {id}.")
        return row

    def run_again(self, seen: RunRow) -> RunRow | None:
        """A run that was read before, as it is now; None where its id has another run now, or none."""
        row = self._one(RunRow, Run, Run.select().where(Run.id == seen.id))
        fixed = ("suite", "trigger", "started_at", "plan")
        same = row is not None and all(getattr(row, name) == getattr(seen, name) for name in fixed)
        return row if same else None

    def counts(self) -> Counts:
        """How many records of each kind there are."""
        return Counts(*self._fetch(_COUNTS, ())[0])

    def newest_stamp(self) -> str | None:
        """The latest time of any record; None in an empty registry."""
        found: str | None = self._fetch(_NEWEST, ())[0][0]
        return found

    def dependents_of_provider(self, id: int) -> dict[str, int]:
        """How many models, results, prices and limits a provider has."""
        (found,) = self._fetch(_OF_PROVIDER, {"id": id})
        return dict(zip(("models", "results", "prices", "limits"), found, strict=True))

    def dependents_of_model(self, id: int) -> dict[str, int]:
        """How many results and prices a model has."""
        (found,) = self._fetch(_OF_MODEL, {"id": id})
        return dict(zip(("results", "prices"), found, strict=True))

    def sealed_count(self) -> int:
        """How many sealed keys the registry holds."""
        return int(self._fetch("SELECT count(*) FROM provider WHERE api_key_encrypted IS NOT NULL", ())[0][0])

    def recompute_states(self) -> list[StateDifference]:
        """Where the stored states of models are not what their results say; empty when all is well."""
        with self._open() as database:
            return differences(database)

    def import_plan(self, batch: CatalogBatch) -> ImportPlan:
        """What taking in a batch would do now; nothing is changed."""
        with self._open() as database:
            return plan_import(database, self, batch)

    def setting(self, key: str) -> str | None:
        """One setting of the database file; None when it was never made."""
        found = self._fetch("SELECT value FROM meta WHERE key = ?", (key,))
        return str(found[0][0]) if found else None

    def _names(self) -> list[str]:
        return [name for (name,) in self._fetch("SELECT name FROM provider", ())]

    def _all(self, kind: type[R], table: type[Table], query: "pw.ModelSelect[Any]") -> list[R]:
        columns = [column.column_name for column in table._meta.sorted_fields]
        with self._open() as database:
            # before the rows: one that is older than they are only makes a save ask once more
            is_edited = table in (Provider, Model)
            more = {"edition": edition_here(database, getattr(database, "begun", None))} if is_edited else {}
            found: Iterable[tuple[Any, ...]] = query.tuples().bind(database)
            return [kind(**dict(zip(columns, each, strict=True)), **more) for each in found]

    def _one(self, kind: type[R], table: type[Table], query: "pw.ModelSelect[Any]") -> R | None:
        return next(iter(self._all(kind, table, query.limit(1))), None)

    def _fetch(self, sql: str, values: Bound) -> list[tuple[Any, ...]]:
        with self._open() as database:
            return fetch(database, sql, values)


def _not_here(name: str) -> str:
    return f"{name} is not here any more: it was deleted, or another file took the registry's place."


def _present(row: R | None, sentence: str) -> R:
    if row is None:
        raise Gone(sentence)
    return row
