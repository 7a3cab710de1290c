"""Files that hold a vault's keys: read only if they are their owner's alone, written whole or not at all."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from shlex import quote

from tui_registry.durable import drafted, sync_directory
from tui_registry.errors import KeyFileMissing, KeyFileRefused, VaultError
from tui_registry.vault.keys import short_id

MAX_FILE_BYTES = 65_536

WAYS_BACK = (
    "Bring it back: tui-registry vault restore --from FILE, or --code. If it is lost for good:"
    " tui-registry vault restore --new, then enter the API keys again."
)


def missing(place: str, key_id: str | None = None) -> KeyFileMissing:
    """The refusal for a key that is not there, naming the key that is wanted."""
    name = f" {short_id(key_id)}" if key_id else ""
    return KeyFileMissing(
        f"The vault key{name} is not at {place}; without it stored keys cannot be read. {WAYS_BACK}"
    )


Refusal = Callable[[Path, os.stat_result], KeyFileRefused | None]
"""Why a file like this may not hold the vault's keys; None where it may."""


def read_private(path: Path, refusal: Refusal | None = None) -> bytes:
    """What a file holds; raises KeyFileMissing, or KeyFileRefused with the one command that helps."""
    judged = refusal or refusal_of_own
    try:
        # Not blocking, so that a FIFO of this name is refused instead of waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise missing(str(path)) from None
    except OSError as error:
        raise _unopened(path, error) from error
    try:
        refused = judged(path, os.fstat(descriptor))
        if refused:
            raise refused
        return os.read(descriptor, MAX_FILE_BYTES)
    except OSError as error:
        raise _unopened(path, error) from error
    finally:
        os.close(descriptor)


def write_once(path: Path, text: bytes) -> None:
    """Make a private file, unless something has that name; raises VaultError, and then leaves nothing."""
    try:
        _make_directory(path.parent)
        draft = drafted(path, text)
        try:
            # A link, unlike a rename, never replaces the file that another process made first.
            os.link(draft, path)
        except FileExistsError:
            return
        finally:
            os.unlink(draft)
        sync_directory(path.parent)
    except OSError as error:
        raise VaultError(
            f"The vault key file {path} could not be made ({error.strerror}). Nothing was sealed."
            f" To see the directory it belongs in, run: ls -ld {quote(str(path.parent))}"
        ) from error


def replace_private(path: Path, text: bytes) -> None:
    """Put another text in a private file's place at once; raises VaultError, and the old one stays then."""
    try:
        draft = drafted(path, text)
        try:
            os.replace(draft, path)
        except OSError:
            os.unlink(draft)
            raise
        sync_directory(path.parent)
    except OSError as error:
        raise VaultError(
            f"The vault key file {path} could not be written ({error.strerror}). It is as it was."
        ) from error


def keep_copy(path: Path) -> Path | None:
    """Give what has this name one more name beside it, where it takes no other's place; raises VaultError.

    None where nothing has the name.
    """
    number = 1
    while True:
        copy = path.with_name(f"{path.name}.aside" + (f"-{number}" if number > 1 else ""))
        try:
            os.link(path, copy, follow_symlinks=False)
            sync_directory(path.parent)
        except FileExistsError:
            number += 1
        except FileNotFoundError:
            return None
        except OSError as error:
            raise VaultError(f"{path} could not be kept ({error.strerror}). Nothing was changed.") from error
        else:
            return copy


def refusal_of_own(path: Path, found: os.stat_result) -> KeyFileRefused | None:
    """Why a key file of ours is refused: it must be a small file of this user, closed to all others."""
    name, mode = quote(str(path)), stat.S_IMODE(found.st_mode)
    if (unfit := _unfit(path, found)) is not None:
        return unfit
    if found.st_uid != os.geteuid():
        return KeyFileRefused(f"{path} belongs to another user. Run: sudo chown {os.geteuid()} {name}")
    if mode & 0o077:
        return KeyFileRefused(f"{path} is readable by others ({mode:04o}). Run: chmod 600 {name}")
    return None


def refusal_of_credential(path: Path, found: os.stat_result) -> KeyFileRefused | None:
    """The same for a file that the service manager put there, which may be root's and its group's."""
    if (unfit := _unfit(path, found)) is not None:
        return unfit
    # Where it grants this user access by a list, the mask of that list shows as the group's right to read.
    if found.st_uid not in (os.geteuid(), 0) or stat.S_IMODE(found.st_mode) & 0o037:
        return KeyFileRefused(f"{path} is not private. Let the service manager make it: LoadCredential=")
    return None


def _unfit(path: Path, found: os.stat_result) -> KeyFileRefused | None:
    name = quote(str(path))
    if stat.S_ISLNK(found.st_mode):
        return _refused_link(path)
    if not stat.S_ISREG(found.st_mode):
        return KeyFileRefused(f"{path} is not a file. Run: mv {name} {name}.aside")
    if found.st_size > MAX_FILE_BYTES:
        return KeyFileRefused(f"{path} is too large for a vault key file. Run: mv {name} {name}.aside")
    return None


def _refused_link(path: Path) -> KeyFileRefused:
    name, target = quote(str(path)), Path(os.path.realpath(path))
    command = f"mv {quote(str(target))} {name}" if target.is_file() else f"rm {name}"
    return KeyFileRefused(f"{path} is a link to {target}; the file itself must be there. Run: {command}")


def _unopened(path: Path, error: OSError) -> KeyFileRefused:
    try:
        refusal = refusal_of_own(path, os.lstat(path))
    except OSError:
        command = f"chmod 700 {quote(str(path.parent))}"
        return KeyFileRefused(f"{path} cannot be reached ({error.strerror}). Run: {command}")
    command = f"chmod 600 {quote(str(path))}"
    return refusal or KeyFileRefused(f"{path} cannot be read ({error.strerror}). Run: {command}")


def _make_directory(directory: Path) -> None:
    absent = [parent for parent in (directory, *directory.parents) if not parent.exists()]
    for parent in reversed(absent):
        parent.mkdir(mode=0o700, exist_ok=True)
        sync_directory(parent.parent)
