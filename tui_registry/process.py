"""How the process keeps to itself: private files, no core dumps, no telling environment, quiet loggers."""

import logging
import os
import sys
from collections.abc import MutableMapping

KEPT_OF_TEXTUAL = frozenset({"TEXTUAL_THEME", "TEXTUAL_FPS", "TEXTUAL_DISABLE_KITTY_KEY"})
"""Textual's variables that only suit a terminal; others write logs and pictures, load code or press keys."""

TALKATIVE = ("httpx", "httpx2", "httpcore", "httpcore2", "peewee")
"""Loggers that would write URLs, headers or SQL parameters below WARNING."""

_PR_SET_DUMPABLE = 4  # from <sys/prctl.h>


def harden(environ: MutableMapping[str, str]) -> None:
    """Close the process to others; must run before Textual is imported, which reads `environ` then."""
    os.umask(0o077)
    _leave_no_core_dump()
    if sys.platform == "linux":
        _hide_memory()
    for name in [name for name in environ if name == "TEXTUAL" or name.startswith("TEXTUAL_")]:
        if name not in KEPT_OF_TEXTUAL:
            del environ[name]
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _leave_no_core_dump() -> None:
    """A crash writes no memory to disk, where the system knows such limits."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _hide_memory() -> None:
    """Processes of the same user cannot read this one's memory or environment (Linux)."""
    import ctypes

    try:
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):  # a C library without prctl; the other measures still hold
        return
