"""Writing an export into the file a person named: whole or not at all, readable by its owner alone."""

import os
import stat
from pathlib import Path

from tui_registry.durable import drafted, sync_directory
from tui_registry.errors import Refused

THERE_ALREADY = "is there already; name another file. On the command line --force replaces it."


def write_file(path: Path, text: str, *, replace: bool = False) -> None:
    """Write the text there and make sure of it on disk; raises Refused and leaves nothing half-written.

    What is there already is refused, unless `replace` is said and it is an ordinary file; a link never is
    followed or replaced.
    """
    try:
        _refuse_what_is_there(path, replace)
        draft = drafted(path, text.encode("utf-8"))
        try:
            _put_in_place(draft, path, replace)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        sync_directory(path.parent)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}. Nothing was changed there.") from error
    except ValueError as error:  # a NUL, which no path can hold
        raise Refused("No file can have such a name.") from error


def _refuse_what_is_there(path: Path, replace: bool) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISLNK(found.st_mode):
        raise Refused(f"{path} is a link; name the file it leads to.")
    if not stat.S_ISREG(found.st_mode):
        raise Refused(f"{path} is no ordinary file; name another one.")
    if not replace:
        raise Refused(f"{path} {THERE_ALREADY}")


def _put_in_place(draft: Path, path: Path, replace: bool) -> None:
    """Give the draft its name; what is there by now is only replaced where that was said."""
    if replace:
        os.replace(draft, path)
        return
    try:
        _link(draft, path)
    except FileExistsError:
        raise Refused(f"{path} {THERE_ALREADY}") from None


def _link(draft: Path, path: Path) -> None:
    """Move the draft there unless something is there; raises FileExistsError."""
    try:
        os.link(draft, path)  # unlike a rename it never replaces
    except FileExistsError:
        raise
    except OSError:  # a file system without links: an empty file of one's own holds the place
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        os.replace(draft, path)
    else:
        draft.unlink()
