"""The last net between data and the terminal: control characters never leave the app."""

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


class ControlFilter(LineFilter):
    """Replaces every control, bidi and invisible character of a drawn line."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with unsafe characters as `�`; control segments are the driver's own."""
        if not any(_UNSAFE.search(segment.text) for segment in segments if not segment.control):
            return segments
        return [
            segment
            if segment.control
            else Segment(_UNSAFE.sub("\N{REPLACEMENT CHARACTER}", segment.text), segment.style)
            for segment in segments
        ]
