"""`backup --with-secrets` and its restore: the registry and its vault key in one file behind a passphrase."""

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tui_registry.cli.opening import Session
from tui_registry.cli.passphrase import can_ask, typed
from tui_registry.errors import Refused, StoreError, VaultLocked
from tui_registry.text import Secret

if TYPE_CHECKING:
    from tui_registry.store.restoring import Restored
    from tui_registry.vault.keyfile import Ring

TRIES = 3
"""How often the registry is copied again because its vault key was rotated meanwhile."""


def is_sealed(path: Path) -> bool:
    """Whether a file is a sealed backup; False where it cannot be read."""
    from tui_registry.vault.bundle import MAGIC, is_bundle

    try:
        with path.open("rb") as opened:
            return is_bundle(opened.read(len(MAGIC)))
    except OSError:
        return False


def make_sealed(session: Session, file: Path) -> Path:
    """A sealed backup at a place where nothing is yet; raises Refused, StoreError and VaultError."""
    from tui_registry.vault.bundle import open_bundle, seal_bundle

    target = Path(os.path.abspath(file.expanduser()))
    if os.path.lexists(target):
        raise Refused(f"{target} is there already, and nothing is overwritten. Choose another name.")
    session.found_database()
    session.unlock()
    had_passphrase = session.vault.is_open_by_passphrase
    try:
        with TemporaryDirectory(prefix=".sealing-", dir=target.parent) as directory:
            copy, draft = Path(directory, "registry.db"), Path(directory, "sealed")
            ring = _copied(session, copy)
            wrap = session.vault.wrap_for(session.passphrases.new())
            with copy.open("rb") as database, open(draft, "xb", opener=_private) as sealed:
                seal_bundle(ring, had_passphrase, database, sealed, wrap)
                sealed.flush()
                os.fsync(sealed.fileno())
            with draft.open("rb") as sealed, open(os.devnull, "wb") as nowhere:
                open_bundle(sealed, nowhere, wrap, str(target))
            os.link(draft, target)
    except FileExistsError:
        raise Refused(f"{target} is there already, and nothing is overwritten.") from None
    except OSError as error:
        raise StoreError(
            f"No backup could be made at {target}: {error.strerror}. Nothing was changed."
        ) from error
    return target


def restore_sealed(session: Session, backup: Path) -> "tuple[Restored, str | None]":
    """Put a sealed backup in the registry's place, and its vault key in its own where another one is.

    Gives back what is restored, and the name that the vault key file before it has now. Raises
    WrongPassphrase, StoreError and VaultError.
    """
    from tui_registry.store.restoring import restore
    from tui_registry.vault.bundle import open_bundle, read_kdf
    from tui_registry.vault.passphrase import derive

    passphrase = _given(session, backup)
    place = session.paths.database.parent
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with backup.open("rb") as sealed, TemporaryDirectory(prefix=".opening-", dir=place) as directory:
            plain = Path(directory, "registry.db")
            wrap = derive(passphrase, read_kdf(sealed, str(backup)))
            with open(plain, "xb", opener=_private) as database:
                ring, had_passphrase = open_bundle(sealed, database, wrap, str(backup))
            restored = restore(session.paths.database, plain, session.clock())
    except OSError as error:
        raise StoreError(f"{backup} could not be restored: {error.strerror}.") from error
    aside = None
    if restored.contents.keys and not _has(session, restored.contents.vault_key_id):
        new = session.vault.wrap_for(passphrase) if had_passphrase else None
        aside = session.vault.put_back(ring, new, restored.contents.vault_key_id)
    return replace(restored, contents=replace(restored.contents, was_summed=True)), aside


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _copied(session: Session, copy: Path) -> "Ring":
    """A checked copy of the registry, and the vault's keys that fit it."""
    from tui_registry.store.backup import back_up_as
    from tui_registry.store.backup_names import sum_beside
    from tui_registry.store.contents import look_into

    for _ in range(TRIES):
        back_up_as(session.paths.database, copy)
        ring, held = session.vault.ring(), look_into(copy)
        if held.vault_key_id in {key.id for key in ring} or not held.keys:
            return ring
        copy.unlink()
        sum_beside(copy).unlink()
    raise Refused("The vault key here is not the one the registry needs. See: tui-registry vault status")


def _has(session: Session, key_id: str | None) -> bool:
    """Whether the vault here has the key already; of a locked one only the first key's name is known."""
    return key_id in session.vault.status(True).key_ids


def _given(session: Session, backup: Path) -> Secret:
    """The passphrase of a sealed backup."""
    given = session.passphrases.given()
    if given is not None:
        return given
    if not can_ask():
        raise VaultLocked(
            f"{backup} is sealed, and nobody can be asked here for its passphrase. Give it with"
            " --passphrase-fd N or $TUI_REGISTRY_PASSPHRASE."
        )
    return typed("Passphrase of the backup (not shown): ")
