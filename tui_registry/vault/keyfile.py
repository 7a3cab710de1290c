"""The vault key file: a ring of keys as four lines of text, kept like an SSH private key.

tui-registry vault key v1
kdf: none
id: <name of the first key>
keys: <base64url of n times 32 bytes>
"""

import os
import re
import secrets
import stat
from pathlib import Path
from shlex import quote

from tui_registry.errors import KeyFileMissing, KeyFileRefused, VaultError
from tui_registry.vault import base64url
from tui_registry.vault.keys import KEY_BYTES, RandomBytes, VaultKey, short_id

MAX_FILE_BYTES = 65_536

_TEXT = re.compile(
    rb"tui-registry vault key v1\n"
    rb"kdf: (?:none|(argon2id m=[0-9]{1,10} t=[0-9]{1,10} p=[0-9]{1,10} salt=[A-Za-z0-9_-]{22}))\n"
    rb"id: ([A-Za-z0-9_-]{22})\n"
    rb"keys: ([A-Za-z0-9_-]+)\n"
)


def missing(path: Path, key_id: str | None = None) -> KeyFileMissing:
    """The refusal for a key file that is not there, naming the key that is wanted."""
    name = f" {short_id(key_id)}" if key_id else ""
    return KeyFileMissing(
        f"The vault key{name} is not at {path}. Restore that file."
        " Without it stored keys cannot be read: remove every stored key, then enter them again."
    )


def read_ring(path: Path) -> tuple[VaultKey, ...]:
    """The keys of a key file, the first one first; raises KeyFileMissing or KeyFileRefused."""
    match = _TEXT.fullmatch(_read(path))
    if match is None:
        raise _unreadable(path)
    if match[1]:
        raise KeyFileRefused("This vault has a passphrase; this version cannot open it yet.")
    try:
        material = base64url.decode(match[3].decode("ascii"))
    except ValueError:
        raise _unreadable(path) from None
    if len(material) % KEY_BYTES:
        raise _unreadable(path)
    ring = tuple(VaultKey.of(material[at : at + KEY_BYTES]) for at in range(0, len(material), KEY_BYTES))
    if ring[0].id != match[2].decode("ascii"):
        raise _unreadable(path)
    return ring


def make_key_file(path: Path, random: RandomBytes = os.urandom) -> None:
    """Make a key file with one new key, unless something has that name; raises VaultError."""
    key = VaultKey.of(random(KEY_BYTES))
    text = f"tui-registry vault key v1\nkdf: none\nid: {key.id}\nkeys: {base64url.encode(key.material)}\n"
    try:
        _make_directory(path.parent)
        _write_once(path, text.encode("ascii"))
    except OSError as error:
        raise VaultError(
            f"The vault key file {path} could not be made ({error.strerror}). Nothing was sealed."
            f" To see the directory it belongs in, run: ls -ld {quote(str(path.parent))}"
        ) from error


def _make_directory(directory: Path) -> None:
    absent = [parent for parent in (directory, *directory.parents) if not parent.exists()]
    for parent in reversed(absent):
        parent.mkdir(mode=0o700, exist_ok=True)
        _sync_directory(parent.parent)


def _write_once(path: Path, text: bytes) -> None:
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        # A link, unlike a rename, never replaces the file that another process made first.
        os.link(new, path)
    except FileExistsError:
        return
    finally:
        os.unlink(new)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> bytes:
    try:
        # Not blocking, so that a FIFO of this name is refused instead of waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise missing(path) from None
    except OSError as error:
        raise _unopened(path, error) from error
    try:
        refusal = _refusal(path, os.fstat(descriptor))
        if refusal:
            raise refusal
        return os.read(descriptor, MAX_FILE_BYTES)
    except OSError as error:
        raise _unopened(path, error) from error
    finally:
        os.close(descriptor)


def _refusal(path: Path, found: os.stat_result) -> KeyFileRefused | None:
    """Why a file like this may not hold the vault's keys, and the one command that helps."""
    name, mode = quote(str(path)), stat.S_IMODE(found.st_mode)
    if stat.S_ISLNK(found.st_mode):
        return _refused_link(path)
    if not stat.S_ISREG(found.st_mode):
        return KeyFileRefused(f"{path} is not a file. Run: mv {name} {name}.aside")
    if found.st_uid != os.geteuid():
        return KeyFileRefused(f"{path} belongs to another user. Run: sudo chown {os.geteuid()} {name}")
    if mode & 0o077:
        return KeyFileRefused(f"{path} is readable by others ({mode:04o}). Run: chmod 600 {name}")
    if found.st_size > MAX_FILE_BYTES:
        return KeyFileRefused(f"{path} is too large for a vault key file. Run: mv {name} {name}.aside")
    return None


def _refused_link(path: Path) -> KeyFileRefused:
    name, target = quote(str(path)), Path(os.path.realpath(path))
    command = f"mv {quote(str(target))} {name}" if target.exists() else f"rm {name}"
    return KeyFileRefused(f"{path} is a link to {target}; the file itself must be there. Run: {command}")


def _unopened(path: Path, error: OSError) -> KeyFileRefused:
    try:
        refusal = _refusal(path, os.lstat(path))
    except OSError:
        command = f"chmod 700 {quote(str(path.parent))}"
        return KeyFileRefused(f"{path} cannot be reached ({error.strerror}). Run: {command}")
    command = f"chmod 600 {quote(str(path))}"
    return refusal or KeyFileRefused(f"{path} cannot be read ({error.strerror}). Run: {command}")


def _unreadable(path: Path) -> KeyFileRefused:
    name = quote(str(path))
    return KeyFileRefused(
        f"{path} was altered, damaged or written by a newer version. Restore it from a backup;"
        f" to set this one aside, run: mv {name} {name}.aside"
    )
