"""P3 to P7, P11, P14 and P15: what a key costs, in time and in bytes, from outside on 120x40."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.budgets import TURNS, Found, middle
from tests.benchmarks.from_outside import Answer, Outside
from tests.benchmarks.starts import FIRST_ROW, HELLO, READY, app

PAGE = 40


def opened(home: Path, view: str) -> Outside:
    """The app with a view on the screen and its rows read."""
    program = Outside(app(home))
    program.ready(FIRST_ROW)
    program.rest()
    program.press(view)
    program.rest(1.0)
    program.settle()
    return program


def answers(program: Outside, key: str, turns: int = TURNS) -> list[Answer]:
    """What came back for each press; what follows when the cursor has rested is left out."""
    return next(iter(side_by_side((program,), key, turns)))


def side_by_side(programs: Sequence[Outside], key: str, turns: int = TURNS) -> list[list[Answer]]:
    """The same for several programs, pressed in turns, so that a busy moment is shared by all."""
    found: list[list[Answer]] = [[] for _ in programs]
    for _ in range(turns):
        for program, answered in zip(programs, found, strict=True):
            answered.append(program.press(key))
            program.rest(0.2)
    return found


def times(found: list[Answer]) -> float:
    """Milliseconds to the last piece."""
    return middle(answer.last for answer in found)


def sizes(found: list[Answer]) -> float:
    """Bytes."""
    return middle(answer.size for answer in found)


def measured(folder: Path) -> Iterator[Found]:
    """The budgets of keys."""
    few, many = folder / "few", folder / "many"
    with Outside((*HELLO, "keys")) as floor, opened(few, "5") as short, opened(many, "5") as long:
        floor.ready(READY)
        floor.rest()
        least, less, more = map(times, side_by_side((floor, short, long), "down", 2 * TURNS))
        yield Found("P3", "down, 1,000,000 rows", more / least, 1.5, " ×", f"one line {least:.1f} ms")
        yield Found("P3", "down, 1,000,000 rows beside 1,000", more / less, 1.2, " ×")
        late = middle(long.hold("down", 60, 30) for _ in range(3))
        yield Found("P14", "held down at 30 a second: last frame after the last key", late, 17, " ms")
        yield Found("P11", "End of 1,000,000 results", long.press("end").last, 10, " ms")
        long.rest(1.0)
        yield Found("P11", "PageUp from the end", times(answers(long, "pageup")), 10, " ms")
    yield from bytes_of_keys(many)
    yield from whole_screens(few, many)


def bytes_of_keys(home: Path) -> Iterator[Found]:
    """P4 to P6, in the list of models, which has the full width."""
    with opened(home, "2") as program:
        yield Found("P4", "bytes for down within the page", sizes(answers(program, "down")), 300, "")
        for _ in range(PAGE):
            program.press("down")
        yield Found("P5", "bytes for one scrolled row", sizes(answers(program, "down")), 350, "")
        yield Found("P6", "bytes for PageDown", sizes(answers(program, "pagedown")), 4_500, "")


def whole(program: Outside, key: str) -> Answer:
    """The answer to a key with all that follows it."""
    found = program.press(key)
    return Answer(found.first, found.last, found.size + program.rest())


def whole_screens(few: Path, many: Path) -> Iterator[Found]:
    """P7 and P15, and P11's opening: views that have been shown before, a form, and the way back."""
    opening: dict[Path, float] = {}
    for home in (few, many):
        with opened(home, "5") as program:
            seen = []
            for _ in range(TURNS):
                whole(program, "1")
                seen.append(whole(program, "5").last)
            opening[home] = middle(seen)
    yield Found("P11", "history of 1,000,000 shown, beside 1,000", opening[many] / opening[few], 1.2, " ×")
    with opened(many, "2") as program:
        largest = max(whole(program, key).size for key in "34512345")
        yield Found("P7", "bytes for the largest change of view", largest, 10_240, "")
        whole(program, "2")
        forms, backs = [], []
        for _ in range(TURNS):
            forms.append(whole(program, "a").size)
            backs.append(program.press("esc").first)
            program.rest()
        yield Found("P7", "bytes for a form opened", middle(forms), 10_240, "")
        yield Found("P15", "esc to the first byte of the screen behind", middle(backs), 30, " ms")
