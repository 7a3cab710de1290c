"""The room that seals API keys: each for one origin, one provider and one field."""

from tui_registry.vault.places import Place, find_place
from tui_registry.vault.record import RecordHeader, read_header
from tui_registry.vault.recovery import read_recovery_code
from tui_registry.vault.states import KeyState, VaultState, VaultStatus, judge, state_of
from tui_registry.vault.vault import Vault

__all__ = [
    "KeyState",
    "Place",
    "RecordHeader",
    "Vault",
    "VaultState",
    "VaultStatus",
    "find_place",
    "judge",
    "read_header",
    "read_recovery_code",
    "state_of",
]
