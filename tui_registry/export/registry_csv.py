"""The registry's own CSV: what its JSON holds, one record a row, for spreadsheets and scripts.

UTF-8 without a mark, commas, line feeds, quotes where needed. The first row is the header, always the same:
COLUMNS. `record` says what a row is:

* `known`: a name that a person made known; its facts are in the columns from `name` to `local_token`.
* `provider`: a provider, with its default price and its limits.
* `model`: a model of the provider in `provider`, with its own price.

Rows are in the JSON's order: the known names, then each provider followed by its models. A column that a
record has no fact for is empty, as is what is unknown; the two prices without cache, `currency`,
`price_source` and `price_source_date` are those of the record's own price, and all of a price's columns are
empty when it has none (its `currency` is always there otherwise). Characters that would act on a terminal,
which only a file written past its rules can hold, are replaced as on the screen. Words of a list
stand with one blank between them; flags are `true` and `false`; prices are currency per token as the shortest
text of the double.

A spreadsheet runs a cell that begins with = + - @, a tab or a return, also behind blanks and invisible
characters and also in full width. A text that does, and a text that begins with an apostrophe, gets one
apostrophe in front. So the rule for reading back is: take one apostrophe off a cell that begins with one.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tui_registry.export.registry_json import registry_document
from tui_registry.text import clean

if TYPE_CHECKING:
    from tui_registry.store import Reads

COLUMNS = (
    "record", "provider", "model_id", "name", "endpoint", "description", "website", "docs", "console_url",
    "env_vars", "dialect", "auth", "key_proof", "limit_headers", "local_token", "version", "architecture",
    "max_input_tokens", "max_output_tokens", "supports_streaming", "supports_reasoning", "source",
    "source_date", "user_fields", "input_price_per_token", "output_price_per_token",
    "cache_read_price_per_token", "cache_write_price_per_token", "currency", "price_source",
    "price_source_date", "price_note", "requests_per_minute", "requests_per_hour", "tokens_per_minute",
    "tokens_per_hour", "limits_source",
)  # fmt: skip
"""The header."""

_RENAMED = {
    "pricing": {"source": "price_source", "source_date": "price_source_date", "note": "price_note"},
    "limits": {"source": "limits_source"},
}
_RISKY = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*[=+\-@＝＋－＠]")
_FIRST = ("'", "\t", "\r")


def registry_csv(reads: "Reads", only: Collection[str] = ()) -> str:
    """The registry as the text described above; of these providers alone if any are named."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(registry_document(reads, only)))
    return text.getvalue()


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet runs; `original` gives it back."""
    return f"'{text}" if _RISKY.match(text) or text.startswith(_FIRST) else text


def original(cell: str) -> str:
    """The text that was made this cell."""
    return cell.removeprefix("'")


def _rows(document: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for known in document["known_providers"]:
        yield _row("known", known)
    for provider in document["providers"]:
        yield _row("provider", provider)
        for model in provider["models"]:
            yield _row("model", {"provider": provider["name"], **model})


def _row(record: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """The cells of one record; its price and limits are laid beside its other facts."""
    cells = {"record": record}
    for name, value in facts.items():
        if name in _RENAMED:
            renamed = _RENAMED[name]
            cells |= {renamed.get(field, field): _cell(fact) for field, fact in (value or {}).items()}
        elif name != "models":
            cells[name] = _cell(value)
    return cells


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return neutral(" ".join(value))
    return neutral(clean(value, lines=True)) if isinstance(value, str) else repr(value)
