"""Two real programs on one file, and servers on loopback that keep what they are asked: whose key goes where.

Each story is told twice: as the program is, and by a program from which the look that holds the key back was
taken out. The second must send the key to the wrong host, or the story would prove nothing.
"""

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.commanding import PROGRAM, Shell, process
from tests.fault_server import FaultServer, says_json
from tests.watching import Watched

KEY = "co-canary-7f3a9c1e5b2d4860"

WITHOUT_THE_ORIGIN = """
from tui_registry.endpoint import stored_endpoint
from tui_registry.store import write_keys
write_keys._endpoint_seen = lambda row, seen: stored_endpoint(row.name, row.endpoint)
"""
WITHOUT_THE_IDENTITY = """
from tui_registry.store import change, connections, reads
reads.Reads.provider_again = lambda self, seen: self.provider_by_id(seen.id)
reads.Reads.model_again = lambda self, seen: self.model_by_id(seen.id)
change.Change._require_shown = lambda self, edition, name, merges: None
change.Change.was_replaced = lambda self, seen: False
connections.Connections.replacements = property(lambda self: 0)
from tui_registry.store import write_keys
write_keys._endpoint_seen = lambda row, seen: write_keys.stored_endpoint(row.name, row.endpoint)
"""
RUN = "\nimport sys\nfrom tui_registry.cli import main\nsys.argv[0] = 'tui-registry'\nmain()\n"


def weakened(without: str) -> tuple[str, ...]:
    """The program without some of its looks."""
    return (sys.executable, "-c", without + RUN)


@pytest.fixture
def good() -> Iterator[FaultServer]:
    with FaultServer(says_json({"object": "list", "data": []})) as server:
        yield server


@pytest.fixture
def evil() -> Iterator[FaultServer]:
    with FaultServer(says_json({"object": "list", "data": []})) as server:
        yield server


def heard(server: FaultServer) -> str:
    """Everything that a server was asked."""
    return "\n".join(asked.text for asked in server.asked)


def place(server: FaultServer, host: str) -> str:
    """A base URL at a server under one of this machine's names."""
    return f"http://{host}:{server.port}/v1"


def cerebras(root: Path, good: FaultServer) -> Shell:
    """A registry in which Cerebras is at the good server."""
    shell = Shell(root)
    shell.done("provider", "add", "Cerebras", "--endpoint", place(good, "127.0.0.1"))
    return shell


def save(terminal: Watched, typed: str) -> None:
    """Type into the open form and save it, once what was typed has arrived."""
    terminal.type(typed)
    terminal.shows("change")
    terminal.quiet(0.2)
    terminal.type("\x13")


def at_the_key_form(terminal: Watched, good: FaultServer) -> None:
    """Open the key form of the first provider."""
    terminal.shows("Cerebras")
    terminal.type("K")
    terminal.shows(f"Sealed for http://127.0.0.1:{good.port}; it is sent to no other host")


# An endpoint that changes under an open form


def test_a_key_does_not_follow_an_endpoint_that_was_changed_under_its_form(
    tmp_path: Path, good: FaultServer, evil: FaultServer
) -> None:
    shell = cerebras(tmp_path, good)
    terminal = Watched(tmp_path)
    at_the_key_form(terminal, good)
    moved = process(tmp_path, "provider", "edit", "Cerebras", "--endpoint", place(evil, "localhost"))
    assert moved.returncode == 0, moved.stderr
    save(terminal, KEY)
    terminal.shows("Cerebras is at another host now")
    assert f"You were shown  http://127.0.0.1:{good.port}" in terminal.screen()
    assert f"It is now       http://localhost:{evil.port}" in terminal.screen()
    _time_to_read(terminal)
    terminal.type("\x1b")
    terminal.shows("Not saved.")
    assert f"localhost:{evil.port}" in terminal.screen(), "the refusal names the host of now"
    assert f"127.0.0.1:{good.port}" in terminal.screen(), "and the one that was shown"
    assert shell.json("provider", "show", "Cerebras")["key"] == "none"
    assert "no key" in process(tmp_path, "run", "Cerebras", "--", "env").stderr
    terminal.type("\x13")
    terminal.shows("Cerebras is at another host now")
    _time_to_read(terminal)
    terminal.type(f"http://localhost:{evil.port}\r")
    terminal.shows(f"Sealed the key of Cerebras for http://localhost:{evil.port}")
    process(tmp_path, "key", "check", "Cerebras")
    assert KEY in heard(evil), "typed, and so meant"
    assert KEY not in heard(good)
    terminal.type("\x11")
    assert terminal.end() == 0


def test_the_control_without_the_look_at_the_origin_the_key_follows(
    tmp_path: Path, good: FaultServer, evil: FaultServer
) -> None:
    cerebras(tmp_path, good)
    terminal = Watched(tmp_path, program=weakened(WITHOUT_THE_ORIGIN))
    at_the_key_form(terminal, good)
    process(tmp_path, "provider", "edit", "Cerebras", "--endpoint", place(evil, "localhost"))
    save(terminal, KEY)
    terminal.shows("Sealed the key of Cerebras")
    process(tmp_path, "key", "check", "Cerebras")
    assert KEY in heard(evil)
    terminal.type("\x11")
    assert terminal.end() == 0


@pytest.mark.parametrize("is_meant", [False, True])
def test_a_key_typed_at_the_prompt_does_not_follow_either(
    tmp_path: Path, good: FaultServer, evil: FaultServer, is_meant: bool
) -> None:
    """`key set` names the host in its prompt, before the key is typed."""
    shell = cerebras(tmp_path, good)
    terminal = Watched(tmp_path, "key", "set", "Cerebras")
    terminal.shows(f"sealed for http://127.0.0.1:{good.port} (not shown):")
    shell.done("provider", "edit", "Cerebras", "--endpoint", place(evil, "localhost"))
    terminal.type(f"{KEY}\r")
    there = f"http://localhost:{evil.port}"
    terminal.shows(f"Type {there} to seal your key there:")
    said = " ".join(terminal.written.decode().split())
    assert f"it names {there} now" in said
    assert f"http://127.0.0.1:{good.port} was shown" in said
    terminal.type(f"{there if is_meant else 'y'}\r")
    assert terminal.end() == (0 if is_meant else 2)
    assert shell.json("provider", "show", "Cerebras")["key"] == ("set" if is_meant else "none")
    process(tmp_path, "key", "check", "Cerebras")
    assert (KEY in heard(evil)) == is_meant
    assert KEY not in heard(good)


def test_the_keys_of_a_file_do_not_follow_an_endpoint_that_was_changed_before_the_yes(
    tmp_path: Path, evil: FaultServer
) -> None:
    shell = Shell(tmp_path)
    shell.done("provider", "add", "Cerebras")
    env = tmp_path / "keys.env"
    env.write_text(f"CEREBRAS_API_KEY={KEY}\n", encoding="utf-8")
    terminal = Watched(tmp_path, "import", str(env))
    terminal.shows("Type yes to seal this key")
    shell.done("provider", "edit", "Cerebras", "--endpoint", place(evil, "localhost"))
    terminal.type("yes\r")
    assert terminal.end() == 2
    assert shell.json("provider", "show", "Cerebras")["key"] == "none"


# An id that comes back


def _time_to_read(terminal: Watched) -> None:
    """A dialog takes no key that was typed ahead of it."""
    terminal.quiet(0.4)


def leave(terminal: Watched) -> None:
    """Leave a form and what was typed into it."""
    terminal.type("\x1b")
    terminal.shows("Unsaved changes")
    _time_to_read(terminal)
    terminal.type("d")
    terminal.shows_no_more("ctrl+s Save")


def replaced_and_reused(shell: Shell, backup: Path, evil: FaultServer) -> None:
    """Another program restores the backup and adds xAI, which gets the id that Cerebras had.

    The program itself gives no id twice: somebody has set the counter back by hand.
    """
    shell.done("restore", str(backup))
    with closing(sqlite3.connect(shell.home.database)) as file, file:
        file.execute("UPDATE sqlite_sequence SET seq = 3 WHERE name = 'provider'")
        file.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'model'")
    shell.done("provider", "add", "xAI", "--endpoint", place(evil, "localhost"))
    shell.done("model", "add", "xAI", "grok-5")


def four_providers(root: Path, good: FaultServer) -> tuple[Shell, Path]:
    """Cerebras is the fourth provider, with a model; the backup ends at the third."""
    shell = Shell(root)
    for name in ("Groq", "OpenAI", "Mistral"):
        shell.done("provider", "add", name)
    shell.done("backup", str(root / "three.db"))
    shell.done("provider", "add", "Cerebras", "--endpoint", place(good, "127.0.0.1"))
    shell.done("model", "add", "Cerebras", "command-a")
    shown = shell.json("provider", "show", "Cerebras")
    assert shown["id"] == 4
    return shell, root / "three.db"


def test_a_stale_key_form_gives_no_key_to_the_provider_that_has_the_id_now(
    tmp_path: Path, good: FaultServer, evil: FaultServer
) -> None:
    shell, backup = four_providers(tmp_path, good)
    terminal = Watched(tmp_path)
    at_the_key_form(terminal, good)
    replaced_and_reused(shell, backup, evil)
    assert shell.json("provider", "show", "xAI")["id"] == 4
    terminal.shows("Another file took this registry's place")
    save(terminal, KEY)
    terminal.shows("Not saved. Cerebras is not here any more")
    assert shell.json("provider", "show", "xAI")["key"] == "none"
    assert "no key" in process(tmp_path, "run", "xAI", "--", "env").stderr
    process(tmp_path, "key", "check", "xAI")
    assert KEY not in heard(evil)
    leave(terminal)
    terminal.shows("xAI")
    terminal.shows("Another file took this registry's place")
    assert "Cerebras" not in terminal.screen()
    terminal.type("\x11")
    assert terminal.end() == 0


def test_the_control_without_identities_the_key_goes_to_the_other_provider(
    tmp_path: Path, good: FaultServer, evil: FaultServer
) -> None:
    shell, backup = four_providers(tmp_path, good)
    terminal = Watched(tmp_path, program=weakened(WITHOUT_THE_IDENTITY))
    at_the_key_form(terminal, good)
    replaced_and_reused(shell, backup, evil)
    save(terminal, KEY)
    terminal.shows("Sealed the key of")
    process(tmp_path, "key", "check", "xAI")
    assert KEY in heard(evil)
    terminal.type("\x11")
    assert terminal.end() == 0


STALE = {
    "notes": ("e", "\t\t\tmine"),
    "default price": ("p", "0.5\t1"),
    "limits": ("l", "30"),
}
"""The key that opens a form of Cerebras, and what is typed into it."""


@pytest.mark.parametrize("form", STALE)
def test_no_stale_form_changes_the_provider_that_has_the_id_now(
    tmp_path: Path, good: FaultServer, evil: FaultServer, form: str
) -> None:
    shell, backup = four_providers(tmp_path, good)
    terminal = Watched(tmp_path)
    opens, typed = STALE[form]
    terminal.shows("Cerebras")
    terminal.type(opens)
    terminal.shows("Cerebras ─")
    replaced_and_reused(shell, backup, evil)
    before = json.dumps([shell.json("provider", "show", "xAI"), shell.json("model", "list")])
    terminal.shows("Another file took this registry's place")
    save(terminal, typed)
    terminal.shows("Not saved. Cerebras is not here any more")
    assert json.dumps([shell.json("provider", "show", "xAI"), shell.json("model", "list")]) == before
    leave(terminal)
    terminal.type("\x11")
    assert terminal.end() == 0


def test_a_stale_question_deletes_no_model_of_the_provider_that_has_the_id_now(
    tmp_path: Path, good: FaultServer, evil: FaultServer
) -> None:
    shell, backup = four_providers(tmp_path, good)
    terminal = Watched(tmp_path)
    terminal.shows("Cerebras")
    terminal.type("2")
    terminal.shows("command-a")
    terminal.type("d")
    terminal.shows("Delete model Cerebras/command-a?")
    _time_to_read(terminal)
    replaced_and_reused(shell, backup, evil)
    assert [row["id"] for row in shell.json("model", "list")] == [1]
    terminal.type("y")
    terminal.shows("command-a is not here any more")
    assert [row["model_id"] for row in shell.json("model", "list")] == ["grok-5"]
    terminal.type("\x11")
    assert terminal.end() == 0


def test_a_key_pressed_before_the_list_was_read_anew_does_nothing_to_another_record(
    tmp_path: Path, good: FaultServer, evil: FaultServer
) -> None:
    """Where the system tells of no change, the key itself is what notices."""
    shell, backup = four_providers(tmp_path, good)
    unaware = "from tui_registry.store import notices\nnotices.Notices.read = lambda self: False\n"
    terminal = Watched(tmp_path, program=weakened(unaware))
    terminal.shows("Cerebras")
    replaced_and_reused(shell, backup, evil)
    terminal.type("K")
    terminal.shows("Another file took this registry's place")
    terminal.shows("xAI")
    assert "API key of" not in terminal.screen()
    terminal.type("\x11")
    assert terminal.end() == 0


def test_the_program_gives_no_id_again_after_a_restore(tmp_path: Path, good: FaultServer) -> None:
    shell, backup = four_providers(tmp_path, good)
    restored = process(tmp_path, "restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    assert process(tmp_path, "provider", "add", "xAI", program=PROGRAM).returncode == 0
    shell.done("model", "add", "xAI", "grok-5")
    assert shell.json("provider", "show", "xAI")["id"] == 5
    assert shell.json("model", "list")[0]["id"] == 2
