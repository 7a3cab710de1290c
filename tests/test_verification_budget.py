"""No run spends more than its budget, whatever the prices, and however many calls are under way."""

import random
from decimal import Decimal
from pathlib import Path

import pytest

from tests.registries import done
from tests.verifying import RIGHT, Asked, called, opened, said, streamed, summary
from tui_registry.store import DiscoveredModel
from tui_registry.verification import plan_run
from tui_registry.verification.budget import Budget

CENT = Decimal("0.01")


def test_what_is_held_and_spent_never_exceeds_the_limit() -> None:
    chance = random.Random(3)
    for _ in range(200):
        budget, held = Budget(CENT), []
        for _ in range(60):
            amount = Decimal(chance.randint(0, 4000)).scaleb(-6)
            taken = budget.reserve(amount)
            if taken is not None:
                held.append((taken, amount))
            if held and chance.random() < 0.6:
                reservation, most = held.pop(chance.randrange(len(held)))
                share = Decimal(chance.randint(0, 100)) / 100
                budget.settle(reservation, most * share if chance.random() < 0.8 else None)
            assert budget.spent + budget.held <= CENT
            assert budget.left is not None
            assert budget.left >= 0


def test_an_unknown_cost_is_not_held_by_a_budget() -> None:
    assert Budget(CENT).reserve(None) is None
    assert Budget(None).reserve(None) is not None


def test_a_call_whose_cost_nobody_told_counts_with_its_most() -> None:
    budget = Budget(CENT)
    first, second = budget.reserve(Decimal("0.004")), budget.reserve(Decimal("0.004"))
    assert first is not None
    assert second is not None
    assert budget.reserve(Decimal("0.004")) is None
    budget.settle(first, None)
    budget.settle(second, None, sent=False)
    assert (budget.spent, budget.held) == (Decimal("0.004"), Decimal(0))


async def test_a_cent_is_never_exceeded_over_100_random_price_tables(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    chance = random.Random(11)
    names = [f"model-{number}" for number in range(2)]
    prices: dict[str, tuple[float, float]] = {}
    charged: list[Decimal] = []

    def charge(body: Asked) -> tuple[int, int]:
        """What the provider takes: often all of the cap."""
        given, cap = chance.choice([20, 60, 96]), body["max_tokens"]
        usage = given, chance.choice([cap, cap, cap // 2])
        charged.append(sum(n * Decimal(repr(p)) for n, p in zip(usage, prices[body["model"]], strict=True)))
        return usage

    bench.service.chat = lambda body: streamed(body, RIGHT.split(), usage=charge(body))
    bench.service.tools = lambda body: called(body, usage=charge(body))
    bench.service.structured = lambda body: said(body, "{}", charge(body))
    stopped = 0
    for _ in range(100):
        charged.clear()
        prices |= {name: (_price(chance), _price(chance)) for name in names}
        listed = [DiscoveredModel(name, input_price=p[0], output_price=p[1]) for name, p in prices.items()]
        done(bench.store, lambda write, listed=listed: write.proofs.take_list(bench.provider, listed))  # type: ignore[misc]
        plan = plan_run(
            bench.store, providers=[bench.provider.id], suite="full", budget=CENT, clock=bench.home.clock
        )
        ended = summary(await bench.verify(plan)).summary
        assert sum(charged) == ended.cost <= ended.spent <= CENT
        stopped += bool({"skipped", "partial"} & ended.statuses.keys())
        bench.home.clock.move(hours=1)
        bench.passed += 3600
    assert 10 < stopped < 90


async def test_a_provider_that_ignores_caps_exceeds_a_budget_by_its_first_answer_at_most(
    tmp_path: Path,
) -> None:
    bench = opened(tmp_path)
    names = [f"model-{number}" for number in range(4)]
    charged: list[Decimal] = []
    price = Decimal(0)

    def charge(body: Asked) -> tuple[int, int]:
        """Five times what was asked for."""
        usage = 5 * 96, 5 * body["max_tokens"]
        charged.append(sum(usage) * price)
        return usage

    bench.service.chat = lambda body: streamed(body, RIGHT.split(), usage=charge(body))
    for price, is_over in ((Decimal("2e-7"), False), (Decimal("3e-6"), False), (Decimal("8e-6"), True)):
        charged.clear()
        listed = [
            DiscoveredModel(name, input_price=float(price), output_price=float(price)) for name in names
        ]
        done(bench.store, lambda write, listed=listed: write.proofs.take_list(bench.provider, listed))  # type: ignore[misc]
        plan = plan_run(
            bench.store, providers=[bench.provider.id], suite="quick", budget=CENT / 2, clock=bench.home.clock
        )
        ended = summary(await bench.verify(plan)).summary
        assert sum(charged) == ended.cost
        assert ended.cost <= max(CENT / 2, charged[0])
        told = any("budget is exceeded" in sentence for sentence in ended.left_out)
        assert told is is_over
        bench.home.clock.move(hours=1)
        bench.passed += 3600


async def test_a_provider_that_charges_for_what_it_calls_free_is_left_alone(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    for name in ("a", "b", "c"):
        bench.add(name, price=0.0)
    bench.service.headers = {"x-litellm-response-cost": "0.001"}
    plan = plan_run(bench.store, providers=[bench.provider.id], suite="quick", budget=CENT)
    ended = summary(await bench.verify(plan)).summary
    assert len(bench.service.prompts()) == 1
    assert "its price calls free" in ended.left_out[0]


def _price(chance: random.Random) -> float:
    return float(f"{10 ** chance.uniform(-7, -5):.3g}")


@pytest.mark.parametrize(("sent", "cost"), [(0.0123, 0.0123), (0, 0.0)])
async def test_what_the_provider_reports_is_believed_first(tmp_path: Path, sent: float, cost: float) -> None:
    bench = opened(tmp_path)
    bench.add()
    bench.service.headers = {"x-litellm-response-cost": str(sent)}
    await bench.verify(plan_run(bench.store, providers=[bench.provider.id], suite="quick"))
    row = bench.store.reads.results(test_type="chat")[0]
    assert (row.cost, row.cost_source) == (cost, "x-litellm-response-cost")


async def test_the_actual_cost_of_a_run_is_the_sum_of_its_results(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add(price=1e-06)
    bench.add("unpriced", price=None)
    ended = summary(await bench.verify(plan_run(bench.store, providers=[bench.provider.id], suite="quick")))
    assert ended.run.actual_cost == 7e-05
    assert ended.summary.cost == Decimal("0.00007")
    assert ended.summary.unknown_costs == 1
