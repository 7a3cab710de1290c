"""How a command reaches the registry: places from the options, then the vault, then the store."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from tui_registry.cli.output import remark
from tui_registry.cli.passphrase import Passphrases
from tui_registry.clock import Clock, utc_now
from tui_registry.errors import StoreError, StoreMissing, VaultLocked

if TYPE_CHECKING:
    from tui_registry.paths import Paths
    from tui_registry.process import Found
    from tui_registry.store import Store, Writes
    from tui_registry.store.views import Views
    from tui_registry.vault import Place, Vault
    from tui_registry.verification import Options

T = TypeVar("T")

SCREEN_PATIENCE = 0.02
"""Seconds a read waits while somebody sits before a screen."""

READ_PATIENCE = 5.0
"""Seconds a list waits for another process's lock; nobody sits before a screen that stands still."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a command finds around it: the environment, the clock, and how providers are asked.

    Without `asking` they are asked in the ordinary way. `found` is what the process was started with, None
    where it is somebody else's.
    """

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = utc_now
    asking: "Options | None" = None
    found: "Found | None" = None


@dataclass(frozen=True, slots=True)
class Choices:
    """The global options."""

    home: Path | None = None
    read_only: bool = False
    create: bool = False
    theme: str | None = None
    ascii: bool = False
    mouse: bool = True
    thin_line: bool = True
    slow: bool = False
    key_file: Path | None = None
    passphrase_fd: int | None = None


class Session:
    """One run of the program: its options, and the registry once somebody asks for it."""

    def __init__(self, choices: Choices, surroundings: Surroundings, demo: "Paths | None" = None) -> None:
        """Keep the choices; nothing is opened yet. With `demo` all but the settings lies there instead."""
        self.choices = choices
        self._demo = demo
        self.environ = surroundings.environ
        self.clock = surroundings.clock
        self.found = surroundings.found
        self._asking = surroundings.asking
        self.has_screen = False
        """Whether a screen asks for the passphrase, and not a prompt; set before the vault is first used."""
        self.passphrases = Passphrases(surroundings.environ, choices.passphrase_fd)
        self._store: Store | None = None
        self.leaves_app = False
        """Whether a person leaves the app when this is closed, which backs up every change."""

    @cached_property
    def paths(self) -> "Paths":
        """Where everything lies."""
        from tui_registry.paths import find_paths

        own = find_paths(self.choices.home, self.environ, self.choices.key_file)
        return replace(self._demo, config=own.config) if self._demo else own

    @cached_property
    def vault(self) -> "Vault":
        """The vault of this home; its keys are read, and a passphrase asked for, when one is needed."""
        from tui_registry.vault import Vault

        return Vault(self.vault_place(), None if self.has_screen else self.passphrases.unlock)

    def vault_place(self) -> "Path | Place":
        """Where the vault's keys are, from the options, the environment and the settings."""
        from tui_registry.vault import find_place

        paths = self.paths
        if self._demo is not None:
            return paths.vault_key
        backend = "file"
        if os.path.exists(paths.config):
            from tui_registry.config import read_settings

            backend = read_settings(paths.config).settings.vault.backend
        return find_place(
            paths.vault_key,
            paths.usual_vault_key,
            credentials=self.environ.get("CREDENTIALS_DIRECTORY"),
            backend=backend,
            is_usual_ours="TUI_REGISTRY_DB" not in self.environ,
        )

    def unlock(self) -> None:
        """Ask for the vault's passphrase now, if it has one; raises VaultLocked or WrongPassphrase.

        For a command that uses a key while others wait for it, or after much work.
        """
        if self.vault.needs_unlocking():
            self.passphrases.unlock(self.vault)

    @cached_property
    def asking(self) -> "Options":
        """How providers are asked."""
        from tui_registry.verification import Options

        return self._asking or Options(clock=self.clock)

    @property
    def store(self) -> "Store":
        """The open registry, and on standard error what a person should know of it; raises StoreError."""
        if self._store is None and (banner := self.opened(read_patience=READ_PATIENCE).banner):
            remark(banner)
        return self.opened()

    def opened(self, *, read_patience: float = SCREEN_PATIENCE) -> "Store":
        """The open registry, made first where nothing was before; raises StoreError.

        Reads wait `read_patience` seconds for another session's save; a screen asks again by itself.
        """
        if self._store is None:
            self._store = self._open(read_patience)
            if self._demo is not None:
                from tui_registry.demo import BANNER

                self._store.banner = BANNER
        return self._store

    @cached_property
    def views(self) -> "Views":
        """The lists of the open registry."""
        from tui_registry.store.views import Views

        return Views(self.store.path, clock=self.clock, patience=READ_PATIENCE)

    def write(self, change: "Callable[[Writes], T]") -> T:
        """The result of one change once it is saved; raises RegistryError as the change does.

        One that needs a locked vault leaves nothing, and is made again once the passphrase was given.
        """
        try:
            return self.store.write(change).result()
        except VaultLocked:
            self.unlock()
            return self.store.write(change).result()

    def close(self) -> None:
        """Wait for every change handed in, then let go of the file."""
        if "views" in self.__dict__:
            self.views.close()
        if self._store is not None:
            self._store.close()
            self._back_up_if_due()
            self._store = None

    def is_there(self) -> bool:
        """Whether there is a file where the registry belongs; raises StoreError when that cannot be seen."""
        try:
            os.stat(self.paths.database)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise StoreError(f"{self.paths.database} cannot be reached: {error.strerror}.") from error
        return True

    def found_database(self) -> Path:
        """The registry's file, which must be there; raises StoreError, makes nothing."""
        if not self.is_there():
            raise StoreMissing(self._lost())
        return self.paths.database

    def traces(self) -> list[str]:
        """What shows that a registry was here before, in words; empty on a bare home."""
        found = []
        if any(self.paths.backups.glob("*.db")):
            found.append(f"there are backups in {self.paths.backups}")
        if asides := sorted(self.paths.database.parent.glob(f"{self.paths.database.name}[.-]*")):
            found.append(f"there is {asides[-1].name} in {asides[-1].parent}")
        if os.path.lexists(self.paths.vault_key):
            found.append(f"there is a vault key at {self.paths.vault_key}")
        return found

    def _lost(self) -> str:
        """That there is no registry, what shows that there was one, and how a backup comes back."""
        traces = self.traces()
        if not traces:
            return f"There is no registry at {self.paths.database}. The first start makes one."
        return (
            f"There is no registry at {self.paths.database}, but {' and '.join(traces)}."
            " To list the backups and to bring one back, run: tui-registry restore"
        )

    def _back_up_if_due(self) -> None:
        """After changes from here, a backup unless the last one is young; a failure is said and ends nothing.

        Whoever leaves the app gets one however young the last is, but for a file that takes long to copy.
        """
        store = self._store
        if store is None or self._demo is not None or not store.has_written:
            return
        from tui_registry.store.backups import EVERY, QUICK_BYTES

        try:
            at_once = self.leaves_app and self.paths.database.stat().st_size <= QUICK_BYTES
            if store.backup_is_due(timedelta() if at_once else EVERY):
                store.back_up("exit" if self.leaves_app else "hour")
        except (StoreError, OSError) as error:
            remark(f"No backup was made: {error}")

    def open_as_found(self) -> "Store":
        """The registry as it lies there, for reading only; raises StoreError, makes nothing."""
        from tui_registry.catalog import known_providers
        from tui_registry.store import Store

        if self._store is None:
            self._store = Store.open(
                self.paths.database,
                vault=self.vault,
                clock=self.clock,
                known=known_providers(),
                create=False,
                read_only=True,
                backups=self.paths.backups,
                read_patience=READ_PATIENCE,
            )
        return self._store

    def _open(self, read_patience: float) -> "Store":
        from tui_registry.catalog import known_providers
        from tui_registry.store import Store

        path = self.paths.database
        begins = not self.is_there()
        if begins:
            self._prepare_to_begin(path)
        return Store.open(
            path,
            vault=self.vault,
            clock=self.clock,
            known=known_providers(),
            create=begins,
            read_only=self.choices.read_only,
            backups=self.paths.backups,
            read_patience=read_patience,
        )

    def _prepare_to_begin(self, path: Path) -> None:
        """Make the place for a new registry; raises StoreMissing where it would hide that one was lost."""
        if self.choices.read_only:
            raise StoreMissing(f"There is no registry at {path}, and --read-only makes none.")
        if not self.choices.create and self.traces():
            raise StoreMissing(f"{self._lost()} To begin a new, empty registry, run: tui-registry --create")
        if self.choices.create:
            from tui_registry.store.restoring import set_strays_aside

            set_strays_aside(path, self.clock())
        # A directory that a person named for the database alone may hold more than the registry.
        if "TUI_REGISTRY_DB" not in self.environ:
            from tui_registry.paths import make_private

            make_private(path.parent)


pass_session = click.make_pass_decorator(Session)


def open_demo(context: click.Context, choices: Choices, surroundings: Surroundings) -> Session:
    """A session over a made-up registry, which goes when the context is left."""
    from tui_registry.demo import demo_home

    return Session(choices, surroundings, context.with_resource(demo_home(surroundings.clock())))
