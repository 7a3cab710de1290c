"""A file of an older format becomes the present one whole, once, and with a backup; or it stays as it was."""

import hashlib
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.rule_cases import BASE
from tui_registry.errors import StoreDamaged, StoreError, StoreMissing, StoreNewer, StoreReadOnly
from tui_registry.store.database import create_database
from tui_registry.store.ladder import climb
from tui_registry.store.schema import APPLICATION_ID, FORMAT, build, rules, steps
from tui_registry.store.soundness import check_file
from tui_registry.store.tables import KnownProvider

NOW = datetime(2026, 11, 23, 7, 0, 0, 123000, tzinfo=UTC)
STEP_2 = """
-- limits by the day, and notes
ALTER TABLE limits_info ADD COLUMN requests_per_day INTEGER;
CREATE TABLE note (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL) STRICT;
INSERT INTO note SELECT NULL, name FROM known_provider;
CREATE TRIGGER note_kept BEFORE DELETE ON note
BEGIN SELECT RAISE(ABORT, 'note_kept: A note stays.'); END;
"""
UPGRADE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tests.test_ladder import STEP_2
from tui_registry.store.ladder import climb
from tui_registry.store.schema import steps

sys.stdin.readline()
print(climb(Path(sys.argv[1]), Path(sys.argv[2]), lambda: datetime.now(UTC), [*steps(), STEP_2]) is not None)
"""


def clock() -> datetime:
    return NOW


def newer(*more: str) -> Sequence[str]:
    return (*steps(), *more)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "data" / "registry.db"
    known = [KnownProvider(f"Provider {number}", "https://example.com/v1") for number in range(40)]
    assert create_database(made, known)
    return made


@pytest.fixture
def backups(path: Path) -> Path:
    return path.parent / "backups"


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_a_file_of_the_present_format_is_left_alone(path: Path, backups: Path) -> None:
    before = path.read_bytes()
    assert climb(path, backups, clock) is None
    assert path.read_bytes() == before
    assert not backups.exists()


def test_an_older_file_takes_the_missing_steps_and_keeps_its_rows(path: Path, backups: Path) -> None:
    climb(path, backups, clock, newer(STEP_2))
    assert ask(path, "PRAGMA user_version") == [(FORMAT + 1,)]
    assert (
        ask(path, "SELECT count(*) FROM note") == ask(path, "SELECT count(*) FROM known_provider") == [(40,)]
    )
    assert ask(path, "SELECT requests_per_day FROM limits_info") == []
    with pytest.raises(sqlite3.IntegrityError, match="note_kept"):
        ask(path, "DELETE FROM note")


def test_an_upgraded_file_defines_what_a_fresh_one_does(path: Path, backups: Path) -> None:
    climb(path, backups, clock, newer(STEP_2))
    upgraded, fresh = sqlite3.connect(path), sqlite3.connect(":memory:")
    fresh.executescript("\n".join(newer(STEP_2)))
    assert rules(upgraded) == rules(fresh)
    upgraded.close()
    fresh.close()


def test_several_steps_are_taken_in_order(path: Path, backups: Path) -> None:
    climb(
        path,
        backups,
        clock,
        newer(STEP_2, "UPDATE note SET text = 'x' WHERE id = 1;\n", "DROP TABLE note;\n"),
    )
    assert ask(path, "PRAGMA user_version") == [(FORMAT + 3,)]


def test_the_backup_is_the_old_file_whole_private_and_with_its_sum(path: Path, backups: Path) -> None:
    backup = climb(path, backups, clock, newer(STEP_2))
    assert backup == backups / f"registry-format{FORMAT}-20261123T070000123000.db"
    assert check_file(backup) == ()
    assert ask(backup, "SELECT count(*) FROM known_provider") == [(40,)]
    summary = backup.with_name(f"{backup.name}.sha256")
    assert summary.read_text() == f"{hashlib.sha256(backup.read_bytes()).hexdigest()}  {backup.name}\n"
    assert sorted(backups.iterdir()) == [backup, summary]
    assert {stat.S_IMODE(item.stat().st_mode) for item in (backup, summary)} == {0o600}
    assert stat.S_IMODE(backups.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (STEP_2 + "INSERT INTO nowhere VALUES (1);\n", "no such table"),
        (STEP_2 + "UPDATE note SET text = NULL;\n", "cannot be empty"),
        (STEP_2 + "DELETE FROM note;\n", "A note stays"),
        (
            "DROP TABLE known_provider;\nCREATE TABLE known_provider (name TEXT PRIMARY KEY) STRICT;\n"
            "CREATE TABLE child (name TEXT REFERENCES known_provider (name)) STRICT;\n"
            "INSERT INTO child VALUES ('Nobody');\n",
            "refers to a missing known_provider",
        ),
    ],
    ids=["no table", "a rule", "a trigger", "an orphan"],
)
def test_a_failing_step_leaves_the_file_byte_for_byte(
    path: Path, backups: Path, step: str, words: str
) -> None:
    before = path.read_bytes()
    with pytest.raises(Exception, match=words):
        climb(path, backups, clock, newer(step))
    assert path.read_bytes() == before
    assert check_file(path) == ()
    assert climb(path, backups / "later", clock, newer(STEP_2)) is not None


def test_a_step_larger_than_the_cache_is_undone_as_well(path: Path, backups: Path) -> None:
    before = path.read_bytes()
    much = (
        "CREATE TABLE much (t TEXT);\n"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) "
        "INSERT INTO much SELECT hex(zeroblob(600)) FROM n;\nINSERT INTO nowhere VALUES (1);\n"
    )
    with pytest.raises(StoreError, match="no such table"):
        climb(path, backups, clock, newer(much))
    assert path.read_bytes() == before


def test_without_a_backup_there_is_no_upgrade(path: Path, backups: Path) -> None:
    backups.write_text("in the way")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="No backup could be made at"):
        climb(path, backups, clock, newer(STEP_2))
    assert path.read_bytes() == before


def test_a_newer_file_is_neither_read_nor_written(path: Path, backups: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreNewer, match=rf"registry\.db has format 7, this version knows {FORMAT + 1}\."):
        climb(path, backups, clock, newer(STEP_2))
    assert path.read_bytes() == before
    assert not backups.exists()


def test_a_damaged_file_is_not_upgraded(path: Path, backups: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA ignore_check_constraints = on")
    connection.execute("UPDATE known_provider SET endpoint = 'gone' WHERE name = 'Provider 3'")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match="was not upgraded"):
        climb(path, backups, clock, newer(STEP_2))
    assert path.read_bytes() == before


def test_an_older_file_that_was_not_upgraded_is_not_opened(path: Path) -> None:
    with pytest.raises(StoreReadOnly, match=f"has the older format {FORMAT} and must be upgraded first"):
        check_file(path, newest=FORMAT + 1)


def test_a_text_is_not_upgraded(path: Path, backups: Path) -> None:
    path.write_text("my keys are in the drawer\n" * 400)
    with pytest.raises(StoreDamaged, match="is not a registry"):
        climb(path, backups, clock, newer(STEP_2))


def test_looking_for_steps_leaves_the_files_mode_for_the_check_to_tell(path: Path, backups: Path) -> None:
    path.chmod(0o644)
    climb(path, backups, clock)
    assert check_file(path) == ("registry.db was open to other users (0644) and is private now (0600).",)


def test_a_missing_file_stays_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        climb(tmp_path / "registry.db", tmp_path / "backups", clock, newer(STEP_2))
    assert list(tmp_path.iterdir()) == []


def test_of_three_upgrades_at_once_one_does_it_and_the_others_go_on(tmp_path: Path) -> None:
    for number in range(4):
        path = tmp_path / str(number) / "registry.db"
        create_database(path)
        starts = [
            subprocess.Popen(
                [sys.executable, "-c", UPGRADE, str(path), str(path.parent / "backups")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        for start in starts:
            assert start.stdin is not None
            start.stdin.write("go\n")
            start.stdin.flush()
        said = [start.communicate() for start in starts]
        assert sorted(out.strip() for out, _ in said) == ["False", "False", "True"], said
        assert ask(path, "PRAGMA user_version") == [(FORMAT + 1,)]
        assert len(list((path.parent / "backups").glob("*.db"))) == 1


def test_a_file_of_the_first_format_becomes_what_this_version_makes(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    first = sqlite3.connect(path, isolation_level=None)
    first.execute("BEGIN")
    build(first, steps()[:1])
    for statement in BASE:
        if not any(table in statement for table in ("key_control", "observed_limit", "model_observation")):
            first.execute(statement)
    first.execute("COMMIT")
    first.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    first.execute("PRAGMA user_version = 1")
    first.close()
    assert climb(path, tmp_path / "backups", clock) is not None
    path.chmod(0o600)
    assert check_file(path) == ()
    assert ask(path, "SELECT count(*), count(plan) FROM verification_run") == [(3, 0)]
    assert ask(path, "PRAGMA user_version") == [(FORMAT,)]
