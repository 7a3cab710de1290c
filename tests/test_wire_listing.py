"""Model lists: every fact a provider states, from every shape it states it in, and nothing it does not."""

import json
import time
from dataclasses import asdict
from decimal import Decimal

import httpx2
import pytest

from tests.fault_server import Answer, FaultServer, in_turn, routes, says, says_json
from tests.wire_asking import QUICK, at, everything, mocked
from tui_registry.wire import Caps, Deadlines, ListedModel, Listing, Wire
from tui_registry.wire.facts import amount


async def listing_of(
    answer: Answer,
    dialect: str = "openai",
    *,
    caps: Caps | None = None,
    deadlines: Deadlines = QUICK,
    **facts: str,
) -> Listing:
    with FaultServer(answer) as server:
        async with Wire(deadlines=deadlines, caps=caps or Caps()) as wire:
            return await wire.list_models(at(server.url, dialect, **facts))


async def facts_of(
    entry: dict[str, object], dialect: str = "openai", under: str = "data"
) -> dict[str, object]:
    """What is known of the one model in a list."""
    listing = await listing_of(says_json({under: [entry]}), dialect)
    assert listing.exchange.outcome == "ok", listing.exchange.message
    return {name: value for name, value in asdict(listing.models[0]).items() if value is not None}


STATED: list[tuple[str, dict[str, object], dict[str, object]]] = [
    (
        "OpenAI",
        {"created": 1_700_000_000, "owned_by": "openai"},
        {"created": "2023-11-14", "owner": "openai"},
    ),
    (
        "Groq",
        {"context_window": 8192, "max_completion_tokens": 4096},
        {"max_input_tokens": 8192, "max_output_tokens": 4096},
    ),
    (
        "Together",
        {"type": "embedding", "context_length": 512, "pricing": {"input": 0.008, "output": 0, "hourly": 0}},
        {
            "mode": "embedding",
            "max_input_tokens": 512,
            "input_price": Decimal("8E-9"),
            "output_price": Decimal(0),
        },
    ),
    (
        "OpenRouter",
        {
            "context_length": 200000,
            "top_provider": {"max_completion_tokens": 64000},
            "pricing": {"prompt": "0.000003", "completion": "0.000015", "input_cache_read": "0.0000003"},
            "architecture": {"output_modalities": ["text"], "tokenizer": "Claude"},
            "supported_parameters": ["tools", "reasoning"],
            "expiration_date": "2027-01-31",
        },
        {
            "max_input_tokens": 200000,
            "max_output_tokens": 64000,
            "input_price": Decimal("0.000003"),
            "output_price": Decimal("0.000015"),
            "cache_read_price": Decimal("0.0000003"),
            "mode": "chat",
            "architecture": "Claude",
            "supports_tools": True,
            "supports_reasoning": True,
            "supports_json": False,
            "retires": "2027-01-31",
        },
    ),
    (
        "Poe",
        {"created": 1_700_000_000_000, "pricing": {"prompt": None, "completion": None}},
        {"created": "2023-11-14"},
    ),
    (
        "LiteLLM",
        {
            "mode": "chat",
            "max_input_tokens": 100,
            "input_cost_per_token": 1.5e-07,
            "supports_function_calling": True,
        },
        {"mode": "chat", "max_input_tokens": 100, "input_price": Decimal("1.5E-7"), "supports_tools": True},
    ),
    (
        "Mistral",
        {
            "capabilities": {"completion_chat": False},
            "max_context_length": 32768,
            "deprecation": "2026-12-01T12:00:00Z",
        },
        {"mode": "other", "max_input_tokens": 32768, "retires": "2026-12-01"},
    ),
    (
        "xAI",
        {"prompt_text_token_price": 20000, "max_prompt_length": 131072},
        {"input_price": Decimal("0.000002"), "max_input_tokens": 131072},
    ),
    ("vLLM", {"max_model_len": 4096}, {"max_input_tokens": 4096}),
    ("llama.cpp", {"meta": {"n_ctx_train": 2048}}, {"max_input_tokens": 2048}),
]


@pytest.mark.parametrize(("who", "entry", "facts"), STATED)
async def test_the_facts_of_a_list_are_read_and_no_others(
    who: str, entry: dict[str, object], facts: dict[str, object]
) -> None:
    assert await facts_of({"id": "m", **entry}) == {"id": "m", **facts}


async def test_anthropics_list_states_its_caps() -> None:
    entry = {
        "id": "c",
        "display_name": "C",
        "created_at": "2026-01-02T00:00:00Z",
        "max_input_tokens": 5,
        "max_tokens": 3,
    }
    stated = await facts_of({**entry, "capabilities": {"thinking": {"supported": True}}}, "anthropic")
    assert stated == {
        "id": "c", "name": "C", "created": "2026-01-02", "max_input_tokens": 5, "max_output_tokens": 3,
        "supports_reasoning": True,
    }  # fmt: skip


async def test_geminis_list_names_models_as_they_are_called() -> None:
    entry = {
        "name": "models/gemini-x", "displayName": "Gemini X", "inputTokenLimit": 8, "outputTokenLimit": 4,
        "supportedGenerationMethods": ["generateContent"], "thinking": False,
    }  # fmt: skip
    assert await facts_of(entry, "gemini", "models") == {
        "id": "gemini-x", "name": "Gemini X", "max_input_tokens": 8, "max_output_tokens": 4, "mode": "chat",
        "supports_reasoning": False,
    }  # fmt: skip


async def test_coheres_list_is_asked_for_at_its_own_path() -> None:
    with FaultServer(
        says_json({"models": [{"name": "command", "endpoints": ["embed"], "context_length": 4}]})
    ) as server:
        async with Wire(deadlines=QUICK) as wire:
            listing = await wire.list_models(at(server.url.replace("/v1", "/v2"), "cohere"))
    assert (server.asked[0].path, server.asked[0].query) == ("/v1/models", "page_size=1000")
    assert listing.models == (ListedModel("command", name="command", mode="embedding", max_input_tokens=4),)


@pytest.mark.parametrize("body", [[{"id": "a"}], {"data": [{"id": "a"}]}, {"models": [{"name": "a"}]}, ["a"]])
async def test_a_list_may_be_bare_or_under_a_name(body: object) -> None:
    assert [model.id for model in (await listing_of(says_json(body))).models] == ["a"]


PAGED = [
    (
        "anthropic",
        [
            {"data": [{"id": "a"}], "has_more": True, "last_id": "a/?&"},
            {"data": [{"id": "b"}], "has_more": False},
        ],
        "limit=1000&after_id=a%2F%3F%26",
    ),
    (
        "gemini",
        [{"models": [{"name": "models/a"}], "nextPageToken": "t="}, {"models": [{"name": "models/b"}]}],
        "pageSize=1000&pageToken=t%3D",
    ),
    (
        "cohere",
        [{"models": [{"name": "a"}], "next_page_token": "t"}, {"models": [{"name": "b"}]}],
        "page_size=1000&page_token=t",
    ),
]


@pytest.mark.parametrize(("dialect", "pages", "query"), PAGED)
async def test_all_pages_are_read(dialect: str, pages: list[object], query: str) -> None:
    with FaultServer(in_turn(*(says_json(page) for page in pages))) as server:
        async with Wire(deadlines=QUICK) as wire:
            listing = await wire.list_models(at(server.url, dialect))
    assert [model.id for model in listing.models] == ["a", "b"]
    assert listing.pages == 2
    assert server.asked[1].query == query


async def test_a_list_that_leads_in_a_circle_ends() -> None:
    page = {"data": [{"id": "a"}], "has_more": True, "last_id": "a"}
    listing = await listing_of(says_json(page), "anthropic")
    assert (listing.pages, [model.id for model in listing.models]) == (2, ["a"])
    assert any("leads back" in note for note in listing.notes)


async def test_a_list_without_end_stops_at_the_cap_and_says_so() -> None:
    asked = 0

    def handler(request: httpx2.Request) -> httpx2.Response:
        nonlocal asked
        asked += 1
        page = {"data": [{"id": f"m{asked}"}], "has_more": True, "last_id": f"m{asked}"}
        return httpx2.Response(200, json=page)

    async with mocked(handler) as wire:
        listing = await wire.list_models(at("https://api.example.com/v1", "anthropic"))
    assert (asked, listing.pages, len(listing.models)) == (20, 20, 20)
    assert listing.notes == ("The provider's list goes on after 20 entries; the rest was not read.",)


async def test_a_failed_page_fails_the_list() -> None:
    first = says_json({"data": [{"id": "a"}], "has_more": True, "last_id": "a"})
    listing = await listing_of(in_turn(first, says_json({"error": "broken"}, 500)), "anthropic")
    assert (listing.exchange.outcome, listing.models) == ("server", ())


async def test_the_pages_share_one_deadline() -> None:
    pages = 0

    def slow(asked: object, line: object) -> None:
        nonlocal pages
        pages += 1
        line.pause(0.2)  # type: ignore[attr-defined]
        says_json({"data": [], "has_more": True, "last_id": str(pages)})(asked, line)  # type: ignore[arg-type]

    started = time.perf_counter()
    listing = await listing_of(slow, "anthropic", deadlines=Deadlines(1, 1, 0.5))
    assert time.perf_counter() - started < 3
    assert listing.exchange.outcome == "timeout"


async def test_a_gateways_own_page_adds_what_the_list_does_not_say() -> None:
    group = {
        "model_group": "m", "max_input_tokens": 1, "input_cost_per_token": 2e-06, "rpm": 20, "tpm": 1000,
        "supports_reasoning": True,
    }  # fmt: skip
    pages = routes(
        {
            "/v1/models": says_json({"data": [{"id": "m", "max_input_tokens": 99}, {"id": "n"}]}),
            "/model_group/info": says_json({"data": [group, {"model_group": "elsewhere"}]}),
        }
    )
    listing = await listing_of(pages, limit_headers="litellm")
    assert listing.models == (
        ListedModel(
            "m", max_input_tokens=99, input_price=Decimal("0.000002"), requests_per_minute=20,
            tokens_per_minute=1000, supports_reasoning=True,
        ),
        ListedModel("n"),
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/model_group/info", "/v1/model/info"])
async def test_a_gateway_under_any_name_is_known_by_its_one_date(path: str) -> None:
    facts = {"input_cost_per_token": 2e-06, "output_cost_per_token": 4e-06}
    entry = {"model_group": "m", **facts} if "group" in path else {"model_name": "m", "model_info": facts}
    named = [{"id": name, "created": 1677610602, "owned_by": "openai"} for name in ("m", "n")]
    pages = routes({"/v1/models": says_json({"data": named}), path: says_json({"data": [entry, entry]})})
    models = (await listing_of(pages)).models
    assert [(each.input_price, each.output_price) for each in models] == [
        (Decimal("0.000002"), Decimal("0.000004")),
        (None, None),
    ]


async def test_no_other_server_is_asked_for_a_gateways_page() -> None:
    named = [{"id": "gpt-3.5-turbo", "created": 1677610602}, {"id": "gpt-4", "created": 1687882411}]
    for entries in (named, [], [{"id": "m"}]):
        with FaultServer(says_json({"data": entries})) as server:
            async with Wire(deadlines=QUICK) as wire:
                await wire.list_models(at(server.url))
        assert [asked.path for asked in server.asked] == ["/v1/models"]


async def test_a_gateway_that_refuses_its_own_page_still_has_a_list() -> None:
    pages = routes({"/v1/models": says_json({"data": [{"id": "m"}]})})
    listing = await listing_of(pages, limit_headers="litellm")
    assert (listing.exchange.outcome, listing.models) == ("ok", (ListedModel("m"),))


HOSTILE_NUMBERS = [
    "NaN", "Infinity", "-Infinity", "1e999", str(2**63), "-1", "true", '"12"', "9" * 4000,
    "9" * 5000, "1.5", "[]", "null",
]  # fmt: skip


@pytest.mark.parametrize("number", HOSTILE_NUMBERS)
async def test_a_number_that_cannot_be_is_unknown_and_the_list_stays(number: str) -> None:
    body = (
        f'{{"data": [{{"id": "m", "context_length": {number}, "created": {number}, '
        f'"pricing": {{"input": {number}}}}}, {{"id": "n"}}]}}'
    )
    listing = await listing_of(says(body))
    assert [model.id for model in listing.models] == ["m", "n"]
    assert listing.models[0].max_input_tokens is None
    price = listing.models[0].input_price
    assert price is None or 0 <= price < 10**7


@pytest.mark.parametrize(
    "text", ["1e999999999", "9" * 40, "-1", "NaN", "Infinity", "1_0", "١", "0x10", "", " 1", "1e13"]
)
def test_a_text_that_is_no_sane_amount_is_none(text: str) -> None:
    assert amount(text) is None


@pytest.mark.parametrize("text", ["0", "0.0000003", "2.5e-06", "15", "999999999999"])
def test_an_amount_is_exact(text: str) -> None:
    assert amount(text) == Decimal(text)


async def test_texts_are_made_safe_and_unusable_ids_are_left_out() -> None:
    entries = [
        {"id": "good", "name": "\x1b]0;x\x07\u202e\ud800\x00", "description": "d" * 5000, "owned_by": "a\nb"},
        {"id": "\x1b[31mred"}, {"id": ""}, {"id": 7}, {"id": "x" * 600}, {"id": "nul\x00"}, {}, None, 5, [],
        {"id": "good", "name": "again"}, {"id": " padded "}, {"id": "lone\ud800"},
    ]  # fmt: skip
    listing = await listing_of(says(json.dumps({"data": entries})))
    assert [model.id for model in listing.models] == ["good"]
    assert everything(listing.models).isprintable()
    assert len(listing.models[0].description or "") <= 512
    assert listing.notes == (
        "11 entries had no usable id and were left out.",
        "1 entry came twice and was kept once.",
    )


async def test_fifty_thousand_models_are_cut_to_the_cap_in_time() -> None:
    body = json.dumps({"data": [{"id": f"model-{number}", "context_length": 8} for number in range(50_000)]})
    started = time.process_time()
    listing = await listing_of(says(body), deadlines=Deadlines(5, 5, 30))
    assert time.process_time() - started < 4
    assert len(listing.models) == 20_000
    assert listing.notes == ("30,000 entries beyond the first 20,000 were left out.",)


@pytest.mark.parametrize("body", ['"x"', "7", "null", "{}", '{"data": {}}', '{"data": "x"}'])
async def test_a_good_status_without_a_list_is_no_list(body: str) -> None:
    assert (await listing_of(says(body))).exchange.outcome == "protocol"
