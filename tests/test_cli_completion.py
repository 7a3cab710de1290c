"""What shells complete: quietly, from the registry that is there, as each shell needs it."""

import shutil
import subprocess
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from tests.commanding import PROGRAM, Shell, process, surroundings
from tests.registries import catalogue, done, listed
from tui_registry.cli.command import registry
from tui_registry.cli.completion import VARIABLE


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    shell = Shell(tmp_path / "home")
    for name in ("Groq", "Together AI", "Google"):
        shell.done("provider", "add", name)
    shell.done("provider", "add", "a $(id) \"b'", "--custom", "--endpoint", "https://a.example.com")
    with shell.home.open() as store:
        done(store, lambda write: write.import_catalog(catalogue(listed("llama-4"), listed("qwen/q:free"))))
    monkeypatch.setenv("TUI_REGISTRY_HOME", str(shell.root))
    return shell


def completions(*words: str) -> list[str]:
    """What a shell offers for the last word."""
    asked = ShellComplete(registry, {}, "tui-registry", VARIABLE)
    return [item.value for item in asked.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("provider", "show", "g"), ["Google", "Groq"]),
        (("key", "set", "Gr"), ["Groq"]),
        (("run", "t"), ["Together AI"]),
        (("export", "opencode", "--provider", "Go"), ["Google"]),
        (("model", "show", "Groq", "LL"), ["llama-4"]),
        (("model", "list", "--provider", "Gr"), ["Groq"]),
        (("pricing", "show", "groq", "q"), ["qwen/q:free"]),
        (("model", "show", "Nobody", ""), []),
        (("verify", "Groq", "l"), ["llama-4"]),
        (("verify", "g"), ["Google", "Groq"]),
        (("provider", "add", "hugg"), ["Hugging Face"]),
        (("provider", "show", "%"), []),
        (("export", "li"), ["litellm"]),
        (("limits", "sh"), ["show"]),
        (("help", "f"), ["figures", "files", "filters", "formats"]),
    ],
)
def test_names_are_completed_where_they_belong(words: tuple[str, ...], expected: list[str]) -> None:
    assert completions(*words) == expected


def test_a_bare_home_stays_bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_REGISTRY_HOME", str(tmp_path))
    assert completions("provider", "show", "") == []
    assert completions("--home", "", "provider", "show", "") == []
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_registry_and_a_home_that_is_none_complete_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.home.database.write_bytes(b"no database")
    assert completions("provider", "show", "") == []
    assert shell.home.database.read_bytes() == b"no database"
    monkeypatch.setenv("TUI_REGISTRY_HOME", "a\x1bb")
    assert completions("provider", "show", "") == []


def test_what_is_completed_says_nothing_else_and_is_quick_to_load(shell: Shell) -> None:
    asked = {VARIABLE: "zsh_complete", "COMP_WORDS": "tui-registry provider show G", "COMP_CWORD": "3"}
    ended = process(shell.root, environ=asked)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.split("\n")[1::3] == ["Google", "Groq"]
    # Without these a completion takes a third of the time.
    code = "import sys; from tui_registry.cli import main\ntry: main()\nfinally: print(*sys.modules)"
    ended = process(shell.root, program=(PROGRAM[0], "-c", code), environ=asked)
    assert not {"peewee", "pydantic", "textual", "cryptography", "rich"} & set(ended.stdout.split())


def test_bash_gets_names_as_its_line_must_hold_them(shell: Shell, tmp_path: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash here")
    command = tmp_path / "tui-registry"
    command.write_text(f'#!/bin/sh\nexec {" ".join(PROGRAM)} "$@"\n')
    command.chmod(0o755)
    ask = (
        f'eval "$({VARIABLE}=bash_source {command})"\n'
        "COMP_WORDS=(tui-registry provider show '') COMP_CWORD=3\n"
        f"_tui_registry_completion {command}\n"
        'for each in "${COMPREPLY[@]}"; do eval "printf \'<%s>\' $each"; done'
    )
    ended = subprocess.run(
        ["bash", "-c", ask],
        env=surroundings(shell.root, {"PYTHONPATH": str(Path(__file__).parents[1])}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout == "<a $(id) \"b'><Google><Groq><Together AI>", ended.stderr


def test_fish_reads_its_script(shell: Shell, tmp_path: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("there is no fish here")
    command = tmp_path / "bin" / "tui-registry"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {" ".join(PROGRAM)} "$@"\n')
    command.chmod(0o755)
    ask = f'{VARIABLE}=fish_source tui-registry | source; complete -C "tui-registry provider show G"'
    environ = surroundings(shell.root, {"PYTHONPATH": str(Path(__file__).parents[1])})
    environ["PATH"] = f"{command.parent}:{environ['PATH']}"
    ended = subprocess.run(["fish", "-c", ask], env=environ, capture_output=True, text=True, check=False)
    assert ended.stdout.split() == ["Google", "Groq"], ended.stderr
