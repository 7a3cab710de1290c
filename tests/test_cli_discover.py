from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fault_server import FaultServer, says
from tests.loopback_provider import NAME, AskingShell, Provider, refuses, served

Served = tuple[AskingShell, FaultServer, Provider]
FIELDS = {
    "provider", "was_read", "outcome", "sentence", "new", "gone", "changed", "unchanged", "notes", "applied",
}  # fmt: skip


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Served]:
    """A provider that lists another model than the one in the registry."""
    with served(tmp_path / "home") as found:
        found[2].models = [{"id": "m-2", "max_input_tokens": 8192}]
        yield found


def ids(shell: AskingShell) -> set[str]:
    return {row["model_id"] for row in shell.json("model", "list")}


def test_what_a_provider_lists_is_shown_and_nothing_is_changed(one: Served) -> None:
    shell, _, _ = one
    found = shell.json("model", "discover", NAME)
    assert set(found) == FIELDS
    assert (found["new"], found["gone"], found["changed"], found["applied"]) == (["m-2"], ["m-1"], [], None)
    written = shell.done("model", "discover", NAME)
    assert "new      m-2" in written
    assert "gone     m-1" in written
    assert "--apply" in written
    assert ids(shell) == {"m-1"}


def test_an_applied_list_adds_models_and_deletes_none(one: Served) -> None:
    shell, _, _ = one
    assert "added 1 model," in shell.done("model", "discover", NAME, "--apply")
    assert ids(shell) == {"m-1", "m-2"}
    assert shell.json("model", "show", NAME, "m-2")["max_input_tokens"] == 8192
    again = shell.json("model", "discover", NAME, "--apply")
    assert (again["new"], again["unchanged"], again["applied"]["added"]) == ([], 1, 0)


def test_changed_facts_are_named_and_those_a_person_set_stay(one: Served) -> None:
    shell, _, provider = one
    shell.done("model", "discover", NAME, "--apply")
    provider.models = [{"id": "m-2", "max_input_tokens": 16384}]
    assert "max input tokens was 8,192, is 16,384" in shell.done("model", "discover", NAME)
    shell.done("model", "edit", NAME, "m-2", "--max-input-tokens", "4096")
    assert shell.json("model", "discover", NAME, "--apply")["changed"] == []
    assert shell.json("model", "show", NAME, "m-2")["max_input_tokens"] == 4096


def test_a_list_that_is_refused_is_one_and_one_that_did_not_come_is_four(one: Served) -> None:
    shell, _, provider = one
    provider.instead["/v1/models"] = refuses("no such key", 401)
    assert "gave no list" in shell.refused("model", "discover", NAME, "--apply", code=1)
    provider.instead["/v1/models"] = says("<html>down</html>", 502, "text/html")
    assert "gave no list" in shell.refused("model", "discover", NAME, "--apply", code=4)
    found = shell.run("model", "discover", NAME, "--json")
    assert (found.exit_code, '"was_read": false' in found.stdout) == (4, True)
    assert ids(shell) == {"m-1"}


def test_a_provider_without_a_key_is_refused(one: Served) -> None:
    shell, server, _ = one
    shell.done("key", "remove", NAME)
    assert "no key" in shell.refused("model", "discover", NAME)
    assert server.accepted == 0


def test_hostile_texts_act_on_no_terminal(one: Served) -> None:
    shell, _, provider = one
    hostile = "x\x1b]0;title\x07\u202e[red]y"
    provider.models = ["m-[red]", {"id": "m-1", "description": hostile}, {"id": f"m{hostile}"}]
    for words in (("model", "discover", NAME), ("model", "discover", NAME, "--apply")):
        result = shell.run(*words)
        assert not {"\x1b", "\x07", "\u202e"} & set(result.output)
        assert "new      m-[red]" in result.stdout
        assert "changed  m-1: description was unknown" in result.stdout
