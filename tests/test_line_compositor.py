"""Only the lines that are drawn are asked for, and they are what Textual would have drawn."""

import random

from textual._compositor import Compositor
from textual.geometry import Region
from textual.widget import Widget

from tests.conftest import Session
from tui_registry.ui.desk import DeskScreen
from tui_registry.ui.table.line_compositor import LineCompositor


async def test_lines_are_those_of_textual_at_any_crop_and_width(full: Session) -> None:
    chance, app = random.Random(7), full.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        for keys in (["2"], ["question_mark"], ["escape", "1", "enter"], ["escape", "5"]):
            await pilot.press(*keys)
            await pilot.pause()
            shown = app.screen._compositor
            for _ in range(8):
                top, rows = chance.randrange(36), set(chance.sample(range(36), 12))
                crop = Region(chance.randrange(60), top, 60, chance.randrange(1, 36 - top + 1))
                wanted = rows.intersection(range(crop.y, crop.bottom))
                theirs, ours = (
                    kind._render_chops(shown, crop, wanted.__contains__)
                    for kind in (Compositor, LineCompositor)
                )
                assert [ours[y] for y in wanted] == [theirs[y] for y in wanted]


async def test_a_moved_cursor_renders_two_lines_of_each_widget_beside_it(full: Session) -> None:
    app, asked = full.app(), []
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("2")
        await pilot.pause()
        assert isinstance(app.screen, DeskScreen)
        assert isinstance(app.screen._compositor, LineCompositor)
        render = Widget.render_lines

        def counted(widget: Widget, crop: Region) -> object:
            asked.append(crop.height)
            return render(widget, crop)

        Widget.render_lines = counted  # type: ignore[method-assign,assignment]
        try:
            await pilot.press("down")
            await pilot.pause()
        finally:
            Widget.render_lines = render  # type: ignore[method-assign]
    assert asked
    assert max(asked) <= 2
