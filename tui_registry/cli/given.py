"""What was given on the command line on its way into a draft."""

from collections.abc import Mapping

from tui_registry.cli.output import remark

UNKNOWN = ("unknown", "none")
"""Words that clear a number as an empty text does."""


def only_given(options: Mapping[str, str | None]) -> dict[str, str]:
    """The options that were written on the command line."""
    return {name: value for name, value in options.items() if value is not None}


def counts_given(options: Mapping[str, str | None]) -> dict[str, str]:
    """The counts that were written on the command line; `unknown` is an empty text."""
    return {
        name: "" if value.strip().lower() in UNKNOWN else value for name, value in only_given(options).items()
    }


def warn(warnings: Mapping[str, str]) -> None:
    """What looks odd about a draft that is allowed all the same, on standard error."""
    for field, sentence in warnings.items():
        remark(f"{field}: {sentence}")
