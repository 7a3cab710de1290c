"""The help of every command: what it does, what its options mean, a right example, and exit codes."""

import shlex
from collections.abc import Iterator, Sequence

import click
import pytest
from click.testing import CliRunner

from tui_registry.cli.command import registry
from tui_registry.cli.help_pages import PAGES, SHORT

Named = tuple[tuple[str, ...], click.Command]


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[Named]:
    """Every command that does something, with its words."""
    if not isinstance(group, click.Group):
        yield path, group
        return
    for name, each in group.commands.items():
        yield from commands(each, (*path, name))


EVERY = dict(commands(registry))
named = pytest.mark.parametrize("path", [(), *EVERY], ids=" ".join)


@named
def test_says_what_it_does_with_an_example_and_exit_codes(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(registry, [*path, "--help"])
    assert shown.exit_code == 0
    assert "Examples:\n    tui-registry" in shown.stdout
    assert "Exit code" in shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= 100


@pytest.mark.parametrize("path", sorted({path[:-1] for path in EVERY}), ids=" ".join)
def test_lists_its_commands_with_nothing_cut_off_in_80_columns(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(registry, [*path, "--help"], terminal_width=80)
    assert [line for line in shown.stdout.splitlines()[1:] if line.endswith("...")] == []


@named
def test_says_what_each_option_means(path: tuple[str, ...]) -> None:
    command = EVERY.get(path, registry)
    assert command.help
    assert [each.name for each in command.params if isinstance(each, click.Option) and not each.help] == []


def read_command(words: Sequence[str]) -> click.Command:
    """The command that these words call, its options and arguments read; fails where they cannot be."""
    command: click.Command = registry
    context = registry.make_context("tui-registry", list(words), resilient_parsing=True)
    rest = [*context._protected_args, *context.args]
    while isinstance(command, click.Group) and rest:
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None, words
        assert name is not None
        command = found
    if command is not registry:
        command.make_context("x", rest, parent=context)
    return command


@named
def test_its_examples_are_commands_that_can_be_read(path: tuple[str, ...]) -> None:
    page = PAGES[" ".join(path)]
    for example in page.examples:
        command = read_command(shlex.split(example.split(" | ")[-1].split(" > ")[0])[1:])
        if command is not registry:
            assert example.startswith(f"tui-registry {' '.join(path)}".rstrip()) or not path or "|" in example


def test_every_page_belongs_to_a_command_and_sends_on_to_one() -> None:
    words = {" ".join(path) for path in EVERY} | {""}
    groups = {" ".join(path[:-1]) for path in EVERY} - {""}
    assert set(PAGES) <= words
    assert set(SHORT) <= words | groups
    assert {each for page in PAGES.values() for each in page.see} <= words | groups
