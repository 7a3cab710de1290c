"""Print what is promised and what was found: `python -m tests.promises [--short]`.

The long form measures every figure in full; the short one, which the tests run, has the same controls.
Ends with 1 when a promise is not kept.
"""

import sys
import tempfile
import time

from tests.promises.killing import quick_disk
from tests.promises.promise import HEAD
from tests.promises.promises import PROMISES


def main(short: bool) -> int:
    """Measure, print each row as it is known; the exit code."""
    tempfile.tempdir = quick_disk()
    sys.stdout.write(f"{HEAD}\n")
    kept = True
    for promise in PROMISES:
        began = time.monotonic()
        for figure in promise(short):
            sys.stdout.write(f"{figure.line()}\n")
            sys.stdout.flush()
            kept = kept and figure.reached
        sys.stderr.write(f"{promise.__module__.rpartition('.')[2]}: {time.monotonic() - began:.1f} s\n")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv[1:]))
