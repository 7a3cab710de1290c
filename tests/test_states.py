import base64
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.registries import (
    CANARY,
    GROQ,
    OPENAI,
    Home,
    add_active,
    add_groq,
    add_keyed,
    add_model,
    check_key,
    done,
    owner_of,
    provider_draft,
)
from tui_registry.errors import (
    KeyFileMissing,
    OriginChanged,
    RecordDamaged,
    RecordNewer,
    Refused,
    WrongVaultKey,
)
from tui_registry.store import Finding, Model, Provider, Store, Writes, new_result
from tui_registry.store.known import KEY_REJECTED
from tui_registry.store.write_history import record_results
from tui_registry.text import Secret
from tui_registry.vault import KeyState, Vault

MOVED = "https://llm.example.com/v1"
UNREADABLE = "UPDATE provider SET endpoint = 'https://api%2eevil.test', row_version = row_version + 1"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with home.open() as opened:
        yield opened


def edit_outside(home: Home, sql: str, *values: object) -> None:
    """What someone with a shell does to the file."""
    with closing(sqlite3.connect(home.database)) as shell:
        shell.execute(sql, values)
        shell.commit()


def put_record(home: Home, id: int, record: str) -> None:
    """Put a sealed record in a provider's row the way the rules allow it."""
    edit_outside(
        home,
        "UPDATE provider SET api_key_encrypted = ?, key_fingerprint = lower(hex(randomblob(8))),"
        " is_active = 0, key_validated_at = NULL, row_version = row_version + 1 WHERE id = ?",
        record,
        id,
    )


def record_of(row: Provider) -> str:
    assert row.api_key_encrypted is not None
    return row.api_key_encrypted


def result_of(
    store: Store,
    model: Model,
    status: str,
    score: float | None = None,
    outcome: str | None = None,
    test_type: str = "hello",
) -> Model:
    """The model after one more result of it."""
    result = new_result(
        provider=owner_of(store, model),
        model=model,
        test_type=test_type,
        status=status,
        outcome=outcome,
        score=score,
    )
    done(store, lambda write: write.record_result(result))
    return store.reads.model_by_id(model.id)


class TestActivating:
    def test_needs_a_key(self, store: Store) -> None:
        row = add_groq(store)
        with pytest.raises(Refused, match="Groq has no key"):
            done(store, lambda write: write.activate(row))

    def test_needs_a_check_that_passed_since_the_key_was_set(self, store: Store) -> None:
        row = add_keyed(store)
        with pytest.raises(Refused, match="has not passed a check since it was set"):
            done(store, lambda write: write.activate(row))
        row = check_key(store, row, "pass")
        assert not row.is_active
        row = done(store, lambda write: write.set_key(row, Secret(CANARY)))
        with pytest.raises(Refused, match="has not passed a check"):
            done(store, lambda write: write.activate(row))

    def test_with_a_checked_key_switches_on_and_clears_the_reason(self, home: Home, store: Store) -> None:
        row = check_key(store, add_keyed(store), "pass")
        home.clock.move(minutes=1)
        active = done(store, lambda write: write.activate(row))
        assert (active.is_active, active.state_reason) == (True, None)
        assert active.state_changed_at == "2026-11-23T06:53:00.000Z"
        assert done(store, lambda write: write.activate(row)) == active

    @pytest.mark.parametrize("status", ["fail", "error", "blocked", "skipped", "unsupported", "partial"])
    def test_is_not_reached_by_a_check_that_did_not_pass(self, store: Store, status: str) -> None:
        row = check_key(store, add_keyed(store), status)
        assert row.key_validated_at is None
        with pytest.raises(Refused):
            done(store, lambda write: write.activate(row))

    def test_is_not_reached_by_a_check_of_an_earlier_key(self, store: Store) -> None:
        first = add_keyed(store)
        second = done(store, lambda write: write.set_key(first, Secret(CANARY)))
        assert second.key_fingerprint != first.key_fingerprint
        assert check_key(store, first, "pass").key_validated_at is None
        assert store.reads.results(test_type="key")[0].key_fingerprint == first.key_fingerprint

    def test_is_refused_while_the_key_is_for_another_host(self, store: Store) -> None:
        row = add_active(store)
        row = done(store, lambda write: write.save_provider(provider_draft(endpoint=MOVED), row))
        with pytest.raises(Refused, match=r"sealed for api\.groq\.com, not for llm\.example"):
            done(store, lambda write: write.activate(row))

    def test_is_refused_with_a_key_that_only_looks_whole(self, home: Home, store: Store) -> None:
        row = check_key(store, add_keyed(store), "pass")
        spoilt = record_of(row)[:-6] + ("AAAAAA" if not record_of(row).endswith("AAAAAA") else "BBBBBB")
        put_record(home, row.id, spoilt)
        row = check_key(store, store.reads.provider_by_id(row.id), "pass")
        assert store.key_state(row) is KeyState.SET
        with pytest.raises(Refused, match="cannot be used here") as refusal:
            done(store, lambda write: write.activate(row))
        assert store.proven_key(row)[1] in str(refusal.value)

    def test_is_refused_while_the_endpoint_cannot_be_read(self, home: Home, store: Store) -> None:
        row = check_key(store, add_keyed(store), "pass")
        edit_outside(home, UNREADABLE)
        with pytest.raises(Refused, match="endpoint of Groq must be put right first") as refusal:
            done(store, lambda write: write.activate(row))
        assert ".invalid" not in str(refusal.value)

    def test_is_refused_by_the_file_itself_after_a_rejection_that_a_shell_put_there(
        self, home: Home, store: Store
    ) -> None:
        row = check_key(store, add_keyed(store), "pass")
        edit_outside(
            home,
            "INSERT INTO verification_result (provider_id, test_type, status, key_fingerprint, created_at)"
            " VALUES (?, 'key', 'fail', ?, '2026-11-23T06:52:00.000Z')",
            row.id,
            row.key_fingerprint,
        )
        with pytest.raises(Refused, match="newest check of the present key has not passed"):
            done(store, lambda write: write.activate(row))

    def test_is_refused_while_the_vault_key_is_missing(self, home: Home) -> None:
        with home.open() as store:
            row = check_key(store, add_keyed(store), "pass")
        home.key_file.unlink()
        with home.open() as store, pytest.raises(Refused, match=r"vault key .* is not at"):
            done(store, lambda write: write.activate(row))


class TestSwitchingOff:
    def test_keeps_the_reason_and_the_time(self, home: Home, store: Store) -> None:
        row = add_active(store)
        home.clock.move(minutes=5)
        off = done(store, lambda write: write.deactivate(row, "too dear"))
        assert (off.is_active, off.state_reason) == (False, "too dear")
        assert off.state_changed_at == "2026-11-23T06:57:00.000Z"
        assert off.key_validated_at == row.key_validated_at

    def test_comes_with_removing_the_key(self, store: Store) -> None:
        row = add_active(store)
        off = done(store, lambda write: write.remove_key(row))
        assert (off.is_active, off.api_key_encrypted, off.key_fingerprint) == (False, None, None)
        assert (off.key_validated_at, off.state_reason) == (None, "key removed")

    def test_comes_with_replacing_the_key(self, store: Store) -> None:
        row = add_active(store)
        off = done(store, lambda write: write.set_key(row, Secret(CANARY)))
        assert (off.is_active, off.key_validated_at) == (False, None)
        assert off.state_reason == "key not checked yet"

    def test_comes_with_a_proved_rejection(self, store: Store) -> None:
        off = check_key(store, add_active(store), "fail")
        assert (off.is_active, off.key_validated_at) == (False, None)
        assert off.state_reason == "key rejected by the provider"
        assert off.api_key_encrypted is not None

    def test_comes_with_a_rejection_however_it_is_recorded(self, home: Home, store: Store) -> None:
        row = add_active(store)
        rejection = new_result(
            provider=row, test_type="key", status="fail", key_fingerprint=row.key_fingerprint
        )
        ways: tuple[Callable[[Writes], object], ...] = (
            lambda write: write.record_result(rejection),
            lambda write: write.proofs.record([Finding(rejection)]),
            lambda write: record_results(write, [(home.clock(), rejection)]),
        )
        for way in ways:
            done(store, way)
            off = store.reads.provider_by_id(row.id)
            assert (off.is_active, off.key_validated_at, off.state_reason) == (False, None, KEY_REJECTED)
            assert store.reads.results(limit=1)[0].endpoint == row.endpoint
            check_key(store, row, "pass")
            done(store, lambda write: write.activate(row))

    @pytest.mark.parametrize("status", ["error", "blocked", "skipped", "unsupported", "partial"])
    def test_never_comes_with_trouble_that_proves_nothing(self, store: Store, status: str) -> None:
        row = add_active(store)
        assert check_key(store, row, status) == row

    def test_never_comes_with_a_rejection_of_an_earlier_key(self, store: Store) -> None:
        first = add_active(store)
        row = done(store, lambda write: write.set_key(first, Secret(CANARY)))
        check_key(store, row, "pass")
        row = done(store, lambda write: write.activate(row))
        assert check_key(store, first, "fail") == row


class TestEndpoints:
    def test_on_another_host_switch_the_provider_off_and_hold_the_key_back(self, store: Store) -> None:
        row = add_active(store)
        moved = done(store, lambda write: write.save_provider(provider_draft(endpoint=MOVED), row))
        assert (moved.is_active, moved.state_reason) == (False, "endpoint moved to another host")
        assert moved.api_key_encrypted == row.api_key_encrypted
        assert store.key_state(moved) is KeyState.OTHER_HOST
        assert store.key_words(moved) == "for api.groq.com"
        with pytest.raises(OriginChanged):
            store.open_key(store.reads.provider_again(row))

    def test_with_another_path_leave_key_and_state_alone(self, store: Store) -> None:
        row = add_active(store)
        edit = provider_draft(endpoint="https://api.groq.com/v2")
        same = done(store, lambda write: write.save_provider(edit, row))
        assert same.is_active
        assert store.open_key(store.reads.provider_again(row)) == Secret(CANARY)

    def test_changed_in_the_file_hold_the_key_back(self, home: Home, store: Store) -> None:
        row = add_active(store)
        edit_outside(home, "UPDATE provider SET endpoint = ?, row_version = row_version + 1", MOVED)
        assert store.key_words(store.reads.provider_by_id(row.id)) == "for api.groq.com"
        with pytest.raises(OriginChanged):
            store.open_key(store.reads.provider_again(row))

    def test_that_cannot_be_read_hold_the_key_back(self, home: Home, store: Store) -> None:
        row = add_active(store)
        edit_outside(home, UNREADABLE)
        row = store.reads.provider_by_id(row.id)
        assert store.key_state(row) is KeyState.OTHER_HOST
        state, sentence = store.proven_key(row)
        assert (state, ".invalid" in sentence) == (KeyState.OTHER_HOST, False)
        with pytest.raises(Refused, match="must be put right first"):
            store.open_key(store.reads.provider_again(row))
        with pytest.raises(Refused, match="must be put right first"):
            done(store, lambda write: write.set_key(row, Secret(CANARY)))

    def test_without_encryption_get_a_key_only_with_consent(self, store: Store) -> None:
        row = done(store, lambda w: w.add_provider(provider_draft(endpoint="http://192.168.1.5:8000/v1")))
        with pytest.raises(Refused):
            done(store, lambda write: write.set_key(row, Secret(CANARY)))
        assert store.reads.sealed_count() == 0
        keyed = done(store, lambda write: write.set_key(row, Secret(CANARY), consented_host="192.168.1.5"))
        assert store.open_key(store.reads.provider_again(keyed)) == Secret(CANARY)


class TestMovingAKey:
    def test_takes_the_new_host_typed_and_makes_it_unchecked(self, store: Store) -> None:
        row = add_active(store)
        row = done(store, lambda write: write.save_provider(provider_draft(endpoint=MOVED), row))
        with pytest.raises(Refused, match=r"The endpoint is at llm\.example\.com\. Type just that"):
            done(store, lambda write: write.move_key(row, "api.groq.com"))
        moved = done(store, lambda write: write.move_key(row, " LLM.example.com "))
        assert store.open_key(store.reads.provider_again(row)) == Secret(CANARY)
        assert moved.key_fingerprint != row.key_fingerprint
        assert (moved.is_active, moved.key_validated_at) == (False, None)
        assert moved.state_reason == "key moved to llm.example.com, not checked yet"

    def test_that_is_there_or_not_there_is_refused(self, store: Store) -> None:
        row = add_groq(store)
        with pytest.raises(Refused, match="no key to move"):
            done(store, lambda write: write.move_key(row, "api.groq.com"))
        row = done(store, lambda write: write.set_key(row, Secret(CANARY)))
        with pytest.raises(Refused, match="already"):
            done(store, lambda write: write.move_key(row, "api.groq.com"))

    def test_from_a_record_with_a_forged_host_fails(self, home: Home, store: Store) -> None:
        row = add_keyed(store)
        blob = bytearray(base64.urlsafe_b64decode(record_of(row)[5:] + "=="))
        forged = bytes(blob).replace(b"https://api.groq.com:443", b"https://api.evil.com:443")
        put_record(home, row.id, "trv1." + base64.urlsafe_b64encode(forged).decode().rstrip("="))
        row = store.reads.provider_again(row)
        with pytest.raises(RecordDamaged):
            done(store, lambda write: write.move_key(row, "api.groq.com"))


class TestSealedRecords:
    def test_of_another_provider_are_damaged_here(self, home: Home, store: Store) -> None:
        row = add_keyed(store)
        other = done(store, lambda write: write.add_provider(provider_draft("xAI", GROQ)))
        done(store, lambda write: write.set_key(other, Secret("xai-other-0123456789")))
        put_record(home, other.id, record_of(row))
        with pytest.raises(RecordDamaged):
            store.open_key(store.reads.provider_again(other))
        assert store.proven_key(store.reads.provider_by_id(other.id))[0] is KeyState.DAMAGED
        assert store.open_key(store.reads.provider_again(row)) == Secret(CANARY)

    def test_of_a_newer_version_are_told_and_left_alone(self, home: Home, store: Store) -> None:
        row = add_keyed(store)
        newer = "trv2." + record_of(row)[5:]
        with closing(sqlite3.connect(home.database)) as shell:
            shell.execute("PRAGMA ignore_check_constraints = on")
            shell.execute(
                "UPDATE provider SET api_key_encrypted = ?, key_fingerprint = lower(hex(randomblob(8))),"
                " row_version = row_version + 1",
                (newer,),
            )
            shell.commit()
        row = store.reads.provider_by_id(row.id)
        assert store.key_state(row) is KeyState.NEWER
        with pytest.raises(RecordNewer):
            store.open_key(store.reads.provider_again(row))
        assert store.reads.provider_by_id(row.id).api_key_encrypted == newer

    def test_that_are_plain_text_cannot_even_be_stored(self, home: Home, store: Store) -> None:
        row = add_keyed(store)
        with pytest.raises(sqlite3.IntegrityError):
            put_record(home, row.id, CANARY)
        put_record(home, row.id, f"trv1.{CANARY}")
        with pytest.raises(RecordDamaged) as refusal:
            store.open_key(store.reads.provider_again(row))
        assert CANARY not in str(refusal.value)
        assert store.key_state(store.reads.provider_by_id(row.id)) is KeyState.DAMAGED

    def test_of_a_deleted_provider_do_not_fit_its_successor(self, home: Home, store: Store) -> None:
        row = add_keyed(store)
        done(store, lambda write: write.delete_provider(row))
        again = add_keyed(store, "gsk_another_0123456789")
        edit_outside(home, "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'provider'")
        put_record(home, again.id, record_of(row))
        with pytest.raises(RecordDamaged):
            store.open_key(store.reads.provider_again(again))

    def test_without_their_key_file_lock_only_the_keys(self, home: Home) -> None:
        with home.open() as store:
            row = add_active(store)
        home.key_file.unlink()
        with home.open() as store:
            row = store.reads.provider_by_id(row.id)
            assert store.key_state(row) is KeyState.MISSING
            for refused in (
                lambda write: write.set_key(row, Secret("gsk_another_0123456789")),
                lambda write: write.move_key(row, "api.groq.com"),
            ):
                with pytest.raises((KeyFileMissing, Refused)):
                    done(store, refused)
            with pytest.raises(KeyFileMissing):
                store.open_key(store.reads.provider_again(row))
            add_model(store, row)
            edited = done(store, lambda write: write.save_provider(provider_draft(description="still"), row))
            assert edited.is_active
        assert not home.key_file.exists()

    def test_of_another_vault_are_named_so_and_nothing_is_overwritten(self, home: Home) -> None:
        with home.open() as store:
            row = add_keyed(store)
        home.key_file.unlink()
        Vault(home.key_file).create(sealed_exists=False)
        other = home.key_file.read_bytes()
        with home.open() as store:
            row = store.reads.provider_by_id(row.id)
            assert store.key_state(row) is KeyState.OTHER_VAULT
            with pytest.raises(WrongVaultKey):
                store.open_key(store.reads.provider_again(row))
            with pytest.raises(WrongVaultKey):
                done(store, lambda write: write.set_key(row, Secret("gsk_another_0123456789")))
            assert store.reads.provider_by_id(row.id) == row
        assert home.key_file.read_bytes() == other

    def test_are_byte_identical_after_an_edit_of_everything_else(self, store: Store) -> None:
        row = add_active(store)
        edit = provider_draft("OpenAI", GROQ, description="new", website="https://example.com")
        edited = done(store, lambda write: write.save_provider(edit, row))
        assert edited.api_key_encrypted == row.api_key_encrypted
        assert edited.is_active

    def test_gone_with_their_key_file_leave_room_for_a_new_one(self, home: Home) -> None:
        with home.open() as store:
            row = add_keyed(store)
            row = done(store, lambda write: write.remove_key(row))
        home.key_file.unlink()
        with home.open() as store:
            done(store, lambda write: write.set_key(row, Secret(CANARY)))
            assert store.open_key(store.reads.provider_again(row)) == Secret(CANARY)

    def test_never_leave_a_key_in_any_file(self, home: Home) -> None:
        with home.open() as store:
            row = add_active(store)
            replaced = record_of(row)
            row = done(store, lambda write: write.set_key(row, Secret(CANARY[::-1])))
            row = done(store, lambda write: write.save_provider(provider_draft("xAI", OPENAI), row))
            row = done(store, lambda write: write.move_key(row, "api.openai.com"))
            row = done(store, lambda write: write.remove_key(row))
            done(store, lambda write: write.set_key(row, Secret(CANARY)))
            done(store, lambda write: write.purge_provider(row, "xAI"))
        stored = [each.read_bytes() for each in home.root.rglob("*") if each.is_file()]
        assert len(stored) >= 4
        for key in (CANARY, CANARY[::-1]):
            raw = key.encode()
            for spelling in (raw, base64.b64encode(raw)[:24], raw.hex().encode(), key.encode("utf-16-le")):
                assert not any(spelling in each for each in stored)
        assert not any(replaced.encode() in each for each in stored)

    def test_that_were_replaced_are_wiped_from_the_file(self, home: Home) -> None:
        records = []
        with home.open() as store:
            row = add_groq(store)
            for number in range(30):
                key = Secret(f"{CANARY}{number:03}")
                row = done(store, partial(Writes.set_key, seen=row, secret=key))
                records.append(record_of(row))
        stored = home.database.read_bytes()
        assert [record for record in records if record.encode() in stored] == records[-1:]


class TestModels:
    def test_are_verified_by_one_pass(self, home: Home, store: Store) -> None:
        model = add_model(store, add_groq(store))
        assert model.verification_state == "unverified"
        home.clock.move(hours=1)
        model = result_of(store, model, "pass", 0.75)
        assert (model.verification_state, model.score) == ("verified", 0.75)
        assert (model.consecutive_failures, model.last_verified_at) == (0, "2026-11-23T07:52:00.000Z")

    def test_lose_it_with_the_third_failure_in_a_row(self, home: Home, store: Store) -> None:
        model = result_of(store, add_model(store, add_groq(store)), "pass", 1.0)
        seen = []
        for _ in range(3):
            home.clock.move(minutes=8)
            model = result_of(store, model, "fail")
            seen.append((model.verification_state, model.consecutive_failures))
        assert seen == [("verified", 1), ("verified", 2), ("unverified", 3)]
        assert model.score == 1.0

    def test_keep_it_through_failures_of_one_bad_moment(self, home: Home, store: Store) -> None:
        model = result_of(store, add_model(store, add_groq(store)), "pass")
        for _ in range(4):
            home.clock.move(minutes=4)
            model = result_of(store, model, "fail")
        assert (model.verification_state, model.consecutive_failures) == ("verified", 4)
        home.clock.move(minutes=3)
        assert result_of(store, model, "fail").verification_state == "unverified"

    @pytest.mark.parametrize(("apart", "state"), [(9, "verified"), (10, "unverified")])
    def test_lose_it_when_they_are_missing_twice(
        self, home: Home, store: Store, apart: int, state: str
    ) -> None:
        model = result_of(store, add_model(store, add_groq(store)), "pass")
        model = result_of(store, model, "fail", outcome="missing")
        home.clock.move(minutes=apart)
        assert result_of(store, model, "fail", outcome="missing").verification_state == state

    @pytest.mark.parametrize("test_type", ["tools", "json", "benchmark"])
    def test_are_scored_but_not_judged_by_what_else_they_can(self, store: Store, test_type: str) -> None:
        model = add_model(store, add_groq(store))
        scored = result_of(store, model, "pass", 0.5, test_type=test_type)
        assert (scored.verification_state, scored.score) == ("unverified", 0.5)
        failed = result_of(store, scored, "fail", 0.25, test_type=test_type)
        assert (failed.consecutive_failures, failed.score) == (0, 0.25)

    def test_start_to_count_again_after_a_pass(self, store: Store) -> None:
        model = add_model(store, add_groq(store))
        for status in ("pass", "fail", "fail", "pass", "fail", "fail"):
            model = result_of(store, model, status)
        assert (model.verification_state, model.consecutive_failures) == ("verified", 2)

    @pytest.mark.parametrize("status", ["error", "blocked", "skipped", "unsupported", "partial"])
    def test_are_not_judged_by_what_says_nothing_about_them(self, store: Store, status: str) -> None:
        model = result_of(store, add_model(store, add_groq(store)), "pass")
        assert result_of(store, model, status) == model

    def test_have_the_state_their_history_gives(self, home: Home, store: Store) -> None:
        row = add_groq(store)
        for number, story in enumerate(("pass", "fail fail fail", "pass error fail fail pass fail", "")):
            model = add_model(store, row, f"model-{number}")
            for status in story.split():
                home.clock.move(minutes=8)
                result_of(store, model, status, 0.5)
        assert store.reads.recompute_states() == []

    def test_edited_outside_differ_from_their_history(self, home: Home, store: Store) -> None:
        model = result_of(store, add_model(store, add_groq(store)), "pass", 0.5)
        edit_outside(
            home, "UPDATE model SET consecutive_failures = 7, score = 1, row_version = row_version + 1"
        )
        found = {each.field: (each.stored, each.computed) for each in store.reads.recompute_states()}
        assert found == {"consecutive_failures": (7, 0), "score": (1.0, 0.5)}
        assert {each.model_id for each in store.reads.recompute_states()} == {model.id}
