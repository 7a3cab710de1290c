"""Results and runs: what was found is kept for good, and a model's state follows from it."""

import json
from collections.abc import Sequence
from typing import NoReturn

from tui_registry.errors import InvalidInput, Outdated, Refused
from tui_registry.store.change import Change
from tui_registry.store.rows import NewResult
from tui_registry.store.statements import fetch
from tui_registry.store.states import ModelState, before, says
from tui_registry.store.tables import Provider, Result, Run

COLUMNS = tuple(name for name in Result.columns() if name != "id")
_ADD = (
    f"INSERT INTO verification_result ({', '.join(COLUMNS)})"  # noqa: S608
    f" VALUES ({', '.join('?' * len(COLUMNS))}) RETURNING id"
)
_STATE = """
SELECT row_version, updated_at, verification_state, consecutive_failures, score, last_verified_at
FROM model WHERE id = ?
"""
_EDIT = """
UPDATE model SET verification_state = ?, consecutive_failures = ?, score = ?, last_verified_at = ?,
  updated_at = ?, row_version = ? WHERE id = ?
"""


def values_of(result: NewResult, at: str) -> tuple[object, ...]:
    """A result that was found at this moment as its COLUMNS are kept."""
    kept = result.found.values() | {"created_at": at}
    return tuple(kept[name] for name in COLUMNS)


def add_result(change: Change, result: NewResult) -> Result:
    """Keep one result; raises InvalidInput for scores or evidence that are no JSON objects, and Gone."""
    change.require(result)
    for field, text in (("scores", result.found.scores), ("evidence", result.found.evidence)):
        _check_object(field, text)
    values = values_of(result, change.now)
    # plain SQL: a run keeps hundreds of results while a screen shares the interpreter
    id = fetch(change.db, _ADD, values)[0][0]
    return Result(id=id, **dict(zip(COLUMNS, values, strict=True)))


def record(change: Change, result: NewResult) -> Result:
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
    asks: Sequence[Provider] = (),
) -> Run:
    """Open a run; money is USD, `plan` a JSON object, `owner` names the process it runs in.

    Raises Outdated where another file took the registry's place since those that it `asks` were read.
    """
    _require_planned_here(change, asks)
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


def resume_run(change: Change, seen: Run, owner: str | None, asks: Sequence[Provider] = ()) -> Run:
    """Open a cut off or cancelled run again; raises Refused for one that runs or is done, and Outdated."""
    row = change.run(seen)
    _require_planned_here(change, asks)
    if row.state not in ("interrupted", "cancelled"):
        raise Refused(f"Run {row.id} is {row.state}, so there is nothing to resume.")
    fetch(
        change.db,
        "UPDATE verification_run SET state = 'running', finished_at = NULL, owner = ? WHERE id = ?",
        (owner, row.id),
    )
    return change.reads.run(row.id)


def finish_run(change: Change, seen: Run, state: str, actual_cost: float | None) -> Run:
    """Close a run as done, cancelled or interrupted."""
    row = change.run(seen)
    fetch(
        change.db,
        "UPDATE verification_run SET state = ?, actual_cost = ?, finished_at = ? WHERE id = ?",
        (state, actual_cost, change.later(row.started_at), row.id),
    )
    return change.reads.run(row.id)


def _require_planned_here(change: Change, asks: Sequence[Provider]) -> None:
    if any(map(change.was_replaced, asks)):
        raise Outdated(
            "Another file took the registry's place since this run was planned, so nothing was sent. Look at"
            " its plan as it is now."
        )


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
