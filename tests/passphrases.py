"""Vaults with a passphrase that is quick to try, for tests."""

from pathlib import Path

import pytest

from tui_registry.text import Secret
from tui_registry.vault import Vault, passphrase

PASSPHRASE = "correct horse battery staple"
QUICK = passphrase.Cost(19 * 1024, 1, 1)
"""The least that a file may ask for."""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """New passphrases cost the least that is allowed."""
    monkeypatch.setattr(passphrase, "USUAL", QUICK)


def protected(path: Path, words: str = PASSPHRASE) -> Vault:
    """An unlocked vault that has a passphrase, made first if nothing is there."""
    vault = Vault(path)
    vault.create(sealed_exists=False)
    vault.protect(vault.wrap_for(Secret(words)))
    return vault
