"""Every rule of the data model holds in the file itself, whoever writes to it and with whatever settings."""

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.rule_cases import BASE, Case, insert, shape_cases
from tests.rule_statements import ACCEPTED, PURGE, REFUSED
from tui_registry.store.schema import build, steps

SHELL = shutil.which("sqlite3")
CHECK_NAME = re.compile(r'CONSTRAINT "([a-z_.0-9]+)" CHECK')
FOREIGN_KEYS = 11


def fill(path: Path, scripts: Sequence[str]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN")
    build(connection, scripts)
    for statement in BASE:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.close()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules") / "registry.db"
    fill(path, steps())
    return path


def checks() -> list[str]:
    return list(dict.fromkeys(CHECK_NAME.findall("\n".join(steps()))))


def triggers() -> list[str]:
    return list(dict.fromkeys(re.findall(r"CREATE TRIGGER (\w+)", "\n".join(steps()))))


def cases() -> list[Case]:
    return [*(Case(None, sql) for sql in ACCEPTED), *REFUSED, *shape_cases(checks())]


def speaks(rule: str, message: str) -> bool:
    """Whether the message is this rule's, and not another rule's that got in before it."""
    return f"{rule}: " in f"{message}: "


def through_python(path: Path, tried: Sequence[Case], *, foreign_keys: bool, keep: bool = False) -> list[str]:
    """The statements that did not do what they should, each run on the same content."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
    connection.execute("BEGIN")
    answers: dict[int, str] = {}
    for number, case in enumerate(tried):
        connection.execute("SAVEPOINT one")
        try:
            connection.execute(case.sql)
        except sqlite3.Error as error:
            answers[number] = str(error)
        connection.execute("RELEASE one" if keep else "ROLLBACK TO one")
    connection.execute("ROLLBACK")
    connection.close()
    return unexpected(tried, answers)


def through_shell(path: Path, tried: Sequence[Case], *, foreign_keys: bool) -> list[str]:
    """The same through the sqlite3 program, which has foreign keys off unless told."""
    assert SHELL is not None
    lines = [f"PRAGMA foreign_keys = {int(foreign_keys)};", "BEGIN;"]
    for case in tried:
        lines += ["SAVEPOINT one;", case.sql + ";", "ROLLBACK TO one;"]
    done = subprocess.run(
        [SHELL, "-batch", str(path)], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    answers = {}
    for line, message in re.findall(r"near line (\d+): (.*)", done.stderr):
        number, rest = divmod(int(line) - 4, 3)
        assert rest == 0, done.stderr
        answers[number] = re.sub(r" \(\d+\)$", "", message)
    return unexpected(tried, answers)


def unexpected(tried: Sequence[Case], answers: dict[int, str]) -> list[str]:
    wrong = []
    for number, (rule, sql) in enumerate(tried):
        answer = answers.get(number)
        if (rule is None) != (answer is None) or (rule and answer and not speaks(rule, answer)):
            wrong.append(f"{sql[:200]}\n  expected {rule or 'no refusal'}, got {answer or 'no refusal'}")
    return wrong


@pytest.mark.parametrize("foreign_keys", [False, True], ids=["keys off", "keys on"])
def test_every_statement_is_accepted_or_refused_by_the_rule_it_breaks(base: Path, foreign_keys: bool) -> None:
    assert through_python(base, cases(), foreign_keys=foreign_keys) == []


@pytest.mark.skipif(SHELL is None, reason="there is no sqlite3 program here")
@pytest.mark.parametrize("foreign_keys", [False, True], ids=["keys off", "keys on"])
def test_a_shell_is_refused_as_well(base: Path, foreign_keys: bool) -> None:
    assert through_shell(base, cases(), foreign_keys=foreign_keys) == []


def test_the_matrix_speaks_every_rule_of_the_schema() -> None:
    tried = {case.rule for case in cases()} | {case.rule for case in PURGE}
    assert set(checks()) - tried == set()
    assert set(triggers()) - tried == set()
    assert len(checks()) > 90
    assert len(triggers()) > 50
    assert len(ACCEPTED) + len(REFUSED) > 110


@pytest.mark.parametrize("foreign_keys", [False, True], ids=["keys off", "keys on"])
def test_a_purge_removes_one_provider_and_nothing_of_another(base: Path, foreign_keys: bool) -> None:
    assert through_python(base, PURGE, foreign_keys=foreign_keys, keep=True) == []


def test_the_matrix_notices_any_rule_that_is_dropped(tmp_path: Path) -> None:
    """The control: without it, a matrix that tries nothing would pass."""
    script = "\n".join(steps())
    unnoticed = []
    for number, rule in enumerate([*triggers(), *checks()]):
        weaker = re.sub(rf"CREATE TRIGGER {rule} .*?\nBEGIN .*?END;\n", "", script, flags=re.DOTALL)
        weaker = re.sub(rf'CONSTRAINT "{re.escape(rule)}" CHECK \(', "CHECK (1 OR ", weaker)
        assert weaker != script, rule
        path = tmp_path / f"{number}.db"
        fill(path, [weaker])
        if not through_python(path, [case for case in cases() if case.rule == rule], foreign_keys=False):
            unnoticed.append(rule)
        path.unlink()
    assert unnoticed == []


def test_the_foreign_keys_refuse_by_themselves_when_the_triggers_are_gone(base: Path, tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    shutil.copyfile(base, path)
    connection = sqlite3.connect(path, isolation_level=None)
    for name in triggers():
        connection.execute(f"DROP TRIGGER {name}")
    declared = [
        row
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for row in connection.execute(f"SELECT * FROM pragma_foreign_key_list('{table}') WHERE seq = 0")
    ]
    connection.close()
    assert len(declared) == FOREIGN_KEYS
    assert all(row[5:7] == ("RESTRICT", "RESTRICT") for row in declared)
    refused = "FOREIGN KEY constraint failed"
    tried = [
        *(case._replace(rule=refused) for case in REFUSED if case.rule and _is_reference(case.rule)),
        Case(refused, insert("provider", name="'Nobody'")),
        Case(refused, "DELETE FROM known_provider WHERE name = 'Groq'"),
    ]
    assert len(tried) >= 2 * FOREIGN_KEYS
    assert through_python(path, tried, foreign_keys=True) == []


def _is_reference(rule: str) -> bool:
    return ("_needs_" in rule and "." not in rule) or "_has_" in rule
