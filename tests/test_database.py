"""The file is made whole or not at all, and every connection to it is as safe as it claims."""

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import peewee as pw
import pytest

from tui_registry.errors import StoreDamaged, StoreError
from tui_registry.store import soundness
from tui_registry.store.database import (
    RegistryDatabase,
    WeakSettings,
    create_database,
    location,
    wanted_settings,
)
from tui_registry.store.schema import (
    APPLICATION_ID,
    FORMAT,
    FRESH,
    fingerprint,
    require_sqlite,
    statements,
    steps,
)
from tui_registry.store.soundness import check_file
from tui_registry.store.tables import KnownProvider

KNOWN_SEED = "SELECT value FROM meta WHERE key = 'known_providers'"
KNOWN = (KnownProvider("Groq", "https://api.groq.com/openai/v1"), KnownProvider("xAI", "https://api.x.ai/v1"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "data" / "registry.db"
    assert create_database(made, KNOWN)
    return made


def run(database: RegistryDatabase, sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    cursor = database.execute_sql(sql, values)  # type: ignore[no-untyped-call]
    return list(cursor)


def fill_up(database: RegistryDatabase) -> None:
    for letter in "abcdefghij":
        for length in range(1, 65):
            run(database, "INSERT INTO meta VALUES (?, ?)", (letter * length, "x" * 250))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_private_whole_and_alone_in_a_private_directory(path: Path) -> None:
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    assert list(path.parent.iterdir()) == [path]
    assert check_file(path) == ()


def test_a_new_file_is_known_by_its_digest_and_a_changed_one_is_looked_at_closely(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(path) as connection:
        assert fingerprint(connection) == FRESH, "a step is other: write its digest down"
    looks: list[int] = []

    def expected(form: int) -> frozenset[tuple[str, str, str]]:
        looks.append(form)
        return frozenset()

    monkeypatch.setattr(soundness, "expected_rules", expected)
    check_file(path)
    assert looks == []
    connection.execute("CREATE INDEX other ON provider (uuid)")
    connection.close()
    with pytest.raises(StoreDamaged, match="added"):
        check_file(path)
    assert looks == [FORMAT]


def test_a_new_file_says_whose_it_is_and_knows_the_providers(path: Path) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    names = connection.execute("SELECT name, dialect, source FROM known_provider ORDER BY name").fetchall()
    assert names == [("Groq", "openai", "package"), ("xAI", "openai", "package")]
    connection.close()


def test_the_format_number_is_the_number_of_steps() -> None:
    assert len(steps()) == FORMAT


@pytest.mark.parametrize("content", [b"", b"a shopping list\n"])
def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "registry.db"
    path.write_bytes(content)
    assert not create_database(path, KNOWN)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_of_three_first_starts_at_once_one_makes_the_file(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tui_registry.store import database\n"
        "sys.stdin.readline(); print(database.create_database(Path(sys.argv[1])))"
    )
    for number in range(4):
        path = tmp_path / str(number) / "registry.db"
        starts = [
            subprocess.Popen(
                [sys.executable, "-c", program, str(path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        for start in starts:
            assert start.stdin is not None
            start.stdin.write("go\n")
            start.stdin.flush()
        said = sorted(start.communicate()[0].strip() for start in starts)
        assert said == ["False", "False", "True"]
        assert list(path.parent.iterdir()) == [path]
        assert check_file(path) == ()


def test_a_known_provider_that_breaks_a_rule_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    with pytest.raises(StoreError, match=r"known_provider\.endpoint\.template"):
        create_database(path, [KnownProvider("Bad", "ftp://example.com")])
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_hold_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError, match=r"data/registry\.db cannot be made: .*--home"):
        create_database(tmp_path / "data" / "registry.db")


@pytest.mark.parametrize("read_only", [False, True])
def test_every_safety_setting_is_on(path: Path, read_only: bool) -> None:
    database = RegistryDatabase(path, read_only=read_only)
    with database.connection_context():
        found = {name: str(database.pragma(name)).lower() for name in wanted_settings()}
    assert found == {name: answer for name, (_, answer) in wanted_settings().items()}
    assert found["synchronous"] == "3"
    assert found["foreign_keys"] == "1"


def test_opening_never_makes_a_file(tmp_path: Path) -> None:
    with pytest.raises(pw.OperationalError):
        RegistryDatabase(tmp_path / "registry.db").connect()
    assert list(tmp_path.iterdir()) == []


def test_a_name_with_signs_of_a_web_address_is_still_that_file(tmp_path: Path) -> None:
    path = tmp_path / "a?mode=memory#b%20c.db"
    create_database(path)
    database = RegistryDatabase(path)
    with database.connection_context(), database.atomic():
        run(database, "INSERT INTO meta VALUES ('known_providers', 'x')")
    assert sqlite3.connect(location(path), uri=True).execute(KNOWN_SEED).fetchall() == [("x",)]


def test_a_file_switched_to_another_journal_is_switched_back(path: Path) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode = wal").fetchone() == ("wal",)
    connection.close()
    with pytest.raises(WeakSettings, match="journal_mode at wal instead of delete"):
        RegistryDatabase(path, read_only=True).connect()
    with RegistryDatabase(path).connection_context() as _:
        pass
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()


def test_a_refused_connection_can_be_asked_for_again(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = wal")
    connection.close()
    database = RegistryDatabase(path, read_only=True)
    for _ in range(2):
        with pytest.raises(WeakSettings):
            database.connect()
        assert database.is_closed()


def test_a_write_takes_its_lock_before_it_reads(path: Path) -> None:
    first, second = RegistryDatabase(path), RegistryDatabase(path, timeout=0)
    with first.connection_context(), second.connection_context(), first.atomic():
        with pytest.raises(pw.OperationalError, match="locked"), second.atomic():
            raise AssertionError("two writers at once")
        assert run(second, "SELECT count(*) FROM known_provider") == [(2,)]


def test_the_first_error_survives_the_rollback(path: Path) -> None:
    database = RegistryDatabase(path)
    with database.connection_context():
        run(database, f"PRAGMA max_page_count = {database.pragma('page_count')}")
        with pytest.raises(pw.OperationalError, match="disk is full"), database.atomic():
            fill_up(database)
        assert run(database, "SELECT key FROM meta") == [("edition",)]


def test_statements_are_split_whole() -> None:
    trigger = "CREATE TRIGGER t BEFORE INSERT ON a\nBEGIN SELECT 1; END;\n"
    script = f"-- a; comment\nCREATE TABLE a (b);\n{trigger}-- end\n"
    assert [text.splitlines()[-1] for text in statements(script)] == [
        "CREATE TABLE a (b);",
        "BEGIN SELECT 1; END;",
    ]


def test_a_script_that_does_not_end_is_refused() -> None:
    with pytest.raises(ValueError, match="unfinished statement: CREATE TABLE"):
        list(statements("CREATE TABLE a (b)\n"))


def test_an_sqlite_without_strict_tables_is_refused_with_both_numbers() -> None:
    require_sqlite((3, 37, 0))
    with pytest.raises(StoreError, match=r"SQLite 3\.26\.0; 3\.37 or newer"):
        require_sqlite((3, 26, 0))
