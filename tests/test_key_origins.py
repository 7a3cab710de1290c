"""Two sessions, restores, copies, deletes, names used again and endpoints edited, in any order.

Whatever happens, no key opens for an origin that its own form did not show. Without one of the looks that
hold keys back, the same steps find one that does.
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.registries import Home, done, provider_draft
from tui_registry.endpoint import parse_endpoint, shown_origin, stored_endpoint
from tui_registry.errors import Refused, RegistryError, VaultError
from tui_registry.store import Reads, Store, Writes, rotate, write_keys
from tui_registry.store.change import Change
from tui_registry.store.restoring import restore
from tui_registry.text import Secret
from tui_registry.vault import Vault

Patch = pytest.MonkeyPatch
NAMES = ("Groq", "OpenAI", "xAI")
HOSTS = ("https://one.example/v1", "https://two.example/v1", "http://one.example/v1")
SESSIONS = st.integers(0, 1)


def origin(endpoint: str) -> str:
    return parse_endpoint(endpoint).origin


@dataclass(frozen=True)
class Form:
    """A form that is open: what it does when it is saved, and the origin and provider that it showed."""

    shown: str
    save: Callable[[Writes], Any]
    secret: str | None
    """The key that was typed; None where it is the one that is sealed already."""


class KeyMachine(RuleBasedStateMachine):
    """What people do in two sessions, and what other programs do to their file meanwhile."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.home = Home(Path(mkdtemp(prefix="keys-")))
        self.sessions: list[Store] = []
        self.backups: list[Path] = []
        self.forms: list[list[Form]] = [[], []]
        self.shown: dict[str, set[str]] = {}
        """The origins that were shown to whoever entered a key, or had it moved, by the key."""

    @initialize()
    def open(self) -> None:
        shutil.copytree(self.template, self.home.root, dirs_exist_ok=True)
        self.sessions = [self.home.open(create=False), self.home.open(create=False)]
        self.add(0, NAMES[0], HOSTS[0])
        self.back_up(0)

    def teardown(self) -> None:
        for store in self.sessions:
            store.close()
        shutil.rmtree(self.home.root, ignore_errors=True)

    def tried(self, session: int, change: Callable[[Writes], Any]) -> Any:  # noqa: ANN401
        """What a change came to; None where it was refused."""
        try:
            return done(self.sessions[session], change)
        except RegistryError:
            return None

    def some_provider(self, session: int, number: int) -> Any:  # noqa: ANN401
        rows = self.sessions[session].reads.providers()
        return rows[number % len(rows)] if rows else None

    @rule(session=SESSIONS, name=st.sampled_from(NAMES), endpoint=st.sampled_from(HOSTS))
    def add(self, session: int, name: str, endpoint: str) -> None:
        self.tried(session, lambda write: write.add_provider(provider_draft(name, endpoint)))

    @rule(session=SESSIONS, number=st.integers(0, 2), endpoint=st.sampled_from(HOSTS))
    def edit(self, session: int, number: int, endpoint: str) -> None:
        if row := self.some_provider(session, number):
            draft = provider_draft(row.name, endpoint)
            self.tried(session, lambda write: write.save_provider(draft, row))

    @rule(session=SESSIONS, number=st.integers(0, 2))
    def delete(self, session: int, number: int) -> None:
        if row := self.some_provider(session, number):
            self.tried(session, lambda write: write.delete_provider(row))

    @rule(session=SESSIONS, number=st.integers(0, 2))
    def open_key_form(self, session: int, number: int) -> None:
        """The form shows the host of the provider as it was read, and a key is typed into it."""
        if row := self.some_provider(session, number):
            secret = f"sk-entered-{len(self.shown):04}-0123456789"
            self.shown[secret] = set()
            host = shown_origin(parse_endpoint(row.endpoint).origin)

            def save(write: Writes) -> Any:  # noqa: ANN401
                return write.set_key(row, Secret(secret), host)

            self.forms[session].append(Form(origin(row.endpoint), save, secret))

    @rule(session=SESSIONS, number=st.integers(0, 2))
    def open_takeover(self, session: int, number: int) -> None:
        """A question that shows the hosts of this shell's keys, or of a file's."""
        if row := self.some_provider(session, number):
            secret = f"sk-taken-{len(self.shown):04}-0123456789"
            self.shown[secret] = set()
            draft = provider_draft(row.name, row.endpoint)

            def save(write: Writes) -> Any:  # noqa: ANN401
                return write.seal_new_keys([(row, draft, Secret(secret))])

            self.forms[session].append(Form(origin(row.endpoint), save, secret))

    @rule(session=SESSIONS, number=st.integers(0, 2))
    def open_move(self, session: int, number: int) -> None:
        """The question shows which key would go where; its host is typed."""
        if (row := self.some_provider(session, number)) and row.api_key_encrypted is not None:
            host = shown_origin(parse_endpoint(row.endpoint).origin)
            self.forms[session].append(
                Form(origin(row.endpoint), lambda write: write.move_key(row, host), self.key_of(row))
            )

    def key_of(self, row: Any) -> str | None:  # noqa: ANN401
        """The key of a record, whatever it is sealed for; None where it is damaged."""
        vault = Vault(self.home.key_file)
        for each in HOSTS:
            try:
                return vault.open(row.api_key_encrypted, origin=origin(each), uuid=row.uuid).reveal()
            except VaultError:
                continue
        return None

    @precondition(lambda self: any(self.forms))
    @rule(session=SESSIONS, number=st.integers(0, 9))
    def save(self, session: int, number: int) -> None:
        """Any form that is still open, whatever happened since."""
        if forms := self.forms[session]:
            form = forms.pop(number % len(forms))
            if form.secret is not None:
                self.shown[form.secret].add(form.shown)
            self.tried(session, form.save)

    @rule(number=st.integers(0, 2), endpoint=st.sampled_from(HOSTS), takes_over=st.booleans())
    def edit_under_an_open_form(self, number: int, endpoint: str, takes_over: bool) -> None:
        """One session has a form open, the other points the provider elsewhere, the form is saved."""
        (self.open_takeover if takes_over else self.open_key_form)(0, number)
        self.edit(1, number, endpoint)
        self.save(0, -1)

    @rule(number=st.integers(0, 2), away=st.sampled_from(HOSTS))
    def change_the_key_under_a_move(self, number: int, away: str) -> None:
        """One session is asked whether a key is to move; the other enters another for another place."""
        if (row := self.some_provider(0, number)) is None:
            return
        self.open_move(0, number)
        self.edit(1, number, away)
        self.open_key_form(1, number)
        self.save(1, -1)
        self.edit(1, number, row.endpoint)
        self.save(0, -1)

    @rule(session=SESSIONS)
    def back_up(self, session: int) -> None:
        backup = self.sessions[session].back_up("hand")
        copy = self.home.root / f"copy-{len(self.backups)}.db"
        shutil.copy(backup, copy)
        self.backups.append(copy)
        self.home.clock.move(seconds=1)

    @rule(number=st.integers(0, 9))
    def restore(self, number: int) -> None:
        self.home.clock.move(seconds=1)
        restore(self.home.database, self.backups[number % len(self.backups)], self.home.clock())

    @rule(number=st.integers(0, 9))
    def put_a_copy_there(self, number: int) -> None:
        """As people do, without the program: ids that were given are given again."""
        draft = self.home.database.with_name("copied")
        shutil.copy(self.backups[number % len(self.backups)], draft)
        draft.replace(self.home.database)

    @rule(endpoint=st.sampled_from(HOSTS))
    def edit_outside(self, endpoint: str) -> None:
        """Somebody who knows the rules of the file, in a shell."""
        self.shell("UPDATE provider SET endpoint = ?, row_version = row_version + 1", endpoint)

    @rule()
    def swap_records_outside(self) -> None:
        """The sealed keys of two providers change places."""
        rows = self.shell(
            "SELECT id, api_key_encrypted FROM provider WHERE api_key_encrypted IS NOT NULL"
            " ORDER BY id LIMIT 2"
        )
        if len(rows) == 2:
            for (id, _), (_, record) in ((rows[0], rows[1]), (rows[1], rows[0])):
                self.shell(
                    "UPDATE provider SET api_key_encrypted = ?, key_fingerprint = lower(hex(randomblob(8))),"
                    " key_validated_at = NULL, is_active = 0, row_version = row_version + 1 WHERE id = ?",
                    record,
                    id,
                )

    @rule(session=SESSIONS)
    def rotate(self, session: int) -> None:
        try:
            rotate(self.sessions[session])
        except (VaultError, Refused):
            return

    def shell(self, sql: str, *values: Any) -> list[Any]:  # noqa: ANN401
        with closing(sqlite3.connect(self.home.database)) as shell, shell:
            return shell.execute(sql, values).fetchall()

    @invariant()
    def no_key_opens_for_an_origin_that_its_own_form_did_not_show(self) -> None:
        for store in self.sessions:
            for row in store.reads.providers():
                try:
                    secret = store.open_key(row).reveal()
                except RegistryError:
                    continue
                assert origin(row.endpoint) in self.shown[secret], (row.name, row.endpoint, secret)


@pytest.fixture(autouse=True, scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An empty registry and a vault key, made once."""
    root = tmp_path_factory.mktemp("template")
    Home(root).open().close()
    Vault(root / "state" / "vault.key").create(sealed_exists=False)
    KeyMachine.template = root


def drive(examples: int) -> None:
    """Run the machine; the same steps every time."""
    run_state_machine_as_test(
        KeyMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def the_origin_that_was_shown_is_not_compared(patch: Patch) -> None:
    patch.setattr(write_keys, "_endpoint_seen", lambda row, seen: stored_endpoint(row.name, row.endpoint))


def a_record_is_found_by_its_id_and_its_host_is_not_compared(patch: Patch) -> None:
    the_origin_that_was_shown_is_not_compared(patch)
    patch.setattr(Reads, "provider_again", lambda self, seen: self.provider_by_id(seen.id))
    patch.setattr(Change, "_require_shown", lambda self, edition, name, merges: None)


def a_move_takes_whatever_key_is_there(patch: Patch) -> None:
    patch.setattr(write_keys, "_with_the_key_seen", lambda change, seen: change.reads.provider_by_id(seen.id))


PLANTED = (
    the_origin_that_was_shown_is_not_compared,
    a_record_is_found_by_its_id_and_its_host_is_not_compared,
    a_move_takes_whatever_key_is_there,
)


def test_no_key_opens_for_an_origin_that_its_own_form_did_not_show() -> None:
    drive(examples=25)


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_without_one_of_the_looks_a_key_opens_elsewhere(
    plant: Callable[[Patch], None], monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        drive(examples=30)
