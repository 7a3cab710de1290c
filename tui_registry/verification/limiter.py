"""How fast one key may ask: sliding windows of requests and tokens, parallel calls, and pauses asked for.

Every wait is in the order of asking. A window is never exceeded: what was asked is logged with its time,
and counts until its window has passed.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import inf

from tui_registry.errors import Refused

SECONDS: dict[str, float] = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}
METRICS = ("requests", "tokens", "input_tokens", "output_tokens")
"""What a rule may limit."""

MARGIN = 0.9
"""The share of a limit that is used, since a provider's clock is not ours."""

_EDGE = 0.001
_WORDS = {seconds: name for name, seconds in SECONDS.items()}

Now = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `limit` of a metric in any `seconds`; `model` limits one model, None the whole key.

    `rank` says who stated it: 3 a person, 2 a response, 1 an import, 0 nobody.
    """

    metric: str
    seconds: float
    limit: int
    model: int | None = None
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Load:
    """What one call takes: one request, tokens in and tokens out at most."""

    given: int = 0
    out: int = 0

    def of(self, metric: str) -> int:
        """How much of a metric it takes."""
        if metric == "requests":
            return 1
        return {"input_tokens": self.given, "output_tokens": self.out}.get(metric, self.given + self.out)


@dataclass(slots=True)
class Ticket:
    """One call that may be made now; `queued` is how many seconds it waited."""

    at: float
    load: Load
    model: int | None
    queued: float = 0.0
    is_logged: bool = True


class Limiter:
    """The limits of one key; `gate` is shared with other keys and bounds all calls together."""

    def __init__(
        self,
        rules: tuple[Rule, ...] = (),
        *,
        parallel: int = 2,
        gate: asyncio.Semaphore | None = None,
        now: Now = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Start with nothing asked; `now` gives seconds, `sleep` waits for some."""
        self.parallel = parallel
        self._rules: dict[tuple[str, float, int | None], Rule] = {}
        self._log: deque[Ticket] = deque()
        self._logged = Counter[str]()
        self._blocked: dict[int | None, float] = {}
        self._left: dict[tuple[str, float, int | None], tuple[int, float]] = {}
        self._running = 0
        self._turn = asyncio.Lock()
        self._freed = asyncio.Event()
        self._gate = gate
        self._now = now
        self._sleep = sleep
        for rule in rules:
            self.learn(rule)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The limits as they are known now."""
        return tuple(self._rules.values())

    def learn(self, rule: Rule) -> None:
        """Take a limit in, unless somebody of higher rank stated one for the same metric and window."""
        same = [held for held in self._rules.values() if (held.metric, held.seconds) == rule_span(rule)]
        if any(held.rank > rule.rank for held in same):
            return
        for held in same:
            if held.rank < rule.rank:
                del self._rules[held.metric, held.seconds, held.model]
        self._rules[rule.metric, rule.seconds, rule.model] = rule

    def seed(self, age: float, load: Load, model: int | None) -> None:
        """Remember a call made `age` seconds ago; oldest first."""
        self._remember(Ticket(self._now() - max(0.0, age), load, model))

    def left(self, metric: str, seconds: float, model: int | None, amount: int, resets_in: float) -> None:
        """Take in how much a response said is left of a window that resets in so many seconds."""
        self._left[metric, seconds, model] = (amount, self._now() + resets_in)

    def block(self, seconds: float, model: int | None = None) -> None:
        """Ask nothing for so many seconds, of one model or of the whole key."""
        until = self._now() + seconds
        self._blocked[model] = max(until, self._blocked.get(model, until))

    async def reserve(self, load: Load, model: int | None = None, *, patience: float = inf) -> Ticket:
        """Wait until the call may be made, first come first served; then it counts.

        Raises Refused at once when the call can never fit, or when the wait is longer than `patience`
        seconds.
        """
        asked = self._now()
        self._refuse_misfit(load, model)
        async with self._turn:
            while True:
                await self._wait_for_room()
                wait = self._wait(load, model)
                if wait > patience:
                    raise Refused(f"The next call may be made in {wait:,.0f} seconds, which is too long.")
                if wait > 0:
                    await self._sleep(wait)
                    continue
                if self._gate is not None:
                    await self._gate.acquire()
                    if self._wait(load, model) > 0:
                        self._gate.release()
                        continue
                return self._count(load, model, asked)

    def settle(self, ticket: Ticket, actual: Load | None = None) -> None:
        """The call has ended; what it really took replaces the estimate, None keeps that."""
        if actual is not None:
            if ticket.is_logged:
                self._add(ticket, -1)
            ticket.load = actual
            if ticket.is_logged:
                self._add(ticket, 1)
        self._running -= 1
        self._freed.set()
        if self._gate is not None:
            self._gate.release()

    def seconds_for(self, calls: int, tokens: int) -> float:
        """The least seconds so many calls with so many tokens take at the limits known now."""
        wanted = {"requests": calls, "tokens": tokens}
        return max(
            (
                (-(-wanted[rule.metric] // max(1, int(rule.limit * MARGIN))) - 1) * rule.seconds
                for rule in self._rules.values()
                if rule.model is None and wanted.get(rule.metric)
            ),
            default=0.0,
        )

    def _count(self, load: Load, model: int | None, asked: float) -> Ticket:
        now = self._now()
        ticket = Ticket(now, load, model, now - asked)
        self._remember(ticket)
        self._running += 1
        for key, (amount, until) in list(self._left.items()):
            if key[2] in (None, model):
                self._left[key] = (amount - load.of(key[0]), until)
        return ticket

    async def _wait_for_room(self) -> None:
        while self._running >= self.parallel:
            self._freed.clear()
            await self._freed.wait()

    def _refuse_misfit(self, load: Load, model: int | None) -> None:
        for rule in self._applying(model):
            need = load.of(rule.metric)
            if need > rule.limit:
                window = _WORDS.get(rule.seconds, f"{rule.seconds:g} seconds")
                metric = rule.metric.replace("_", " ")
                raise Refused(f"It needs {need:,} {metric}, and the limit is {rule.limit:,} per {window}.")

    def _wait(self, load: Load, model: int | None) -> float:
        """Seconds until every window has room; 0 when the call may be made now."""
        now = self._now()
        self._forget(now)
        waits = [self._blocked.get(each, 0.0) - now for each in {None, model}]
        waits += [self._wait_of_rule(rule, load.of(rule.metric), now) for rule in self._applying(model)]
        for (metric, _, limited), (amount, until) in self._left.items():
            if limited in (None, model) and amount < load.of(metric):
                waits.append(until - now)
        return max(0.0, *waits)

    def _remember(self, ticket: Ticket) -> None:
        self._log.append(ticket)
        self._add(ticket, 1)

    def _add(self, ticket: Ticket, sign: int) -> None:
        """Keep the sums over the whole log, which tell at once that a window cannot be full."""
        for metric in METRICS:
            self._logged[metric] += sign * ticket.load.of(metric)

    def _wait_of_rule(self, rule: Rule, need: int, now: float) -> float:
        if self._logged[rule.metric] + need <= rule.limit * MARGIN:
            return 0.0
        counted = [
            (ticket.at, ticket.load.of(rule.metric))
            for ticket in self._log
            if ticket.at > now - rule.seconds - _EDGE and rule.model in (None, ticket.model)
        ]
        taken = sum(amount for _, amount in counted)
        room = max(rule.limit * MARGIN, 1.0 if rule.metric == "requests" else 0.0)
        wait = 0.0
        for at, amount in counted:
            if taken + need <= room or not taken:
                break
            taken -= amount
            wait = at + rule.seconds + 2 * _EDGE - now
        return max(0.0, wait)

    def _applying(self, model: int | None) -> list[Rule]:
        return [rule for rule in self._rules.values() if rule.model in (None, model)]

    def _forget(self, now: float) -> None:
        """Drop what no window counts any more."""
        longest = max((rule.seconds for rule in self._rules.values()), default=0.0) + 2 * _EDGE
        while self._log and self._log[0].at < now - longest:
            ticket = self._log.popleft()
            ticket.is_logged = False
            self._add(ticket, -1)
        self._left = {key: held for key, held in self._left.items() if held[1] > now}


def rule_span(rule: Rule) -> tuple[str, float]:
    """What a rule counts, and over which time."""
    return rule.metric, rule.seconds
