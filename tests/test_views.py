"""The rows of the five views: the right cells, in the right order, whatever another process does."""

import multiprocessing
import sqlite3
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plain_views import facts, in_order
from tests.registry_of import BORN, peculiar_registry, registry_of
from tui_registry.errors import InvalidInput, StoreDamaged, StoreLocked, StoreMissing
from tui_registry.store import views as views_file
from tui_registry.store.view_columns import ViewName
from tui_registry.store.view_shapes import SHAPES
from tui_registry.store.views import CHUNK, Order, Scope, ViewRows, Views

VIEWS: tuple[ViewName, ...] = ("providers", "models", "prices", "limits", "history")
ORDERS = [
    (view, name, descending) for view in VIEWS for name in SHAPES[view].names for descending in (False, True)
]


def all_ids(rows: ViewRows) -> list[int]:
    return [number for chunk in rows.ids(lambda: False) for number in chunk]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return peculiar_registry(tmp_path_factory.mktemp("views") / "registry.db", seed=7)


@pytest.fixture
def views(registry: Path) -> Iterator[Views]:
    opened = Views(registry)
    yield opened
    opened.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Views]:
    """Views of a registry that the test may change."""
    opened = Views(registry_of(tmp_path / "registry.db", models=200, results=300, providers=5))
    yield opened
    opened.close()


@pytest.mark.parametrize(("view", "column", "descending"), ORDERS)
def test_every_column_sorts_both_ways_with_the_unknown_last(
    views: Views, view: ViewName, column: str, descending: bool
) -> None:
    rows = views.source(view, order=Order(column, descending))
    expected = in_order(facts(views.path, view), view, column, descending)
    assert all_ids(rows) == expected
    for size in (1, 7, 64, 200):
        assert [row[0] for row in rows.head(size)] == expected[:size]
    assert [row[0] for row in rows.slice(10, 30)] == expected[10:40]


@pytest.mark.parametrize("view", VIEWS)
def test_every_cell_says_what_the_tables_say(views: Views, view: ViewName) -> None:
    rows = views.source(view)
    records = facts(views.path, view)
    for number, *cells in filter(None, rows.rows(list(records))):
        expected = [records[int(str(number))][name] for name in rows.columns]
        assert cells == pytest.approx(expected), rows.columns


@pytest.mark.parametrize("view", VIEWS)
def test_the_count_is_said_when_nothing_is_filtered_and_left_open_otherwise(
    views: Views, view: ViewName
) -> None:
    assert views.source(view).total() == len(facts(views.path, view))
    assert views.source(view, text="a").total() is None


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_rows_come_in_the_order_asked_and_as_none_where_there_is_no_record(
    registry: Path, data: st.DataObject
) -> None:
    with closing(Views(registry)) as views:
        rows = views.source(data.draw(st.sampled_from(VIEWS)))
        asked = data.draw(st.lists(st.integers(-1, 90), max_size=70))
        there = set(all_ids(rows))
        assert [row and row[0] for row in rows.rows(asked)] == [
            number if number in there else None for number in asked
        ]


def test_a_scope_shows_one_provider_or_one_model_only(views: Views) -> None:
    models = facts(views.path, "models")
    one = next(iter(models))
    for view in ("models", "prices", "history"):
        records = facts(views.path, view)
        of_provider = views.source(view, scope=Scope(provider_id=models[one]["provider_id"]))
        expected = {n for n, cells in records.items() if cells["owner"]["id"] == models[one]["provider_id"]}
        assert set(all_ids(of_provider)) == expected
        assert of_provider.total() == len(expected)
    tried = views.source("history", scope=Scope(model_id=one))
    assert all_ids(tried) == sorted(
        (n for n, cells in facts(views.path, "history").items() if cells["model"] == one), reverse=True
    )


def test_history_stands_newest_first_without_sorting(own: Views) -> None:
    rows = own.source("history")
    assert all_ids(rows) == list(range(300, 0, -1))
    with closing(sqlite3.connect(own.path)) as connection:
        plan = connection.execute("EXPLAIN QUERY PLAN " + rows.statement).fetchall()
    assert [step[3] for step in plan] == ["SCAN r"]


@pytest.mark.parametrize("descending", [False, True])
def test_a_long_history_without_gaps_is_whole_and_one_range(tmp_path: Path, descending: bool) -> None:
    size = CHUNK + 5
    with closing(Views(registry_of(tmp_path / "registry.db", models=5, results=size))) as views:
        rows = views.source("history", order=Order("created_at", descending))
        (found,) = rows.ids(lambda: False)
        assert isinstance(found, range)
        assert list(found) == sorted(range(1, size + 1), reverse=descending)
        assert list(rows.ids(lambda: True)) == []


def test_a_first_page_is_of_one_moment_whatever_others_commit(
    own: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = own.source("models", order=Order("score", True))
    before = [row[0] for row in rows.head(64)]
    asked = rows._ids
    other = sqlite3.connect(own.path, timeout=0)
    refused: list[str] = []

    def meanwhile(*words: Any) -> list[Any]:  # noqa: ANN401
        found = asked(*words)
        try:
            other.execute("UPDATE model SET score = score / 2, row_version = row_version + 1")
            other.commit()
        except sqlite3.OperationalError as error:
            refused.append(str(error))
            other.rollback()
        return found

    monkeypatch.setattr(rows, "_ids", meanwhile)
    assert [row[0] for row in rows.head(64)] == before
    assert set(refused) == {"database is locked"}
    monkeypatch.undo()
    other.execute("UPDATE model SET score = NULL, row_version = row_version + 1")
    other.commit()
    other.close()
    assert [row[0] for row in rows.head(64)] != before


def test_a_filtered_list_by_name_keeps_to_the_index_of_names(own: Views) -> None:
    for text in ("ctx>=1k", "score>0.1", "llama", "status:verified"):
        rows = own.source("models", order=Order("name"), text=text)
        with closing(sqlite3.connect(own.path)) as connection:
            plan = connection.execute("EXPLAIN QUERY PLAN " + rows._walk_sql, rows._values).fetchall()
        assert "model_by_name" in plan[0][3], (text, plan)
        assert not any("TEMP B-TREE FOR ORDER" in step[3] for step in plan), (text, plan)


def test_many_models_with_their_providers_price_are_sorted_all_the_same(tmp_path: Path) -> None:
    path = registry_of(tmp_path / "registry.db", models=3_000, providers=4)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM model_pricing WHERE model_id % 50")
        connection.commit()
    with closing(Views(path)) as views:
        for descending in (False, True):
            rows = views.source("prices", order=Order("input_price_per_token", descending))
            assert [row[0] for row in rows.head(64)] == all_ids(rows)[:64]


def test_a_history_with_gaps_lists_only_what_is_there(own: Views) -> None:
    with closing(sqlite3.connect(own.path)) as connection:
        connection.execute("INSERT INTO meta VALUES ('purge', '2')")
        connection.execute("DELETE FROM verification_result WHERE provider_id = 2")
        connection.commit()
    ids = all_ids(own.source("history"))
    assert ids == in_order(facts(own.path, "history"), "history", "created_at", True)
    assert 0 < len(ids) < 300


def test_an_unknown_column_to_sort_by_is_refused_with_the_choices(views: Views) -> None:
    with pytest.raises(InvalidInput, match="Sort by one of: provider, model_id"):
        views.source("models", order=Order("1; DROP TABLE model"))


def test_reading_the_ids_ends_when_told_to(own: Views) -> None:
    assert list(own.source("models").ids(lambda: True)) == []
    looks = iter([False, False] + [True] * 99)
    assert sum(len(chunk) for chunk in own.source("models").ids(lambda: next(looks))) in (0, 200)


def test_ids_given_up_half_way_leave_no_lock_behind(own: Views) -> None:
    chunks = own.source("models").ids(lambda: False)
    assert isinstance(next(chunks), array)
    with closing(sqlite3.connect(own.path, timeout=0)) as connection:
        connection.execute("UPDATE model SET score = 1, row_version = 2 WHERE id = 1")
        connection.commit()


def test_another_sessions_commit_is_seen_by_rows_that_were_opened_before_it(own: Views) -> None:
    rows = own.source("models", order=Order("name"))
    before = len(all_ids(rows))
    with closing(sqlite3.connect(own.path)) as connection:
        connection.execute(
            "INSERT INTO model (provider_id, model_id, name, source, created_at, updated_at)"
            " VALUES (1, 'new', ' first of all', 'user', ?, ?)",
            (BORN, BORN),
        )
        connection.commit()
    assert rows.head(1)[0][3] == " first of all"
    assert len(all_ids(rows)) == rows.total() == before + 1


@pytest.mark.parametrize("column", ["source", "score", "name", "input_price_per_token"])
def test_a_page_out_of_time_is_a_true_beginning_and_says_that_it_was_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    monkeypatch.setattr(views_file, "OPCODES_BETWEEN_LOOKS", 100)
    path = registry_of(tmp_path / "registry.db", models=3_000)
    with closing(Views(path, budget=0)) as hurried, closing(Views(path)) as patient:
        rows = hurried.source("models", order=Order(column))
        page = [row[0] for row in rows.head(64)]
        assert rows.cut
        assert len(page) < 64
        whole = patient.source("models", order=Order(column))
        assert page == [row[0] for row in whole.head(64)][: len(page)]
        assert len(whole.head(64)) == 64
        assert not whole.cut
        assert all_ids(rows) == all_ids(whole)


def quickest_refusal(ask: Callable[[], object]) -> float:
    """Seconds until a held file was told, at best: a busy machine may delay some tries, but not every one."""
    taken = []
    for _ in range(20):
        started = time.monotonic()
        with pytest.raises(StoreLocked):
            ask()
        taken.append(time.monotonic() - started)
        if taken[-1] < 0.15:
            break
    return min(taken)


def hold(path: Path, held: Event, done: Event) -> None:
    """Keep the whole file to this process until told otherwise."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        held.set()
        done.wait(30)
        connection.execute("ROLLBACK")


def test_a_file_held_by_another_process_is_said_at_once_and_read_again_afterwards(own: Views) -> None:
    rows = own.source("models")
    first = rows.head(5)
    context = multiprocessing.get_context("spawn")
    held, done = context.Event(), context.Event()
    other = context.Process(target=hold, args=(own.path, held, done))
    other.start()
    try:
        assert held.wait(30)
        for ask in (lambda: rows.head(5), lambda: rows.rows([1]), lambda: rows.slice(5, 5), rows.total):
            assert quickest_refusal(ask) < 0.15
        started = time.monotonic()
        assert list(rows.ids(lambda: time.monotonic() - started > 0.3)) == []
    finally:
        done.set()
        other.join(30)
    assert rows.head(5) == first


def test_a_file_that_is_gone_replaced_or_no_registry_is_told_apart(own: Views, tmp_path: Path) -> None:
    rows = own.source("models")
    assert rows.total() == 200
    own.path.rename(tmp_path / "moved.db")
    with pytest.raises(StoreMissing):
        rows.head(5)
    with pytest.raises(StoreMissing):
        list(rows.ids(lambda: False))
    registry_of(own.path, models=3, providers=2)
    assert rows.total() == len(rows.head(64)) == len(all_ids(rows)) == 3
    own.path.unlink()
    own.path.write_text("not a database, however long the text may be " * 200)
    with pytest.raises(StoreDamaged):
        rows.head(5)


def test_reading_changes_not_one_byte_and_refuses_to_write(own: Views) -> None:
    before = own.path.read_bytes()
    own.source("models", text="llama").head(64)
    with pytest.raises(sqlite3.OperationalError):
        own.connection().execute("DELETE FROM model")
    assert own.path.read_bytes() == before


def test_the_first_page_needs_neither_peewee_nor_pydantic() -> None:
    asked = "import sys, tui_registry.store.views; sys.exit(bool({'peewee', 'pydantic'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


TOKEN_PRICES = ("input_price_per_token", "output_price_per_token")


def test_the_mix_of_a_price_follows_the_parts_a_person_wants(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    registry_of(path, models=40, results=0)
    views = Views(path)
    views.mix = (1, 1)
    rows = views.source("prices", order=Order("mix", True)).head(40)
    names = views.source("prices").columns
    entry, out, mix = (names.index(name) + 1 for name in (*TOKEN_PRICES, "mix"))
    known = [
        tuple(float(row[each] or 0) for each in (entry, out, mix)) for row in rows if row[mix] is not None
    ]
    assert known
    assert [each[2] for each in known] == pytest.approx([(each[0] + each[1]) / 2 for each in known])
    assert [each[2] for each in known] == sorted((each[2] for each in known), reverse=True)
    assert views.source("prices", text="mix<0").head(40) == []
