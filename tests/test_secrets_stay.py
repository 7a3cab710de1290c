"""Passphrases, codes and keys leave no trace: not on the terminal, in no file, whatever breaks."""

from pathlib import Path

import pytest

from tests.commanding import PROGRAM, Shell, everything_below
from tests.passphrases import quick
from tests.registries import CANARY
from tests.watching import Watched
from tui_registry.cli.passphrase import VARIABLE
from tui_registry.ui.screens.dialogs import SETTLE_SECONDS

__all__ = ["quick"]

pytestmark = pytest.mark.usefixtures("quick")
PASSPHRASE = "canary passphrase 5c1e0f7d"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    shell.done("key", "set", "Groq", typed=CANARY)
    shell.done("vault", "passphrase", "set", typed=PASSPHRASE)
    return shell


def spellings(secret: str) -> list[bytes]:
    raw = secret.encode()
    return [raw, secret.encode("utf-16-le"), raw.hex().encode(), secret.replace(" ", "%20").encode()]


def found_in(written: bytes, root: Path) -> list[bytes]:
    """Every secret that can be read in what was written to the terminal or lies in a file."""
    stored = [*everything_below(root).values(), written]
    wanted = [each for secret in (PASSPHRASE, CANARY) for each in spellings(secret)]
    return [each for each in wanted if any(each in held for held in stored)]


def unlocked(root: Path, *words: str, program: tuple[str, ...] = PROGRAM) -> Watched:
    """The app in a real terminal that was told the passphrase when it asked for it."""
    terminal = Watched(root, *words, program=program)
    terminal.shows("KEYS-LOCKED")
    terminal.type("K")
    terminal.shows("Unlock the vault")
    terminal.quiet(4 * SETTLE_SECONDS)
    terminal.type(f"{PASSPHRASE}\r")
    return terminal


def test_unlocking_in_the_app_and_locking_again_leaves_nothing_on_the_terminal_or_in_a_file(
    shell: Shell,
) -> None:
    terminal = unlocked(shell.root)
    terminal.shows("Key of Groq: set")
    terminal.type("\x0c")
    terminal.shows("The vault is locked.")
    terminal.type("\x11")
    assert terminal.end() == 0
    assert found_in(terminal.written, shell.root) == []


def test_a_rotation_a_changed_passphrase_and_a_sealed_backup_leave_nothing_either(
    shell: Shell, tmp_path: Path
) -> None:
    told = [
        Shell(shell.root, {VARIABLE: PASSPHRASE}).run(*words, typed=PASSPHRASE[::-1]).output
        for words in (
            ("vault", "rotate", "--yes"),
            ("backup", "--with-secrets", str(tmp_path / "home" / "all.sealed")),
            ("vault", "passphrase", "change"),
            ("vault", "status", "--json"),
        )
    ]
    assert all(told)
    assert found_in("".join(told).encode(), shell.root) == []
    assert not any(PASSPHRASE[::-1].encode() in each for each in everything_below(shell.root).values())
    assert "trv1." not in "".join(told)


@pytest.mark.parametrize("where", ["worker", "thread"])
def test_a_bug_in_a_worker_or_a_thread_that_holds_a_passphrase_shows_none_of_it(
    shell: Shell, where: str
) -> None:
    breaking = {
        "thread": "vault.Vault.unlock = broken",
        "worker": "unlocking.UnlockDialog._say = lambda self, said: said and broken(self, said)",
    }[where]
    code = (
        "from tui_registry.cli import main; from tui_registry.vault import vault\n"
        "from tui_registry.ui.screens import unlocking\n"
        "def broken(self, passphrase):\n"
        f"    secret = {PASSPHRASE!r}\n"
        "    raise RuntimeError(secret, passphrase)\n"
        f"{breaking}\n"
        "main()"
    )
    terminal = unlocked(shell.root, "-c", code, program=PROGRAM[:1])
    assert terminal.end() == 1
    assert b"because of a bug" in terminal.written
    assert terminal.written.rindex(b"\x1b[?1049l") > terminal.written.rindex(b"\x1b[?1049h")
    assert found_in(terminal.written, shell.root) == []
