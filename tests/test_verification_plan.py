"""A plan tells calls, tokens, money and time before anything is sent, and what it leaves out."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.registries import done, limits_draft, pricing_draft
from tests.verifying import Bench, opened
from tui_registry.cli.verify_plan import plan_sentences
from tui_registry.errors import InvalidInput, Refused
from tui_registry.store import DiscoveredModel, EffectivePrice
from tui_registry.ui.actions.run_words import plan_lines
from tui_registry.verification import Plan, plan_run
from tui_registry.verification.budget import Tariff, tariff_of
from tui_registry.verification.plan_words import hosts_words
from tui_registry.verification.planning import QUIRKS_LAST
from tui_registry.verification.suites import model_probes
from tui_registry.verification.target import subject_of


def planned(bench: Bench, suite: str = "standard", budget: Decimal | None = None) -> Plan:
    return plan_run(
        bench.store, providers=[bench.provider.id], suite=suite, budget=budget, clock=bench.home.clock
    )


@pytest.mark.parametrize(
    ("suite", "calls", "tokens"),
    [("quick", 1, 96 + 128), ("standard", 3, 224 + 640 + 256 + 320 + 128), ("full", 8, 1568 + 5 * 496)],
)
def test_each_suite_has_its_calls_and_tokens(tmp_path: Path, suite: str, calls: int, tokens: int) -> None:
    bench = opened(tmp_path)
    bench.add(price=2e-06)
    plan = planned(bench, suite)
    assert (plan.models, plan.calls, plan.tokens) == (1, calls, tokens)
    assert plan.bound == tokens * Decimal("0.000002")
    assert plan.likely == pytest.approx(plan.bound / 3)
    assert bench.service.asked == []


def test_a_model_that_reasons_gets_room_for_it(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add(supports_reasoning=True)
    assert planned(bench, "quick").tokens == 96 + 1024


def test_an_unknown_price_is_told_and_never_taken_as_nothing(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add(price=None)
    bench.add("priced")
    plan = planned(bench)
    assert (plan.models, plan.unpriced) == (2, 1)
    assert plan.bound == Decimal("0.001568")
    held = planned(bench, budget=Decimal(1))
    assert [model.model_id for each in held.providers for model in each.models] == ["priced"]
    assert [(skip.model_id, "price is unknown" in skip.why) for skip in held.skipped] == [("llama-4", True)]


def test_a_providers_price_counts_where_the_model_has_none(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add(price=None)
    owner = bench.provider
    done(bench.store, lambda write: write.save_pricing(owner, pricing_draft(1e-06, 3e-06), None))
    assert planned(bench, "quick").bound == Decimal("0.00048")


@pytest.mark.parametrize(
    ("price", "tariff"),
    [
        (EffectivePrice(1e-06, 2e-06, None, None, "USD", "user", None, "model"), ("0.000001", "0.000002")),
        (EffectivePrice(0.0, 0.0, None, None, "USD", "user", None, "model"), ("0", "0")),
        (EffectivePrice(1e-08, None, None, None, "USD", "user", None, "model"), ("0.00000001", "0")),
        (EffectivePrice(None, None, None, None, "USD", "user", None, "model"), None),
        (EffectivePrice(1e-06, 2e-06, None, None, "EUR", "user", None, "model"), None),
        (EffectivePrice(None, None, None, None, None, None, None, "unknown"), None),
    ],
)
def test_only_a_price_in_usd_per_token_is_counted_with(
    price: EffectivePrice, tariff: tuple[str, str] | None
) -> None:
    expected = None if tariff is None else Tariff(Decimal(tariff[0]), Decimal(tariff[1]))
    assert tariff_of(price) == expected


def test_the_time_follows_from_the_known_limits(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    for number in range(10):
        bench.add(f"model-{number}")
    held = bench.store.reads.limits(bench.provider.id)
    draft = limits_draft(requests_per_minute=10)
    done(bench.store, lambda write: write.save_limits(bench.provider, draft, held))
    assert planned(bench).seconds == 180.0


@pytest.mark.parametrize(
    ("model_id", "mode", "probes", "why"),
    [
        ("llama-4", None, ("chat", "tools", "json"), None),
        ("llama-4", "chat", ("chat", "tools", "json"), None),
        ("text-embedding-3", None, ("embeddings",), None),
        ("anything", "embedding", ("embeddings",), None),
        ("whisper-large-v3", None, (), "not a chat model by its name"),
        ("openai/tts-1", None, (), "not a chat model by its name"),
        ("llama-guard-4", None, (), "not a chat model by its name"),
        ("llama-4", "image_generation", (), "not a chat model (image_generation)"),
        ("fluxguardian", "chat", ("chat", "tools", "json"), None),
        ("imagenet-chat", None, ("chat", "tools", "json"), None),
    ],
)
def test_each_kind_of_model_has_its_probes(
    model_id: str, mode: str | None, probes: tuple[str, ...], why: str | None
) -> None:
    if model_id == "imagenet-chat":
        assert model_probes("standard", model_id, "chat") == (probes, why)
    else:
        assert model_probes("standard", model_id, mode) == (probes, why)


def test_a_provider_without_a_usable_key_is_left_out(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add()
    done(bench.store, lambda write: write.remove_key(bench.provider))
    plan = planned(bench)
    assert plan.providers == ()
    assert [(skip.provider, skip.why) for skip in plan.skipped] == [("Groq", "it has no key")]


def test_without_a_choice_only_active_providers_are_meant(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add()
    assert plan_run(bench.store).providers == ()


@pytest.mark.parametrize("budget", [Decimal("NaN"), Decimal(-1), Decimal("Infinity")])
def test_a_budget_is_an_amount(tmp_path: Path, budget: Decimal) -> None:
    with pytest.raises(InvalidInput, match="amount in USD"):
        plan_run(opened(tmp_path).store, budget=budget)


def test_a_suite_must_be_one_of_ours(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="quick, standard, full"):
        plan_run(opened(tmp_path).store, suite="everything")


def test_what_the_list_says_of_a_model_is_known(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add("ours")
    assert planned(bench).providers[0].models[0].listed is None
    listed = [DiscoveredModel("theirs", mode="embedding")]
    done(bench.store, lambda write: write.proofs.take_list(bench.provider, listed))
    plans = {model.model_id: model for model in planned(bench).providers[0].models}
    assert {name: model.listed for name, model in plans.items()} == {"ours": False, "theirs": True}
    assert plans["theirs"].probes == ("embeddings",)


def test_a_way_of_asking_is_forgotten_after_thirty_days(tmp_path: Path) -> None:
    from tui_registry.store import Finding, ModelSeen, new_result

    bench = opened(tmp_path)
    model = bench.add()
    result = new_result(provider=bench.provider, model=model, test_type="chat", status="pass")
    finding = Finding(result, seen=ModelSeen(True, quirks={"stream_usage": "no"}))
    done(bench.store, lambda write: write.proofs.record([finding]))
    assert planned(bench).providers[0].models[0].quirks == {"stream_usage": "no"}
    bench.home.clock.now += QUIRKS_LAST
    assert planned(bench).providers[0].models[0].quirks == {"stream_usage": "no"}
    bench.home.clock.move(seconds=1)
    assert planned(bench).providers[0].models[0].quirks == {}


def test_a_plan_names_the_hosts_that_are_sent_to(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add()
    plan = planned(bench)
    assert hosts_words(plan, 6) == "api.groq.com"
    names = [f"https://h{number}.example:8443/v1" for number in range(4)] + ["https://h0.example:8443/other"]
    hosts = tuple(replace(plan.providers[0], row=plan.providers[0].row.but(endpoint=name)) for name in names)
    four = replace(plan, providers=hosts)
    assert hosts_words(replace(plan, providers=hosts[:2]), 6) == "h0.example:8443 and h1.example:8443"
    assert hosts_words(four, 4).endswith("h1.example:8443, h2.example:8443 and h3.example:8443")
    assert hosts_words(four, 3) == "h0.example:8443, h1.example:8443 and 2 more hosts"
    assert next(plan_lines(four)).endswith("h3.example:8443, and uses quota.")
    assert any(line.startswith("Goes to: h0.example:8443") for line in plan_sentences(four))


def test_the_document_names_what_is_asked(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    model = bench.add()
    assert json.loads(planned(bench, "quick").document()) == {
        "suite": "quick",
        "providers": [bench.provider.uuid],
        "models": [model.uuid],
    }


def test_the_door_loads_nothing_before_it_is_asked() -> None:
    asked = "import sys, tui_registry.verification; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert not {"httpx2", "peewee", "cryptography", "pydantic"} & set(loaded.stdout.split())


def test_a_provider_whose_endpoint_cannot_be_read_is_left_out_and_says_so(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add()
    with closing(sqlite3.connect(bench.home.database, isolation_level=None)) as shell:
        shell.execute("UPDATE provider SET endpoint = 'https://a%2eb', row_version = row_version + 1")
    plan = planned(bench)
    assert plan.providers == ()
    (skip,) = plan.skipped
    assert skip.why.startswith(f"The endpoint of {bench.provider.name} must be put right first.")
    with pytest.raises(Refused, match="must be put right first"):
        subject_of(bench.store, bench.provider)
