"""What can be read of a damaged file is saved through the rules, counted, and nothing of it is made up."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.commanding import Shell, everything_below
from tests.registries import (
    CANARY,
    Home,
    Seed,
    add_active,
    add_model,
    done,
    pricing_draft,
    provider_draft,
)
from tests.test_faults import leave_hot_journal
from tui_registry.errors import StoreDamaged, StoreLocked
from tui_registry.store import new_result
from tui_registry.store.salvage import Salvaged, salvage
from tui_registry.store.soundness import check_copy, check_file

PAGE = 4096
EVERY = 6
"""Which pages are lost in turn; that every one is noticed is tried with the other faults of the file."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A registry with an active provider, models that were verified, prices and results."""
    home = Home(tmp_path_factory.mktemp("sample"))
    with home.open() as store:
        groq = add_active(store)
        done(store, lambda write: write.save_pricing(groq, pricing_draft(1e-07, 2e-07), None))
        for number in range(60):
            model = add_model(store, groq, f"model-{number}", description="what it is good for " * 12)
            result = new_result(provider=groq, test_type="chat", status="pass", model=model, score=0.5)
            done(store, lambda write, result=result: write.record_result(result))  # type: ignore[misc]
        done(
            store,
            lambda write: write.add_provider(provider_draft("My own", "https://my.own/v1"), custom=True),
        )
    return home


@pytest.fixture
def home(sample: Home, tmp_path: Path) -> Home:
    """A copy to be spoilt."""
    copy = Home(tmp_path)
    copy.database.parent.mkdir()
    copy.database.write_bytes(sample.database.read_bytes())
    copy.database.chmod(0o600)
    copy.key_file.parent.mkdir()
    copy.key_file.write_bytes(sample.key_file.read_bytes())
    copy.key_file.chmod(0o600)
    return copy


def saved(home: Home) -> Salvaged:
    return salvage(home.database, Seed(), home.clock())


def counts(salvaged: Salvaged) -> dict[str, tuple[int, int | None]]:
    return {each.table: (each.kept, each.there) for each in salvaged.tables}


def rows(path: Path, table: str) -> set[object]:
    skipped = {"row_version", "updated_at"}
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute(f"SELECT * FROM {table}").fetchall()
    return {tuple((name, row[name]) for name in row.keys() if name not in skipped) for row in found}  # noqa: SIM118


def test_a_whole_file_is_saved_whole_with_its_states(home: Home, sample: Home) -> None:
    salvaged = saved(home)
    for each in salvaged.tables:
        assert (each.refused, each.there) == (0, each.there)
        if each.table != "meta":
            assert each.kept == each.there
            assert rows(home.database, each.table) == rows(sample.database, each.table), each.table
    assert salvaged.aside is not None
    assert ".damaged-" in salvaged.aside.name
    assert salvaged.aside.read_bytes() == sample.database.read_bytes()
    with home.open(create=False) as store:
        groq = store.reads.provider("groq")
        assert groq.is_active
        assert store.open_key(groq).reveal() == CANARY
        assert store.reads.counts().verified_models == 60


def test_a_lost_page_costs_few_rows_and_brings_no_wrong_one(home: Home, sample: Home) -> None:
    whole = sample.database.read_bytes()
    tables = [each.table for each in saved(home).tables]
    truth = {table: rows(sample.database, table) for table in tables}
    keys = {table: {dict(row)["id"]: row for row in truth[table]} for table in ("provider", "model")}  # type: ignore[call-overload]
    total, fatal, kept = sum(map(len, truth.values())), 0, []
    for page in range(0, len(whole) // PAGE, EVERY):
        home.database.write_bytes(whole[: page * PAGE] + bytes(PAGE) + whole[(page + 1) * PAGE :])
        with pytest.raises(StoreDamaged):
            check_file(home.database)
        try:
            salvaged = saved(home)
        except StoreDamaged:
            fatal += 1
            assert home.database.stat().st_size == len(whole), "it was left as it is"
            continue
        check_copy(home.database)
        kept.append(sum(each.kept for each in salvaged.tables))
        for table in ("pricing_info", "verification_result"):
            assert rows(home.database, table) <= truth[table]
        for table in keys:
            for row in rows(home.database, table):
                was, now = dict(keys[table][dict(row)["id"]]), dict(row)  # type: ignore[call-overload]
                changed = {name for name in was if was[name] != now[name]}
                assert changed <= {
                    "is_active",
                    "key_validated_at",
                    "verification_state",
                    "score",
                    "last_verified_at",
                }, "a state falls back where its proof is lost; nothing else differs"
    kept.sort()
    assert fatal <= len(whole) // PAGE // EVERY // 4
    assert kept[len(kept) // 2] >= 0.8 * total


def test_what_the_rules_refuse_is_counted_and_not_brought_over(home: Home) -> None:
    with closing(sqlite3.connect(home.database, isolation_level=None)) as shell:
        shell.execute("PRAGMA ignore_check_constraints = on")
        shell.execute("PRAGMA writable_schema = on")
        shell.execute("UPDATE model SET max_input_tokens = -5, row_version = row_version + 1 WHERE id <= 3")
    salvaged = saved(home)
    (models,) = [each for each in salvaged.tables if each.table == "model"]
    assert (models.kept, models.refused, models.there) == (57, 3, 60)


def test_a_provider_whose_known_name_is_lost_is_saved_under_a_name_of_ones_own(home: Home) -> None:
    with closing(sqlite3.connect(home.database, isolation_level=None)) as shell:
        shell.execute("PRAGMA foreign_keys = off")
        shell.execute("DROP TRIGGER known_provider_in_use_delete")
        shell.execute("DELETE FROM known_provider WHERE name = 'My own'")
    saved(home)
    with home.open(create=False) as store:
        assert {row.name for row in store.reads.providers()} == {"Groq", "My own"}


def test_an_interrupted_save_is_undone_before_rows_are_read(home: Home, sample: Home) -> None:
    leave_hot_journal(home.database)
    assert counts(saved(home))["model"] == (60, 60)
    assert rows(home.database, "known_provider") == rows(sample.database, "known_provider")


@pytest.mark.parametrize(
    "content",
    [b"", b"my keys are in the drawer\n" * 400, b"\x89PNG\r\n\x1a\n" + bytes(9000)],
    ids=["zero bytes", "a text", "a picture"],
)
def test_what_holds_nothing_is_left_as_it_is(home: Home, content: bytes) -> None:
    home.database.write_bytes(content)
    before = everything_below(home.root)
    with pytest.raises(StoreDamaged, match="Nothing could be saved from"):
        saved(home)
    assert everything_below(home.root) == before


def test_a_file_that_another_session_holds_is_not_taken_from_it(home: Home) -> None:
    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked):
            saved(home)
    assert [path.name for path in home.database.parent.iterdir()] == ["registry.db"]


def test_the_command_says_what_came_of_every_table(home: Home) -> None:
    whole = home.database.read_bytes()
    home.database.write_bytes(whole[: len(whole) // 2])
    shell = Shell(home.root)
    told = shell.done("restore", "--salvage")
    assert "model" in told
    assert ".damaged-" in told
    again = shell.json("restore", "--salvage")
    assert again["tables"]["model"]["refused"] == 0
    assert Path(again["set_aside"]).exists()
    assert "Groq" in shell.done("provider", "list")
