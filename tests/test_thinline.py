import random
from importlib.resources import files
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import get_character_cell_size, split_graphemes
from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.screen import Screen
from textual.strip import Strip

from tests.conftest import Session
from tests.terminals import Terminal
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.terminal import thinline
from tui_registry.ui.terminal.pens import PLAIN, change, pen_of
from tui_registry.ui.terminal.thinline import ThinLine, fills_erased

CONSOLE = Console(color_system="truecolor", force_terminal=True, legacy_windows=False)
NARROW = ["a", "b", " ", " ", "-", "│"]
LETTERS = [*NARROW, "世", "界", "e\u0301", "한", "ｗ", "🙂"]
COLOURS = [None, None, "red", "#102030", "#405060", "color(200)", "bright_blue"]
FLAGS = ("bold", "dim", "italic", "underline", "reverse", "strike")


def any_style(chance: random.Random) -> Style:
    flags = Style.parse(" ".join(flag for flag in FLAGS if chance.random() < 0.15))
    return flags + Style(color=chance.choice(COLOURS), bgcolor=chance.choice(COLOURS))


class Chance(random.Random):
    """A seed's chances; half of all seeds have letters of one cell only."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.letters = self.choice((LETTERS, NARROW))


class Pair:
    """Two terminals of one size: one fed by Textual, the other over the thin line."""

    def __init__(self, width: int, height: int, *, erases: bool = True) -> None:
        self.theirs, self.ours = Terminal(width, height), Terminal(width, height)
        self.thin_line = ThinLine(erases=erases)
        self.sent = (0, 0)

    @property
    def size(self) -> Size:
        return Size(self.theirs.columns, self.theirs.lines)

    def resize(self, width: int, height: int) -> None:
        for terminal in (self.theirs, self.ours):
            terminal.resize(height, width)
        self.thin_line.forget()

    def show(self, update: RenderableType, console: Console = CONSOLE) -> None:
        assert isinstance(update, CompositorUpdate)
        long = update.render_segments(console)
        slim = self.thin_line.slim(update, self.size)
        assert isinstance(slim, CompositorUpdate)
        short = slim.render_segments(console)
        self.theirs.feed(long)
        self.ours.feed(short)
        self.sent = self.sent[0] + len(long), self.sent[1] + len(short)

    def must_agree(self) -> None:
        theirs, ours = self.theirs.seen(), self.ours.seen()
        wrong = [
            (x, y, theirs[y][x], ours[y][x])
            for y in range(self.size.height)
            for x in range(self.size.width)
            if theirs[y][x] != ours[y][x]
        ]
        assert wrong == []
        assert self.ours.cursor.attrs == self.ours.default_char
        assert self.ours.margins is None


def any_strip(chance: Chance, width: int) -> Strip:
    """A strip of a width, wide characters and combining marks among its letters."""
    if chance.random() < 0.3:
        return Strip([Segment(" " * width, any_style(chance))])
    words = (
        "".join(chance.choices(chance.letters, k=chance.randrange(7))) for _ in range(chance.randrange(6))
    )
    return Strip([Segment(word, any_style(chance)) for word in words]).adjust_cell_length(width)


def whole_screen(chance: Chance, size: Size) -> LayoutUpdate:
    return as_screen([any_strip(chance, size.width) for _ in range(size.height)], size)


def scattered(chance: Chance, size: Size) -> ChopsUpdate:
    """Some stretches of some lines; those that end within a piece cut it, as Textual does."""
    chops: list[dict[int, Strip | None]] = []
    ends = []
    for _ in range(size.height):
        cuts = sorted({0, size.width, *(chance.randrange(size.width) for _ in range(3))})
        chops.append({cut: any_strip(chance, end - cut) for cut, end in pairwise(cuts)})
        ends.append(cuts[1:])
    spans = []
    for y in sorted(chance.sample(range(size.height), chance.randint(1, size.height))):
        start = chance.randrange(size.width)
        spans.append((y, start, chance.randint(start + 1, size.width)))
    return ChopsUpdate(chops, spans, ends)


def moved_band(chance: Chance, size: Size, rows: list[Strip]) -> ChopsUpdate:
    """A band of the rows moved up or down, with others where they came from."""
    top = chance.randint(0, size.height - 2)
    bottom = chance.randint(top + 1, size.height - 1)
    shift = chance.randint(-3, 3)
    before = rows.copy()
    for y in range(top, bottom + 1):
        rows[y] = before[y + shift] if top <= y + shift <= bottom else any_strip(chance, size.width)
    chops: list[dict[int, Strip | None]] = [{0: row} for row in rows]
    spans = [(y, 0, size.width) for y in range(top, bottom + 1)]
    return ChopsUpdate(chops, spans, [[size.width]] * size.height)


def distinct_rows(size: Size) -> list[Strip]:
    words = (f"{number} row {'世界' * (number % 3)} number" for number in range(size.height))
    return [Strip([Segment(word)]).adjust_cell_length(size.width) for word in words]


def as_screen(rows: list[Strip], size: Size) -> LayoutUpdate:
    return LayoutUpdate([[row] for row in rows], size.region)


STEPS = ("whole", "scattered", "scattered", "scattered", "resize")
SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=120, deadline=None)
@given(seed=SEEDS, steps=st.lists(st.sampled_from(STEPS), max_size=8))
def test_any_sequence_of_updates_ends_in_the_cells_that_textual_draws(seed: int, steps: list[str]) -> None:
    chance = Chance(seed)
    pair = Pair(chance.randint(2, 30), chance.randint(2, 9), erases=chance.random() < 0.7)
    pair.show(whole_screen(chance, pair.size))
    for step in steps:
        if step == "resize":
            pair.resize(chance.randint(2, 30), chance.randint(2, 9))
        pair.show((scattered if step == "scattered" else whole_screen)(chance, pair.size))
        pair.must_agree()


@settings(max_examples=120, deadline=None)
@given(seed=SEEDS, moves=st.integers(1, 6))
def test_moved_rows_end_in_the_cells_that_textual_draws(seed: int, moves: int) -> None:
    chance = Chance(seed)
    pair = Pair(chance.randint(20, 40), chance.randint(6, 20))
    rows = distinct_rows(pair.size)
    pair.show(as_screen(rows, pair.size))
    for _ in range(moves):
        pair.show(moved_band(chance, pair.size, rows))
        pair.must_agree()


@settings(max_examples=200, deadline=None)
@given(seed=SEEDS)
def test_every_change_of_pen_leads_to_the_pen_that_was_wanted(seed: int) -> None:
    chance = random.Random(seed)
    terminal, plain = Terminal(4, 1), Terminal(4, 1)
    held = PLAIN
    for style in [any_style(chance) for _ in range(8)]:
        pen = pen_of(style.render("x").partition("x")[0][2:-1])
        letter = chance.choice("x ")
        sequence, held = change(held, pen if letter == "x" else pen.blank())
        terminal.feed(f"\x1b[H{sequence}{letter}")
        plain.feed(f"\x1b[H\x1b[0m{style.render(letter)}")
        assert terminal.seen() == plain.seen()


def test_a_list_that_scrolls_by_a_row_sends_about_that_row() -> None:
    pair = Pair(100, 40)
    chance = random.Random(1)
    words = ("".join(chance.choices("abcdefgh", k=90)) for _ in range(80))
    rows = [Strip([Segment(word)]).adjust_cell_length(100) for word in words]
    pair.show(as_screen(rows[:40], pair.size))
    pair.sent = (0, 0)
    pair.show(as_screen(rows[1:41], pair.size))
    pair.must_agree()
    assert pair.sent[0] > 4000
    assert pair.sent[1] < 150


def test_an_update_that_changes_nothing_sends_nothing() -> None:
    pair = Pair(30, 10)
    rows = distinct_rows(pair.size)
    pair.show(as_screen(rows, pair.size))
    pair.sent = (0, 0)
    pair.show(as_screen(rows, pair.size))
    assert pair.sent[1] == 0


def test_what_was_forgotten_is_sent_again() -> None:
    pair = Pair(30, 10)
    rows = distinct_rows(pair.size)
    pair.show(as_screen(rows, pair.size))
    pair.thin_line.forget()
    pair.ours.feed("\x1b[2Jnoise on the line")
    pair.show(as_screen(rows, pair.size))
    pair.must_agree()


def test_an_update_of_another_kind_passes_unchanged_and_is_followed_by_whole_cells() -> None:
    pair = Pair(30, 10)
    rows = distinct_rows(pair.size)
    pair.show(as_screen(rows, pair.size))
    assert pair.thin_line.slim("text of another kind", pair.size) == "text of another kind"
    pair.ours.feed("\x1b[Htext of another kind")
    pair.show(as_screen(rows, pair.size))
    pair.must_agree()


def test_a_strip_with_a_link_or_a_control_character_is_left_to_textual() -> None:
    for odd in (Segment("there", Style(link="https://example.com")), Segment("a\tb"), Segment("世\x07")):
        pair = Pair(30, 10)
        rows = [Strip([odd]).adjust_cell_length(30), *distinct_rows(pair.size)[1:]]
        update = as_screen(rows, pair.size)
        slim = pair.thin_line.slim(update, pair.size)
        assert isinstance(slim, CompositorUpdate)
        assert slim.render_segments(CONSOLE) == update.render_segments(CONSOLE)


def test_the_characters_taken_for_narrow_are_so_and_stand_alone() -> None:
    assert {get_character_cell_size(letter) for letter in thinline.NARROW} == {1}
    in_a_row = "".join(sorted(thinline.NARROW))
    assert len(split_graphemes(in_a_row)[0]) == len(thinline.NARROW) > 500


def test_only_terminals_that_colour_what_they_erase_are_told_to_erase() -> None:
    assert fills_erased({"TERM": "xterm-256color"})
    assert not fills_erased({"TERM": "screen-256color"})
    assert not fills_erased({"TERM": "xterm-256color", "STY": "1234.pts-0"})


class ComparedApp(RegistryApp):
    """The app with both terminals behind it."""

    CSS_PATH = [str(files("tui_registry.ui") / str(name)) for name in RegistryApp.CSS_PATH]
    pair: Pair

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate) and not self._batch_count:
            if self.pair.size != self.size:
                self.pair.resize(*self.size)
            self.pair.show(renderable, self.console)
        super()._display(screen, renderable)


KEYS = (
    *("down", "down", "up", "pagedown", "pageup", "home", "end", "space", "s", "S", "escape", "enter"),
    *("1", "2", "3", "4", "5", "slash", "a", "e", "question_mark", "v", "left", "right", "tab", "m", "z"),
)


async def test_a_whole_session_with_the_app_shows_what_textual_draws(full: Session) -> None:
    chance = random.Random(5)
    app = ComparedApp(full.desk)
    app.pair = Pair(120, 40)
    async with app.run_test(size=(120, 40)) as pilot:
        for turn in range(100):
            if turn % 20 == 19:
                await pilot.resize_terminal(chance.randrange(60, 140), chance.randrange(20, 50))
            await pilot.press(chance.choice(KEYS))
            if turn % 5 == 0:
                app.pair.must_agree()
        app.pair.must_agree()
    long, short = app.pair.sent
    assert short * 3 < long
