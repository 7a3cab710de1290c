import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.registries import Home, add_active, add_groq, add_model, done, model_draft, provider_draft
from tui_registry.clock import stamp
from tui_registry.errors import Gone, InvalidInput, Refused
from tui_registry.store import Model, Provider, Result, Run, Store, Writes, new_result
from tui_registry.store.write_history import Found, record_results
from tui_registry.store.write_together import together
from tui_registry.vault import Vault

STATUSES = ("pass", "pass", "partial", "fail", "fail", "unsupported", "blocked", "error", "skipped")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with home.open() as opened:
        yield opened


@dataclass(frozen=True)
class Other:
    """A record that is not there."""

    id: int
    uuid: str = "0" * 32


def history(seed: int, models: list[Model], provider: Provider, start: datetime) -> list[Found]:
    """Results of every kind about these models and their provider, an hour or a second apart."""
    chance = random.Random(seed)
    now, found = start, []
    for number in range(120):
        now += timedelta(seconds=chance.choice((1, 3600)))
        status = chance.choice(STATUSES)
        result = new_result(
            provider=provider,
            model=chance.choice([None, *models]),
            test_type=chance.choice(("chat", "chat", "tools", "json")),
            status=status,
            outcome="missing" if status == "fail" and chance.random() < 0.3 else "ok",
            latency_ms=float(number),
            scores='{"existence": 1.0}',
            score=chance.choice((None, 0.5, 1.0)),
            evidence='{"reply": "PONG"}',
        )
        found.append((now, result))
    return found


def told(store: Store, provider_id: int) -> tuple[list[Result], list[Model]]:
    """All results, and all models but for how often and when they were edited."""
    rows = [row.but(row_version=1, updated_at="", uuid="") for row in store.reads.models(provider_id)]
    return store.reads.results(limit=1000), rows


def keep_at_once(_home: Home, store: Store, found: list[Found]) -> None:
    done(store, lambda writes: record_results(writes, found))


def keep_one_by_one(home: Home, store: Store, found: list[Found]) -> None:
    for home.clock.now, result in found:
        store.write(partial(Writes.record_result, result=result)).result()


@pytest.mark.parametrize("seed", range(8))
def test_results_at_once_leave_what_results_one_by_one_leave(tmp_path: Path, seed: int) -> None:
    kept = []
    for at_once in (False, True):
        home = Home(tmp_path / str(at_once))
        with home.open() as store:
            provider = add_groq(store)
            models = [add_model(store, provider, name) for name in ("a", "b", "c")]
            found = history(seed, models, provider, home.clock())
            for part in (found[:50], found[50:]):
                (keep_at_once if at_once else keep_one_by_one)(home, store, part)
            kept.append(told(store, provider.id))
            assert store.reads.recompute_states() == []
    assert kept[0] == kept[1]
    assert len(kept[0][0]) == 120


@pytest.mark.parametrize(
    "story", ["pass", "fail", "pass fail", "fail pass", "pass error", "error fail error pass"]
)
def test_key_checks_at_once_leave_the_provider_as_checks_one_by_one_leave_it(
    tmp_path: Path, story: str
) -> None:
    kept = []
    for way in (keep_one_by_one, keep_at_once):
        home = Home(tmp_path / way.__name__)
        with home.open() as store:
            row = add_active(store)
            found = []
            for minute, status in enumerate(story.split(), start=1):
                result = new_result(
                    provider=row, test_type="key", status=status, key_fingerprint=row.key_fingerprint
                )
                found.append((home.clock() + timedelta(minutes=minute), result))
            way(home, store, found)
            row = store.reads.provider_by_id(row.id)
            state = (row.is_active, row.key_validated_at, row.state_reason, row.state_changed_at)
            kept.append((state, [each.endpoint for each in store.reads.results()]))
    assert kept[0] == kept[1]
    assert kept[0][0][0] == ("fail" not in story)


@pytest.mark.parametrize("seed", range(20))
def test_the_file_lets_a_model_be_verified_exactly_when_its_history_says_so(
    home: Home, store: Store, seed: int
) -> None:
    provider = add_groq(store)
    models = [add_model(store, provider, str(number)).id for number in range(12)]
    chance = random.Random(seed)
    with closing(sqlite3.connect(home.database)) as shell:
        for model in models:
            now = home.clock()
            for _ in range(chance.randrange(1, 9)):
                now += timedelta(seconds=chance.choice((0, 60, 299.999, 300, 600, 900)))
                outcome = chance.choice((None, "ok", "missing"))
                kind = chance.choice(("chat", "chat", "chat", "tools"))
                status = chance.choice(("pass", "fail", "fail", "fail", "error", "partial"))
                shell.execute(
                    "INSERT INTO verification_result (provider_id, model_id, test_type, status, outcome,"
                    " created_at) VALUES (?,?,?,?,?,?)",
                    (provider.id, model, kind, status, outcome, stamp(now)),
                )
        shell.commit()
        due = {each.model_id for each in store.reads.recompute_states() if each.computed == "verified"}
        let = set()
        for model in models:
            with suppress(sqlite3.IntegrityError):
                shell.execute(
                    "UPDATE model SET verification_state = 'verified', row_version = row_version + 1"
                    " WHERE id = ?",
                    (model,),
                )
                let.add(model)
    assert let == due


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"evidence": "no object"}, InvalidInput),
        ({"evidence": "{no: json}"}, InvalidInput),
        ({"scores": "[1]"}, InvalidInput),
        ({"scores": '{"latency": NaN}'}, InvalidInput),
        ({"status": "perhaps"}, InvalidInput),
        ({"model": Other(99)}, Gone),
        ({"provider": Other(99)}, Gone),
        ({"run": Run(99, "quick", "manual", "running", None, None, None, "2026-11-23", None)}, Gone),
    ],
)
def test_one_bad_result_among_many_keeps_them_all_out(
    home: Home, store: Store, wrong: dict[str, object], refusal: type[Exception]
) -> None:
    provider = add_groq(store)
    model = add_model(store, provider)
    good = new_result(provider=provider, model=model, test_type="chat", status="pass")
    whole = {"provider": provider, "model": model, "test_type": "chat", "status": "pass"} | wrong
    bad = new_result(**whole)  # type: ignore[arg-type]
    found = [(home.clock(), good), (home.clock(), bad)]
    with pytest.raises(refusal):
        done(store, lambda writes: record_results(writes, found))
    assert store.reads.results() == []
    assert store.reads.model_by_id(model.id) == model


def test_no_results_at_once_are_no_change(store: Store) -> None:
    before = store.data_version()
    assert done(store, lambda writes: record_results(writes, [])) == 0
    assert store.data_version() == before


def fill(home: Home, *, fail: bool) -> None:
    """A provider with a model in one transaction, which breaks off at the end if told to."""
    with together(home.database, vault=Vault(home.key_file), clock=home.clock) as one:
        row = one.writes.add_provider(provider_draft())
        one.writes.add_model(row, model_draft("mine"))
        assert [model.model_id for model in one.reads.models(row.id)] == ["mine"]
        if fail:
            raise KeyboardInterrupt


def test_changes_made_together_are_saved_when_the_block_is_left(home: Home, store: Store) -> None:
    before = store.data_version()
    fill(home, fail=False)
    assert store.reads.counts().models == 1
    assert store.data_version() != before


def test_changes_made_together_are_none_when_the_block_fails(home: Home, store: Store) -> None:
    before = store.data_version()
    with pytest.raises(KeyboardInterrupt):
        fill(home, fail=True)
    assert store.reads.counts().providers == 0
    assert store.data_version() == before


def test_a_refused_change_leaves_the_others_made_together(home: Home, store: Store) -> None:
    with together(home.database, vault=Vault(home.key_file), clock=home.clock) as one:
        row = one.writes.add_provider(provider_draft())
        model = one.writes.add_model(row, model_draft("mine"))
        good = new_result(provider=row, model=model, test_type="chat", status="pass")
        with pytest.raises(InvalidInput):
            record_results(one.writes, [(home.clock(), good), (home.clock(), good.but(score=2.0))])
        with pytest.raises(InvalidInput):
            one.writes.add_model(row, model_draft("mine"))
    assert store.reads.counts().results == 0
    assert [row.model_id for row in store.reads.models(row.id)] == ["mine"]


def test_nothing_is_purged_together_with_other_changes(home: Home, store: Store) -> None:
    row = add_groq(store)
    with (
        together(home.database, vault=Vault(home.key_file), clock=home.clock) as one,
        pytest.raises(Refused),
    ):
        one.writes.purge_provider(row, "Groq")
    assert store.reads.provider_by_id(row.id) == row
