"""How the program ends: one sentence and an exit code, never a traceback."""

import io
import os
import sys
from types import TracebackType
from typing import Any

import click

from tui_registry.cli.output import forget_output, forget_remarks, lost, lost_output, remark
from tui_registry.errors import AnswerLost, RegistryError
from tui_registry.text import looks_like_key, without_keys

UNREACHED = 4
"""The network or a provider could not be reached."""

INTERRUPTED = 130
"""What a shell says of a program ended by ctrl+c."""

PIPE_CLOSED = 141
"""What a shell says of a program whose reader went away."""

NO_KEY_HERE = (
    "A key is never an argument: it is asked for, read from standard input, or taken with --from-env."
)


class Ending(click.Group):
    """A group whose commands end with a sentence on standard error and the exit code that fits."""

    def main(self, *words: Any, **settings: Any) -> Any:  # noqa: ANN401
        """Run the program; a help text that finds no room ends it like any other answer."""
        try:
            return super().main(*words, **settings)
        except BrokenPipeError:  # of either stream; click says on the other one what is wrong with the words
            forget_output()
            forget_remarks()
            sys.exit(PIPE_CLOSED)
        except OSError as error:
            if not lost_output(error):
                raise
            remark(str(lost(error)))
            sys.exit(AnswerLost.exit_code)

    def make_context(self, *words: Any, **settings: Any) -> click.Context:  # noqa: ANN401
        """Read the command line; a help text that nobody reads to its end ends the program quietly."""
        try:
            return super().make_context(*words, **settings)
        except BrokenPipeError:
            forget_output()
            sys.exit(PIPE_CLOSED)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; refusals, interruption and a closed pipe become exit codes."""
        try:
            return super().invoke(ctx)
        except RegistryError as error:
            sentence = without_keys(str(error))
            remark(sentence if sentence == str(error) else f"{sentence} {NO_KEY_HERE}")
            ctx.exit(error.exit_code)
        except click.UsageError as error:
            if looks_like_key(error.message):
                raise click.UsageError(NO_KEY_HERE, error.ctx) from None
            raise
        except (KeyboardInterrupt, click.Abort):
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            forget_output()
            ctx.exit(PIPE_CLOSED)


def stand_in_for_closed_streams() -> None:
    """Let a stream that was closed before the program began be one that is empty, or leads nowhere.

    Without this click says on standard output what standard error does not take.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def write_whole() -> None:
    """Let streams that Python was told not to buffer take a text whole, or fail.

    Without this the rest of one that found little room is dropped, and nothing is said.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        raw = getattr(stream, "buffer", None)
        if isinstance(raw, io.RawIOBase):
            buffered = io.BufferedWriter(raw)
            whole = io.TextIOWrapper(buffered, stream.encoding, stream.errors, line_buffering=True)
            setattr(sys, name, whole)


def end_quietly_on_a_bug() -> None:
    """Let a bug end the program with one sentence: its message and its variables may hold a secret."""
    sys.excepthook = _tell_of_bug


def _tell_of_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f" in {os.path.basename(code.co_filename)}, {code.co_name}, line {trace.tb_lineno}"
        trace = trace.tb_next
    remark(f"tui-registry stopped because of a bug in it: {kind.__name__}{place}.")
