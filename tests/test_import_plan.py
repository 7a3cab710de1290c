"""What an import does is known before it is done; it costs as many questions for one model as for many."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.import_files import models_dev
from tests.registries import Home, add_groq, add_model, catalogue, done, listed, model_pricing_draft
from tui_registry.errors import Refused, StoreReadOnly
from tui_registry.intake import Intake, Source, read
from tui_registry.store import CatalogBatch, Store, import_plan, import_prices, write_catalog
from tui_registry.store import statements as statements_module
from tui_registry.store.rows import CatalogLimits, CatalogPrice
from tui_registry.store.tables import KnownProvider


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Home(tmp_path).open() as opened:
        yield opened


def statements(store: Store, batch: CatalogBatch, patch: pytest.MonkeyPatch) -> int:
    """How many statements taking a batch in costs."""
    ran = 0

    def counted(real: Any) -> Any:  # noqa: ANN401
        def run(*arguments: Any) -> Any:  # noqa: ANN401
            nonlocal ran
            ran += 1
            return real(*arguments)

        return run

    with patch.context() as patched:
        for module in (import_plan, import_prices, write_catalog):
            patched.setattr(module, "fetch", counted(statements_module.fetch))
        patched.setattr(write_catalog, "run_many", counted(statements_module.run_many))
        done(store, lambda write: write.take_in(batch))
    return ran


def test_the_statements_of_an_import_do_not_grow_with_its_models(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = catalogue(*(listed(f"few-{number}") for number in range(2)))
    many = catalogue(*(listed(f"many-{number}") for number in range(400)), name="OpenAI")
    again = catalogue(*(listed(f"many-{number}", 3e-07) for number in range(400)), name="OpenAI")
    cost = statements(store, few, monkeypatch)
    assert statements(store, many, monkeypatch) == cost
    assert statements(store, again, monkeypatch) <= cost + 2


def test_a_plan_is_what_is_done(store: Store) -> None:
    add_groq(store)
    batch = catalogue(listed("a", max_input_tokens=5), listed("b"))
    planned = store.reads.import_plan(batch)
    assert planned == done(store, lambda write: write.take_in(batch, planned))
    assert planned.report().counts()["models_added"] == 2
    assert not store.reads.import_plan(batch).differs


def test_a_plan_that_does_not_hold_any_more_is_not_carried_out(store: Store) -> None:
    row = add_groq(store)
    batch = catalogue(listed("a"))
    planned = store.reads.import_plan(batch)
    add_model(store, row, "a")
    with pytest.raises(Refused, match="Look again"):
        done(store, lambda write: write.take_in(batch, planned))
    assert store.reads.model(row.id, "a").source == "user"


def test_two_sessions_that_take_in_the_same_leave_it_there_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    batch = catalogue(*(listed(f"m-{number}") for number in range(60)))
    with home.open() as first, home.open() as second:
        both = [each.write(lambda write: write.take_in(batch)) for each in (first, second)]
        added = sorted(future.result(timeout=60).report().models_added for future in both)
        assert added == [0, 60]
        assert first.reads.counts() == second.reads.counts()


def test_amounts_that_are_left_unsaid_stay_and_new_ones_bring_their_own_date(store: Store) -> None:
    whole = CatalogPrice(1e-06, 2e-06, 3e-07, 4e-07, source_date="2026-01-01", note="Steps.")
    held = {}
    for name, price in {
        "whole": whole,
        "said again": replace(whole, source_date=None, note=None),
        "dated anew": replace(whole, source_date="2026-02-02", note=None),
        "without cache": CatalogPrice(5e-06, 2e-06, source_date="2026-03-03"),
        "other money": CatalogPrice(5e-06, 2e-06, currency="EUR"),
    }.items():
        batch = catalogue(replace(listed("m"), price=price))
        planned = store.reads.import_plan(batch)
        done(store, lambda write, batch=batch: write.take_in(batch))  # type: ignore[misc]
        model = store.reads.model(store.reads.provider("Groq").id, "m")
        row = store.reads.model_pricing(model.id)
        assert row is not None
        kept = (row.input_price_per_token, row.cache_read_price_per_token, row.source_date, row.note)
        held[name] = (kept, [sorted(change.fields) for each in planned.providers for change in each.changed])
    assert held == {
        "whole": ((1e-06, 3e-07, "2026-01-01", "Steps."), []),
        "said again": ((1e-06, 3e-07, "2026-01-01", "Steps."), []),
        "dated anew": ((1e-06, 3e-07, "2026-02-02", "Steps."), [["price_source_date"]]),
        "without cache": (
            (5e-06, 3e-07, "2026-03-03", None), [["input_price_per_token", "note", "price_source_date"]],
        ),
        "other money": (
            (5e-06, None, None, None),
            [["cache_read_price_per_token", "cache_write_price_per_token", "currency", "price_source_date"]],
        ),
    }  # fmt: skip


def test_gone_are_only_models_that_a_catalogue_gave_and_they_stay(store: Store) -> None:
    done(store, lambda write: write.take_in(catalogue(listed("old"), listed("kept"))))
    row = store.reads.provider("Groq")
    add_model(store, row, "mine")
    (plan,) = done(store, lambda write: write.take_in(catalogue(listed("kept")))).providers
    assert plan.gone == ["old"]
    assert [model.model_id for model in store.reads.models(row.id)] == ["kept", "mine", "old"]


@pytest.mark.parametrize(
    ("held", "stated", "after"),
    [
        ("catalogue", "catalogue", 2e-06), ("catalogue", "provider", 2e-06), ("catalogue", "user", 2e-06),
        ("provider", "catalogue", 1e-06), ("provider", "provider", 2e-06), ("provider", "user", 2e-06),
        ("user", "catalogue", 1e-06), ("user", "provider", 1e-06), ("user", "user", 1e-06),
    ],
)  # fmt: skip
def test_user_stands_above_provider_above_catalogue(
    store: Store, held: str, stated: str, after: float
) -> None:
    def batch(source: str, price: float) -> CatalogBatch:
        users = "max_input_tokens" if source == "user" else ""
        model = replace(listed("m"), source=source, user_fields=users, max_input_tokens=int(price * 1e6))
        own = CatalogPrice(price, price, source=source)
        limits = CatalogLimits(int(price * 1e6), None, None, None, source.replace("provider", "observed"))
        base = catalogue(replace(model, price=own))
        return replace(base, providers=(replace(base.providers[0], price=own, limits=limits, is_own=True),))

    for source, price in ((held, 1e-06), (stated, 2e-06)):
        done(store, lambda write, source=source, price=price: write.take_in(batch(source, price)))  # type: ignore[misc]
    row = store.reads.provider("Groq")
    model = store.reads.model(row.id, "m")
    default, limits = store.reads.pricing(row.id), store.reads.limits(row.id)
    assert default is not None
    assert limits is not None
    assert store.reads.effective_price(model.id).input == default.input_price_per_token == after
    assert model.max_input_tokens == limits.requests_per_minute == int(after * 1e6)
    winner = stated if after == 2e-06 else held
    assert (model.source, default.source) == (winner, winner)


def test_a_name_that_is_known_otherwise_stays_as_it_is(store: Store) -> None:
    mine = KnownProvider("Mine", "https://a.example/v1", source="user")
    done(store, lambda write: write.take_in(CatalogBatch((), known=(mine,))))
    assert store.reads.import_plan(CatalogBatch((), known=(mine,))).skipped == ()
    other = mine.but(name="MINE", endpoint="https://evil.example/v1")
    plan = done(store, lambda write: write.take_in(CatalogBatch((), known=(other,))))
    assert plan.skipped == ("Mine: known here already with other facts, which stay",)
    assert store.reads.known("Mine") == mine


def test_what_a_person_set_is_listed_as_kept(store: Store) -> None:
    done(store, lambda write: write.take_in(catalogue(listed("m"))))
    model = store.reads.model(store.reads.provider("Groq").id, "m")
    base = store.reads.model_pricing(model.id)
    done(store, lambda write: write.save_model_pricing(model, model_pricing_draft(5e-06, 6e-06), base))
    plan = store.reads.import_plan(catalogue(listed("m", 9e-06)))
    assert plan.providers[0].kept == {
        "m": {"input_price_per_token": (5e-06, 9e-06), "output_price_per_token": (6e-06, 1.8e-05)}
    }
    assert not plan.differs


def test_what_stands_twice_in_a_batch_goes_in_once(store: Store) -> None:
    mine = KnownProvider("Mine", "https://a.example/v1", source="user")
    (entry,) = catalogue(listed("m")).providers
    twice = CatalogBatch((entry, replace(entry, name="GROQ")), known=(mine, mine.but(name="MINE")))
    plan = done(store, lambda write: write.take_in(twice))
    assert (plan.skipped, [row.name for row in plan.known]) == (("Groq: listed twice",), ["Mine"])
    assert store.reads.counts().models == 1


def test_a_registry_open_for_reading_takes_nothing_in(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.open().close()
    with home.open(create=False, read_only=True) as store, pytest.raises(StoreReadOnly):
        done(store, lambda write: write.take_in(catalogue(listed("m"))))


def test_the_shape_of_models_dev_is_read_without_a_bad_entry() -> None:
    found = read(Source(json.dumps(models_dev(40, 400)).encode(), "file"), "auto", ())
    assert isinstance(found, Intake)
    assert (found.problems, len(found.unknown)) == ((), 10)
    assert (
        sum(len(each.models) for each in found.batch.providers) + sum(each.models for each in found.unknown)
        == 400
    )
