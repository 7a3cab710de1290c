"""What SQLite reports, as sentences: faults of the file, and refusals by the rules of the schema."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee as pw

from tui_registry.errors import (
    InvalidInput,
    Refused,
    RegistryError,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
)

BRING_BACK = "To list the backups and to bring one back, run: tui-registry restore"

_PENDING_BYTE = 1 << 30
_FIELD_OF_RULE = {
    "provider_name_": "name",
    "provider_replaced_": "name",
    "known_provider_replaced_": "name",
    "model_replaced_": "model_id",
}
_SHAPES = {
    "text": "Write 1 to {0} characters on one line, without control characters.",
    "lines": "Write 1 to {0} characters, without control characters.",
    "hex": "This takes exactly {0} hexadecimal digits.",
    "url": "Write a web address such as https://example.com/docs, without a user name.",
    "base_url": "Write a base URL such as https://api.example.com/v1, without user name, query or fragment.",
    "template": "Write a base URL such as https://api.example.com/v1, without user name, query or fragment.",
    "sealed": "A key is only ever stored sealed.",
    "paired": "A key and its fingerprint are set and removed together.",
    "needs_key": "Only a stored key can count as validated.",
    "utc": "Write a UTC time such as 2026-11-23T06:52:00.123Z.",
    "date": "Write a date such as 2026-11-23.",
    "order": "This time must not lie before the one it follows.",
    "ended": "A run has an end exactly when it no longer runs.",
    "flag": "Write yes or no.",
    "count": "Write a whole number above 0.",
    "tally": "Write a whole number, 0 or more.",
    "price": "Write a price per token from 0 to 1000.",
    "stated": "Write at least one price, or a note that says what is asked instead.",
    "amount": "Write a number, 0 or more.",
    "fraction": "Write a number from 0 to 1.",
    "currency": "Write three capital letters such as USD.",
    "choice": "Choose one of the values on offer.",
    "code": "Write an HTTP status from 100 to 599.",
    "json": "This takes a JSON object of at most 8192 bytes.",
    "document": "This takes a JSON object.",
    "dated": "What was found out has the time of finding it, and only that has one.",
    "some": "Give at least one limit; delete the limits instead.",
    "names": "Write names separated by single blanks.",
    "word": "Write lower-case letters and underscores.",
    "token": "Write 1 to 64 characters without blanks.",
}
_WORDS_FOR_TYPE = {"INTEGER": "a whole number", "REAL": "a number", "TEXT": "text"}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Let the errors of SQLite and Peewee leave the block as RegistryErrors about this file."""
    try:
        yield
    except (pw.PeeweeException, sqlite3.Error) as error:
        if _driver_error(error) is None:
            raise
        raise (refusal(error) if is_refusal(error) else explain(error, path)) from error
    except UnicodeEncodeError as error:
        # its text would repeat what was given
        raise Refused("What was given holds bytes that are no text here; write it again.") from error


def is_refusal(error: BaseException) -> bool:
    """Whether a rule of the schema spoke, rather than a fault of the file."""
    return isinstance(_driver_error(error), sqlite3.IntegrityError)


def refusal(error: BaseException) -> RegistryError:
    """A refusal by a rule: InvalidInput where one field is to blame, else Refused."""
    text = str(_driver_error(error) or error)
    # Python 3.11 has no name for this code
    if wrong_type := re.search(r"cannot store \w+ value in (\w+) column \w+\.(\w+)", text):
        kind, column = wrong_type.groups()
        return InvalidInput({column: f"This takes {_WORDS_FOR_TYPE.get(kind, 'another kind of value')}."})
    subject, _, rest = text.partition(": ")
    match _code(error):
        case "SQLITE_CONSTRAINT_TRIGGER":
            named = next((field for rule, field in _FIELD_OF_RULE.items() if subject.startswith(rule)), None)
            return InvalidInput({named: rest}) if named else Refused(rest or text)
        case "SQLITE_CONSTRAINT_CHECK":
            return _shape_refusal(rest)
        case "SQLITE_CONSTRAINT_NOTNULL":
            return InvalidInput({rest.partition(".")[2]: "This cannot be empty."})
        case "SQLITE_CONSTRAINT_UNIQUE" | "SQLITE_CONSTRAINT_PRIMARYKEY" | "SQLITE_CONSTRAINT_ROWID":
            return InvalidInput({rest.rpartition(".")[2]: "This exists already."})
        case "SQLITE_CONSTRAINT_FOREIGNKEY":
            return Refused("Other records depend on this one, or what it refers to does not exist.")
    return Refused(f"The registry's rules do not allow this: {text}.")


def explain(error: BaseException, path: Path) -> StoreError:
    """A fault of the file as a sentence with its path and cause; a StoreError stays what it is."""
    if isinstance(error, StoreError):
        return error
    code = _code(error)
    family = "_".join(code.split("_")[:2])
    match family:
        case "SQLITE_BUSY" | "SQLITE_LOCKED":
            return _locked(path)
        case "SQLITE_FULL":
            return StoreFull(f"Disk full at {path}: nothing of this save was written. Your input is kept.")
        case "SQLITE_IOERR":
            return _input_output(code, path)
        case "SQLITE_READONLY":
            return _read_only(code, path)
        case "SQLITE_CANTOPEN":
            return _cannot_open(path)
        case "SQLITE_NOTADB":
            return StoreDamaged(
                f"{path} is not a registry, or its first page is damaged. Nothing was written to it."
                f" {BRING_BACK}"
            )
        case "SQLITE_CORRUPT":
            return StoreDamaged(f"{path} is damaged ({_driver_error(error)}). {BRING_BACK}")
    if "no such table" in str(error) and path.stat().st_size == 0:
        return replaced(path)
    return StoreError(f"{path} cannot be used: {_driver_error(error) or error}.")


def replaced(path: Path) -> StoreDamaged:
    """The refusal for a file that was emptied or written over while it was open."""
    return StoreDamaged(
        f"{path} is not the registry any more that was opened. Nothing was saved: restore a backup."
    )


def owner_and_mode(path: Path) -> str:
    """Who owns a file and its mode, as words: `belongs to ana, mode 0600`."""
    status = path.stat()
    try:
        owner = path.owner()
    except KeyError:
        owner = f"user {status.st_uid}"
    return f"belongs to {owner}, mode {status.st_mode & 0o7777:04o}"


def _driver_error(error: BaseException) -> sqlite3.Error | None:
    """The driver's own error, which Peewee's keep only as their context."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, sqlite3.Error):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


def _code(error: BaseException) -> str:
    """SQLite's extended result code by name; empty where the driver gives none."""
    return str(getattr(_driver_error(error), "sqlite_errorname", ""))


def _shape_refusal(name: str) -> RegistryError:
    """The refusal of a CHECK, whose name says table, column and shape."""
    _, column, shape = name.split(".")
    if shape == "needs_valid_key":
        return Refused(
            "A provider can only be active with a key that was validated since it was last changed."
        )
    kind, _, size = shape.rpartition("_")
    return InvalidInput({column: _SHAPES[kind].format(size) if size.isdigit() else _SHAPES[shape]})


def _locked(path: Path) -> StoreLocked:
    """Another process holds a lock; Linux says which, and whether it stands still."""
    holder = _lock_holder(path)
    if holder is None:
        return StoreLocked(
            f"{path} is locked by another process, which is saving or was suspended with Ctrl-Z. Try again."
        )
    if _is_suspended(holder):
        return StoreLocked(
            f"{path} is locked by another process (pid {holder}), which is suspended, as by Ctrl-Z."
            f" Let it go on with fg, or with kill -CONT {holder}, and try again."
        )
    return StoreLocked(f"{path} is locked by another process (pid {holder}), which is saving. Try again.")


def _lock_holder(path: Path) -> int | None:
    """The process with a lock on SQLite's lock bytes, writers first, read without opening the file."""
    # opening and closing the file here would drop this process's own locks on it
    try:
        inode = path.stat().st_ino
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    holders: dict[str, int] = {}
    for line in lines:
        words = line.split()
        if "->" in words or len(words) < 8 or not words[5].endswith(f":{inode}"):
            continue
        if words[6].isdigit() and int(words[6]) >= _PENDING_BYTE and int(words[4]) not in (0, os.getpid()):
            holders.setdefault(words[3], int(words[4]))
    return holders.get("WRITE") or holders.get("READ")


def _is_suspended(pid: int) -> bool:
    """Whether a process was stopped by a signal."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return told.rpartition(")")[2].split()[:1] == ["T"]


def _input_output(code: str, path: Path) -> StoreError:
    """The disk refused to read or to write."""
    if code in ("SQLITE_IOERR_READ", "SQLITE_IOERR_SHORT_READ", "SQLITE_IOERR_FSTAT", "SQLITE_IOERR_ACCESS"):
        return StoreError(f"{path} could not be read from its disk. Copy it elsewhere before anything else.")
    return StoreFull(
        f"{path} could not be written (disk full, size limit, quota or failing disk): "
        "nothing of this save was written. Your input is kept."
    )


def _read_only(code: str, path: Path) -> StoreError:
    """The file or its directory takes no writes, for one of several reasons."""
    if code == "SQLITE_READONLY_DBMOVED":
        return StoreMissing(
            f"{path} was deleted or replaced while it was open. Nothing of this save was written."
        )
    if code in ("SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY"):
        return StoreReadOnly(f"An interrupted save must be undone first; make {path.parent} writable.")
    if code == "SQLITE_READONLY_DIRECTORY":
        return StoreReadOnly(f"{path.parent} cannot be written, so nothing was saved. Make it writable.")
    return StoreReadOnly(
        f"{path} can only be read, so nothing was saved. Make it and {path.parent} writable."
    )


def _cannot_open(path: Path) -> StoreError:
    """The file is missing, or something about it forbids opening it."""
    try:
        words = owner_and_mode(path)
    except FileNotFoundError:
        return StoreMissing(f"There is no registry at {path}. Restore a backup, or start a new one.")
    except OSError as error:
        return StoreError(f"{path} cannot be opened: {error.strerror}.")
    if not path.is_file():
        return StoreError(f"{path} is not a file. Choose another place with --home.")
    return StoreReadOnly(
        f"{path} cannot be opened or written: it {words}, its directory {owner_and_mode(path.parent)}."
    )
