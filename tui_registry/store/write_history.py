"""Many results at once: a history that is at hand already, kept by a few statements instead of a few each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tui_registry.clock import stamp
from tui_registry.store import write_keys
from tui_registry.store.change import Change
from tui_registry.store.recording import KEY_TEST
from tui_registry.store.rows import Cell, NewResult
from tui_registry.store.statements import run_many
from tui_registry.store.states import differences
from tui_registry.store.tables import Model, Provider
from tui_registry.store.write_providers import update
from tui_registry.store.write_results import COLUMNS, _check_object, values_of
from tui_registry.store.writes import Writes

Found = tuple[datetime, NewResult]
"""A result and the moment it was found."""

Proved = tuple[Provider, dict[str, object]]
"""A provider as it is held, and its columns that key checks change."""

_ADD = (
    f"INSERT INTO verification_result ({', '.join(COLUMNS)})"  # noqa: S608
    f" VALUES ({', '.join('?' * len(COLUMNS))})"
)


def record_results(writes: Writes, found: Iterable[Found]) -> int:
    """Keep results with their own moments, in the order given, all or none; how many there were.

    Models and providers end in the states that `Writes.record_result` would leave one by one, but each
    counts as edited once, by its last result. Raises what `record_result` raises.
    """
    if not (results := list(found)):
        return 0
    with writes._change() as change:
        results, keys = _judge_keys(change, results)
        for _at, result in results:
            change.require(result)
            for field in ("scores", "evidence"):
                _check_object(field, getattr(result.found, field))
        run_many(change.db, _ADD, (values_of(result, stamp(at)) for at, result in results))
        _bring_up_to_date(change, results)
        for row, values in keys:
            update(change, row, values)
    return len(results)


def _judge_keys(change: Change, found: list[Found]) -> tuple[list[Found], list[Proved]]:
    """These results, those of keys with the endpoint that was asked, and what all of them together prove."""
    rows: dict[int, Provider] = {}
    proofs: dict[int, dict[str, object]] = {}
    whole: list[Found] = []
    for at, result in found:
        if result.found.test_type == KEY_TEST:
            id = result.provider.id
            row = rows.get(id) or change.reads.provider_by_id(id)
            values = write_keys.proved(replace(change, now=stamp(at)), row, result)
            rows[id] = row.but(**values)
            proofs.setdefault(id, {}).update(values)
            result = result.but(endpoint=result.found.endpoint or row.endpoint)
        whole.append((at, result))
    return whole, [(change.reads.provider_by_id(id), values) for id, values in proofs.items() if values]


def _bring_up_to_date(change: Change, results: Sequence[Found]) -> None:
    """Give each model of these results the state that its whole history now says it has."""
    last = {result.model.id: stamp(at) for at, result in results if result.model is not None}
    states: dict[int, dict[str, Cell]] = {}
    for each in differences(change.db):
        if each.model_id in last:
            states.setdefault(each.model_id, {})[each.field] = each.computed
    for id, state in states.items():
        _edit(change, id, state, last[id])


def _edit(change: Change, id: int, state: Mapping[str, Cell], at: str) -> None:
    row = change.reads.model_by_id(id)
    updated_at = max(at, row.updated_at)
    change.update(Model, id, row.row_version, {**state, "updated_at": updated_at})
