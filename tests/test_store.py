import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic
from types import SimpleNamespace

import pytest

from tests.registries import (
    GROQ,
    KNOWN,
    OPENAI,
    Home,
    Seed,
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
    NotFound,
    Refused,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
)
from tui_registry.store import KnownProvider, NewResult, Store
from tui_registry.store.schema import FORMAT
from tui_registry.store.tables import TABLES


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


class TestTables:
    def test_name_the_columns_that_the_file_has(self, home: Home, store: Store) -> None:
        with closing(sqlite3.connect(home.database)) as connection:
            for table in TABLES:
                held = [row[1] for row in connection.execute(f"PRAGMA table_info({table._meta.table_name})")]
                assert [column.column_name for column in table._meta.sorted_fields] == held

    def test_cover_every_table_of_the_file(self, home: Home, store: Store) -> None:
        with closing(sqlite3.connect(home.database)) as connection:
            held = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        assert {table._meta.table_name for table in TABLES} == {name for (name,) in held} - {
            "sqlite_sequence"
        }


class TestDoor:
    def test_gives_rows_without_loading_a_database_or_cryptography(self) -> None:
        asked = "import sys; from tui_registry.store import ProviderRow; print(*sys.modules)"
        loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
        assert not {"peewee", "sqlite3", "cryptography", "pydantic"} & set(loaded.stdout.split())

    def test_gives_the_store_without_loading_cryptography_or_pydantic(self) -> None:
        asked = "import sys; from tui_registry.store import Store; print(*sys.modules)"
        loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
        assert not {"cryptography", "pydantic"} & set(loaded.stdout.split())

    def test_has_no_other_names(self) -> None:
        import tui_registry.store

        with pytest.raises(AttributeError, match="nothing_like_it"):
            _ = tui_registry.store.nothing_like_it


class TestNames:
    def test_are_found_in_any_case_and_stored_as_they_are_known(self, store: Store) -> None:
        row = done(store, lambda write: write.add_provider(provider_draft("together ai", OPENAI)))
        assert row.name == "Together AI"
        assert store.reads.provider("TOGETHER AI") == row

    def test_unknown_ones_are_refused_with_those_most_like_them(self, store: Store) -> None:
        with pytest.raises(InvalidInput) as refusal:
            done(store, lambda write: write.add_provider(provider_draft("Grok")))
        assert refusal.value.problems["name"] == (
            "Grok is not a known provider. Add it as a custom provider, or choose a known one."
            " Did you mean Groq?"
        )

    def test_unknown_ones_become_known_as_custom_providers(self, store: Store) -> None:
        draft = provider_draft("My Own", "https://llm.example.com/v1")
        row = done(store, lambda write: write.add_provider(draft, custom=True, dialect="anthropic"))
        known = store.reads.known("my own")
        assert row.name == known.name == "My Own"
        assert (known.source, known.dialect, known.auth) == ("user", "anthropic", "x-api-key")

    def test_a_refused_custom_provider_leaves_no_known_name(self, home: Home, store: Store) -> None:
        before = content(home.database)
        draft = SimpleNamespace(name="My Own", endpoint="not an address", description=None, website=None)
        with pytest.raises(InvalidInput):
            done(store, lambda write: write.add_provider(draft, custom=True))  # type: ignore[arg-type]
        assert content(home.database) == before

    def test_are_used_once(self, store: Store) -> None:
        add_groq(store)
        with pytest.raises(InvalidInput, match="Groq is in the registry already"):
            done(store, lambda write: write.add_provider(provider_draft("GROQ")))

    def test_of_an_edit_follow_the_same_rules(self, store: Store) -> None:
        row = add_groq(store)
        done(store, lambda write: write.add_provider(provider_draft("OpenAI", OPENAI)))
        for name, sentence in (("openai", "in the registry already"), ("Nope", "not a known provider")):
            with pytest.raises(InvalidInput, match=sentence):
                done(store, lambda write, name=name: write.save_provider(row.id, provider_draft(name), row))  # type: ignore[misc]
        assert (
            done(store, lambda write: write.save_provider(row.id, provider_draft("XAI"), row)).name == "xAI"
        )

    def test_of_nothing_are_not_found_but_similar_ones_named(self, store: Store) -> None:
        row = add_groq(store)
        add_model(store, row, "llama-4-maverick")
        with pytest.raises(NotFound, match=r"There is no provider Grok\. Did you mean Groq\?"):
            store.reads.provider("Grok")
        with pytest.raises(NotFound, match=r"Groq has no model llama-4\. Did you mean llama-4-maverick\?"):
            store.reads.model(row.id, "llama-4")
        with pytest.raises(NotFound, match=r"opnai is not a known provider\. Did you mean OpenAI\?"):
            store.reads.known("opnai")


class TestSeeding:
    def test_adds_new_names_and_brings_old_ones_up_to_date(self, home: Home) -> None:
        home.open().close()
        moved = replace(KNOWN[0], endpoint="https://api.groq.com/v2", docs="https://docs.groq.com")
        fresh = Seed("second", (moved, KnownProvider("Poe", "https://api.poe.com/v1")))
        with home.open(known=fresh) as store:
            assert store.reads.known("groq") == moved
            assert store.reads.known("poe").source == "package"
            assert store.reads.known("openai").endpoint == OPENAI

    def test_never_touches_the_users_names(self, home: Home) -> None:
        with home.open() as store:
            mine = done(
                store, lambda write: write.add_known_provider(KnownProvider("Poe", "https://poe.example.com"))
            )
        with home.open(known=Seed("second", (KnownProvider("POE", "https://api.poe.com/v1"),))) as store:
            assert store.reads.known("poe") == mine

    def test_keeps_the_spelling_of_a_name_in_use(self, home: Home) -> None:
        with home.open() as store:
            add_groq(store)
        respelled = tuple(replace(known, name=known.name.upper()) for known in KNOWN)
        with home.open(known=Seed("second", respelled)) as store:
            names = {row.name for row in store.reads.known_providers()}
        assert names == {"Groq", "OPENAI", "TOGETHER AI", "XAI"}

    def test_does_nothing_for_a_version_that_was_seeded(self, home: Home) -> None:
        home.open().close()
        before = content(home.database)
        home.open(known=Seed("first", ())).close()
        assert content(home.database) == before


class TestReads:
    def test_give_none_for_facts_that_are_not_kept(self, store: Store) -> None:
        row = add_groq(store)
        model = add_model(store, row)
        assert store.reads.pricing(row.id) is None
        assert store.reads.limits(row.id) is None
        assert store.reads.model_pricing(model.id) is None

    def test_raise_gone_for_what_was_deleted(self, store: Store) -> None:
        row = add_groq(store)
        model = add_model(store, row)
        done(store, lambda write: write.delete_model(model.id))
        done(store, lambda write: write.delete_provider(row.id))
        for question in (
            lambda: store.reads.provider_by_id(row.id),
            lambda: store.reads.model_by_id(model.id),
            lambda: store.reads.effective_price(model.id),
        ):
            with pytest.raises(Gone, match="deleted meanwhile"):
                question()

    def test_effective_price_is_the_models_then_the_providers_then_unknown(self, store: Store) -> None:
        row = add_groq(store)
        model = add_model(store, row)
        assert store.reads.effective_price(model.id).origin == "unknown"
        done(store, lambda write: write.save_pricing(row.id, pricing_draft(1e-06, 2e-06, "EUR"), None))
        price = store.reads.effective_price(model.id)
        assert (price.input, price.output, price.cache_read, price.currency) == (1e-06, 2e-06, None, "EUR")
        assert price.origin == "provider"
        own = model_pricing_draft(0.0, None, cache_read_price_per_token=3e-07)
        done(store, lambda write: write.save_model_pricing(model.id, own, None))
        price = store.reads.effective_price(model.id)
        assert (price.input, price.output, price.cache_read, price.origin) == (0.0, None, 3e-07, "model")
        done(store, lambda write: write.delete_model_pricing(model.id))
        assert store.reads.effective_price(model.id).origin == "provider"

    def test_results_come_newest_first_and_filtered(self, store: Store) -> None:
        row = add_groq(store)
        model = add_model(store, row)
        for status in ("pass", "fail", "pass"):
            result = NewResult(provider_id=row.id, model_id=model.id, test_type="hello", status=status)
            done(store, lambda write, result=result: write.record_result(result))  # type: ignore[misc]
        done(store, lambda write: write.record_key_check(row.id, "0" * 16, "fail"))
        ids = [result.id for result in store.reads.results()]
        assert ids == sorted(ids, reverse=True)
        assert len(store.reads.results(status="pass", model_id=model.id)) == 2
        assert [result.test_type for result in store.reads.results(test_type="key")] == ["key"]
        assert [result.id for result in store.reads.results(limit=2)] == ids[:2]
        assert store.reads.result(ids[0]).key_fingerprint == "0" * 16
        with pytest.raises(NotFound):
            store.reads.result(99)

    def test_counts_say_how_much_there_is(self, store: Store) -> None:
        row = add_active(store)
        add_model(store, row)
        done(store, lambda write: write.save_pricing(row.id, pricing_draft(1e-06, 2e-06), None))
        done(store, lambda write: write.save_limits(row.id, limits_draft(requests_per_minute=30), None))
        counts = store.reads.counts()
        assert (counts.known_providers, counts.providers, counts.active_providers) == (4, 1, 1)
        assert (counts.models, counts.prices, counts.limits, counts.results) == (1, 1, 1, 1)
        assert store.reads.dependents_of_provider(row.id) == {
            "models": 1,
            "results": 1,
            "prices": 1,
            "limits": 1,
        }

    def test_work_on_any_thread(self, store: Store) -> None:
        add_groq(store)
        seen: list[str] = []
        asking = threading.Thread(target=lambda: seen.append(store.reads.providers()[0].name))
        asking.start()
        asking.join()
        assert seen == ["Groq"]


class TestFileUnderneath:
    def test_a_registry_is_only_created_when_asked(self, home: Home) -> None:
        with pytest.raises(StoreMissing):
            home.open(create=False)
        assert not home.database.exists()

    def test_a_read_only_registry_is_read_and_never_written(self, home: Home) -> None:
        with home.open() as store:
            add_groq(store)
        before = home.database.read_bytes()
        with home.open(read_only=True, known=Seed("second")) as store:
            assert [row.name for row in store.reads.providers()] == ["Groq"]
            with pytest.raises(StoreReadOnly):
                done(store, lambda write: write.add_provider(provider_draft("xAI")))
        assert home.database.read_bytes() == before

    def test_a_lock_held_elsewhere_is_told_at_once_to_reads(self, home: Home, store: Store) -> None:
        store.reads.providers()
        with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            began = monotonic()
            with pytest.raises(StoreLocked):
                store.reads.providers()
            assert monotonic() - began < 0.5
            other.execute("ROLLBACK")
        assert store.reads.providers() == []

    def test_a_write_waits_for_a_lock_that_is_let_go(self, home: Home, store: Store) -> None:
        with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            saving = store.write(lambda write: write.add_provider(provider_draft()))
            assert not saving.done()
            other.execute("ROLLBACK")
            assert saving.result(timeout=30).name == "Groq"

    def test_a_deleted_file_is_told_and_not_made_anew(self, home: Home, store: Store) -> None:
        add_groq(store)
        home.database.unlink()
        with pytest.raises(StoreMissing):
            store.reads.providers()
        with pytest.raises(StoreMissing):
            done(store, lambda write: write.add_provider(provider_draft("xAI")))
        assert not home.database.exists()

    def test_a_restored_file_is_what_is_read_next(self, home: Home, store: Store, tmp_path: Path) -> None:
        row = add_groq(store)
        earlier = tmp_path / "earlier.db"
        earlier.write_bytes(home.database.read_bytes())
        edit = provider_draft(description="edited")
        row = done(store, lambda write: write.save_provider(row.id, edit, row))
        done(store, lambda write: write.add_provider(provider_draft("xAI")))
        os.replace(earlier, home.database)
        assert [each.description for each in store.reads.providers()] == [None]

    def test_a_file_upgraded_meanwhile_takes_no_writes_of_this_version(
        self, home: Home, store: Store
    ) -> None:
        with closing(sqlite3.connect(home.database)) as other:
            other.execute(f"PRAGMA user_version = {FORMAT + 1}")
        with pytest.raises(StoreError, match="restart"):
            add_groq(store)
        assert store.reads.providers() == []

    def test_commits_of_others_change_the_data_version(self, home: Home, store: Store) -> None:
        first = store.data_version()
        assert store.data_version() == first
        with home.open() as other:
            add_groq(other)
        second = store.data_version()
        add_model(store, store.reads.provider("groq"))
        assert len({first, second, store.data_version()}) == 3


class TestQueue:
    def test_runs_changes_in_the_order_they_came(self, home: Home) -> None:
        seen: list[int] = []
        with home.open() as store:
            for number in range(50):
                store.write(lambda _, number=number: seen.append(number))  # type: ignore[misc]
        assert seen == list(range(50))

    def test_closing_waits_for_everything_handed_in(self, home: Home) -> None:
        with home.open() as store:
            for name in ("Groq", "OpenAI", "xAI"):
                store.write(lambda write, name=name: write.add_provider(provider_draft(name)))  # type: ignore[misc]
        with home.open() as store:
            assert [row.name for row in store.reads.providers()] == ["Groq", "OpenAI", "xAI"]

    def test_a_change_handed_in_after_closing_is_refused(self, home: Home) -> None:
        store = home.open()
        store.close()
        with pytest.raises(StoreError, match="closed already"):
            add_groq(store)

    def test_a_change_is_saved_although_nobody_waits_any_more(self, home: Home) -> None:
        async def give_up(store: Store) -> None:
            held = threading.Event()
            store.write(lambda _: held.wait(30))
            waiting = asyncio.wrap_future(store.write(lambda write: write.add_provider(provider_draft())))
            assert waiting.cancel()
            held.set()

        with home.open() as store:
            asyncio.run(give_up(store))
        with home.open() as store:
            assert [row.name for row in store.reads.providers()] == ["Groq"]

    def test_a_failed_change_does_not_stop_the_next(self, store: Store) -> None:
        failing = store.write(lambda write: write.add_provider(provider_draft("Nope")))
        saving = store.write(lambda write: write.add_provider(provider_draft()))
        assert isinstance(failing.exception(timeout=30), InvalidInput)
        assert saving.result(timeout=30).name == "Groq"


class TestDeleting:
    def test_a_provider_with_models_or_results_stays_and_says_how_many(self, store: Store) -> None:
        row = add_active(store)
        for number in range(3):
            add_model(store, row, f"model-{number}")
        with pytest.raises(HasDependents) as refusal:
            done(store, lambda write: write.delete_provider(row.id))
        assert str(refusal.value) == (
            "Groq has 3 models and 1 result. Deactivate it instead, or purge it with everything it has."
        )
        assert refusal.value.counts["models"] == 3

    def test_a_provider_with_nothing_but_facts_goes_with_them(self, store: Store) -> None:
        row = add_groq(store)
        done(store, lambda write: write.save_pricing(row.id, pricing_draft(1e-06, 2e-06), None))
        done(store, lambda write: write.save_limits(row.id, limits_draft(tokens_per_hour=5), None))
        done(store, lambda write: write.delete_provider(row.id))
        counts = store.reads.counts()
        assert (counts.providers, counts.prices, counts.limits) == (0, 0, 0)

    def test_a_model_goes_with_its_price_but_not_with_results(self, store: Store) -> None:
        row = add_groq(store)
        kept, gone = add_model(store, row, "kept"), add_model(store, row, "gone")
        for model in (kept, gone):
            price = model_pricing_draft(1e-06, 2e-06)
            done(store, lambda w, model=model, price=price: w.save_model_pricing(model.id, price, None))  # type: ignore[misc]
        result = NewResult(provider_id=row.id, model_id=kept.id, test_type="hello", status="skipped")
        done(store, lambda write: write.record_result(result))
        done(store, lambda write: write.delete_model(gone.id))
        with pytest.raises(HasDependents, match="kept has 1 result, so it stays"):
            done(store, lambda write: write.delete_model(kept.id))
        assert [model.model_id for model in store.reads.models(row.id)] == ["kept"]

    def test_a_purge_needs_the_exact_name_and_makes_a_backup_first(self, home: Home, store: Store) -> None:
        row = add_active(store)
        model = add_model(store, row)
        result = NewResult(provider_id=row.id, model_id=model.id, test_type="hello", status="pass")
        done(store, lambda write: write.record_result(result))
        with pytest.raises(Refused, match="Type the provider's name, Groq"):
            done(store, lambda write: write.purge_provider(row.id, "groq"))
        assert done(store, lambda write: write.purge_provider(row.id, "Groq"))["results"] == 2
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
            done(store, lambda write: write.purge_provider(row.id, "Groq"))
        assert content(home.database) == before

    def test_an_id_is_never_used_again(self, store: Store) -> None:
        row = add_groq(store)
        done(store, lambda write: write.delete_provider(row.id))
        again = add_groq(store)
        assert again.id > row.id
        assert again.uuid != row.uuid


class TestStamps:
    def test_never_go_back_with_the_clock(self, home: Home, store: Store) -> None:
        row = add_active(store)
        model = add_model(store, row)
        home.clock.move(days=-400)
        edited = done(
            store, lambda write: write.save_provider(row.id, provider_draft(description="later"), row)
        )
        off = done(store, lambda write: write.deactivate(row.id))
        changed = done(store, lambda write: write.save_model(model.id, model_draft(version="2"), model))
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
            done(store, lambda write: write.add_model(row.id, draft))  # type: ignore[arg-type]
        assert list(refusal.value.problems) == [field]
        assert content(home.database) == before

    @pytest.mark.parametrize("price", [-1e-06, float("inf"), float("nan"), 1000.1, "cheap"])
    def test_of_prices_are_refused_by_the_file(self, home: Home, store: Store, price: object) -> None:
        row = add_groq(store)
        before = content(home.database)
        draft = SimpleNamespace(input_price_per_token=price, output_price_per_token=1.0, currency="USD")
        with pytest.raises((InvalidInput, ValueError)):
            done(store, lambda write: write.save_pricing(row.id, draft, None))  # type: ignore[arg-type]
        assert content(home.database) == before

    def test_of_results_are_refused_by_the_file(self, home: Home, store: Store) -> None:
        row, other = add_groq(store), done(store, lambda w: w.add_provider(provider_draft("xAI")))
        model = add_model(store, row)
        good = NewResult(provider_id=row.id, model_id=model.id, test_type="hello", status="pass")
        before = content(home.database)
        for bad in (
            replace(good, provider_id=other.id),
            replace(good, status="splendid"),
            replace(good, score=1.1),
            replace(good, evidence="no json"),
            replace(good, evidence="[1]"),
            replace(good, scores='{"a": NaN}'),
            replace(good, evidence='{"a": "' + "x" * 8200 + '"}'),
            replace(good, latency_ms=-1),
        ):
            with pytest.raises((InvalidInput, Refused)):
                done(store, lambda write, bad=bad: write.record_result(bad))  # type: ignore[misc]
        assert content(home.database) == before


def test_a_price_is_kept_to_the_last_digit(home: Home) -> None:
    prices = [0.1 / 3, 1.2345678e-07, 1e-07, 3e-06, 0.0]
    with home.open() as store:
        row = add_groq(store)
        for price in prices:
            base = store.reads.pricing(row.id)
            draft = pricing_draft(price, price)
            done(store, lambda w, draft=draft, base=base: w.save_pricing(row.id, draft, base))  # type: ignore[misc]
            kept = store.reads.pricing(row.id)
            assert kept is not None
            assert kept.output_price_per_token == price


def test_runs_are_opened_and_closed(store: Store) -> None:
    run = done(store, lambda write: write.start_run("quick", "command line", budget=0.5))
    assert (run.state, run.finished_at, run.budget) == ("running", None, 0.5)
    closed = done(store, lambda write: write.finish_run(run.id, "cancelled", actual_cost=0.01))
    assert (closed.state, closed.actual_cost) == ("cancelled", 0.01)
    assert closed.finished_at is not None


def test_an_edit_without_a_change_writes_nothing(home: Home, store: Store) -> None:
    row = add_groq(store)
    before = content(home.database)
    home.clock.move(hours=1)
    assert done(store, lambda write: write.save_provider(row.id, provider_draft(endpoint=GROQ), row)) == row
    assert content(home.database) == before
