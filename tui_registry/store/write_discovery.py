"""Taking in a provider's own model list: new models are added, stated facts brought up to date.

What a person set stays, what the list does not state stays, and a model that is not listed any more is
marked so; nothing is deleted.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tui_registry.store.change import Change
from tui_registry.store.proof_rows import DiscoveredModel, DiscoveryReport
from tui_registry.store.statements import fetch, run_many

FACTS = (
    "name",
    "description",
    "architecture",
    "max_input_tokens",
    "max_output_tokens",
    "supports_streaming",
    "supports_reasoning",
)
"""The fields of a model that a provider's list may state."""

PRICES = {
    "input_price_per_token": "input_price",
    "output_price_per_token": "output_price",
    "cache_read_price_per_token": "cache_read_price",
    "cache_write_price_per_token": "cache_write_price",
}
"""The columns of a model's price, each with the name the list's entry has for it."""

_HELD = f"SELECT model_id, id, source, user_fields, {', '.join(FACTS)} FROM model WHERE provider_id = ?"  # noqa: S608
_ADD = (
    f"INSERT INTO model (provider_id, model_id, {', '.join(FACTS)}, source, source_date, created_at,"  # noqa: S608
    f" updated_at) VALUES (?, ?, {', '.join('?' * len(FACTS))}, 'provider', ?, ?, ?)"
)
_EDIT = (
    f"UPDATE model SET {', '.join(f'{fact} = ?' for fact in FACTS)}, source = ?,"  # noqa: S608
    " source_date = CASE WHEN source = 'user' THEN source_date ELSE ? END,"
    " updated_at = max(updated_at, ?), row_version = row_version + 1 WHERE id = ?"
)
_PRICED = (
    f"SELECT p.model_id, p.source, p.currency, {', '.join(f'p.{each}' for each in PRICES)}"  # noqa: S608
    " FROM model_pricing p JOIN model m ON m.id = p.model_id WHERE m.provider_id = ?"
)
_ADD_PRICE = (
    f"INSERT INTO model_pricing (model_id, {', '.join(PRICES)}, currency, source, source_date, last_updated)"  # noqa: S608
    f" VALUES (?, {', '.join('?' * len(PRICES))}, 'USD', 'provider', ?, ?)"
)
_EDIT_PRICE = (
    f"UPDATE model_pricing SET {', '.join(f'{each} = ?' for each in PRICES)}, currency = 'USD',"  # noqa: S608
    " source = 'provider', source_date = ?, last_updated = max(last_updated, ?),"
    " row_version = row_version + 1 WHERE model_id = ?"
)
_SEEN = "SELECT o.model_id FROM model_observation o JOIN model m ON m.id = o.model_id WHERE m.provider_id = ?"
_ADD_SEEN = "INSERT INTO model_observation (model_id, last_updated) VALUES (?, ?)"
_LISTED = """
UPDATE model_observation SET listed_at = max(ifnull(listed_at, ''), ?), unlisted_at = NULL,
  mode = coalesce(?, mode), supports_tools = coalesce(supports_tools, ?),
  supports_json = coalesce(supports_json, ?), last_updated = max(last_updated, ?) WHERE model_id = ?
"""
_GONE = """
UPDATE model_observation SET unlisted_at = ?, last_updated = max(last_updated, ?)
WHERE model_id = ? AND unlisted_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A model of the registry as a list is compared with it; `facts` in the order of FACTS."""

    id: int
    source: str
    user_fields: frozenset[str]
    facts: tuple[Any, ...]

    def merged(self, model: DiscoveredModel) -> tuple[Any, ...]:
        """The facts after the list: what it states, unless a person stated the field."""
        return tuple(
            old if fact in self.user_fields or (new := getattr(model, fact)) is None else new
            for fact, old in zip(FACTS, self.facts, strict=True)
        )

    def keeps_users(self, model: DiscoveredModel) -> bool:
        """Whether the list states another value than a person did."""
        return any(
            fact in self.user_fields and getattr(model, fact) not in (None, old)
            for fact, old in zip(FACTS, self.facts, strict=True)
        )


def held_models(change: Change, provider_id: int) -> dict[str, Held]:
    """The provider's models as a list is compared with them, by model id."""
    return {
        row[0]: Held(row[1], row[2], frozenset(row[3].split()), tuple(row[4:]))
        for row in fetch(change.db, _HELD, (provider_id,))
    }


def take_list(
    change: Change, provider_id: int, models: Sequence[DiscoveredModel]
) -> tuple[DiscoveryReport, dict[str, int]]:
    """Take in a list; what it did, and the ids of all models it names."""
    tally: Counter[str] = Counter()
    _take_models(change, provider_id, models, tally)
    held = held_models(change, provider_id)
    ids = {model.model_id: held[model.model_id].id for model in models}
    _take_prices(change, provider_id, models, ids, tally)
    _see(change, provider_id, models, held, ids, tally)
    return DiscoveryReport(**tally), ids


def _take_models(
    change: Change, provider_id: int, models: Sequence[DiscoveredModel], tally: Counter[str]
) -> None:
    held, today = held_models(change, provider_id), change.now[:10]
    added, edited = [], []
    for model in models:
        known = held.get(model.model_id)
        if known is None:
            named = (model.name or model.model_id, *(getattr(model, fact) for fact in FACTS[1:]))
            added.append((provider_id, model.model_id, *named, today, change.now, change.now))
            continue
        tally["kept_user"] += known.keeps_users(model)
        wanted = known.merged(model)
        if wanted == known.facts:
            tally["unchanged"] += 1
        else:
            source = "user" if known.source == "user" else "provider"
            edited.append((*wanted, source, today, change.now, known.id))
    tally["added"] += len(added)
    tally["changed"] += len(edited)
    run_many(change.db, _ADD, added)
    run_many(change.db, _EDIT, edited)


def _take_prices(
    change: Change,
    provider_id: int,
    models: Sequence[DiscoveredModel],
    ids: dict[str, int],
    tally: Counter[str],
) -> None:
    held = {row[0]: row[1:] for row in fetch(change.db, _PRICED, (provider_id,))}
    today, added, edited = change.now[:10], [], []
    for model in models:
        stated = tuple(getattr(model, name) for name in PRICES.values())
        if stated == (None,) * len(PRICES):
            continue
        id = ids[model.model_id]
        if id not in held:
            added.append((id, *stated, today, change.now))
            continue
        source, currency, *stored = held[id]
        if source == "user":
            continue
        # what the list leaves out is not denied by it: a catalogue's cache prices stay
        wanted = tuple(old if new is None else new for old, new in zip(stored, stated, strict=True))
        if (currency, *stored) != ("USD", *wanted):
            edited.append((*wanted, today, change.now, id))
    tally["prices"] += len(added) + len(edited)
    run_many(change.db, _ADD_PRICE, added)
    run_many(change.db, _EDIT_PRICE, edited)


def _see(
    change: Change,
    provider_id: int,
    models: Sequence[DiscoveredModel],
    held: dict[str, Held],
    ids: dict[str, int],
    tally: Counter[str],
) -> None:
    """Date what is on the list, and what is not any more."""
    seen = {id for (id,) in fetch(change.db, _SEEN, (provider_id,))}
    gone = [known.id for name, known in held.items() if name not in ids]
    run_many(change.db, _ADD_SEEN, [(id, change.now) for id in (*ids.values(), *gone) if id not in seen])
    run_many(
        change.db,
        _LISTED,
        [
            (change.now, m.mode, m.supports_tools, m.supports_json, change.now, ids[m.model_id])
            for m in models
        ],
    )
    tally["gone"] += run_many(change.db, _GONE, [(change.now, change.now, id) for id in gone])
