"""The bundled catalogue: every model accounted for, every price exact, nothing of the user's overwritten."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Context, Decimal
from pathlib import Path

import pytest
from genai_prices.data import providers as PACKAGE  # noqa: N812
from genai_prices.types import (
    ClauseEquals,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    Provider,
    StartDateConstraint,
    Tier,
    TieredPrices,
    TimeOfDateConstraint,
)

from tui_registry.catalog import bundled_catalogue, known_providers, summary
from tui_registry.catalog.bundled import read_catalogue
from tui_registry.clock import utc_now
from tui_registry.errors import NotFound
from tui_registry.store import Store
from tui_registry.store.drafts import ModelDraft, ModelPricingDraft
from tui_registry.store.rows import CatalogBatch, CatalogModel, CatalogPrice, ImportReport
from tui_registry.store.tables import KnownProvider
from tui_registry.text import is_showable
from tui_registry.vault import Vault

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CATALOGUE = bundled_catalogue(NOON)
MODELS = {
    (provider.name, model.model_id): model for provider in CATALOGUE.providers for model in provider.models
}
NAMES = known_providers().catalogue_names()
COLUMNS = {
    "input_mtok": "input_price_per_token",
    "output_mtok": "output_price_per_token",
    "cache_read_mtok": "cache_read_price_per_token",
    "cache_write_mtok": "cache_write_price_per_token",
}
KNOWN = {"one": KnownProvider("One", "https://one.example/v1")}


def packaged() -> Iterator[tuple[ModelInfo, CatalogModel]]:
    """Each model of the package with what became of it, found by its id alone."""
    for provider in PACKAGE:
        suffix = provider.id.removeprefix("huggingface_")
        routed = f":{suffix}" if suffix != provider.id else ""
        # The decisions entry repeats an id of OpenAI's own list, which is the one that counts.
        if provider.id != "openai-decisions":
            for info in provider.models:
                yield info, MODELS[NAMES[provider.id].name, f"{info.id}{routed}"]


def model(
    id: str = "m", prices: ModelPrice | list[ConditionalPrice] | None = None, **facts: object
) -> ModelInfo:
    info = ModelInfo(id=id, match=ClauseEquals(equals=id), prices=prices or ModelPrice())
    for name, value in facts.items():
        setattr(info, name, value)
    return info


def read(*models: ModelInfo, now: datetime = NOON) -> CatalogBatch:
    return read_catalogue([Provider("one", "One", "one", models=list(models))], KNOWN, now)


def priced(
    prices: ModelPrice | list[ConditionalPrice], now: datetime = NOON, comments: str | None = None
) -> CatalogPrice:
    (provider,) = read(model(prices=prices, price_comments=comments), now=now).providers
    price = provider.models[0].price
    assert price is not None
    return price


def per_million(price: float) -> Decimal:
    return Decimal(repr(price)) * 10**6


def test_every_provider_of_the_package_is_known() -> None:
    assert {provider.id for provider in PACKAGE} == set(NAMES)


def test_every_model_of_the_package_is_there_or_said_to_be_left_out() -> None:
    assert len(MODELS) + len(CATALOGUE.skipped) == sum(len(provider.models) for provider in PACKAGE)
    assert len(MODELS) > 2000
    assert CATALOGUE.skipped == ("OpenAI, 'gpt-6-luna': OpenAI lists this id already.",)


def test_every_price_is_the_packages_figure_to_the_last_digit_a_float_keeps() -> None:
    compared = 0
    for info, kept in packaged():
        stated = vars(info.get_prices(NOON))
        for key, column in COLUMNS.items():
            figure = stated.get(key)
            base = figure.base if isinstance(figure, TieredPrices) else figure
            price = None if kept.price is None else getattr(kept.price, column)
            if base is None:
                assert price is None or (price == 0 and info.id.endswith(":free"))
            else:
                assert price is not None
                assert per_million(price) == Context(prec=15).plus(base), f"{info.id} {key}"
                compared += 1
    assert compared > 5000


def test_figures_that_a_float_keeps_whole_are_not_touched_at_all() -> None:
    whole = 0
    for info, kept in packaged():
        figure = vars(info.get_prices(NOON)).get("input_mtok")
        if isinstance(figure, Decimal) and len(figure.as_tuple().digits) <= 15:
            assert kept.price is not None
            assert per_million(kept.price.input_price_per_token or 0.0) == figure
            whole += 1
    assert whole > 1500


def test_float_dust_of_the_source_is_not_kept() -> None:
    price = priced(ModelPrice(input_mtok=Decimal("0.13999999999999999")))
    assert price.input_price_per_token is not None
    assert per_million(price.input_price_per_token) == Decimal("0.14")


def test_a_model_without_a_stated_price_has_none_rather_than_zero() -> None:
    for info, kept in packaged():
        if not vars(info.get_prices(NOON)) and not info.id.endswith(":free"):
            assert kept.price is None
    assert sum(model.price is None for model in MODELS.values()) > 0


def test_a_model_that_promises_to_be_free_costs_zero() -> None:
    (provider,) = read(model("m:free", ModelPrice())).providers
    assert provider.models[0].price == CatalogPrice(0.0, 0.0)


def test_a_price_that_does_not_apply_is_none_beside_those_that_do() -> None:
    embedding = MODELS["Voyage AI", "voyage-4"].price
    assert embedding is not None
    assert embedding.input_price_per_token is not None
    assert embedding.output_price_per_token is None


def test_a_price_by_the_hour_of_audio_is_told_in_the_note() -> None:
    price = priced(ModelPrice(audio_hours=Decimal("0.36")))
    assert (price.input_price_per_token, price.output_price_per_token) == (None, None)
    assert price.note == "Not priced by the token: audio 0.36 USD per hour."


def test_other_units_beside_tokens_are_told_in_the_note() -> None:
    price = priced(ModelPrice(input_mtok=Decimal(1), web_searches_kcount=Decimal(10)))
    assert price.note == "Also priced: web searches 10 USD per 1,000."


def test_a_tiered_price_is_its_base_and_says_where_it_changes() -> None:
    tiers = [Tier(200_000, Decimal(4)), Tier(400_000, Decimal(8))]
    price = priced(ModelPrice(input_mtok=TieredPrices(Decimal(2), tiers), output_mtok=Decimal(9)))
    assert price.input_price_per_token == 2e-6
    assert price.note == "Base price; higher above 200,000 and 400,000 input tokens."


@pytest.mark.parametrize(("above", "word"), [((1, 1), "lower"), ((9, 9), "higher"), ((1, 9), "different")])
def test_a_tier_is_called_what_it_is(above: tuple[int, int], word: str) -> None:
    rates = [TieredPrices(Decimal(5), [Tier(1000, Decimal(price))]) for price in above]
    price = priced(ModelPrice(input_mtok=rates[0], output_mtok=rates[1]))
    assert price.note == f"Base price; {word} above 1,000 input tokens."


def on(day: date, price: int) -> ConditionalPrice:
    return ConditionalPrice(StartDateConstraint(day), prices=ModelPrice(input_mtok=Decimal(price)))


def test_the_last_price_in_force_holds_and_brings_its_date() -> None:
    prices = [on(date(2025, 1, 1), 1), on(date(2026, 1, 1), 2), on(date(2027, 1, 1), 3)]
    price = priced(prices)
    assert (price.input_price_per_token, price.source_date) == (2e-6, "2026-01-01")
    assert price.note == "A new price is announced for 2027-01-01."
    later = priced(prices, now=datetime(2027, 1, 1, tzinfo=UTC))
    assert (later.input_price_per_token, later.source_date, later.note) == (3e-6, "2027-01-01", None)


def test_before_any_price_is_in_force_the_first_one_holds() -> None:
    price = priced([on(date(2027, 1, 1), 1), on(date(2028, 1, 1), 2)])
    assert (price.input_price_per_token, price.source_date) == (1e-6, "2027-01-01")


def test_a_price_by_the_hour_is_the_one_of_the_hour_and_says_so() -> None:
    constraint = TimeOfDateConstraint(time_of_day(16, 30, tzinfo=UTC), time_of_day(0, 30, tzinfo=UTC))
    prices = [
        ConditionalPrice(prices=ModelPrice(input_mtok=Decimal(2))),
        ConditionalPrice(constraint, prices=ModelPrice(input_mtok=Decimal(1))),
    ]
    day, night = priced(prices), priced(prices, now=NOON + timedelta(hours=6))
    assert (day.input_price_per_token, night.input_price_per_token) == (2e-6, 1e-6)
    assert day.note == night.note
    assert "16:30-00:30 UTC" in str(day.note)


def test_a_date_is_kept_only_where_the_package_states_one() -> None:
    dated = 0
    for info, kept in packaged():
        starts = (
            {c.constraint.start_date for c in info.prices if isinstance(c.constraint, StartDateConstraint)}
            if isinstance(info.prices, list)
            else set()
        )
        assert kept.source_date is None
        if kept.price is not None and kept.price.source_date is not None:
            assert date.fromisoformat(kept.price.source_date) in starts
            dated += 1
    assert dated > 100


def test_what_the_package_does_not_know_stays_unknown() -> None:
    unknown = 0
    for info, kept in packaged():
        assert kept.max_input_tokens == info.context_window
        assert kept.max_output_tokens is None
        assert kept.supports_streaming is None
        assert kept.supports_reasoning is None
        unknown += kept.max_input_tokens is None
    assert unknown > 100


@pytest.mark.parametrize("count", [0, -1, 2**63])
def test_a_token_count_that_cannot_be_is_unknown(count: int) -> None:
    (provider,) = read(model(context_window=count)).providers
    assert provider.models[0].max_input_tokens is None


def test_every_text_may_be_shown_and_fits_the_database() -> None:
    for kept in MODELS.values():
        assert is_showable(kept.name)
        assert is_showable(kept.description or "", lines=True)
        assert 0 < len(kept.name) <= 256
        assert kept.description is None or 0 < len(kept.description.strip()) <= 4000
        note = kept.price.note if kept.price else None
        assert note is None or (is_showable(note, lines=True) and 0 < len(note.strip()) <= 1000)


def test_hostile_text_is_made_harmless_and_cut() -> None:
    (provider,) = read(
        model(
            name="\x1b[31mred\u202e\t name\n",
            description="line\n\x07" + "x" * 9000,
            price_comments="c" * 9000,
        )
    ).providers
    kept = provider.models[0]
    assert is_showable(kept.name)
    assert kept.description is not None
    assert kept.description.startswith("line\n")
    assert is_showable(kept.description, lines=True)
    assert len(kept.description) == 4000


def test_a_note_is_cut_to_what_the_database_holds() -> None:
    price = priced(ModelPrice(input_mtok=Decimal(1)), comments="c" * 9000)
    assert len(str(price.note)) == 1000


def test_a_nameless_model_is_called_by_its_id() -> None:
    (provider,) = read(model("some-id", name=None)).providers
    assert provider.models[0].name == "some-id"


@pytest.mark.parametrize(
    ("id", "reason"),
    [
        ("", "the id is blank"),
        ("  ", "the id is blank"),
        ("x" * 257, "257 characters"),
        ("a\x1bb", "cannot be shown"),
        ("good", "lists this id already"),
    ],
)
def test_a_bad_entry_is_left_out_with_its_reason_and_the_rest_stays(id: str, reason: str) -> None:
    batch = read(model("good"), model(id), model("better"))
    assert [kept.model_id for kept in batch.providers[0].models] == ["good", "better"]
    (told,) = batch.skipped
    assert reason in told
    assert is_showable(told)


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-1", "1e12"])
def test_a_figure_that_is_no_price_is_left_out_and_the_model_stays(figure: str) -> None:
    batch = read(model("m", ModelPrice(input_mtok=Decimal(figure), output_mtok=Decimal(1))))
    assert batch.providers[0].models[0].price is None
    assert "kept without its price" in batch.skipped[0]


def test_a_provider_nobody_knows_is_left_out_with_its_count() -> None:
    batch = read_catalogue([Provider("two", "Two", "two", models=[model()])], KNOWN, NOON)
    assert batch.providers == ()
    assert batch.skipped == ("two: not a known provider; its 1 models stay out.",)


def test_only_the_providers_named_are_read_whatever_their_case() -> None:
    batch = bundled_catalogue(NOON, only=["groq", "OPENAI"])
    assert [provider.name for provider in batch.providers] == ["OpenAI", "Groq"]
    assert batch.providers == tuple(p for p in CATALOGUE.providers if p.name in {"OpenAI", "Groq"})


def test_a_provider_the_catalogue_does_not_have_is_named_with_the_closest_one() -> None:
    with pytest.raises(NotFound, match="Did you mean Groq"):
        bundled_catalogue(NOON, only=["Grok"])
    with pytest.raises(NotFound, match="nothing about 'Ollama'"):
        bundled_catalogue(NOON, only=["Ollama"])


def test_a_routed_model_names_the_provider_it_is_routed_to() -> None:
    routed = [id for name, id in MODELS if name == "Hugging Face"]
    assert routed
    assert {id.rsplit(":", 1)[1] for id in routed} == {
        provider.id.removeprefix("huggingface_")
        for provider in PACKAGE
        if provider.id.startswith("huggingface_")
    }


def test_the_door_leaves_the_catalogues_library_alone_until_it_is_asked() -> None:
    code = "import sys, tui_registry.catalog; print('genai_prices' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (
            ImportReport(providers_added=44, models_added=2330, prices_added=2290, kept_user=3),
            [
                "Added 44 providers, 2,330 models and 2,290 prices.",
                "Kept 3 values that you or the provider set.",
            ],
        ),
        (ImportReport(models_added=1), ["Added 1 model."]),
        (ImportReport(models_changed=1, prices_changed=2), ["Changed 1 model and 2 prices."]),
        (ImportReport(unchanged=9), ["Nothing changed: the registry already holds what the catalogue says."]),
        (
            ImportReport(models_added=1, skipped=("a: blank.",)),
            ["Added 1 model.", "Left out 1 entry.", "a: blank."],
        ),
        (
            ImportReport(models_added=1, skipped=tuple("abcde")),
            ["Added 1 model.", "Left out 5 entries.", *"abcde"],
        ),
        (
            ImportReport(models_added=1, skipped=tuple("abcdefg")),
            ["Added 1 model.", "Left out 7 entries.", *"abcde", "And 2 more."],
        ),
    ],
)
def test_an_import_is_told_in_sentences(report: ImportReport, told: list[str]) -> None:
    assert summary(report) == told


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(
        tmp_path / "registry.db",
        vault=Vault(tmp_path / "vault.key"),
        clock=lambda: NOON,
        known=known_providers(),
        create=True,
    )
    yield opened
    opened.close()


def take_in(store: Store, batch: CatalogBatch = CATALOGUE) -> ImportReport:
    return store.write(lambda writes: writes.import_catalog(batch)).result()


COLD_IMPORT = """
import sys
from pathlib import Path
from tui_registry.catalog import bundled_catalogue, known_providers
from tui_registry.clock import utc_now
from tui_registry.store import Store
from tui_registry.vault import Vault
home = Path(sys.argv[1])
known = known_providers()
store = Store.open(home / "r.db", vault=Vault(home / "v.key"), clock=utc_now, known=known, create=True)
report = store.write(lambda writes: writes.import_catalog(bundled_catalogue(utc_now()))).result()
store.close()
print(report.models_added)
"""


def test_a_fresh_process_takes_in_everything_quickly(tmp_path: Path) -> None:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", COLD_IMPORT, str(tmp_path)], capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - started
    print(f"interpreter started, registry made, catalogue taken in: {seconds:.2f} s")  # noqa: T201
    assert int(done.stdout) == len(MODELS)
    assert seconds < 6


def test_importing_a_second_time_changes_nothing(store: Store) -> None:
    first = take_in(store)
    assert first.providers_added == len(CATALOGUE.providers)
    assert first.models_added == len(MODELS)
    assert first.prices_added == sum(kept.price is not None for kept in MODELS.values())
    second = take_in(store)
    assert (second.providers_added, second.models_added, second.prices_added) == (0, 0, 0)
    assert (second.models_changed, second.prices_changed, second.kept_user) == (0, 0, 0)
    assert second.unchanged == first.models_added + first.prices_added


def test_what_is_stored_is_what_the_catalogue_said(store: Store) -> None:
    take_in(store)
    for provider in CATALOGUE.providers:
        kept_provider = store.reads.provider(provider.name)
        assert (kept_provider.endpoint, kept_provider.website) == (provider.endpoint, provider.website)
        assert (kept_provider.is_active, kept_provider.api_key_encrypted) == (False, None)
        assert len(store.reads.models(kept_provider.id)) == len(provider.models)
    groq = store.reads.provider("Groq")
    for row in store.reads.models(groq.id):
        kept = MODELS["Groq", row.model_id]
        price = store.reads.model_pricing(row.id)
        assert (row.name, row.max_input_tokens, row.source) == (kept.name, kept.max_input_tokens, "catalogue")
        assert (price.input_price_per_token if price else None) == (
            kept.price.input_price_per_token if kept.price else None
        )


def test_what_a_person_set_survives_the_next_import(store: Store) -> None:
    take_in(store)
    groq = store.reads.provider("Groq")
    row = store.reads.models(groq.id)[0]
    price = store.reads.model_pricing(row.id)
    named = ModelDraft.parse({"model_id": row.model_id, "name": "Mine"})
    mine = ModelPricingDraft.parse({"input_price_per_token": "7.77", "output_price_per_token": "8.88"})
    store.write(lambda writes: writes.save_model(named, row)).result()
    store.write(lambda writes: writes.save_model_pricing(row, mine, price)).result()
    report = take_in(store)
    assert report.kept_user > 0
    after, cost = store.reads.model_by_id(row.id), store.reads.model_pricing(row.id)
    assert cost is not None
    assert (after.name, cost.source) == ("Mine", "user")
    assert per_million(cost.input_price_per_token or 0.0) == Decimal("7.77")


def test_a_changed_catalogue_changes_only_what_it_changed(store: Store) -> None:
    prices = [on(date(2026, 1, 1), 1), on(date(2026, 12, 1), 2)]
    groq = {"groq": NAMES["groq"]}
    entry = Provider("groq", "Groq", "groq", models=[model("a", prices), model("b", ModelPrice())])
    take_in(store, read_catalogue([entry], groq, NOON))
    report = take_in(store, read_catalogue([entry], groq, NOON + timedelta(days=30)))
    assert (report.models_changed, report.prices_changed, report.prices_added) == (0, 1, 0)


def test_the_clock_of_today_reads_the_same_models() -> None:
    assert {
        (provider.name, kept.model_id)
        for provider in bundled_catalogue(utc_now()).providers
        for kept in provider.models
    } == set(MODELS)
