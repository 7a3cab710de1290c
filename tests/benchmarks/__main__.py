"""Print P1 to P15: `python -m tests.benchmarks [DIRECTORY]` makes the registries there unless it finds them.

Milliseconds belong to the machine; what travels is the ratio to a floor measured in the same run.
"""

import sys
import tempfile
from pathlib import Path

from tests.benchmarks import keys, questions, starts
from tests.benchmarks.budgets import HEAD
from tests.registry_of import registry_of

SIZES = {"few": (1_000, 1_000), "middle": (5_300, 1_000), "many": (100_000, 1_000_000)}


def main(folder: Path) -> None:
    """Make what is missing, measure, print each line as it is known."""
    for name, (models, results) in SIZES.items():
        path = folder / name / "data" / "registry.db"
        if not path.exists():
            path.parent.mkdir(parents=True, mode=0o700)
            registry_of(path, models=models, results=results)
    sys.stdout.write(f"{HEAD}\n")
    for part in (starts, keys, questions):
        for found in part.measured(folder):
            sys.stdout.write(f"{found.line()}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            main(Path(made))
