"""The last net between data and the terminal: control characters never leave the app."""

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tui_registry.text import REPLACEMENT, UNSAFE

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼", "+"),
        **dict.fromkeys("─━▔▁▂▃", "-"),
        **dict.fromkeys("│┃▌▐▕▏▎▍", "|"),
        **dict.fromkeys("█▇▆▅▄■", "#"),
        **dict.fromkeys("•●·⋮", "*"),
        "…": "~",
        "▸": ">",
        "▼": "v",
        "▲": "^",
        "→": ">",
        "←": "<",
        "↑": "^",
        "↓": "v",
        "“": '"',
        "”": '"',
        "✓": "+",
        "✗": "x",
    }
)


class AsciiFilter(LineFilter):
    """Draws with ASCII alone whatever a terminal's font may lack; what has no stand-in is a question mark."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII, each character as wide as before."""
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(_ascii(segment.text), segment.style)
            for segment in segments
        ]


def _ascii(text: str) -> str:
    """Text in ASCII that takes as many cells."""
    return "".join(each if each.isascii() else "?" * cell_len(each) for each in text.translate(_PLAIN))


class ControlFilter(LineFilter):
    """Replaces every control, bidi and invisible character of a drawn line."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with unsafe characters as `�`; control segments are the driver's own."""
        if not any(UNSAFE.search(segment.text) for segment in segments if not segment.control):
            return segments
        return [
            segment if segment.control else Segment(UNSAFE.sub(REPLACEMENT, segment.text), segment.style)
            for segment in segments
        ]
