"""Where every result is kept: the model or the provider's key it is about follows it at once."""

from tui_registry.store import write_keys, write_results
from tui_registry.store.change import Change
from tui_registry.store.rows import NewResult
from tui_registry.store.tables import Result

KEY_TEST = "key"
"""The probe whose results are about a provider's key."""


def record(change: Change, result: NewResult) -> Result:
    """Keep one result and bring its model, or the provider whose key it is about, up to date."""
    if result.found.test_type == KEY_TEST:
        return write_keys.record_key_check(change, result)
    return write_results.record(change, result)
