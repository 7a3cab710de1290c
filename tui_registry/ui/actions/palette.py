"""The commands of the palette: every action of the present screen, and what has no key."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App, SystemCommand
from textual.screen import Screen

from tui_registry.ui.actions.backing_up import back_up_now, choose_backup
from tui_registry.ui.actions.importing import import_commands
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.keymap import BY_ID
from tui_registry.ui.screens.vault_page import vault_commands

if TYPE_CHECKING:
    from tui_registry.ui.app import RegistryApp


def commands(app: "RegistryApp", screen: Screen[object]) -> Iterator[SystemCommand]:
    """Every action of a screen by its name, with its key; then those that belong to no screen."""
    yield from _with_keys(app, screen)
    if isinstance(screen, DeskScreen):
        yield SystemCommand(
            "Back up now", "a checked copy among the backups", partial(screen.begin, back_up_now)
        )
        if not app.desk.store.read_only:
            yield SystemCommand("Restore…", "bring a backup back", partial(screen.begin, choose_backup))
    yield from import_commands(screen)
    yield from vault_commands(screen)
    yield SystemCommand("Help topics", "files, protection, filters and more", partial(_read_help, app))
    yield SystemCommand("Theme", "choose the colours", app.action_change_theme)


def _read_help(app: "RegistryApp") -> None:
    from tui_registry.ui.actions.helping import begin_reading

    begin_reading(app)


def _with_keys(app: "RegistryApp", screen: Screen[object]) -> Iterator[SystemCommand]:
    listed: set[str] = set()
    for active in screen.active_bindings.values():
        binding = active.binding
        if not (binding.id and active.enabled) or binding.id in {*listed, "app.commands"}:
            continue
        listed.add(binding.id)
        known = BY_ID.get(binding.id)
        keys = app.desk.keys.printed(known) if known else app.get_key_display(binding)
        call = CommandCall(app, active.node, binding.action)
        yield SystemCommand(binding.description, f"{binding.tooltip}  ({keys})", call)


class CommandCall:
    """A command of the palette: runs one action where its binding lives."""

    def __init__(self, app: App[None], node: object, action: str) -> None:
        """Keep what to run and on which node."""
        self._app = app
        self._node = node
        self._action = action

    async def __call__(self) -> None:
        """Run the action."""
        await self._app.run_action(self._action, self._node)  # type: ignore[arg-type]
