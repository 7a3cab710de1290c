from pathlib import Path

import pytest

from tests.commanding import Shell
from tests.registries import CANARY, OPENAI, add_active, check_key
from tui_registry.store import Provider

FIELDS = {
    "id", "name", "endpoint", "key", "key_validated_at", "description", "website", "is_active",
    "state_reason", "state_changed_at", "created_at", "updated_at",
}  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


def stored(shell: Shell, name: str) -> Provider:
    with shell.home.open() as store:
        return store.reads.provider(name)


def test_a_known_provider_is_added_by_its_name_alone_in_the_known_spelling(shell: Shell) -> None:
    shell.done("provider", "add", "openAI")
    row = shell.json("provider", "show", "OPENAI")
    assert (row["name"], row["endpoint"], row["is_active"]) == ("OpenAI", OPENAI, False)
    assert set(row) == FIELDS


def test_what_is_given_is_kept_when_a_provider_is_added(shell: Shell) -> None:
    shell.done(
        *(
            "provider",
            "add",
            "Groq",
            "--endpoint",
            "https://eu.groq.com/v1/",
            "--description",
            "the fast one",
        ),
        *("--website", "https://groq.example.com"),
    )
    row = shell.json("provider", "show", "groq")
    assert row["endpoint"] == "https://eu.groq.com/v1"
    assert (row["description"], row["website"]) == ("the fast one", "https://groq.example.com")


def test_an_unknown_name_is_refused_with_near_names_and_the_way_out(shell: Shell) -> None:
    sentence = shell.refused("provider", "add", "Grok")
    assert "not a known provider" in sentence
    assert "Groq" in sentence
    assert "--custom" in sentence


def test_a_custom_provider_takes_its_name_dialect_and_endpoint_from_the_options(shell: Shell) -> None:
    shell.done(
        *("provider", "add", "In House", "--custom", "--dialect", "anthropic"),
        *("--endpoint", "https://llm.example.com/v1"),
    )
    with shell.home.open() as store:
        known = store.reads.known("in house")
    assert (known.source, known.dialect) == ("user", "anthropic")


def test_a_custom_provider_without_an_endpoint_is_refused_at_that_field(shell: Shell) -> None:
    assert shell.refused("provider", "add", "In House", "--custom").startswith("endpoint: ")


def test_a_provider_is_added_only_once(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    assert "in the registry already" in shell.refused("provider", "add", "groq")


def test_an_edit_changes_what_is_given_and_nothing_else(shell: Shell) -> None:
    shell.done("provider", "add", "Groq", "--description", "first")
    before = shell.json("provider", "show", "Groq")
    shell.clock.move(seconds=5)
    after = shell.json("provider", "edit", "Groq", "--website", "https://groq.example.com")
    changed = {field for field in FIELDS if before[field] != after[field]}
    assert changed == {"website", "updated_at"}


def test_an_empty_text_clears_a_field(shell: Shell) -> None:
    shell.done("provider", "add", "Groq", "--description", "first")
    assert shell.json("provider", "edit", "Groq", "--description", "")["description"] is None


def test_a_provider_is_renamed_to_another_known_name(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    shell.done("provider", "edit", "Groq", "--name", "openai")
    assert [row["name"] for row in shell.json("provider", "list")] == ["OpenAI"]


def test_bad_values_are_refused_field_by_field(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    sentence = shell.refused("provider", "edit", "Groq", "--endpoint", "ftp://x", "--website", "no way")
    assert [line.split(":")[0] for line in sentence.splitlines()] == ["endpoint", "website"]


def test_a_key_written_into_a_description_is_warned_about(shell: Shell) -> None:
    result = shell.run("provider", "add", "Groq", "--description", CANARY)
    assert (result.exit_code, "looks like an API key" in result.stderr) == (0, True)
    assert CANARY not in result.output


def test_another_host_keeps_the_key_where_it_was_and_says_how_to_move_it(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    shell.done("key", "set", "Groq", typed=CANARY)
    result = shell.run("provider", "edit", "Groq", "--endpoint", "https://other.example.com/v1")
    assert result.exit_code == 0
    assert "tui-registry key move Groq --to-host other.example.com" in result.stderr
    assert shell.json("provider", "show", "Groq")["key"] == "for api.groq.com"


def test_a_provider_is_switched_on_only_with_a_checked_key(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    assert "no key" in shell.refused("provider", "activate", "Groq")
    shell.done("key", "set", "Groq", typed=CANARY)
    assert "not passed a check" in shell.refused("provider", "activate", "Groq")
    with shell.home.open() as store:
        check_key(store, store.reads.provider("Groq"), "pass")
    assert shell.json("provider", "activate", "Groq")["is_active"] is True


def test_a_provider_is_switched_off_with_a_reason(shell: Shell) -> None:
    with shell.home.open() as store:
        add_active(store)
    row = shell.json("provider", "deactivate", "groq")
    assert (row["is_active"], row["state_reason"]) == (False, "switched off by hand")


def test_a_delete_is_refused_with_the_counts_and_the_way_out(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    shell.done("model", "add", "Groq", "llama-4")
    sentence = shell.refused("provider", "delete", "Groq")
    assert "1 model" in sentence
    assert "Deactivate it" in sentence
    assert "purge" in sentence
    assert stored(shell, "Groq").name == "Groq"


def test_a_provider_with_nothing_is_deleted(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    assert shell.json("provider", "delete", "groq") == {"deleted": "Groq"}
    assert shell.json("provider", "list") == []


def test_a_purge_needs_the_name_once_more(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    shell.refused("provider", "purge", "Groq")
    assert "Groq" in shell.refused("provider", "purge", "Groq", "--confirm", "groq ai")
    assert stored(shell, "Groq").name == "Groq"


def test_a_purge_leaves_a_backup_and_prints_where(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    shell.done("model", "add", "Groq", "llama-4")
    gone = shell.json("provider", "purge", "groq", "--confirm", "Groq")
    assert (gone["purged"], gone["models"]) == ("Groq", 1)
    assert Path(gone["backup"]).is_file()
    assert shell.json("provider", "list") == []


def test_an_unknown_provider_is_not_found_with_near_names(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    for command in (("show",), ("edit",), ("activate",), ("deactivate",), ("delete",)):
        assert "Did you mean Groq?" in shell.refused("provider", *command, "Grog")


def test_the_list_names_every_provider_with_its_state(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    shell.done("provider", "add", "OpenAI")
    rows = shell.json("provider", "list")
    assert [row["name"] for row in rows] == ["Groq", "OpenAI"]
    assert all(set(row) == FIELDS for row in rows)
    assert [line.split()[:4] for line in shell.done("provider", "list").splitlines()] == [
        ["Name", "Status", "Models", "Key"],
        ["Groq", "inactive", "0", "none"],
        ["OpenAI", "inactive", "0", "none"],
    ]


def test_an_empty_list_says_how_to_begin_on_standard_error(shell: Shell) -> None:
    result = shell.run("provider", "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "catalog import" in result.stderr


def test_a_provider_is_shown_with_price_and_limits(shell: Shell) -> None:
    shell.done("provider", "add", "Groq")
    shell.done("pricing", "set", "Groq", "--input", "0.15", "--output", "0.6")
    shell.done("limits", "set", "Groq", "--rpm", "1.5k")
    written = shell.done("provider", "show", "Groq")
    assert "in 0.15, out 0.60 USD per 1M tokens" in written
    assert "1,500 requests/min" in written
