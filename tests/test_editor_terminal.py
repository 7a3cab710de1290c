"""The editor in a real terminal: ended by a signal, not there at all, stopped and brought back."""

import os
import signal
import stat
import time
from pathlib import Path

import pytest

from tests.commanding import Shell
from tests.watching import Watched


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A home with one provider."""
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    return shell


def editor(folder: Path, *lines: str) -> str:
    """A program that stands for an editor; `$1` is the file."""
    program = folder / "editor"
    program.write_text("#!/bin/sh\n" + "\n".join(lines) + "\n", encoding="utf-8")
    program.chmod(stat.S_IRWXU)
    return str(program)


def in_editor(shell: Shell, program: str, *words: str, sees: str) -> Watched:
    """The program in a real terminal, with the limits of Groq handed to the editor."""
    temporary = shell.root / "tmp"
    temporary.mkdir(exist_ok=True)
    terminal = Watched(
        shell.root, *words, environ={"EDITOR": program, "VISUAL": "", "TMPDIR": str(temporary)}
    )
    terminal.shows("Groq")
    terminal.type("4")
    terminal.shows("Req/min")
    terminal.type("E")
    terminal.shows(sees)
    return terminal


WRITES_AND_WAITS = (
    'sed "s/^requests_per_minute = .*/requests_per_minute = 42/" "$1" > "$1.n" && mv "$1.n" "$1"',
    'echo "the editor has it"',
    "exec sleep 60",
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_editor_then_the_app_and_what_was_saved_is_kept(
    tmp_path: Path, shell: Shell, number: signal.Signals
) -> None:
    terminal = in_editor(shell, editor(tmp_path, *WRITES_AND_WAITS), sees="the editor has it")
    terminal.process.send_signal(number)
    assert terminal.end() == 128 + number
    assert b"Not saved, but kept for the next start: Limits of Groq." in terminal.written
    assert terminal.written.rfind(b"\x1b[?1049l") > terminal.written.rfind(b"\x1b[?1049h")
    assert list((shell.root / "tmp").iterdir()) == []
    if number == signal.SIGTERM:
        again = Watched(shell.root)
        again.shows("Kept unsaved: Limits of Groq")
        time.sleep(0.3)
        again.type("r")
        again.shows("42")
        again.process.terminate()
        again.end()


def test_what_an_editor_left_beside_the_file_stays_and_is_named(tmp_path: Path, shell: Shell) -> None:
    lines = ('echo swap > "$(dirname "$1")/.record.toml.swp"', "echo the editor has it", "exec sleep 60")
    terminal = in_editor(shell, editor(tmp_path, *lines), sees="the editor has it")
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.end() == 128 + signal.SIGTERM
    (folder,) = (shell.root / "tmp").iterdir()
    assert str(folder) in terminal.written.decode().replace("\r\n", "")
    assert (folder / ".record.toml.swp").exists()


def test_an_editor_that_is_not_there_leaves_the_app_as_it_was(shell: Shell) -> None:
    terminal = in_editor(shell, "/no/such/editor", sees="cannot be used as editor")
    terminal.type("1")
    terminal.shows("p50 ms")
    terminal.type("q")
    assert terminal.end() == 0


def test_an_editor_that_stops_itself_and_the_app_comes_back_with_fg(tmp_path: Path, shell: Shell) -> None:
    lines = ("echo the editor has it", "kill -TSTP 0", "echo and has it again", "sleep 0.3")
    terminal = in_editor(shell, editor(tmp_path, *lines), sees="the editor has it")
    stopped = os.waitid(os.P_PID, terminal.process.pid, os.WSTOPPED)
    assert stopped is not None
    assert stopped.si_pid == terminal.process.pid
    os.killpg(terminal.process.pid, signal.SIGCONT)
    terminal.shows("Req/min")
    assert b"and has it again" in terminal.written
    terminal.type("q")
    assert terminal.end() == 0
