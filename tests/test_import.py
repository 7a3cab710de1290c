from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.registries import (
    OPENAI,
    Home,
    add_active,
    add_groq,
    catalogue,
    done,
    listed,
    model_draft,
    model_pricing_draft,
    pricing_draft,
)
from tui_registry.errors import InvalidInput
from tui_registry.store import CatalogBatch, CatalogPrice, CatalogProvider, Store


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with home.open() as opened:
        yield opened


def take_in(store: Store, batch: CatalogBatch) -> dict[str, int]:
    """What an import says it did, zeros left out."""
    report = done(store, lambda write: write.import_catalog(batch))
    return {name: number for name, number in report.counts().items() if number}


def test_adds_providers_models_and_prices_as_the_catalogues(store: Store) -> None:
    batch = catalogue(listed("llama-4", max_input_tokens=131072, source_date="2026-10-01"), listed("qwen-4"))
    assert take_in(store, batch) == {"providers_added": 1, "models_added": 2, "prices_added": 2}
    row = store.reads.provider("groq")
    assert (row.is_active, row.state_reason) == (False, "no key yet")
    model = store.reads.model(row.id, "llama-4")
    assert (model.max_input_tokens, model.supports_reasoning) == (131072, None)
    assert (model.source, model.source_date, model.user_fields) == ("catalogue", "2026-10-01", "")
    price = store.reads.effective_price(model.id)
    assert (price.input, price.output, price.source, price.origin) == (1e-07, 2e-07, "catalogue", "model")


def test_twice_changes_nothing(store: Store) -> None:
    batch = catalogue(listed("llama-4"), listed("qwen-4", price=None))
    take_in(store, batch)
    before = store.data_version()
    assert take_in(store, batch) == {"unchanged": 3}
    assert store.data_version() == before


def test_brings_what_the_catalogue_said_before_up_to_date(store: Store) -> None:
    take_in(store, catalogue(listed("llama-4", max_input_tokens=8192)))
    fresh = catalogue(listed("llama-4", price=3e-07, max_input_tokens=131072))
    assert take_in(store, fresh) == {"models_changed": 1, "prices_changed": 1}
    model = store.reads.model(store.reads.provider("groq").id, "llama-4")
    assert (model.max_input_tokens, model.row_version) == (131072, 2)
    assert store.reads.effective_price(model.id).input == 3e-07


def test_never_overwrites_a_field_a_person_set(store: Store) -> None:
    take_in(store, catalogue(listed("llama-4", max_input_tokens=8192, max_output_tokens=100)))
    base = store.reads.model(store.reads.provider("groq").id, "llama-4")
    edit = model_draft(max_input_tokens=200, max_output_tokens=100)
    done(store, lambda write: write.save_model(edit, base))
    fresh = catalogue(listed("llama-4", max_input_tokens=131072, max_output_tokens=900))
    assert take_in(store, fresh) == {"models_changed": 1, "unchanged": 1, "kept_user": 1}
    model = store.reads.model_by_id(base.id)
    assert (model.max_input_tokens, model.max_output_tokens) == (200, 900)


def test_never_refills_a_field_a_person_cleared(store: Store) -> None:
    take_in(store, catalogue(listed("llama-4", max_input_tokens=8192)))
    base = store.reads.model(store.reads.provider("groq").id, "llama-4")
    done(store, lambda write: write.save_model(model_draft(), base))
    take_in(store, catalogue(listed("llama-4", max_input_tokens=8192)))
    assert store.reads.model_by_id(base.id).max_input_tokens is None


def test_never_touches_a_price_or_a_model_a_person_made(store: Store) -> None:
    row = add_groq(store)
    mine = done(store, lambda write: write.add_model(row, model_draft("mine")))
    take_in(store, catalogue(listed("llama-4")))
    listed_model = store.reads.model(row.id, "llama-4")
    base = store.reads.model_pricing(listed_model.id)
    edit = model_pricing_draft(5e-06, 6e-06)
    done(store, lambda write: write.save_model_pricing(listed_model, edit, base))
    done(store, lambda write: write.save_pricing(row, pricing_draft(7e-06, 8e-06), None))
    report = take_in(store, catalogue(listed("llama-4", price=9e-06), listed("mine", name="Theirs")))
    assert report == {"prices_added": 1, "unchanged": 1, "kept_user": 2}
    assert store.reads.effective_price(listed_model.id).input == 5e-06
    assert store.reads.model_by_id(mine.id) == mine
    provider_price = store.reads.pricing(row.id)
    assert provider_price is not None
    assert provider_price.input_price_per_token == 7e-06


def test_leaves_a_provider_that_is_there_alone(store: Store) -> None:
    row = add_active(store)
    batch = CatalogBatch((CatalogProvider("GROQ", OPENAI, (listed(),), description="theirs"),))
    assert take_in(store, batch) == {"models_added": 1, "prices_added": 1}
    assert store.reads.provider_by_id(row.id) == row


def test_tells_what_it_skipped_and_why(store: Store) -> None:
    batch = CatalogBatch(
        (
            CatalogProvider("Nobody", OPENAI, (listed(),)),
            CatalogProvider("Groq", OPENAI, (listed(), listed(name="again"))),
        ),
        skipped=("Groq x: no id",),
    )
    report = done(store, lambda write: write.import_catalog(batch))
    assert report.skipped == ("Groq x: no id", "Nobody: not a known provider", "Groq llama-4: listed twice")
    assert report.models_added == 1


def test_takes_in_all_of_a_batch_or_nothing(store: Store) -> None:
    bad = CatalogPrice(input_price_per_token=-1.0, output_price_per_token=1.0)
    good = catalogue(listed("llama-4"))
    broken = catalogue(listed("qwen-4"), replace(listed("bad"), price=bad))
    with pytest.raises(InvalidInput):
        done(store, lambda write: write.import_catalog(broken))
    assert store.reads.counts().providers == 0
    assert take_in(store, good)["models_added"] == 1


def test_keeps_its_times_in_order_when_the_clock_goes_back(home: Home, store: Store) -> None:
    take_in(store, catalogue(listed("llama-4")))
    before = store.reads.model(store.reads.provider("groq").id, "llama-4")
    home.clock.move(days=-30)
    take_in(store, catalogue(listed("llama-4", price=3e-07, version="2")))
    after = store.reads.model_by_id(before.id)
    assert (after.version, after.updated_at) == ("2", before.updated_at)


def test_a_price_a_person_sets_loses_the_catalogues_remark(store: Store) -> None:
    priced = CatalogPrice(1e-06, 2e-06, source_date="2026-10-01", note="base price; higher above 200,000")
    take_in(store, catalogue(replace(listed("llama-4"), price=priced)))
    model = store.reads.model(store.reads.provider("groq").id, "llama-4")
    base = store.reads.model_pricing(model.id)
    saved = done(
        store, lambda write: write.save_model_pricing(model, model_pricing_draft(3e-06, 2e-06), base)
    )
    assert (saved.source, saved.source_date, saved.note) == ("user", None, None)
