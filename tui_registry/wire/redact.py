"""Takes a key out of foreign text in every spelling a server may echo it in, before the text is cut."""

import base64
import hashlib
import html
import re

from tui_registry.text import Secret

MARK = "[redacted]"
"""What stands where a key was."""

SHORTEST = 8
"""A shorter secret is a local server's conventional word and not taken out by its text."""

_SPELLED = 200  # characters of a key that are looked for one by one; the rest goes with them
_REST = r"[^\s\"'<>,;}\\]*"
_LONGEST_CHARACTER = 12

_KEY_SHAPES = re.compile(
    r"(?<![A-Za-z0-9])(?:sk-|gsk_|xai-|hf_|nvapi-|r8_|csk-|pplx-|vck_|ABSK|AIza|AKIA)[A-Za-z0-9_\-]{16,}"
    r"|(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{0,8192}"
)
_BEARER = re.compile(r"(?<=[Bb]earer )[^\s\"'\\,;}<>]+|(?<=BEARER )[^\s\"'\\,;}<>]+")


class Redactor:
    """Replaces one key, and whatever looks like any key, by MARK."""

    def __init__(self, secret: Secret | None) -> None:
        value = "" if secret is None else secret.reveal()
        self._patterns = [_KEY_SHAPES, _BEARER]
        self.reach = 9_000
        """Characters that a key's longest spelling may take."""
        if len(value) >= SHORTEST:
            self._patterns.insert(0, _spellings(value))
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

    def _found(self, text: str) -> list[tuple[int, int]]:
        """Where keys stand, in order."""
        return sorted(match.span() for pattern in self._patterns for match in pattern.finditer(text))


def _spellings(key: str) -> re.Pattern[str]:
    """The key as it is, escaped for URLs, JSON or HTML, in base64 or hex, and its SHA-256."""
    raw = key.encode()
    forms = [key, raw.hex(), hashlib.sha256(raw).hexdigest(), *_base64_forms(raw)]
    parts = []
    for form in forms:
        spelled = "".join(map(_spelled, form[:_SPELLED]))
        parts.append(spelled + (_REST if len(form) > _SPELLED else ""))
    return re.compile("|".join(parts))


def _base64_forms(raw: bytes) -> list[str]:
    """What base64 of any text with the key in it contains, for each position the key may have."""
    forms = []
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        first = (0, 2, 3)[before]
        forms.append(whole[first : len(whole) - (1 if (before + len(raw)) % 3 else 0)])
    return forms


def _spelled(character: str) -> str:
    """A pattern for one character in any usual escape."""
    code = _any_case(f"{ord(character):02x}")
    plain = re.escape(character)
    if character in "+/":
        plain = f"[{re.escape(character)}{'-' if character == '+' else '_'}]"
    elif character in "abcdef":
        plain = f"[{character}{character.upper()}]"
    named = html.escape(character)
    entity = f"|{re.escape(named)}" if named != character else ""
    numbered = f"&#(?:0{{0,4}}{ord(character)}|[xX]0{{0,4}}{code});"
    return rf"(?:\\{{0,4}}(?:{plain}|u00{code}|x{code})|%(?:25){{0,3}}{code}|{numbered}{entity})"


def _any_case(digits: str) -> str:
    """A pattern for hex digits in either case."""
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in digits)
