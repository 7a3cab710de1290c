import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.registries import CANARY, Home, add_groq, done, provider_draft
from tui_registry.errors import Conflict, KeyFileMissing
from tui_registry.store import Store
from tui_registry.text import Secret

EDITS = 300
KNOWN_PROCESSES = 6


def save_until_kept(store: Store, draft: Callable[[], dict[str, str]]) -> tuple[int, int]:
    """Edit one provider again and again as a session does; how many edits were kept and how many refused."""
    kept = refused = 0
    base = store.reads.provider("Groq")
    for _ in range(EDITS):
        texts = {"description": base.description or "", "website": base.website or ""} | draft()
        try:
            base = done(
                store,
                lambda w, texts=texts, base=base: w.save_provider(provider_draft(**texts), base),  # type: ignore[misc]
            )
            kept += 1
        except Conflict:
            refused += 1
            base = store.reads.provider_by_id(base.id)
    return kept, refused


def session(root: Path, field: str, name: str) -> None:
    """What one of two processes does: count upwards in one field and print what was kept."""
    count = 0

    def draft() -> dict[str, str]:
        nonlocal count
        count += 1
        return {field: f"https://example.com/{name}/{count}"}

    with Home(root).open(create=False, read_patience=5) as store:
        print(*save_until_kept(store, draft))  # noqa: T201


def start(call: str, *arguments: object) -> "subprocess.Popen[str]":
    """Another process that runs a function of this file."""
    words = ", ".join(repr(str(each)) for each in arguments)
    code = f"from pathlib import Path; import tests.test_two_sessions as t; t.{call}(*map(str, [{words}]))"
    root = Path(__file__).parents[1]
    return subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True)


def answers(*processes: "subprocess.Popen[str]") -> list[list[str]]:
    """The words each process printed, once all have ended well."""
    said = [process.communicate(timeout=120)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return said


def edit_session(root: str, field: str, name: str) -> None:
    """`session` for the command line of another process."""
    session(Path(root), field, name)


def key_session(root: str, name: str) -> None:
    """Open the registry, made if need be, and seal a key in it at once."""
    with Home(Path(root)).open(read_patience=5) as store:
        row = done(store, lambda write: write.add_provider(provider_draft(name), custom=True))
        done(store, lambda write: write.set_key(row, Secret(f"{CANARY}{name}")))


def test_two_processes_lose_no_edit_of_different_fields(tmp_path: Path) -> None:
    with Home(tmp_path).open() as store:
        base = add_groq(store)
        counts = answers(
            start("edit_session", tmp_path, "description", "one"),
            start("edit_session", tmp_path, "website", "two"),
        )
        row = store.reads.provider_by_id(base.id)
    assert counts == [[str(EDITS), "0"], [str(EDITS), "0"]]
    assert row.description == f"https://example.com/one/{EDITS}"
    assert row.website == f"https://example.com/two/{EDITS}"
    assert row.row_version == base.row_version + 2 * EDITS


def test_two_processes_are_told_every_edit_of_the_same_field_that_was_not_kept(tmp_path: Path) -> None:
    with Home(tmp_path).open() as store:
        base = add_groq(store)
        counts = answers(
            start("edit_session", tmp_path, "description", "one"),
            start("edit_session", tmp_path, "description", "two"),
        )
        row = store.reads.provider_by_id(base.id)
    kept, refused = (sum(int(count[each]) for count in counts) for each in (0, 1))
    assert kept + refused == 2 * EDITS
    assert row.row_version == base.row_version + kept


def test_many_first_starts_at_once_make_one_registry_and_one_vault_key(tmp_path: Path) -> None:
    names = [f"Provider {number}" for number in range(KNOWN_PROCESSES)]
    answers(*[start("key_session", tmp_path, name) for name in names])
    with Home(tmp_path).open(create=False) as store:
        opened = {row.name: store.open_key(row) for row in store.reads.providers()}
    assert opened == {name: Secret(f"{CANARY}{name}") for name in names}
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"registry.db", "vault.key"}


def test_a_session_sees_what_another_saved(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.open() as one, home.open() as other:
        row = add_groq(one)
        assert other.reads.provider("groq") == row
        done(other, lambda write: write.deactivate(row))
        done(other, lambda write: write.set_key(row, Secret(CANARY)))
        assert one.open_key(one.reads.provider_again(row)) == Secret(CANARY)


def test_a_key_file_lost_between_two_keys_is_not_replaced(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.open() as one:
        first = add_groq(one)
        done(one, lambda write: write.set_key(first, Secret(CANARY)))
    home.key_file.unlink()
    with home.open() as other:
        second = done(other, lambda write: write.add_provider(provider_draft("xAI")))
        with pytest.raises(KeyFileMissing):
            done(other, lambda write: write.set_key(second, Secret(CANARY)))
    assert not home.key_file.exists()
