from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commanding import everything_below
from tests.fault_server import FaultServer, says
from tests.loopback_provider import NAME, AskingShell, Provider, refuses, served
from tests.registries import CANARY

Served = tuple[AskingShell, FaultServer, Provider]


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "home") as found:
        yield found


def activated(shell: AskingShell) -> bool:
    return bool(shell.json("provider", "show", NAME)["is_active"])


def test_a_key_is_proved_by_what_it_opens_and_a_wrong_one_does_not(one: Served) -> None:
    shell, server, _ = one
    written = shell.done("key", "check", NAME)
    assert "accepted the key and refuses a wrong one" in written
    assert "tui-registry provider activate 'In House'" in written
    sent = [asked.headers["authorization"] for asked in server.asked]
    assert len(sent) == 2
    assert sent[0] == f"Bearer {CANARY}"
    assert CANARY not in sent[1]


def test_only_activate_turns_a_provider_on(one: Served) -> None:
    shell, _, _ = one
    assert "not passed a check" in shell.refused("provider", "activate", NAME)
    shell.done("key", "check", NAME)
    assert not activated(shell)
    shell.done("provider", "activate", NAME)
    assert activated(shell)
    assert "activate" not in shell.done("key", "check", NAME)


def test_a_key_that_is_rejected_twice_is_one_and_turns_its_provider_off(one: Served) -> None:
    shell, _, provider = one
    shell.done("key", "check", NAME)
    shell.done("provider", "activate", NAME)
    provider.key = "another"
    result = shell.run("key", "check", NAME)
    assert result.exit_code == 1
    assert "rejected the key twice" in result.stdout
    assert "is off now" in result.stdout
    assert not activated(shell)


def test_a_provider_that_cannot_be_reached_is_four_and_stays_on(one: Served) -> None:
    shell, _, provider = one
    shell.done("key", "check", NAME)
    shell.done("provider", "activate", NAME)
    provider.instead["/v1/models"] = says("<html>down</html>", 502, "text/html")
    assert shell.run("key", "check", NAME).exit_code == 4
    assert activated(shell)


def test_a_list_that_is_open_to_all_proves_nothing(one: Served) -> None:
    shell, _, provider = one
    provider.public_list = True
    result = shell.run("key", "check", NAME)
    assert result.exit_code == 1
    assert "unproven" in result.stdout
    assert "tui-registry verify 'In House' --suite quick" in result.stdout
    shell.done("verify", NAME, "--suite", "quick", "--yes")
    shell.done("provider", "activate", NAME)
    assert activated(shell)


def test_a_provider_without_a_list_leaves_the_proof_to_a_paid_answer(one: Served) -> None:
    shell, _, provider = one
    provider.instead["/v1/models"] = refuses("Not Found", 404)
    result = shell.run("key", "check", NAME)
    assert (result.exit_code, "unproven" in result.stdout) == (1, True)
    shell.done("verify", NAME, "--suite", "quick", "--yes")
    shell.done("provider", "activate", NAME)
    assert activated(shell)


def test_a_gateway_that_knows_only_its_master_key_refuses_a_wrong_one(one: Served) -> None:
    shell, _, provider = one
    provider.key = "another"
    provider.instead["/v1/models"] = refuses("No connected db.", 400, "no_db_connection")
    result = shell.run("key", "check", NAME)
    assert (result.exit_code, "rejected the key twice" in result.stdout) == (1, True)


def test_a_check_is_kept_and_told_to_scripts(one: Served) -> None:
    shell, _, _ = one
    told = shell.json("key", "check", NAME)
    assert told["check"]["state"] == "valid"
    assert (told["check"]["status"], told["is_active"]) == ("pass", False)
    assert told["key_validated_at"] is not None
    assert [(row["test_type"], row["status"]) for row in shell.json("history")] == [("key", "pass")]


def test_a_provider_without_a_key_is_refused(one: Served) -> None:
    shell, server, _ = one
    shell.done("key", "remove", NAME)
    assert "no key" in shell.refused("key", "check", NAME)
    assert server.accepted == 0


def test_no_output_and_no_file_holds_the_key_that_a_provider_echoes(one: Served) -> None:
    shell, _, provider = one
    provider.instead["/v1/models"] = refuses(f"Incorrect API key provided: {CANARY}", 401)
    result = shell.run("key", "check", NAME)
    shown = shell.done("history", "show", "1") + shell.done("history")
    assert result.exit_code == 1
    assert CANARY not in result.output + shown
    assert not [path for path, data in everything_below(shell.root).items() if CANARY.encode() in data]
