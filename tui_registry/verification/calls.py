"""One paid call: allowed by the budget, let through by the limiter, sent, and settled."""

from dataclasses import dataclass
from decimal import Decimal

from tui_registry.errors import Refused
from tui_registry.verification import limits, questions
from tui_registry.verification.bench import Bench, Work
from tui_registry.verification.budget import Tariff, tariff_of
from tui_registry.verification.limiter import Load
from tui_registry.verification.suites import Probe
from tui_registry.wire import ChatReply, EmbedReply, Exchange, Usage

Reply = ChatReply | EmbedReply

CHARACTERS_PER_TOKEN = 4
"""What a token is taken for where nobody counted."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A call that was made, with its cost in USD (None when nobody knows it) and who says so."""

    reply: Reply
    cap: int
    queued: float
    cost: Decimal | None
    cost_source: str | None

    @property
    def exchange(self) -> Exchange:
        """What went over the wire."""
        return self.reply.exchange


@dataclass(frozen=True, slots=True)
class NotMade:
    """A call that was not made, and why."""

    status: str
    outcome: str
    sentence: str


async def call(bench: Bench, work: Work, probe: Probe) -> Answered | NotMade:
    """Make one call of a probe, or say why it cannot be made; nothing is sent that the budget cannot hold.

    Under a budget a provider's first answer is awaited alone: it shows whether caps are kept there.
    """
    if bench.budget.limit is not None and not bench.is_metered:
        async with bench.metering:
            if not bench.is_metered:
                made = await _call(bench, work, probe)
                bench.is_metered = isinstance(made, Answered) and made.cost is not None
                return made
    return await _call(bench, work, probe)


async def _call(bench: Bench, work: Work, probe: Probe) -> Answered | NotMade:
    size = questions.size(probe, work.reasons)
    tariff = tariff_of(work.plan.price)
    bound = None if tariff is None else tariff.bound(size.given, size.cap)
    money = bench.budget.reserve(None if bound is None else bound * bench.excess)
    if money is None:
        return NotMade("skipped", "budget", "The budget does not hold another call of this model.")
    sent = False
    cost: Decimal | None = None
    load = Load(size.given, size.cap)
    taken: Load | None = None
    try:
        try:
            ticket = await bench.limiter.reserve(load, work.plan.id, patience=bench.options.patience)
        except Refused as error:
            return NotMade("blocked", "limit", str(error))
        try:
            if bench.stopped is not None:
                return NotMade("skipped", "breaker", bench.stopped)
            sent = True
            reply = await _send(bench, work, probe, size.cap)
            taken = _load(reply.exchange.usage, load)
            cost, source, sent = _charged(reply, tariff, size)
        except Refused as error:
            sent = False
            return NotMade("blocked", "denied", str(error))
        finally:
            bench.limiter.settle(ticket, taken)
    finally:
        bench.budget.settle(money, cost, sent=sent)
    _learn(bench, work, reply.exchange)
    if cost is not None and bound is not None and cost > bound:
        bench.charged_more(cost, bound)
    return Answered(reply, size.cap, ticket.queued, cost, source)


async def _send(bench: Bench, work: Work, probe: Probe, cap: int) -> Reply:
    target, model_id = bench.subject.target, work.plan.model_id
    slow = work.reasons or probe == "benchmark"
    deadlines = bench.options.deadlines(local=bench.subject.is_local, slow=slow)
    if probe == "embeddings":
        return await bench.wire.embed(target, model_id, questions.EMBEDDING_INPUTS, deadlines=deadlines)
    request = questions.chat_request(probe, model_id, cap, work.quirks)
    return await bench.wire.chat(target, request, deadlines=deadlines)


def _charged(
    reply: Reply, tariff: Tariff | None, size: questions.Size
) -> tuple[Decimal | None, str | None, bool]:
    """What a call cost, who says so, and whether it counts with its bound when nobody does.

    A refusal costs nothing; an answer that was cut off may have been charged; one that went on past its cap
    and tells no usage is estimated by its length.
    """
    exchange = reply.exchange
    if exchange.cost is not None:
        return exchange.cost, exchange.cost_source, True
    usage = exchange.usage
    if tariff is not None and (usage.input_tokens is not None or usage.output_tokens is not None):
        given, out = usage.input_tokens, usage.output_tokens
        known = tariff.cost(0 if given is None else given, 0 if out is None else out)
        if given is not None and (out is not None or tariff.output == 0):
            return known, "usage", True
    if tariff is not None and isinstance(reply, ChatReply) and not reply.keeps_cap:
        written = (len(reply.text) + len(reply.reasoning_text)) // CHARACTERS_PER_TOKEN
        return tariff.bound(size.given, max(written, size.cap)), "estimate", True
    refused = exchange.status is not None and exchange.status >= 400
    never_arrived = exchange.reason in ("connect", "unreachable", "tls", "proxy")
    return None, None, not (refused or never_arrived)


def _load(usage: Usage, held: Load) -> Load | None:
    if usage.input_tokens is None and usage.output_tokens is None:
        return None
    given = held.given if usage.input_tokens is None else usage.input_tokens
    return Load(given, held.out if usage.output_tokens is None else usage.output_tokens)


def _learn(bench: Bench, work: Work, exchange: Exchange) -> None:
    model = work.plan.id if bench.subject.limits_per_model else None
    limits.learn(bench.limiter, exchange.limits, model, bench.options.clock())
    said = f"{exchange.reason} {exchange.message}".lower()
    if exchange.outcome == "rate" and "parallel" in said:
        bench.limiter.parallel = max(1, bench.limiter.parallel - 1)
