"""SQLite's manners: the tables and their rules as it reads them, produced from the declarations."""

from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from tui_registry import fields
from tui_registry.fields import Kind
from tui_registry.store.record import Record

_UPPER_CONTROL = "char(31) || char(127) || '-' || char(159) || ']*'"
_CONTROL = f"'*[' || char(1) || '-' || {_UPPER_CONTROL}"
_CONTROL_BUT_LINES = f"'*[' || char(1) || '-' || char(9) || char(11) || '-' || {_UPPER_CONTROL}"
_SCHEMES = "({0} GLOB 'https://[A-Za-z0-9[{1}]*' OR {0} GLOB 'http://[A-Za-z0-9[{1}]*')"
_NEITHER_NULL_NOR_TOO_LONG = "length({0}) <= {1} AND instr({0}, char(0)) = 0"

BETWEEN_COLUMNS = {
    "provider.key_validated_at.needs_key": "key_validated_at IS NULL OR api_key_encrypted IS NOT NULL",
    "provider.key_fingerprint.paired": "(key_fingerprint IS NULL) = (api_key_encrypted IS NULL)",
    "provider.is_active.needs_valid_key": (
        "is_active = 0 OR (api_key_encrypted IS NOT NULL AND key_validated_at IS NOT NULL)"
    ),
    "provider.updated_at.order": "updated_at >= created_at",
    "model.updated_at.order": "updated_at >= created_at",
    "model_pricing.input_price_per_token.stated": (
        "coalesce(input_price_per_token, output_price_per_token, cache_read_price_per_token,"
        " cache_write_price_per_token, note) IS NOT NULL"
    ),
    "limits_info.requests_per_minute.some": (
        "coalesce(requests_per_minute, requests_per_hour, tokens_per_minute, tokens_per_hour) IS NOT NULL"
    ),
    "verification_run.finished_at.ended": "(finished_at IS NULL) = (state = 'running')",
    "verification_run.finished_at.order": "finished_at >= started_at",
    "model_observation.quirks_at.dated": "(quirks IS NULL) = (quirks_at IS NULL)",
}
"""The words of each rule over several columns, by its name."""

_RESERVED = ("trigger", "window")


def quoted(name: str) -> str:
    """A column's name as SQL writes it."""
    return f'"{name}"' if name in _RESERVED else name


def create_table(record: type[Record]) -> str:
    """The statement that makes a record's table, each rule under the name `table.column.rule`."""
    lines = [*_columns(record), *_keys(record), *_rules(record)]
    return f"CREATE TABLE {record.table()} (\n  " + ",\n  ".join(lines) + "\n) STRICT"


def _columns(record: type[Record]) -> Iterator[str]:
    for name, column in record.columns().items():
        words = [quoted(name), column.kind.storage]
        if not column.unknown:
            words.append("NOT NULL")
        if column.primary_key:
            words.append("PRIMARY KEY")
        if column.auto_increment:
            words.append("AUTOINCREMENT")
        if column.any_case:
            words.append("COLLATE NOCASE")
        if column.is_unique:
            words.append("UNIQUE")
        if column.of:
            words.append("REFERENCES {} ({}) ON DELETE RESTRICT ON UPDATE RESTRICT".format(*column.of))
        if column.starts is not None:
            words.append(f"DEFAULT {column.starts}")
        yield " ".join(words)


def _keys(record: type[Record]) -> Iterator[str]:
    for together in record.unique_together:
        yield f"UNIQUE ({', '.join(together)})"
    if record.of_its_provider:
        pair = "(model_id, provider_id) REFERENCES model (id, provider_id)"
        yield f"FOREIGN KEY {pair} ON DELETE RESTRICT ON UPDATE RESTRICT"


def _rules(record: type[Record]) -> Iterator[str]:
    for name, column in record.columns().items():
        if words := rule(column.kind, quoted(name)):
            if column.unknown and not _null_passes(column.kind):
                words = f"{quoted(name)} IS NULL OR ({words})"
            yield _check(record, name, column.kind.rule, words)
        for each in record.rules:
            if each.column == name:
                full = f"{record.table()}.{name}.{each.name}"
                yield _check(record, name, each.name, BETWEEN_COLUMNS[full])


def _check(record: type[Record], column: str, name: str, words: str) -> str:
    return f'CONSTRAINT "{record.table()}.{column}.{name}" CHECK ({words})'


def _null_passes(kind: Kind[Any]) -> bool:
    """Whether the rule says nothing of NULL by itself."""
    return kind.storage != "TEXT" or isinstance(kind, fields.Moment | fields.Day)


@singledispatch
def rule(kind: Kind[Any], column: str) -> str:
    """What a column's values must be, as SQL; empty for a kind that its type says all of."""
    raise TypeError(f"SQLite has no rule for {kind}")


@rule.register
def _(kind: fields.Id, column: str) -> str:
    return ""


@rule.register
def _(kind: fields.Of, column: str) -> str:
    return ""


@rule.register
def _(kind: fields.Text, column: str) -> str:
    trimmed = f"trim({column}, char(10, 32))" if kind.lines else f"trim({column})"
    return (
        f"length({trimmed}) > 0 AND {_NEITHER_NULL_NOR_TOO_LONG.format(column, kind.length)}"
        f" AND {column} NOT GLOB {_CONTROL_BUT_LINES if kind.lines else _CONTROL}"
    )


@rule.register
def _(kind: fields.Template, column: str) -> str:
    return _url(column, "{", '<>"|^`\\@?#')


@rule.register
def _(kind: fields.Url, column: str) -> str:
    return _url(column, "", '<>"{}|^`\\@')


@rule.register
def _(kind: fields.Endpoint, column: str) -> str:
    # what its host and its port must be takes names for parts of it, so triggers say it
    return _url(column, "", '<>"{}|^`\\@?#')


def _url(column: str, also_first: str, never: str) -> str:
    return (
        f"{_SCHEMES.format(column, also_first)} AND {_NEITHER_NULL_NOR_TOO_LONG.format(column, 2048)}"
        f" AND {column} NOT GLOB '*[^!-~]*' AND {column} NOT GLOB '*[{never}]*'"
    )


@rule.register
def _(kind: fields.Hex, column: str) -> str:
    return f"length(CAST({column} AS BLOB)) = {kind.digits} AND {column} NOT GLOB '*[^0-9a-f]*'"


@rule.register
def _(kind: fields.Moment, column: str) -> str:
    return f"{column} GLOB '[0-9]*' AND strftime('%Y-%m-%dT%H:%M:%fZ', {column}, '+0 days') IS {column}"


@rule.register
def _(kind: fields.Day, column: str) -> str:
    return f"{column} GLOB '[0-9]*' AND date({column}, '+0 days') IS {column}"


@rule.register
def _(kind: fields.Choice, column: str) -> str:
    return " OR ".join(f"{column} = '{word}'" for word in kind.words)


@rule.register
def _(kind: fields.Words, column: str) -> str:
    length = f"length({column}) <= {kind.length}"
    if not kind.may_be_empty:
        length = f"length({column}) BETWEEN 1 AND {kind.length}"
    return f"{length} AND instr({column}, char(0)) = 0 AND {column} NOT GLOB '*[^{kind.allowed} ]*'"


@rule.register
def _(kind: fields.Word, column: str) -> str:
    return _short(column, "a-z_")


@rule.register
def _(kind: fields.Token, column: str) -> str:
    return _short(column, "!-~")


def _short(column: str, allowed: str) -> str:
    length = f"length({column}) BETWEEN 1 AND 64 AND instr({column}, char(0)) = 0"
    return f"{length} AND {column} NOT GLOB '*[^{allowed}]*'"


@rule.register
def _(kind: fields.Sealed, column: str) -> str:
    return (
        f"{column} GLOB 'trv1.?*' AND length({column}) <= 16389 AND instr({column}, char(0)) = 0"
        f" AND substr({column}, 6) NOT GLOB '*[^A-Za-z0-9_-]*'"
    )


@rule.register
def _(kind: fields.Json, column: str) -> str:
    return (
        f"{column} GLOB '{{*}}' AND instr({column}, char(0)) = 0"
        f" AND length(CAST({column} AS BLOB)) <= {kind.size}"
    )


@rule.register
def _(kind: fields.Currency, column: str) -> str:
    return f"length(CAST({column} AS BLOB)) = 3 AND {column} GLOB '[A-Z][A-Z][A-Z]'"


@rule.register
def _(kind: fields.Count, column: str) -> str:
    return f"{column} BETWEEN 1 AND {2**53}"


@rule.register
def _(kind: fields.Tally, column: str) -> str:
    return (
        f"{column} >= {kind.least}" if kind.most is None else f"{column} BETWEEN {kind.least} AND {kind.most}"
    )


@rule.register
def _(kind: fields.Flag, column: str) -> str:
    return f"{column} BETWEEN 0 AND 1"


@rule.register
def _(kind: fields.Price, column: str) -> str:
    return f"{column} BETWEEN 0 AND 1000"


@rule.register
def _(kind: fields.Amount, column: str) -> str:
    return f"{column} BETWEEN 0 AND {kind.most}"
