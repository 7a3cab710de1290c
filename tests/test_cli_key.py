import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click
import pytest

from tests.commanding import Shell, Terminal, everything_below, process
from tests.registries import CANARY
from tui_registry.cli.command import registry


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    return shell


def commands(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def test_no_option_and_no_argument_takes_a_key() -> None:
    taking = {
        (*path, parameter.name)
        for path, command in commands(registry)
        for parameter in command.params
        if not getattr(parameter, "is_flag", False)
        and any(
            word in (parameter.name or "") for word in ("key", "secret", "token", "password", "passphrase")
        )
    } | {
        (*path, parameter.name)
        for path, command in commands(registry)
        for parameter in command.params
        if getattr(parameter, "hide_input", False)
    }
    assert taking == {
        ("model", verb, f"max_{side}_tokens") for verb in ("add", "edit") for side in ("input", "output")
    }


def test_a_key_is_read_from_standard_input_and_sealed_for_the_host(shell: Shell) -> None:
    written = shell.done("key", "set", "groq", typed=f"  {CANARY}\n")
    assert "sealed for api.groq.com" in written
    assert shell.json("provider", "show", "Groq")["key"] == "set"
    assert shell.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"


def test_a_key_is_taken_from_a_variable(shell: Shell) -> None:
    shell.environ["MY_KEY"] = CANARY
    shell.done("key", "set", "Groq", "--from-env", "MY_KEY")
    assert shell.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"


def test_a_variable_that_is_not_set_is_refused_by_its_name(shell: Shell) -> None:
    assert "$MY_KEY is not set" in shell.refused("key", "set", "Groq", "--from-env", "MY_KEY")


@pytest.mark.parametrize("typed", ["", "\n", "gsk_1", f"{CANARY} and more", "gsk_\x00\x01canary_5c1e0f7d"])
def test_what_is_no_key_is_refused_without_being_repeated(shell: Shell, typed: str) -> None:
    sentence = shell.refused("key", "set", "Groq", typed=typed)
    assert sentence.startswith("api_key: ")
    assert not typed.strip() or typed.strip() not in sentence
    assert "canary" not in sentence


def test_a_pasted_assignment_is_unwrapped_and_said_so(shell: Shell) -> None:
    result = shell.run("key", "set", "Groq", typed=f"export GROQ_API_KEY='{CANARY}'\n")
    assert (result.exit_code, "Removed" in result.stderr) == (0, True)
    assert shell.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"


def test_a_key_given_as_an_argument_is_refused_without_being_repeated(shell: Shell) -> None:
    sentence = shell.refused("key", "set", "Groq", CANARY)
    assert "never an argument" in sentence
    assert CANARY not in sentence


def test_a_key_is_shown_only_with_reveal(shell: Shell) -> None:
    shell.done("key", "set", "Groq", typed=CANARY)
    sentence = shell.refused("key", "show", "Groq")
    assert "--reveal" in sentence
    assert CANARY not in sentence


def test_a_provider_without_a_key_has_none_to_show_or_remove_or_move(shell: Shell) -> None:
    for command in (("show", "--reveal"), ("remove",), ("move", "--to-host", "api.groq.com")):
        assert "no key" in shell.refused("key", command[0], "Groq", *command[1:])


def test_a_removed_key_is_gone(shell: Shell) -> None:
    shell.done("key", "set", "Groq", typed=CANARY)
    assert shell.json("key", "remove", "Groq")["key"] == "none"


def test_a_key_moves_only_to_the_host_that_was_written_out(shell: Shell) -> None:
    shell.done("key", "set", "Groq", typed=CANARY)
    shell.done("provider", "edit", "Groq", "--endpoint", "https://other.example.com/v1")
    assert "sealed for" in shell.refused("key", "show", "Groq", "--reveal", code=3)
    shell.refused("key", "move", "Groq", "--to-host", "api.groq.com")
    assert shell.json("key", "move", "Groq", "--to-host", "other.example.com")["key"] == "set"
    assert shell.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"


def test_cleartext_needs_the_host_written_out(shell: Shell) -> None:
    shell.done("provider", "edit", "Groq", "--endpoint", "http://10.0.0.7:8000/v1")
    sentence = shell.refused("key", "set", "Groq", typed=CANARY)
    assert "unencrypted" in sentence
    assert "--allow-cleartext 10.0.0.7" in sentence
    shell.refused("key", "set", "Groq", "--allow-cleartext", "10.0.0.8", typed=CANARY)
    assert "sealed" in shell.done("key", "set", "Groq", "--allow-cleartext", "10.0.0.7", typed=CANARY)


def test_moving_a_key_to_plain_http_says_so_before_the_host_is_written_out(shell: Shell) -> None:
    shell.done("key", "set", "Groq", typed=CANARY)
    result = shell.run("provider", "edit", "Groq", "--endpoint", "http://api.groq.com/openai/v1")
    assert "To move it to http://api.groq.com" in result.stderr
    assert "unencrypted" in result.stderr
    assert "unencrypted" in shell.refused("key", "move", "Groq", "--to-host", "other.example.com")


def test_closed_standard_input_holds_no_key(shell: Shell) -> None:
    ended = process(shell.root, "key", "set", "Groq", before=partial(os.close, 0))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "nothing was left" in ended.stderr


def test_a_host_that_takes_no_key_at_all_is_not_offered_consent(shell: Shell) -> None:
    shell.done("provider", "edit", "Groq", "--endpoint", "http://169.254.169.254/v1")
    sentence = shell.refused("key", "set", "Groq", "--allow-cleartext", "169.254.169.254", typed=CANARY)
    assert "link-local" in sentence
    assert "--allow-cleartext" not in sentence


def test_a_local_server_takes_its_usual_short_token(shell: Shell) -> None:
    shell.done("provider", "add", "Ollama")
    shell.done("key", "set", "Ollama", typed="ollama\n")
    assert shell.done("key", "show", "Ollama", "--reveal") == "ollama\n"


def test_a_lost_vault_key_ends_with_its_own_exit_code(shell: Shell) -> None:
    shell.done("key", "set", "Groq", typed=CANARY)
    shell.home.key_file.rename(shell.root / "lost.key")
    assert "vault key" in shell.refused("key", "show", "Groq", "--reveal", code=3)
    assert shell.json("provider", "show", "Groq")["key"] == "locked (vault key missing)"


def test_the_prompt_does_not_show_what_is_typed(shell: Shell) -> None:
    terminal = Terminal(shell.root, "key", "set", "Groq")
    terminal.until("API key for Groq, sealed for api.groq.com (not shown): ")
    terminal.type(f"{CANARY}\n")
    assert terminal.end() == 0
    assert CANARY.encode() not in terminal.written
    assert shell.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"


def test_ctrl_c_at_the_prompt_ends_quietly_and_saves_nothing(shell: Shell) -> None:
    terminal = Terminal(shell.root, "key", "set", "Groq")
    terminal.until("(not shown): ")
    terminal.type("gsk_half\x03")
    assert terminal.end() == 130
    assert b"Traceback" not in terminal.written
    assert shell.json("provider", "show", "Groq")["key"] == "none"


def test_on_a_terminal_too_a_key_is_shown_only_with_reveal(shell: Shell) -> None:
    shell.done("key", "set", "Groq", typed=CANARY)
    terminal = Terminal(shell.root, "key", "show", "Groq")
    assert terminal.end() == 2
    assert CANARY.encode() not in terminal.written


def test_no_byte_of_the_home_and_no_output_ever_holds_the_key(shell: Shell) -> None:
    done = [
        process(shell.root, "key", "set", "Groq", typed=CANARY),
        process(shell.root, "provider", "show", "Groq", "--json"),
        process(shell.root, "provider", "list", "--json"),
        process(shell.root, "provider", "edit", "Groq", "--endpoint", "https://other.example.com/v1"),
        process(shell.root, "key", "move", "Groq", "--to-host", "other.example.com", "--json"),
        process(shell.root, "doctor", "--json"),
        process(shell.root, "key", "set", "Groq", "--from-env", "K", environ={"K": CANARY}),
        process(shell.root, "key", "show", "Groq"),
        process(shell.root, "provider", "purge", "Groq", "--confirm", "Groq"),
    ]
    assert [each.returncode for each in done] == [0, 0, 0, 0, 0, 0, 0, 2, 0]
    forms = [CANARY.encode(), CANARY.encode("utf-16-le"), CANARY.encode().hex().encode()]
    texts = [*everything_below(shell.root).values(), *((each.stdout + each.stderr).encode() for each in done)]
    assert not [form for form in forms for text in texts if form in text]
    assert len(everything_below(shell.root)) >= 3


def test_no_answer_holds_the_sealed_record(shell: Shell) -> None:
    shell.done("key", "set", "Groq", typed=CANARY)
    for words in (("provider", "list"), ("provider", "show", "Groq"), ("doctor",)):
        assert "trv1." not in shell.run(*words, "--json").output


def test_files_of_keys_and_data_are_private_whatever_the_umask(shell: Shell, tmp_path: Path) -> None:
    root = tmp_path / "open"
    process(root, "provider", "add", "Groq", before=lambda: os.umask(0))
    process(root, "key", "set", "Groq", typed=CANARY, before=lambda: os.umask(0))
    assert [f"{path.stat().st_mode & 0o777:o}" for path in everything_below(root)] == ["600"] * 4
