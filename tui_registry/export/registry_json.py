"""The registry's own JSON: everything that was entered or imported, in one document.

The document is ASCII JSON, two blanks an indent, one line feed at its end, keys in the order given here:

    {"format": "tui-registry", "version": 1, "known_providers": [...], "providers": [...]}

* `known_providers`, by name: the names a person made known besides those of the package; providers of the
  package are not written. Each has `name`, `endpoint` (may hold {placeholders}), `website`, `docs`,
  `console_url`, `env_vars` (a list of variable names), `dialect`, `auth`, `key_proof`, `limit_headers`,
  `local_token`.
* `providers`, by name: `name`, `endpoint`, `description`, `website`, `pricing`, `limits`, `models`.
* `pricing` of a provider, its default price: `input_price_per_token`, `output_price_per_token`, `currency`,
  `source`, `source_date`. Null when it has none.
* `limits`: `requests_per_minute`, `requests_per_hour`, `tokens_per_minute`, `tokens_per_hour`, `source`.
  Null when none are kept.
* `models`, by model id: `model_id`, `name`, `description`, `version`, `architecture`, `max_input_tokens`,
  `max_output_tokens`, `supports_streaming`, `supports_reasoning`, `source`, `source_date`, `user_fields` (a
  list of the fields that a person set), `pricing`.
* `pricing` of a model, its own price: `input_price_per_token`, `output_price_per_token`,
  `cache_read_price_per_token`, `cache_write_price_per_token`, `currency`, `source`, `source_date`, `note`.
  Null when it has none; a null price inside it does not apply to the model.

Every key is always there; null is unknown. Prices are doubles, currency per token. Dates are `YYYY-MM-DD`.
Sources are `user`, `provider`, `catalogue`, or of limits `user`, `observed`, `catalogue`.

What is not in it: keys in whatever form, fingerprints, results, observations, and the states that rest on
them (`is_active`, `verification_state`, `score`), ids, and the times of saving. A registry that takes the
document in starts with every provider off and every model unverified, and writes the same bytes again.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from tui_registry.export.folding import folded
from tui_registry.export.json_text import json_text
from tui_registry.store import KnownProvider, Limits, Model, ModelPricing, Pricing, Provider

if TYPE_CHECKING:
    from tui_registry.store import Reads

FORMAT = "tui-registry"
"""What the document calls its form."""

VERSION = 1
"""The version of the form; a reader refuses a higher one."""

KNOWN_FIELDS = tuple(name for name in KnownProvider.columns() if name != "source")
PROVIDER_FIELDS = tuple(Provider.entered())
MODEL_FIELDS = (*Model.entered(), "source", "source_date", "user_fields")
PRICE_FIELDS = (*Pricing.entered(), "source", "source_date")
MODEL_PRICE_FIELDS = (*ModelPricing.entered(), "source", "source_date", "note")
LIMIT_FIELDS = (*Limits.entered(), "source")
WORD_LISTS = ("env_vars", "user_fields")
"""Fields that the registry keeps as words with blanks between them."""


def registry_document(reads: "Reads", only: Collection[str] = ()) -> dict[str, object]:
    """The registry as the document described above; of these providers alone if any are named."""
    known = [row for row in reads.known_providers() if row.source == "user"]
    wanted = {folded(name) for name in only}
    return {
        "format": FORMAT,
        "version": VERSION,
        "known_providers": [
            facts(row, KNOWN_FIELDS) for row in known if not only or folded(row.name) in wanted
        ],
        "providers": [_provider(reads, row) for row in reads.providers() if not only or row.name in only],
    }


def registry_json(reads: "Reads", only: Collection[str] = ()) -> str:
    """The document as text."""
    return json_text(registry_document(reads, only))


def facts(row: object, fields: tuple[str, ...]) -> dict[str, object]:
    """These fields of a row by their names, words as a list."""
    return {
        field: (getattr(row, field) or "").split() if field in WORD_LISTS else getattr(row, field)
        for field in fields
    }


def _provider(reads: "Reads", row: "Provider") -> dict[str, object]:
    price, limits, prices = reads.pricing(row.id), reads.limits(row.id), reads.model_pricings(row.id)
    return {
        **facts(row, PROVIDER_FIELDS),
        "pricing": price and facts(price, PRICE_FIELDS),
        "limits": limits and facts(limits, LIMIT_FIELDS),
        "models": [_model(model, prices.get(model.id)) for model in reads.models(row.id)],
    }


def _model(row: "Model", price: "ModelPricing | None") -> dict[str, object]:
    return {**facts(row, MODEL_FIELDS), "pricing": price and facts(price, MODEL_PRICE_FIELDS)}
