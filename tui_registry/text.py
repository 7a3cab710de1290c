"""Foreign text made safe to store and to show, and secrets that never print."""

import re
import unicodedata
from typing import NoReturn, SupportsIndex

REPLACEMENT = "\ufffd"
"""What stands in for a character that must not reach a terminal."""

MAX_MARKS = 4
"""Combining marks kept on one base character."""

UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
"""Control, bidi and invisible characters and lone surrogates."""

_UNSAFE_BUT_NEWLINE = re.compile(UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))
_MANY_NON_LETTERS = re.compile(rf"[^\w\s!-~]{{{MAX_MARKS + 1},}}")

_DOTS = "••••"
_KEY_PREFIXES = (
    "sk-ant-", "sk-proj-", "sk-svcacct-", "sk-or-", "sk-", "AIza", "gsk_", "xai-", "AKIA",
    "hf_", "pplx-", "nvapi-", "csk-",
)  # fmt: skip
_KEY_LIKE = re.compile(rf"(?<![A-Za-z0-9])(?:(?:{'|'.join(_KEY_PREFIXES)})[A-Za-z0-9_-]{{8}}|-----BEGIN)")
_KEY_WORD = re.compile(rf"(?s:-----BEGIN.*)|{_KEY_LIKE.pattern}[^\s'\"]*")

_BLANKS = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u2060\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x2010))
)
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"
_LONGEST_KEY = 4096
_LONGEST_PASTE = 2 * _LONGEST_KEY  # a longer line is no key, however much is peeled off it
_ASSIGNMENT = re.compile(r"^(?:(?:export|set)\s+[A-Za-z_]\w*|[A-Z_][A-Z0-9_]*)\s*=\s*(?=[^=\s])")
_BEARER = re.compile(r"^(?:authorization\s*:\s*)?bearer\s+", re.IGNORECASE)


def clean(text: str, *, limit: int | None = None, lines: bool = False) -> str:
    """Text that cannot act on a terminal, cut to `limit` cells; `lines` keeps line feeds."""
    if lines:
        text = _UNSAFE_BUT_NEWLINE.sub(REPLACEMENT, text.replace("\r\n", "\n").replace("\t", " "))
    else:
        text = UNSAFE.sub(REPLACEMENT, text)
    if not text.isascii():
        text = _MANY_NON_LETTERS.sub(_without_extra_marks, text)
    return text if limit is None else cut(text, limit)


def is_showable(text: str, *, lines: bool = False) -> bool:
    """Whether the text holds no character that `clean` would replace; `lines` allows line feeds."""
    return (_UNSAFE_BUT_NEWLINE if lines else UNSAFE).search(text) is None


def _without_extra_marks(run: re.Match[str]) -> str:
    """A run of characters with at most MAX_MARKS combining marks on each base."""
    kept: list[str] = []
    marks = 0
    for character in run.group():
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def width(text: str) -> int:
    """How many terminal cells the text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def cut(text: str, width: int, *, mark: str = "…") -> str:
    """The text if it fits in `width` cells, else its head and `mark`."""
    if text.isascii() and len(text) <= width:
        return text
    cells, whole = _cells(text, width)
    if whole:
        return text
    return _head(cells, width - 1) + mark if width > 0 else ""


def cut_middle(text: str, width: int, *, mark: str = "…") -> str:
    """The text if it fits in `width` cells, else its head, `mark` and its tail."""
    if text.isascii() and len(text) <= width:
        return text
    cells, whole = _cells(text, width)
    if whole:
        return text
    if width <= 0:
        return ""
    tail_width = (width - 1) // 2
    head = _head(cells, width - 1 - tail_width)
    tail_cells, _ = _cells(text[-_reach(width) :], _reach(width))
    tail = _head(tail_cells[::-1], tail_width, backwards=True)
    return head + mark + tail


def _reach(width: int) -> int:
    """How many characters are enough to fill `width` cells of cleaned text."""
    return max(width, 0) * (MAX_MARKS + 2) + MAX_MARKS + 2


def _cells(text: str, width: int) -> tuple[list[tuple[str, int]], bool]:
    """The graphemes at the start of the text with their widths, and whether all of it fits in `width`."""
    near = text[: _reach(width)]
    if near.isascii():
        return [(character, 1) for character in near], len(text) <= width
    from rich.cells import split_graphemes

    spans, total = split_graphemes(near)
    return [(near[start:end], size) for start, end, size in spans], len(near) == len(text) and total <= width


def _head(cells: list[tuple[str, int]], room: int, *, backwards: bool = False) -> str:
    """The first graphemes that fit in `room` cells, put back in reading order."""
    taken: list[str] = []
    for grapheme, size in cells:
        room -= size
        if room < 0:
            break
        taken.append(grapheme)
    return "".join(reversed(taken) if backwards else taken)


def looks_like_key(text: str) -> bool:
    """Whether the text holds something that looks like an API key or a private key."""
    return _KEY_LIKE.search(text) is not None


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 model`, `2,330 models`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def without_keys(text: str) -> str:
    """The text with dots for every word that looks like a key, and for all of a private key."""
    return _KEY_WORD.sub(_DOTS, text)


class Secret:
    """A text that is masked wherever it is printed, and cannot be copied or serialised."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """The text itself; every call of this is worth a look in a review."""
        return self.__value

    def __repr__(self) -> str:
        return f"Secret({_DOTS})"

    def __str__(self) -> str:
        return _DOTS

    def __format__(self, spec: str) -> str:
        return format(_DOTS, spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        import hmac  # the first paint compares no secrets

        mine, theirs = (each.reveal().encode("utf-8", "surrogatepass") for each in (self, other))
        return hmac.compare_digest(mine, theirs)

    __hash__ = None  # type: ignore[assignment]  # a hash would betray equality to whoever can see it

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("A secret can be neither copied nor serialised.")


def mask(secret: Secret) -> str:
    """A key as it may be shown: its public prefix and last four characters, or only dots when it is short."""
    value = secret.reveal()
    if len(value) < 24:
        return _DOTS
    prefix = next((prefix for prefix in _KEY_PREFIXES if value.startswith(prefix)), "")
    return f"{prefix}{_DOTS}{value[-4:]}"


def read_pasted_key(text: str, *, local: bool = False) -> tuple[Secret, str | None]:
    """The key in pasted text and a note of what was taken off around it.

    `local` also takes the short conventional tokens of keyless local servers.
    Raises ValueError with a sentence that never holds what was pasted.
    """
    line, removed = _first_line(text)
    while len(line) <= _LONGEST_PASTE:
        shorter, what = _without_wrapping(line)
        if shorter == line:
            break
        line = shorter
        if what not in removed:
            removed.append(what)
    _refuse_unlike_key(line, 1 if local else 8)
    return Secret(line), f"Removed {_listed(removed)}." if removed else None


def _first_line(text: str) -> tuple[str, list[str]]:
    """The first line that holds anything, and whether other lines were left out."""
    lines = [line for line in text.splitlines() if line.strip(_BLANKS)]
    return (lines[0] if lines else ""), ["the lines after the first"] if len(lines) > 1 else []


def _without_wrapping(line: str) -> tuple[str, str]:
    """The line without one kind of wrapping, and the name of that kind."""
    if (bare := line.strip(_BLANKS)) != line:
        return bare, "blanks around it"
    if (bare := line.strip(_QUOTES)) != line:
        return bare, "quotes"
    if (bare := _ASSIGNMENT.sub("", line, count=1)) != line:
        return bare, "the variable's name"
    return _BEARER.sub("", line, count=1), "the word Bearer"


def _refuse_unlike_key(key: str, shortest: int) -> None:
    """Raise ValueError when this cannot be a key; the sentence does not hold it."""
    if not key:
        raise ValueError("Paste the key; nothing was left after blanks and quotes were taken off.")
    if len(key) > _LONGEST_KEY:
        raise ValueError(f"A key has at most {_LONGEST_KEY:,} characters; this is more than a key.")
    if any(dot in key for dot in "•●…") or not key.strip("*"):
        raise ValueError("That is the hidden form of a key; paste the key itself.")
    if " " in key or "\t" in key:
        raise ValueError("A key holds no spaces; paste the key alone.")
    if not all("!" <= character <= "~" for character in key):
        raise ValueError("A key holds only plain letters, digits and signs; copy it again from its page.")
    if len(key) < shortest:
        raise ValueError(f"A key has at least {shortest} characters; this one is cut short.")


def _listed(items: list[str]) -> str:
    """Words joined as in a sentence."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
