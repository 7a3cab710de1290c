"""The end after a bug: where it happened, never what it held."""

import os
import sys
from pathlib import Path
from types import TracebackType

from tui_registry import __version__


def crash_text(error: BaseException | None, log: Path | None) -> str:
    """What a person reads when a bug ends the app: no locals, no message of the error, no secret."""
    place = _places(error)[-1:]
    where = f" ({type(error).__name__} in {place[0]})" if place else ""
    return "\n".join(
        [
            f"tui-registry stopped because of a bug in it{where}.",
            "Your data is saved up to the last save. `tui-registry doctor` checks it.",
            *([f"Log: {log}"] if log is not None else []),
        ]
    )


def keep_log(log: Path, error: BaseException | None, moment: str) -> Path | None:
    """Write where the bug happened, in place of what the last one left; the file, None where it cannot be.

    It holds names of functions and lines of code alone: an error's message may repeat what was typed.
    """
    lines = [f"{moment} tui-registry {__version__}, Python {sys.version.split()[0]}"]
    while error is not None:
        lines += [f"{type(error).__name__}", *(f"  {place}" for place in _places(error))]
        error = error.__cause__ or error.__context__
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            written.write("\n".join(lines) + "\n")
    except OSError:
        return None
    return log


def _places(error: BaseException | None) -> list[str]:
    """Function, file and line of each frame, the innermost last."""
    trace: TracebackType | None = error.__traceback__ if error else None
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_name}, {os.path.basename(code.co_filename)}, line {trace.tb_lineno}")
        trace = trace.tb_next
    return found
