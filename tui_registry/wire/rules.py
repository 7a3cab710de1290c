"""What a status and an error text come to, as data: the first rule that fits decides.

Sources are the providers' documented and observed answers; many statuses lie, so the words come first.
"""

import re
from dataclasses import dataclass

from tui_registry.wire.exchange import Outcome

ANY: frozenset[int] = frozenset(range(400, 600))


@dataclass(frozen=True, slots=True)
class Rule:
    """An outcome for some statuses, if the words (a pattern over codes and message, lower case) are found."""

    outcome: Outcome
    statuses: frozenset[int]
    words: re.Pattern[str] | None = None


def _rule(outcome: Outcome, statuses: str, words: str = "") -> Rule:
    """A rule from statuses such as `400 401 520-524` and a pattern."""
    found: set[int] = set()
    for part in statuses.split():
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return Rule(outcome, frozenset(found) or ANY, re.compile(words) if words else None)


_NO_FUNDS = (
    r"insufficient[ _](?:quota|balance|credits?|funds)|credit_balance_exhausted|credit balance is too low"
    r"|(?:out of|not enough|no remaining|no) (?:credits?|balance|points|funds)\b|payment[ _]required"
    r"|billing_(?:error|not_active|hard_limit)|billing (?:hard )?limit|any credits|key limit exceeded"
    r"|spend(?:ing)?[ _]limit|specified api usage limits|budget[ _](?:has been )?exceeded"
    r"|exceeded.{0,20} budget"
    r"|exceeded your monthly included credits|account.{0,30}suspended|\barrears?\b|\b1113\b"
)
_NO_BILLING = r"\bbilling\b"  # many a rate limit ends with the advice to visit the billing page
_PACE = (
    r"rate[ _]?limit(?:ed|[ _](?:reached|exceeded|error))|requests per|tokens per|\([rt]pm\)"
    r"|resource_exhausted|too many requests"
)
_BAD_KEY = (
    r"api_key_invalid|incorrect api key|api key (?:is )?not valid|api key not found|invalid[_ ]api[_ ]?key"
    r"|no_db_connection"  # a LiteLLM proxy that knows its master key and no other
    r"|login fail|api key (?:has )?expired|invalid (?:access )?token\b|invalid authentication"
)
_NO_ACCESS = (
    r"model_access_denied|not allowed to access model|model_not_available"
    r"|does not have access to (?:the )?model|location is not supported"
    r"|unsupported_country|region.{0,30}not supported"
)
_NO_FEATURE = r"no endpoints found that (?:support|can handle)"
_NO_MODEL = (
    r"model_not_found|model_archived|model_decommissioned|deploymentnotfound|invalid[_ ]model\b"
    r"|\bmodel\b.{0,120}(?:does not exist|doesn.t exist|not exist|was not found|not found|decommissioned"
    r"|no longer (?:available|supported)|has been (?:retired|archived|deprecated))"
    r"|not a valid model|no such model|unknown model"
)
_TOO_LONG = (
    r"context_length_exceeded|maximum context length|context window|prompt is too long"
    r"|too many (?:input )?tokens|request too large|request_too_large|string_above_max_length"
)
_PER_DAY = (
    r"per ?day|per_day|\bdaily\b|free-models-per-day|\b(?:rpd|tpd)\b|per (?:month|week)|monthly limit"
    r"|/ ?(?:day|month)\b"
)

_BAD_PARAMETER = r"validation|invalid (?:request|parameter|type)|unsupported parameter|failed to parse"

RULES: tuple[Rule, ...] = (
    _rule("edge", "300-399"),
    _rule("daily", "429", r"[a-z]perday|perdayper"),
    _rule("rate", "429", r"[a-z]perminute|throttling_error"),
    _rule("server", "429 498", r"queue_exceeded|overloaded|capacity[_ ]exceeded"),
    _rule("funds", "400 401 402 403 412 422 429", _NO_FUNDS),
    _rule("daily", "429", _PER_DAY),
    _rule("rate", "429", _PACE),
    _rule("funds", "400 401 403 422 429", _NO_BILLING),
    _rule("funds", "402 412"),
    _rule("denied", "400 401 403 404 422", _NO_ACCESS),
    _rule("auth", "400 403", _BAD_KEY),
    _rule("auth", "401 498"),
    _rule("denied", "403 451"),
    _rule("unsupported", "404", _NO_FEATURE),
    _rule("missing", "404 410"),
    _rule("too_large", "413"),
    _rule("too_large", "400 422", _TOO_LONG),
    _rule("missing", "400 422", _NO_MODEL),
    _rule("timeout", "408"),
    _rule("unsupported", "405 501"),
    _rule("server", "409 425"),
    _rule("rate", "429"),
    _rule("params", "500", _BAD_PARAMETER),
    _rule("server", "500-599"),
    _rule("params", "400-499"),
)
"""In the order they are tried; every status from 300 to 599 meets one."""

WITHOUT_STATUS: tuple[Rule, ...] = (
    _rule("funds", "200-299", _NO_FUNDS),
    _rule("daily", "200-299", _PER_DAY),
    _rule("rate", "200-299", _PACE),
    _rule("denied", "200-299", _NO_ACCESS),
    _rule("auth", "200-299", _BAD_KEY),
    _rule("missing", "200-299", _NO_MODEL),
    _rule("too_large", "200-299", _TOO_LONG),
)
"""For an error in a successful answer that names no status: its words alone."""

EDGE_WITHOUT_JSON: frozenset[int] = frozenset({403, 503})
"""Statuses that something in front of the provider sends when their body is no JSON."""

LONG_HINT = 60.0
"""Seconds; a limit that asks for a longer wait is not waited for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A value in a successful key proof that says the key is no good after all."""

    path: tuple[str, ...]
    value: object
    outcome: Outcome
    reason: str


VERDICTS: tuple[Verdict, ...] = (
    Verdict(("valid",), False, "auth", "valid: false"),
    Verdict(("api_key_blocked",), True, "auth", "api_key_blocked"),
    Verdict(("api_key_disabled",), True, "auth", "api_key_disabled"),
    Verdict(("team_blocked",), True, "denied", "team_blocked"),
    Verdict(("is_available",), False, "funds", "is_available: false"),
    Verdict(("current_point_balance",), 0, "funds", "current_point_balance: 0"),
    Verdict(("data", "limit_remaining"), 0, "funds", "limit_remaining: 0"),
    Verdict(("success",), False, "auth", "success: false"),
)
"""For Cohere, xAI, DeepSeek, Poe, OpenRouter and Cloudflare, in the fields their proof calls answer with."""
