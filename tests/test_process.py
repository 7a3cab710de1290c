"""The process keeps to itself; each promise is looked at from a process that was hardened."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CANARY = "sk-canary-0123456789abcdef3f9a"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has /proc and prctl")


def hardened(then: str, cwd: Path, **environ: str) -> str:
    """What Python prints that hardens itself, then runs `then`."""
    code = f"import os\nfrom tui_registry.process import harden\nharden(os.environ)\n{then}"
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **environ},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return found.stdout


def test_files_it_makes_are_its_owners_alone(tmp_path: Path) -> None:
    hardened("open('made', 'w').close(); os.mkdir('dir')", tmp_path)
    assert [(tmp_path / name).stat().st_mode & 0o077 for name in ("made", "dir")] == [0, 0]


def test_it_leaves_no_core_dump(tmp_path: Path) -> None:
    ask = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    assert hardened(ask, tmp_path) == "0\n"


@LINUX
def test_its_memory_cannot_be_dumped_or_traced(tmp_path: Path) -> None:
    ask = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    assert hardened(ask, tmp_path) == "0\n"


@LINUX
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become the other user that is looked at")
@pytest.mark.parametrize(("last_step", "seen"), [("harden(os.environ)", "PermissionError"), ("pass", "read")])
def test_a_process_of_the_same_user_cannot_read_its_environment(last_step: str, seen: str) -> None:
    look = f"""
import ctypes
os.setgid(65534)
os.setuid(65534)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # as a process of that user starts out
{last_step}
looked_at = os.getpid()
if os.fork():
    os.wait()
else:
    try:
        open(f"/proc/{{looked_at}}/environ", "rb").read()
        print("read")
    except PermissionError:
        print("PermissionError")
"""
    assert hardened(look, Path("/")) == f"{seen}\n"


def test_textuals_variables_are_gone_before_it_reads_them_but_the_harmless_stay(tmp_path: Path) -> None:
    show = (
        "import json, textual.constants as c\n"
        "left = sorted(name for name in os.environ if name.startswith('TEXTUAL'))\n"
        "print(json.dumps([left, c.LOG_FILE, c.SCREENSHOT_DELAY, c.PRESS, c.DRIVER]))"
    )
    shown = hardened(
        show,
        tmp_path,
        TEXTUAL="devtools,debug",
        TEXTUAL_LOG="textual.log",
        TEXTUAL_SCREENSHOT="1",
        TEXTUAL_PRESS="q",
        TEXTUAL_DRIVER="evil:Driver",
        TEXTUAL_THEME="nord",
        TEXTUAL_FPS="20",
    )
    assert json.loads(shown) == [["TEXTUAL_FPS", "TEXTUAL_THEME"], None, -1, "", None]
    assert list(tmp_path.iterdir()) == []


def test_a_user_who_turns_every_log_on_finds_no_key_in_it(tmp_path: Path) -> None:
    log = (
        "import logging\n"
        "logging.basicConfig(filename='all.log', level=logging.DEBUG)\n"
        f"for name in ('httpx', 'httpx2', 'httpcore.http11', 'httpcore2.http11', 'peewee'):\n"
        f"    logging.getLogger(name).debug('{CANARY}')\n"
        f"    logging.getLogger(name).info('{CANARY}')\n"
        "logging.getLogger('other').debug('said')"
    )
    hardened(log, tmp_path)
    written = (tmp_path / "all.log").read_text()
    assert "said" in written
    assert CANARY not in written
