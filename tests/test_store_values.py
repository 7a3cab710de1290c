"""What goes and what stays: deletes and purges, stamps, values no form lets through, prices, runs."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.registries import (
    GROQ,
    Home,
    add_active,
    add_groq,
    add_model,
    done,
    limits_draft,
    model_draft,
    model_pricing_draft,
    pricing_draft,
    provider_draft,
)
from tui_registry.errors import (
    Gone,
    HasDependents,
    InvalidInput,
    Refused,
    StoreError,
)
from tui_registry.store import Store, new_result


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with home.open() as opened:
        yield opened


def content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


class TestDeleting:
    def test_a_provider_with_models_or_results_stays_and_says_how_many(self, store: Store) -> None:
        row = add_active(store)
        for number in range(3):
            add_model(store, row, f"model-{number}")
        with pytest.raises(HasDependents) as refusal:
            done(store, lambda write: write.delete_provider(row))
        assert str(refusal.value) == (
            "Groq has 3 models and 1 result. Deactivate it instead, or purge it with everything it has."
        )
        assert refusal.value.counts["models"] == 3

    def test_a_provider_with_nothing_but_facts_goes_with_them(self, store: Store) -> None:
        row = add_groq(store)
        done(store, lambda write: write.save_pricing(row, pricing_draft(1e-06, 2e-06), None))
        done(store, lambda write: write.save_limits(row, limits_draft(tokens_per_hour=5), None))
        done(store, lambda write: write.delete_provider(row))
        counts = store.reads.counts()
        assert (counts.providers, counts.prices, counts.limits) == (0, 0, 0)

    def test_a_model_goes_with_its_price_but_not_with_results(self, store: Store) -> None:
        row = add_groq(store)
        kept, gone = add_model(store, row, "kept"), add_model(store, row, "gone")
        for model in (kept, gone):
            price = model_pricing_draft(1e-06, 2e-06)
            done(store, lambda w, model=model, price=price: w.save_model_pricing(model, price, None))  # type: ignore[misc]
        result = new_result(provider=row, model=kept, test_type="hello", status="skipped")
        done(store, lambda write: write.record_result(result))
        done(store, lambda write: write.delete_model(gone))
        with pytest.raises(HasDependents, match="kept has 1 result, so it stays"):
            done(store, lambda write: write.delete_model(kept))
        assert [model.model_id for model in store.reads.models(row.id)] == ["kept"]

    def test_a_purge_needs_the_exact_name_and_makes_a_backup_first(self, home: Home, store: Store) -> None:
        row = add_active(store)
        model = add_model(store, row)
        result = new_result(provider=row, model=model, test_type="hello", status="pass")
        done(store, lambda write: write.record_result(result))
        with pytest.raises(Refused, match="Type the provider's name, Groq"):
            done(store, lambda write: write.purge_provider(row, "groq"))
        assert done(store, lambda write: write.purge_provider(row, "Groq"))["results"] == 2
        counts = store.reads.counts()
        assert (counts.providers, counts.models, counts.results) == (0, 0, 0)
        (backup,) = (home.database.parent / "backups").glob("*.db")
        with closing(sqlite3.connect(backup)) as saved:
            assert saved.execute("SELECT count(*) FROM verification_result").fetchone() == (2,)

    def test_a_purge_without_a_backup_removes_nothing(self, home: Home, store: Store) -> None:
        row = add_active(store)
        before = content(home.database)
        (home.database.parent / "backups").write_text("in the way")
        with pytest.raises(StoreError):
            done(store, lambda write: write.purge_provider(row, "Groq"))
        assert content(home.database) == before

    def test_an_id_is_never_used_again(self, store: Store) -> None:
        row = add_groq(store)
        done(store, lambda write: write.delete_provider(row))
        again = add_groq(store)
        assert again.id > row.id
        assert again.uuid != row.uuid


class TestStamps:
    def test_never_go_back_with_the_clock(self, home: Home, store: Store) -> None:
        row = add_active(store)
        model = add_model(store, row)
        home.clock.move(days=-400)
        edited = done(store, lambda write: write.save_provider(provider_draft(description="later"), row))
        off = done(store, lambda write: write.deactivate(row))
        changed = done(store, lambda write: write.save_model(model_draft(version="2"), model))
        assert edited.updated_at >= row.updated_at
        assert (off.state_changed_at or "") >= (row.state_changed_at or "")
        assert changed.updated_at >= model.updated_at

    def test_are_utc_milliseconds(self, store: Store) -> None:
        assert add_groq(store).created_at == "2026-11-23T06:52:00.000Z"


class TestBadValues:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("max_input_tokens", 5.9),
            ("max_input_tokens", 0),
            ("max_input_tokens", -1),
            ("max_input_tokens", "many"),
            ("max_output_tokens", 2**62),
            ("supports_streaming", "false"),
            ("supports_reasoning", 2),
            ("name", ""),
            ("name", "a\x00b"),
            pytest.param("description", "x" * 4001, id="description-too-long"),
            ("version", "\x1b[31m"),
        ],
    )
    def test_that_no_form_lets_through_are_refused_by_the_file(
        self, home: Home, store: Store, field: str, value: object
    ) -> None:
        row = add_groq(store)
        before = content(home.database)
        draft = SimpleNamespace(**(model_draft().model_dump() | {field: value}))
        with pytest.raises(InvalidInput) as refusal:
            done(store, lambda write: write.add_model(row, draft))  # type: ignore[arg-type]
        assert list(refusal.value.problems) == [field]
        assert content(home.database) == before

    @pytest.mark.parametrize("price", [-1e-06, float("inf"), float("nan"), 1000.1, "cheap"])
    def test_of_prices_are_refused_by_the_file(self, home: Home, store: Store, price: object) -> None:
        row = add_groq(store)
        before = content(home.database)
        draft = SimpleNamespace(input_price_per_token=price, output_price_per_token=1.0, currency="USD")
        with pytest.raises((InvalidInput, ValueError)):
            done(store, lambda write: write.save_pricing(row, draft, None))  # type: ignore[arg-type]
        assert content(home.database) == before

    def test_of_results_are_refused_by_the_file(self, home: Home, store: Store) -> None:
        row, other = add_groq(store), done(store, lambda w: w.add_provider(provider_draft("xAI")))
        model = add_model(store, row)
        good = new_result(provider=row, model=model, test_type="hello", status="pass")
        before = content(home.database)
        for bad in (
            replace(good, provider=other),
            good.but(status="splendid"),
            good.but(score=1.1),
            good.but(evidence="no json"),
            good.but(evidence="[1]"),
            good.but(scores='{"a": NaN}'),
            good.but(evidence='{"a": "' + "x" * 8200 + '"}'),
            good.but(latency_ms=-1),
        ):
            with pytest.raises((InvalidInput, Refused, Gone)):
                done(store, lambda write, bad=bad: write.record_result(bad))  # type: ignore[misc]
        assert content(home.database) == before


def test_a_price_is_kept_to_the_last_digit(home: Home) -> None:
    prices = [0.1 / 3, 1.2345678e-07, 1e-07, 3e-06, 0.0]
    with home.open() as store:
        row = add_groq(store)
        for price in prices:
            base = store.reads.pricing(row.id)
            draft = pricing_draft(price, price)
            done(store, lambda w, draft=draft, base=base: w.save_pricing(row, draft, base))  # type: ignore[misc]
            kept = store.reads.pricing(row.id)
            assert kept is not None
            assert kept.output_price_per_token == price


def test_runs_are_opened_and_closed(store: Store) -> None:
    run = done(store, lambda write: write.start_run("quick", "command line", budget=0.5))
    assert (run.state, run.finished_at, run.budget) == ("running", None, 0.5)
    closed = done(store, lambda write: write.finish_run(run, "cancelled", actual_cost=0.01))
    assert (closed.state, closed.actual_cost) == ("cancelled", 0.01)
    assert closed.finished_at is not None


def test_an_edit_without_a_change_writes_nothing(home: Home, store: Store) -> None:
    row = add_groq(store)
    before = content(home.database)
    home.clock.move(hours=1)
    assert done(store, lambda write: write.save_provider(provider_draft(endpoint=GROQ), row)) == row
    assert content(home.database) == before
