"""`tui-registry export`: where it writes, what it says beside it, and what it refuses."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tests.commanding import Shell, everything_below
from tests.handing_out import KEY, SEED, handed_out
from tests.registries import Home
from tui_registry.errors import Refused
from tui_registry.export.files import write_file


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home"))
    handed_out(home).close()
    return home


@pytest.fixture
def shell(filled: Home, tmp_path: Path) -> Iterator[Shell]:
    copytree(filled.root, tmp_path / "home")
    # What the package knows stays out, so that the providers are those of the expected files.
    with Home(tmp_path / "home").open(create=False, known=SEED):
        yield Shell(tmp_path / "home")


EXPECTED = Path(__file__).parent / "data" / "export"


def test_the_answer_is_the_file_itself_and_what_is_left_out_is_said_beside_it(shell: Shell) -> None:
    result = shell.run("export", "claude-code")
    assert (result.exit_code, result.stdout) == (0, (EXPECTED / "claude-code.json").read_text("utf-8"))
    assert "Left out Azure OpenAI and Quiet: switched off" in result.stderr
    assert shell.run("export", "claude-code").output == result.output


def test_a_named_file_is_new_private_and_whole(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "opencode.json"
    umask = os.umask(0o022)
    try:
        said = shell.done("export", "opencode", "--output", str(target))
    finally:
        os.umask(umask)
    assert said == f"Wrote {target}: 9 models of 6 providers. Only you may read it.\n"
    assert target.read_bytes() == (EXPECTED / "opencode.json").read_bytes()
    assert target.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_json_tells_what_was_written(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "crush.json"
    told = shell.json("export", "crush", "--output", str(target))
    assert {name: told[name] for name in ("format", "file", "providers", "models")} == {
        "format": "crush",
        "file": str(target),
        "providers": 4,
        "models": 7,
    }
    assert {"provider": "Cohere", "reason": "Crush does not speak the cohere dialect"} in told["left_out"]
    assert "--output" in shell.refused("export", "crush", "--json")


def test_what_is_there_already_is_refused_and_stays(shell: Shell, tmp_path: Path) -> None:
    target, link, directory = tmp_path / "there", tmp_path / "link", tmp_path / "directory"
    target.write_text("mine")
    link.symlink_to(target)
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nothing")
    directory.mkdir()
    assert "--force" in shell.refused("export", "csv", "--output", str(target))
    for place, words in ((link, "is a link"), (dangling, "is a link"), (directory, "no ordinary file")):
        for force in ((), ("--force",)):
            assert words in shell.refused("export", "csv", "--output", str(place), *force)
    assert target.read_text() == "mine"
    assert not (tmp_path / "nothing").exists()
    shell.done("export", "csv", "--output", str(target), "--force")
    assert target.read_text("utf-8") == (EXPECTED / "csv.csv").read_text("utf-8")
    assert target.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "own",
    [
        "data/registry.db",
        "data/registry.db-wal",
        "data/backups/x.db",
        "state/vault.key",
        "config/config.toml",
    ],
)
def test_the_registry_s_own_files_are_never_the_place(shell: Shell, tmp_path: Path, own: str) -> None:
    way = tmp_path / "way"
    way.symlink_to(shell.root)
    for root in (shell.root, way):
        said = shell.refused("export", "json", "--output", str(root / own), "--force")
        assert "one of the registry's own files; name another one." in said
    assert shell.json("provider", "list")


@pytest.mark.parametrize("place", ["missing/x.json", "home/data/registry.db/x.json", "x" * 300])
def test_a_place_that_cannot_be_written_is_said_in_one_sentence(
    shell: Shell, tmp_path: Path, place: str
) -> None:
    said = shell.refused("export", "json", "--output", str(tmp_path / place))
    assert ("cannot be written" in said, len(said.splitlines())) == (True, 1)


def test_a_file_that_somebody_makes_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "raced"
    link = os.link

    def raced(source: Path, goal: Path) -> None:
        target.write_text("theirs")
        link(source, goal)

    monkeypatch.setattr(os, "link", raced)
    with pytest.raises(Refused, match="there already"):
        write_file(target, "ours")
    assert everything_below(tmp_path) == {target: b"theirs"}


def test_a_file_system_without_links_takes_a_new_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlinkable(source: Path, goal: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", unlinkable)
    target = tmp_path / "new"
    write_file(target, "ours")
    assert (everything_below(tmp_path), target.stat().st_mode & 0o777) == ({target: b"ours"}, 0o600)
    with pytest.raises(Refused, match="there already"):
        write_file(target, "again")


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    target = tmp_path / "kept"
    target.write_text("as it was")
    with pytest.raises(Refused, match="No space left on device"):
        write_file(target, "new", replace=True)
    assert everything_below(tmp_path) == {target: b"as it was"}


def test_nothing_to_hand_out_is_a_refusal_that_says_why(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "new"
    said = shell.refused("export", "crush", "--provider", "Cohere", "--output", str(target))
    assert "Crush does not speak the cohere dialect" in said
    assert not target.exists()
    assert "no provider Grok. Did you mean Groq?" in shell.refused("export", "json", "--provider", "Grok")
    assert "PROVIDER=VARIABLE" in shell.refused("export", "env", "--env", "GROQ_API_KEY")


def test_no_export_changes_the_registry_or_opens_a_key(shell: Shell) -> None:
    before = everything_below(shell.root)
    for form in ("opencode", "crush", "claude-code", "litellm", "env", "json", "csv"):
        assert KEY not in shell.run("--read-only", "export", form).output
    assert everything_below(shell.root) == before


def test_the_registrys_json_is_ascii_json(shell: Shell) -> None:
    written = shell.done("export", "json")
    assert written.isascii()
    assert json.loads(written)["format"] == "tui-registry"
