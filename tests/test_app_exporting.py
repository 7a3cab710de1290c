"""`w` writes an export into a file that is named, from any list."""

from pathlib import Path

import pytest

from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text
from tests.registries import add_groq, add_model

NARROW = (80, 24)


async def test_w_writes_the_registry_into_a_new_file_and_never_over_one(
    empty: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    add_model(empty.store, add_groq(empty.store))
    (tmp_path / "opencode.json").write_text("mine")
    app = empty.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await on_screen(pilot, "Groq")
        await pilot.press("w")
        await on_screen(pilot, "Keys are never in it")
        await pilot.pause(0.3)
        await pilot.press("o")
        await on_screen(pilot, "Export: OpenCode")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "switched off")
        await pilot.press("down", "down", "space", "ctrl+s")
        await on_screen(pilot, "is there already")
        assert "opencode.json" in screen_text(pilot)
        await pilot.press("end")
        await type_text(pilot, ".new")
        await pilot.press("ctrl+s")
        await on_screen(pilot, "1 model of 1 provider")
    assert (tmp_path / "opencode.json").read_text() == "mine"
    written = tmp_path / "opencode.json.new"
    assert '"{env:GROQ_API_KEY}"' in written.read_text()
    assert written.stat().st_mode & 0o777 == 0o600
