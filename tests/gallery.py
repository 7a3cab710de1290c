"""Pictures of one running app: it is led from scene to scene, and each is drawn at every size."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from tests.driving import PATIENCE, on_screen, type_text, until
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.screens.dialogs import Dialog, UnsavedChanges
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.widgets.filter_box import FilterInput

NARROW, WIDE = (80, 24), (120, 36)
DESIGN_SIZES = (NARROW, WIDE)

Steps = Sequence[str]
"""Keys to press, texts to type (`type|`), to filter by (`find|`) and to wait for (`see|`), and dialogs to let
listen (`deaf`)."""


class Gallery:
    """Pictures kept under the test's name and theirs; all are drawn before one that differs is told."""

    def __init__(self, snapshot: SnapshotAssertion, folder: Path) -> None:
        """Compare with `snapshot`; pictures that differ are written into `folder`."""
        self._kept = snapshot.use_extension(SVGImageExtension)
        self._folder = folder
        self._differing: list[str] = []

    async def show(
        self,
        app: RegistryApp,
        scenes: Mapping[str, Steps],
        sizes: Sequence[tuple[int, int]] = DESIGN_SIZES,
        mark: str = "",
    ) -> None:
        """Lead a new app through the scenes; `mark` ends the names of its pictures in place of the size."""
        async with app.run_test(size=sizes[0], notifications=True) as pilot:
            for name, steps in scenes.items():
                await play(pilot, steps)
                for size in sizes:
                    await self.draw(pilot, f"{name}-{mark or f'{size[0]}x{size[1]}'}", size)
                await at_home(pilot, sizes[0])

    async def draw(self, pilot: Pilot[None], name: str, size: tuple[int, int]) -> None:
        """One picture of what stands on the screen now."""
        if pilot.app.size != size:
            await pilot.resize_terminal(*size)
        drawn = await still(pilot)
        if self._kept(name=name) != drawn:
            path = self._folder / f"{name}.svg"
            path.write_text(drawn, encoding="utf-8")
            self._differing.append(str(path))

    def close(self) -> None:
        """Fail if any picture differs from the kept one."""
        assert self._differing == [], "these pictures differ; look at them, then --snapshot-update"


async def play(pilot: Pilot[None], steps: Steps) -> None:
    """Do what the steps say."""
    for step in steps:
        kind, _, rest = step.partition("|")
        if kind == "type":
            await type_text(pilot, rest)
        elif kind == "find":
            assert isinstance(pilot.app.screen, ListScreen)
            pilot.app.screen.filter_by(rest)
        elif kind == "see":
            await on_screen(pilot, rest)
        elif kind == "deaf":
            await until(pilot, lambda: isinstance(pilot.app.screen, Dialog) and pilot.app.screen.listening)
        else:
            await pilot.press(step)


async def still(pilot: Pilot[None]) -> str:
    """The screen as SVG, once it has stood still for a moment."""
    latest, last = time.monotonic() + PATIENCE, None
    while True:
        await pilot.pause(0.06)
        seen = [list(strip) for strip in pilot.app.screen._compositor.render_strips()]
        if seen == last:
            return pilot.app.export_screenshot(simplify=True)
        assert time.monotonic() < latest, "the screen never stood still"
        last = seen


async def at_home(pilot: Pilot[None], size: tuple[int, int]) -> None:
    """Leave whatever is open without saving, and go to the top of the first list."""
    app = pilot.app
    app.clear_notifications()
    if app.size != size:
        await pilot.resize_terminal(*size)
    while len(app.screen_stack) > 1:
        screen = app.screen
        if isinstance(screen, Dialog):
            await until(pilot, lambda screen=screen: screen.listening)  # type: ignore[misc]
        await pilot.press("d" if isinstance(screen, UnsavedChanges) else "escape")
        await pilot.pause()
    screen = app.screen
    assert isinstance(screen, ListScreen)
    if isinstance(app.focused, FilterInput):
        await pilot.press("enter")
        await until(pilot, lambda: screen.table.has_focus)
    screen.filter_by("")
    screen.table.clear_marks()
    await pilot.press("1", "g")
    await until(pilot, lambda: isinstance(app.screen, ListScreen) and app.screen.table.is_loaded)
