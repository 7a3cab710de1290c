"""Whoever changes a record says which one is meant by what never changes; a key goes where its form said."""

import inspect
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from tests.registries import (
    CANARY,
    Home,
    add_active,
    add_groq,
    add_keyed,
    add_model,
    done,
    limits_draft,
    model_draft,
    model_pricing_draft,
    pricing_draft,
    provider_draft,
)
from tui_registry import store as rooms
from tui_registry.errors import Conflict, Gone, Outdated, RegistryError
from tui_registry.store import (
    DiscoveredModel,
    Finding,
    Limits,
    Model,
    ModelPricing,
    NewResult,
    Pricing,
    Provider,
    Run,
    Store,
    Writes,
    new_result,
    reads,
    write_keys,
)
from tui_registry.store.write_proofs import ProofWrites
from tui_registry.store.write_vault import VaultWrites
from tui_registry.text import Secret

ELSEWHERE = "https://elsewhere.example/v1"

OF_NO_RECORD = {
    "add_provider", "add_known_provider", "start_run", "import_catalog", "take_in", "record", "record_result",
    "keep_control", "interrupt_runs", "begin_rotation", "reseal", "end_rotation", "protect", "put_back",
    "begin_anew",
}  # fmt: skip
"""Writes that name no record they change; those that keep results say of which records in each result."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with home.open() as opened:
        yield opened


@dataclass(frozen=True)
class Seen:
    """A provider with a key, a price, limits, a model with a price, and a run, all as they were read."""

    provider: Provider
    model: Model
    price: Pricing
    own_price: ModelPricing
    limits: Limits
    run: Run


@pytest.fixture
def seen(store: Store) -> Seen:
    row = add_active(store)
    model = add_model(store, row)
    run = done(store, lambda write: write.start_run("quick", "manual"))
    return Seen(
        row,
        model,
        done(store, lambda write: write.save_pricing(row, pricing_draft(1e-06, 2e-06), None)),
        done(store, lambda write: write.save_model_pricing(model, model_pricing_draft(1e-06, 2e-06), None)),
        done(store, lambda write: write.save_limits(row, limits_draft(requests_per_minute=5), None)),
        run,
    )


def result(seen: Seen) -> NewResult:
    return new_result(provider=seen.provider, model=seen.model, run=seen.run, test_type="chat", status="pass")


Call = Callable[[Writes, Seen], object]

CALLS: dict[str, Call] = {
    "save_provider": lambda w, s: w.save_provider(provider_draft(description="mine"), s.provider),
    "delete_provider": lambda w, s: w.delete_provider(s.provider),
    "purge_provider": lambda w, s: w.purge_provider(s.provider, "Groq"),
    "activate": lambda w, s: w.activate(s.provider),
    "deactivate": lambda w, s: w.deactivate(s.provider),
    "set_key": lambda w, s: w.set_key(s.provider, Secret(CANARY)),
    "seal_new_keys": lambda w, s: w.seal_new_keys([(s.provider, provider_draft(), Secret(CANARY))]),
    "remove_key": lambda w, s: w.remove_key(s.provider),
    "move_key": lambda w, s: w.move_key(s.provider, "api.groq.com"),
    "record_key_check": lambda w, s: w.record_key_check(s.provider, str(s.provider.key_fingerprint), "fail"),
    "add_model": lambda w, s: w.add_model(s.provider, model_draft("another")),
    "save_model": lambda w, s: w.save_model(model_draft(version="2"), s.model),
    "delete_model": lambda w, s: w.delete_model(s.model),
    "save_pricing": lambda w, s: w.save_pricing(s.provider, pricing_draft(5e-06, 6e-06), s.price),
    "delete_pricing": lambda w, s: w.delete_pricing(s.provider),
    "save_model_pricing": lambda w, s: w.save_model_pricing(
        s.model, model_pricing_draft(5e-06, 6e-06), s.own_price
    ),
    "delete_model_pricing": lambda w, s: w.delete_model_pricing(s.model),
    "save_limits": lambda w, s: w.save_limits(s.provider, limits_draft(requests_per_minute=9), s.limits),
    "delete_limits": lambda w, s: w.delete_limits(s.provider),
    "finish_run": lambda w, s: w.finish_run(s.run, "done"),
    "take_list": lambda w, s: w.proofs.take_list(s.provider, [DiscoveredModel(model_id="another")]),
    "resume_run": lambda w, s: w.proofs.resume_run(s.run, "here 1"),
    "close_run": lambda w, s: w.proofs.close_run(s.run, "done"),
}
"""A call of each write that changes a record; what keeps results is called as well."""

RESULTS: dict[str, Call] = {
    "record_result": lambda w, s: w.record_result(result(s)),
    "record": lambda w, s: w.proofs.record([Finding(result(s))]),
}

KEEPS_WHAT_WAS_FOUND = {"record_key_check", "finish_run", "resume_run", "close_run", *RESULTS}
"""Writes that nobody looks at a record for: the right record in a copy of its file is the right one."""


def all_writes() -> dict[str, Callable[..., object]]:
    """Every public method by which the store is changed."""
    return {
        name: method
        for kind in (Writes, ProofWrites, VaultWrites)
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    }


def content(home: Home) -> list[str]:
    """All that the file holds."""
    with closing(sqlite3.connect(home.database)) as shell:
        return list(shell.iterdump())


def takes_an_id_alone(method: Callable[..., object]) -> bool:
    """Whether a record is named to this by a number, as a parameter or in what is handed in."""
    types = get_type_hints(method, None, vars(rooms.rows) | vars(rooms.proof_rows) | _drafts())
    for name in inspect.signature(method).parameters:
        if re.search(r"(^|_)id$", name) and "int" in str(types.get(name)):
            return True
        for named in set(re.findall(r"\b(?:NewResult|Result|Finding)\b", str(types.get(name)))):
            if named == "Result":  # which says by numbers alone what it is about
                return True
            kind = getattr(rooms.rows, named, None) or getattr(rooms.proof_rows, named, None)
            assert is_dataclass(kind)
            if any(re.search(r"(^|_)id$", each.name) for each in fields(kind)):
                return True
    return False


def _drafts() -> dict[str, Any]:
    from tui_registry.store import drafts
    from tui_registry.vault.keys import VaultKey
    from tui_registry.vault.passphrase import WrapKey

    return vars(drafts) | {"VaultKey": VaultKey, "WrapKey": WrapKey}


def test_every_write_is_tried_here() -> None:
    assert set(all_writes()) - {"vault", "proofs"} == {*CALLS, *OF_NO_RECORD}


def test_no_write_takes_an_id_alone() -> None:
    def by_number(self: Writes, provider_id: int) -> None: ...
    def by_old_result(self: Writes, row: rooms.Result) -> None: ...

    assert takes_an_id_alone(by_number), "the look can fail"
    assert takes_an_id_alone(by_old_result), "the look can fail"
    assert [name for name, method in all_writes().items() if takes_an_id_alone(method)] == []


def other(seen: Seen) -> Seen:
    """The same ids, of other records."""
    return replace(
        seen,
        provider=seen.provider.but(uuid="f" * 32),
        model=seen.model.but(uuid="f" * 32),
        run=seen.run.but(started_at="2026-11-23T06:51:00.000Z"),
    )


def elsewhere(seen: Seen) -> Seen:
    """The same records, read from another file that was in this one's place."""
    edition = f"{'0' * 32}.7.00000000"
    return replace(seen, provider=seen.provider.but(edition=edition), model=seen.model.but(edition=edition))


@pytest.mark.parametrize("name", [*CALLS, *RESULTS])
def test_a_write_whose_id_has_another_record_now_is_gone_and_changes_nothing(
    home: Home, store: Store, seen: Seen, name: str
) -> None:
    call, before = {**CALLS, **RESULTS}[name], content(home)
    with pytest.raises(Gone, match="not here any more"):
        done(store, lambda write: call(write, other(seen)))
    assert content(home) == before


@pytest.mark.parametrize("part", ["provider", "model", "run"])
def test_a_result_is_kept_only_if_all_it_is_about_is_what_was_asked(
    home: Home, store: Store, seen: Seen, part: str
) -> None:
    found = replace(result(seen), **{part: getattr(other(seen), part)})
    before = content(home)
    with pytest.raises(Gone):
        done(store, lambda write: write.proofs.record([Finding(result(seen)), Finding(found)]))
    assert content(home) == before


@pytest.mark.parametrize("name", sorted({*CALLS} - KEEPS_WHAT_WAS_FOUND))
def test_what_was_read_of_another_file_is_shown_anew_before_it_is_saved(
    home: Home, store: Store, seen: Seen, name: str
) -> None:
    before = content(home)
    with pytest.raises((Outdated, Conflict), match=r"[Aa]nother file took the registry's place"):
        done(store, lambda write: CALLS[name](write, elsewhere(seen)))
    assert content(home) == before


def test_an_edit_of_another_file_shows_every_field_that_differs(store: Store, seen: Seen) -> None:
    """Also those that were not edited: nothing says that the other session did not mean them."""
    read = elsewhere(seen).provider.but(website="https://groq.com/then", description="then")
    draft = provider_draft(description="mine", website="https://groq.com/then")
    with pytest.raises(Conflict) as clash:
        done(store, lambda write: write.save_provider(draft, read))
    assert clash.value.fields == {
        "description": ("then", "mine", None),
        "website": ("https://groq.com/then", "https://groq.com/then", None),
    }
    same = provider_draft()
    assert done(store, lambda write: write.save_provider(same, read)) == seen.provider, "nothing differs"


@pytest.mark.parametrize("name", sorted({*CALLS, *RESULTS} - {"resume_run"}))
def test_the_control_without_the_look_at_the_uuid_every_write_changes_the_wrong_record(
    home: Home, store: Store, seen: Seen, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads.Reads, "provider_again", lambda self, seen: self.provider_by_id(seen.id))
    monkeypatch.setattr(reads.Reads, "model_again", lambda self, seen: self.model_by_id(seen.id))
    monkeypatch.setattr(reads.Reads, "run_again", lambda self, seen: self.run(seen.id))
    monkeypatch.setattr("tui_registry.store.change.Change.require", lambda self, result: None)
    call, before = {**CALLS, **RESULTS}[name], content(home)
    try:
        done(store, lambda write: call(write, other(seen)))
    except Gone:
        raise
    except RegistryError:
        return  # another rule than this one refuses it
    assert name == "activate" or content(home) != before


# The origin of a key


def moved(store: Store, row: Provider) -> Provider:
    """The provider after another session pointed it elsewhere."""
    now = store.reads.provider_again(row)
    return done(store, lambda write: write.save_provider(provider_draft(endpoint=ELSEWHERE), now))


SEALING: dict[str, Callable[[Writes, Provider], object]] = {
    "form": lambda w, row: w.set_key(row, Secret(CANARY)),
    "takeover and import": lambda w, row: w.seal_new_keys([(row, provider_draft(), Secret(CANARY))]),
}


@pytest.mark.parametrize("way", SEALING)
def test_a_key_is_not_sealed_for_a_host_that_was_not_shown(home: Home, store: Store, way: str) -> None:
    shown = add_groq(store)
    moved(store, shown)
    before = content(home)
    with pytest.raises(Outdated) as refusal:
        done(store, lambda write: SEALING[way](write, shown))
    assert "api.groq.com" in str(refusal.value)
    assert "elsewhere.example" in str(refusal.value)
    assert content(home) == before
    assert not home.key_file.exists()


@pytest.mark.parametrize("way", SEALING)
def test_the_control_without_the_look_at_the_origin_the_key_goes_to_the_other_host(
    store: Store, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui_registry.endpoint import stored_endpoint

    monkeypatch.setattr(
        write_keys, "_endpoint_seen", lambda row, seen: stored_endpoint(row.name, row.endpoint)
    )
    shown = add_groq(store)
    row = moved(store, shown)
    done(store, lambda write: SEALING[way](write, shown))
    assert store.sealed_for(store.reads.provider_again(row)) == "elsewhere.example"


@pytest.mark.parametrize(
    "other_place",
    [
        "http://api.groq.com/openai/v1",
        "https://api.groq.com:8443/openai/v1",
        "https://api.groq.com.evil.example",
    ],
)
def test_scheme_and_port_are_part_of_what_was_shown(store: Store, other_place: str) -> None:
    shown = add_groq(store)
    done(store, lambda write: write.save_provider(provider_draft(endpoint=other_place), shown))
    with pytest.raises(Outdated):
        done(store, lambda write: write.set_key(shown, Secret(CANARY), "api.groq.com"))


def test_another_path_on_the_same_host_is_the_same_place(store: Store) -> None:
    shown = add_groq(store)
    edit = provider_draft(endpoint="https://api.groq.com/v2")
    done(store, lambda write: write.save_provider(edit, shown))
    assert store.sealed_for(done(store, lambda write: write.set_key(shown, Secret(CANARY)))) == "api.groq.com"


def test_a_key_is_not_moved_to_a_host_that_was_not_shown(home: Home, store: Store) -> None:
    row = add_keyed(store)
    shown = moved(store, row)
    again = provider_draft(endpoint="http://elsewhere.example/v1")
    done(store, lambda write: write.save_provider(again, shown))
    before = content(home)
    with pytest.raises(Outdated, match=r"http://elsewhere\.example now, where elsewhere\.example was shown"):
        done(store, lambda write: write.move_key(shown, "elsewhere.example"))
    assert content(home) == before


@pytest.mark.parametrize("way", ["set_key", "move_key", "remove_key", "seal_new_keys"])
def test_a_key_that_another_session_set_meanwhile_is_not_touched_unseen(
    home: Home, store: Store, way: str
) -> None:
    shown = moved(store, add_keyed(store)) if way == "move_key" else add_groq(store)
    done(store, lambda write: write.set_key(shown, Secret(f"{CANARY}-theirs")))
    before = content(home)
    calls = CALLS | {"move_key": lambda w, s: w.move_key(s.provider, "elsewhere.example")}
    with pytest.raises(Outdated, match="Another session has set the key of Groq meanwhile"):
        done(store, lambda write: calls[way](write, Seen(shown, *[None] * 5)))  # type: ignore[arg-type]
    assert content(home) == before


def test_a_provider_that_was_added_meanwhile_gets_no_key_unseen(home: Home, store: Store) -> None:
    add_groq(store)
    before = content(home)
    with pytest.raises(Outdated, match="Groq was added meanwhile"):
        done(store, lambda write: write.seal_new_keys([(None, provider_draft(), Secret(CANARY))]))
    assert content(home) == before


def test_a_key_is_opened_for_the_endpoint_it_was_read_with_and_no_other(store: Store) -> None:
    """Between reading a provider and opening its key, another session may move both."""
    before = add_keyed(store)
    after = moved(store, before)
    done(store, lambda write: write.move_key(after, "elsewhere.example"))
    assert store.open_key(before).reveal() == CANARY, "for api.groq.com, which was read beside it"
    assert store.sealed_for(before) == "api.groq.com"


def test_keys_are_sealed_in_one_place() -> None:
    root = Path(rooms.__file__).parents[1]
    sealing = {
        path.relative_to(root).as_posix(): len(re.findall(r"vault\.seal\(", path.read_text(encoding="utf-8")))
        for path in root.rglob("*.py")
        if "vault/" not in path.as_posix()
    }
    assert {name: count for name, count in sealing.items() if count} == {"store/write_keys.py": 2}
