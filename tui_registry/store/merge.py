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
        clash |= _across(tie, was, mine, theirs)
    if clash:
        words = ", ".join(field.replace("_", " ") for field in clash)
        raise Conflict(f"Another session changed this meanwhile: {words}. Choose which value to keep.", clash)
    return changes


def _across(tie: Tie, was: Values, mine: Values, theirs: Values) -> dict[str, tuple[object, object, object]]:
    """All that either side changed under a tie, where both did and mean it differently.

    Whichever side is then chosen keeps its own field together with its own values.
    """
    if tie.field not in mine or mine[tie.field] == theirs[tie.field]:
        return {}
    tied = (tie.field, *tie.gives_meaning_to)
    if not all(any(side[each] != was[each] for each in tied) for side in (mine, theirs)):
        return {}
    return {each: (was[each], mine[each], theirs[each]) for each in tied if mine[each] != theirs[each]}
