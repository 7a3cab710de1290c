"""Statements that the schema accepts or refuses, each refusal with the rule that speaks."""

from collections.abc import Iterator
from typing import NamedTuple

T = "'2026-11-23T06:52:00.123Z'"
LATER = "'2026-11-23T06:53:00.000Z'"
URL = "'https://api.example.com/v1'"
SEALED = "'trv1.AQAAAAAAAAAAAAAAAAAAAAABBBB'"
OTHER_SEALED = "'trv1.AQAAAAAAAAAAAAAAAAAAAAACCCC'"
OTHER_VAULT = "'trv1.AQZZZZZZZZZZZZZZZZZZZZAADDDD'"
BUMP = "row_version = row_version + 1"


class Case(NamedTuple):
    """A statement, and the words of the rule that refuses it; no words where it is accepted."""

    rule: str | None
    sql: str


GOOD: dict[str, dict[str, str]] = {
    "meta": {"key": "'known_providers'", "value": "'abc'"},
    "known_provider": {
        "name": "'New One'",
        "endpoint": URL,
        "dialect": "'openai'",
        "auth": "'bearer'",
        "source": "'user'",
    },
    "provider": {
        "uuid": "'0123456789abcdef0123456789abcdef'",
        "name": "'Spare'",
        "endpoint": URL,
        "created_at": T,
        "updated_at": T,
    },
    "model": {
        "provider_id": "1",
        "model_id": "'new-model'",
        "name": "'New model'",
        "source": "'user'",
        "created_at": T,
        "updated_at": T,
    },
    "pricing_info": {
        "provider_id": "2",
        "input_price_per_token": "1e-06",
        "output_price_per_token": "0",
        "source": "'user'",
        "last_updated": T,
    },
    "model_pricing": {
        "model_id": "2",
        "input_price_per_token": "1e-06",
        "source": "'user'",
        "last_updated": T,
    },
    "limits_info": {"provider_id": "2", "requests_per_minute": "60", "source": "'user'", "last_updated": T},
    "verification_run": {"suite": "'quick'", "trigger": "'manual'", "state": "'running'", "started_at": T},
    "verification_result": {
        "provider_id": "1",
        "test_type": "'list'",
        "status": "'pass'",
        "created_at": T,
    },
    "key_control": {"endpoint": URL, "proof": "'GET /models'", "refuses_wrong": "1", "checked_at": T},
    "observed_limit": {
        "provider_id": "1",
        "metric": "'requests'",
        "window": "'minute'",
        "limit_value": "60",
        "header": "'x-limit: 60'",
        "observed_at": T,
    },
    "model_observation": {"model_id": "2", "last_updated": T},
}


def insert(table: str, verb: str = "INSERT", **changed: str) -> str:
    """An INSERT of a good row with some columns changed."""
    row = GOOD[table] | changed
    columns = ", ".join(f'"{name}"' for name in row)
    return f"{verb} INTO {table} ({columns}) VALUES ({', '.join(row.values())})"


def update(table: str, row: int, *changes: str, verb: str = "UPDATE") -> str:
    """An UPDATE that counts the version as an edit must."""
    key = {"pricing_info": "provider_id", "limits_info": "provider_id", "model_pricing": "model_id"}.get(
        table, "id"
    )
    return f"{verb} {table} SET {', '.join((*changes, BUMP))} WHERE {key} = {row}"


def _keyed(number: int, name: str, sealed: str = SEALED) -> str:
    return insert(
        "provider",
        id=str(number),
        uuid=f"'{number:032x}'",
        name=f"'{name}'",
        api_key_encrypted=sealed,
        key_fingerprint=f"'{number:016x}'",
    )


def _plain(number: int, name: str) -> str:
    return insert("provider", id=str(number), uuid=f"'{number:032x}'", name=f"'{name}'")


def _key_check(provider: int, fingerprint: int, status: str) -> str:
    return insert(
        "verification_result",
        provider_id=str(provider),
        test_type="'key'",
        status=f"'{status}'",
        key_fingerprint=f"'{fingerprint:016x}'",
    )


def _probe(model: int, status: str, minute: int, **facts: str) -> str:
    row = {"test_type": "'chat'", "created_at": f"'2026-11-23T07:{minute:02}:00.000Z'"} | facts
    return insert("verification_result", model_id=str(model), status=f"'{status}'", **row)


# 1 has everything and is active, 2 has nothing, 3 a key that failed; 4 to 8 have one kind of dependent each,
# 9 was validated and its key has failed since; model 8 failed repeatedly, 9 failed in one bad moment,
# 10 is gone from the provider, and 11 only showed what else it can
BASE: tuple[str, ...] = (
    *(
        insert("known_provider", name=f"'{name}'", source="'package'")
        for name in (
            "Groq",
            "Together AI",
            "OpenAI",
            "xAI",
            "Mistral",
            "Cohere",
            "DeepSeek",
            "Spare",
            "Unused",
            "Perplexity",
            "Fireworks AI",
        )
    ),
    _keyed(1, "Groq"),
    _plain(2, "Together AI"),
    _keyed(3, "OpenAI"),
    _plain(4, "xAI"),
    _plain(5, "Mistral"),
    _plain(6, "Cohere"),
    _plain(7, "DeepSeek"),
    _plain(8, "Perplexity"),
    _keyed(9, "Fireworks AI"),
    insert("verification_run", id="1"),
    insert("verification_run", id="2"),
    insert("verification_run", id="3", state="'done'", finished_at=T),
    insert("model", id="1", model_id="'one'"),
    insert("model", id="2", model_id="'two'"),
    insert("model", id="3", model_id="'three'", provider_id="3"),
    insert("model", id="4", model_id="'four'"),
    insert("model", id="5", model_id="'five'", provider_id="7"),
    insert("model", id="6", model_id="'six'"),
    insert("model", id="7", model_id="'seven'"),
    *(insert("model", id=str(id), model_id=f"'{id}'") for id in (8, 9, 10, 11)),
    insert("pricing_info", provider_id="1"),
    insert("pricing_info", provider_id="5"),
    insert("model_pricing", model_id="3"),
    insert("limits_info", provider_id="1"),
    insert("limits_info", provider_id="6"),
    _key_check(1, 1, "pass"),
    _key_check(3, 3, "fail"),
    _key_check(3, 33, "pass"),
    _key_check(4, 4, "error"),
    _key_check(9, 9, "pass"),
    update("provider", 9, f"key_validated_at = {T}"),
    _key_check(9, 9, "fail"),
    _key_check(9, 9, "error"),
    _probe(8, "pass", 0),
    *(_probe(8, "fail", minute) for minute in (1, 2, 16)),
    _probe(9, "pass", 0),
    *(_probe(9, "fail", minute) for minute in (1, 2, 15)),
    _probe(10, "pass", 0),
    _probe(10, "fail", 0, outcome="'missing'"),
    _probe(10, "fail", 10, outcome="'missing'"),
    _probe(11, "pass", 0, test_type="'tools'"),
    insert("verification_result", model_id="1", run_id="1", test_type="'chat'"),
    insert("verification_result", model_id="4", run_id="1", test_type="'chat'", status="'fail'"),
    insert("key_control", endpoint="'https://held.example.com'"),
    insert("observed_limit", id="1", provider_id="8"),
    insert("observed_limit", id="2", model_id="7"),
    insert("model_observation", model_id="6"),
    update("provider", 1, f"key_validated_at = {T}", f"state_changed_at = {T}", "is_active = 1"),
    update("model", 1, "verification_state = 'verified'", "score = 0.9"),
)

_LONG = "substr(hex(zeroblob({0})), 1, {0})"
BAD_URLS = (
    "''",
    "'api.example.com'",
    "'ftp://example.com'",
    "'https://'",
    "'https:///v1'",
    "'https://ana:pw@example.com'",
    "'https://example.com\\@evil.test'",
    "'https://exa mple.com'",
    "'https://exämple.com'",
    "'https://example.com/' || char(10)",
    "'https://example.com/' || char(0)",
    "'https://example.com/<b>'",
    "'https://example.com/' || hex(zeroblob(1024))",
)
BAD_STAMPS = (
    "''",
    "'now'",
    "'2026-11-23'",
    "'2026-11-23 06:52:00.123Z'",
    "'2026-11-23T06:52:00Z'",
    "'2026-11-23T06:52:00.123456Z'",
    "'2026-11-23T06:52:00.123+01:00'",
    "'2026-02-31T06:52:00.123Z'",
    "'2026-11-23T24:00:00.000Z'",
    "'2026-11-23T06:60:00.000Z'",
    "'2460000.5'",
    f"{T} || char(0)",
)
BAD: dict[str, tuple[str, ...]] = {
    "text": (
        "''",
        "'   '",
        "'a' || char(10)",
        "'a' || char(0) || 'b'",
        "char(27) || '[2J'",
        "'a' || char(155)",
    ),
    "lines": (
        "''",
        "' ' || char(10)",
        "'a' || char(13) || 'b'",
        "'a' || char(0) || 'b'",
        "char(27)",
        "char(9)",
    ),
    "hex": ("''", "'ABCDEF0123456789'", "'0123456789abcde'", "'zzzzzzzzzzzzzzzz'"),
    "url": BAD_URLS,
    "base_url": (
        *BAD_URLS,
        "'https://example.com/?key=1'",
        "'https://example.com/#a'",
        "'https://{name}.example.com'",
    ),
    "template": (*BAD_URLS, "'https://example.com/?key=1'"),
    "sealed": (
        "'sk-proj-abcdefgh'",
        "'trv1.'",
        "'trv2.AQAAAA'",
        "'trv1.AQ=='",
        "'trv1.AQ AA'",
        "'trv1.AQAA' || char(10)",
        "'trv1.AQAA' || char(0)",
        "'trv1.' || " + _LONG.format(16385),
    ),
    "utc": BAD_STAMPS,
    "date": ("''", "'now'", "'2026-2-3'", "'2026-02-31'", "'23.11.2026'", T),
    "flag": ("2", "-1"),
    "count": ("0", "-1", "9007199254740993"),
    "tally": ("-1",),
    "price": ("-1e-09", "1000.1", "9e999"),
    "amount": ("-0.01", "9e999"),
    "fraction": ("-0.1", "1.1", "9e999"),
    "currency": ("''", "'usd'", "'US'", "'USDT'", "'U$D'", "'USD' || char(0)"),
    "choice": ("''", "'other'", "'USER'"),
    "code": ("99", "600"),
    "json": ("''", "'{'", "'[1]'", "'1'", "'{\"a\": \"' || hex(zeroblob(4096)) || '\"}'"),
    "names": ("'a;b'", "'a' || char(10)", "'a' || char(0)"),
    "document": ("''", "'{'", "'[1]'", "'1'"),
    "word": ("''", "'Key'", "'a b'"),
    "token": ("''", "'a b'", "'a' || char(10)"),
}


# a new row may not have these at all, so an edit tries them
_STATES = ("provider.is_active.flag", "provider.key_validated_at.utc", "model.verification_state.choice")


def shape_cases(checks: list[str]) -> Iterator[Case]:
    """Bad values for every CHECK that guards one column's shape, and a text past its limit."""
    for rule in checks:
        table, column, shape = rule.split(".")
        kind, _, size = shape.rpartition("_")
        kind, too_long = (kind, size) if size.isdigit() else (shape, "")
        values = BAD.get(kind, ())
        if kind in ("text", "lines"):
            values = (*values, _LONG.format(int(too_long) + 1))
        for value in values:
            if rule in _STATES:
                yield Case(rule, update(table, 1, f"{column} = {value}"))
            else:
                yield Case(rule, insert(table, **_companions(rule), **{column: value}))


def _companions(rule: str) -> dict[str, str]:
    """What else a row needs so that no other rule speaks first."""
    if rule == "provider.api_key_encrypted.sealed":
        return {"key_fingerprint": "'0000000000000009'"}
    if rule == "provider.key_fingerprint.hex_16":
        return {"api_key_encrypted": SEALED}
    if rule == "model_observation.quirks.json":
        return {"quirks_at": T}
    if rule == "model_observation.quirks_at.utc":
        return {"quirks": "'{}'"}
    return {"state": "'done'"} if rule == "verification_run.finished_at.utc" else {}
