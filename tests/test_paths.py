"""Where things lie, and that only their owner gets in."""

import os
import stat
import sys
from pathlib import Path

import pytest

from tui_registry.errors import InvalidInput, Refused
from tui_registry.paths import apart, find_paths, make_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_one_home_holds_everything(tmp_path: Path) -> None:
    paths = find_paths(tmp_path, {"TUI_REGISTRY_HOME": "/elsewhere"})
    assert paths.database == tmp_path / "data" / "registry.db"
    assert paths.backups == tmp_path / "data" / "backups"
    assert paths.vault_key == tmp_path / "state" / "vault.key"
    assert paths.config == tmp_path / "config" / "config.toml"
    assert paths.state == tmp_path / "state"


def test_asking_where_things_lie_makes_nothing(tmp_path: Path) -> None:
    find_paths(tmp_path / "home", {})
    assert list(tmp_path.iterdir()) == []


def test_the_environment_may_name_the_home(tmp_path: Path) -> None:
    assert find_paths(None, {"TUI_REGISTRY_HOME": str(tmp_path)}) == find_paths(tmp_path, {})


def test_the_database_moves_with_its_backups_and_the_vault_key_alone(tmp_path: Path) -> None:
    environ = {"TUI_REGISTRY_DB": str(tmp_path / "x.db"), "TUI_REGISTRY_KEY_FILE": str(tmp_path / "k.key")}
    paths = find_paths(tmp_path / "home", environ)
    assert paths.database == tmp_path / "x.db"
    assert paths.backups == tmp_path / "backups"
    assert paths.vault_key == tmp_path / "k.key"
    assert paths.state == tmp_path / "home" / "state"


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    empty = {"TUI_REGISTRY_HOME": "", "TUI_REGISTRY_DB": "", "TUI_REGISTRY_KEY_FILE": ""}
    assert find_paths(tmp_path, empty) == find_paths(tmp_path, {})
    assert find_paths(None, empty) == find_paths(None, {})


def test_a_relative_or_tilde_home_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_paths(Path("here/../there"), {}) == find_paths(tmp_path / "there", {})
    assert find_paths(None, {"TUI_REGISTRY_HOME": "~/there"}) == find_paths(tmp_path / "there", {})


@pytest.mark.parametrize("home", ["~nobody-of-that-name/x", "a\0b", "a\x1bb"])
def test_a_home_that_is_no_path_is_refused_by_the_name_of_where_it_came_from(home: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        find_paths(None, {"TUI_REGISTRY_HOME": home})
    assert list(refusal.value.problems) == ["TUI_REGISTRY_HOME"]
    assert str(refusal.value).isprintable()


@pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's places")
def test_without_a_home_the_system_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("DATA", "STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))
    paths = find_paths(None, {})
    assert paths.database == tmp_path / "DATA" / "tui_registry" / "registry.db"
    assert paths.vault_key == tmp_path / "STATE" / "tui_registry" / "vault.key"
    assert paths.config == tmp_path / "CONFIG" / "tui_registry" / "config.toml"


def test_where_the_system_has_one_place_for_all_the_vault_key_gets_its_own(tmp_path: Path) -> None:
    one = tmp_path / "tui_registry"
    assert apart(one, one, one) == (one, tmp_path / "tui_registry-vault", one)
    assert apart(one, tmp_path / "state", one) == (one, tmp_path / "state", one)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_private_directory_is_its_owners_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        make_private(tmp_path / "new")
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == 0o700


def test_a_directory_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    there.chmod(0o755)
    make_private(there)
    assert mode(there) == 0o700


def test_a_directory_that_others_could_write_to_is_refused_and_left_alone(tmp_path: Path) -> None:
    there = tmp_path / "every one's"
    there.mkdir()
    there.chmod(0o1777)
    with pytest.raises(Refused, match="Look through it, then run: chmod 700 '"):
        make_private(there)
    assert mode(there) == 0o1777


def test_a_directory_of_another_user_is_refused(tmp_path: Path) -> None:
    theirs = Path("/")
    if os.geteuid() == 0:
        theirs = tmp_path / "theirs"
        theirs.mkdir(mode=0o700)
        os.chown(theirs, 65534, 65534)
    with pytest.raises(Refused, match="belongs to another user"):
        make_private(theirs)
    link = tmp_path / "link"
    link.symlink_to(theirs)
    with pytest.raises(Refused, match="belongs to another user"):
        make_private(link)


def test_a_link_to_ones_own_directory_is_followed(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "own")
    make_private(tmp_path / "link")
    assert mode(tmp_path / "own") == 0o700


def test_a_file_in_the_way_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Refused, match="cannot be used"):
        make_private(tmp_path / "file")


def test_a_relative_home_in_a_directory_that_is_gone_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(InvalidInput, match="present directory is gone"):
        find_paths(Path("here"), {})
