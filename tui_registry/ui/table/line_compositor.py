"""A compositor that asks its widgets only for the lines that are drawn, as few are when a cursor moves."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class LineCompositor(Compositor):
    """Textual's compositor renders every line of each widget beside a change; this one leaves them out."""

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> Sequence[Mapping[int, Strip]]:
        """The pieces of the wanted lines of `crop`, front to back as Textual lays them."""
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(line[:-1]) for line in cuts]
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            wanted = shown.intersection(Region(shown.x, crop.y, shown.width, crop.height))
            if not wanted:
                continue
            first, last = wanted.column_span
            open_cuts = {
                y: [cut for cut in cuts[y] if first <= cut <= last]
                for y in wanted.line_range
                if is_rendered_line(y)
            }
            if not any(_has_room(chops[y], along) for y, along in open_cuts.items()):
                continue
            strips = widget.render_lines(wanted.translate(-region.offset))
            for y, strip in zip(wanted.line_range, strips, strict=False):
                if y in open_cuts:
                    _lay(chops[y], strip, open_cuts[y])
        return cast("Sequence[Mapping[int, Strip]]", chops)


def _has_room(line: dict[int, Strip | None], cuts: Sequence[int]) -> bool:
    """Whether what stands in front leaves anything of a widget to be seen."""
    return any(line.get(cut) is None for cut in cuts[:-1])


def _lay(line: dict[int, Strip | None], strip: Strip, cuts: Sequence[int]) -> None:
    """Cut a widget's strip where others begin, and keep what nothing in front of it covers."""
    pieces = strip.divide([cut - cuts[0] for cut in cuts[1:]])
    for cut, piece in zip(cuts, pieces, strict=False):
        if line.get(cut) is None:
            line[cut] = piece
