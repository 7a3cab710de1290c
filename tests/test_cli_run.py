"""`tui-registry run`: the key reaches one command, and nothing else learns of it."""

import os
import resource
import signal
import sys
from pathlib import Path
from shutil import copytree

import pytest

from tests.commanding import Shell, Terminal, process
from tests.registries import CANARY, GROQ


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shell = Shell(tmp_path_factory.mktemp("home"))
    shell.done("provider", "add", "Groq")
    shell.done("key", "set", "Groq", typed=CANARY)
    shell.done("provider", "add", "House", "--custom", "--endpoint", "https://llm.example.com/v1")
    shell.done("key", "set", "House", typed=CANARY[::-1])
    shell.done("provider", "add", "OpenAI")
    return shell.root


@pytest.fixture
def shell(keyed: Path, tmp_path: Path) -> Shell:
    copytree(keyed, tmp_path / "home")
    return Shell(tmp_path / "home")


def test_a_command_gets_the_key_in_the_usual_variable_and_its_own_words(keyed: Path) -> None:
    code = "import os, sys; print(os.environ['GROQ_API_KEY'], *sys.argv[1:])"
    ended = process(keyed, "run", "Groq", "--", sys.executable, "-c", code, "--flag", "-x", "a b")
    assert (ended.returncode, ended.stdout) == (0, f"{CANARY} --flag -x a b\n")
    assert ended.stderr == ""


def test_another_variable_can_be_chosen_and_the_usual_one_stays_unset(keyed: Path) -> None:
    code = "import os; print(os.environ['LLM_KEY'], os.environ.get('GROQ_API_KEY'))"
    ended = process(keyed, "run", "--env", "LLM_KEY", "Groq", sys.executable, "-c", code)
    assert ended.stdout == f"{CANARY} None\n"


def test_the_command_takes_the_place_of_the_program_and_finds_things_as_they_were(keyed: Path) -> None:
    """One process: no parent whose memory or environment could be read, no passphrase, ordinary limits."""
    script = (
        "umask; ulimit -c; grep SigIgn /proc/self/status | cut -f 2;"
        ' echo "[$TUI_REGISTRY_PASSPHRASE] [$TEXTUAL_LOG]"'
    )
    environ = {"TUI_REGISTRY_PASSPHRASE": "a passphrase", "TEXTUAL_LOG": "mine.log"}

    def begin() -> None:
        os.umask(0o027)
        resource.setrlimit(resource.RLIMIT_CORE, (4 * 1024, resource.getrlimit(resource.RLIMIT_CORE)[1]))

    ended = process(keyed, "run", "Groq", "bash", "-c", script, environ=environ, before=begin)
    assert ended.stdout.splitlines() == ["0027", "4", "0000000000000000", "[] [mine.log]"], ended.stderr


def test_no_process_but_the_command_ever_has_the_key(keyed: Path) -> None:
    """The command looks at every process up to the shell: none is ours, and no argument holds the key."""
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("this system does not list processes")
    code = (
        "import os, pathlib\n"
        "parent = os.getppid()\n"
        f"print(parent == {os.getpid()})\n"
        "words = pathlib.Path('/proc/self/cmdline').read_bytes()\n"
        "print(os.environ['GROQ_API_KEY'].encode() in words)\n"
        "theirs = pathlib.Path(f'/proc/{parent}/environ').read_bytes()\n"
        "print(os.environ['GROQ_API_KEY'].encode() in theirs)"
    )
    ended = process(keyed, "run", "Groq", "--", sys.executable, "-c", code)
    assert ended.stdout.split() == ["True", "False", "False"]


def test_its_exit_code_is_the_commands(keyed: Path) -> None:
    assert process(keyed, "run", "Groq", "sh", "-c", "exit 7").returncode == 7


def test_its_signals_and_terminal_are_the_commands(keyed: Path) -> None:
    script = 'test -t 0 -a -t 1 -a -t 2; echo "tty $?"; exec sleep 60'
    terminal = Terminal(keyed, "run", "Groq", "sh", "-c", script)
    terminal.until("tty 0")
    terminal.type("\x03")
    assert terminal.end() == -signal.SIGINT


def test_a_command_that_is_not_there_or_cannot_start_ends_as_in_a_shell(keyed: Path, tmp_path: Path) -> None:
    ended = process(keyed, "run", "Groq", "no-such-command-anywhere")
    assert (ended.returncode, ended.stderr) == (127, "There is no command no-such-command-anywhere.\n")
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x00\x01")
    broken.chmod(0o755)
    ended = process(keyed, "run", "Groq", str(broken))
    assert (ended.returncode, ended.stderr) == (126, f"{broken} cannot be started: Exec format error.\n")


def test_without_a_key_or_a_variable_nothing_is_run(shell: Shell, tmp_path: Path) -> None:
    touch = ("touch", str(tmp_path / "ran"))
    assert "has no key" in shell.refused("run", "OpenAI", *touch)
    assert "no provider Nobody" in shell.refused("run", "Nobody", *touch)
    assert "--env VAR" in shell.refused("run", "House", *touch)
    assert "not the name" in shell.refused("run", "--env", "A=B", "Groq", *touch)
    assert "before the provider's name" in shell.refused("run", "Groq", "--env", "X", *touch)
    shell.done("provider", "edit", "Groq", "--endpoint", "https://moved.example.com/v1")
    assert "api.groq.com" in shell.refused("run", "Groq", *touch, code=3)
    shell.done("provider", "edit", "Groq", "--endpoint", GROQ)
    shell.home.key_file.unlink()
    assert "vault key" in shell.refused("run", "Groq", *touch, code=3)
    assert not (tmp_path / "ran").exists()


def test_the_registry_is_let_go_of_before_the_command_starts(keyed: Path) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this system does not list open files")
    script = f"ls -l /proc/self/fd | grep -c {keyed} ; true"
    assert process(keyed, "run", "Groq", "sh", "-c", script).stdout == "0\n"
