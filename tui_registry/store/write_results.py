"""Results and runs: what was found is kept for good, and a model's state follows from it."""

import json
from dataclasses import fields
from typing import NoReturn

from tui_registry.errors import InvalidInput, Refused
from tui_registry.store.change import Change
from tui_registry.store.rows import NewResult, ResultRow, RunRow
from tui_registry.store.statements import fetch
from tui_registry.store.states import ModelState, before, says
from tui_registry.store.tables import Run

_GIVEN = tuple(field.name for field in fields(NewResult))
_COLUMNS = (*_GIVEN, "created_at")
_ADD = (
    f"INSERT INTO verification_result ({', '.join(_COLUMNS)})"  # noqa: S608
    f" VALUES ({', '.join('?' * len(_COLUMNS))}) RETURNING id"
)
_STATE = """
SELECT row_version, updated_at, verification_state, consecutive_failures, score, last_verified_at
FROM model WHERE id = ?
"""
_EDIT = """
UPDATE model SET verification_state = ?, consecutive_failures = ?, score = ?, last_verified_at = ?,
  updated_at = ?, row_version = ? WHERE id = ?
"""


def add_result(change: Change, result: NewResult) -> ResultRow:
    """Keep one result; raises InvalidInput for scores or evidence that are no JSON objects."""
    for field, text in (("scores", result.scores), ("evidence", result.evidence)):
        _check_object(field, text)
    values = {name: getattr(result, name) for name in _GIVEN} | {"created_at": change.now}
    # plain SQL: a run keeps hundreds of results while a screen shares the interpreter
    id = fetch(change.db, _ADD, [values[name] for name in _COLUMNS])[0][0]
    return ResultRow(**values, id=id)


def record(change: Change, result: NewResult) -> ResultRow:
    """Keep one result and bring its model's state up to date."""
    kept = add_result(change, result)
    if kept.model_id is None:
        return kept
    version, updated_at, *columns = fetch(change.db, _STATE, (kept.model_id,))[0]
    held = before(change.db, kept.model_id, ModelState(*columns), kept.id)
    after = held.after(says(kept.test_type, kept.status, kept.outcome), kept.score, kept.created_at)
    if after.stored() != held.stored():
        values = (*after.stored().values(), change.later(updated_at), version + 1, kept.model_id)
        fetch(change.db, _EDIT, values)
    return kept


def start_run(
    change: Change,
    suite: str,
    trigger: str,
    budget: float | None,
    estimated_cost: float | None,
    plan: str | None = None,
    owner: str | None = None,
) -> RunRow:
    """Open a run; money is USD, `plan` a JSON object, `owner` names the process it runs in."""
    _check_object("plan", plan)
    id = change.insert(
        Run,
        {
            "suite": suite,
            "trigger": trigger,
            "state": "running",
            "budget": budget,
            "estimated_cost": estimated_cost,
            "started_at": change.now,
            "plan": plan,
            "owner": owner,
        },
    )
    return change.reads.run(id)


def resume_run(change: Change, id: int, owner: str | None) -> RunRow:
    """Open an interrupted or cancelled run again; raises Refused for one that runs or is done."""
    row = change.reads.run(id)
    if row.state not in ("interrupted", "cancelled"):
        raise Refused(f"Run {id} is {row.state}, so there is nothing to resume.")
    fetch(
        change.db,
        "UPDATE verification_run SET state = 'running', finished_at = NULL, owner = ? WHERE id = ?",
        (owner, id),
    )
    return change.reads.run(id)


def finish_run(change: Change, id: int, state: str, actual_cost: float | None) -> RunRow:
    """Close a run as done, cancelled or interrupted."""
    row = change.reads.run(id)
    fetch(
        change.db,
        "UPDATE verification_run SET state = ?, actual_cost = ?, finished_at = ? WHERE id = ?",
        (state, actual_cost, change.later(row.started_at), id),
    )
    return change.reads.run(id)


def _check_object(field: str, text: str | None) -> None:
    # not left to the file alone: SQLite's JSON functions are closed to rules where the schema is not trusted
    try:
        is_object = text is None or isinstance(json.loads(text, parse_constant=_no_number), dict)
    except (ValueError, RecursionError):
        is_object = False
    if not is_object:
        raise InvalidInput({field: "This takes a JSON object."})


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")
