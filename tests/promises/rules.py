"""The rules of the data model hold in the file, and the tests that say so find the bugs planted in them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import test_rules, test_state_machine
from tests.promises.promise import Figure
from tests.registries import Home
from tests.store_machine import StoreMachine
from tui_registry.errors import RegistryError
from tui_registry.store.schema import steps
from tui_registry.vault import Vault

LEAST_PLANTED = 12


def figures(short: bool) -> Iterator[Figure]:
    """The matrix of statements; in the long form also the bugs planted in the store."""
    with tempfile.TemporaryDirectory(prefix="rules-") as folder:
        base, tried = Path(folder) / "registry.db", test_rules.cases()
        test_rules.fill(base, steps())
        wrong, paths = [], 0
        for foreign_keys in (False, True):
            wrong += test_rules.through_python(base, tried, foreign_keys=foreign_keys)
            paths += 1
            if test_rules.SHELL is not None:
                wrong += test_rules.through_shell(base, tried, foreign_keys=foreign_keys)
                paths += 1
        found = f"{len(tried)} statements x {paths} paths, {len(wrong)} unexpected"
        yield Figure("what the rules accept and refuse", found, "0 unexpected", not wrong)
        weaker = Path(folder) / "weaker.db"
        test_rules.fill(weaker, [*steps(), "DROP TRIGGER provider_has_models;\n"])
        noticed = len(test_rules.through_python(weaker, tried, foreign_keys=False))
        yield Figure("control: one rule dropped", f"{noticed} unexpected", "some", noticed > 0)
    if not short:
        yield from _planted()


def _planted() -> Iterator[Figure]:
    """Each bug planted in the store, which the state machine must find; without one it finds nothing."""
    with tempfile.TemporaryDirectory(prefix="machine-") as folder:
        Home(Path(folder)).open().close()
        Vault(Path(folder) / "state" / "vault.key").create(sealed_exists=False)
        StoreMachine.template = Path(folder)
        found = sum(map(_is_found, test_state_machine.PLANTED))
        planted = len(test_state_machine.PLANTED)
        yield Figure(
            "bugs planted in the store that the state machine finds",
            f"{found} of {planted}",
            f"all of {LEAST_PLANTED} or more",
            found == planted >= LEAST_PLANTED,
        )
        healthy = not _is_found(lambda patch: None)
        yield Figure("control: the store as it is", "no bug" if healthy else "a bug", "no bug", healthy)


def _is_found(plant: object) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)  # type: ignore[operator]
        try:
            test_state_machine.drive(examples=100)
        except (AssertionError, RegistryError):
            return True
    return False
