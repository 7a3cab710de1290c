"""What a rule of the file refuses reaches a person as a sentence, at its field where there is one."""

import sqlite3
from pathlib import Path

import pytest

from tests.rule_cases import BASE, insert, shape_cases, update
from tests.rule_statements import REFUSED
from tests.test_rules import checks
from tui_registry.errors import InvalidInput, Refused, RegistryError
from tui_registry.store.database import create_database
from tui_registry.store.faults import refusal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "registry.db"
    create_database(made)
    connection = sqlite3.connect(made, isolation_level=None)
    for statement in BASE:
        connection.execute(statement)
    connection.close()
    return made


@pytest.mark.parametrize(
    ("sql", "field", "words"),
    [
        (insert("provider", name="'Nobody'"), "name", "not a known provider"),
        (insert("provider", name="'SPARE'"), "name", "spells it"),
        (insert("provider", name="'Groq'"), "name", "exists already"),
        (insert("model", model_id="'one'"), "model_id", "has this model already"),
        (insert("provider", endpoint="'api.example.com'"), "endpoint", "https://api.example.com/v1"),
        (insert("provider", endpoint="NULL"), "endpoint", "cannot be empty"),
        (insert("model", name="hex(zeroblob(200))"), "name", "1 to 256 characters on one line"),
        (insert("model", max_input_tokens="0"), "max_input_tokens", "a whole number above 0"),
        (insert("model", max_input_tokens="5.9"), "max_input_tokens", "takes a whole number"),
        (insert("pricing_info", input_price_per_token="-1"), "input_price_per_token", "from 0 to 1000"),
        (insert("pricing_info", currency="'usd'"), "currency", "three capital letters"),
        (insert("pricing_info", input_price_per_token="'1,5'"), "input_price_per_token", "takes a number"),
        (insert("meta", key="'purge'") + ", ('purge', 'x')", "key", "exists already"),
    ],
)
def test_a_refused_value_is_a_sentence_at_its_field(path: Path, sql: str, field: str, words: str) -> None:
    error = refused(path, sql)
    assert isinstance(error, InvalidInput)
    assert list(error.problems) == [field]
    assert words in error.problems[field]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM provider WHERE id = 7", "still has models; deactivate it instead, or purge it"),
        (update("provider", 3, "is_active = 1"), "only be active with a key that was validated"),
        (update("model", 2, "verification_state = 'verified'"), "No verification of this model has passed"),
        ("UPDATE model SET name = 'x' WHERE id = 2", "Another session changed this meanwhile"),
    ],
)
def test_a_refused_act_is_a_sentence(path: Path, sql: str, words: str) -> None:
    error = refused(path, sql)
    assert isinstance(error, Refused)
    assert words in str(error)
    assert "_" not in str(error)


def refused(path: Path, sql: str) -> RegistryError:
    connection = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError) as caught:
        connection.execute(sql)
    connection.close()
    return refusal(caught.value)


def test_every_shape_the_schema_names_has_its_sentence(path: Path) -> None:
    shapes = [case for case in (*shape_cases(checks()), *REFUSED) if case.rule in checks()]
    told = set()
    for rule, sql in shapes:
        assert rule is not None
        error = refused(path, sql)
        told.add(rule)
        if rule.endswith(".needs_valid_key"):
            assert isinstance(error, Refused)
        else:
            assert isinstance(error, InvalidInput)
            assert list(error.problems) == [rule.split(".")[1]]
            assert "{" not in str(error)
    assert told == set(checks())
