"""The app: its views, the keys that work everywhere, and how it starts, saves and ends."""

import asyncio
import signal
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES

from tui_registry.clock import stamp
from tui_registry.errors import RegistryError
from tui_registry.ui.actions.locking import IdleLock, lock, lock_when_idle
from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import Desk, DeskScreen, ModelsWanted
from tui_registry.ui.keymap import WRITES, printed
from tui_registry.ui.noticing_app import NoticingApp
from tui_registry.ui.screens.too_small import TooSmall, is_too_small
from tui_registry.ui.terminal.safety import AsciiFilter, ControlFilter
from tui_registry.ui.widgets.chrome import VIEWS, TopLine

if TYPE_CHECKING:
    from tui_registry.ui.actions.jumping import JumpCommands
    from tui_registry.ui.forms.form import FormScreen

BACKUP_EVERY = 600.0
"""Seconds between two looks whether a backup is due."""
CHECK_AFTER = 3.0
"""Seconds until a large file, not all of which its opening checked, is read; the first keys come before."""
SECOND_PRESS = 2.0
"""Seconds within which a second ctrl+c quits."""


def jump_commands() -> "type[JumpCommands]":
    """The palette's commands that go to a record."""
    from tui_registry.ui.actions.jumping import JumpCommands

    return JumpCommands


class RegistryApp(NoticingApp):
    """The registry in a terminal: five views over one database."""

    TITLE = "tui-registry"
    CSS_PATH: ClassVar = ["styles/app.tcss", "styles/table.tcss", "styles/form.tcss"]
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    COMMANDS: ClassVar = {*App.COMMANDS, jump_commands}
    BINDINGS: ClassVar = [
        *(bind(f"view.{number}", f"show_view('{view}')") for number, view in enumerate(VIEWS, 1)),
        bind("view.previous", "step_view(-1)"),
        bind("view.next", "step_view(1)"),
        bind("view.last", "last_view"),
        bind("app.commands", "command_palette"),
        bind("app.keys", "keys"),
        bind("app.quit", "leave"),
        bind("app.quit_now", "quit", priority=True),
        bind("app.copy_or_quit", "copy_or_quit"),
        bind("app.suspend", "suspend", priority=True),
        bind("app.redraw", "redraw_and_lock", priority=True),
    ]

    def __init__(
        self, desk: Desk, *, theme: str | None = None, ansi_color: bool = False, thin_line: bool = True
    ) -> None:
        """The app over the desk's registry; nothing is read before it is mounted."""
        super().__init__(desk, ansi_color=ansi_color, thin_line=thin_line)
        self.set_keymap(dict(desk.keys.keymap))
        self._wanted_theme = theme
        self._line_filters: list[LineFilter] = [ControlFilter(), *([AsciiFilter()] if desk.ascii else [])]
        self._came_from = "providers"
        self._interrupted_at = -SECOND_PRESS
        self._idle = IdleLock(desk.lock_after)
        for view in VIEWS:
            self.add_mode(view, partial(self._new_screen, view))

    def _new_screen(self, view: str) -> Screen[object]:
        """The screen of a view; the module of each is loaded when it is first shown."""
        module = import_module(f"tui_registry.ui.screens.{view}")
        screen: Screen[object] = getattr(module, f"{view.title()}Screen")(self.desk)
        return screen

    def on_mount(self) -> None:
        """Open the first view and watch for signals and for other sessions."""
        self.animation_level = "none"
        if self._wanted_theme:
            self.theme = self._wanted_theme
        self.switch_mode("providers")
        self.call_after_refresh(self._look_back)
        self.set_interval(self.begin_noticing(), self._look_around)
        self.set_interval(BACKUP_EVERY, self._back_up_if_due)
        if not self.desk.store.is_checked:
            self.set_timer(CHECK_AFTER, self._check_registry)
        if sys.platform != "win32":
            loop = asyncio.get_running_loop()
            for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                loop.add_signal_handler(name, self._ended_by_signal, name)

    @work(group="check")
    async def _check_registry(self) -> None:
        """Read the whole of a large file, which its opening did not, and say if it is damaged."""
        try:
            await asyncio.to_thread(self.desk.store.check)
        except RegistryError as error:
            self.announce(str(error))

    @work(exclusive=True, group="backup")
    async def _back_up_if_due(self) -> None:
        from tui_registry.ui.actions.backing_up import back_up_if_due

        if (failed := await back_up_if_due(self.desk)) and isinstance(self.screen, DeskScreen):
            self.screen.refuse(failed)

    @work(group="look back")
    async def _look_for_interrupted(self) -> None:
        from tui_registry.ui.actions.verifying import look_for_interrupted

        await look_for_interrupted(self, self.desk)

    def _look_back(self) -> None:
        """Offer what was left unfinished the last time, now that the first list is drawn."""
        if self.desk.drafts is not None and self.desk.drafts.exists() and isinstance(self.screen, DeskScreen):
            from tui_registry.ui.forms.restoring import kept_forms, offer_kept

            if kept_forms(self.desk):
                self.screen.begin(offer_kept)
        self._look_for_interrupted()

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's own filters, then ours, so that no drawn line carries a control character."""
        return [*super().get_line_filters(), *self._line_filters]

    def on_resize(self, event: events.Resize) -> None:
        """Say that the terminal is too small while it is."""
        if is_too_small(*event.size) and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall())
        elif not is_too_small(*event.size) and isinstance(self.screen, TooSmall):
            self.pop_screen()

    def on_key(self, event: events.Key) -> None:
        """Say why a dim key does nothing."""
        if not self.desk.store.read_only or not isinstance(self.screen, DeskScreen):
            return
        active = self.screen.active_bindings.get(event.key)
        if active is not None and not active.enabled and active.binding.id in WRITES:
            self.screen.refuse("The registry is open for reading only, so nothing can be changed here.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no commands where they could not be drawn."""
        if action == "command_palette" and self.screen_stack and isinstance(self.screen, TooSmall):
            return False
        return super().check_action(action, parameters)

    def get_key_display(self, binding: Binding) -> str:
        """A key as people write it, also where it is one of their own."""
        return binding.key_display or printed(binding.key, self.desk.ascii)

    def _ended_by_signal(self, number: signal.Signals) -> None:
        """End cleanly when the terminal or the system asks for it; what was typed is kept."""
        from tui_registry.ui.forms.form import FormScreen
        from tui_registry.ui.forms.restoring import keep_open_form

        forms = [screen for screen in self.screen_stack if isinstance(screen, FormScreen)]
        said = [*self.desk.parting, *(keep_open_form(self.desk, form) for form in forms)]
        self.exit(return_code=128 + number, message="\n".join(filter(None, said)) or None)

    def _fatal_error(self) -> None:
        """End after a bug without showing any local variable; the text carries no secret."""
        from tui_registry.ui.terminal.crashing import crash_text, keep_log

        error, log = self._exception, self.desk.crash_log
        if log is not None:
            log = keep_log(log, error, stamp(self.desk.clock()))
        self._exit_renderables.clear()
        self.panic(crash_text(error, log))

    async def on_event(self, event: events.Event) -> None:
        """Know when a key was last pressed."""
        if isinstance(event, events.Key | events.Paste):
            self._idle.pressed()
        await super().on_event(event)

    async def action_redraw_and_lock(self) -> None:
        """Draw the screen anew; a vault with a passphrase is locked with it."""
        self.action_redraw()
        await lock(self, self.desk)

    async def _look_around(self) -> None:
        """Lock the vault that nobody works with, and show what another session has committed."""
        await lock_when_idle(self, self.desk, self._idle)
        self.look_for_changes()

    def action_show_view(self, view: str) -> None:
        """Go to a view."""
        if self.current_mode != view:
            self._came_from = self.current_mode
            self.switch_mode(view)

    def action_step_view(self, step: int) -> None:
        """Go to the next view to the left or right."""
        self.action_show_view(VIEWS[(VIEWS.index(self.current_mode) + step) % len(VIEWS)])

    def action_last_view(self) -> None:
        """Go to the view before this one."""
        if self._came_from in VIEWS:
            self.action_show_view(self._came_from)

    def on_models_wanted(self, event: ModelsWanted) -> None:
        """Go to the models of one provider."""
        self.action_show_view("models")
        self.call_after_refresh(self._filter_models, event.provider)

    def _filter_models(self, provider: str) -> None:
        from tui_registry.ui.screens.list_screen import ListScreen

        if isinstance(self.screen, ListScreen):
            self.screen.filter_by(f'provider:"{provider}"')

    def on_top_line_chosen(self, event: TopLine.Chosen) -> None:
        """Go to the view that was clicked."""
        self.action_show_view(event.view)

    def action_keys(self) -> None:
        """Show the keys of the present screen, and what the filter of a list understands."""
        from tui_registry.ui.screens.keys_page import KeysPage
        from tui_registry.ui.screens.list_screen import ListScreen

        terms = self.screen.filter_terms() if isinstance(self.screen, ListScreen) else []
        self.push_screen(KeysPage(self.screen, self.desk.keys, terms))

    async def action_leave(self) -> None:
        """Back from a page; at the top, quit."""
        from tui_registry.ui.screens.record_page import RecordPage

        if isinstance(self.screen, RecordPage):
            self.screen.action_close()
        elif len(self.screen_stack) == 1:
            await self.action_quit()

    async def action_quit(self) -> None:
        """Quit; an open form with changes asks first, and so does a run that goes on."""
        from tui_registry.ui.actions.verifying import is_running
        from tui_registry.ui.forms.form import FormScreen

        changed = [each for each in self.screen_stack if isinstance(each, FormScreen) and each.has_unsaved()]
        if changed or is_running(self.desk):
            self.run_worker(self._ask_and_quit(changed[-1:]))
        else:
            self.exit()

    async def _ask_and_quit(self, changed: "Sequence[FormScreen[object]]") -> None:
        from tui_registry.ui.actions.verifying import may_quit

        if all([await form.confirm_leave() for form in changed]) and await may_quit(self, self.desk):
            self.exit()

    async def action_copy_or_quit(self) -> None:
        """Copy what is selected; pressed twice with nothing selected, quit."""
        if self.screen.get_selected_text():
            self.screen.action_copy_text()
            return
        now = asyncio.get_running_loop().time()
        if now - self._interrupted_at < SECOND_PRESS:
            await self.action_quit()
            return
        self._interrupted_at = now
        key = self.desk.keys.first("app.copy_or_quit")
        self.notify(f"{key} again quits.", markup=False, timeout=SECOND_PRESS)

    async def action_suspend(self) -> None:
        """To the shell, once every save is through: a suspended save would hold the file for others."""
        await self.desk.save(lambda _writes: None)
        self.action_suspend_process()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The commands of the palette."""
        from tui_registry.ui.actions.palette import commands

        return commands(self, screen)


def theme_names() -> list[str]:
    """The names that --theme and the settings may use."""
    return sorted(BUILTIN_THEMES)
