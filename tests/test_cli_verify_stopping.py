import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commanding import PATIENCE, PROGRAM, Terminal, process, surroundings
from tests.fault_server import Asked, FaultServer, Line, silent
from tests.loopback_provider import NAME, AskingShell, Provider, served

Served = tuple[AskingShell, FaultServer, Provider]


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Served]:
    """A provider with one model that answers rightly."""
    with served(tmp_path / "home") as found:
        yield found


class Stopped:
    """A real process that verifies two models, of which the second keeps it waiting."""

    def __init__(self, root: Path) -> None:
        self.reached = threading.Event()
        self.process: subprocess.Popen[str]
        self.provider = Provider(models=["m-1", "m-2"], instead={"m-2": self.keep_waiting})
        self.opened = served(root, self.provider)

    def keep_waiting(self, asked: Asked, line: Line) -> None:
        self.reached.set()
        silent(asked, line)

    def __enter__(self) -> "Stopped":
        self.shell, self.server, _ = self.opened.__enter__()
        words = ("verify", NAME, "--suite", "quick", "--yes", "--json")
        self.process = subprocess.Popen(
            (*PROGRAM, *words),
            env=surroundings(self.shell.root),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if not self.reached.wait(PATIENCE):
            self.process.kill()
            raise AssertionError(self.process.communicate())
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.communicate()
        self.opened.__exit__(None, None, None)

    def resumed(self) -> list[str]:
        """What is asked when the run is gone on with, which then is done."""
        del self.provider.instead["m-2"]
        self.server.asked.clear()
        ended = process(self.shell.root, "verify", "--resume", "--yes", "--json")
        *probes, summary = (json.loads(line) for line in ended.stdout.splitlines())
        assert (ended.returncode, summary["state"], summary["statuses"]["pass"]) == (0, "done", 3)
        assert [each["model"] for each in probes] == ["m-2"]
        return [str(each.json["model"]) if each.method == "POST" else each.path for each in self.server.asked]


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[Stopped]:
    with Stopped(tmp_path / "home") as found:
        yield found


class TestStopping:
    def test_ctrl_c_keeps_what_was_done_and_the_run_can_be_gone_on_with(self, stopped: Stopped) -> None:
        stopped.process.send_signal(signal.SIGINT)
        written, said = stopped.process.communicate(timeout=PATIENCE)
        assert stopped.process.returncode == 130
        assert "--resume" in said
        assert "Traceback" not in said
        *probes, summary = (json.loads(line) for line in written.splitlines())
        assert [each["model"] for each in probes] == [None, "m-1"]
        assert (summary["state"], summary["exit_code"]) == ("cancelled", 130)
        assert stopped.resumed() == ["m-2"]

    def test_a_killed_run_is_named_once_and_only_its_rest_is_asked(self, stopped: Stopped) -> None:
        assert stopped.process.stdout is not None
        kept = [json.loads(stopped.process.stdout.readline())["model"] for _ in range(2)]
        stopped.process.kill()
        stopped.process.communicate(timeout=PATIENCE)
        assert kept == [None, "m-1"]
        named = process(stopped.shell.root, "verify", NAME, "--dry-run")
        assert "was cut off" in named.stderr
        assert "--resume" in named.stderr
        assert "was cut off" not in process(stopped.shell.root, "verify", NAME, "--dry-run").stderr
        assert stopped.resumed() == ["m-2"]

    def test_a_reader_that_goes_away_ends_it_quietly(self, stopped: Stopped) -> None:
        assert stopped.process.stdout is not None
        assert stopped.process.stderr is not None
        stopped.process.stdout.close()
        stopped.process.send_signal(signal.SIGINT)
        with stopped.process.stderr as errors:
            assert "Traceback" not in errors.read()
        assert stopped.process.wait(timeout=PATIENCE) in (130, 141)
        stopped.process.stdout = stopped.process.stderr = None


class TestTerminal:
    def test_it_asks_and_a_no_sends_nothing(self, one: Served) -> None:
        shell, server, _ = one
        terminal = Terminal(shell.root, "verify", NAME)
        terminal.until("Send these calls?")
        terminal.type("n\r")
        assert terminal.end() == 2
        assert b"Nothing was sent." in terminal.written
        assert server.accepted == 0

    def test_it_asks_and_a_yes_sends_them_with_few_words_about_progress(self, one: Served) -> None:
        shell, _, _ = one
        begun = time.monotonic()
        terminal = Terminal(shell.root, "verify", NAME)
        terminal.until("Send these calls?")
        terminal.type("y\r")
        assert terminal.end() == 0
        drawn = terminal.written.count(b" of 4 probes")
        assert drawn <= 2 * (time.monotonic() - begun) + 1
        assert b"4 passed" in terminal.written

    def test_away_from_a_terminal_there_is_no_progress_line(self, one: Served) -> None:
        shell, _, _ = one
        ended = process(shell.root, "verify", NAME, "--yes")
        assert ended.returncode == 0
        assert "\x1b" not in ended.stdout + ended.stderr
        assert "probes" not in ended.stdout + ended.stderr
