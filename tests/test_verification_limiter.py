"""No window ever holds more than its limit, whoever asks, however often, and after a restart as well."""

import asyncio
import random
import time

import pytest

from tui_registry.errors import Refused
from tui_registry.verification.limiter import MARGIN, Limiter, Load, Rule

ONE = Load()


class Time:
    """Seconds that pass when somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds
        await asyncio.sleep(0)


def limiter(time: Time, *rules: Rule, parallel: int = 1000) -> Limiter:
    return Limiter(rules, parallel=parallel, now=time, sleep=time.sleep)


def most_in_window(stamps: list[float], seconds: float) -> int:
    return max(sum(start <= each <= start + seconds for each in stamps) for start in stamps)


async def asked(limiter: Limiter, calls: int, load: Load = ONE) -> list[float]:
    """The moments at which so many callers at once were let through."""

    async def one() -> float:
        ticket = await limiter.reserve(load)
        await asyncio.sleep(0)
        limiter.settle(ticket)
        return ticket.at

    return sorted(await asyncio.gather(*(one() for _ in range(calls))))


async def test_200_requests_at_5_per_2_s_never_exceed_a_window_also_after_a_restart() -> None:
    clock = Time()
    rule = Rule("requests", 2.0, 5)
    before = await asked(limiter(clock, rule), 100)
    restarted = limiter(clock, rule)
    for at in before:
        restarted.seed(clock() - at, Load(), None)
    after = await asked(restarted, 100)
    assert most_in_window(before + after, 2.0) <= 5
    assert most_in_window(before + after, 2.0) >= 4


async def test_without_the_memory_a_restart_would_exceed_it() -> None:
    """The control: the check above notices a limiter that forgets."""
    clock = Time()
    rule = Rule("requests", 2.0, 5)
    before = await asked(limiter(clock, rule), 4)
    after = await asked(limiter(clock, rule), 4)
    assert most_in_window(before + after, 2.0) > 5


async def test_a_real_clock_is_kept_as_well() -> None:
    stamps = await asked(Limiter((Rule("requests", 0.2, 5),), parallel=1000), 12)
    assert most_in_window(stamps, 0.2) <= 5
    assert stamps[-1] - stamps[0] >= 0.4
    assert time.monotonic() - stamps[-1] < 5


@pytest.mark.parametrize("metric", ["tokens", "input_tokens", "output_tokens"])
async def test_tokens_are_counted_over_their_window(metric: str) -> None:
    clock = Time()
    load = Load(30, 70)
    each = load.of(metric)
    stamps = await asked(limiter(clock, Rule(metric, 60.0, each * 10)), 40, load)
    assert most_in_window(stamps, 60.0) <= 10 * MARGIN


async def test_several_windows_hold_together() -> None:
    clock = Time()
    rules = Rule("requests", 1.0, 3), Rule("requests", 60.0, 20), Rule("tokens", 60.0, 10_000)
    stamps = await asked(limiter(clock, *rules), 60, Load(400, 600))
    assert most_in_window(stamps, 1.0) <= 3
    assert most_in_window(stamps, 60.0) <= 9


async def test_random_loads_never_exceed_a_window() -> None:
    chance = random.Random(7)
    for _ in range(30):
        clock = Time()
        seconds, limit = chance.choice([1.0, 7.0, 60.0]), chance.randint(50, 300)
        held = limiter(clock, Rule("tokens", seconds, limit))
        stamps: list[tuple[float, int]] = []
        for _ in range(60):
            load = Load(chance.randint(0, 25), chance.randint(1, 25))
            ticket = await held.reserve(load)
            stamps.append((ticket.at, load.of("tokens")))
            held.settle(ticket)
            clock.now += chance.random() * seconds / 10
        for start, _ in stamps:
            assert sum(size for at, size in stamps if start <= at <= start + seconds) <= limit


async def test_a_call_that_can_never_fit_is_refused_at_once() -> None:
    clock = Time()
    with pytest.raises(Refused, match=r"It needs 800 tokens, and the limit is 40 per minute\."):
        await limiter(clock, Rule("tokens", 60.0, 40)).reserve(Load(300, 500))
    assert clock.now == 1000.0


async def test_a_call_as_large_as_the_limit_goes_alone() -> None:
    clock = Time()
    stamps = await asked(limiter(clock, Rule("tokens", 60.0, 100)), 3, Load(50, 50))
    assert most_in_window(stamps, 60.0) == 1


async def test_a_limit_of_one_request_lets_one_through() -> None:
    clock = Time()
    assert most_in_window(await asked(limiter(clock, Rule("requests", 60.0, 1)), 3), 60.0) == 1


async def test_what_was_really_used_replaces_the_estimate() -> None:
    clock = Time()
    held = limiter(clock, Rule("tokens", 60.0, 1000))
    ticket = await held.reserve(Load(100, 700))
    held.settle(ticket, Load(90, 10))
    await held.reserve(Load(100, 700))
    assert clock.now == 1000.0


async def test_a_limit_of_one_model_leaves_the_others_alone() -> None:
    clock = Time()
    held = limiter(clock, Rule("requests", 60.0, 1, model=7))
    for model in (7, 8, 9, None):
        held.settle(await held.reserve(Load(), model))
    assert clock.now == 1000.0
    held.settle(await held.reserve(Load(), 7))
    assert clock.now >= 1060.0


async def test_nothing_is_asked_while_blocked() -> None:
    clock = Time()
    held = limiter(clock)
    held.block(30.0, model=7)
    held.settle(await held.reserve(Load(), 8))
    assert clock.now == 1000.0
    held.settle(await held.reserve(Load(), 7))
    assert clock.now == 1030.0
    held.block(10.0)
    held.settle(await held.reserve(Load(), 8))
    assert clock.now == 1040.0


async def test_a_wait_beyond_patience_is_refused() -> None:
    clock = Time()
    held = limiter(clock)
    held.block(7200.0)
    with pytest.raises(Refused, match=r"in 7,200 seconds"):
        await held.reserve(Load(), patience=900.0)


async def test_what_a_response_says_is_left_holds_until_it_resets() -> None:
    clock = Time()
    held = limiter(clock)
    held.left("requests", 60.0, None, 2, 45.0)
    for _ in range(2):
        held.settle(await held.reserve(Load()))
    assert clock.now == 1000.0
    held.settle(await held.reserve(Load()))
    assert clock.now == 1045.0


async def test_callers_go_in_the_order_in_which_they_came() -> None:
    clock = Time()
    held = limiter(clock, Rule("requests", 1.0, 2))
    order: list[int] = []

    async def one(number: int) -> None:
        ticket = await held.reserve(Load())
        order.append(number)
        held.settle(ticket)

    await asyncio.gather(*(one(number) for number in range(12)))
    assert order == list(range(12))


@pytest.mark.parametrize(("number_of_keys", "together"), [(1, 2), (3, 3)])
async def test_no_more_calls_run_at_once_than_the_key_and_all_keys_together_may(
    number_of_keys: int, together: int
) -> None:
    gate = asyncio.Semaphore(3)
    keys = [Limiter(parallel=2, gate=gate) for _ in range(number_of_keys)]
    running: list[int] = []
    most: list[tuple[int, int]] = []

    async def one(key: int) -> None:
        ticket = await keys[key].reserve(Load())
        running.append(key)
        most.append((len(running), running.count(key)))
        for _ in range(3):
            await asyncio.sleep(0)
        running.remove(key)
        keys[key].settle(ticket)

    await asyncio.gather(*(one(number % number_of_keys) for number in range(30)))
    assert max(whole for whole, _ in most) == together
    assert max(of_key for _, of_key in most) <= 2


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (Rule("requests", 60.0, 10, rank=3), Rule("requests", 60.0, 99, rank=2), 10),
        (Rule("requests", 60.0, 20, rank=0), Rule("requests", 60.0, 99, rank=2), 99),
        (Rule("requests", 60.0, 50, rank=2), Rule("requests", 60.0, 99, rank=2), 99),
    ],
)
def test_a_person_is_believed_before_a_response_and_a_response_before_a_guess(
    first: Rule, second: Rule, kept: int
) -> None:
    held = Limiter((first, second))
    assert [rule.limit for rule in held.rules] == [kept]


def test_the_least_time_of_many_calls_follows_from_the_limits() -> None:
    held = Limiter((Rule("requests", 60.0, 20), Rule("tokens", 60.0, 100_000)))
    assert held.seconds_for(18, 0) == 0.0
    assert held.seconds_for(19, 0) == 60.0
    assert held.seconds_for(180, 0) == 540.0
    assert held.seconds_for(1, 450_000) == 240.0


async def test_a_cancelled_wait_gives_its_place_back() -> None:
    held = Limiter(parallel=1)
    ticket = await held.reserve(Load())
    waiting = asyncio.create_task(held.reserve(Load()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    held.settle(ticket)
    await asyncio.wait_for(held.reserve(Load()), 1)
