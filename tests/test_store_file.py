"""The file under an open registry: locked, gone, restored, upgraded meanwhile; writes in order."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from tests.registries import (
    Home,
    Seed,
    add_groq,
    add_model,
    done,
    provider_draft,
)
from tui_registry.errors import (
    InvalidInput,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
)
from tui_registry.store import Store
from tui_registry.store.schema import FORMAT


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
            taken = []
            for _ in range(5):
                began = monotonic()
                with pytest.raises(StoreLocked):
                    store.reads.providers()
                taken.append(monotonic() - began)
            # a busy machine may delay a try, but not every one
            assert min(taken) < 0.5
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
        row = done(store, lambda write: write.save_provider(edit, row))
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


class TestClock:
    def test_saves_go_on_and_times_never_fall_wherever_the_clock_jumps(
        self, home: Home, store: Store
    ) -> None:
        row = add_groq(store)
        stamps = [row.updated_at]
        for number, days in enumerate((-400, 800, 11 * 365, -13 * 365, 1)):
            home.clock.move(days=days)
            edit = provider_draft(description=f"jump {number}")
            row = done(store, lambda write, edit=edit, row=row: write.save_provider(edit, row))  # type: ignore[misc]
            stamps.append(row.updated_at)
        assert stamps == sorted(stamps)
        assert stamps[-1].startswith("2038")
        assert (row.row_version, row.description) == (6, "jump 4")


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
