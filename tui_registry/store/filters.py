"""The filter line: what a person types becomes one SQL condition with bound values.

Words match anywhere in a provider's or model's name, case apart (ASCII letters); all terms must hold;
`!` before a term turns it round; double quotes keep words together. Nothing typed raises: a term that
is not understood is taken as a word and a note says so.
"""

import re
from dataclasses import dataclass

from tui_registry.clock import Clock, utc_now
from tui_registry.store.filter_conditions import Sql, Value
from tui_registry.store.filter_terms import VOCABULARIES, Vocabulary
from tui_registry.store.view_columns import ViewName

LONGEST = 500
MOST_TERMS = 24

_TERM = re.compile(
    r"(?P<turned>!?)(?:"
    r"(?P<name>[A-Za-z][A-Za-z0-9_]*)(?P<operator>>=|<=|>|<|=|:)(?P<value>\"[^\"]*\"?|\S*)"
    r"|\"(?P<quoted>[^\"]*)\"?"
    r"|(?P<word>\S+))"
)
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class CompiledFilter:
    """A filter as SQL (empty when nothing is asked), its bound values, notes for the person, plain words."""

    where_sql: str
    params: tuple[Value, ...]
    notes: tuple[str, ...]
    words: tuple[str, ...]


def compile_filter(view: ViewName, text: str, *, clock: Clock = utc_now) -> CompiledFilter:
    """Read a filter line for a view; never raises, whatever is typed."""
    reading = _Reading(VOCABULARIES[view], view, clock)
    if len(text) > LONGEST:
        reading.notes.append(f"Only the first {LONGEST} characters of the filter are used.")
    terms = list(_TERM.finditer(_UNFIT.sub(" ", text[:LONGEST])))
    if len(terms) > MOST_TERMS:
        reading.notes.append(f"Only the first {MOST_TERMS} terms of the filter are used.")
    for term in terms[:MOST_TERMS]:
        reading.take(term)
    return CompiledFilter(
        " AND ".join(reading.parts), tuple(reading.values), tuple(reading.notes), tuple(reading.words)
    )


def terms(view: ViewName) -> list[tuple[str, str]]:
    """What the filter of a view understands, as (example, explanation), for the help page."""
    vocabulary = VOCABULARIES[view]
    return [
        ("word", "the name holds this, whatever its case"),
        ('"two words"', "the name holds exactly this"),
        ("!word", "turns any term round"),
        *((condition.example, condition.meaning) for condition in vocabulary.conditions.values()),
        *((word, flag.meaning) for word, flag in vocabulary.flags.items()),
    ]


class _Reading:
    """One filter line being read."""

    def __init__(self, vocabulary: Vocabulary, view: ViewName, clock: Clock) -> None:
        self.vocabulary = vocabulary
        self.view = view
        self.clock = clock
        self.parts: list[str] = []
        self.values: list[Value] = []
        self.notes: list[str] = []
        self.words: list[str] = []

    def take(self, term: "re.Match[str]") -> None:
        """Read one term."""
        turned, word = bool(term["turned"]), term["word"]
        if term["name"] is not None:
            self._condition(term, turned)
        elif term["quoted"] is not None:
            self._word(term["quoted"], turned)
        elif word.lower() in self.vocabulary.flags:
            self._add((self.vocabulary.flags[word.lower()].sql, ()), turned)
        elif word == "!":
            self.notes.append("! waits for a word to leave out.")
        else:
            self._word(word, turned)

    def _condition(self, term: "re.Match[str]", turned: bool) -> None:
        """Read a name, an operator and a value; fall back to a word."""
        shown = _short(term[0])
        condition = self.vocabulary.conditions.get(term["name"].lower())
        value = term["value"].strip('"') if term["value"].startswith('"') else term["value"]
        if condition is None:
            self.notes.append(f"{shown} is not a condition for {self.view}, taken as a word.")
        elif not value:
            self.notes.append(f"{shown} waits for a value, for example {condition.example}.")
            return
        else:
            try:
                self._add(condition.build(term["operator"], value, self.clock()), turned)
            except ValueError as error:
                self.notes.append(f"{shown} is not a condition, taken as a word. {error}")
            else:
                return
        self._word(term[0].removeprefix("!") if turned else term[0], turned)

    def _word(self, word: str, turned: bool) -> None:
        """Look for a word in the names; one with a slash also in provider/model."""
        if not word.strip():
            return
        looked_for = self.vocabulary.path if "/" in word else self.vocabulary.word
        self._add(looked_for(":", word, self.clock()), turned)
        if not turned:
            self.words.append(word)

    def _add(self, sql: Sql, turned: bool) -> None:
        """One more condition; turned round it also holds where the fact is unknown."""
        condition, values = sql
        self.parts.append(f"({condition}) IS NOT TRUE" if turned else condition)
        self.values.extend(values)


def _short(text: str) -> str:
    """A term short enough for the border line."""
    return f"`{text if len(text) <= 30 else text[:29] + '…'}`"
