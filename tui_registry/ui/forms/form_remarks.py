"""Which line stands under which field of a form: problems, warnings and remarks, and when they go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tui_registry.ui.forms.form_values import REPLACED, FormValues, Verdict


@dataclass(frozen=True, slots=True)
class Under:
    """The line under a field: what kind of thing it says, and its words."""

    kind: Literal["problem", "warning", "remark", "was"]
    words: str


class Remarks:
    """What is said about each field.

    What parsing says shows once a field was checked and goes as soon as it is put right.
    What a paste or a refused save said shows until that field's text changes.
    """

    def __init__(self, values: FormValues[Any], fix_key: str) -> None:
        """Start with a warning where the loaded text could not be shown as it is.

        `fix_key` takes a suggestion.
        """
        self._values = values
        self._fix_key = fix_key
        self._checked: set[str] = set()
        self._warned: set[tuple[str, str]] = set()
        self._said: dict[str, tuple[str, Under]] = {
            name: (values.loaded[name], Under("warning", REPLACED)) for name in values.replaced
        }

    def check(self, name: str) -> None:
        """From now on show what parsing says about a field."""
        self._checked.add(name)

    def check_all(self, verdict: Verdict[Any]) -> set[str]:
        """Show everything that parsing says; returns the fields with warnings nobody has seen yet."""
        self._checked = set(self._values.fields)
        return {name for name, said in verdict.warnings.items() if (name, said) not in self._warned}

    def say(self, name: str, text: str, under: Under) -> None:
        """Show a line for as long as the field holds `text`."""
        self._said[name] = (text, under)

    def under_each(self, texts: Mapping[str, str]) -> dict[str, Under | None]:
        """The line under every field now."""
        verdict = self._values.check(texts)
        self._said = {name: said for name, said in self._said.items() if texts[name] == said[0]}
        unders = {name: self._under(name, text, verdict) for name, text in texts.items()}
        self._checked = {name for name in self._checked if unders[name] is not None}
        return unders

    def _under(self, name: str, text: str, verdict: Verdict[Any]) -> Under | None:
        """Why something was not taken, else what parsing says of a checked field, else what was last said."""
        said = self._said[name][1] if name in self._said else None
        if said is not None and said.kind == "problem":
            return said
        if name in self._checked and name in verdict.problems:
            return Under("problem", self._with_fix(name, text, verdict.problems[name]))
        if name in self._checked and name in verdict.warnings:
            self._warned.add((name, verdict.warnings[name]))
            return Under("warning", self._with_fix(name, text, verdict.warnings[name]))
        return said

    def _with_fix(self, name: str, text: str, sentence: str) -> str:
        """The sentence, with the key that takes the suggestion."""
        better = self.suggestion(name, text)
        return sentence if better is None else f"{sentence} {self._fix_key} changes it to {better}."

    def suggestion(self, name: str, text: str) -> str | None:
        """A better text for a field that something is said about."""
        fix = self._values.fields[name].fix
        return fix(text) if fix and name in self._checked else None

    def forget(self) -> None:
        """Drop every line and the texts they were about, so that a closed form keeps no secret."""
        self._said = {}
