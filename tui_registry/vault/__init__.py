"""The room that seals API keys: each for one origin, one provider and one field."""

from tui_registry.vault.record import RecordHeader, read_header, shown_origin
from tui_registry.vault.states import KeyState, VaultState, VaultStatus, judge, state_of
from tui_registry.vault.vault import Vault

__all__ = [
    "KeyState",
    "RecordHeader",
    "Vault",
    "VaultState",
    "VaultStatus",
    "judge",
    "read_header",
    "shown_origin",
    "state_of",
]
