"""The app in real terminals: where it refuses to start, how it adapts, and how it leaves."""

import os
import pty
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pyte
import pytest

from tests.commanding import PROGRAM, Shell, Terminal, everything_below, process, surroundings
from tests.registries import CANARY
from tui_registry.cli.opening import Choices
from tui_registry.cli.screen import Look, look_for

ALTERNATE_SCREEN_ENTERED, ALTERNATE_SCREEN_LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
MOUSE_ON, MOUSE_OFF = b"\x1b[?1000h", b"\x1b[?1000l"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    return shell.root


def screen_of(terminal: Terminal) -> str:
    """What a person would see."""
    screen = pyte.Screen(80, 24)
    pyte.ByteStream(screen).feed(terminal.written.replace(b"\x1b[<u", b"").replace(b"\x1b[>1u", b""))
    return "\n".join(screen.display)


def opened(root: Path, *words: str, environ: Mapping[str, str] | None = None) -> Terminal:
    """The app, once it shows its first view."""
    terminal = Terminal(root, *words, environ=environ)
    terminal.until("Groq")
    return terminal


def quit_with_q(terminal: Terminal) -> int:
    terminal.type("q")
    return terminal.end()


def test_the_app_opens_in_a_terminal_and_leaves_it_as_it_was(root: Path) -> None:
    terminal = opened(root)
    assert "Providers" in screen_of(terminal)
    assert quit_with_q(terminal) == 0
    assert terminal.written.rindex(ALTERNATE_SCREEN_LEFT) > terminal.written.rindex(ALTERNATE_SCREEN_ENTERED)
    assert terminal.written.rindex(MOUSE_OFF) > terminal.written.rindex(MOUSE_ON)


def test_without_the_mouse_no_mouse_is_asked_for(root: Path) -> None:
    terminal = opened(root, "--no-mouse")
    assert quit_with_q(terminal) == 0
    assert MOUSE_ON not in terminal.written


@pytest.mark.parametrize("stream", ["stdin", "stderr"])
def test_without_a_terminal_for_input_and_drawing_it_says_so_and_ends(root: Path, stream: str) -> None:
    master, slave = pty.openpty()
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), slave)
    with open(root / "elsewhere", "w+b") as elsewhere:
        streams[stream] = elsewhere.fileno()
        started = time.monotonic()
        program = subprocess.Popen(PROGRAM, env=surroundings(root), **streams)  # type: ignore[call-overload]
        assert program.wait(timeout=20) == 2
        took = time.monotonic() - started
        os.close(slave)
        elsewhere.seek(0)
        said = elsewhere.read() if stream == "stderr" else os.read(master, 4_096)
    os.close(master)
    assert b"needs a terminal" in said
    assert b"tui-registry model list" in said
    assert took < 5  # a second by itself; the bound allows for a machine under load


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_draw_is_refused(root: Path, term: str) -> None:
    terminal = Terminal(root, environ={"TERM": term})
    assert terminal.end() == 2
    assert b"tui-registry" in terminal.written
    assert b"\x1b" not in terminal.written


def test_a_refused_start_makes_no_registry(tmp_path: Path) -> None:
    process(tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_output_may_go_elsewhere(root: Path) -> None:
    terminal = Terminal(root, "-c", f"{PROGRAM[0]} -m tui_registry | cat", program=("/bin/sh",))
    terminal.until("Groq")
    assert quit_with_q(terminal) == 0


def test_an_unknown_theme_is_refused_with_the_nearest(root: Path) -> None:
    terminal = Terminal(root, "--theme", "gruvbx")
    assert terminal.end() == 2
    assert b"gruvbox" in terminal.written
    assert ALTERNATE_SCREEN_ENTERED not in terminal.written


def test_a_known_theme_is_taken(root: Path) -> None:
    plain, themed = opened(root), opened(root, "--theme", "gruvbox")
    assert quit_with_q(plain) == quit_with_q(themed) == 0
    assert colours(themed.written) != colours(plain.written)


def colours(written: bytes) -> set[bytes]:
    """The colour codes that were written."""
    return {
        code
        for sequence in written.split(b"\x1b[")[1:]
        if b"m" in sequence
        for code in [sequence.split(b"m")[0]]
        if code.startswith((b"3", b"4")) or b";3" in code or b";4" in code
    }


def test_no_colour_is_written_when_none_is_wanted(root: Path) -> None:
    terminal = opened(root, environ={"NO_COLOR": "1"})
    assert quit_with_q(terminal) == 0
    assert not [code for code in colours(terminal.written) if b"38;" in code or b"48;" in code]


@pytest.mark.parametrize(
    ("environ", "theme", "look"),
    [
        ({"TERM": "xterm-256color"}, None, Look(None, ansi_color=False, ascii=False)),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, None, Look(None, ansi_color=False, ascii=False)),
        ({"TERM": "xterm-256color"}, "nord", Look("nord", ansi_color=False, ascii=False)),
        ({"TERM": "screen"}, None, Look("ansi-dark", ansi_color=False, ascii=False)),
        ({"TERM": "xterm-16color"}, None, Look("ansi-dark", ansi_color=False, ascii=False)),
        ({"TERM": "screen"}, "nord", Look("nord", ansi_color=False, ascii=False)),
        ({"TERM": "linux"}, None, Look("ansi-dark", ansi_color=False, ascii=True)),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, None, Look("ansi-dark", ansi_color=True, ascii=False)),
        (
            {"TERM": "xterm-256color", "NO_COLOR": "1"},
            "nord",
            Look("ansi-dark", ansi_color=True, ascii=False),
        ),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, None, Look(None, ansi_color=False, ascii=False)),
    ],
)
def test_the_look_follows_the_options_and_else_the_terminal(
    environ: dict[str, str], theme: str | None, look: Look
) -> None:
    assert look_for(Choices(theme=theme), environ, utf8=True) == look
    assert look_for(Choices(theme=theme), environ, utf8=False).ascii
    assert look_for(Choices(theme=theme, ascii=True), environ, utf8=True).ascii


@pytest.mark.parametrize(("words", "environ"), [(("--ascii",), {}), ((), {"TERM": "linux"})])
def test_glyphs_that_the_font_lacks_are_not_written(
    root: Path, words: tuple[str, ...], environ: dict[str, str]
) -> None:
    terminal = opened(root, *words, environ=environ)
    assert quit_with_q(terminal) == 0
    assert not {"▲", "▼", "✓", "✗", "●"} & set(terminal.written.decode())


def test_an_encoding_that_is_not_utf8_is_repaired(root: Path) -> None:
    terminal = opened(root, environ={"PYTHONIOENCODING": "ascii", "LANG": "C.UTF-8"})
    assert quit_with_q(terminal) == 0
    assert b"\\u25" not in terminal.written
    assert "╭".encode() in terminal.written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_with_the_terminal_restored_and_every_save_made(
    root: Path, number: signal.Signals
) -> None:
    code = (
        "import time; from tests.registries import provider_draft; from tui_registry.cli import main\n"
        "from tui_registry.ui.app import RegistryApp\n"
        "def save(self):\n"
        "    self.desk.store.write(lambda w: time.sleep(1)); self.notify('on its way')\n"
        "    self.desk.store.write(lambda w: w.add_provider(provider_draft('xAI', 'https://api.x.ai/v1')))\n"
        "RegistryApp.action_keys = save; main()"
    )
    terminal = Terminal(
        root, "-c", code, program=PROGRAM[:1], environ={"PYTHONPATH": str(Path(__file__).parents[1])}
    )
    terminal.until("Groq")
    terminal.type("?")
    terminal.until("on its way")
    terminal.process.send_signal(number)
    assert terminal.end() == 128 + number
    assert terminal.written.rindex(ALTERNATE_SCREEN_LEFT) > terminal.written.rindex(ALTERNATE_SCREEN_ENTERED)
    assert "xAI" in process(root, "provider", "list").stdout
    assert len(list((root / "data" / "backups").glob("registry-exit-*.db"))) == 1


def test_a_bug_in_the_app_ends_it_without_locals_without_a_secret_and_not_with_zero(root: Path) -> None:
    code = (
        "from tui_registry.cli import main; from tui_registry.ui.app import RegistryApp\n"
        "def broken(self):\n"
        f"    secret = {CANARY!r}\n"
        "    raise RuntimeError(secret)\n"
        "RegistryApp.action_keys = broken; main()"
    )
    terminal = Terminal(root, "-c", code, program=PROGRAM[:1])
    terminal.until("Groq")
    terminal.type("?")
    assert terminal.end() == 1
    after = terminal.written[terminal.written.rindex(ALTERNATE_SCREEN_LEFT) :]
    assert b"because of a bug" in after
    log = root / "state" / "crash.log"
    assert f"Log:{log}" in "".join(after.decode().split())
    assert "RuntimeError" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert CANARY.encode() not in terminal.written
    assert not [path for path, held in everything_below(root).items() if CANARY.encode() in held]
    assert process(root, "doctor").returncode == 0


def test_a_registry_that_cannot_be_opened_is_said_before_the_screen_is_taken(root: Path) -> None:
    (root / "data" / "registry.db").write_bytes(b"")
    terminal = Terminal(root, "--read-only")
    assert terminal.end() == 3
    assert b"is empty" in terminal.written
    assert ALTERNATE_SCREEN_ENTERED not in terminal.written


def test_variables_for_developers_of_textual_have_no_effect(root: Path, tmp_path: Path) -> None:
    log = tmp_path / "textual.log"
    terminal = opened(root, environ={"TEXTUAL": "debug,devtools", "TEXTUAL_LOG": str(log)})
    assert quit_with_q(terminal) == 0
    assert not log.exists()
