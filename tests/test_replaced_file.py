"""Another file in the registry's place: ids go on after it, and whoever had the former one open notices."""

import lzma
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.registries import (
    CANARY,
    Home,
    add_groq,
    add_keyed,
    add_model,
    check_key,
    done,
    provider_draft,
)
from tui_registry.drafts import ModelDraft
from tui_registry.errors import Conflict, Gone, Outdated
from tui_registry.store import ModelRow, NewResult, ProviderRow, Store, Writes
from tui_registry.store.edition import follows, new_edition
from tui_registry.store.ladder import climb
from tui_registry.store.restoring import begin_anew, put_in_place, restore
from tui_registry.store.salvage import salvage
from tui_registry.store.schema import FORMAT, expected_rules, rules
from tui_registry.store.soundness import check_copy, check_file
from tui_registry.text import Secret

FORMAT_4 = Path(__file__).parent / "data" / "format4"
"""A registry as format 4 kept it: every table filled, keys sealed, one of them damaged, 3,349 results."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with home.open() as opened:
        yield opened


def shell(path: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(sql, values).fetchall()


def last_ids(path: Path) -> dict[str, int]:
    rows = shell(path, "SELECT name, seq FROM sqlite_sequence WHERE seq > 0")
    return {str(name): int(str(last)) for name, last in rows}


def filled(store: Store) -> ProviderRow:
    """A provider with something in every table that gives ids."""
    row = check_key(store, add_keyed(store), "pass")
    model = add_model(store, row)
    run = done(store, lambda write: write.start_run("quick", "manual"))
    found = NewResult(provider=row, model=model, run=run, test_type="chat", status="pass")
    done(store, lambda write: write.record_result(found))
    return row


def replacements(store: Store) -> int:
    store.data_version()
    return store.replacements


# Ids


def restored(home: Home, backup: Path) -> None:
    restore(home.database, backup, home.clock())


def anew(home: Home, _backup: Path) -> None:
    from tests.registries import Seed

    begin_anew(home.database, Seed(), home.clock())


@pytest.mark.parametrize("replaced", [restored, anew])
def test_ids_go_on_after_those_of_the_file_that_was_replaced(
    home: Home, replaced: Callable[[Home, Path], None]
) -> None:
    with home.open() as store:
        backup = store.back_up("hand")
        filled(store)
        for name in ("xAI", "OpenAI"):
            done(store, lambda write, name=name: write.add_provider(provider_draft(name)))  # type: ignore[misc]
    given = last_ids(home.database)
    assert given.keys() == {"provider", "model", "verification_run", "verification_result"}
    replaced(home, backup)
    assert check_copy(home.database) == FORMAT
    with home.open() as store:
        row = filled(store)
        assert row.id == 4
    assert all(last > given[table] for table, last in last_ids(home.database).items())


def test_ids_go_on_after_those_of_the_backup_too(home: Home) -> None:
    with home.open() as store:
        row = add_groq(store)
        done(store, lambda write: write.delete_provider(row))
        backup = store.back_up("hand")
    home.database.unlink()
    with home.open():
        pass
    restored(home, backup)
    with home.open() as store:
        assert add_groq(store).id == 2


def test_a_counter_that_nobody_can_have_reached_is_not_gone_on_with(home: Home, tmp_path: Path) -> None:
    with home.open() as store:
        add_groq(store)
        backup = Path(shutil.copy(store.back_up("hand"), tmp_path / "copy.db"))
    for file in (home.database, backup):
        shell(file, "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'provider'")
    restored(home, backup)
    with home.open() as store:
        assert done(store, lambda write: write.add_provider(provider_draft("xAI"))).id == 2


def test_ids_go_on_after_those_of_a_damaged_file(home: Home) -> None:
    with home.open() as store:
        filled(store)
        last = done(store, lambda write: write.add_provider(provider_draft("xAI")))
        gone = done(store, lambda write: write.add_provider(provider_draft("OpenAI")))
        done(store, lambda write: write.delete_provider(gone))
    from tests.registries import Seed

    salvage(home.database, Seed(), home.clock())
    with home.open() as store:
        assert [row.id for row in store.reads.providers()] == [1, last.id]
        assert done(store, lambda write: write.add_provider(provider_draft("OpenAI"))).id == gone.id + 1


def test_a_place_without_a_file_takes_the_draft_as_it_is(home: Home, tmp_path: Path) -> None:
    with home.open() as store:
        add_groq(store)
    draft = tmp_path / "home" / "data" / "draft"
    os.rename(home.database, draft)
    assert put_in_place(draft, home.database, "damaged", home.clock()) is None
    with home.open() as store:
        assert done(store, lambda write: write.add_provider(provider_draft("xAI"))).id == 2


# Editions


def test_an_edition_follows_those_before_it_and_no_other() -> None:
    other = new_edition()
    assert follows("a.3.000011112222", "a.2.00001111")
    assert follows("a.3.000011112222", "a.1.0000")
    assert follows("a.3.2222", "a.3.2222")
    assert follows("a.3.2222", "a.1.0000"), "longer ago than there are marks"
    assert not follows("a.3.2222", "a.3.3333"), "as many saves, but others"
    assert not follows("a.4.111122223333", "a.3.4444"), "more saves, but others"
    assert not follows("a.2.1111", "a.3.11112222"), "a copy of an earlier day"
    assert not follows("b.9.1111", "a.3.1111")
    assert not follows(other, new_edition())
    assert not follows("", other)
    assert not follows("no edition", "a.1.ffff")


def test_an_edition_fits_into_its_setting_however_often_it_is_saved(store: Store, home: Home) -> None:
    seen = add_groq(store)
    for number in range(60):
        draft = provider_draft(description=str(number))
        done(store, partial(Writes.save_provider, draft=draft, base=store.reads.provider("Groq")))
    assert follows(store.reads.provider("Groq").edition, seen.edition)
    assert len(store.reads.provider("Groq").edition) < 256
    assert replacements(store) == 0


def test_every_save_counts_and_what_saves_nothing_does_not(store: Store, home: Home) -> None:
    def saves() -> int:
        ((edition,),) = shell(home.database, "SELECT value FROM meta WHERE key = 'edition'")
        return int(str(edition).split(".")[1])

    start = saves()
    row = add_groq(store)
    assert saves() == start + 1
    same = provider_draft()
    done(store, lambda write: write.save_provider(same, row))
    assert saves() == start + 1, "nothing was changed"
    with pytest.raises(Gone):
        done(store, lambda write: write.delete_limits(row))
    assert saves() == start + 1


def by_restore(home: Home, backup: Path) -> None:
    restore(home.database, backup, home.clock())


def by_copy(home: Home, backup: Path) -> None:
    shutil.copyfile(backup, home.database)


def by_move(home: Home, backup: Path) -> None:
    os.replace(backup, home.database)


def by_shell(home: Home, backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as source, closing(sqlite3.connect(home.database)) as target:
        source.backup(target)


WAYS = [by_restore, by_copy, by_move, by_shell]


@pytest.mark.parametrize("way", WAYS)
def test_a_session_notices_that_its_file_was_replaced(
    home: Home, store: Store, way: Callable[[Home, Path], None]
) -> None:
    backup = store.back_up("hand")
    row = add_groq(store)
    assert replacements(store) == 0, "a save of its own"
    with home.open() as other:
        other_row = done(other, lambda write: write.add_provider(provider_draft("xAI")))
    assert replacements(store) == 0, "another session's save"
    before = store.data_version()
    way(home, backup)
    assert store.data_version() != before
    assert replacements(store) == 1
    assert replacements(store) == 1, "it is counted once"
    assert store.reads.providers() == []
    assert store.views.source("providers").head(10) == []
    for seen in (row, other_row):
        with pytest.raises(Gone):
            done(store, lambda write, seen=seen: write.set_key(seen, Secret(CANARY)))  # type: ignore[misc]


@pytest.mark.parametrize("way", WAYS)
def test_a_record_that_is_in_both_files_is_shown_anew(
    home: Home, store: Store, way: Callable[[Home, Path], None]
) -> None:
    row = add_groq(store)
    backup = store.back_up("hand")
    seen = done(store, lambda write: write.save_provider(provider_draft(description="later"), row))
    way(home, backup)
    with pytest.raises(Outdated, match="Another file took the registry's place since Groq was read"):
        done(store, lambda write: write.set_key(seen, Secret(CANARY)))
    with pytest.raises(Conflict, match="description"):
        done(store, lambda write: write.save_provider(provider_draft(description="later"), seen))
    again = store.reads.provider_again(seen)
    assert again.description is None
    assert store.sealed_for(done(store, lambda write: write.set_key(again, Secret(CANARY)))) == "api.groq.com"


@pytest.mark.parametrize("saves", [1, 2, 3])
def test_a_copy_put_back_is_noticed_also_when_others_saved_to_it_at_once(
    home: Home, store: Store, saves: int
) -> None:
    """Then it has had as many saves as the file that it replaced, or more."""
    backup = store.back_up("hand")
    seen = add_groq(store)
    assert replacements(store) == 0
    by_move(home, backup)
    with home.open() as other:
        for name in ("xAI", "OpenAI", "Together AI")[:saves]:
            done(other, lambda write, name=name: write.add_provider(provider_draft(name)))  # type: ignore[misc]
    assert replacements(store) == 1
    with pytest.raises(Gone):
        done(store, lambda write: write.deactivate(seen))


def saves_counted(path: Path) -> bytes:
    """SQLite's own count of saves, by which a connection knows that the pages it holds are old."""
    return path.read_bytes()[24:28]


def test_a_file_written_over_by_one_that_sqlite_takes_for_the_same_is_noticed(
    home: Home, store: Store, tmp_path: Path
) -> None:
    beside = Home(tmp_path / "beside")
    beside.open().close()
    twin = shutil.copyfile(home.database, beside.database)
    seen = add_groq(store)
    assert [row.id for row in store.reads.providers()] == [seen.id]
    assert len(store.views.source("providers").head(10)) == 1
    assert replacements(store) == 0
    with beside.open() as other:
        there = done(other, lambda write: write.add_provider(provider_draft("xAI")))
    with closing(sqlite3.connect(twin, isolation_level=None)) as plain:
        while saves_counted(twin) < saves_counted(home.database):
            plain.execute("UPDATE meta SET value = value")
    assert saves_counted(twin) == saves_counted(home.database)
    by_copy(home, twin)
    assert [row.uuid for row in store.reads.providers()] == [there.uuid]
    assert [row[1] for row in store.views.source("providers").head(10)] == ["xAI"]
    assert replacements(store) == 1


def test_a_file_that_was_only_touched_is_the_same(home: Home, store: Store) -> None:
    seen = add_groq(store)
    assert replacements(store) == 0
    os.utime(home.database)
    assert replacements(store) == 0
    assert done(store, lambda write: write.set_key(seen, Secret(CANARY))).id == seen.id


def test_a_run_goes_on_in_no_other_file(home: Home, store: Store) -> None:
    row = add_groq(store)
    backup = store.back_up("hand")
    run = done(store, lambda write: write.start_run("quick", "manual"))
    by_restore(home, backup)
    found = NewResult(provider=row, run=run, test_type="models", status="pass")
    with pytest.raises(Gone, match="Run 1 is not here any more"):
        done(store, lambda write: write.record_result(found))
    later = done(store, lambda write: write.start_run("full", "manual"))
    assert later.id == 2
    with pytest.raises(Gone):
        done(store, lambda write: write.proofs.close_run(run, "done"))
    assert store.reads.run(2) == later


def test_a_run_that_was_planned_for_another_file_is_not_opened(home: Home, store: Store) -> None:
    row = add_groq(store)
    backup = store.back_up("hand")
    run = done(store, lambda write: write.start_run("quick", "manual", asks=[row]))
    done(store, lambda write: write.proofs.close_run(run, "cancelled"))
    by_restore(home, backup)
    with pytest.raises(Outdated, match="since this run was planned"):
        done(store, lambda write: write.start_run("quick", "manual", asks=[row]))
    with pytest.raises(Gone):
        done(store, lambda write: write.proofs.resume_run(run, "here 1", [row]))
    assert store.proofs.runs() == []
    again = store.reads.provider_again(row)
    assert done(store, lambda write: write.start_run("quick", "manual", asks=[again])).state == "running"


# A registry that an earlier version made


@pytest.fixture
def old(home: Home) -> Path:
    """The registry of format 4 in a home."""
    home.database.parent.mkdir(parents=True)
    home.key_file.parent.mkdir(parents=True)
    home.database.write_bytes(lzma.decompress((FORMAT_4 / "registry.db.xz").read_bytes()))
    home.database.chmod(0o600)
    shutil.copy(FORMAT_4 / "vault.key", home.key_file)
    home.key_file.chmod(0o600)
    return home.database


def tables_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table's rows, without what this format added."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return {
            name: sorted(
                tuple((column, row[column]) for column in row.keys() if (name, column) != ("model", "uuid"))  # noqa: SIM118
                for row in connection.execute(f'SELECT * FROM "{name}"')
                if (name, row[0]) != ("meta", "edition")
            )
            for (name,) in connection.execute(names).fetchall()
        }


def test_everything_of_a_registry_of_format_4_is_there_afterwards(home: Home, old: Path) -> None:
    before, ids = tables_of(old), last_ids(old)
    assert all(before.values()), "every table is filled"
    backup = climb(old, old.parent / "backups", home.clock)
    assert backup is not None
    assert tables_of(backup) == before
    assert check_file(old) == ()
    assert tables_of(old) == before
    assert last_ids(old) == ids
    uuids = [uuid for (uuid,) in shell(old, "SELECT uuid FROM model")]
    assert len(set(uuids)) == len(uuids) == 150
    with home.open(create=False) as store:
        states = {row.name: store.proven_key(row)[0].value for row in store.reads.providers()}
        assert sorted(states.values()) == [
            "damaged", "for another host", *["none"] * 2, *["set"] * 9,
        ]  # fmt: skip
        assert store.reads.recompute_states() == []
        model = store.reads.models(store.reads.provider("Groq").id)[0]
        assert done(store, lambda write: write.save_model(draft_of(model), model)).version == "2"


def draft_of(model: ModelRow) -> ModelDraft:
    return ModelDraft.parse(ModelDraft.shown(model) | {"version": "2"})


STEP_UP = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tui_registry.store import ladder

told = ladder.build
def build(connection, scripts):
    class Dying:
        left = int(sys.argv[2])
        def execute(self, sql):
            self.left -= 1
            if self.left < 0:
                import os; os.kill(os.getpid(), 9)
            return connection.execute(sql)
    told(Dying(), scripts)
ladder.build = build
path = Path(sys.argv[1])
ladder.climb(path, path.parent / "backups", lambda: datetime.now(UTC))
"""


@pytest.mark.parametrize("statement", [0, 3, 5, 6, 7, 14, 27])
def test_an_upgrade_killed_at_any_statement_leaves_the_file_whole(
    home: Home, old: Path, statement: int
) -> None:
    before = tables_of(old)
    ended = subprocess.run([sys.executable, "-c", STEP_UP, str(old), str(statement)], check=False, timeout=60)
    assert ended.returncode == -9
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA user_version").fetchone() == (4,)
        assert rules(connection) == expected_rules(4)
    assert tables_of(old) == before
    climb(old, old.parent / "backups", home.clock)
    assert check_file(old) == ()
    assert tables_of(old) == before
