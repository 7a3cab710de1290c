"""The thin line: of each update only the cells that changed are sent, and moved rows are scrolled."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain

from rich.cells import split_graphemes
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.style import Style
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

from tui_registry.ui.terminal.cell_writer import CellWriter, Line, Unknown
from tui_registry.ui.terminal.pens import PLAIN, Pen, pen_of

WORTH_SCROLLING = 100
"""Cells a scrolled band must save, because moving it costs bytes too."""

ONE_PIECE = 1024
"""Characters that reach a terminal at once, so that it need not be told where the frame ends."""

_LETTERS = (range(0x20, 0x7F), range(0xA1, 0xAD), range(0xAE, 0x300))
_SIGNS = (range(0x2010, 0x2028), range(0x2190, 0x2194), range(0x2500, 0x25FD))
NARROW = frozenset((*map(chr, chain(*_LETTERS, *_SIGNS)), "≠", "✓", "✗"))
"""Characters that surely take one cell each, and join nothing."""

LOOKS = 4096
"""Styles whose pens are remembered."""

STRIPS = 256
"""Strips whose cells are remembered."""

Cells = tuple[list[str | None], list[Pen]]
"""Texts and pens of a strip; shared, so not to be changed."""


class ThinLine:
    """What the terminal shows, kept so that only what differs from it must be sent."""

    def __init__(self, *, erases: bool = False) -> None:
        """Nothing is known of the terminal yet; `erases` if its erased cells take the pen's background."""
        self._erases = erases
        self._size = Size(0, 0)
        self._lines: list[Line] = []
        self._looks: dict[Style, tuple[Pen, Pen]] = {}
        self._laid_out: dict[int, tuple[Strip, Cells]] = {}

    def forget(self) -> None:
        """Know nothing of the terminal any more, so that every cell is sent again when it is next drawn."""
        self._lines = [Line.unknown(self._size.width) for _ in range(self._size.height)]

    def slim(self, update: RenderableType, size: Size, *, in_frames: bool = False) -> RenderableType:
        """The same update for a terminal of this size, in fewer bytes once it is rendered.

        With `in_frames` the terminal is told to show a long one at once.
        """
        if isinstance(update, LayoutUpdate | ChopsUpdate):
            return SlimUpdate(self, update, size, in_frames=in_frames)
        self.forget()
        return update

    def render(self, update: LayoutUpdate | ChopsUpdate, size: Size, console: Console) -> str:
        """What to write so that the terminal shows the update; an unforeseen one is left as it is."""
        if size != self._size:
            self._size = size
            self.forget()
        try:
            wanted = self._laid(update, console)
        except Unknown:
            self.forget()
            return update.render_segments(console)
        scroll = self._scroll(wanted)
        writer = CellWriter(erases=self._erases)
        for y, line in sorted(wanted.items()):
            writer.line(y, self._lines[y], line)
            self._lines[y] = line
        return scroll + writer.text()

    def _laid(self, update: LayoutUpdate | ChopsUpdate, console: Console) -> dict[int, Line]:
        """The lines that an update makes other than they are; raises Unknown."""
        wanted: dict[int, Line] = {}
        for x, y, strip in _pieces(update):
            if (line := wanted.get(y)) is None:
                if not 0 <= y < len(self._lines):
                    raise Unknown
                line = wanted[y] = self._lines[y].copy()
            line.put(x, *self._cells(strip, console))
        return {y: line for y, line in wanted.items() if line != self._lines[y]}

    def _cells(self, strip: Strip, console: Console) -> Cells:
        """The cells of a strip, which a list hands out again wherever it is scrolled; raises Unknown."""
        known = self._laid_out.get(id(strip))
        if known is None:
            if len(self._laid_out) >= STRIPS:
                self._laid_out.clear()
            # Held with its cells, so that no other strip takes its number.
            known = self._laid_out[id(strip)] = strip, self._cells_of(strip, console)
        return known[1]

    def _cells_of(self, strip: Strip, console: Console) -> Cells:
        """The cells of a strip; raises Unknown."""
        texts: list[str | None] = []
        pens: list[Pen] = []
        for text, style, control in strip:
            if control:
                raise Unknown
            pen, blank = self._look(style, console) if style else (PLAIN, PLAIN.blank())
            if text.isascii():
                if not text.isprintable():
                    raise Unknown
                texts.extend(text)
            else:
                joined, cells = _graphemes(text)
                if joined:
                    _join(joined, texts)
                texts.extend(cells)
            news = len(texts) - len(pens)
            if " " not in text or pen is blank:
                pens.extend([pen] * news)
            else:
                pens.extend([blank if cell == " " else pen for cell in texts[-news:]] if news else ())
        return texts, pens

    def _look(self, style: Style, console: Console) -> tuple[Pen, Pen]:
        """The pens of a style, for letters and for blanks; raises Unknown for one with a link."""
        if (look := self._looks.get(style)) is None:
            written = Strip([Segment("x", style)]).render(console)
            before, letter, _after = written.partition("x")
            if not letter or (before and not (before.startswith("\x1b[") and before.endswith("m"))):
                raise Unknown
            if len(self._looks) >= LOOKS:
                self._looks.clear()
            pen = pen_of(before[2:-1])
            look = self._looks[style] = pen, pen.blank()
        return look

    def _scroll(self, wanted: dict[int, Line]) -> str:
        """Move a band of rows if that spares many cells; the rows it moves away are then wanted too."""
        shift = _likely_shift(self._lines, wanted)
        if not shift:
            return ""
        moved = [y for y in wanted if self._moves(y, shift, wanted)]
        if not moved:
            return ""
        top, bottom = min(moved), max(moved)
        top, bottom = min(top, top + shift), max(bottom, bottom + shift)
        band = self._lines[top : bottom + 1]
        blank = [Line.unknown(self._size.width) for _ in range(abs(shift))]
        after = [*band[shift:], *blank] if shift > 0 else [*blank, *band[:shift]]
        goal = [wanted.get(y, self._lines[y]) for y in range(top, bottom + 1)]
        if any(None in line.texts for line in goal):
            return ""
        saved = sum(map(Line.differences, goal, band)) - sum(map(Line.differences, goal, after))
        if saved < WORTH_SCROLLING:
            return ""
        wanted.update(enumerate(goal, top))
        self._lines[top : bottom + 1] = after
        deed = f"{shift if shift > 1 else ''}M" if shift > 0 else f"{-shift if shift < -1 else ''}L"
        return f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1}H\x1b[{deed}\x1b[r"

    def _moves(self, y: int, shift: int, wanted: Mapping[int, Line]) -> bool:
        """Whether a line looks more like the one that far below it than like itself."""
        if not 0 <= y + shift < len(self._lines):
            return False
        line = wanted[y]
        return line.differences(self._lines[y + shift]) < line.differences(self._lines[y])


class SlimUpdate(CompositorUpdate):
    """A compositor's update that is rendered as what it changes."""

    def __init__(
        self, thin_line: ThinLine, update: LayoutUpdate | ChopsUpdate, size: Size, *, in_frames: bool
    ) -> None:
        """Keep the update until it is certain that it is shown."""
        self._thin_line = thin_line
        self._update = update
        self._size = size
        self._in_frames = in_frames

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The whole update, for whoever is no terminal."""
        return self._update.__rich_console__(console, options)

    def render_segments(self, console: Console) -> str:
        """What to write to the terminal."""
        text = self._thin_line.render(self._update, self._size, console)
        return f"{SYNC_START}{text}{SYNC_END}" if self._in_frames and len(text) > ONE_PIECE else text


def fills_erased(environ: Mapping[str, str]) -> bool:
    """Whether the terminal gives erased cells the background of the pen; xterm does, screen does not."""
    return environ.get("TERM", "").startswith("xterm") and "STY" not in environ


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """The strips of an update with the cells they begin at, in the order they are drawn."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield x, y, strip
                x += strip.cell_length
        return
    for y, start, end in update.spans:
        for piece_end, (x, piece) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if piece is None or x > end or piece_end <= start:
                continue
            is_whole = start <= x < end and piece_end <= end
            yield x, y, piece if is_whole else piece.crop(0, min(piece_end, end) - x)


@lru_cache(maxsize=4096)
def _graphemes(text: str) -> tuple[str, list[str]]:
    """What joins the cell before the text, then its cells, empty ones behind wide ones; raises Unknown."""
    if NARROW.issuperset(text):
        return "", list(text)
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text):
        raise Unknown
    joined, cells = "", []
    for start, end, width in split_graphemes(text)[0]:
        if width:
            cells.append(text[start:end])
            cells.extend([""] * (width - 1))
        elif cells:
            raise Unknown
        else:
            joined += text[start:end]
    return joined, cells


def _join(joined: str, texts: list[str | None]) -> None:
    """Lay characters without a width over the last cell; raises Unknown if there is none."""
    for x in range(len(texts) - 1, -1, -1):
        if text := texts[x]:
            texts[x] = text + joined
            return
    raise Unknown


def _likely_shift(shown: list[Line], wanted: Mapping[int, Line]) -> int:
    """How many lines further down most wanted lines are shown now, 0 if they are not."""
    found: dict[tuple[str | None, ...], int | None] = {}
    for y in wanted:
        texts = tuple(shown[y].texts)
        found[texts] = None if texts in found else y
    votes: Counter[int] = Counter()
    for y, line in wanted.items():
        old = found.get(tuple(line.texts))
        if old is not None and old != y:
            votes[old - y] += 1
    shift, count = votes.most_common(1)[0] if votes else (0, 0)
    return shift if count > 2 else 0
