"""The vault from a shell: its passphrase, rotation, recovery, and every command that needs a key."""

import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.commanding import PROGRAM, Shell, Terminal, everything_below, process
from tests.passphrases import PASSPHRASE, quick
from tests.registries import CANARY
from tui_registry.cli.command import registry
from tui_registry.cli.passphrase import VARIABLE, Passphrases
from tui_registry.config import VaultSettings, parse_settings
from tui_registry.errors import InvalidInput
from tui_registry.vault import Vault

__all__ = ["quick"]

pytestmark = pytest.mark.usefixtures("quick")
OTHER = "another passphrase"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    shell.done("key", "set", "Groq", typed=CANARY)
    return shell


@pytest.fixture
def locked(shell: Shell) -> Shell:
    shell.done("vault", "passphrase", "set", typed=f"{PASSPHRASE}\n")
    return shell


def with_passphrase(shell: Shell, words: str = PASSPHRASE) -> Shell:
    return Shell(shell.root, {VARIABLE: words})


def test_status_says_where_the_vault_key_is_and_what_it_is_good_for(shell: Shell) -> None:
    said = shell.json("vault", "status")
    assert said["state"] == "ready"
    assert (said["kept_in"], said["place"]) == ("file", str(shell.home.key_file))
    assert said["keys"] == [said["vault_key"]]
    assert (said["passphrase"], said["sealed_keys"]) == (None, 1)
    told = shell.done("vault", "status")
    assert "Programs running as you can still read both." in told
    assert said["vault_key"][:8] in told


def test_a_passphrase_is_set_changed_and_removed_and_no_record_changes(shell: Shell) -> None:
    def record() -> str:
        with closing(sqlite3.connect(shell.home.database)) as file:
            return str(file.execute("SELECT api_key_encrypted FROM provider").fetchone()[0])

    before = record()
    assert "has no passphrase" in shell.refused("vault", "passphrase", "change", typed=OTHER)
    shell.done("vault", "passphrase", "set", typed=f"{PASSPHRASE}\n")
    assert shell.json("vault", "status")["state"] == "locked"
    unlocked = with_passphrase(shell)
    assert "has a passphrase. To change it" in unlocked.refused("vault", "passphrase", "set", typed=OTHER)
    unlocked.done("vault", "passphrase", "change", typed=OTHER)
    assert "does not open" in unlocked.refused("key", "show", "Groq", "--reveal", code=3)
    changed = with_passphrase(shell, OTHER)
    assert changed.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"
    changed.done("vault", "passphrase", "remove")
    assert shell.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"
    assert record() == before


def test_the_first_key_says_once_where_the_vault_key_is(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    told = [shell.run("key", "set", "Groq", typed=CANARY).stderr for _ in range(2)]
    assert f"Made the vault key {shell.home.key_file}" in told[0]
    assert told[1] == ""


@pytest.mark.parametrize("words", ["", "short", "x" * 2000])
def test_an_unfit_passphrase_changes_nothing(shell: Shell, words: str) -> None:
    before = shell.home.key_file.read_bytes()
    sentence = shell.refused("vault", "passphrase", "set", typed=words)
    assert sentence.startswith("passphrase: ")
    assert not words or words not in sentence
    assert shell.home.key_file.read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ("key", "show", "Groq", "--reveal"),
        ("key", "check", "Groq"),
        ("key", "set", "Groq"),
        ("verify", "Groq", "--yes"),
        ("model", "discover", "Groq"),
        ("provider", "activate", "Groq"),
        ("vault", "rotate", "--yes"),
        ("vault", "passphrase", "change"),
        ("vault", "passphrase", "remove"),
    ],
    ids=" ".join,
)
def test_what_needs_a_key_of_a_locked_vault_ends_with_3_and_a_sentence(
    locked: Shell, words: tuple[str, ...]
) -> None:
    before = everything_below(locked.root)
    sentence = locked.refused(*words, typed=f"{CANARY}\n", code=3)
    assert "The vault is locked" in sentence
    assert "--passphrase-fd N or $TUI_REGISTRY_PASSPHRASE" in sentence
    assert everything_below(locked.root) == before


@pytest.mark.parametrize(
    "words",
    [
        ("provider", "list"),
        ("provider", "show", "Groq"),
        ("provider", "edit", "Groq", "--description", "note"),
        ("model", "add", "Groq", "llama-4"),
        ("pricing", "set", "Groq", "--input", "1", "--output", "2"),
        ("limits", "set", "Groq", "--rpm", "60"),
        ("catalog", "list"),
        ("verify", "Groq", "--dry-run", "--suite", "quick"),
        ("history",),
        ("vault", "status"),
        ("doctor",),
        ("key", "remove", "Groq"),
    ],
    ids=" ".join,
)
def test_what_needs_no_key_works_with_a_locked_vault(locked: Shell, words: tuple[str, ...]) -> None:
    locked.done(*words)


def test_lists_call_a_locked_key_locked_and_doctor_does_not_call_it_a_problem(locked: Shell) -> None:
    assert locked.json("provider", "show", "Groq")["key"] == "locked"
    findings = {each["what"]: each for each in locked.json("doctor")}
    assert (findings["vault"]["state"], findings["keys"]["state"]) == ("ok", "ok")
    assert "none of them was opened" in findings["keys"]["finding"]
    findings = {each["what"]: each for each in with_passphrase(locked).json("doctor")}
    assert findings["key of Groq"]["state"] == "ok"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_passphrase_is_read_from_a_descriptor_without_the_lines_end(locked: Shell, ending: str) -> None:
    reading, writing = os.pipe()
    os.write(writing, f"{PASSPHRASE}{ending}".encode())
    os.close(writing)
    shown = locked.done("--passphrase-fd", str(reading), "key", "show", "Groq", "--reveal")
    assert shown == f"{CANARY}\n"
    with pytest.raises(OSError):
        os.fstat(reading)


def test_a_descriptor_that_is_none_is_named(locked: Shell) -> None:
    assert "descriptor 987" in locked.refused("--passphrase-fd", "987", "key", "show", "Groq", "--reveal")
    with pytest.raises(InvalidInput):
        Passphrases({}, 987).given()


def test_the_variable_is_taken_out_of_the_environment_so_that_no_child_inherits_it() -> None:
    environ = {VARIABLE: PASSPHRASE, "PATH": "/bin"}
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    Passphrases({}, reading)
    assert not os.get_inheritable(reading)
    os.close(reading)
    os.close(writing)
    passphrases = Passphrases(environ, None)
    assert environ == {"PATH": "/bin"}
    given = passphrases.given()
    assert given is not None
    assert given.reveal() == PASSPHRASE
    assert PASSPHRASE not in repr(passphrases)


def test_an_editor_started_from_the_program_sees_no_passphrase(locked: Shell, tmp_path: Path) -> None:
    """The program's own environment is what every child gets; the control: another variable is seen."""
    code = (
        "import os, sys; from click.testing import CliRunner; from tui_registry.cli.command import registry;"
        "from tui_registry.cli import endings;"
        "os.environ['KEPT'] = 'kept';"
        f"registry.main(['--home', {str(locked.root)!r}, 'key', 'show', 'Groq', '--reveal'],"
        " standalone_mode=False);"
        "os.execvp('env', ['env'])"
    )
    done = process(tmp_path, program=(PROGRAM[0], "-c", code), environ={VARIABLE: PASSPHRASE})
    assert done.stdout.startswith(CANARY), done.stderr
    assert "KEPT=kept" in done.stdout
    assert PASSPHRASE not in done.stdout


def test_no_option_or_argument_takes_a_passphrase_or_a_code() -> None:
    """A descriptor's number and a file's name are no secrets."""
    own = {param.name for param in registry.params}
    assert {each for each in own if each and ("pass" in each or "key" in each)} == {
        "key_file",
        "passphrase_fd",
    }
    vault = registry.commands["vault"]
    assert {
        (name, param.name) for name, command in vault.commands.items() for param in command.params  # type: ignore[attr-defined]
    } == {
        *((name, "as_json") for name in ("status", "passphrase", "rotate", "restore")),
        *(("passphrase", "verb"), ("rotate", "yes"), ("restore", "how"), ("restore", "source")),
    }  # fmt: skip


def test_on_a_terminal_the_passphrase_is_asked_for_and_a_slip_may_be_mended(locked: Shell) -> None:
    terminal = Terminal(locked.root, "key", "show", "Groq", "--reveal")
    terminal.until("Passphrase of the vault (not shown): ")
    terminal.type("wrong\n")
    terminal.until("was altered.\r\nPassphrase of the vault (not shown): ")
    terminal.type(f"{PASSPHRASE}\n")
    terminal.until(CANARY)
    assert terminal.end() == 0
    assert PASSPHRASE.encode() not in terminal.written


def test_a_rotation_asks_for_consent_and_says_what_it_did(shell: Shell) -> None:
    before = shell.json("vault", "status")["vault_key"]
    assert "add --yes" in shell.refused("vault", "rotate")
    told = shell.done("vault", "rotate", "--yes")
    after = shell.json("vault", "status")["vault_key"]
    assert after != before
    assert f"keys are sealed with {after[:8]} now" in told
    assert shell.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"
    said = shell.json("vault", "rotate", "--yes")
    assert (said["resumed"], said["unread"], said["kept"]) == (False, [], [])


def test_a_recovery_code_is_shown_on_a_terminal_alone_and_brings_the_vault_key_back(shell: Shell) -> None:
    assert "on a terminal only" in shell.refused("vault", "recovery-code")
    terminal = Terminal(shell.root, "vault", "recovery-code")
    terminal.until("Clear this screen afterwards.")
    assert terminal.end() == 0
    groups = re.findall(rb"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}", terminal.written)
    code = b"-".join(groups).decode()
    shell.home.key_file.unlink()
    assert "vault restore" in shell.refused("key", "show", "Groq", "--reveal", code=3)
    assert shell.json_of(3, "vault", "status")["state"] == "vault key missing"
    sentence = shell.refused("vault", "restore", "--code", typed=("1" if code[0] == "0" else "0") + code[1:])
    assert sentence.startswith("code: ")
    assert code not in sentence
    assert "is back at" in shell.done("vault", "restore", "--code", typed=f" {code.lower()}\n")
    assert shell.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"
    assert code.encode() not in b"".join(everything_below(shell.root).values())


def test_a_code_opens_a_vault_whose_passphrase_was_forgotten(locked: Shell) -> None:
    vault = Vault(locked.home.key_file)
    from tui_registry.text import Secret

    vault.unlock(Secret(PASSPHRASE))
    code = vault.recovery_code(None).reveal()
    told = locked.done("vault", "restore", "--code", typed=code)
    assert f"kept as {locked.home.key_file}.aside" in told
    assert locked.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"


def test_a_copy_of_the_key_file_is_put_back_with_its_passphrase(locked: Shell, tmp_path: Path) -> None:
    copy = tmp_path / "copy.key"
    locked.home.key_file.rename(copy)
    with_passphrase(locked).done("vault", "restore", "--from", str(copy))
    assert locked.json("vault", "status")["state"] == "locked"
    assert with_passphrase(locked).done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"


def test_a_lost_vault_key_is_given_up_only_in_so_many_words(shell: Shell) -> None:
    assert "is there, so none was begun" in shell.refused("vault", "restore", "--new")
    shell.home.key_file.unlink()
    shell.done("provider", "add", "OpenAI")
    assert "not at" in shell.refused("key", "set", "OpenAI", typed="sk-0123456789", code=3)
    shell.done("vault", "restore", "--new")
    shell.done("key", "set", "OpenAI", typed="sk-0123456789")
    assert shell.json("provider", "show", "Groq")["key"] == "other vault"
    assert shell.json("provider", "show", "OpenAI")["key"] == "set"


def test_who_gave_a_vault_key_up_is_told_what_to_do_with_what_it_sealed(shell: Shell) -> None:
    shell.home.key_file.unlink()
    shell.done("vault", "restore", "--new")
    assert "then enter the API keys again" in shell.refused("run", "Groq", "--", "true", code=3)
    assert "doctor says what to do" in shell.refused("verify", "Groq", "--dry-run")
    assert "There is no file /nowhere/key" in shell.refused("vault", "restore", "--from", "/nowhere/key")


def test_a_vault_key_behind_a_forgotten_passphrase_can_be_given_up(locked: Shell) -> None:
    said = locked.refused("vault", "restore", "--new", code=3)
    key = locked.home.key_file
    assert f"begin a new vault key: mv {key} {key}.aside && tui-registry vault restore --new" in said
    key.rename(f"{key}.aside")
    locked.done("vault", "restore", "--new")
    locked.done("key", "set", "Groq", typed=CANARY)
    assert locked.json("provider", "show", "Groq")["key"] == "set"


def test_one_way_to_restore_is_chosen(shell: Shell) -> None:
    assert "Choose one of" in shell.refused("vault", "restore")
    assert "Choose one of" in shell.refused("vault", "restore", "--new", "--from", "x")


def test_two_key_files_that_disagree_are_refused_by_name(shell: Shell, tmp_path: Path) -> None:
    other = Vault(tmp_path / "other.key")
    other.create(sealed_exists=False)
    words = ("--key-file", str(tmp_path / "other.key"), "key", "show", "Groq", "--reveal")
    sentence = shell.refused(*words, code=3)
    assert str(tmp_path / "other.key") in sentence
    assert str(shell.home.key_file) in sentence
    shell.environ["TUI_REGISTRY_KEY_FILE"] = str(tmp_path / "other.key")
    assert "There are two vault keys" in shell.refused("key", "show", "Groq", "--reveal", code=3)
    assert shell.json("provider", "show", "Groq")["key"] == "vault refused"


def test_the_service_managers_credential_is_used(shell: Shell, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    shell.home.key_file.rename(credentials / "tui-registry-vault-key").chmod(0o400)
    shell.environ["CREDENTIALS_DIRECTORY"] = str(credentials)
    assert shell.done("key", "show", "Groq", "--reveal") == f"{CANARY}\n"
    assert shell.json("vault", "status")["kept_in"] == "credential"
    assert "cannot be changed here" in shell.refused("vault", "rotate", "--yes", code=3)


def test_a_keyring_that_is_not_there_is_said_and_nothing_falls_back(shell: Shell) -> None:
    config = shell.root / "config" / "config.toml"
    config.parent.mkdir(exist_ok=True)
    config.write_text('[vault]\nbackend = "keyring"\n')
    sentence = shell.refused("key", "show", "Groq", "--reveal", code=3)
    assert "keyring" in sentence
    assert 'backend = "file"' in sentence


@pytest.mark.parametrize(
    ("text", "settings", "complaint"),
    [
        ('[vault]\nbackend = "keyring"\nlock_after = 5', VaultSettings("keyring", 5), None),
        ("[vault]\nlock_after = 0", VaultSettings("file", 0), None),
        ("[vault]\nlock_after = 1441", VaultSettings(), "whole number of minutes"),
        ("[vault]\nlock_after = true", VaultSettings(), "whole number of minutes"),
        ('[vault]\nbackend = "plain"', VaultSettings(), 'backend is "file" or "keyring".'),
        ('[vault]\nkey = "x"', VaultSettings(), "has no setting key"),
        ("vault = 3", VaultSettings(), "vault is a table"),
    ],
)
def test_the_vaults_settings(text: str, settings: VaultSettings, complaint: str | None) -> None:
    read = parse_settings(text)
    assert read.settings.vault == settings
    assert [complaint in each for each in read.complaints] == ([True] if complaint else [])  # type: ignore[operator]


def test_a_home_without_a_key_has_an_empty_vault(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    said = json.loads(shell.done("vault", "status", "--json"))
    assert (said["state"], said["keys"]) == ("no key file yet", [])
    assert "not at" in shell.refused("vault", "passphrase", "set", typed=PASSPHRASE, code=3)
