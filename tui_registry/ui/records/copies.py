"""What can be copied from a record: its id, addresses, price, the whole record, a command; never a key."""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tui_registry.money import show_price
from tui_registry.text import clean
from tui_registry.ui.desk import Desk
from tui_registry.ui.words import counted

if TYPE_CHECKING:
    from tui_registry.store import EffectivePrice, KnownProvider, Model, Pricing, Provider

HIDDEN = frozenset({"api_key_encrypted", "key_fingerprint", "row_version", "uuid", "edition"})
"""Columns that a copied record does not have: what belongs to a key, and the file's own bookkeeping."""

AUTH_HEADERS = {
    "bearer": "Authorization: Bearer {}",
    "api-key-scheme": "Authorization: Api-Key {}",
    "x-api-key": "x-api-key: {}",
    "x-goog-api-key": "x-goog-api-key: {}",
    "api-key": "api-key: {}",
}
"""The header a key travels in, by the name of the way; Anthropic's API also asks for its version."""

_NAMED_LIKE_A_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Copy:
    """One thing to copy: its letter in the menu, what it is, its text, and what the menu shows of it."""

    key: str
    words: str
    text: str
    shown: str = ""


def provider_copies(desk: Desk, provider_id: int) -> tuple[str, list[Copy]]:
    """A provider's name and what can be copied from it; raises Gone."""
    reads = desk.store.reads
    row = reads.provider_by_id(provider_id)
    price = reads.pricing(provider_id)
    prices = [] if price is None else [_line("p", "price line", _default_price(price))]
    return row.name, [
        _line("i", "name", row.name),
        _line("u", "base URL", row.endpoint),
        *prices,
        _record(_provider_record(desk, row)),
        _curl(row, reads.known(row.name)),
    ]


def model_copies(desk: Desk, row_id: int) -> tuple[str, list[Copy]]:
    """A model as `provider/model` and what can be copied from it; raises Gone."""
    reads = desk.store.reads
    row = reads.model_by_id(row_id)
    owner = reads.provider_by_id(row.provider_id)
    price = reads.effective_price(row_id)
    return f"{owner.name}/{row.model_id}", [
        _line("i", "model id", row.model_id),
        _line("n", "provider and model", f"{owner.name}/{row.model_id}"),
        _line("u", "base URL", owner.endpoint),
        _line("p", "price line", price_line(price)),
        _record(model_record(owner.name, row, price)),
        _curl(owner, reads.known(owner.name)),
    ]


def result_copies(desk: Desk, result_id: int) -> tuple[str, list[Copy]]:
    """A verification result's name and what can be copied from it; raises NotFound."""
    row = desk.store.reads.result(result_id)
    evidence = [_line("v", "evidence", row.evidence)] if row.evidence else []
    return f"result {result_id}", [_line("i", "result id", str(row.id)), *evidence, _record(row.values())]


def marked_copies(desk: Desk, noun: str, ids: Sequence[int]) -> tuple[str, list[Copy]]:
    """How many records of one kind there are and what can be copied from all; raises Gone or NotFound."""
    several = {"provider": _of_providers, "model": _of_models, "result": _of_results}[noun]
    return counted(len(ids), noun), several(desk, ids)


def _of_providers(desk: Desk, ids: Sequence[int]) -> list[Copy]:
    rows = [desk.store.reads.provider_by_id(each) for each in ids]
    return [
        _lines("i", "names", [row.name for row in rows]),
        _lines("u", "base URLs", [row.endpoint for row in rows]),
        _records([_provider_record(desk, row) for row in rows]),
    ]


def _of_models(desk: Desk, ids: Sequence[int]) -> list[Copy]:
    reads = desk.store.reads
    rows = [reads.model_by_id(each) for each in ids]
    owners = {id: reads.provider_by_id(id).name for id in {row.provider_id for row in rows}}
    names = [f"{owners[row.provider_id]}/{row.model_id}" for row in rows]
    prices = [reads.effective_price(row.id) for row in rows]
    return [
        _lines("i", "model ids", [row.model_id for row in rows]),
        _lines("n", "providers and models", names),
        _lines(
            "p", "prices", [f"{each}: {price_line(price)}" for each, price in zip(names, prices, strict=True)]
        ),
        _records(
            [
                model_record(owners[row.provider_id], row, price)
                for row, price in zip(rows, prices, strict=True)
            ]
        ),
    ]


def _of_results(desk: Desk, ids: Sequence[int]) -> list[Copy]:
    rows = [desk.store.reads.result(each) for each in ids]
    return [
        _lines("i", "result ids", [str(row.id) for row in rows]),
        _records([row.values() for row in rows]),
    ]


def model_record(owner: str, row: "Model", price: "EffectivePrice") -> dict[str, object]:
    """A model with its provider's name and the price that holds for it, per token."""
    return {"provider": owner} | row.values() | {"price": asdict(price)}


def price_line(price: "EffectivePrice") -> str:
    """A price as one line: `in 3.00 out 15.00 USD per 1M tokens`."""
    if price.origin == "unknown":
        return "unknown"
    own = price.origin == "model"
    amounts = [
        f"{word} {show_price(value, applicable=value is not None or not own)}"
        for word, value in (("in", price.input), ("out", price.output), ("cached", price.cache_read))
        if word != "cached" or value is not None
    ]
    return f"{' '.join(amounts)} {price.currency} per 1M tokens"


def list_command(row: "Provider", known: "KnownProvider") -> tuple[str, str]:
    """A curl command that lists a provider's models, and the variable it takes the key from."""
    named = (known.env_vars or "").split()
    variable = named[0] if named and _NAMED_LIKE_A_VARIABLE.fullmatch(named[0]) else "API_KEY"
    header = AUTH_HEADERS.get(known.auth, AUTH_HEADERS["bearer"]).format(f"${variable}")
    version = ' -H "anthropic-version: 2023-06-01"' if known.dialect == "anthropic" else ""
    address = shlex.quote(row.endpoint.rstrip("/") + "/models")
    return f'curl -sS {address} -H "{header}"{version}', variable


def _default_price(price: "Pricing") -> str:
    amounts = f"in {show_price(price.input_price_per_token)} out {show_price(price.output_price_per_token)}"
    return f"{amounts} {price.currency} per 1M tokens"


def _line(key: str, words: str, text: str) -> Copy:
    return Copy(key, words, text, clean(text))


def _lines(key: str, words: str, texts: Sequence[str]) -> Copy:
    return Copy(key, words, "\n".join(texts), "one a line")


def _provider_record(desk: Desk, row: "Provider") -> dict[str, object]:
    """A provider with its key's state in words."""
    return row.values() | {"key": desk.key_words(row.api_key_encrypted, row.endpoint, row.uuid)}


def _records(records: Sequence[Mapping[str, object]]) -> Copy:
    return Copy("j", "JSON records", _json([_public(each) for each in records]))


def _record(values: Mapping[str, object]) -> Copy:
    return Copy("j", "JSON record", _json(_public(values)))


def _public(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name not in HIDDEN}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)


def _curl(row: "Provider", known: "KnownProvider") -> Copy:
    command, variable = list_command(row, known)
    return Copy("c", "curl command", command, f"lists the models, key as ${variable}")
