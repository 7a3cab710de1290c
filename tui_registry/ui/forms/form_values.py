"""What a form asks, and what its present texts mean: problems, warnings and changes, without a screen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from tui_registry.errors import InvalidInput
from tui_registry.text import clean, is_showable

D = TypeVar("D")

Kind = Literal["text", "lines", "choice", "check", "secret", "note"]

ON, OFF = "true", "false"
"""The texts a check box stands for."""

REPLACED = f"Held characters that cannot be shown; they stand here as {clean(chr(0))}."


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form.

    `options` are (text, words) pairs of a choice; `echo` says how a text is read (`= 250,000`);
    `fix` offers a better text or None; `local` lets a secret be a keyless server's short token,
    `passphrase` lets it be any line of text; `lines` takes several; a `note` is a heading (`label`) or a
    remark (`hint`) and holds no text.
    """

    name: str
    label: str
    kind: Kind = "text"
    required: bool = False
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()
    echo: Callable[[str], str] | None = None
    fix: Callable[[str], str | None] | None = None
    local: bool = False
    passphrase: bool = False

    def shown(self, text: str) -> str:
        """A text of this field as it may stand in a list of changes."""
        if self.kind == "secret":
            return "entered" if text else "none"
        if self.kind == "check":
            return "on" if text == ON else "off"
        words = dict(self.options).get(text, text) if self.kind == "choice" else text
        return clean(" ".join(words.split()) if self.kind == "lines" else words.strip()) or "empty"


@dataclass(frozen=True, slots=True)
class Verdict(Generic[D]):
    """What parsing said: the draft, or one sentence for each refused field; warnings block nothing."""

    draft: D | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)


class FormValues(Generic[D]):
    """The texts a form was loaded with, and how any other texts compare to them."""

    def __init__(
        self,
        fields: Sequence[Field],
        loaded: Mapping[str, str],
        parse: Callable[[dict[str, str]], D],
        warnings: Callable[[D], Mapping[str, str]] | None = None,
    ) -> None:
        """Keep the loaded texts, made safe to show."""
        self.fields = {each.name: each for each in fields if each.kind != "note"}
        self.loaded = {name: self._loaded_text(name, loaded.get(name, "")) for name in self.fields}
        self.replaced = tuple(
            name
            for name, each in self.fields.items()
            if not is_showable(loaded.get(name, ""), lines=each.kind == "lines")
        )
        self._several_lines = {
            name: loaded[name]
            for name in self.replaced
            if self.fields[name].kind == "text" and is_showable(loaded[name], lines=True)
        }
        self._parse = parse
        self._warnings = warnings
        self._seen: tuple[dict[str, str], Verdict[D]] | None = None
        self._same: dict[tuple[str, str], bool] = {}

    def _loaded_text(self, name: str, text: str) -> str:
        """The text a field starts with; a secret is never filled in."""
        kind = self.fields[name].kind
        if kind == "secret":
            return ""
        if kind == "check":
            return ON if text == ON else OFF
        return clean(text, lines=kind == "lines")

    def check(self, texts: Mapping[str, str]) -> Verdict[D]:
        """What the texts parse to; the last answer is remembered."""
        wanted = dict(texts)
        if self._seen is None or self._seen[0] != wanted:
            self._seen = (wanted, self._judge(wanted))
        return self._seen[1]

    def _judge(self, texts: dict[str, str]) -> Verdict[D]:
        """Parse the texts; one that is on one line only to be shown keeps its lines unless it was edited."""
        untouched = {
            name: whole for name, whole in self._several_lines.items() if texts[name] == self.loaded[name]
        }
        try:
            draft = self._parse(dict(texts) | untouched)
        except InvalidInput as refusal:
            return Verdict(problems=refusal.problems)
        return Verdict(draft, warnings=self._warnings(draft) if self._warnings else {})

    def changed(self, texts: Mapping[str, str]) -> tuple[str, ...]:
        """The fields whose text means something else than the loaded one, in the form's order."""
        return tuple(name for name in self.fields if not self._means_the_same(name, texts[name]))

    def _means_the_same(self, name: str, text: str) -> bool:
        """Whether one text in place of the loaded one gives the same draft."""
        if text == self.loaded[name]:
            return True
        key = (name, text)
        if key not in self._same:
            before = self._judge(self.loaded)
            after = self._judge({**self.loaded, name: text})
            if before.draft is not None and after.draft is not None:
                self._same = {key: before.draft == after.draft}
            else:
                self._same = {key: text.strip() == self.loaded[name].strip()}
        return self._same[key]

    def forget(self) -> None:
        """Drop every text and draft, so that a closed form keeps no secret."""
        self._seen = None
        self._same = {}
