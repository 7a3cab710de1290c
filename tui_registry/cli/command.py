"""The command `tui-registry` itself: its global options, and what it does without a subcommand."""

import click

from tui_registry import __version__


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tui-registry")
def main() -> None:
    """Keep, price and prove the LLM API providers you pay for."""
