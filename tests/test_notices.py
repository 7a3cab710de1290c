"""A commit of another session is noticed when it is made; nothing is looked at while nothing happens."""

import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Session
from tests.driving import screen_text, until
from tests.registries import done, provider_draft
from tests.registry_of import registry_of
from tui_registry.store.notices import Notices

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of changes to files")


def test_a_save_and_a_replaced_file_are_noticed_and_nothing_else(tmp_path: Path) -> None:
    path = registry_of(tmp_path / "registry.db", models=1)
    with closing(Notices(path)) as notices:
        assert not notices.read()
        (tmp_path / "beside.db-journal").touch()
        (tmp_path / "beside.db-journal").unlink()
        assert not notices.read()
        journal = tmp_path / "registry.db-journal"
        journal.touch()
        assert not notices.read()
        journal.unlink()
        assert notices.read()
        os.replace(registry_of(tmp_path / "other.db", models=2), path)
        assert notices.read()


def test_the_file_behind_a_link_is_watched_as_well(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = registry_of(tmp_path / "elsewhere" / "kept.db", models=1)
    link = tmp_path / "registry.db"
    link.symlink_to(path)
    with closing(Notices(link)) as notices:
        assert not notices.read()
        journal = path.with_name("kept.db-journal")
        journal.touch()
        journal.unlink()
        assert notices.read()
        os.replace(registry_of(tmp_path / "other.db", models=2), path)
        assert notices.read()
        (tmp_path / "third").mkdir()
        other = registry_of(tmp_path / "third" / "another.db", models=1)
        link.unlink()
        link.symlink_to(other)
        assert notices.read()
        other.with_name("another.db-journal").touch()
        other.with_name("another.db-journal").unlink()
        assert notices.read(), "the file that the link leads to now"


def test_another_directory_behind_a_link_is_noticed(tmp_path: Path) -> None:
    for name in ("v1", "v2"):
        (tmp_path / name).mkdir()
        registry_of(tmp_path / name / "registry.db", models=1)
    current = tmp_path / "current"
    current.symlink_to("v1")
    with closing(Notices(current / "registry.db")) as notices:
        (tmp_path / "next").symlink_to("v2")
        os.replace(tmp_path / "next", current)
        assert notices.read()
        os.rename(tmp_path / "v2", tmp_path / "v3")
        assert notices.read()


def test_a_directory_that_is_gone_cannot_be_watched(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Notices(tmp_path / "gone" / "registry.db")


async def test_the_app_shows_what_another_session_saved_without_waiting_for_a_look(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "Groq" in screen_text(pilot))
        done(full.store, lambda write: write.add_provider(provider_draft("NaviGator AI")))
        await until(pilot, lambda: "NaviGator AI" in screen_text(pilot))
