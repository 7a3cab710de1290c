"""Print P1 to P15: `python -m tests.benchmarks [--data DIRECTORY] [PART …]`.

The registries are made in that directory unless an earlier run left them there. Milliseconds belong to the
machine; what travels is the ratio to a floor measured in the same run.
"""

import argparse
import compileall
import getpass
import os
import sys
import tempfile
from pathlib import Path

import tui_registry
from tests.benchmarks import heartbeat, keys, questions, starts
from tests.benchmarks.budgets import HEAD
from tests.registry_of import registry_of
from tui_registry.store.schema import FORMAT

SIZES = {
    "few": (1_000, 1_000),
    "middle": (5_300, 1_000),
    "models": (100_000, 0),
    "many": (100_000, 1_000_000),
}
PARTS = {"starts": starts, "keys": keys, "questions": questions, "heartbeat": heartbeat}
USUAL_DATA = Path(tempfile.gettempdir()) / f"tui-registry-benchmarks-{getpass.getuser()}"


def registries(folder: Path) -> Path:
    """Make what is missing of this format's registries; where they are."""
    made = folder / f"format-{FORMAT}"
    for name, (models, results) in SIZES.items():
        path = made / name / "data" / "registry.db"
        if not path.exists():
            path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
            begun = path.with_suffix(".begun")
            begun.unlink(missing_ok=True)
            os.replace(registry_of(begun, models=models, results=results), path)
    return made


def main() -> None:
    """Make what is missing, measure, print each line as it is known."""
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of: {', '.join(PARTS)}")
    parser.add_argument("--data", type=Path, default=USUAL_DATA, help="where the registries are kept")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    # As an installation does; without compiled modules every start is several times as long.
    compileall.compile_dir(Path(tui_registry.__file__).parent, quiet=1)
    folder = registries(chosen.data)
    sys.stdout.write(f"{HEAD}\n")
    for name in chosen.parts or PARTS:
        for found in PARTS[name].measured(folder):
            sys.stdout.write(f"{found.line()}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
