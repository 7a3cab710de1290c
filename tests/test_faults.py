"""Whatever is wrong with the file, a person reads what and where, and the file is left as it was."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.rule_cases import BASE
from tui_registry.errors import (
    StoreDamaged,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreNewer,
)
from tui_registry.store import soundness
from tui_registry.store.database import RegistryDatabase, create_database
from tui_registry.store.faults import explain, explained
from tui_registry.store.mounts import network_banner
from tui_registry.store.schema import FORMAT
from tui_registry.store.soundness import check_content, check_file, how_to_open

NOBODY = 65534
PROGRAM = """
import os, pwd, resource, sys
from pathlib import Path
from tui_registry.errors import RegistryError
from tui_registry.store.database import RegistryDatabase
from tui_registry.store.faults import explained
from tui_registry.store.schema import expected_rules
from tui_registry.store.soundness import check_file, how_to_open

# file modes do not bind root, and the other user may not be able to read the program
expected_rules()
if os.geteuid() == 0:
    os.setgroups([]), os.setgid({user}), os.setuid({user})
path = Path(sys.argv[1])
def save():
    database = RegistryDatabase(path)
    with explained(path), database.connection_context(), database.atomic():
        database.execute_sql("UPDATE known_provider SET docs = 'https://example.com/' || hex(zeroblob(900))")
try:
    {action}
except RegistryError as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def path() -> Iterator[Path]:
    """A file in a directory that any user may enter, unlike those pytest makes."""
    directory = Path(tempfile.mkdtemp(prefix="registry-"))
    made = directory / "registry.db"
    create_database(made)
    connection = sqlite3.connect(made, isolation_level=None)
    for statement in BASE:
        connection.execute(statement)
    connection.close()
    yield made
    directory.chmod(0o700)
    shutil.rmtree(directory)


def as_ordinary_user(path: Path, action: str) -> str:
    """What the program says to a user whom file modes bind."""
    if os.geteuid() == 0:
        for item in (path, *path.parent.iterdir(), path.parent):
            os.chown(item, NOBODY, NOBODY)
    program = PROGRAM.format(user=NOBODY, action=action)
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def pages(path: Path) -> int:
    return path.stat().st_size // 4096


def test_a_file_that_can_only_be_read_opens_read_only_and_says_why(path: Path) -> None:
    path.chmod(0o444)
    said = as_ordinary_user(path, "print(how_to_open(path).banner, check_file(path))")
    assert "Read-only: registry.db belongs to " in said
    assert "mode 0444. Reading works, saving is off." in said
    assert as_ordinary_user(path, "save()").startswith(f"StoreReadOnly {path} can only be read")


def test_a_directory_that_can_only_be_read_opens_read_only_and_says_why(path: Path) -> None:
    path.parent.chmod(0o555)
    said = as_ordinary_user(path, "print(how_to_open(path).banner, check_file(path))")
    assert "Read-only: its directory belongs to " in said
    assert "mode 0555" in said
    assert as_ordinary_user(path, "save()").startswith("StoreReadOnly ")


def test_a_file_that_cannot_be_read_names_its_owner_and_mode(path: Path) -> None:
    path.chmod(0)
    said = as_ordinary_user(path, "check_file(path)")
    assert said.startswith(f"StoreReadOnly {path} cannot be opened or written: it belongs to ")
    assert "mode 0000" in said


def test_an_interrupted_save_in_a_read_only_directory_asks_for_a_writable_one(path: Path) -> None:
    leave_hot_journal(path)
    path.parent.chmod(0o555)
    said = as_ordinary_user(path, "check_file(path)")
    assert said == f"StoreReadOnly An interrupted save must be undone first; make {path.parent} writable."


def test_an_interrupted_save_is_undone_where_that_is_possible(path: Path) -> None:
    before = counted(path)
    leave_hot_journal(path)
    assert check_file(path) == ()
    assert counted(path) == before
    assert not path.with_name("registry.db-journal").exists()


def leave_hot_journal(path: Path) -> None:
    """Die in the middle of a save that has reached the file."""
    program = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN IMMEDIATE')\n"
        "c.execute('UPDATE known_provider SET docs = \\'https://example.com/\\' || hex(zeroblob(900))')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.with_name(f"{path.name}-journal").exists()


def counted(path: Path) -> object:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT count(*), count(docs) FROM known_provider").fetchone()
    finally:
        connection.close()


def test_a_file_open_to_others_is_made_private_and_said(path: Path) -> None:
    path.chmod(0o644)
    assert check_file(path) == ("registry.db was open to other users (0644) and is private now (0600).",)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert check_file(path) == ()


def test_a_missing_file_is_missing_and_stays_so(path: Path) -> None:
    path.unlink()
    with pytest.raises(StoreMissing, match="There is no registry at"):
        check_file(path)
    with pytest.raises(StoreMissing, match="There is no registry at"), explained(path):
        RegistryDatabase(path).connect()
    assert not path.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"my keys are in the drawer\n" * 400, "is not a registry"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 64, "is not a registry"),
    ],
    ids=["zero bytes", "a text", "a picture"],
)
def test_what_is_no_registry_is_named_and_kept(path: Path, content: bytes, words: str) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match=words):
        check_file(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_not_taken_for_ours(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE provider (id INTEGER)")
    connection.close()
    with pytest.raises(StoreDamaged, match="a database of another program"):
        check_file(path)


def test_a_file_that_lost_its_format_number_is_not_trusted(path: Path) -> None:
    set_format(path, 0)
    with pytest.raises(StoreDamaged, match="does not say which format"):
        check_file(path)


def test_a_newer_file_is_named_with_both_formats_and_kept(path: Path) -> None:
    set_format(path, 7)
    before = path.read_bytes()
    with pytest.raises(StoreNewer, match=rf"registry\.db has format 7, this version knows {FORMAT}\. Update"):
        check_file(path)
    assert path.read_bytes() == before


def set_format(path: Path, number: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {number}")
    connection.close()


@pytest.mark.parametrize("keep", [0.5, 0.9])
def test_a_truncated_file_is_found_damaged(path: Path, keep: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(StoreDamaged):
        check_file(path)


def test_every_page_that_is_zeroed_is_noticed(path: Path) -> None:
    content = path.read_bytes()
    for number in range(pages(path)):
        path.write_bytes(content[: number * 4096] + bytes(4096) + content[(number + 1) * 4096 :])
        with pytest.raises(StoreDamaged):
            check_file(path)
    path.write_bytes(content)
    assert check_file(path) == ()


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        ("DROP TRIGGER model_version", "missing or changed: model_version"),
        ("DROP INDEX result_by_time", "missing or changed: result_by_time"),
        ("CREATE TABLE extra (a)", "added: extra"),
        ("ALTER TABLE meta ADD COLUMN more TEXT", "missing or changed: meta"),
    ],
)
def test_a_rule_that_is_gone_is_noticed_even_by_the_quick_check(
    path: Path, tampering: str, words: str
) -> None:
    edit(path, tampering)
    with pytest.raises(StoreDamaged, match=words):
        check_file(path, quick=True)


def test_a_value_smuggled_past_the_rules_is_noticed(path: Path) -> None:
    edit(path, "PRAGMA ignore_check_constraints = on", "UPDATE known_provider SET endpoint = 'x'")
    assert check_file(path, quick=True) == ()
    for check in (check_file, check_content):
        with pytest.raises(StoreDamaged, match="CHECK constraint failed in known_provider"):
            check(path)


def edit(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


@contextmanager
def held_by_another(path: Path, how: str) -> Iterator["subprocess.Popen[str]"]:
    """Another program that has begun a transaction and is told at the end to let go."""
    program = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        f"c.execute('BEGIN {how}'); print('held', flush=True); sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield other
        other.communicate("done\n")


def test_a_file_held_by_another_program_says_by_which(path: Path) -> None:
    with held_by_another(path, "EXCLUSIVE") as other:
        holder = rf" \(pid {other.pid}\)" if Path("/proc/locks").exists() else ""
        with pytest.raises(StoreLocked, match=rf"registry\.db is locked by another process{holder}"):
            check_file(path, patience=0)
        with pytest.raises(StoreLocked), explained(path):
            RegistryDatabase(path, timeout=0.05).connect()
    assert check_file(path) == ()


def test_a_file_deleted_while_open_takes_no_save_and_is_not_made_anew(path: Path) -> None:
    database = RegistryDatabase(path)
    with database.connection_context():
        path.unlink()
        with pytest.raises(StoreMissing, match="was deleted or replaced while it was open"), explained(path):
            database.execute_sql("INSERT INTO meta VALUES ('a', 'b')")  # type: ignore[no-untyped-call]
    assert not path.exists()


def test_a_save_without_room_says_so_and_writes_nothing(path: Path) -> None:
    before = path.read_bytes()
    size = f"({len(before)}, {len(before)})"
    said = as_ordinary_user(path, f"resource.setrlimit(resource.RLIMIT_FSIZE, {size}); save()")
    assert said.startswith(f"StoreFull {path} could not be written (disk full, size limit, quota")
    assert said.endswith("nothing of this save was written. Your input is kept.")
    assert as_ordinary_user(path, "print(check_file(path))") == "()"
    assert path.read_bytes() == before


def test_a_full_disk_is_called_by_its_name(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA max_page_count = {pages(path)}")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("UPDATE known_provider SET docs = 'https://example.com/' || hex(zeroblob(900))")
    said = str(explain(caught.value, path))
    assert said == f"Disk full at {path}: nothing of this save was written. Your input is kept."
    connection.close()


def test_an_error_with_a_sentence_of_its_own_keeps_it(path: Path) -> None:
    missing = StoreMissing("It is gone.")
    assert explain(missing, path) is missing
    assert isinstance(explain(sqlite3.OperationalError("odd"), path), StoreError)


def test_a_writable_file_opens_for_writing(path: Path) -> None:
    opening = how_to_open(path)
    assert (opening.read_only, opening.banner) == (False, None)


def test_a_suspended_program_is_named_as_the_cause_of_a_held_lock(path: Path) -> None:
    with held_by_another(path, "IMMEDIATE") as other:
        other.send_signal(signal.SIGSTOP)
        while Path(f"/proc/{other.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            pass
        words = rf"\(pid {other.pid}\), which is suspended, as by Ctrl-Z\. Let it go on with fg"
        with pytest.raises(StoreLocked, match=words):
            take_lock(path)
        other.send_signal(signal.SIGCONT)


def take_lock(path: Path) -> None:
    database = RegistryDatabase(path, timeout=0.05)
    with explained(path), database.connection_context(), database.atomic():
        raise AssertionError("it is held")


MOUNTS = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:35 / /home rw,nosuid shared:20 - nfs4 server:/home rw,vers=4.2
41 40 8:2 / /home/ana/local rw - ext4 /dev/sda2 rw
42 22 0:40 / /mnt/my\040share rw - cifs //server/share rw
43 22 0:41 / /mnt/far rw - fuse.sshfs me@far: rw
broken line
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/home/ana/data/registry.db", "nfs4"),
        ("/home/ana/local/registry.db", None),
        ("/homework/registry.db", None),
        ("/mnt/my share/registry.db", "cifs"),
        ("/mnt/far/registry.db", "fuse.sshfs"),
        ("/var/registry.db", None),
    ],
)
def test_a_network_file_system_is_told_with_what_to_do(tmp_path: Path, place: str, kind: str | None) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    told = network_banner(Path(place), mounts)
    assert (told is not None) == (kind is not None)
    if told is not None:
        assert f"({kind})" in told
        assert "TUI_REGISTRY_DB" in told
    assert network_banner(Path(place), tmp_path / "none") is None


def test_a_start_leaves_the_values_of_a_large_file_to_a_worker(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(path, "PRAGMA ignore_check_constraints = on", "UPDATE known_provider SET endpoint = 'x'")
    monkeypatch.setattr(soundness, "VALUE_CHECK_BYTES", 0)
    assert check_file(path) == ()
    with pytest.raises(StoreDamaged, match="CHECK constraint failed in known_provider"):
        check_content(path)
