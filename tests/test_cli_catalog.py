from pathlib import Path

import pytest

from tests.commanding import Shell
from tests.registries import CANARY

COUNTS = {
    "known_added", "providers_added", "providers_changed", "models_added", "models_changed", "prices_added",
    "prices_changed", "unchanged", "kept_user", "skipped",
}  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


def test_the_known_providers_are_listed_with_the_variables_that_are_set_but_never_their_values(
    shell: Shell,
) -> None:
    shell.environ["GROQ_API_KEY"] = CANARY
    rows = {row["name"]: row for row in shell.json("catalog", "list")}
    assert rows["Groq"]["env_vars_set"] == ["GROQ_API_KEY"]
    assert rows["OpenAI"]["env_vars_set"] == []
    written = shell.done("catalog", "list")
    assert "GROQ_API_KEY (set)" in written
    assert CANARY not in written + repr(rows)


def test_the_list_says_which_known_providers_the_registry_has(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    here = [row["name"] for row in shell.json("catalog", "list") if row["in_registry"]]
    assert here == ["Groq"]


def test_an_import_needs_names_or_all(shell: Shell) -> None:
    assert "--all" in shell.refused("catalog", "import")
    assert shell.json("provider", "list") == []


def test_an_import_of_named_providers_takes_in_those_alone(shell: Shell) -> None:
    counts = shell.json("catalog", "import", "groq", "OpenAI")
    assert set(counts) == COUNTS
    assert counts["providers_added"] == 2
    assert [row["name"] for row in shell.json("provider", "list")] == ["Groq", "OpenAI"]


def test_an_unknown_name_imports_nothing(shell: Shell) -> None:
    assert "Groq" in shell.refused("catalog", "import", "Grok-", "OpenAI")
    assert shell.json("provider", "list") == []


def test_a_whole_import_is_told_in_sentences_and_changes_nothing_the_second_time(shell: Shell) -> None:
    assert shell.done("catalog", "import", "--all").startswith("Added ")
    assert len(shell.json("model", "list")) > 2_000
    assert "Nothing changed" in shell.done("catalog", "import", "--all")


def test_an_import_keeps_what_a_person_set(shell: Shell) -> None:
    shell.done("catalog", "import", "Groq")
    model = next(row["model_id"] for row in shell.json("model", "list") if row["input_price_per_token"])
    shell.done("pricing", "set", "Groq", model, "--input", "123")
    assert shell.json("catalog", "import", "Groq")["kept_user"] == 1
    assert shell.json("pricing", "show", "Groq", model)["input_price_per_token"] == 0.000123
