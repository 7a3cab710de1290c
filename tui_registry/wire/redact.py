"""Takes a key out of foreign text in every spelling a server may echo it in, before the text is cut."""

import base64
import hashlib
import html
import re
from collections.abc import Callable

from tui_registry.text import Secret

MARK = "[redacted]"
"""What stands where a key was."""

SHORTEST = 8
"""A shorter secret is a local server's conventional word and not taken out by its text."""

_SPELLED = 200  # characters of a key that are looked for one by one; the rest goes with them
_REST = r"[^\s\"'<>,;}\\]*"
_LONGEST_CHARACTER = 12

_PREFIXES = ("sk-", "gsk_", "xai-", "hf_", "nvapi-", "r8_", "csk-", "pplx-", "vck_", "ABSK", "AIza", "AKIA")

# Every pattern starts with a literal or a set, so that the search skips what cannot match; hence the
# lookbehinds that stand after what they look behind at.
_SHAPES = (
    re.compile("(?:" + "|".join(f"{p}(?<![A-Za-z0-9]{p})" for p in _PREFIXES) + r")[A-Za-z0-9_\-]{16,}"),
    re.compile(r"[0-9a-fA-F](?<![0-9a-fA-F]{2})[0-9a-fA-F]{63}(?![0-9a-fA-F])"),
    re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{0,8192}"),
    re.compile(r"[Bb](?:earer|EARER) ([^\s\"'\\,;}<>]+)"),
)
_ESCAPES = re.compile(r"[\\%&]")


class Redactor:
    """Replaces one key, and whatever looks like any key, by MARK."""

    def __init__(self, secret: Secret | None) -> None:
        value = "" if secret is None else secret.reveal()
        self.reach = 9_000
        """Characters that a key's longest spelling may take."""
        self._escaped: list[re.Pattern[str]] = []
        self._plain: list[re.Pattern[str]] = []
        self._traces: tuple[str, ...] = ()
        if len(value) >= SHORTEST:
            forms = _forms(value)
            self._traces = tuple(_folded(form[:_SPELLED]) for form in forms)
            self._escaped = [_pattern(form, _spelled) for form in forms]
            self._plain = [_pattern(form, _either_case) for form in forms]
            self.reach = max(self.reach, len(value) * _LONGEST_CHARACTER)

    def __repr__(self) -> str:
        return "Redactor()"

    def __call__(self, text: str) -> str:
        """The text without keys."""
        return self.part(text, 0, len(text))

    def part(self, text: str, start: int, end: int) -> str:
        """The characters from `start` to `end`; a key that reaches into them is taken out whole."""
        pieces: list[str] = []
        position = start
        for first, last in self._found(text):
            if last <= position or first >= end:
                continue
            pieces += (text[position:first], MARK)
            position = last
        pieces.append(text[position:end])
        return "".join(pieces)

    def finds_key(self, text: str) -> bool:
        """Whether this very key is in the text, in any spelling."""
        return any(pattern.search(text) for pattern in self._mine(text))

    def _mine(self, text: str) -> list[re.Pattern[str]]:
        """Patterns for this key that can match; spellings with escapes only where there are any."""
        if _ESCAPES.search(text):
            return self._escaped
        folded = _folded(text)
        return self._plain if any(trace in folded for trace in self._traces) else []

    def _found(self, text: str) -> list[tuple[int, int]]:
        """Where keys stand, in order."""
        patterns = (*self._mine(text), *_SHAPES)
        return sorted(match.span(match.lastindex or 0) for each in patterns for match in each.finditer(text))


def _forms(key: str) -> list[str]:
    """The key itself, in hex, as its SHA-256, and in base64."""
    raw = key.encode()
    return [key, raw.hex(), hashlib.sha256(raw).hexdigest(), *_base64_forms(raw)]


def _pattern(form: str, spell: Callable[[str], list[str]]) -> re.Pattern[str]:
    """A pattern for a form, each character spelled in one of several ways."""
    spelled = "".join(f"(?:{'|'.join(spell(character))})" for character in form[:_SPELLED])
    return re.compile(spelled + (_REST if len(form) > _SPELLED else ""))


def _base64_forms(raw: bytes) -> list[str]:
    """What base64 of any text with the key in it contains, for each position the key may have."""
    forms = []
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        first = (0, 2, 3)[before]
        forms.append(whole[first : len(whole) - (1 if (before + len(raw)) % 3 else 0)])
    return forms


def _folded(text: str) -> str:
    """The text with one spelling for all that `_either_case` holds alike; plain search is far cheaper."""
    return text.lower().replace("-", "+").replace("_", "/")


def _either_case(character: str) -> list[str]:
    """A character as it is; hex digits in either case, and the two signs of base64 in either alphabet."""
    others = {"+": "-", "/": "_"} | {digit: digit.upper() for digit in "abcdef"}
    return [re.escape(each) for each in (character, others.get(character)) if each]


def _spelled(character: str) -> list[str]:
    """A character in any usual escape, however often escaped."""
    spellings = []
    for each in _either_case(character):
        code = f"{ord(each[-1]):02x}"
        cased = "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in code)
        named = html.escape(each[-1])
        spellings += [each, rf"\\{{1,4}}(?:{each}|u00{cased}|x{cased})", rf"%(?:25){{0,3}}{cased}"]
        spellings += [f"&#(?:0{{0,4}}{ord(each[-1])}|[xX]0{{0,4}}{cased});"]
        spellings += [re.escape(named)] if named != each[-1] else []
    return spellings
