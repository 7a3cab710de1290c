"""Backups are whole, checked, thinned and made in time; restoring one loses nothing that was there."""

import json
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commanding import Shell, everything_below
from tests.registries import CANARY, Home, add_groq, add_keyed, catalogue, done, listed, provider_draft
from tests.test_faults import leave_hot_journal
from tui_registry.errors import StoreDamaged, StoreLocked, StoreMissing
from tui_registry.store import Store
from tui_registry.store.backup import back_up
from tui_registry.store.backup_names import made_name, sum_beside
from tui_registry.store.backups import Backup, backups_of, is_due, worth_keeping
from tui_registry.store.leftovers import STALE_SECONDS
from tui_registry.store.restoring import restore
from tui_registry.store.schema import FORMAT, build, steps
from tui_registry.store.soundness import check_copy

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with home.open() as opened:
        yield opened


def directory(home: Home) -> Path:
    return home.database.parent / "backups"


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM provider ORDER BY name")]


def made(home: Home) -> list[Backup]:
    return backups_of(home.database, directory(home))


# What is kept.


def at(moment: datetime, reason: str = "exit") -> Backup:
    path = Path("/b") / made_name(Path("registry.db"), reason, moment)
    return Backup(path, reason, moment, 1)


def test_of_a_year_of_hourly_backups_the_latest_days_and_weeks_stay() -> None:
    found = [at(NOW - timedelta(hours=hours)) for hours in range(24 * 365)]
    kept = [(NOW - each.made_at) // timedelta(hours=1) for each in worth_keeping(found)]
    latest, days, weeks = [0, 1, 2, 3, 4], [13, 37, 61, 85, 109, 133], [253, 421]
    assert kept == [*latest, *days, *weeks]


def test_what_came_before_the_last_two_upgrades_always_stays() -> None:
    young = [at(NOW - timedelta(hours=hours)) for hours in range(24 * 60)]
    upgrades = [at(NOW - timedelta(days=900), f"format{FORMAT - back}") for back in (1, 2, 3)]
    kept = {each.reason for each in worth_keeping([*young, *upgrades])}
    assert kept == {"exit", f"format{FORMAT - 1}", f"format{FORMAT - 2}"}


def test_only_backups_of_this_file_are_thinned_and_only_after_the_new_one_is_whole(
    home: Home, store: Store
) -> None:
    kept = directory(home)
    for minute in range(9):
        back_up(home.database, kept, "hand", NOW + timedelta(minutes=minute))
    other = kept / "another-hand-20200101T000000000000.db"
    other.write_text("not ours")
    newest = back_up(home.database, kept, "hand", NOW - timedelta(days=3000))
    assert newest.exists(), "what was just made stays, however wrong the clock"
    left = {each.path for each in made(home)}
    assert newest in left
    assert len(left) <= 5 + 2
    assert other.exists()
    assert {path.name for path in kept.glob("*.sha256")} == {f"{path.name}.sha256" for path in left}


def test_a_failed_backup_thins_nothing(home: Home, store: Store) -> None:
    for minute in range(9):
        shutil.copy(
            home.database,
            directory_made(home) / made_name(home.database, "exit", NOW + timedelta(minutes=minute)),
        )
    home.database.write_bytes(home.database.read_bytes()[:9000])
    with pytest.raises(StoreDamaged):
        back_up(home.database, directory(home), "hand", NOW)
    assert len(made(home)) == 9


def directory_made(home: Home) -> Path:
    directory(home).mkdir(exist_ok=True)
    return directory(home)


# When one is made.


def test_a_backup_is_due_when_something_changed_and_the_last_is_old(home: Home, store: Store) -> None:
    clock = home.clock
    assert is_due(home.database, directory(home), clock())
    store.back_up("hour")
    clock.move(hours=2)
    assert not store.backup_is_due(), "nothing has changed"
    add_groq(store)
    assert store.backup_is_due()
    store.back_up("hour")
    done(store, lambda write: write.add_provider(provider_draft("xAI")))
    clock.move(minutes=59)
    assert not store.backup_is_due()
    assert store.backup_is_due(timedelta())
    clock.move(days=-400)
    assert store.backup_is_due(), "a backup from the future says nothing about now"


def test_a_purge_and_a_bulk_import_are_preceded_by_a_backup_of_what_was(home: Home, store: Store) -> None:
    row = add_groq(store)
    done(store, lambda write: write.import_catalog(catalogue(*(listed(f"m{n}") for n in range(60)))))
    home.clock.move(minutes=1)
    done(store, lambda write: write.purge_provider(row, "Groq"))
    purge, bulk = made(home)
    assert (purge.reason, bulk.reason) == ("purge", "import")
    with closing(sqlite3.connect(purge.path)) as before:
        assert before.execute("SELECT count(*) FROM model").fetchone() == (60,)
    assert names(bulk.path) == ["Groq"]


def test_commands_that_save_leave_one_backup_an_hour_and_reading_leaves_none(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    shell.done("provider", "add", "OpenAI")
    shell.clock.move(hours=2)
    shell.done("provider", "list")
    assert len(made(shell.home)) == 1
    shell.done("provider", "add", "xAI")
    assert [each.reason for each in made(shell.home)] == ["hour", "hour"]


# The commands.


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    with shell.home.open() as store:
        add_keyed(store)
    return shell


def test_backup_writes_a_private_checked_copy_with_its_sum_and_says_what_its_keys_need(shell: Shell) -> None:
    told = shell.done("backup")
    (backup,) = made(shell.home)
    assert f"Backed up to {backup.path}: 1 provider, 1 key, 0 models, 0 results; checked." in told
    assert str(shell.home.key_file) in told
    assert (
        stat.S_IMODE(backup.path.stat().st_mode)
        == stat.S_IMODE(sum_beside(backup.path).stat().st_mode)
        == 0o600
    )
    assert check_copy(backup.path) == FORMAT
    done_ = subprocess.run(
        ["sha256sum", "-c", sum_beside(backup.path).name], cwd=backup.path.parent, check=False
    )
    assert done_.returncode == 0


def test_backup_to_a_file_overwrites_nothing(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "safe.db"
    shell.done("backup", str(target))
    before = everything_below(tmp_path)
    assert "is there already" in shell.refused("backup", str(target))
    assert everything_below(tmp_path) == before
    found = shell.json("backup", str(tmp_path))
    assert Path(found["backup"]).parent == tmp_path
    assert found["keys"] == 1
    assert len(found["sha256"]) == 64


@pytest.mark.parametrize("words", [("backup",), ("restore", "nothing.db")])
def test_without_a_registry_or_a_backup_nothing_is_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    shell = Shell(tmp_path / "home")
    assert "There is no" in shell.refused(*words, code=3)
    assert not everything_below(tmp_path)


def test_restore_brings_back_what_was_and_sets_aside_what_is(shell: Shell) -> None:
    shell.done("backup")
    (backup,) = made(shell.home)
    shell.done("provider", "add", "xAI")
    present = shell.home.database.read_bytes()
    told = shell.done("restore", backup.path.name)
    assert names(shell.home.database) == ["Groq"]
    (aside,) = shell.home.database.parent.glob("registry.db.before-restore-*")
    assert aside.read_bytes() == present
    assert str(aside) in told
    assert "need the same vault key, and that is here" in told
    assert stat.S_IMODE(shell.home.database.stat().st_mode) == 0o600
    with shell.home.open() as store:
        assert store.open_key(store.reads.provider("groq")).reveal() == CANARY


def test_restore_lists_what_there_is_checked_with_reason_and_size(shell: Shell) -> None:
    assert "no backups" in shell.done("restore")
    shell.done("backup")
    shell.clock.move(minutes=1)
    shell.done("backup")
    newest, oldest = made(shell.home)
    oldest.path.write_bytes(oldest.path.read_bytes()[:-1] + b"x")
    first, second = shell.json("restore")
    assert (first["state"], second["state"]) == ("ok", "damaged")
    assert first["made_at"] == "2026-11-23T06:53:00.000Z"
    assert first["reason"] == "hand"
    assert first["bytes"] == newest.size
    assert first["holds"]["keys"] == 1
    listed = shell.done("restore")
    assert newest.path.name in listed
    assert "damaged" in listed


def changed(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes().replace(b"Groq", b"Grok"))


def foreign(backup: Path) -> None:
    sum_beside(backup).unlink()
    backup.write_text("a shopping list\n" * 500)


def empty(backup: Path) -> None:
    sum_beside(backup).unlink()
    backup.write_bytes(b"")


def ruleless(backup: Path) -> None:
    sum_beside(backup).unlink()
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("DROP TRIGGER model_version")


def newer(backup: Path) -> None:
    sum_beside(backup).unlink()
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize("spoil", [changed, foreign, empty, ruleless, newer])
def test_a_backup_that_is_not_sound_changes_nothing(shell: Shell, spoil: object) -> None:
    shell.done("backup")
    (backup,) = made(shell.home)
    spoil(backup.path)  # type: ignore[operator]
    before = everything_below(shell.root)
    assert backup.path.name in shell.refused("restore", str(backup.path), code=3)
    assert everything_below(shell.root) == before


def test_a_backup_without_a_sum_is_restored_and_said_to_be_without(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "safe.db"
    shell.done("backup", str(target))
    sum_beside(target).unlink()
    assert "No SHA-256 lay beside it" in shell.done("restore", str(target))


def test_an_interrupted_save_beside_the_backup_is_undone_in_the_registry_alone(
    home: Home, store: Store
) -> None:
    add_groq(store)
    source = home.root / "copied.db"
    shutil.copy(home.database, source)
    leave_hot_journal(source)
    before = {path: path.read_bytes() for path in home.root.glob("copied.db*")}
    assert len(before) == 2
    restored = restore(home.database, source, NOW)
    assert restored.contents.providers == 1
    assert check_copy(home.database) == FORMAT
    assert {path: path.read_bytes() for path in home.root.glob("copied.db*")} == before
    assert not list(home.database.parent.glob(".registry.db.*"))


def test_an_interrupted_save_of_the_registry_is_not_played_into_what_replaces_it(
    home: Home, store: Store
) -> None:
    add_groq(store)
    backup = store.back_up("hand")
    leave_hot_journal(home.database)
    restored = restore(home.database, backup, NOW)
    assert check_copy(home.database) == FORMAT
    assert restored.aside is not None
    assert check_copy(restored.aside) == FORMAT, "the save was undone in what was set aside"
    leave_hot_journal(home.database)
    home.database.unlink()
    restore(home.database, backup, NOW + timedelta(seconds=1))
    assert check_copy(home.database) == FORMAT
    assert list(home.database.parent.glob("registry.db.before-restore-*-journal"))


def test_a_registry_that_another_session_holds_is_not_taken_from_it(home: Home, store: Store) -> None:
    backup = store.back_up("hand")
    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        before = everything_below(home.root)
        with pytest.raises(StoreLocked, match="locked by another process"):
            restore(home.database, backup, NOW)
        assert everything_below(home.root) == before


def test_an_open_session_reads_the_restored_file_next_and_its_writes_go_there(
    home: Home, store: Store
) -> None:
    add_groq(store)
    backup = store.back_up("hand")
    done(store, lambda write: write.add_provider(provider_draft("xAI")))
    restore(home.database, backup, NOW)
    assert [row.name for row in store.reads.providers()] == ["Groq"]
    done(store, lambda write: write.add_provider(provider_draft("OpenAI")))
    assert names(home.database) == ["Groq", "OpenAI"]


def test_a_backup_of_an_older_format_is_restored_and_upgraded_by_the_next_start(home: Home) -> None:
    old = home.root / "old.db"
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        build(connection, steps()[:1])
        connection.execute("COMMIT")
        connection.execute("PRAGMA application_id = 0x74756952")
        connection.execute("PRAGMA user_version = 1")
    restore(home.database, old, NOW)
    with home.open(create=False) as store:
        assert store.reads.providers() == []


def test_after_a_loss_nothing_is_made_and_the_way_back_is_named(shell: Shell) -> None:
    shell.done("backup")
    shell.home.database.unlink()
    before = everything_below(shell.root)
    assert "run: tui-registry restore" in shell.refused("provider", "list", code=3)
    assert everything_below(shell.root) == before
    (backup,) = made(shell.home)
    shell.done("restore", str(backup.path))
    assert "Groq" in shell.done("provider", "list")


def test_a_registry_begun_anew_is_not_spoilt_by_a_save_that_was_cut_off_in_the_old_one(shell: Shell) -> None:
    leave_hot_journal(shell.home.database)
    shell.home.database.unlink()
    assert "registry.db-journal" in shell.refused("provider", "list", code=3)
    shell.done("--create", "provider", "list")
    assert check_copy(shell.home.database) == FORMAT
    assert list(shell.home.database.parent.glob("registry.db.left-*-journal"))


# What killed programs leave.


def test_drafts_of_killed_writes_go_with_the_next_start_once_they_are_surely_nobodys(home: Home) -> None:
    import os

    with home.open() as store:
        kept = store.back_up("hand")
    stray = [
        home.database.with_name(".registry.db.0123456789ab.new"),
        home.database.with_name(".registry.db.0123456789ab.new-journal"),
        directory(home) / "registry-exit-20261126T000000000000.db.part",
        directory(home) / "registry-exit-20261126T000000000000.db.sha256",
    ]
    others = [
        home.database.with_name("notes.txt"),
        home.database.with_name(".other.db.0123456789ab.new"),
        # a database that a person put elsewhere may have its backups among other files
        directory(home) / "film.mkv.part",
        directory(home) / "photos.db.sha256",
        directory(home) / "other-exit-20261126T000000000000.db.part",
    ]
    for path in (*stray, *others):
        path.write_text("half")
    home.open().close()
    assert all(path.exists() for path in (*stray, *others)), "another program may be writing them"
    for path in (*stray, *others):
        moment = path.stat().st_mtime - STALE_SECONDS - 60
        os.utime(path, (moment, moment))
    home.open().close()
    assert not any(path.exists() for path in stray)
    assert all(path.exists() for path in (*others, kept, sum_beside(kept)))


def test_a_backup_being_made_is_nobodys_leftover_however_old_the_registry_is(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    from tui_registry.store import backup

    home.open().close()
    moment = home.database.stat().st_mtime - 2 * STALE_SECONDS
    os.utime(home.database, (moment, moment))

    def kept_while_another_starts(draft: Path, target: Path) -> None:
        home.open().close()
        keep(draft, target)

    keep = backup._keep
    monkeypatch.setattr(backup, "_keep", kept_while_another_starts)
    made = back_up(home.database, directory(home), "hand", NOW)
    assert made.stat().st_mtime_ns == home.database.stat().st_mtime_ns


def test_missing_backups_are_named(home: Home, store: Store) -> None:
    with pytest.raises(StoreMissing, match="There is no backup at"):
        restore(home.database, home.root / "nothing.db", NOW)


def test_a_backup_taken_while_others_save_is_whole(home: Home) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from tests.registries import Home, done, provider_draft\n"
        "store = Home(Path(sys.argv[1])).open(read_patience=5)\n"
        "print('on', flush=True)\n"
        "row = store.reads.provider('groq')\n"
        "while True:\n"
        "    texts = provider_draft(description=str(row.row_version))\n"
        "    row = done(store, lambda w: w.save_provider(texts, row))\n"
    )
    with home.open() as store:
        add_groq(store)
    root = Path(__file__).parents[1]
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home.root)], cwd=root, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        taken = [
            back_up(home.database, directory(home), "hand", NOW + timedelta(minutes=n)) for n in range(20)
        ]
        other.kill()
    assert [check_copy(path) for path in taken if path.exists()] == [FORMAT] * len(made(home))
    versions = set()
    for path in taken:
        if path.exists():
            with closing(sqlite3.connect(path)) as copy:
                versions.add(copy.execute("SELECT row_version FROM provider").fetchone())
    assert len(versions) > 1, "somebody saved meanwhile"


def test_the_list_is_json_without_anything_secret(shell: Shell) -> None:
    shell.done("backup")
    written = shell.done("restore", "--json")
    assert CANARY not in written
    assert json.loads(written)[0]["reason"] == "hand"
