"""The system's own keyring as a place for the vault's keys: asked in a process of its own, never for long.

A keyring may hang for ever, and a thread cannot be ended; so each question runs in a child process, which
is ended when it does not answer in time. Texts travel by its input and output, never as arguments.
"""

import base64
import subprocess
import sys
from dataclasses import dataclass
from typing import ClassVar

from tui_registry.errors import KeyFileMissing, KeyFileRefused, VaultError
from tui_registry.vault.private_file import missing

PATIENCE = 3.0
"""Seconds until the keyring counts as not answering."""

SERVICE = "tui-registry"
"""The name under which the keyring lists the vault key."""

NOT_INSTALLED, NO_KEYRING, NOT_THERE = 3, 4, 5
"""How the child process ends when it could not do what was asked."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The entry of one home in the system's keyring; `account` tells homes apart."""

    account: str
    kind: ClassVar[str] = "keyring"
    is_slow: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """What a person finds it by."""
        return f"the system's keyring (entry {SERVICE})"

    def read(self) -> bytes:
        """The text; raises KeyFileMissing or KeyFileRefused."""
        return self._ask("get")

    def make(self, text: bytes) -> None:
        """Keep a first text, unless one is there."""
        self._ask("make", text)

    def replace(self, text: bytes) -> None:
        """Keep another text instead."""
        self._ask("set", text)

    def keep_copy(self) -> str | None:
        """None where nothing is; an entry that is there can be kept by the keyring's own program only."""
        try:
            self.read()
        except KeyFileMissing:
            return None
        raise VaultError(f"Remove the entry from {self.name} with its own program first.")

    def _ask(self, verb: str, text: bytes = b"") -> bytes:
        """What the child process answered; raises children of VaultError."""
        told = f"{base64.b64encode(self.account.encode()).decode()}\n".encode("ascii") + text
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "tui_registry.vault.keyring_child", verb],
                input=told,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise KeyFileRefused(
                f"The system's keyring did not answer within {PATIENCE:.0f} seconds. Unlock it, or set"
                ' backend = "file" under [vault] in config.toml. Nothing else was tried.'
            ) from None
        except OSError as error:
            raise KeyFileRefused(f"The system's keyring could not be asked: {error.strerror}.") from error
        match done.returncode:
            case 0:
                return done.stdout
            case 3:
                raise KeyFileRefused(
                    "The package for the system's keyring is not here. Run: pip install keyring, or set"
                    ' backend = "file" under [vault] in config.toml.'
                )
            case 5:
                raise missing(self.name)
            case _:
                raise KeyFileRefused(
                    "There is no system's keyring that can be used here, as often on servers. Set"
                    ' backend = "file" under [vault] in config.toml. Nothing else was tried.'
                )
