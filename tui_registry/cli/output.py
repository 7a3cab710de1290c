"""What commands print: JSON for scripts, tables and lines for people, sentences for whoever waits."""

import errno
import io
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from tui_registry.errors import AnswerLost
from tui_registry.text import clean, width

if TYPE_CHECKING:
    from rich.console import RenderableType

F = TypeVar("F", bound=Callable[..., object])

ABSENT = "-"
"""What stands where there is nothing to say."""

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_GAP = 2
_NARROWEST = 12


def json_option(command: F) -> F:
    """Give a command the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")(command)


def write(text: str) -> None:
    """One line or more of an answer on standard output; raises AnswerLost where there is no room for it."""
    try:
        click.echo(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        forget_output()
        raise lost(error) from error


def lost(error: OSError) -> AnswerLost:
    """The refusal for an answer that standard output did not take."""
    return AnswerLost(f"The answer could not be written: {error.strerror}.")


def forget_output() -> None:
    """Point standard output nowhere, so that flushing it at the end says nothing either."""
    _point_nowhere(sys.stdout)


def lost_output(error: OSError) -> bool:
    """Whether this error is that standard output takes no more; what was meant for it is let go of then.

    Python keeps what it could not write and fails again, unless it was told not to buffer.
    """
    try:
        sys.stdout.flush()
    except OSError:
        forget_output()
        return True
    if error.errno in _NO_ROOM and error.filename is None:
        forget_output()
        return True
    return False


def forget_remarks() -> None:
    """Point standard error nowhere, so that flushing it at the end says nothing either."""
    _point_nowhere(sys.stderr)


def _point_nowhere(stream: TextIO | None) -> None:
    if stream is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def print_json(value: object) -> None:
    """A value as ASCII JSON; raises ValueError for a number that JSON does not have."""
    import json

    write(json.dumps(value, ensure_ascii=True, allow_nan=False, indent=2))


def tell(sentence: str) -> None:
    """What was done, on standard output."""
    write(clean(sentence, lines=True))


def remark(sentence: str) -> None:
    """What a person should know besides the answer, on standard error; nobody is told where that is gone."""
    try:
        click.echo(clean(sentence, lines=True), err=True)
    except OSError:
        forget_remarks()


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is at this stream; one that was closed before the program began is None."""
    return stream is not None and stream.isatty()


def print_facts(facts: Iterable[tuple[str, str | None]]) -> None:
    """Named facts, one a line; further lines of a text are set under its first."""
    told = [(label, clean(ABSENT if value is None else value, lines=True)) for label, value in facts]
    indent = max((len(label) for label, _ in told), default=0) + _GAP
    for label, value in told:
        write(f"{label:<{indent}}{value.replace(chr(10), chr(10) + ' ' * indent)}".rstrip())


def print_table(
    titles: Sequence[str], rows: Sequence[Sequence[str | None]], numbers: Collection[str] = ()
) -> None:
    """Rows under titles; the columns in `numbers` stand right and are never cut.

    Without rows nothing is printed. On a terminal the other columns are folded to fit; anywhere else
    lines are as long as they must be.
    """
    if not rows:
        return
    from rich.table import Table
    from rich.text import Text

    cells = [[clean(ABSENT if cell is None else str(cell)) for cell in row] for row in rows]
    on_terminal = is_terminal(sys.stdout)
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for place, title in enumerate(titles):
        longest = max([width(title), *(width(row[place]) for row in cells)], default=0)
        fixed = longest if title in numbers or longest <= _NARROWEST else None
        table.add_column(
            Text(title),
            justify="right" if title in numbers else "left",
            overflow="fold",
            no_wrap=fixed is not None,
            width=fixed,
        )
    for row in cells:
        table.add_row(*map(Text, row))
    print_drawn(table, shutil.get_terminal_size().columns if on_terminal else _natural_width(titles, cells))


def print_drawn(drawn: "RenderableType", columns: int) -> None:
    """What rich lays out at this width; no style leaves where nobody could see it."""
    from rich.console import Console

    plain = not is_terminal(sys.stdout) or bool(os.environ.get("NO_COLOR"))
    held = io.StringIO()
    console = Console(
        file=held,
        width=columns,
        force_terminal=not plain,
        color_system=None if plain else "standard",
        legacy_windows=False,
        highlight=False,
        emoji=False,
    )
    console.print(drawn, crop=False)
    for line in held.getvalue().splitlines():
        write(line.rstrip())


def _natural_width(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Cells that the longest row takes with nothing folded."""
    return sum(
        max([width(title), *(width(row[place]) for row in rows)]) + _GAP for place, title in enumerate(titles)
    )
