"""The registry's file, opened: reads for whoever asks, writes in order, keys for whoever may have them.

Only what the first list needs is loaded with it; the rest is when it is first asked for.
"""

from collections.abc import Callable
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from tui_registry.clock import Clock, stamp
from tui_registry.endpoint import origin_of_stored, shown_origin, stored_endpoint
from tui_registry.errors import Refused, StoreReadOnly
from tui_registry.store.connections import Connections
from tui_registry.store.database import READ_PATIENCE, create_database
from tui_registry.store.edition import follows, read_edition
from tui_registry.store.ladder import climb
from tui_registry.store.leftovers import drafts_of, remove_stale
from tui_registry.store.mounts import network_banner
from tui_registry.store.queue import WriteQueue
from tui_registry.store.soundness import (
    DEEP_CHECK_BYTES,
    VALUE_CHECK_BYTES,
    check_content,
    check_file,
    how_to_open,
)
from tui_registry.store.statements import fetch
from tui_registry.store.views import Views
from tui_registry.vault import KeyState, Vault, VaultStatus, read_header

if TYPE_CHECKING:
    from concurrent.futures import Future
    from datetime import timedelta

    from tui_registry.store.backups import Backup
    from tui_registry.store.contents import Contents
    from tui_registry.store.read_history import HistoryReads
    from tui_registry.store.read_proofs import ProofReads
    from tui_registry.store.reads import Reads
    from tui_registry.store.restoring import Restored
    from tui_registry.store.rows import KnownSeed
    from tui_registry.store.tables import Model, Provider
    from tui_registry.store.writes import Writes
    from tui_registry.text import Secret

T = TypeVar("T")

SEEDED = "known_providers"
"""The setting that says which of the package's known providers the file holds."""

PAGE_BUDGET = 0.04
"""Seconds a list's first page is searched on the screen's thread before the worker's answer is awaited."""


class Store:
    """An open registry; `banner` is what a person should know about how it was opened, None if nothing.

    `is_checked` is False for a large file not all of which was checked at opening; `check` does that.
    `has_written` says whether any change was handed in here.
    """

    def __init__(
        self, connections: Connections, vault: Vault, clock: Clock, backups: Path, banner: str | None
    ) -> None:
        """Take over connections to a file that was checked; use `Store.open`."""
        self.path = connections.path
        self.read_only = connections.read_only
        self.banner = banner
        self.is_checked = True
        self.has_written = False
        self.views = Views(self.path, clock=clock, budget=PAGE_BUDGET)
        self._connections = connections
        self._vault = vault
        self._clock = clock
        self._backups = backups
        self._queue = WriteQueue()
        self._replacements = 0

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        vault: Vault,
        clock: Clock,
        known: "KnownSeed",
        create: bool,
        read_only: bool = False,
        backups: Path | None = None,
        read_patience: float = READ_PATIENCE,
    ) -> Self:
        """Open the registry at `path`, made first if `create` and there is none.

        The file is checked, brought to the present format and given the package's known providers. Backups
        go beside it unless told otherwise. Reads wait `read_patience` seconds for another session's save.
        Raises children of StoreError; nothing damaged is ever replaced.
        """
        backups = path.parent / "backups" if backups is None else backups
        if create and not path.exists():
            create_database(path, known.rows())
        opening = how_to_open(path)
        read_only = read_only or opening.read_only
        if not read_only:
            climb(path, backups, clock)
        size = path.stat().st_size
        is_large = size > DEEP_CHECK_BYTES
        notes = check_file(path, quick=is_large)
        if not read_only:
            remove_stale(drafts_of(path, backups))
        banner = " ".join(note for note in (opening.banner, network_banner(path), *notes) if note) or None
        connections = Connections(path, read_only=read_only, read_patience=read_patience)
        store = cls(connections, vault, clock, backups, banner)
        store.is_checked = not is_large and size <= VALUE_CHECK_BYTES
        if not read_only:
            store._seed(known)
        store.data_version()
        return store

    def _seed(self, known: "KnownSeed") -> None:
        """Bring the known providers of the file up to the package's, where they are not."""
        with self._connections.read() as database:
            held = fetch(database, "SELECT value FROM meta WHERE key = ?", (SEEDED,))
        if held == [(known.version,)]:
            return
        from tui_registry.store.change import Change
        from tui_registry.store.reads import Reads
        from tui_registry.store.seeding import seed

        with self._connections.write() as database:
            reads = Reads(lambda: nullcontext(database))
            change = Change(database, reads, self._vault, stamp(self._clock()))
            seed(change, known)
            change.setting(SEEDED, known.version)

    @cached_property
    def reads(self) -> "Reads":
        """Single records and what belongs to them."""
        from tui_registry.store.reads import Reads

        return Reads(self._connections.read)

    @cached_property
    def history(self) -> "HistoryReads":
        """What the results say in sum."""
        from tui_registry.store.read_history import HistoryReads

        return HistoryReads(self._connections.read)

    @cached_property
    def proofs(self) -> "ProofReads":
        """What was proved of keys, limits and models."""
        from tui_registry.store.read_proofs import ProofReads

        return ProofReads(self._connections.read)

    @cached_property
    def _writes(self) -> "Writes":
        from tui_registry.store.writes import Writes

        return Writes(self._connections, self._vault, self._clock, self.back_up)

    def write(self, change: "Callable[[Writes], T]") -> "Future[T]":
        """Hand a change to the writer; it runs after those before it, even when nobody waits any more."""
        self.has_written = True
        return self._queue.put(lambda: change(self._writes))

    def data_version(self) -> tuple[int, int]:
        """Numbers that change when anything was saved by whatever session; costs microseconds."""
        version = self._connections.data_version()
        if self._replacements != self._connections.replacements:
            self._replacements = self._connections.replacements
            self.views.close()
        return version

    @property
    def replacements(self) -> int:
        """How often `data_version` has found another file in the registry's place since it was opened.

        What was read before the last of them is to be dropped: no record of it can be saved any more without
        being shown as it is now.
        """
        return self._replacements

    def was_replaced(self, seen: "Provider | Model") -> bool:
        """Whether another file took the registry's place since this was read."""
        with self._connections.read() as database:
            return not follows(read_edition(database), seen.edition)

    def check(self) -> None:
        """Read the whole file and compare its rules; raises StoreDamaged. For a worker when it is large."""
        check_content(self.path)

    def back_up(self, reason: str) -> Path:
        """Copy the file, checked, into the directory of backups; raises StoreError. For a worker."""
        from tui_registry.store.backup import back_up

        return back_up(self.path, self._backups, reason, self._clock())

    def rescue(self) -> Path:
        """Copy what is still open of a deleted file; raises StoreError. For the thread that reads."""
        return self._connections.rescue(self._backups, self._clock())

    def backup_is_due(self, every: "timedelta | None" = None) -> bool:
        """Whether there are changes that the newest backup lacks, and it is older than `every`, an hour."""
        from tui_registry.store.backups import EVERY, is_due

        age = EVERY if every is None else every
        return not self.read_only and is_due(self.path, self._backups, self._clock(), age)

    def backups(self) -> "list[Backup]":
        """The backups of this registry, the newest first."""
        from tui_registry.store.backups import backups_of

        return backups_of(self.path, self._backups)

    def look_into_backup(self, backup: Path) -> "Contents":
        """What a sound backup holds; raises StoreError for another. For a worker."""
        from tui_registry.store.contents import look_into_sound

        return look_into_sound(backup)

    def restore(self, backup: Path) -> "Future[Restored]":
        """Put a backup in the file's place, after the changes handed in before; raises as `restore` does."""
        from tui_registry.store.restoring import restore

        def restored() -> "Restored":
            if self.read_only:
                raise StoreReadOnly("The registry was opened read-only, so nothing was restored.")
            done = restore(self.path, backup, self._clock())
            climb(self.path, self._backups, self._clock)
            return done

        return self._queue.put(restored)

    def key_state(self, row: "Provider") -> KeyState:
        """What a provider's key is good for at its present endpoint, without opening it."""
        return self._judged(row)[0]

    def key_words(self, row: "Provider") -> str:
        """The key's state as lists show it, e.g. `set` or `for api.openai.com`."""
        state, host = self._judged(row)
        return state.words(host)

    def sealed_elsewhere(self, row: "Provider") -> str | None:
        """The host a provider's key is sealed for when its endpoint names another one; None otherwise."""
        state, host = self._judged(row)
        return host if state is KeyState.OTHER_HOST else None

    def sealed_for(self, row: "Provider") -> str:
        """The host that a provider's stored key is sealed for, as a person writes it; raises VaultError."""
        return shown_origin(read_header(row.api_key_encrypted or "").origin)

    def open_key(self, row: "Provider") -> "Secret":
        """The key that a provider had when it was read, for the endpoint that it had then and no other.

        Raises Refused without either, else VaultError.
        """
        if row.api_key_encrypted is None:
            raise Refused(f"{row.name} has no key. Enter one.")
        origin = stored_endpoint(row.name, row.endpoint).origin
        return self._vault.open(row.api_key_encrypted, origin=origin, uuid=row.uuid)

    def proven_key(self, row: "Provider") -> tuple[KeyState, str]:
        """The key's state after really opening it, and the sentence that explains a bad one."""
        if row.api_key_encrypted is None:
            return KeyState.NONE, f"{row.name} has no key. Enter one."
        try:
            origin = stored_endpoint(row.name, row.endpoint).origin
        except Refused as error:
            return KeyState.OTHER_HOST, str(error)
        return self._vault.proven_state(row.api_key_encrypted, origin=origin, uuid=row.uuid)

    def vault_status(self) -> VaultStatus:
        """How the vault stands towards this registry."""
        key_id = self.reads.setting("vault_key_id")
        return self._vault.status(self.reads.sealed_count() > 0, key_id)

    def recovery_code(self) -> "Secret":
        """The vault key that the registry's records need, as a code for paper; raises VaultError."""
        return self._vault.recovery_code(self.reads.setting("vault_key_id"))

    def close(self) -> None:
        """Wait for every change handed in, then close the file."""
        self._queue.close()
        self.views.close()
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _judged(self, row: "Provider") -> tuple[KeyState, str | None]:
        return self._vault.key_state(row.api_key_encrypted, origin=origin_of_stored(row.endpoint))
