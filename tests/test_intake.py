"""Foreign files are read strictly and within bounds: what is meant is kept, what is bad is named."""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.import_files import catalogue_of, models_dev, price_list
from tui_registry.errors import Refused
from tui_registry.intake import EnvKeys, Intake, Source, read, read_file
from tui_registry.intake.source import MOST
from tui_registry.store.rows import CatalogModel
from tui_registry.store.tables import KnownProvider
from tui_registry.text import is_showable


def taken(
    document: object, wanted: str = "auto", custom: tuple[str, ...] = (), own: tuple[KnownProvider, ...] = ()
) -> Intake:
    """What a document, or a text, is read as."""
    text = document if isinstance(document, str) else json.dumps(document)
    found = read(Source(text.encode("utf-8", "surrogatepass"), "file"), wanted, own, custom)
    assert isinstance(found, Intake)
    return found


def only(found: Intake) -> CatalogModel:
    (provider,) = found.batch.providers
    (model,) = provider.models
    return model


def paths(found: Intake) -> list[str]:
    return [problem.path for problem in found.problems]


def test_models_dev_gives_limits_dates_and_exact_prices_per_token() -> None:
    model = only(taken(catalogue_of(llama={
        "limit": {"context": 131072, "output": 8192}, "last_updated": "2026-10-01", "reasoning": True,
        "cost": {"input": 0.15, "output": 0.6, "cache_read": 0.075, "cache_write": 0.1875},
    })))  # fmt: skip
    assert (model.max_input_tokens, model.max_output_tokens, model.source_date) == (
        131072,
        8192,
        "2026-10-01",
    )
    assert (model.supports_reasoning, model.source) == (True, "catalogue")
    assert model.price is not None
    price = model.price
    assert (price.input_price_per_token, price.output_price_per_token) == (1.5e-07, 6e-07)
    assert (price.cache_read_price_per_token, price.cache_write_price_per_token) == (7.5e-08, 1.875e-07)
    assert price.source_date == "2026-10-01"


@pytest.mark.parametrize(
    ("written", "kept"),
    [("0.13999999999999999", 1.4e-07), ("1e-4", 1e-10), ("3", 3e-06), ("1E3", 0.001), ("0.1", 1e-07)],
)
def test_a_price_is_what_was_written_to_the_last_digit_that_can_be_kept(written: str, kept: float) -> None:
    text = json.dumps(catalogue_of(m={"cost": {"input": 7, "output": 7}})).replace("7", written)
    price = only(taken(text)).price
    assert price is not None
    assert price.input_price_per_token == price.output_price_per_token == kept


def test_an_absent_cost_is_unknown_and_a_cost_of_nothing_is_free() -> None:
    assert only(taken(catalogue_of(m={}))).price is None
    assert only(taken(catalogue_of(m={"cost": {}}))).price is None
    free = only(taken(catalogue_of(m={"cost": {"input": 0, "output": 0.0}}))).price
    assert free is not None
    assert (free.input_price_per_token, free.output_price_per_token) == (0.0, 0.0)


def test_steps_of_a_price_are_said_in_its_note() -> None:
    tier = {"input": 4, "output": 9, "tier": {"type": "context", "size": 272000}}
    for cost in ({"tiers": [tier]}, {"context_over_200k": {"input": 4}}):
        price = only(taken(catalogue_of(m={"cost": {"input": 2, "output": 3} | cost}))).price
        assert price is not None
        assert "another one holds above 2" in (price.note or "")
        assert price.input_price_per_token == 2e-06


def test_unknown_limits_are_none_and_a_month_is_no_date() -> None:
    model = only(taken(catalogue_of(m={"limit": {"context": 0, "output": 0}, "last_updated": "2026-06"})))
    assert (model.max_input_tokens, model.max_output_tokens, model.source_date) == (None, None, None)


def test_providers_that_are_not_known_stay_out_and_are_named() -> None:
    found = taken(models_dev(8, 40))
    assert {each.id for each in found.unknown} == {"unheard-of-0", "unheard-of-4"}
    assert not any(row.name.startswith("Unheard") for row in found.batch.providers)


def test_a_provider_that_is_named_comes_in_as_a_custom_one_without_variables() -> None:
    found = taken(models_dev(8, 40), custom=("unheard-of-0",))
    (known,) = found.batch.known
    assert (known.name, known.endpoint) == ("Unheard Of 0", "https://api.unheard-of-0.example/v1")
    assert (known.source, known.env_vars, known.key_proof) == ("user", None, None)
    again = taken(models_dev(8, 40), own=(known,))
    assert "Unheard Of 0" in {row.name for row in again.batch.providers}
    with pytest.raises(Refused, match="no provider nowhere"):
        taken(models_dev(8, 40), custom=("nowhere",))
    with pytest.raises(Refused, match="is not models"):
        taken(price_list(one={}), custom=("groq",))
    other = known.but(endpoint="https://other.example/v1")
    with pytest.raises(Refused, match="name of a known provider"):
        taken(models_dev(8, 40), custom=("unheard-of-0",), own=(other,))


def test_a_named_provider_that_is_written_badly_is_a_problem_like_any_other() -> None:
    document = models_dev(8, 40)
    document["unheard-of-0"] |= {"name": 7}  # type: ignore[operator]
    found = taken(document, custom=("unheard-of-0",))
    assert (paths(found), found.batch.known) == (["unheard-of-0.name"], ())


def test_two_entries_for_one_address_are_one_provider() -> None:
    document = models_dev(8, 40)
    twin = document["unheard-of-0"]
    document["twin"] = twin
    found = taken(document, custom=("unheard-of-0",))
    names = [row.name for row in found.batch.providers]
    assert (names.count("Unheard Of 0"), len(names)) == (1, len(set(names)))


@pytest.mark.parametrize(
    "facts",
    [
        {"api": "https://${HOST}/v1"},
        {"api": None},
        {"npm": "odd-sdk"},
        {"name": "Groq"},
        {"api": "http://a b/v1"},
    ],
)
def test_a_provider_that_cannot_be_spoken_to_is_not_taken_in_by_its_name(facts: dict[str, object]) -> None:
    document = models_dev(4, 8)
    document["unheard-of-0"] |= facts  # type: ignore[operator]
    with pytest.raises(Refused, match="cannot be taken in"):
        taken(document, custom=("unheard-of-0",))


def test_a_catalogue_moves_no_known_provider_to_another_address() -> None:
    document = catalogue_of(m={})
    document["groq"]["api"] = "https://evil.example/v1"  # type: ignore[index]
    (provider,) = taken(document).batch.providers
    assert provider.endpoint == "https://api.groq.com/openai/v1"


def test_a_price_list_gives_tokens_by_the_fields_that_say_which() -> None:
    found = taken(price_list(one={
        "max_tokens": 999, "max_input_tokens": 131072, "max_output_tokens": 8192,
        "input_cost_per_token": 5.9e-07, "output_cost_per_token": 7.9e-07,
        "cache_read_input_token_cost": 1e-08, "cache_creation_input_token_cost": 2e-08,
        "input_cost_per_token_above_200k_tokens": 1e-06, "supports_reasoning": False,
    }))  # fmt: skip
    model = only(found)
    assert (model.model_id, model.max_input_tokens, model.max_output_tokens) == ("one", 131072, 8192)
    assert model.price is not None
    assert (model.price.input_price_per_token, model.price.cache_write_price_per_token) == (5.9e-07, 2e-08)
    assert model.price.note == "Base price; another one holds above 200,000 input tokens."
    assert only(taken(price_list(one={"max_tokens": 999}))).max_output_tokens is None


def test_a_price_list_leaves_out_what_is_no_model_that_answers_in_tokens() -> None:
    document = price_list(one={}, image={"mode": "image_generation"}, vectors={"mode": "embedding"})
    document |= {
        "groq/ft": {"alias_of": "groq/one"},
        "elsewhere/m": {"litellm_provider": "elsewhere", "mode": "chat"},
        "ft:gpt-4o": {"litellm_provider": "openai", "mode": "chat"},
        "together-ai-4.1b-8b": {"litellm_provider": "together_ai", "mode": "chat"},
        "fallback_generalizations": {"rules": []},
    }
    found = taken(document)
    assert [model.model_id for row in found.batch.providers for model in row.models] == ["one", "vectors"]
    assert (found.problems, [each.id for each in found.unknown]) == ((), ["elsewhere"])
    assert sorted(found.batch.skipped) == [
        "1 model: another kind (image generation).",
        "1 model: another name of a listed one.",
        "2 models: a class of models.",
    ]


HOSTILE: list[tuple[str, str]] = [
    *((value, "cost.input") for value in (
        "NaN", "Infinity", "-Infinity", "1e999", "-1", "true", '"12"', "9" * 5000, "1e-999999999", "1e12",
        "[]", f"0.0{'1' * 40}",
    )),
    *((value, "limit.context") for value in (
        "NaN", "9223372036854775808", "-1", "1e999", "1.5", "true", '"12"', "9" * 5000, "{}",
    )),
    ('"yes"', "reasoning"), ("1", "reasoning"), ("7", "name"), ('"sk-proj-abcdefghijklmnop"', "name"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "field"), HOSTILE)
def test_a_bad_value_is_named_by_its_path_and_the_rest_is_read(value: str, field: str) -> None:
    mark = "@" * 9
    facts: dict[str, Any] = {
        "name": "Bad",
        "limit": {"context": 1},
        "cost": {"input": 1, "output": 1},
        "reasoning": True,
    }
    inner, _, last = field.rpartition(".")
    (facts[inner] if inner else facts)[last] = mark
    text = json.dumps(catalogue_of(bad=facts, good={})).replace(f'"{mark}"', value)
    found = taken(text)
    assert paths(found) == [f"groq.models.bad.{field}"]
    assert only(found).model_id == "good"
    sentence = found.problems[0].sentence
    assert is_showable(sentence)
    assert len(sentence) < 120
    assert "sk-proj" not in sentence


@pytest.mark.parametrize(
    "id", ["", "   ", "a\0b", "a\ud800b", "x" * 257, "\u202egpt", "a\nb", "\x1b]0;t\x07"]
)
def test_an_id_that_no_call_could_name_is_refused_as_it_is(id: str) -> None:
    document = catalogue_of(good={})
    document["groq"]["models"][id] = {"name": "x"}  # type: ignore[index]
    found = taken(document)
    assert len(found.problems) == 1
    assert is_showable(found.problems[0].path)
    assert only(found).model_id == "good"


@pytest.mark.parametrize(
    "name", ["a\0b", "a\ud800b", "\x1b]0;title\x07x", "\u202egpt", "x" * 5000, "e" + "\u0301" * 900]
)
def test_a_name_is_made_safe_and_cut(name: str) -> None:
    model = only(taken(catalogue_of(m={"name": name})))
    assert is_showable(model.name)
    assert 0 < len(model.name) <= 256


def test_ids_that_stand_twice_are_refused_both() -> None:
    text = '{"groq": {"models": {"m": {"name": "a"}, "n": {}, "m": {"name": "b"}}}}'
    found = taken(text)
    assert paths(found) == ["groq.models.m"]
    assert only(found).model_id == "n"
    assert paths(taken('{"groq": {"models": {"m": {"cost": {"input": 1, "input": 2}}}}}')) == [
        "groq.models.m.cost"
    ]
    assert paths(taken('{"groq": {"models": {}}, "groq": {"models": {}}}')) == ["groq"]


UNREADABLE = {
    "deep lists": ("[" * 100_000, "nested"),
    "deep objects": ('{"a": ' * 100_000 + "1" + "}" * 100_000, "nested"),
    "deeper than any": ("[" * 33 + "]" * 33, "nested"),
    "cut off": ("{", "line 1, column 2"),
    "cut off later": ('{"groq": {"models": {}}', "not JSON"),
    "other bytes": ("\x80", "UTF-8"),
    "nothing": ("", "none of the files"),
    "prose": ("hello", "none of the files"),
    "a list": ("[1, 2]", "none of the files"),
    "an object": ("{}", "none of the files"),
    "newer": ('{"format": "tui-registry", "version": 2}', "another version"),
    "odd version": ('{"format": "tui-registry", "version": true}', "another version"),
    "too many values": ("[" + "0," * 4_000_001 + "0]", "values"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_such_file_is_refused_in_a_sentence(name: str) -> None:
    text, said = UNREADABLE[name]
    with pytest.raises(Refused, match=said):
        read(Source(text.encode("latin-1"), "file"), "auto", ())


@pytest.mark.parametrize("wanted", ["registry", "models.dev", "litellm", "csv"])
def test_a_file_that_is_not_what_it_is_said_to_be_is_refused(wanted: str) -> None:
    with pytest.raises(Refused):
        read(Source(b"[1]", "file"), wanted, ())


def test_a_mark_of_its_encoding_is_no_part_of_a_file() -> None:
    assert only(taken("\ufeff" + json.dumps(catalogue_of(m={})))).model_id == "m"


def test_fifty_thousand_models_are_read_in_time() -> None:
    document = {
        "groq": {"models": {f"m-{number}": {"cost": {"input": 1, "output": 2}} for number in range(50_000)}}
    }
    text = json.dumps(document)
    started = time.process_time()
    (provider,) = taken(text).batch.providers
    assert len(provider.models) == 50_000
    assert time.process_time() - started < 6


class TestFiles:
    def test_nothing_but_a_file_is_read_and_nothing_hangs(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        for path, said in (
            (pipe, "pipe"),
            (tmp_path, "directory"),
            (Path("/dev/zero"), "device"),
            (tmp_path / "no", "No such"),
        ):
            with pytest.raises(Refused, match=said):
                read_file(path)

    def test_a_large_file_is_refused_before_it_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "large.json"
        with path.open("wb") as made:
            made.truncate(100 << 20)
        started = time.process_time()
        with pytest.raises(Refused, match=f"larger than {MOST >> 20} MB"):
            read_file(path)
        assert time.process_time() - started < 0.5

    def test_a_link_is_followed_to_a_file_and_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("{}")
        (tmp_path / "link").symlink_to("file")
        (tmp_path / "round").symlink_to("round")
        (tmp_path / "away").symlink_to("/dev/zero")
        assert f"read was {tmp_path / 'file'}" in (read_file(tmp_path / "link").note or "")
        assert read_file(tmp_path / "file").note is None
        for name in ("round", "away"):
            with pytest.raises(Refused):
                read_file(tmp_path / name)

    @pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
    def test_a_name_that_no_file_has_is_refused(self, name: str) -> None:
        with pytest.raises(Refused, match="cannot be read"):
            read_file(Path(name))


ENV = """\ufeff# keys\r
export OPENAI_API_KEY="sk-proj-1111111111111111"  # mine\r
GROQ_API_KEY='gsk_2222222222222222'\r
 DEEPSEEK_API_KEY = sk-3333333333333333 # bare\r
EMPTY=\r
MISTRAL_API_KEY=\r
SECRET_OF_MINE=never-looked-at\r
MULTI="first
XAI_API_KEY=inside-a-quoted-text
last"
not a line of this kind
COHERE_API_KEY="abc#d'efgh12345"
"""


def env(text: str) -> EnvKeys:
    found = read(Source(text.encode(), "file"), "env", ())
    assert isinstance(found, EnvKeys)
    return found


def test_a_dot_env_file_is_read_as_shells_read_it() -> None:
    found = env(ENV)
    assert {key.variable: (key.line, key.secret.reveal()) for key in found.keys} == {
        "OPENAI_API_KEY": (2, "sk-proj-1111111111111111"),
        "GROQ_API_KEY": (3, "gsk_2222222222222222"),
        "DEEPSEEK_API_KEY": (4, "sk-3333333333333333"),
        "COHERE_API_KEY": (12, "abc#d'efgh12345"),
    }
    assert (found.problems, found.others) == ((), 3)
    assert "sk-proj" not in repr(found)
    assert isinstance(read(Source(ENV.encode(), "file"), "auto", ()), EnvKeys)


@pytest.mark.parametrize(
    "value",
    [
        "$(cat /etc/passwd)",
        "${HOME}/key-12345",
        "`id`-12345678",
        '"$(touch x)12345"',
        "$OTHER_KEY12345",
        "sho?",
        "a b c d e f g h",
        '"one\ntwo"',
    ],
)
def test_a_value_that_is_no_key_is_refused_without_being_shown(value: str, tmp_path: Path) -> None:
    found = env(f"OPENAI_API_KEY={value}\nGROQ_API_KEY=gsk_2222222222222222\n")
    assert [key.variable for key in found.keys] == ["GROQ_API_KEY"]
    (problem,) = found.problems
    assert problem.path == "line 1 (OPENAI_API_KEY)"
    assert value.strip('"') not in str(problem)


def test_a_variable_with_two_values_gives_no_key() -> None:
    found = env(
        "GROQ_API_KEY=gsk_2222222222222222\nGROQ_API_KEY=gsk_3333333333333333\nGROQ_API_KEY=gsk_2222222222222222"
    )
    assert (found.keys, [problem.path for problem in found.problems]) == ((), ["line 2 (GROQ_API_KEY)"])


VALUES: tuple[object, ...] = (
    None, 0, -1, True, 1.5, "", "x", [], [[]], {}, {"a": {}}, [None], {"": None},
)  # fmt: skip
OWN = {"format": "tui-registry", "version": 1}
ADDRESS = "https://a.example/v1"
SHAPES: list[Callable[[Any], Any]] = [
    lambda x: x,
    lambda x: {"models": x},
    lambda x: {"groq": x, "unheard-of": x},
    lambda x: {"groq": {"models": x}},
    lambda x: {"groq": {"models": {"m": x}}},
    lambda x: {"groq": {"models": {"m": {"limit": x, "cost": x}}}},
    lambda x: {"groq": {"models": {"m": {"cost": {"tiers": [x, {"tier": x}], "context_over_200k": x}}}}},
    lambda x: {"unheard-of": {"npm": x, "api": x, "name": x, "models": {}}},
    lambda x: {"groq/m": x},
    lambda x: {"groq/m": {"litellm_provider": x}},
    lambda x: {"groq/m": {"litellm_provider": "groq", "mode": x, "tiered_pricing": x}},
    lambda x: {**OWN, "known_providers": x, "providers": x},
    lambda x: {**OWN, "known_providers": [x], "providers": [x]},
    lambda x: {**OWN, "known_providers": [{"name": "A", "endpoint": ADDRESS, "dialect": x, "auth": x}]},
    lambda x: {**OWN, "providers": [{"name": "Groq", "endpoint": x}]},
    lambda x: {**OWN, "providers": [{"name": "Groq", "endpoint": ADDRESS, "models": x, "limits": x}]},
    lambda x: {**OWN, "providers": [{"name": x, "endpoint": ADDRESS, "models": [x], "pricing": x}]},
    lambda x: {**OWN, "providers": [{"name": "Groq", "endpoint": ADDRESS, "models": [{"model_id": x}]}]},
]


@pytest.mark.parametrize("shape", range(len(SHAPES)))
def test_every_reader_survives_any_shape_of_document(shape: int) -> None:
    for value in VALUES:
        for wanted in ("auto", "registry", "models.dev", "litellm"):
            with suppress(Refused):
                read(Source(json.dumps(SHAPES[shape](value)).encode(), "file"), wanted, ())
