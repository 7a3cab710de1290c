"""Commands run as a person runs them: in one process for most, in real processes where it matters."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from tests.registries import Home, SetClock
from tui_registry.cli.command import registry
from tui_registry.cli.opening import Surroundings

PATIENCE = 20.0
"""Seconds until a real process counts as hanging; a machine under load is slow."""

PROGRAM = (sys.executable, "-m", "tui_registry")


@dataclass
class Shell:
    """A home and an environment in which commands are run."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)
    clock: SetClock = field(default_factory=SetClock)

    @property
    def home(self) -> Home:
        """The same home as the store's tests know it."""
        return Home(self.root, self.clock)

    def run(self, *words: str, typed: str | None = None) -> Result:
        """What a command did, whatever it was; a traceback fails the test."""
        return CliRunner().invoke(
            registry,
            ["--home", str(self.root), *words],
            input=typed,
            obj=Surroundings(dict(self.environ), self.clock),
            catch_exceptions=False,
        )

    def done(self, *words: str, typed: str | None = None) -> str:
        """What a command that succeeded wrote to standard output."""
        result = self.run(*words, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: str) -> Any:  # noqa: ANN401
        """What a command that succeeded answered with `--json`; it is ASCII and standard output alone."""
        return self.json_of(0, *words)

    def json_of(self, code: int, *words: str) -> Any:  # noqa: ANN401
        """The same of a command that answers with another exit code."""
        result = self.run(*words, "--json")
        assert result.exit_code == code, result.output
        assert result.stdout.isascii()
        return json.loads(result.stdout, parse_constant=_no_such_number)

    def refused(self, *words: str, typed: str | None = None, code: int = 2) -> str:
        """The sentence a refused command wrote to standard error; standard output stays empty."""
        result = self.run(*words, typed=typed)
        assert (result.exit_code, result.stdout) == (code, ""), result.output
        return result.stderr


def _no_such_number(text: str) -> None:
    raise AssertionError(f"{text} is no JSON")


def surroundings(root: Path, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a real process whose home is `root`; an empty value leaves a variable out."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "LC_ALL") if name in os.environ}
    wanted = (
        kept
        | {"TUI_REGISTRY_HOME": str(root), "TERM": "xterm-256color", "HOME": str(root)}
        | dict(environ or {})
    )
    return {name: value for name, value in wanted.items() if value}


def process(
    root: Path,
    *words: str,
    typed: str = "",
    before: Callable[[], object] | None = None,
    program: tuple[str, ...] = PROGRAM,
    environ: Mapping[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """A finished real process of the program, away from any terminal; `before` runs in it first."""
    return subprocess.run(
        (*program, *words),
        input=typed,
        env=surroundings(root, environ),
        preexec_fn=before,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Terminal:
    """A real process on a pseudo-terminal of 80x24."""

    def __init__(
        self,
        root: Path,
        *words: str,
        program: tuple[str, ...] = PROGRAM,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Start it."""
        self.written = b""
        self._ended = False
        self.master, slave = pty.openpty()
        _set_size(slave)
        self.process = subprocess.Popen(
            (*program, *words),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=surroundings(root, environ),
            start_new_session=True,
            preexec_fn=_own_terminal,
        )
        os.close(slave)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self.master, text.encode())

    def until(self, words: str) -> None:
        """Wait until this was written."""
        latest = time.monotonic() + PATIENCE
        while words.encode() not in self.written:
            self._give_up_after(latest, if_ended=True)
            self._read()

    def end(self) -> int:
        """Wait for the process; its exit code, negative for a signal."""
        latest = time.monotonic() + PATIENCE
        while not self._ended:
            self._give_up_after(latest)
            self._read()
        code = self.process.wait(timeout=PATIENCE)
        os.close(self.master)
        return code

    def _give_up_after(self, latest: float, *, if_ended: bool = False) -> None:
        if time.monotonic() > latest or (if_ended and self._ended):
            self.process.kill()
            self.process.wait()
            raise AssertionError(self.written.decode(errors="replace"))

    def _read(self) -> None:
        if not select.select([self.master], [], [], 0.05)[0]:
            return
        try:
            piece = os.read(self.master, 65_536)
        except OSError:  # Linux says so when the last process has closed its end
            piece = b""
        self.written += piece
        self._ended = not piece


def _own_terminal() -> None:
    """Make the pseudo-terminal the one that ctrl+c and /dev/tty mean."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _set_size(terminal: int) -> None:
    import fcntl
    import struct
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))


def everything_below(root: Path) -> Mapping[Path, bytes]:
    """Every file of a home with its bytes."""
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
