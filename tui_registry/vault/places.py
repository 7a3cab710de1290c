"""Where a vault's keys are kept, and which of several places counts: the first configured, no other."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from tui_registry.errors import KeyFileMissing, KeyFileRefused, VaultError
from tui_registry.vault.keyfile import parse
from tui_registry.vault.keys import short_id
from tui_registry.vault.private_file import (
    keep_copy,
    read_private,
    refusal_of_credential,
    replace_private,
    write_once,
)

CREDENTIAL = "tui-registry-vault-key"
"""The name under which a service manager hands over the vault key (systemd's LoadCredential=)."""


class Place(Protocol):
    """One place for the text of a ring; each method raises children of VaultError."""

    @property
    def name(self) -> str:
        """What sentences call it: a path where it is a file."""

    @property
    def kind(self) -> str:
        """What sort of place it is, in a word."""

    @property
    def is_slow(self) -> bool:
        """Whether reading it may take seconds, so that a screen must not wait for it."""

    def read(self) -> bytes:
        """The text; raises KeyFileMissing or KeyFileRefused."""

    def make(self, text: bytes) -> None:
        """Keep a first text, unless one is there."""

    def replace(self, text: bytes) -> None:
        """Keep another text instead; the old one stays when that fails."""

    def keep_copy(self) -> str | None:
        """Give what is there one more name, before it is replaced; that name, None where nothing was."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file of this user."""

    path: Path
    kind: ClassVar[str] = "file"
    is_slow: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Its path."""
        return str(self.path)

    def read(self) -> bytes:
        """Its text, if it is this user's alone."""
        return read_private(self.path)

    def make(self, text: bytes) -> None:
        """Make it with its directories, unless something has that name."""
        write_once(self.path, text)

    def replace(self, text: bytes) -> None:
        """Put another text in its place at once."""
        replace_private(self.path, text)

    def keep_copy(self) -> str | None:
        """Give it one more name beside it; never over another file."""
        kept = keep_copy(self.path)
        return None if kept is None else str(kept)


@dataclass(frozen=True, slots=True)
class Credential:
    """A file that the service manager put there for this run; nothing here can change it."""

    path: Path
    kind: ClassVar[str] = "credential"
    is_slow: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """Its path."""
        return str(self.path)

    def read(self) -> bytes:
        """Its text."""
        return read_private(self.path, refusal_of_credential)

    def make(self, text: bytes) -> None:
        """Refuse."""
        raise self._fixed()

    def replace(self, text: bytes) -> None:
        """Refuse."""
        raise self._fixed()

    def keep_copy(self) -> str | None:
        """Refuse."""
        raise self._fixed()

    def _fixed(self) -> VaultError:
        return VaultError(
            f"The vault key comes from the service manager ({self.path}) and cannot be changed here."
            " Change its source, or start without it."
        )


@dataclass(frozen=True, slots=True)
class Contested:
    """A chosen place beside another that holds keys too; refused while the two disagree."""

    chosen: Place
    other: KeyFile

    @property
    def name(self) -> str:
        """The chosen place's."""
        return self.chosen.name

    @property
    def kind(self) -> str:
        """The chosen place's."""
        return self.chosen.kind

    @property
    def is_slow(self) -> bool:
        """The chosen place's."""
        return self.chosen.is_slow

    def read(self) -> bytes:
        """The chosen place's text, if the other has no other key; raises KeyFileRefused naming both."""
        text = self.chosen.read()
        try:
            theirs = parse(self.other.read(), self.other.name).first_id
        except KeyFileMissing:
            return text
        mine = parse(text, self.name).first_id
        if mine != theirs:
            raise KeyFileRefused(
                f"There are two vault keys: {short_id(mine)} in {self.name} and {short_id(theirs)} in"
                f" {self.other.name}. Keep the one that is right, and move the other to another place."
            )
        return text

    def make(self, text: bytes) -> None:
        """Make a first text only where the other place has none."""
        if self.other.path.exists():
            raise KeyFileRefused(
                f"There is no vault key in {self.name}, but one in {self.other.name}. Nothing was sealed."
                " Move it to where it is wanted, or to another place."
            )
        self.chosen.make(text)

    def replace(self, text: bytes) -> None:
        """Change the chosen place."""
        self.chosen.replace(text)

    def keep_copy(self) -> str | None:
        """Keep what the chosen place holds."""
        return self.chosen.keep_copy()


def find_place(
    named: Path | None,
    usual: Path,
    *,
    credentials: str | None = None,
    backend: str = "file",
    is_usual_ours: bool = True,
) -> Place:
    """The first configured of: the named file, the service manager's, the system's keyring, the usual file.

    What the first one lacks is looked for nowhere else. `is_usual_ours` says that the usual file can only
    belong to this registry, so that a second key in it is a contradiction.
    """
    chosen: Place
    credential = Path(credentials, CREDENTIAL) if credentials else None
    if named is not None and named != usual:
        chosen = KeyFile(named)
    elif credential is not None and credential.exists():
        chosen = Credential(credential)
    elif backend == "keyring":
        from tui_registry.vault.keyring_place import Keyring

        chosen = Keyring(str(usual))
    else:
        return KeyFile(usual)
    return Contested(chosen, KeyFile(usual)) if is_usual_ours else chosen
