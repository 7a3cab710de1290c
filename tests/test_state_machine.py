"""The store against plain dictionaries; and bugs planted in it, each of which the comparison must find."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import peewee as pw
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.registries import Home
from tests.store_machine import HOSTS, StoreMachine
from tui_registry import names as names_room
from tui_registry.endpoint import parse_endpoint
from tui_registry.errors import RegistryError
from tui_registry.store import (
    NewResult,
    Reads,
    Result,
    import_prices,
    write_facts,
    write_keys,
    write_models,
    write_providers,
)
from tui_registry.store.change import Change, Values
from tui_registry.store.connections import Connections
from tui_registry.store.faults import explained
from tui_registry.store.record import Record
from tui_registry.store.states import ModelState
from tui_registry.store.tables import Pricing
from tui_registry.vault import Vault

Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True, scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An empty registry and a vault key, made once."""
    root = tmp_path_factory.mktemp("template")
    Home(root).open().close()
    Vault(root / "state" / "vault.key").create(sealed_exists=False)
    StoreMachine.template = root


def drive(examples: int) -> None:
    """Run the machine; the same steps every time."""
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def last_save_wins(patch: Patch) -> None:
    """Saves write the whole form over whatever is there."""

    def overwrite(
        was: Values, mine: Values, theirs: Values, ties: object = (), *, replaced: bool = False
    ) -> dict[str, object]:
        return {name: value for name, value in mine.items() if value != theirs[name]}

    for room in (write_providers, write_models, write_facts):
        patch.setattr(room, "merged", overwrite)


def dependents_are_not_counted(patch: Patch) -> None:
    """A provider counts as empty."""
    empty = dict.fromkeys(("models", "results", "prices", "limits"), 0)
    patch.setattr(Reads, "dependents_of_provider", lambda self, id: empty)


def prices_are_swapped(patch: Patch) -> None:
    """Input is stored as output."""
    insert = Change.insert

    def swapped(change: Change, table: type[Record], values: Values) -> int:
        if table is Pricing:
            first, second = values["input_price_per_token"], values["output_price_per_token"]
            values = {**values, "input_price_per_token": second, "output_price_per_token": first}
        return insert(change, table, values)

    patch.setattr(Change, "insert", swapped)


def prices_are_rounded(patch: Patch) -> None:
    """Nine digits after the point are thought to be enough."""
    insert = Change.insert

    def rounded(change: Change, table: type[Record], values: Values) -> int:
        kept = {name: round(each, 9) if isinstance(each, float) else each for name, each in values.items()}
        return insert(change, table, kept)

    patch.setattr(Change, "insert", rounded)


def a_provider_stays_on_without_its_key(patch: Patch) -> None:
    """Removing a key forgets the state."""
    patch.setattr(write_keys, "switched_off", lambda change, row, reason: {})


def a_provider_stays_on_at_a_new_host(patch: Patch) -> None:
    """An edit forgets the state."""
    patch.setattr(write_providers, "switched_off", lambda change, row, reason: {})


def keys_are_sealed_for_one_host(patch: Patch) -> None:
    """The endpoint of the provider is not looked at."""
    patch.setattr(write_keys, "stored_endpoint", lambda owner, url: parse_endpoint(HOSTS[0]))


def nothing_is_rolled_back(patch: Patch) -> None:
    """Every statement commits alone."""

    @contextmanager
    def bare(connections: Connections) -> Iterator[pw.SqliteDatabase]:
        database = connections._database(5.0)
        with explained(connections.path), database.connection_context():
            yield database

    patch.setattr(Connections, "write", bare)


def any_check_counts_for_the_present_key(patch: Patch) -> None:
    """The fingerprint of a check is not compared."""
    record = write_keys.record_key_check

    def careless(change: Change, result: NewResult) -> Result:
        present = change.reads.provider_by_id(result.provider.id).key_fingerprint
        return record(change, result.but(key_fingerprint=present))

    patch.setattr(write_keys, "record_key_check", careless)


def a_pass_does_not_end_a_row_of_failures(patch: Patch) -> None:
    """Failures are added up for good."""
    after = ModelState.after

    def unforgiving(state: ModelState, status: str, score: float | None, at: str) -> ModelState:
        return replace(after(state, status, score, at), consecutive_failures=state.consecutive_failures + 1)

    patch.setattr(ModelState, "after", unforgiving)


def an_import_takes_every_price_for_its_own(patch: Patch) -> None:
    """The source of a price is not looked at."""
    patch.setattr(import_prices, "_PRICED", import_prices._PRICED.replace("p.source,", "'catalogue',"))


def fields_a_person_set_are_forgotten(patch: Patch) -> None:
    """An edit of a model names no fields."""

    def none(fields: Iterable[str]) -> str:
        return ""

    patch.setattr(write_models, "_named", none)


def a_purge_leaves_its_permit(patch: Patch) -> None:
    """What lets results be removed stays in the file."""
    patch.setattr(Change, "forget", lambda change, key: None)


def names_are_stored_as_typed(patch: Patch) -> None:
    """The known spelling is not taken."""
    spelling = names_room.spelling

    def typed(name: str, known: Iterable[str]) -> str | None:
        return name if spelling(name, known) else None

    patch.setattr(names_room, "spelling", typed)


PLANTED: tuple[Callable[[Patch], None], ...] = (
    last_save_wins,
    dependents_are_not_counted,
    prices_are_swapped,
    prices_are_rounded,
    a_provider_stays_on_without_its_key,
    a_provider_stays_on_at_a_new_host,
    keys_are_sealed_for_one_host,
    nothing_is_rolled_back,
    any_check_counts_for_the_present_key,
    a_pass_does_not_end_a_row_of_failures,
    an_import_takes_every_price_for_its_own,
    fields_a_person_set_are_forgotten,
    a_purge_leaves_its_permit,
    names_are_stored_as_typed,
)


def test_the_store_does_what_plain_dictionaries_say() -> None:
    drive(examples=30)


FOUND_LATE = (a_purge_leaves_its_permit,)
"""What takes more steps to be found than all others together; the promises' long form looks for it too."""


@pytest.mark.parametrize(
    "plant", [each for each in PLANTED if each not in FOUND_LATE], ids=lambda plant: plant.__name__
)
def test_a_planted_bug_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, RegistryError)):
        drive(examples=100)
