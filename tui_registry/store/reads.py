"""Every question the rooms ask of the registry, answered with records."""

from typing import Any, TypeVar

import peewee as pw
from peewee import fn

from tui_registry import names
from tui_registry.errors import Gone, NotFound
from tui_registry.store.import_plan import plan_import
from tui_registry.store.import_rows import ImportPlan
from tui_registry.store.questions import Questions
from tui_registry.store.read_proofs import ProofReads
from tui_registry.store.record import Record
from tui_registry.store.rows import CatalogBatch, Counts, EffectivePrice, StateDifference
from tui_registry.store.states import differences
from tui_registry.store.tables import (
    KnownProvider,
    Limits,
    Model,
    ModelPricing,
    Pricing,
    Provider,
    Result,
    Run,
    Setting,
)

R = TypeVar("R", bound=Record)


class Reads(Questions):
    """Single records and what belongs to them."""

    def known_providers(self) -> list[KnownProvider]:
        """Every provider name that may be used, by name."""
        return self._all(KnownProvider, KnownProvider.select().order_by(KnownProvider.name))

    def known(self, name: str) -> KnownProvider:
        """The known provider of this name in any case; raises NotFound with the names most like it."""
        rows = {row.name: row for row in self.known_providers()}
        spelling = names.spelling(name, rows)
        if spelling is None:
            raise NotFound(f"{name} is not a known provider.{names.resembling(name, rows)}")
        return rows[spelling]

    def providers(self) -> list[Provider]:
        """Every provider, by name."""
        return self._all(Provider, Provider.select().order_by(Provider.name))

    def provider(self, name: str) -> Provider:
        """The provider of this name in any case; raises NotFound with the names most like it."""
        row = self._one(Provider, Provider.select().where(Provider.name == name.strip()))
        if row is None:
            held = self._names()
            spelling = names.spelling(name, held)
            if spelling is None:
                raise NotFound(f"There is no provider {name}.{names.resembling(name, held)}")
            return self.provider(spelling)
        return row

    def provider_by_id(self, provider_id: int) -> Provider:
        """The provider with this id; raises Gone when it was deleted."""
        row = self._one(Provider, Provider.select().where(Provider.id == provider_id))
        return _present(row, "This provider was deleted meanwhile.")

    def provider_again(self, seen: Provider) -> Provider:
        """A provider that was read before, as it is now; raises Gone, also where its id has another now."""
        held = Provider.select().where((Provider.id == seen.id) & (Provider.uuid == seen.uuid))
        return _present(self._one(Provider, held), _not_here(seen.name))

    def models(self, provider_id: int) -> list[Model]:
        """The models of a provider, by model id."""
        query = Model.select().where(Model.provider_id == provider_id).order_by(Model.model_id)
        return self._all(Model, query)

    def model(self, provider_id: int, model_id: str) -> Model:
        """The model of a provider by the provider's own id for it; raises NotFound naming ids like it."""
        held = Model.select().where((Model.provider_id == provider_id) & (Model.model_id == model_id))
        row = self._one(Model, held)
        if row is None:
            near = names.resembling(model_id, (each.model_id for each in self.models(provider_id)))
            raise NotFound(f"{self.provider_by_id(provider_id).name} has no model {model_id}.{near}")
        return row

    def model_by_id(self, id: int) -> Model:
        """The model with this id; raises Gone when it was deleted."""
        row = self._one(Model, Model.select().where(Model.id == id))
        return _present(row, "This model was deleted meanwhile.")

    def model_again(self, seen: Model) -> Model:
        """A model that was read before, as it is now; raises Gone, also where its id has another one now."""
        held = Model.select().where((Model.id == seen.id) & (Model.uuid == seen.uuid))
        return _present(self._one(Model, held), _not_here(seen.model_id))

    def pricing(self, provider_id: int) -> Pricing | None:
        """A provider's default price; None when it has none."""
        return self._one(Pricing, Pricing.select().where(Pricing.provider_id == provider_id))

    def model_pricing(self, model_id: int) -> ModelPricing | None:
        """A model's own price; None when it has none."""
        query = ModelPricing.select().where(ModelPricing.model_id == model_id)
        return self._one(ModelPricing, query)

    def model_pricings(self, provider_id: int) -> dict[int, ModelPricing]:
        """The own prices of a provider's models, by the model's id."""
        of_provider = Model.select(Model.id).where(Model.provider_id == provider_id)
        query = ModelPricing.select().where(ModelPricing.model_id.in_(of_provider))
        return {row.model_id: row for row in self._all(ModelPricing, query)}

    def limits(self, provider_id: int) -> Limits | None:
        """A provider's rate limits; None when none are kept."""
        return self._one(Limits, Limits.select().where(Limits.provider_id == provider_id))

    def effective_price(self, model_id: int) -> EffectivePrice:
        """What a model costs: its own price, else its provider's, else unknown; raises Gone."""
        found = ProofReads(self._open).price(model_id)
        if found is None:
            raise Gone("This model was deleted meanwhile.")
        return found

    def results(
        self,
        *,
        provider_id: int | None = None,
        model_id: int | None = None,
        run_id: int | None = None,
        status: str | None = None,
        test_type: str | None = None,
        limit: int = 100,
    ) -> list[Result]:
        """The newest results that fit every given filter, newest first."""
        wanted = {
            Result.provider_id: provider_id,
            Result.model_id: model_id,
            Result.run_id: run_id,
            Result.status: status,
            Result.test_type: test_type,
        }
        query = Result.select().order_by(Result.id.desc()).limit(limit)
        for column, value in wanted.items():
            if value is not None:
                query = query.where(column == value)
        return self._all(Result, query)

    def result(self, id: int) -> Result:
        """The result with this id; raises NotFound."""
        row = self._one(Result, Result.select().where(Result.id == id))
        if row is None:
            raise NotFound(f"There is no result {id}.")
        return row

    def run(self, id: int) -> Run:
        """The verification run with this id; raises NotFound."""
        row = self._one(Run, Run.select().where(Run.id == id))
        if row is None:
            raise NotFound(f"There is no run {id}.")
        return row

    def run_again(self, seen: Run) -> Run | None:
        """A run that was read before, as it is now; None where its id has another run now, or none."""
        row = self._one(Run, Run.select().where(Run.id == seen.id))
        fixed = ("suite", "trigger", "started_at", "plan")
        same = row is not None and all(getattr(row, name) == getattr(seen, name) for name in fixed)
        return row if same else None

    def counts(self) -> Counts:
        """How many records of each kind there are."""
        numbers = (
            _number(KnownProvider), _number(Provider), _number(Provider, Provider.is_active),
            _number(Provider, Provider.api_key_encrypted.is_null(False)), _number(Model),
            _number(Model, Model.verification_state == "verified"),
            _number(Pricing) + _number(ModelPricing), _number(Limits), _number(Result),
        )  # fmt: skip
        return Counts(*self._rows(pw.Select([], numbers))[0])

    def newest_stamp(self) -> str | None:
        """The latest time of any record; None in an empty registry."""
        times = (
            Provider.updated_at, Model.updated_at, Pricing.last_updated, ModelPricing.last_updated,
            Limits.last_updated, Result.created_at,
        )  # fmt: skip
        newest = (self._value(time.model.select(fn.MAX(time))) for time in times)
        return max((each for each in newest if each is not None), default=None)

    def dependents_of_provider(self, id: int) -> dict[str, int]:
        """How many models, results, prices and limits a provider has."""
        of_models = ModelPricing.model_id.in_(Model.select(Model.id).where(Model.provider_id == id))
        numbers = (
            _number(Model, Model.provider_id == id), _number(Result, Result.provider_id == id),
            _number(Pricing, Pricing.provider_id == id) + _number(ModelPricing, of_models),
            _number(Limits, Limits.provider_id == id),
        )  # fmt: skip
        (found,) = self._rows(pw.Select([], numbers))
        return dict(zip(("models", "results", "prices", "limits"), found, strict=True))

    def dependents_of_model(self, id: int) -> dict[str, int]:
        """How many results and prices a model has."""
        numbers = _number(Result, Result.model_id == id), _number(ModelPricing, ModelPricing.model_id == id)
        (found,) = self._rows(pw.Select([], numbers))
        return dict(zip(("results", "prices"), found, strict=True))

    def sealed_count(self) -> int:
        """How many sealed keys the registry holds."""
        return int(self._value(pw.Select([], [_number(Provider, Provider.api_key_encrypted.is_null(False))])))

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
        row = self._one(Setting, Setting.select().where(Setting.key == key))
        return None if row is None else row.value

    def _names(self) -> list[str]:
        return [name for (name,) in self._rows(Provider.select(Provider.name))]


def _number(kind: type[Record], condition: object = None) -> Any:  # noqa: ANN401  # an expression of Peewee's
    """How many records there are, as a part of a larger question."""
    query = kind.select(fn.COUNT(pw.SQL("*")))
    return query if condition is None else query.where(condition)


def _not_here(name: str) -> str:
    return f"{name} is not here any more: it was deleted, or another file took the registry's place."


def _present(row: R | None, sentence: str) -> R:
    if row is None:
        raise Gone(sentence)
    return row
