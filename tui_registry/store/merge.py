"""Two sessions on one record: different fields merge, the same field is a conflict."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tui_registry.errors import Conflict

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Tie:
    """A field that gives other fields their meaning, as a currency does its prices."""

    field: str
    gives_meaning_to: Collection[str]


def merged(was: Values, mine: Values, theirs: Values, ties: Collection[Tie] = ()) -> dict[str, object]:
    """The fields to write so that both sessions' edits are kept; raises Conflict where both changed the same.

    `was` is what my form was loaded with, `theirs` what is stored now; only the fields in `mine` count.
    """
    changes: dict[str, object] = {}
    clash: dict[str, tuple[object, object, object]] = {}
    for field, wanted in mine.items():
        if wanted in (was[field], theirs[field]):
            continue
        if theirs[field] == was[field]:
            changes[field] = wanted
        else:
            clash[field] = (was[field], wanted, theirs[field])
    for tie in ties:
        clash |= _across(tie, was, mine, theirs, changes)
    if clash:
        words = ", ".join(field.replace("_", " ") for field in clash)
        raise Conflict(f"Another session changed this meanwhile: {words}. Choose which value to keep.", clash)
    return changes


def _across(
    tie: Tie, was: Values, mine: Values, theirs: Values, changes: Values
) -> dict[str, tuple[object, object, object]]:
    """The clash of a tied field changed on one side with a field it gives meaning to on the other."""
    if tie.field not in mine:
        return {}
    theirs_changed = {each for each in (tie.field, *tie.gives_meaning_to) if theirs[each] != was[each]}
    here, there = tie.field in changes, tie.field in theirs_changed
    if here and theirs_changed:
        fields = theirs_changed
    elif there and any(each in changes for each in tie.gives_meaning_to):
        fields = {tie.field}
    else:
        return {}
    return {each: (was[each], mine[each], theirs[each]) for each in fields}
