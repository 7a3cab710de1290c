"""What screen and command line both say of plans, lists and results."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tui_registry.store import DiscoveredModel, DiscoveryReport, Result
from tui_registry.verification import ChangedModel, Plan, Skip
from tui_registry.verification.discovery_words import changed_words, new_words, taken_words
from tui_registry.verification.plan_words import (
    calls_words,
    cost_sentences,
    left_out_sentences,
    statuses_words,
    time_sentences,
)
from tui_registry.verification.result_words import evidence_of, further, measured, reply_lines, request_line

NOTHING = Plan("quick", None, ())


def test_a_plan_without_prompts_says_so_and_names_no_cost() -> None:
    assert calls_words(NOTHING) == "no paid requests"
    assert list(cost_sentences(NOTHING)) == ["Budget: none."]
    assert list(time_sentences(NOTHING)) == []


def test_a_budget_says_what_it_cannot_promise() -> None:
    budget, caveat = cost_sentences(replace(NOTHING, budget=Decimal("0.05"), spent=Decimal("0.01")))
    assert budget == "Budget: 0.05 USD, of which 0.01 USD is spent; no request is sent that it cannot hold."
    assert "may exceed it" in caveat


def test_what_is_left_out_is_named_up_to_a_number() -> None:
    skips = (Skip("Groq", None, "it has no key."), Skip("Poe", "m", "no probe fits"), Skip("Poe", "n", "x"))
    assert list(left_out_sentences(replace(NOTHING, skipped=skips), 2)) == [
        "Left out: Groq, because it has no key.",
        "Left out: Poe m, because no probe fits.",
        "Left out: 1 more.",
    ]


def test_endings_are_summed_in_one_order() -> None:
    assert statuses_words({"fail": 2, "pass": 1_000}) == "1,000 passed, 2 failed"
    assert statuses_words({}) == "nothing was asked"


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (DiscoveredModel("m"), ""),
        (DiscoveredModel("m", mode="chat", max_input_tokens=128_000), "context 128,000"),
        (
            DiscoveredModel("m", mode="embedding", input_price=2e-06, output_price=0.0),
            "embedding; in 2.00, out free USD per 1M",
        ),
        (
            DiscoveredModel("m", max_output_tokens=4000, output_price=4e-06),
            "output 4,000; out 4.00 USD per 1M",
        ),
    ],
)
def test_a_new_model_is_told_with_the_facts_of_its_list(model: DiscoveredModel, words: str) -> None:
    assert new_words(model) == words


def test_a_changed_model_is_told_field_by_field() -> None:
    model = ChangedModel(
        "m", {"input_price": (1e-06, None), "supports_reasoning": (None, True), "name": ("a", "b")}
    )
    assert changed_words(model) == [
        "input price was 1.00, is unknown",
        "supports reasoning was unknown, is yes",
        "name was a, is b",
    ]
    report = DiscoveryReport(added=1, changed=2, prices=3, kept_user=1)
    assert taken_words(report) == (
        "added 1 model, changed 2, took in 3 prices. Nothing was deleted. What you set on 1 model stays."
    )


def test_a_result_is_told_as_far_as_it_goes() -> None:
    bare = Result(id=1, provider_id=1, test_type="chat", status="pass")
    assert list(measured(bare)) == []
    assert request_line(bare, {}) is None
    assert list(reply_lines(bare, {})) == []
    full = bare.but(latency_ms=1_234.4, ttft_ms=300.0, cost=7e-05, cost_source="usage", http_status=200)
    assert dict(measured(full)) == {
        "Latency": "1,234 ms, first token after 300 ms",
        "Cost": "0.00007 USD (usage)",
    }
    little = bare.but(score=0.97, scoring_version="1", evidence='{"coverage": 0.4}')
    assert dict(measured(little)) == {
        "Score": "0.97, partial: 40% of what counts was measured, scoring version 1"
    }
    for text in ('{"coverage": 0.5}', '{"coverage": "0"}', "[]", None):
        assert dict(measured(little.but(evidence=text)))["Score"] == "0.97, scoring version 1"
    evidence = evidence_of(
        '{"chunks": 2, "length": 9, "head": "a\\nb", "tail": "z", "cap": 128, "outcome": "ok"}'
    )
    assert list(reply_lines(full, evidence)) == ["HTTP 200, 9 bytes, 2 chunks", "a", "b", "...", "z"]
    assert list(further(evidence)) == [("Cap", "128")]
    assert evidence_of("[1]") == {"evidence": [1]}
