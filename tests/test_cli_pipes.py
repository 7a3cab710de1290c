"""Commands whose output or complaints find nobody: closed streams, readers that went away, full devices."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.commanding import PROGRAM, Shell, process, surroundings

UNBUFFERED = {"PYTHONUNBUFFERED": "1"}
FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shell = Shell(tmp_path_factory.mktemp("home"))
    shell.done("provider", "add", "Groq")
    return shell.root


def _into_nobodys_pipe(descriptor: int) -> None:
    """Make a stream a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    os.dup2(writer, descriptor)


@pytest.mark.parametrize("words", [("key", "--help"), ("export", "json")])
@pytest.mark.parametrize("environ", [{}, UNBUFFERED], ids=["buffered", "unbuffered"])
def test_a_reader_that_is_gone_ends_a_command_quietly(
    root: Path, words: tuple[str, ...], environ: dict[str, str]
) -> None:
    ended = process(root, *words, environ=environ, before=partial(_into_nobodys_pipe, 1))
    assert (ended.returncode, ended.stderr) == (141, "")


def test_a_reader_that_takes_only_the_start_of_one_text_is_noticed_without_buffers_too() -> None:
    program = (
        "import sys; from tui_registry.cli.endings import write_whole; write_whole();"
        " sys.stdout.write('x' * 2_000_000)"
    )
    reader, writer = os.pipe()
    with subprocess.Popen(
        (sys.executable, "-u", "-c", program), stdout=writer, stderr=subprocess.PIPE, text=True
    ) as started:
        os.close(writer)
        os.read(reader, 1)
        os.close(reader)
        assert "BrokenPipeError" in started.communicate()[1]


@pytest.mark.parametrize("words", [("--help",), ("provider", "list")])
def test_an_answer_that_finds_no_room_is_said_to_be_lost_without_buffers_too(
    root: Path, words: tuple[str, ...]
) -> None:
    if not FULL.exists():
        pytest.skip("this system has no /dev/full")
    with FULL.open("w") as full:
        ended = subprocess.run(
            (*PROGRAM, *words),
            env=surroundings(root, UNBUFFERED),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 3
    assert ended.stderr == "The answer could not be written: No space left on device.\n"


@pytest.mark.parametrize(
    ("words", "code"), [(("provider", "show", "Nobody"), 2), (("nonsense",), 2), (("provider", "list"), 0)]
)
def test_a_closed_standard_error_sends_nothing_to_standard_output(
    root: Path, words: tuple[str, ...], code: int
) -> None:
    ended = process(root, *words, before=partial(os.close, 2))
    assert (ended.returncode, "Error" in ended.stdout) == (code, False)


def _full(descriptor: int) -> None:
    os.dup2(os.open(FULL, os.O_WRONLY), descriptor)


@pytest.mark.parametrize("before", [_into_nobodys_pipe, _full])
def test_a_refusal_that_nobody_hears_keeps_its_exit_code(root: Path, before: Callable[[int], None]) -> None:
    ended = process(root, "provider", "show", "Nobody", before=partial(before, 2))
    assert (ended.returncode, ended.stdout) == (2, "")


def test_wrong_usage_that_nobody_hears_leaves_no_traceback(root: Path) -> None:
    assert process(root, "nonsense", before=partial(_into_nobodys_pipe, 2)).returncode == 141
