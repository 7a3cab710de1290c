"""What every screen works with: the open registry, the clock, the environment and how to draw."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.message import Message
from textual.screen import Screen

from tui_registry.clock import Clock
from tui_registry.endpoint import origin_of_stored
from tui_registry.errors import RegistryError, VaultLocked
from tui_registry.text import Secret
from tui_registry.ui.keymap import WRITES
from tui_registry.ui.own_keys import USUAL_KEYS, OwnKeys
from tui_registry.ui.table.line_compositor import LineCompositor
from tui_registry.ui.widgets.chrome import Banner, TopLine
from tui_registry.vault import KeyState

if TYPE_CHECKING:
    from tui_registry.store import Store, Writes
    from tui_registry.ui.actions.run_in_hand import RunInHand
    from tui_registry.vault import Vault
    from tui_registry.verification import Options

T = TypeVar("T")

REFUSAL_SECONDS = 8.0
"""How long a refusal stays; a message that something was done goes after Textual's own five seconds."""


@dataclass(slots=True)
class Desk:
    """The things a screen may use, handed in by the command line or a test."""

    store: "Store"
    vault: "Vault"
    clock: Clock
    environ: Mapping[str, str] = field(default_factory=dict)
    ascii: bool = False
    copy_command: tuple[str, ...] = ()
    slow: bool = False
    keys: OwnKeys = USUAL_KEYS
    complaints: tuple[str, ...] = ()
    drafts: Path | None = None
    """The directory where unsaved forms are kept when the terminal goes; None keeps none."""
    crash_log: Path | None = None
    """Where a bug that ends the app is noted down; None notes nothing."""
    asking: "Options | None" = None
    """How providers are asked; None asks them in the ordinary way."""
    run: "RunInHand | None" = None
    """The run that goes on, or the last one."""
    unfinished: str | None = None
    """The sentence that offers to go on with a run that was cut off."""
    replaced: str | None = None
    """The sentence that says that another file took the registry's place, until that was taken note of."""
    is_restoring: bool = False
    """Whether a backup is being restored from here, so that another file is no surprise."""
    parting: list[str] = field(default_factory=list)
    """What is to be said once the app has ended."""
    lock_after: int = 15
    """Minutes without a pressed key after which a vault with a passphrase is locked; 0 for never."""
    passphrase: Secret | None = None
    """The vault's passphrase where the program was started with it; let go of once it was tried."""
    keys_seen: int = 0
    """How often the vault was looked at anew, so that a list knows when its key column is old."""
    _proved: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def place(self) -> str:
        """Where the registry lies, with the home directory as `~`."""
        path, home = str(self.store.path), self.environ.get("HOME", "")
        return f"~{path.removeprefix(home)}" if home and path.startswith(f"{home}/") else path

    def opened(self) -> str:
        """What stands at the right of the top line: the file's name, and what it keeps shut."""
        locked = " KEYS-LOCKED" if self.vault.needs_unlocking() else ""
        return f"{self.store.path.name}{locked}{' READ-ONLY' if self.store.read_only else ''}"

    def banner(self) -> str | None:
        """What a person should know all the time: of the registry, and of settings that are not followed."""
        more = len(self.complaints) - 1
        complaint = "".join(self.complaints[:1])
        if more > 0:
            complaint += f" ({more} more: tui-registry keys)"
        run = self.run.progress.sentence() if self.run and self.run.is_going else self.unfinished
        return "\n".join(filter(None, (self.replaced, self.store.banner, complaint, run))) or None

    def trouble(self, error: RegistryError) -> str:
        """Why a list cannot be read, and the key that tries again."""
        return f"{error} {self.keys.first('app.reload')} tries again."

    def options(self) -> "Options":
        """How a verification asks providers."""
        from tui_registry.verification import Options

        return self.asking or Options(clock=self.clock)

    def key_words(self, sealed: str | None, endpoint: str, uuid: str) -> str:
        """A sealed key's state in the words of lists, proved by opening it once for its endpoint."""
        if sealed is None:
            return KeyState.NONE.value
        asked = (sealed, endpoint, uuid)
        if asked not in self._proved:
            self._proved[asked] = self._prove(sealed, origin_of_stored(endpoint), uuid)
        return self._proved[asked]

    def look_at_keys_again(self) -> None:
        """Read the vault's key file again and prove every key anew."""
        if not self.vault.place.is_slow:  # else it would have to be asked again for every key
            self.vault.reload()
        self._proved.clear()
        self.keys_seen += 1

    def _prove(self, sealed: str, origin: str, uuid: str) -> str:
        state, host = self.vault.key_state(sealed, origin=origin)
        if state is KeyState.SET:
            state, _sentence = self.vault.proven_state(sealed, origin=origin, uuid=uuid)
        return state.words(host)

    async def save(self, change: "Callable[[Writes], T]") -> T:
        """Run one change on the writer thread and wait for it; raises RegistryError as the change does."""
        return await asyncio.shield(asyncio.wrap_future(self.store.write(change)))


class ModelsWanted(Message):
    """Somebody asks for the models of one provider."""

    def __init__(self, provider: str) -> None:
        """Keep the provider's name."""
        super().__init__()
        self.provider = provider


class RegistryReplaced(Message):
    """A screen has found another file in the registry's place."""


class DeskScreen(Screen[None]):
    """A screen over a desk, from which records are changed."""

    _writing: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        """Learn which of the screen's actions write."""
        super().__init_subclass__()
        named = [each for each in cls.__dict__.get("BINDINGS", ()) if each.id in WRITES]
        cls._writing |= {each.action.partition("(")[0] for each in named}

    def __init__(self, desk: Desk) -> None:
        """A screen that works with `desk`."""
        super().__init__()
        self._compositor = LineCompositor()
        self.desk = desk
        self._is_beginning = False
        self._read_of = desk.store.replacements

    def refresh_rows(self, *, at: int | None = None) -> None:
        """Show what the registry holds now, with the cursor on record `at` if it is there."""
        raise NotImplementedError

    def begin_anew(self) -> None:
        """Drop what was read of a file that is not the registry any more."""
        raise NotImplementedError

    def come_up_to_date(self) -> None:
        """Begin anew if another file took the registry's place, once nothing stands above the screen."""
        # Textual calls a screen below a form current as well
        if self.app.screen is self and self._is_outdated():
            self._read_of = self.desk.store.replacements
            self.begin_anew()

    def _is_outdated(self) -> bool:
        try:
            self.desk.store.data_version()
        except RegistryError:
            return False  # what is wrong with the registry is said by whatever reads it next
        return self._read_of != self.desk.store.replacements

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what would write, where the registry is open for reading only."""
        if self.desk.store.read_only and action in self._writing:
            return None
        return super().check_action(action, parameters)

    def announce(self, sentence: str | None) -> None:
        """Say what is going on, until told otherwise; a screen that is being closed says nothing any more."""
        for banner in self.query(Banner):
            banner.tell(sentence)

    def take_note(self) -> None:
        """Say no more that another file took the registry's place."""
        if self.desk.replaced is not None:
            self.desk.replaced = None
            self.announce(self.desk.banner())

    def keys_changed(self) -> None:
        """Show which keys can be used now."""
        self.tell_opened()
        self.refresh_rows()

    def tell_opened(self) -> None:
        """Say in the top line what is open, and whether its keys are locked."""
        for line in self.query(TopLine):
            line.tell(self.desk.opened())

    def changed(self, sentence: str, row_id: int | None = None) -> None:
        """Show a change that was made from here and tell of it."""
        self.refresh_rows(at=row_id)
        self.tell(sentence)

    def begin(self, deed: Callable[..., Awaitable[None]], *args: object) -> None:
        """Start a deed that may ask and save; what it refuses is told, and the app goes on.

        While one deed is under way, a key typed ahead of its question begins no other. None is begun on what
        was read of a file that is not the registry any more.
        """
        if not self._is_beginning and self.is_current:
            if self._is_outdated():
                self.app.post_message(RegistryReplaced())
                self.come_up_to_date()
                return
            self._is_beginning = True
            self.run_worker(self._do(deed, args))

    def begin_asking(self, deed: Callable[..., Awaitable[None]], *args: object) -> None:
        """Start a deed that waits for a provider; others may begin meanwhile, and the next replaces it."""
        self.run_worker(self._told(deed, args), group="asking", exclusive=True)

    async def _do(self, deed: Callable[..., Awaitable[None]], args: tuple[object, ...]) -> None:
        try:
            await self._told(deed, args)
        finally:
            self._is_beginning = False

    async def _told(self, deed: Callable[..., Awaitable[None]], args: tuple[object, ...]) -> None:
        try:
            try:
                await deed(self, *args)
            except VaultLocked:
                from tui_registry.ui.screens.unlocking import unlocked

                if await unlocked(self) and not self._is_outdated():
                    await deed(self, *args)
        except RegistryError as error:
            self.refuse(str(error))

    async def attempt(self, change: "Callable[[Writes], T]", done: Callable[[T], str]) -> bool:
        """Make a change and tell of what came of it; a refusal is told instead, and nothing is lost."""
        try:
            try:
                made = await self.desk.save(change)
            except VaultLocked:
                from tui_registry.ui.screens.unlocking import unlocked

                if not await unlocked(self):
                    raise
                made = await self.desk.save(change)
        except RegistryError as error:
            self.refuse(str(error))
            return False
        self.changed(done(made))
        return True

    def tell(self, sentence: str) -> None:
        """A short message that goes by itself."""
        self.app.notify(sentence, markup=False)

    def refuse(self, sentence: str) -> None:
        """Why something was not done."""
        self.app.notify(sentence, severity="warning", markup=False, timeout=REFUSAL_SECONDS)
