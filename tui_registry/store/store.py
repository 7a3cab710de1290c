"""The registry's file, opened: reads for whoever asks, writes in order, keys for whoever may have them."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from tui_registry.clock import Clock, stamp
from tui_registry.endpoint import origin_of_stored, stored_endpoint
from tui_registry.errors import Refused, StoreReadOnly
from tui_registry.store.backup import back_up
from tui_registry.store.backups import EVERY, Backup, backups_of, check_sum, is_due
from tui_registry.store.change import Change
from tui_registry.store.connections import Connections
from tui_registry.store.database import READ_PATIENCE, create_database
from tui_registry.store.ladder import climb
from tui_registry.store.leftovers import drafts_of, remove_stale
from tui_registry.store.mounts import network_banner
from tui_registry.store.queue import WriteQueue
from tui_registry.store.read_history import HistoryReads
from tui_registry.store.read_proofs import ProofReads
from tui_registry.store.reads import Reads
from tui_registry.store.rows import KnownSeed, ProviderRow
from tui_registry.store.seeding import SEEDED, seed
from tui_registry.store.soundness import DEEP_CHECK_BYTES, check_content, check_copy, check_file, how_to_open
from tui_registry.store.views import Views
from tui_registry.store.writes import Writes
from tui_registry.text import Secret
from tui_registry.vault import KeyState, Vault, VaultStatus

if TYPE_CHECKING:
    from tui_registry.store.contents import Contents
    from tui_registry.store.restoring import Restored

T = TypeVar("T")

PAGE_BUDGET = 0.04
"""Seconds a list's first page is searched on the screen's thread before the worker's answer is awaited."""


class Store:
    """An open registry; `banner` is what a person should know about how it was opened, None if nothing.

    `is_checked` is False for a large file whose pages were not all read at opening; `check` reads them.
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
        self.reads = Reads(connections.read)
        self.history = HistoryReads(connections.read)
        self.proofs = ProofReads(connections.read)
        self.views = Views(self.path, clock=clock, budget=PAGE_BUDGET)
        self._connections = connections
        self._vault = vault
        self._queue = WriteQueue()
        self._clock = clock
        self._backups = backups
        self._writes = Writes(connections, vault, clock, self.back_up)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        vault: Vault,
        clock: Clock,
        known: KnownSeed,
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
        is_large = path.stat().st_size > DEEP_CHECK_BYTES
        notes = check_file(path, quick=is_large)
        if not read_only:
            remove_stale(drafts_of(path, backups))
        banner = " ".join(note for note in (opening.banner, network_banner(path), *notes) if note) or None
        connections = Connections(path, read_only=read_only, read_patience=read_patience)
        store = cls(connections, vault, clock, backups, banner)
        store.is_checked = not is_large
        if not read_only and store.reads.setting(SEEDED) != known.version:
            with connections.write() as database:
                reads = Reads(lambda: nullcontext(database))
                seed(Change(database, reads, vault, stamp(clock())), known)
        return store

    def write(self, change: Callable[[Writes], T]) -> Future[T]:
        """Hand a change to the writer; it runs after those before it, even when nobody waits any more."""
        self.has_written = True
        return self._queue.put(lambda: change(self._writes))

    def data_version(self) -> int:
        """A number that changes when anything was saved by whatever session; costs microseconds."""
        return self._connections.data_version()

    def check(self) -> None:
        """Read the whole file and compare its rules; raises StoreDamaged. For a worker when it is large."""
        check_content(self.path)

    def back_up(self, reason: str) -> Path:
        """Copy the file, checked, into the directory of backups; raises StoreError. For a worker."""
        return back_up(self.path, self._backups, reason, self._clock())

    def rescue(self) -> Path:
        """Copy what is still open of a deleted file; raises StoreError. For the thread that reads."""
        return self._connections.rescue(self._backups, self._clock())

    def backup_is_due(self, every: timedelta = EVERY) -> bool:
        """Whether there are changes that the newest backup lacks, and it is older than `every`."""
        return not self.read_only and is_due(self.path, self._backups, self._clock(), every)

    def backups(self) -> list[Backup]:
        """The backups of this registry, the newest first."""
        return backups_of(self.path, self._backups)

    def look_into_backup(self, backup: Path) -> "Contents":
        """What a sound backup holds; raises StoreError for another. For a worker."""
        from tui_registry.store.contents import look_into

        check_sum(backup)
        check_copy(backup)
        return look_into(backup)

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

    def key_state(self, row: ProviderRow) -> KeyState:
        """What a provider's key is good for at its present endpoint, without opening it."""
        return self._judged(row)[0]

    def key_words(self, row: ProviderRow) -> str:
        """The key's state as lists show it, e.g. `set` or `for api.openai.com`."""
        state, host = self._judged(row)
        return state.words(host)

    def open_key(self, provider_id: int) -> Secret:
        """A provider's key, for its present endpoint only; raises Refused without either, else VaultError."""
        row = self.reads.provider_by_id(provider_id)
        if row.api_key_encrypted is None:
            raise Refused(f"{row.name} has no key. Enter one.")
        origin = stored_endpoint(row.name, row.endpoint).origin
        return self._vault.open(row.api_key_encrypted, origin=origin, uuid=row.uuid)

    def proven_key(self, row: ProviderRow) -> tuple[KeyState, str]:
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

    def recovery_code(self) -> Secret:
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

    def _judged(self, row: ProviderRow) -> tuple[KeyState, str | None]:
        return self._vault.key_state(row.api_key_encrypted, origin=origin_of_stored(row.endpoint))
