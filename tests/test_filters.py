"""The filter line: what is typed finds exactly the records it describes, and nothing typed can hurt."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plain_views import MODEL_NAMES, PECULIAR, Facts, facts, fold
from tests.registry_of import BORN, peculiar_registry
from tui_registry.store.filters import LONGEST, compile_filter, terms
from tui_registry.store.view_columns import ViewName
from tui_registry.store.views import Order, Views

Term: TypeAlias = tuple[str, Callable[[Facts], bool]]

VIEWS: tuple[ViewName, ...] = ("providers", "models", "prices", "limits", "history")
OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
}
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PRICES: dict[str, float] = {"0": 0.0, "free": 0.0, "0.25": 2.5e-7, "1": 1e-6, "1.00": 1e-6, "2": 2e-6}
COUNTS: dict[str, float] = {
    "8k": 8_000,
    "128k": 128_000,
    "128_000": 128_000,
    "1M": 1_000_000,
    "60": 60,
    "1": 1,
    "10": 10,
}
AMOUNTS: dict[str, float] = {"0.5": 0.5, "0.9": 0.9, "90%": 0.9, "1": 1.0, "0": 0.0, ".5": 0.5}
FIELDS: dict[ViewName, dict[str, tuple[str, Mapping[str, float]]]] = {
    "providers": {"models": ("model_count", COUNTS), "p50": ("latency_p50_ms", {"100": 100, "2k": 2000})},
    "models": {
        "ctx": ("max_input_tokens", COUNTS),
        "maxout": ("max_output_tokens", COUNTS),
        "in": ("input_price_per_token", PRICES),
        "out": ("output_price_per_token", PRICES),
        "score": ("score", AMOUNTS),
    },
    "prices": {"mix": ("mix", PRICES), "cached": ("cache_read_price_per_token", PRICES)},
    "limits": {"rpm": ("requests_per_minute", COUNTS), "tph": ("tokens_per_hour", COUNTS)},
    "history": {
        "http": ("http_status", {"200": 200, "429": 429}),
        "latency": ("latency_ms", {"100": 100, "2k": 2000}),
        "score": ("score", AMOUNTS),
        "cost": ("cost", {"0.001": 0.001, "$0": 0}),
    },
}
KEY_STATES: dict[str, Callable[[Facts], bool]] = {
    "key:set": lambda row: row["owner"]["api_key_encrypted"] is not None,
    "key:none": lambda row: row["owner"]["api_key_encrypted"] is None,
    "key:checked": lambda row: row["owner"]["key_validated_at"] is not None,
    "active": lambda row: row["owner"]["is_active"] == 1,
}
MODEL_STATES: dict[str, Callable[[Facts], bool]] = {
    **KEY_STATES,
    "reasoning": lambda row: row["supports_reasoning"] == 1,
    "STREAMING": lambda row: row["supports_streaming"] == 1,
    "status:verified": lambda row: row["verification_state"] == "verified",
    "Status:UNV": lambda row: row["verification_state"] == "unverified",
    "status:fail": lambda row: row["consecutive_failures"] > 0,
    "status:pass": lambda row: row["last_verified_at"] is not None and not row["consecutive_failures"],
    "status:never": lambda row: row["last_verified_at"] is None and not row["consecutive_failures"],
    "price:unknown": lambda row: row["price_origin"] == "unknown",
    "price:model": lambda row: row["price_origin"] == "model",
    "price:provider": lambda row: row["price_origin"] == "provider",
    "source:user": lambda row: row["source"] == "user",
    "source:c": lambda row: row["source"] == "catalogue",
    'provider:"100% o"': lambda row: "100% o" in fold(row["owner"]["name"]),
    "provider=ZEBRA": lambda row: fold(row["owner"]["name"]) == "zebra",
    "model:_3": lambda row: "_3" in row["model_id"] or "_3" in row["name"],
    "model=gpt-5": lambda row: "gpt-5" in (row["model_id"], row["name"]),
}
STATES: dict[ViewName, dict[str, Callable[[Facts], bool]]] = {
    "providers": {
        **KEY_STATES,
        "status:inactive": lambda row: row["is_active"] == 0,
        "source:package": lambda _: True,
        "source:user": lambda _: False,
    },
    "models": MODEL_STATES,
    "prices": MODEL_STATES,
    "limits": {**KEY_STATES, "source:observed": lambda row: row["source"] == "observed"},
    "history": {
        "status:fail": lambda row: row["status"] == "fail",
        "status:p": lambda row: row["status"] in ("pass", "partial"),
        "test:key": lambda row: row["test_type"] == "key",
        "outcome:rate": lambda row: "rate" in (row["outcome"] or ""),
        "outcome:%": lambda row: "%" in (row["outcome"] or ""),
        "provider:zebra": lambda row: "zebra" in fold(row["provider"]),
        "model:llama": lambda row: "llama" in fold(f"{row['model_id']}\n{row['name']}"),
        "since:2026-01-20": lambda row: row["created_at"] >= "2026-01-20",
        "since:2026-02": lambda row: row["created_at"] >= "2026-02",
        "until:2026-01": lambda row: row["created_at"] < "2026-02",
        "until:2026-01-20": lambda row: row["created_at"] < "2026-01-21",
        "since:10d": lambda row: row["created_at"] >= "2026-02-19",
        "until:48h": lambda row: row["created_at"] <= "2026-02-27T00:00:00.000Z",
    },
}


@cache
def registry(folder: Path, seed: int) -> Path:
    return peculiar_registry(folder / f"registry{seed}.db", seed=seed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("filters")


def names_of(view: ViewName, row: Facts) -> list[str]:
    """Where a plain word is looked for."""
    if view == "providers":
        return [row["name"], row["endpoint"]]
    if view == "limits":
        return [row["name"]]
    found = [row["owner"]["name"]]
    if row["model_id"] is not None:
        found += [row["model_id"], row["name"], f"{row['owner']['name']}/{row['model_id']}"]
    return found


def says(view: ViewName, word: str) -> Callable[[Facts], bool]:
    """Whether a word stands in a record's names; only with a slash does it reach across provider/model."""

    def test(row: Facts) -> bool:
        places = names_of(view, row)
        return any(fold(word) in fold(place) for place in (places if "/" in word else places[:3]))

    return test


def compares(name: str, operator: str, limit: float) -> Callable[[Facts], bool]:
    return lambda row: row[name] is not None and OPERATORS[operator](row[name], limit)


def turned(term: Term) -> Term:
    text, holds = term
    return f"!{text}", lambda row: not holds(row)


@st.composite
def some_term(draw: st.DrawFn, view: ViewName) -> Term:
    """One term as typed, and what it means in plain Python."""
    kind = draw(st.sampled_from(["word", "quoted", "number", "state"]))
    if kind == "state":
        text = draw(st.sampled_from(sorted(STATES[view])))
        term: Term = (text, STATES[view][text])
    elif kind == "number":
        name = draw(st.sampled_from(sorted(FIELDS[view])))
        column, values = FIELDS[view][name]
        operator, shown = draw(st.sampled_from(sorted(OPERATORS))), draw(st.sampled_from(sorted(values)))
        term = (f"{name}{operator}{shown}", compares(column, operator, values[shown]))
    else:
        source = draw(st.sampled_from((*PECULIAR, *MODEL_NAMES)))
        start = draw(st.integers(0, len(source) - 1))
        word = source[start : draw(st.integers(start + 1, len(source)))]
        word = draw(st.sampled_from([word, word.lower(), word.swapcase()]))
        if kind == "quoted" or set(word) & set('!:"<>= '):
            word = word.replace('"', "")
            return (f'"{word}"', says(view, word) if word.strip() else lambda _: True)
        term = (word, says(view, word))
    return turned(term) if draw(st.booleans()) else term


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_filter_finds_exactly_what_it_describes(folder: Path, data: st.DataObject) -> None:
    path = registry(folder, data.draw(st.integers(1, 3)))
    view = data.draw(st.sampled_from(VIEWS))
    chosen = data.draw(st.lists(some_term(view), min_size=1, max_size=4))
    text = data.draw(st.sampled_from([" ", "  ", "\t"])).join(text for text, _ in chosen)
    with closing(Views(path, clock=lambda: NOW)) as views:
        rows = views.source(view, text=text)
        found = [number for chunk in rows.ids(lambda: False) for number in chunk]
        expected = {n for n, row in records(path, view).items() if all(holds(row) for _, holds in chosen)}
        assert rows.notes == ()
        assert set(found) == expected
        assert len(found) == len(expected)
        assert [row[0] for row in rows.head(64)] == found[:64]


@pytest.mark.parametrize("view", VIEWS)
def test_every_condition_alone_and_turned_round_finds_what_it_describes(folder: Path, view: ViewName) -> None:
    path = registry(folder, 1)
    chosen = list(STATES[view].items())
    for name, (column, values) in FIELDS[view].items():
        chosen += [
            (f"{name}{operator}{shown}", compares(column, operator, limit))
            for operator in OPERATORS
            for shown, limit in values.items()
        ]
    with closing(Views(path, clock=lambda: NOW)) as views:
        for text, holds in (*chosen, *map(turned, chosen)):
            found = [number for chunk in views.source(view, text=text).ids(lambda: False) for number in chunk]
            assert set(found) == {number for number, row in records(path, view).items() if holds(row)}, text


@cache
def records(path: Path, view: ViewName) -> dict[int, Facts]:
    return facts(path, view)


@given(view=st.sampled_from(VIEWS), text=st.text(max_size=60), order=st.booleans())
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_answered(folder: Path, view: ViewName, text: str, order: bool) -> None:
    with closing(Views(registry(folder, 1))) as views:
        rows = views.source(view, text=text, order=Order("source" if view == "models" else None, order))
        ids = [number for chunk in rows.ids(lambda: False) for number in chunk]
        assert [row[0] for row in rows.head(64)] == ids[:64]
        assert set(ids) <= set(records(views.path, view))


PIECES = (
    *("ctx", "in", "score", "since", "until", "status", "key", "!", '"', ">", ">=", "<", ":", "=", "1"),
    *("9" * 40, "7d", "99999y", "2026-13-01", "٣", "1e999", "nan", "-1", "\x00", "\ud800", "%", "_"),
    *("\\", "'", " ", "~"),
)


@given(view=st.sampled_from(VIEWS), pieces=st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=400, deadline=None)
def test_whatever_looks_like_a_condition_is_answered(folder: Path, view: ViewName, pieces: list[str]) -> None:
    with closing(Views(registry(folder, 1))) as views:
        rows = views.source(view, text="".join(pieces))
        rows.head(64)
        assert all(note.endswith(".") and len(note) < 200 for note in rows.notes)


@pytest.mark.parametrize("term", ["ctx>>1", "in<cheap", "score>high", "vision", "since:yesterday", "foo:bar"])
def test_what_is_no_condition_is_a_word_and_conditions_that_are_wrong_are_named(term: str) -> None:
    compiled = compile_filter("models", term)
    assert compiled.words == (term,)
    assert all(isinstance(value, str) for value in compiled.params)
    if term == "vision":
        assert compiled.notes == ()
    else:
        assert f"`{term}` is not a condition" in compiled.notes[0]
        assert "taken as a word" in compiled.notes[0]


@pytest.mark.parametrize("fact", ["tools", "json"])
def test_what_a_model_was_seen_to_do_can_be_asked_for(tmp_path: Path, fact: str) -> None:
    path = peculiar_registry(tmp_path / "registry.db", seed=1)
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany(
            f"INSERT INTO model_observation (model_id, supports_{fact}, last_updated) VALUES (?, ?, ?)",
            [(3, 1, BORN), (4, 0, BORN), (5, None, BORN)],
        )
        connection.commit()
        every = {number for (number,) in connection.execute("SELECT id FROM model")}
    with closing(Views(path)) as views:
        assert {row[0] for row in views.source("models", text=fact).head(len(every))} == {3}
        assert {row[0] for row in views.source("prices", text=f"!{fact}").head(len(every))} == every - {3}


def test_a_condition_still_being_typed_hides_nothing() -> None:
    for text in ("ctx>=", "status:", "!", "!ctx<", '"', "   "):
        assert compile_filter("models", text).where_sql == "", text
    assert "waits for a value, for example ctx>=128k" in compile_filter("models", "ctx>=").notes[0]


def test_every_typed_value_is_bound_and_never_part_of_the_statement() -> None:
    text = "o'x status:fail; provider:'||(SELECT-- in<1 \"a' OR 1=1\" ctx>7'; source:x'"
    assert "'||" not in compile_filter("models", text).where_sql
    assert "OR 1=1" not in compile_filter("models", text).where_sql
    assert "%a' OR 1=1%" in compile_filter("models", text).params


def test_a_long_filter_is_cut_with_a_note() -> None:
    compiled = compile_filter("models", "x" * 10_000)
    assert compiled.words == ("x" * LONGEST,)
    assert compiled.notes == (f"Only the first {LONGEST} characters of the filter are used.",)
    many = compile_filter("models", "x " * 200)
    assert len(many.words) == 24
    assert many.notes == ("Only the first 24 terms of the filter are used.",)


def test_the_beginning_of_a_state_is_enough_but_a_wrong_one_is_told_the_choices() -> None:
    assert compile_filter("models", "status:v").where_sql == "(m.verification_state = 'verified')"
    assert "Write one of: verified, unverified, pass" in compile_filter("models", "status:maybe").notes[0]


def test_a_price_with_a_comma_is_told_how_to_write_it() -> None:
    assert "Write 3.50 with a point." in compile_filter("models", "in<3,50").notes[0]


@pytest.mark.parametrize("view", VIEWS)
def test_every_example_on_the_help_page_is_understood(view: ViewName) -> None:
    for example, meaning in terms(view):
        compiled = compile_filter(view, example)
        assert compiled.where_sql, example
        assert compiled.notes == (), example
        assert meaning
