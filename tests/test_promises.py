"""What the help topic `figures` promises is kept, in the short form, and each control is found out.

A process of its own: its children are forked, which a process with threads should not do.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(sys.platform != "linux", reason="calls are watched the way of Linux")
def test_every_promise_is_kept_in_its_short_form() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.promises", "--short"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("control:") >= 6
    assert "**NO**" not in done.stdout
