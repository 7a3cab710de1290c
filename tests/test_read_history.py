"""Sums over results are what the results say, day for day, and cost what their scope costs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.registries import Home, add_groq, add_model, done, owner_of
from tui_registry.store import Model, Store, new_result
from tui_registry.store.read_history import SLOW_MS, Day
from tui_registry.store.views import Scope


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with home.open() as opened:
        yield opened


@pytest.fixture
def model(store: Store) -> Model:
    return add_model(store, add_groq(store))


def record(store: Store, model: Model, status: str, **facts: float | str) -> None:
    result = new_result(
        provider=owner_of(store, model),
        model=model,
        test_type="chat",
        status=status,
        **facts,  # type: ignore[arg-type]
    )
    done(store, lambda write: write.record_result(result))


def test_a_day_shows_its_worst_result_and_a_day_without_any_is_not_left_out(
    store: Store, home: Home, model: Model
) -> None:
    record(store, model, "pass", latency_ms=100)
    record(store, model, "fail")
    record(store, model, "pass", latency_ms=100)
    home.clock.move(days=2)
    record(store, model, "pass", latency_ms=SLOW_MS + 1)
    home.clock.move(days=1)
    record(store, model, "pass", latency_ms=SLOW_MS)
    assert store.history.days(Scope(model_id=model.id), home.clock(), 5) == [
        Day("2026-11-22"),
        Day("2026-11-23", "fail", 3, 2),
        Day("2026-11-24"),
        Day("2026-11-25", "slow", 1, 1),
        Day("2026-11-26", "ok", 1, 1),
    ]


def test_a_clock_that_went_back_hides_no_result_of_a_day(store: Store, home: Home, model: Model) -> None:
    home.clock.move(days=3)
    record(store, model, "fail")
    home.clock.move(days=-3)
    record(store, model, "pass")
    home.clock.move(days=-9)
    record(store, model, "pass")
    home.clock.move(days=12)
    assert store.history.days(Scope(model_id=model.id), home.clock(), 4) == [
        Day("2026-11-23", "ok", 1, 1),
        Day("2026-11-24"),
        Day("2026-11-25"),
        Day("2026-11-26", "fail", 1, 0),
    ]


@pytest.mark.parametrize(
    ("status", "worst"),
    [("pass", "ok"), ("partial", "slow"), ("blocked", "slow"), ("fail", "fail"), ("error", "fail")],
)
def test_every_status_that_says_something_has_its_mark(
    store: Store, home: Home, model: Model, status: str, worst: str
) -> None:
    record(store, model, status)
    assert store.history.days(Scope(), home.clock(), 1)[0].worst == worst


@pytest.mark.parametrize("status", ["skipped", "unsupported"])
def test_what_was_not_tried_is_no_run(store: Store, home: Home, model: Model, status: str) -> None:
    record(store, model, status)
    assert store.history.days(Scope(), home.clock(), 1) == [Day("2026-11-23")]


def test_what_is_older_than_the_first_day_does_not_count(store: Store, home: Home, model: Model) -> None:
    record(store, model, "fail")
    home.clock.move(days=30)
    assert {day.worst for day in store.history.days(Scope(), home.clock())} == {"none"}
    home.clock.move(days=-1)
    assert store.history.days(Scope(), home.clock())[0] == Day("2026-11-23", "fail", 1, 0)


def test_a_scope_holds_only_its_own_results(store: Store, home: Home, model: Model) -> None:
    other = add_model(store, store.reads.provider_by_id(model.provider_id), "other")
    record(store, model, "pass", latency_ms=100, score=0.5)
    record(store, other, "fail")
    mine, both = Scope(model_id=model.id), Scope(provider_id=model.provider_id)
    assert store.history.days(mine, home.clock(), 1)[0].worst == "ok"
    assert store.history.days(both, home.clock(), 1)[0] == Day("2026-11-23", "fail", 2, 1)
    assert store.history.latencies(mine) == [100]
    assert store.history.latencies(both) == [100, None]
    assert store.history.last_failure(mine) is None
    assert store.history.scores(Scope(model_id=other.id)) == []


def test_the_last_latencies_and_scores_end_with_the_newest(store: Store, model: Model) -> None:
    for number in range(5):
        record(store, model, "pass", latency_ms=number, score=number / 10)
    record(store, model, "error", outcome="timeout", http_status=504)
    record(store, model, "pass")
    scope = Scope(model_id=model.id)
    assert store.history.latencies(scope, 3) == [3, 4, None]
    assert store.history.scores(scope, 3) == [0.2, 0.3, 0.4]
    assert store.history.last_failure(scope) == ("2026-11-23T06:52:00.000Z", "timeout", 504)
