import json
import os
import shlex
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.commanding import Shell, everything_below
from tests.registries import CANARY, add_model, done
from tests.registry_of import registry_of
from tests.test_faults import leave_hot_journal
from tui_registry.store import Writes, new_result
from tui_registry.store.soundness import DEEP_CHECK_BYTES


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    shell.done("key", "set", "Groq", typed=CANARY)
    return shell


def findings(shell: Shell, code: int) -> dict[str, tuple[str, str]]:
    result = shell.run("doctor", "--json")
    assert result.exit_code == code, result.output
    return {each["what"]: (each["state"], each["finding"]) for each in json.loads(result.stdout)}


def test_a_healthy_home_has_no_problem(shell: Shell) -> None:
    found = findings(shell, 0)
    assert {state for state, _ in found.values()} == {"ok"}
    assert {"database", "registry", "integrity", "vault", "key of Groq", "states", "content"} <= set(found)
    assert "0600" in found["database"][1]


def test_every_line_says_what_state_it_is_in(shell: Shell) -> None:
    lines = shell.done("doctor").splitlines()
    assert lines[0].split() == ["What", "State", "Finding"]
    assert len(lines) - 1 == len(findings(shell, 0))


def test_a_bare_home_is_no_problem_and_stays_bare(tmp_path: Path) -> None:
    found = findings(Shell(tmp_path / "home"), 0)
    assert found["registry"][0] == "warning"
    assert not (tmp_path / "home").exists()


def test_a_lost_database_beside_a_vault_key_cannot_be_opened(shell: Shell) -> None:
    shell.home.database.unlink()
    state, sentence = findings(shell, 3)["registry"]
    assert state == "problem"
    assert "vault key" in sentence
    assert not shell.home.database.exists()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def foreign(path: Path) -> None:
    path.write_text("this is a shopping list\n" * 400)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")


def ruleless(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        name = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchone()[0]
        connection.execute(f'DROP TRIGGER "{name}"')


@pytest.mark.parametrize("damage", [empty, foreign, half, newer, ruleless])
def test_a_damaged_file_is_named_and_everything_else_still_told(
    shell: Shell, damage: Callable[[Path], None]
) -> None:
    damage(shell.home.database)
    before = shell.home.database.read_bytes()
    found = findings(shell, 3)
    assert found["registry"][0] == "problem"
    assert str(shell.home.database.name) in found["registry"][1]
    assert {"database", "terminal", "encoding"} <= set(found)
    assert shell.home.database.read_bytes() == before


def test_damage_in_a_file_too_large_to_be_read_whole_at_every_start_is_found(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    shell.home.database.parent.mkdir(parents=True, mode=0o700)
    path = registry_of(shell.home.database, models=2_000, results=90_000)
    path.chmod(0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE model SET name = '', row_version = row_version + 1 WHERE id = 1")
    assert path.stat().st_size > DEEP_CHECK_BYTES
    found = findings(shell, 1)
    assert found["registry"][0] == "ok"
    assert found["integrity"][0] == "problem"


def test_a_missing_vault_key_is_a_problem_of_the_vault_and_of_each_key(shell: Shell) -> None:
    shell.home.key_file.unlink()
    found = findings(shell, 1)
    assert found["vault"][0] == found["key of Groq"][0] == "problem"
    assert str(shell.home.key_file) in found["vault"][1]


def test_a_key_that_only_looks_whole_is_found_by_opening_it(shell: Shell) -> None:
    with shell.home.open() as store:
        sealed = store.reads.provider("Groq").api_key_encrypted or ""
    other = sealed[:-6] + ("AAAAAA" if not sealed.endswith("AAAAAA") else "BBBBBB")
    with closing(sqlite3.connect(shell.home.database, isolation_level=None)) as connection:
        connection.execute(
            "UPDATE provider SET api_key_encrypted = ?, key_fingerprint = ?, row_version = row_version + 1",
            (other, "0" * 16),
        )
    assert shell.json("provider", "show", "Groq")["key"] == "set"
    assert findings(shell, 1)["key of Groq"][0] == "problem"


def test_a_key_for_another_host_is_a_warning(shell: Shell) -> None:
    shell.done("provider", "edit", "Groq", "--endpoint", "https://other.example.com/v1")
    assert findings(shell, 0)["key of Groq"][0] == "warning"


def test_an_endpoint_that_cannot_be_read_is_said_to_be_so(shell: Shell) -> None:
    with closing(sqlite3.connect(shell.home.database, isolation_level=None)) as connection:
        connection.execute("UPDATE provider SET endpoint = 'https://a%2eb', row_version = row_version + 1")
    found = findings(shell, 1)
    state, sentence = found["endpoint of Groq"]
    assert (state, sentence.startswith("The endpoint of Groq must be put right first.")) == ("problem", True)
    assert "key of Groq" not in found
    assert not any(".invalid" in sentence for _, sentence in found.values())


def test_a_mark_of_a_purge_that_nobody_ended_is_told_with_the_way_out(shell: Shell) -> None:
    with closing(sqlite3.connect(shell.home.database, isolation_level=None)) as connection:
        connection.execute("INSERT INTO meta SELECT 'purge', id FROM provider")
        state, sentence = findings(shell, 1)["purge"]
        assert (state, "marked Groq for a purge" in sentence) == ("problem", True)
        statement = shlex.split(sentence.partition("Run: ")[2])[2]
        connection.execute(statement)
    assert "purge" not in findings(shell, 0)


def test_a_state_that_its_history_does_not_give_is_a_problem(shell: Shell) -> None:
    with shell.home.open() as store:
        groq = store.reads.provider("Groq")
        model = add_model(store, groq)
        result = new_result(provider=groq, model=model, test_type="chat", status="pass")
        done(store, lambda write: Writes.record_result(write, result))
    with closing(sqlite3.connect(shell.home.database, isolation_level=None)) as connection:
        connection.execute(
            "UPDATE model SET verification_state = 'unverified', row_version = row_version + 1"
        )
    state, sentence = findings(shell, 1)["states"]
    assert state == "problem"
    assert "llama-4" in sentence


def test_places_that_others_may_enter_are_a_warning_with_the_command(shell: Shell) -> None:
    shell.home.key_file.parent.chmod(0o755)
    state, sentence = findings(shell, 0)["directory of the vault key"]
    assert state == "warning"
    assert sentence.endswith(f"chmod 700 {shell.home.key_file.parent}")


def test_a_database_open_to_others_is_told_and_closed(shell: Shell) -> None:
    shell.home.database.chmod(0o644)
    assert findings(shell, 0)["database"][0] == "warning"
    assert findings(shell, 0)["database"][0] == "ok"


def test_a_check_changes_no_byte(shell: Shell) -> None:
    before = everything_below(shell.root)
    findings(shell, 0)
    assert everything_below(shell.root) == before


def test_a_clock_that_is_wrong_is_told(shell: Shell) -> None:
    shell.clock.move(days=-1)
    state, sentence = findings(shell, 0)["clock"]
    assert state == "warning"
    assert "ahead of the clock" in sentence
    shell.clock.move(days=-400)
    state, sentence = findings(shell, 0)["clock"]
    assert "before this program was written" in sentence


def test_the_newest_backup_is_checked_and_its_age_told(shell: Shell) -> None:
    shell.clock.move(hours=3)
    shell.done("backup")
    state, sentence = findings(shell, 0)["newest backup"]
    assert (state, "just made, checked" in sentence) == ("ok", True)
    shell.done("provider", "add", "OpenAI")
    shell.clock.move(days=8)
    state, sentence = findings(shell, 0)["newest backup"]
    assert (state, "8d old" in sentence, "tui-registry backup" in sentence) == ("warning", True, True)
    newest = max((shell.root / "data" / "backups").glob("*-hand-*.db"))
    newest.write_bytes(newest.read_bytes()[:-1] + b"x")
    state, sentence = findings(shell, 1)["newest backup"]
    assert (state, "SHA-256" in sentence) == ("problem", True)


def test_without_a_backup_one_is_asked_for(shell: Shell) -> None:
    for path in (shell.root / "data" / "backups").iterdir():
        path.unlink()
    assert findings(shell, 0)["newest backup"][0] == "warning"


def test_leftovers_of_killed_programs_are_told_and_not_touched(shell: Shell) -> None:
    draft = shell.home.database.with_name(".registry.db.0123456789ab.new")
    draft.write_text("half")
    os.utime(draft, (1, 1))
    leave_hot_journal(shell.home.database)
    before = everything_below(shell.root)
    result = json.loads(shell.run("doctor", "--json").stdout)
    told = " ".join(each["finding"] for each in result if each["what"] == "leftovers")
    assert "undone by the next to open it" in told
    assert "1 draft of" in told
    assert everything_below(shell.root).keys() <= before.keys()


@pytest.mark.parametrize(
    ("environ", "what", "state", "words"),
    [
        ({"HTTPS_PROXY": "http://me:canary@proxy:3128"}, "proxy", "warning", "http://…@proxy:3128"),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "localhost"}, "proxy", "ok", "except localhost"),
        ({}, "proxy", "ok", "directly"),
    ],
)
def test_proxies_are_told_without_their_passwords(
    shell: Shell, environ: dict[str, str], what: str, state: str, words: str
) -> None:
    shell.environ = environ
    found = findings(shell, 0)
    assert found[what][0] == state
    assert words in found[what][1]
    assert "canary" not in str(found)


def test_settings_that_are_not_followed_are_named_with_their_line(shell: Shell) -> None:
    assert "settings" not in findings(shell, 0)
    config = shell.root / "config" / "config.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text('theme = "nord"\n')
    assert findings(shell, 0)["settings"][0] == "ok"
    config.write_text("mouse = 3\n")
    state, sentence = findings(shell, 0)["settings"]
    assert (state, "line 1" in sentence) == ("warning", True)


def test_a_file_where_a_directory_belongs_is_a_problem(shell: Shell) -> None:
    backups = shell.home.database.parent / "backups"
    shutil.rmtree(backups, ignore_errors=True)
    backups.write_text("x")
    state, sentence = findings(shell, 1)["backups"]
    assert (state, "is no directory. Run: mv" in sentence) == ("problem", True)
