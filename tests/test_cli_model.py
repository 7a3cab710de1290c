from pathlib import Path

import pytest

from tests.commanding import Shell
from tests.registries import catalogue, done, listed

FIELDS = {
    "id", "provider_id", "provider", "model_id", "name", "description", "version", "architecture",
    "max_input_tokens", "max_output_tokens", "supports_streaming", "supports_reasoning",
    "input_price_per_token", "output_price_per_token", "cache_read_price_per_token",
    "cache_write_price_per_token", "currency", "price_origin", "verification_state",
    "consecutive_failures", "score", "last_verified_at", "source", "source_date", "user_fields",
    "created_at", "updated_at",
}  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    shell.done("provider", "add", "OpenAI")
    return shell


def test_a_model_is_added_with_every_fact_that_is_given(shell: Shell) -> None:
    shell.done(
        *("model", "add", "groq", "llama-4", "--name", "Llama 4", "--description", "big", "--version", "4"),
        *("--architecture", "transformer", "--max-input-tokens", "128k", "--max-output-tokens", "8,192"),
        *("--streaming", "yes", "--reasoning", "no"),
    )
    row = shell.json("model", "show", "Groq", "llama-4")
    assert set(row) == FIELDS
    assert (row["provider"], row["name"], row["description"]) == ("Groq", "Llama 4", "big")
    assert (row["version"], row["architecture"]) == ("4", "transformer")
    assert (row["max_input_tokens"], row["max_output_tokens"]) == (128_000, 8_192)
    assert (row["supports_streaming"], row["supports_reasoning"]) == (True, False)
    assert (row["verification_state"], row["price_origin"], row["source"]) == (
        "unverified",
        "unknown",
        "user",
    )


def test_a_model_added_by_its_id_alone_is_called_by_it_and_knows_nothing_else(shell: Shell) -> None:
    row = shell.json("model", "add", "Groq", "llama-4")
    assert row["name"] == "llama-4"
    assert row["max_input_tokens"] is row["supports_streaming"] is row["input_price_per_token"] is None


def test_a_model_id_is_unique_for_its_provider_only(shell: Shell) -> None:
    shell.done("model", "add", "Groq", "llama-4")
    shell.done("model", "add", "OpenAI", "llama-4")
    assert "exists already" in shell.refused("model", "add", "Groq", "llama-4")


def test_an_edit_changes_what_is_given_and_remembers_that_a_person_did(shell: Shell) -> None:
    with shell.home.open() as store:
        done(store, lambda write: write.import_catalog(catalogue(listed("llama-4", max_input_tokens=8_000))))
    before = shell.json("model", "show", "Groq", "llama-4")
    after = shell.json("model", "edit", "Groq", "llama-4", "--max-input-tokens", "1M")
    assert (after["max_input_tokens"], after["user_fields"]) == (1_000_000, ["max_input_tokens"])
    assert {field for field in FIELDS if before[field] != after[field]} <= {
        "max_input_tokens", "user_fields", "updated_at",
    }  # fmt: skip


@pytest.mark.parametrize("word", ["unknown", "UNKNOWN", "none", ""])
def test_a_token_limit_is_cleared_by_a_word(shell: Shell, word: str) -> None:
    shell.done("model", "add", "Groq", "llama-4", "--max-input-tokens", "128k", "--streaming", "yes")
    row = shell.json("model", "edit", "Groq", "llama-4", "--max-input-tokens", word, "--streaming", "unknown")
    assert (row["max_input_tokens"], row["supports_streaming"]) == (None, None)


def test_a_model_gets_another_id(shell: Shell) -> None:
    shell.done("model", "add", "Groq", "llama-4")
    assert shell.json("model", "edit", "Groq", "llama-4", "--model-id", "llama-5")["model_id"] == "llama-5"
    assert "no model llama-4" in shell.refused("model", "show", "Groq", "llama-4")


@pytest.mark.parametrize("text", ["0", "-1", "5.9", "nan", "1e999", "many"])
def test_a_bad_token_limit_is_refused_at_its_field(shell: Shell, text: str) -> None:
    assert shell.refused("model", "add", "Groq", "llama-4", f"--max-input-tokens={text}").startswith(
        "max_input_tokens: "
    )
    assert shell.json("model", "list") == []


def test_an_unknown_model_is_not_found_with_near_ids(shell: Shell) -> None:
    shell.done("model", "add", "Groq", "llama-4")
    for command in ("show", "edit", "delete"):
        assert "Did you mean llama-4?" in shell.refused("model", command, "Groq", "llama4")


def test_a_model_without_results_is_deleted(shell: Shell) -> None:
    shell.done("model", "add", "Groq", "llama-4")
    shell.done("pricing", "set", "Groq", "llama-4", "--input", "1", "--output", "2")
    assert shell.json("model", "delete", "Groq", "llama-4") == {"deleted": "llama-4", "provider": "Groq"}
    assert shell.json("model", "list") == []


def test_the_list_is_of_one_provider_when_one_is_named(shell: Shell) -> None:
    for owner, model in (("Groq", "b"), ("OpenAI", "a"), ("Groq", "a")):
        shell.done("model", "add", owner, model)
    everything = [(row["provider"], row["model_id"]) for row in shell.json("model", "list")]
    assert everything == [("Groq", "a"), ("Groq", "b"), ("OpenAI", "a")]
    assert {row["provider"] for row in shell.json("model", "list", "--provider", "openai")} == {"OpenAI"}
    assert all(set(row) == FIELDS for row in shell.json("model", "list"))


def test_the_list_is_filtered_as_in_the_app(shell: Shell) -> None:
    shell.done("model", "add", "Groq", "small", "--max-input-tokens", "8k")
    shell.done("model", "add", "Groq", "large", "--max-input-tokens", "1M")
    rows = shell.json("model", "list", "--filter", "ctx>=128k")
    assert [row["model_id"] for row in rows] == ["large"]


def test_a_filter_that_is_not_understood_is_remarked_beside_the_answer(shell: Shell) -> None:
    result = shell.run("model", "list", "--filter", "ctx>>1", "--json")
    assert (result.exit_code, result.stdout) == (0, "[]\n")
    assert "ctx>>1" in result.stderr


def test_prices_in_the_list_are_those_that_apply(shell: Shell) -> None:
    for model in ("own", "free", "default"):
        shell.done("model", "add", "Groq", model)
    shell.done("model", "add", "OpenAI", "unknown")
    shell.done("pricing", "set", "Groq", "--input", "1.5", "--output", "2")
    shell.done("pricing", "set", "Groq", "own", "--input", "0.15", "--output=-")
    shell.done("pricing", "set", "Groq", "free", "--input", "free", "--output", "free")
    lines = [line.split() for line in shell.done("model", "list").splitlines()]
    assert [(line[1], *line[3:5]) for line in lines[1:]] == [
        ("default", "1.50", "2.00"), ("free", "free", "free"), ("own", "0.15", "-"), ("unknown", "?", "?"),
    ]  # fmt: skip
    origins = {row["model_id"]: row["price_origin"] for row in shell.json("model", "list")}
    assert origins == {"default": "provider", "free": "model", "own": "model", "unknown": "unknown"}
