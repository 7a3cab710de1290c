"""The vault's passphrase without the app: from a descriptor, a variable or a prompt, never an argument."""

import os
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

from tui_registry.cli.output import is_terminal, remark
from tui_registry.errors import InvalidInput, VaultLocked, WrongPassphrase
from tui_registry.text import Secret

if TYPE_CHECKING:
    from tui_registry.vault import Vault

VARIABLE = "TUI_REGISTRY_PASSPHRASE"
LONGEST_INPUT = 4096
"""Bytes read of a descriptor; a passphrase has fewer."""

TRIES = 3
"""How often a person may mistype."""


class Passphrases:
    """Where one run of the program gets the passphrase from."""

    def __init__(self, environ: Mapping[str, str], descriptor: int | None) -> None:
        """Take the variable out of the environment, so that no child inherits it or the descriptor."""
        self._descriptor = descriptor
        self._given = environ.get(VARIABLE) or None
        if isinstance(environ, MutableMapping):
            environ.pop(VARIABLE, None)
        if descriptor is not None and descriptor > 2:
            with suppress(OSError):  # one that is not open is told when it is to be read
                os.set_inheritable(descriptor, False)

    def given(self) -> Secret | None:
        """What was given without anybody being asked; raises InvalidInput for a descriptor that is none."""
        if self._descriptor is not None:
            self._given, self._descriptor = _read(self._descriptor), None
        return None if self._given is None else Secret(self._given)

    def unlock(self, vault: "Vault") -> None:
        """Unlock the vault with what was given, else with what a person types; raises VaultError."""
        given = self.given()
        if given is not None:
            vault.unlock(given)
            return
        # Only the main thread asks: the writer's would keep every other session waiting for an answer.
        if not can_ask() or current_thread() is not main_thread():
            raise VaultLocked(
                f"The vault is locked: {vault.place.name} has a passphrase, and nobody can be asked here."
                f" Give it with --passphrase-fd N or ${VARIABLE}."
            )
        for left in reversed(range(TRIES)):
            try:
                vault.unlock(typed("Passphrase of the vault (not shown): "))
            except WrongPassphrase as error:
                if not left:
                    raise
                remark(str(error))
            else:
                return

    def new(self) -> Secret:
        """A new passphrase: typed twice, or the first line of standard input; raises InvalidInput."""
        if not is_terminal(sys.stdin):
            return Secret(_line(sys.stdin.read(LONGEST_INPUT) if sys.stdin is not None else ""))
        first = typed("New passphrase (not shown): ")
        if typed("The same once more: ") != first:
            raise InvalidInput({"passphrase": "The two were not the same. Nothing was changed."})
        return first


def can_ask() -> bool:
    """Whether a person sits where a prompt would be seen."""
    return is_terminal(sys.stdin) or is_terminal(sys.stderr)


def typed(question: str) -> Secret:
    """What is typed at a prompt that does not show it; raises VaultLocked when nothing is."""
    from getpass import getpass

    try:
        return Secret(getpass(question))
    except EOFError:
        raise VaultLocked("Nothing was entered, so the vault stays locked.") from None


def _read(descriptor: int) -> str:
    """What can be read of a descriptor, without the line's end."""
    try:
        with os.fdopen(descriptor, "rb", closefd=descriptor > 2) as opened:
            return _line(opened.read(LONGEST_INPUT).decode("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(
            {"--passphrase-fd": f"No passphrase can be read from descriptor {descriptor}."}
        ) from None


def _line(text: str) -> str:
    """A text without one line's end after it."""
    return text.removesuffix("\n").removesuffix("\r")
