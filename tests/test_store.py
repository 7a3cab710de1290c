"""The door of the store, its tables, names, seeding and reads."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.registries import (
    KNOWN,
    OPENAI,
    Home,
    Seed,
    add_active,
    add_groq,
    add_model,
    done,
    limits_draft,
    model_pricing_draft,
    pricing_draft,
    provider_draft,
)
from tui_registry.errors import (
    Gone,
    InvalidInput,
    NotFound,
)
from tui_registry.store import KnownProvider, Store, new_result
from tui_registry.store.tables import RECORDS


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
            for table in RECORDS:
                held = [row[1] for row in connection.execute(f"PRAGMA table_info({table._meta.table_name})")]
                assert [column.column_name for column in table._meta.sorted_fields] == held

    def test_cover_every_table_of_the_file(self, home: Home, store: Store) -> None:
        with closing(sqlite3.connect(home.database)) as connection:
            held = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        assert {table._meta.table_name for table in RECORDS} == {name for (name,) in held} - {
            "sqlite_sequence"
        }


class TestDoor:
    def test_gives_records_without_loading_cryptography_or_the_drafts(self) -> None:
        asked = "import sys; from tui_registry.store import Provider; print(*sys.modules)"
        loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
        assert not {"cryptography", "pydantic"} & set(loaded.stdout.split())

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

    def test_are_told_apart_as_the_file_does_by_letters_beyond_z(self, store: Store) -> None:
        there = "https://ecole.example/v1"
        done(store, lambda write: write.add_provider(provider_draft("ÉCOLE", OPENAI), custom=True))
        done(store, lambda write: write.add_provider(provider_draft("école", there), custom=True))
        assert [store.reads.known(name).endpoint for name in ("École", "école")] == [OPENAI, there]
        with pytest.raises(NotFound, match="Did you mean"):
            store.reads.provider("éCOLÉ")

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
                done(store, lambda write, name=name: write.save_provider(provider_draft(name), row))  # type: ignore[misc]
        assert done(store, lambda write: write.save_provider(provider_draft("XAI"), row)).name == "xAI"

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
        moved = KNOWN[0].but(endpoint="https://api.groq.com/v2", docs="https://docs.groq.com")
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
        respelled = tuple(known.but(name=known.name.upper()) for known in KNOWN)
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
        done(store, lambda write: write.delete_model(model))
        done(store, lambda write: write.delete_provider(row))
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
        done(store, lambda write: write.save_pricing(row, pricing_draft(1e-06, 2e-06, "EUR"), None))
        price = store.reads.effective_price(model.id)
        assert (price.input, price.output, price.cache_read, price.currency) == (1e-06, 2e-06, None, "EUR")
        assert price.origin == "provider"
        own = model_pricing_draft(0.0, None, cache_read_price_per_token=3e-07)
        done(store, lambda write: write.save_model_pricing(model, own, None))
        price = store.reads.effective_price(model.id)
        assert (price.input, price.output, price.cache_read, price.origin) == (0.0, None, 3e-07, "model")
        done(store, lambda write: write.delete_model_pricing(model))
        assert store.reads.effective_price(model.id).origin == "provider"

    def test_results_come_newest_first_and_filtered(self, store: Store) -> None:
        row = add_groq(store)
        model = add_model(store, row)
        for status in ("pass", "fail", "pass"):
            result = new_result(provider=row, model=model, test_type="hello", status=status)
            done(store, lambda write, result=result: write.record_result(result))  # type: ignore[misc]
        done(store, lambda write: write.record_key_check(row, "0" * 16, "fail"))
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
        done(store, lambda write: write.save_pricing(row, pricing_draft(1e-06, 2e-06), None))
        done(store, lambda write: write.save_limits(row, limits_draft(requests_per_minute=30), None))
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
