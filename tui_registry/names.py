"""Names as people write them: found whatever their case, and those most like one that is not there."""

from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase

_FOLDED = str.maketrans(ascii_uppercase, ascii_lowercase)


def fold(name: str) -> str:
    """What tells names apart, as in the database: the case of A to Z does not, that of other letters does."""
    return name.translate(_FOLDED)


def spelling(name: str, known: Iterable[str]) -> str | None:
    """The known spelling of a name written in any case; None when it is not known."""
    folded = fold(" ".join(name.split()))
    return next((each for each in known if fold(each) == folded), None)


def resembling(name: str, known: Iterable[str]) -> str:
    """A trailing sentence that names the known names most like this one, or nothing."""
    from difflib import get_close_matches

    by_fold = {each.casefold(): each for each in known}
    near = [by_fold[fold] for fold in get_close_matches(name.casefold(), by_fold, n=3, cutoff=0.6)]
    return f" Did you mean {' or '.join(near)}?" if near else ""
