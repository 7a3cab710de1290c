"""What a status and an error body come to: one row for each rule and each shape that providers send."""

import json
from datetime import UTC, datetime

import pytest

from tests.fault_server import FaultServer, says, says_json
from tests.wire_asking import QUICK, asking, at, chat_with
from tui_registry.wire import Exchange, Wire
from tui_registry.wire.faults import Fault, fault_of, fault_of_text
from tui_registry.wire.outcomes import classify, sentence
from tui_registry.wire.rules import RULES


def error(message: str = "", **more: object) -> dict[str, object]:
    return {"error": {"message": message, **more}}


QUOTA_A_DAY = error(
    "You exceeded your current quota, please check your plan and billing details.",
    status="RESOURCE_EXHAUSTED",
    details=[
        {"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},
        {"retryDelay": "38s"},
    ],
)
QUOTA_A_MINUTE = json.loads(json.dumps(QUOTA_A_DAY).replace("PerDay", "PerMinute"))

BODIES = [
    (401, error("Incorrect API key provided", code="invalid_api_key"), "auth"),
    (401, "Invalid token", "auth"),
    (401, {"detail": "Invalid API key"}, "auth"),
    (400, error("API key not valid.", details=[{"reason": "API_KEY_INVALID"}]), "auth"),
    (
        400,
        {"code": "Client specified an invalid argument", "error": "Incorrect API key provided: xa***"},
        "auth",
    ),
    (403, error("Invalid API key"), "auth"),
    (498, {"message": "invalid api token"}, "auth"),
    (402, error("Insufficient Balance"), "funds"),
    (412, error("Account is not active"), "funds"),
    (429, error("You exceeded your current quota", code="insufficient_quota"), "funds"),
    (429, error("", code="credit_balance_exhausted"), "funds"),
    (429, error("Insufficient balance or no resource package.", code="1113"), "funds"),
    (401, error("", type="insufficient_quota"), "funds"),
    (400, error("You have reached your specified API usage limits."), "funds"),
    (400, error("Your credit balance is too low to access the API."), "funds"),
    (400, error("Budget has been exceeded! Current cost: 1", type="budget_exceeded", code="400"), "funds"),
    (422, error("ExceededBudget: budget_exceeded"), "funds"),
    (403, error("Billing account disabled"), "funds"),
    (403, error("Your account is not active, please check your billing details.", code="x"), "funds"),
    (403, error("Key limit exceeded (total limit)"), "funds"),
    (429, error("enforced_spend_limit_reached", code="enforced_spend_limit_reached"), "funds"),
    (401, error("key not allowed to access model", type="key_model_access_denied", code="401"), "denied"),
    (403, error("no permission", type="permission_error"), "denied"),
    (403, error("Requests from referer are blocked.", status="PERMISSION_DENIED"), "denied"),
    (400, error("User location is not supported for the API use.", status="FAILED_PRECONDITION"), "denied"),
    (400, error("needs a dedicated endpoint", code="model_not_available"), "denied"),
    (451, error("unavailable here"), "denied"),
    (404, error("The model `x` does not exist", code="model_not_found"), "missing"),
    (404, error("", code="model_archived"), "missing"),
    (404, error("", code="DeploymentNotFound"), "missing"),
    (410, {"title": "Gone", "detail": "retired", "status": 410}, "missing"),
    (400, error("The model llama-2 has been decommissioned"), "missing"),
    (400, error("gone/gone is not a valid model ID", code=400), "missing"),
    (422, {"object": "error", "message": {"detail": [{"msg": "Invalid model: nope"}]}}, "missing"),
    (429, error("Too many requests", type="rate_limit_error"), "rate"),
    (429, error("Key over limit", type="throttling_error", code="429"), "rate"),
    (429, {"detail": "Request was throttled. Expected available in 5 seconds."}, "rate"),
    (429, QUOTA_A_MINUTE, "rate"),
    (429, QUOTA_A_DAY, "daily"),
    (429, error("Rate limit reached for model on tokens per day (TPD): Limit 100000"), "daily"),
    (429, error("Rate limit exceeded: free-models-per-day"), "daily"),
    (429, error("Slow down. Please try again in 7m12s."), "daily"),
    # the advice at the end of a rate limit is no lack of money
    (
        429,
        error(
            "Rate limit reached for gpt-4 on requests per min (RPM): Limit 3. Please try again in 20s."
            " You can increase it by adding a payment method at https://platform.openai.com/account/billing.",
            code="rate_limit_exceeded",
        ),
        "rate",
    ),
    (
        429,
        error(
            "Rate limit reached on tokens per minute (TPM). Upgrade at https://console.groq.com/settings/billing"
        ),
        "rate",
    ),
    (429, error("You exceeded your current quota, please check your plan and billing details."), "funds"),
    (429, error("Check your plan and billing details.", status="RESOURCE_EXHAUSTED", code=429), "rate"),
    (429, {"message": "You are using a Trial key, which is limited to 1000 API calls / month."}, "daily"),
    (429, error("We are at capacity", code="queue_exceeded"), "server"),
    (429, error("Engine is overloaded", code="engine_overloaded"), "server"),
    (498, error("Flex tier capacity exceeded", code="capacity_exceeded"), "server"),
    (404, error("No endpoints found that support tool use.", code=404), "unsupported"),
    (400, error("Unsupported parameter: 'max_tokens'", param="max_tokens"), "params"),
    (400, error("registry.example/model does not support tools"), "params"),
    (422, {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}, "params"),
    (500, error("1 validation error for Request: messages field required"), "params"),
    (406, error("no"), "params"),
    (
        413,
        error("Request too large for model on tokens per minute (TPM)", code="rate_limit_exceeded"),
        "too_large",
    ),
    (
        400,
        error("This model's maximum context length is 10 tokens", code="context_length_exceeded"),
        "too_large",
    ),
    (405, {"detail": "Method Not Allowed"}, "unsupported"),
    (501, error("not implemented"), "unsupported"),
    (408, error("Timed out", type="invalid_request_error"), "timeout"),
    (409, error("conflict"), "server"),
    (425, error("too early"), "server"),
    (500, error("internal"), "server"),
    (502, error("bad gateway"), "server"),
    (503, error("overloaded"), "server"),
    (504, error("upstream"), "server"),
    (522, error("origin"), "server"),
    (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "server"),
    (200, error("provider failed", code=502), "server"),
    (200, error("no credits left", code=402), "funds"),
    (200, error("Overloaded", type="overloaded_error"), "server"),
    (200, error("slow down", code=429), "rate"),
    (200, {"error": "something broke"}, "server"),
    # no status of its own: its words say what it is
    (200, error("Insufficient credits"), "funds"),
    (200, error("Slow down", code="rate_limit_exceeded"), "rate"),
    (200, error("Quota used up: 50 requests per day"), "daily"),
    (200, error("No such key", code="invalid_api_key"), "auth"),
    (200, error("key not allowed to access model"), "denied"),
    (200, error("", code="model_not_found"), "missing"),
    (200, error("This model's maximum context length is 10 tokens"), "too_large"),
    (200, {"code": 401, "msg": "token expired", "success": False}, "auth"),
    (200, {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}, "funds"),
    (200, {"base_resp": {"status_code": 1004, "status_msg": "login fail"}}, "auth"),
    (200, [error("API key not valid", code=400, status="INVALID_ARGUMENT")], "auth"),
    (400, [error("API key not valid", code=400)], "auth"),
]


@pytest.mark.parametrize(("status", "body", "outcome"), BODIES)
async def test_an_error_body_comes_to_the_outcome_it_means(status: int, body: object, outcome: str) -> None:
    reply = await chat_with(says_json(body, status))
    assert reply.exchange.outcome == outcome, reply.exchange.message
    assert reply.exchange.status == status
    assert reply.exchange.message
    assert len(reply.exchange.message) <= 500


TEXTS = [
    (403, "error code: 1010", "text/plain", "edge"),
    (403, "<html><body>blocked</body></html>", "text/html", "edge"),
    (503, "<!doctype html><p>maintenance", "text/html", "edge"),
    (404, "<html>nginx</html>", "text/html", "edge"),
    (404, "404 page not found", "text/plain", "missing"),
    (401, '"Invalid token"', "application/json", "auth"),
    (401, "Invalid token", "text/plain", "auth"),
    (401, "", "text/plain", "auth"),
    (403, "", "text/plain", "denied"),
    (503, "", "text/plain", "server"),
    (502, "<html>bad gateway</html>", "text/html", "server"),
    (200, "<!doctype html><title>Sign in to the network</title>", "text/html", "protocol"),
    (200, "", "application/json", "protocol"),
    (200, "not json", "application/json", "protocol"),
    (200, "{}", "application/json", "protocol"),
    (200, '{"choices": []}', "application/json", "protocol"),
    (200, '{"choices": [{"message": {"content": ""}}]}', "application/json", "protocol"),
]


@pytest.mark.parametrize(("status", "body", "kind", "outcome"), TEXTS)
async def test_an_answer_that_is_no_error_object_has_an_outcome_too(
    status: int, body: str, kind: str, outcome: str
) -> None:
    reply = await chat_with(says(body, status, kind))
    assert reply.exchange.outcome == outcome
    assert "<" not in (reply.exchange.message or "")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.outcome}-{min(rule.statuses)}")
def test_every_rule_is_the_deciding_one_for_some_row(rule: object) -> None:
    deciding = []
    for status, body, _ in BODIES:
        inner = fault_of(body).status if status == 200 else status
        for candidate in RULES:
            words = candidate.words
            if inner in candidate.statuses and (words is None or words.search(fault_of(body).everything)):
                deciding.append(candidate)
                break
    # a redirect has its own tests, because its body is never read for an error
    assert rule in deciding or rule is RULES[0]


@pytest.mark.parametrize("status", range(300, 600))
def test_every_status_has_an_outcome(status: int) -> None:
    assert classify(status, Fault("")) != "ok"


@pytest.mark.parametrize(
    ("body", "message", "reason"),
    [
        (error("m", type="t", code="c"), "m", "c"),
        (error("m", type="t", code=None), "m", "t"),
        (error("m", code=401, status="UNAUTHENTICATED"), "m", "UNAUTHENTICATED"),
        ({"error": "text"}, "text", None),
        ({"code": "c", "error": "text"}, "text", "c"),
        ({"message": "m", "type": "t", "code": "c"}, "m", "c"),
        ({"type": "error", "error": {"type": "t", "message": "m"}}, "m", "t"),
        ([error("m", code=400)], "m", "400"),
        ({"detail": "d"}, "d", None),
        ({"detail": [{"loc": ["body"], "msg": "d"}]}, "d", None),
        ({"object": "error", "message": {"detail": [{"msg": "d"}]}, "type": "t"}, "d", "t"),
        ({"title": "t", "detail": "d", "status": 404}, "d", "404"),
        ({"message": "m"}, "m", None),
        ("plain", "plain", None),
        ({}, "", None),
        ([], "", None),
        (None, "", None),
        (7, "", None),
    ],
)
def test_one_reader_finds_the_message_and_the_code_in_every_shape(
    body: object, message: str, reason: str | None
) -> None:
    fault = fault_of(body)
    assert (fault.message, fault.reason) == (message, reason)


def test_a_web_page_is_never_quoted() -> None:
    assert fault_of_text("  <!DOCTYPE html><h1>Hello").message == ""
    assert fault_of_text("over quota " * 50).message == ("over quota " * 50).strip()[:200]


def test_a_message_says_what_happened_and_what_the_provider_said() -> None:
    assert sentence("ok", 200, None) is None
    assert sentence("auth", 401, "invalid_api_key", "No.") == (
        "The provider refused the key (HTTP 401, invalid_api_key): No."
    )
    assert sentence("timeout", None, "gap") == "The provider stopped sending."


async def test_foreign_text_in_a_message_cannot_act_on_a_terminal() -> None:
    reply = await chat_with(
        says_json(error("\x1b]0;pwned\x07\u202e\ud800\x00 " + "x" * 9000, code="\x9b31m"), 400)
    )
    message = (reply.exchange.message or "") + (reply.exchange.reason or "")
    assert len(reply.exchange.message or "") <= 500
    assert message.isprintable()


async def test_a_redirect_is_an_error_that_names_the_host() -> None:
    with FaultServer(says("", 307, location="https://evil.example/v1/steal?x=1")) as server:
        async with Wire(deadlines=QUICK) as wire:
            exchange = await wire.prove_key(at(server.url), "GET /models")
    assert (exchange.outcome, exchange.reason) == ("edge", "redirect")
    assert "evil.example" in (exchange.message or "")


async def proof(document: object, call: str = "GET /key", status: int = 200) -> Exchange:
    with FaultServer(says_json(document, status)) as server:
        async with Wire(deadlines=QUICK) as wire:
            return await wire.prove_key(at(server.url), call)


@pytest.mark.parametrize(
    ("document", "outcome"),
    [
        ({"valid": True}, "ok"),
        ({"valid": False}, "auth"),
        ({"api_key_blocked": True, "api_key_disabled": False}, "auth"),
        ({"api_key_blocked": False, "api_key_disabled": True}, "auth"),
        ({"team_blocked": True}, "denied"),
        ({"is_available": False, "balance_infos": []}, "funds"),
        ({"is_available": True, "balance_infos": []}, "ok"),
        ({"current_point_balance": 0}, "funds"),
        ({"current_point_balance": 12}, "ok"),
        ({"data": {"limit": 5, "limit_remaining": 0}}, "funds"),
        ({"data": {"limit": None, "limit_remaining": None}}, "ok"),
        ({"success": False, "errors": []}, "auth"),
        (["list"], "protocol"),
    ],
)
async def test_a_good_status_proves_a_key_only_when_the_body_agrees(document: object, outcome: str) -> None:
    exchange = await proof(document)
    assert exchange.outcome == outcome
    assert exchange.body == document


@pytest.mark.parametrize(
    ("document", "outcome"), [({"data": []}, "ok"), ([{"id": "a"}], "ok"), ({"hello": 1}, "protocol")]
)
async def test_a_list_proves_a_key_only_when_it_is_a_list(document: object, outcome: str) -> None:
    assert (await proof(document, "GET /models")).outcome == outcome


async def test_nobody_listening_is_unreachable_and_not_the_keys_fault() -> None:
    with FaultServer(says_json({})) as server:
        url = server.url
    async with Wire(deadlines=QUICK) as wire:
        reply = await wire.chat(at(url), asking())
    assert (reply.exchange.outcome, reply.exchange.reason, reply.exchange.status) == (
        "server",
        "unreachable",
        None,
    )
    assert reply.exchange.started_at <= datetime.now(UTC)
