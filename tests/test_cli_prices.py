from pathlib import Path

import pytest

from tests.commanding import Shell

DEFAULT_FIELDS = {
    "provider_id", "provider", "input_price_per_token", "output_price_per_token", "currency", "source",
    "source_date", "last_updated",
}  # fmt: skip
OWN_FIELDS = DEFAULT_FIELDS | {
    "model_id", "cache_read_price_per_token", "cache_write_price_per_token", "price_origin", "note",
}  # fmt: skip
LIMIT_FIELDS = {
    "provider_id", "provider", "requests_per_minute", "requests_per_hour", "tokens_per_minute",
    "tokens_per_hour", "source", "last_updated",
}  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    shell.done("model", "add", "Groq", "llama-4")
    return shell


def test_a_default_price_is_entered_per_million_and_kept_per_token(shell: Shell) -> None:
    shell.done("pricing", "set", "groq", "--input", "0.15", "--output", "0.60")
    row = shell.json("pricing", "show", "Groq")
    assert set(row) == DEFAULT_FIELDS
    assert (row["input_price_per_token"], row["output_price_per_token"]) == (1.5e-07, 6e-07)
    assert (row["currency"], row["source"]) == ("USD", "user")
    assert "in 0.15, out 0.60 USD per 1M tokens" in shell.done("pricing", "show", "Groq")


@pytest.mark.parametrize(
    ("written", "per"),
    [("3", "million"), ("3/M", "token"), ("0.003/k", "million"), ("3e-6", "token"), ("$3.00", "million")],
)
def test_an_amount_may_name_its_unit_and_else_has_that_of_the_option(
    shell: Shell, written: str, per: str
) -> None:
    row = shell.json("pricing", "set", "Groq", "llama-4", "--input", written, "--output=-", "--per", per)
    assert row["input_price_per_token"] == 3e-06


def test_only_the_prices_that_are_given_change(shell: Shell) -> None:
    shell.done("pricing", "set", "Groq", "llama-4", "--input", "1", "--output", "2", "--cache-read", "0.1")
    row = shell.json("pricing", "set", "Groq", "llama-4", "--output", "3")
    assert set(row) == OWN_FIELDS
    assert (row["input_price_per_token"], row["output_price_per_token"]) == (1e-06, 3e-06)
    assert (row["cache_read_price_per_token"], row["cache_write_price_per_token"]) == (1e-07, None)


@pytest.mark.parametrize("per", ["million", "token"])
def test_a_dash_says_that_a_price_does_not_apply(shell: Shell, per: str) -> None:
    shell.done("pricing", "set", "Groq", "llama-4", "--input", "1", "--output", "2")
    row = shell.json("pricing", "set", "Groq", "llama-4", "--output", "-", "--per", per)
    assert (row["input_price_per_token"], row["output_price_per_token"]) == (1e-06, None)


@pytest.mark.parametrize("per", ["million", "token"])
@pytest.mark.parametrize("text", ["3,50", "nan", "-1", "1e999", "1e999999999", "inf", "three"])
def test_a_bad_amount_is_refused_at_its_field_and_nothing_is_saved(shell: Shell, text: str, per: str) -> None:
    sentence = shell.refused("pricing", "set", "Groq", f"--input={text}", "--output", "1", "--per", per)
    assert sentence.startswith("input_price_per_token: ")
    assert shell.json("pricing", "show", "Groq")["input_price_per_token"] is None


def test_a_comma_is_answered_with_the_point(shell: Shell) -> None:
    assert "Write 3.50 with a point." in shell.refused(
        "pricing", "set", "Groq", "--input", "3,50", "--output", "1"
    )


def test_a_default_needs_both_prices(shell: Shell) -> None:
    assert shell.refused("pricing", "set", "Groq", "--input", "1").startswith("output_price_per_token: ")


def test_a_price_without_any_amount_is_refused(shell: Shell) -> None:
    assert "at least one" in shell.refused("pricing", "set", "Groq").lower()


def test_only_models_have_prices_for_a_cache(shell: Shell) -> None:
    sentence = shell.refused("pricing", "set", "Groq", "--input", "1", "--output", "1", "--cache-read", "1")
    assert sentence.startswith("cache_read_price_per_token: ")


def test_a_price_far_out_is_saved_and_warned_about_without_naming_a_key_of_the_form(shell: Shell) -> None:
    result = shell.run("pricing", "set", "Groq", "--input", "0.000003", "--output", "1")
    assert (result.exit_code, "Looks like a price per token" in result.stderr) == (0, True)
    assert "ctrl" not in result.stderr


def test_a_models_own_price_deleted_gives_way_to_the_default(shell: Shell) -> None:
    shell.done("pricing", "set", "Groq", "--input", "1", "--output", "2", "--currency", "eur")
    shell.done("pricing", "set", "Groq", "llama-4", "--input", "5", "--output", "7")
    row = shell.json("pricing", "delete", "Groq", "llama-4")
    assert (row["price_origin"], row["input_price_per_token"], row["currency"]) == ("provider", 1e-06, "EUR")
    assert "no price of its own" in shell.refused("pricing", "delete", "Groq", "llama-4")


def test_a_models_first_price_takes_over_what_the_default_says_and_tells_so(shell: Shell) -> None:
    shell.done("pricing", "set", "Groq", "--input", "1", "--output", "2", "--currency", "eur")
    told = shell.run("pricing", "set", "Groq", "llama-4", "--input", "5")
    assert told.stderr == (
        "output 2.00 EUR per 1M tokens: taken over from the provider's default, which no longer holds for"
        " this model.\n"
    )
    row = shell.json("pricing", "show", "Groq", "llama-4")
    assert (row["input_price_per_token"], row["output_price_per_token"]) == (5e-06, 2e-06)
    assert (row["price_origin"], row["currency"]) == ("model", "EUR")
    assert shell.run("pricing", "set", "Groq", "llama-4", "--output", "3").stderr == ""


@pytest.mark.parametrize(
    "given", [("--input", "5"), ("--input", "5", "--currency", "USD"), ("--cache-read", "1")]
)
def test_a_models_first_price_is_whole_where_no_default_says_the_rest(
    shell: Shell, given: tuple[str, ...]
) -> None:
    if "--currency" in given:
        shell.done("pricing", "set", "Groq", "--input", "1", "--output", "2", "--currency", "eur")
    assert "output_price_per_token: No default" in shell.refused("pricing", "set", "Groq", "llama-4", *given)
    assert shell.json("pricing", "show", "Groq", "llama-4")["price_origin"] != "model"
    row = shell.json("pricing", "set", "Groq", "llama-4", "--input", "5", "--output", "-")
    assert (row["input_price_per_token"], row["output_price_per_token"]) == (5e-06, None)


def test_a_default_price_is_deleted_once(shell: Shell) -> None:
    shell.done("pricing", "set", "Groq", "--input", "1", "--output", "2")
    assert shell.json("pricing", "delete", "Groq")["input_price_per_token"] is None
    assert "no default price" in shell.refused("pricing", "delete", "Groq")
    assert "unknown" in shell.done("pricing", "show", "Groq", "llama-4")


def test_limits_are_written_as_people_do_and_kept_as_numbers(shell: Shell) -> None:
    shell.done("limits", "set", "groq", "--rpm", "60", "--rph", "1.5k", "--tpm", "250,000")
    row = shell.json("limits", "show", "Groq")
    assert set(row) == LIMIT_FIELDS
    assert (row["requests_per_minute"], row["requests_per_hour"]) == (60, 1_500)
    assert (row["tokens_per_minute"], row["tokens_per_hour"], row["source"]) == (250_000, None, "user")
    assert "250,000" in shell.done("limits", "show", "Groq")


def test_only_the_limits_that_are_given_change_and_a_word_clears_one(shell: Shell) -> None:
    shell.done("limits", "set", "Groq", "--rpm", "60", "--tph", "2M")
    row = shell.json("limits", "set", "Groq", "--rpm", "unknown", "--tpm", "1k")
    assert (row["requests_per_minute"], row["tokens_per_minute"], row["tokens_per_hour"]) == (
        None,
        1_000,
        2_000_000,
    )


@pytest.mark.parametrize("text", ["0", "-1", "0.5", "nan", "1e999", "9007199254740993"])
def test_a_bad_limit_is_refused_at_its_field(shell: Shell, text: str) -> None:
    assert shell.refused("limits", "set", "Groq", f"--rpm={text}").startswith("requests_per_minute: ")
    assert shell.json("limits", "show", "Groq")["source"] is None


def test_limits_without_any_option_are_refused(shell: Shell) -> None:
    assert "--rpm" in shell.refused("limits", "set", "Groq")


def test_the_last_known_limit_is_deleted_and_not_cleared(shell: Shell) -> None:
    shell.done("limits", "set", "Groq", "--rpm", "60")
    assert "delete the limits instead" in shell.refused("limits", "set", "Groq", "--rpm", "unknown")
    assert shell.json("limits", "show", "Groq")["requests_per_minute"] == 60


def test_limits_are_deleted_once(shell: Shell) -> None:
    shell.done("limits", "set", "Groq", "--rpm", "60")
    assert shell.json("limits", "delete", "Groq")["requests_per_minute"] is None
    assert "no limits" in shell.refused("limits", "delete", "Groq")


def test_a_list_names_every_currency_but_the_usual(shell: Shell) -> None:
    shell.done("pricing", "set", "Groq", "llama-4", "--input", "1", "--output", "2", "--currency", "EUR")
    shell.done("model", "add", "Groq", "qwen-4")
    shell.done("pricing", "set", "Groq", "qwen-4", "--input", "3", "--output", "4")
    lines = shell.done("model", "list").splitlines()
    assert ["1.00 EUR" in line and "2.00 EUR" in line for line in lines if "llama-4" in line] == [True]
    assert ["3.00" in line and "USD" not in line for line in lines if "qwen-4" in line] == [True]
