"""How the process keeps to itself: private files, no core dumps, no telling environment, quiet loggers."""

import logging
import os
import signal
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import NoReturn

KEPT_OF_TEXTUAL = frozenset({"TEXTUAL_THEME", "TEXTUAL_FPS", "TEXTUAL_DISABLE_KITTY_KEY"})
"""Textual's variables that only suit a terminal; others write logs and pictures, load code or press keys."""

TALKATIVE = ("httpx", "httpx2", "httpcore", "httpcore2", "peewee")
"""Loggers that would write URLs, headers or SQL parameters below WARNING."""

_PR_SET_DUMPABLE = 4  # from <sys/prctl.h>


@dataclass(frozen=True, slots=True)
class Found:
    """What a process was started with, for another program to be started with the same.

    `core_size` is the soft limit of a core dump in bytes, None where the system knows no such limit;
    `variables` are those that were taken away.
    """

    umask: int
    core_size: int | None
    variables: Mapping[str, str]


def harden(environ: MutableMapping[str, str]) -> Found:
    """Close the process to others; must run before Textual is imported, which reads `environ` then."""
    found = Found(os.umask(0o077), _leave_no_core_dump(), _without_textuals(environ))
    if sys.platform == "linux":
        _hide_memory()
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return found


def become(command: tuple[str, ...], environ: Mapping[str, str], found: Found) -> NoReturn:
    """Go on as another program, which is given what this one was started with; raises OSError.

    Every file must be closed and everything said before, since nothing of this program is left.
    """
    os.umask(found.umask)
    if found.core_size is not None:
        import resource

        resource.setrlimit(
            resource.RLIMIT_CORE, (found.core_size, resource.getrlimit(resource.RLIMIT_CORE)[1])
        )
    for name in ("SIGPIPE", "SIGXFSZ"):  # Python ignores these two, and what is ignored stays so
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    os.execvpe(command[0], command, environ)


def _without_textuals(environ: MutableMapping[str, str]) -> dict[str, str]:
    """Take Textual's telling variables out of the environment; what they were."""
    textuals = [name for name in environ if name == "TEXTUAL" or name.startswith("TEXTUAL_")]
    return {name: environ.pop(name) for name in textuals if name not in KEPT_OF_TEXTUAL}


def _leave_no_core_dump() -> int | None:
    """A crash writes no memory to disk, where the system knows such limits; the limit as it was."""
    try:
        import resource
    except ImportError:
        return None
    size, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    return size


def _hide_memory() -> None:
    """Processes of the same user cannot read this one's memory or environment (Linux)."""
    import ctypes

    try:
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):  # a C library without prctl; the other measures still hold
        return
