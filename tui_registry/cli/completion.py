"""What the shell completes: the names of providers and the ids of models, by click's own scripts."""

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from tui_registry.errors import RegistryError
from tui_registry.text import is_showable

VARIABLE = "_TUI_REGISTRY_COMPLETE"
"""The variable by which a shell's script asks; click names it so."""

_MEANT_BY_BASH = re.compile(r"([^\w@%+=:,./-])")

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Complete = Callable[[click.Context, str], list[str]]


class Completed(click.ParamType[str]):
    """A text whose beginnings a shell completes."""

    name = "text"

    def __init__(self, complete: Complete) -> None:
        """Take over what finds the texts that begin so."""
        self._complete = complete

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """What the shell offers; nothing where anything is amiss."""
        from click.shell_completion import CompletionItem

        try:
            found = self._complete(ctx, incomplete)
        except (RegistryError, OSError):
            return []
        return [CompletionItem(_as_typed(name)) for name in found if is_showable(name)]


def complete_names(command: click.Command, path: str = "") -> None:
    """Let the shell complete what parameters of the usual names mean, here and below."""
    for parameter in command.params:
        kind = _KINDS.get((path, parameter.name or "")) or _KINDS.get(("", parameter.name or ""))
        if kind is not None and parameter.type is click.STRING:
            parameter.type = Completed(kind)
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            complete_names(each, f"{path} {name}")


def _as_typed(name: str) -> str:
    """The name as a shell's line must hold it; zsh and fish see to that themselves."""
    # click's script for bash takes one backslash off each pair before bash sees them.
    return _MEANT_BY_BASH.sub(r"\\\\\1", name) if os.environ.get(VARIABLE, "").startswith("bash") else name


def _named(ctx: click.Context, kind: str, start: str, owner: str = "") -> list[str]:
    from tui_registry.paths import find_paths
    from tui_registry.store.name_list import names_beginning

    paths = find_paths(ctx.find_root().params.get("home"), os.environ)
    return names_beginning(paths.database, kind, start, owner)


def _providers(ctx: click.Context, start: str) -> list[str]:
    return _named(ctx, "provider", start)


def _known(ctx: click.Context, start: str) -> list[str]:
    return _named(ctx, "known", start)


def _models(ctx: click.Context, start: str) -> list[str]:
    """The models of the provider that was written before."""
    owner = ctx.params.get("provider") or ctx.params.get("name") or ""
    return _named(ctx, "model", start, owner)


def _either(ctx: click.Context, start: str) -> list[str]:
    """Providers, and the models of the one that was written last."""
    written = ctx.params.get("wanted") or ()
    models = _named(ctx, "model", start, written[-1]) if written else []
    return models + _providers(ctx, start)


def _topics(_ctx: click.Context, start: str) -> list[str]:
    from tui_registry.help import topics

    return [each.name for each in topics() if each.name.startswith(start.casefold())]


_KINDS: dict[tuple[str, str], Complete] = {
    ("", "name"): _providers,
    ("", "provider"): _providers,
    ("", "names"): _providers,
    ("", "model_id"): _models,
    ("", "model"): _models,
    ("", "wanted"): _either,
    ("", "topic"): _topics,
    (" provider add", "name"): _known,
    (" catalog import", "providers"): _known,
}
