"""A start that meets a registry held by another process says so soon."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.registries import SetClock
from tui_registry.errors import StoreLocked
from tui_registry.store import ladder
from tui_registry.store.database import create_database
from tui_registry.store.ladder import climb


def test_a_held_registry_that_needs_no_upgrade_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ladder, "WRITE_PATIENCE", 0.2)
    path = tmp_path / "registry.db"
    create_database(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        with pytest.raises(StoreLocked):
            climb(path, tmp_path / "backups", SetClock())
        assert time.monotonic() - started < 5
