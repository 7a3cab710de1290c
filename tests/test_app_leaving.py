"""What the app does before it lets go, and what it reads once it stands."""

import threading

import pytest

from tests.conftest import Session, open_session
from tests.driving import on_screen, until
from tui_registry.store import Writes, store


async def test_ctrl_z_waits_until_every_save_is_through(
    full: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = full.app()
    gate, order = threading.Event(), []

    def slow(_writes: Writes) -> None:
        gate.wait(10)
        order.append("saved")

    async with app.run_test(size=(80, 24)) as pilot:
        await on_screen(pilot, "sorted by name")
        monkeypatch.setattr(app, "action_suspend_process", lambda: order.append("suspended"))
        full.store.write(slow)
        pressed = app.run_worker(app.action_suspend())
        await pilot.pause()
        assert order == []
        gate.set()
        await until(pilot, lambda: pressed.is_finished)
        assert order == ["saved", "suspended"]


async def test_a_large_registry_is_read_whole_once_the_app_stands(
    full: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    full.store.close()
    damaged = bytearray(full.home.database.read_bytes())
    middle = len(damaged) // 2 // 4096 * 4096
    damaged[middle : middle + 4096] = bytes(4096)
    full.home.database.write_bytes(damaged)
    monkeypatch.setattr(store, "DEEP_CHECK_BYTES", 0)
    session = open_session(full.home)
    assert not session.store.is_checked
    async with session.app().run_test(size=(80, 24)) as pilot:
        await on_screen(pilot, "damaged")
    session.store.close()


async def test_the_sort_steps_back_with_less_than(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await on_screen(pilot, "sorted by name")
        await pilot.press("greater_than_sign")
        await on_screen(pilot, "sorted by models")
        await pilot.press("less_than_sign")
        await on_screen(pilot, "sorted by name")
