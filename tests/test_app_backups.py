"""Backups by hand and by the hour, and one brought back, all from the app."""

from pathlib import Path

from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tests.registries import add_keyed, done, provider_draft
from tui_registry.ui.actions import backing_up
from tui_registry.ui.screens.list_screen import ListScreen

SIZE = (80, 24)


def backups(session: Session) -> list[Path]:
    return [each.path for each in session.store.backups()]


async def test_a_backup_by_command_comes_back_by_command(empty: Session) -> None:
    add_keyed(empty.store)
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        await pilot.press("ctrl+p")
        await type_text(pilot, "back up now")
        await on_screen(pilot, "a checked copy among the backups")
        await pilot.press("enter")
        await on_screen(pilot, "Backed up to")
        await until(pilot, lambda: backups(empty))
        done(empty.store, lambda write: write.add_provider(provider_draft("xAI", "https://api.x.ai/v1")))
        empty.home.clock.move(hours=3)
        await pilot.press("r")
        await on_screen(pilot, "xAI")
        assert isinstance(app.screen, ListScreen)
        app.screen.begin(backing_up.choose_backup)
        await on_screen(pilot, "Restore a backup")
        assert "3h ago" in screen_text(pilot)
        assert "by hand" in screen_text(pilot)
        await pilot.pause(0.3)
        await pilot.press("a")
        await on_screen(pilot, "1 provider, 1 key, 0 models, 0 results")
        await pilot.pause(0.3)
        await pilot.press("y")
        await on_screen(pilot, "Restored")
        await until(pilot, lambda: "xAI" not in screen_text(pilot))
        assert [row.name for row in empty.store.reads.providers()] == ["Groq"]


async def test_every_hour_of_changes_leaves_a_backup_and_failing_is_said(empty: Session) -> None:
    add_keyed(empty.store)
    app = empty.app()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        app._back_up_if_due()
        await until(pilot, lambda: len(backups(empty)) == 1)
        empty.home.clock.move(hours=2)
        assert await backing_up.back_up_if_due(empty.desk) is None
        assert len(backups(empty)) == 1, "nothing was changed since"
        done(empty.store, lambda write: write.add_provider(provider_draft("xAI", "https://api.x.ai/v1")))
        kept = backups(empty)[0].parent
        kept.rename(kept.with_name("away"))
        kept.write_text("in the way")
        app._back_up_if_due()
        await on_screen(pilot, "No backup was made")
