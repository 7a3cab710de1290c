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


def merged(
    was: Values, mine: Values, theirs: Values, ties: Collection[Tie] = (), *, replaced: bool = False
) -> dict[str, object]:
    """The fields to write so that both sessions' edits are kept; raises Conflict where both changed the same.

    `was` is what my form was loaded with, `theirs` what is stored now; only the fields in `mine` count. Where
    the file was `replaced` since, nothing says what was edited there, so every difference is a conflict.
    """
    if replaced:
        differing = {field: (was[field], mine[field], theirs[field]) for field in mine}
        _refuse(
            {field: sides for field, sides in differing.items() if sides[1] != sides[2]},
            "Another file took the registry's place meanwhile, and differs here",
        )
        return {}
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
    _refuse(clash, "Another session changed this meanwhile")
    return changes


def _refuse(clash: Mapping[str, tuple[object, object, object]], why: str) -> None:
    if clash:
        words = ", ".join(field.replace("_", " ") for field in clash)
        raise Conflict(f"{why}: {words}. Choose which value to keep.", clash)


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
