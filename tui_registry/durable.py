"""Files that survive a power cut: first whole under a name of their own, and every name made sure of."""

import os
import secrets
from pathlib import Path


def drafted(path: Path, content: bytes) -> Path:
    """The content whole on the disk, readable by its owner alone, beside `path` under a name nobody else has.

    Raises OSError, and ValueError for a path that no file can have; then nothing is left.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def sync_directory(directory: Path) -> None:
    """Make the names in a directory survive a power cut; raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
