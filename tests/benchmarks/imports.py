"""models.dev's shape taken in by the whole command: `python -m tests.benchmarks.imports`.

Seconds belong to the machine; beside them stands the same command over a file of one model.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.budgets import HEAD, Found
from tests.import_files import MODELS, catalogue_of, models_dev

SECONDS, MEGABYTES = 3.0, 150.0


def run(home: Path, file: Path, *words: str) -> tuple[float, float, float]:
    """Seconds, seconds of processor and the most megabytes of one import in a process of its own."""
    command = (sys.executable, "-m", "tui_registry", "--home", str(home), "import", str(file), *words)
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"the import ended with {process.returncode}")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measured(folder: Path) -> Iterator[Found]:
    """The budgets of an import."""
    large, small = folder / "models-dev.json", folder / "one.json"
    large.write_text(json.dumps(models_dev()))
    small.write_text(json.dumps(catalogue_of(one={})))
    floor, busy, least = run(folder / "small", small, "--apply")
    home = folder / "import"
    for what, words in (("compared", ()), ("taken in", ("--apply",)), ("taken in again", ("--apply",))):
        seconds, processor, most = run(home, large, *words)
        beside = f"{processor:.2f} s of processor; one model {floor:.2f} s, {busy:.2f} s of processor"
        yield Found("import", f"{MODELS:,} models {what}", seconds, SECONDS, " s", beside)
        memory = f"one model {least:.0f} MB"
        yield Found("import", f"{MODELS:,} models {what}, most memory", most, MEGABYTES, " MB", memory)


if __name__ == "__main__":
    sys.stdout.write(f"{HEAD}\n")
    with tempfile.TemporaryDirectory() as made:
        for found in measured(Path(made)):
            sys.stdout.write(f"{found.line()}\n")
