"""`tui-registry history`: what was verified, with its evidence."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import json_option, print_facts, print_json, print_table, remark
from tui_registry.errors import NotFound

if TYPE_CHECKING:
    from tui_registry.store import ResultRow

STATUSES = click.Choice(["pass", "partial", "fail", "unsupported", "blocked", "error", "skipped"])
DEFAULT_LIMIT = 100
LARGEST = 2**63 - 1
"""The largest number the registry can hold."""


class HistoryGroup(click.Group):
    """The group `history`, which without a subcommand is `history list` with all its options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` in front where no subcommand was named."""
        asks_for_help = args and args[0] in ctx.help_option_names
        if not asks_for_help and not (args and args[0] in self.commands):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=HistoryGroup)
def history() -> None:
    """Results of verifications: list, show.

    Without a subcommand it lists; `tui-registry history list --help` names the options.
    """


@history.command("list")
@click.option("--provider", metavar="NAME", help="Only this provider's.")
@click.option("--model", "model_id", metavar="ID", help="Only results of models with this id.")
@click.option("--status", type=STATUSES, help="Only results that ended so.")
@click.option("--limit", type=click.IntRange(1, LARGEST), default=DEFAULT_LIMIT, show_default=True)
@json_option
@pass_session
def list_history(
    session: Session,
    provider: str | None,
    model_id: str | None,
    status: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List results, newest first."""
    reads = session.store.reads
    owner = None if provider is None else reads.provider(provider).id
    found: list[ResultRow] = []
    for model in [None] if model_id is None else _models_with_id(session, owner, model_id):
        found += reads.results(provider_id=owner, model_id=model, status=status, limit=limit)
    found = sorted(found, key=lambda row: row.id, reverse=True)[:limit]
    names = _Names(session)
    if as_json:
        print_json([_record(names, row) for row in found])
        return
    print_table(
        ("Id", "When (UTC)", "Provider", "Model", "Test", "Status", "ms"),
        [
            (
                str(row.id),
                row.created_at[:19].replace("T", " "),
                names.provider(row),
                names.model(row),
                row.test_type,
                row.status,
                None if row.latency_ms is None else f"{row.latency_ms:,.0f}",
            )
            for row in found
        ],
        numbers=("Id", "When (UTC)", "ms"),
    )
    if not found:
        remark("No result fits." if provider or model_id or status else "Nothing was verified yet.")


@history.command("show")
@click.argument("result_id", type=click.IntRange(1, LARGEST))
@json_option
@pass_session
def show_result(session: Session, result_id: int, as_json: bool) -> None:
    """Show one result with its evidence."""
    row = session.store.reads.result(result_id)
    record = _record(_Names(session), row)
    if as_json:
        print_json(record)
        return
    print_facts(
        (name.replace("_", " ").capitalize(), _words(value))
        for name, value in record.items()
        if name != "model"
    )


class _Names:
    """The names behind the ids of results, each looked up once."""

    def __init__(self, session: Session) -> None:
        self._reads = session.store.reads
        self._providers = {row.id: row.name for row in self._reads.providers()}
        self._models: dict[int, str] = {}

    def provider(self, row: "ResultRow") -> str | None:
        return self._providers.get(row.provider_id)

    def model(self, row: "ResultRow") -> str | None:
        if row.model_id is None:
            return None
        if row.model_id not in self._models:
            self._models[row.model_id] = self._reads.model_by_id(row.model_id).model_id
        return self._models[row.model_id]


def _models_with_id(session: Session, owner: int | None, model_id: str) -> list[int]:
    """The models that have this id, of one provider or of all; raises NotFound when there are none."""
    reads = session.store.reads
    if owner is not None:
        return [reads.model(owner, model_id).id]
    ids = [
        row.id
        for provider in reads.providers()
        for row in reads.models(provider.id)
        if row.model_id == model_id
    ]
    if not ids:
        raise NotFound(f"No provider has a model {model_id}.")
    return ids


def _record(names: _Names, row: "ResultRow") -> dict[str, object]:
    """A result with the data model's field names, the names of its provider and model beside the ids."""
    facts = asdict(row)
    first = {name: facts.pop(name) for name in ("id", "created_at", "provider_id", "model_id")}
    parsed = {
        name: None if facts[name] is None else json.loads(facts[name]) for name in ("scores", "evidence")
    }
    return first | {"provider": names.provider(row), "model": names.model(row)} | facts | parsed


def _words(value: object) -> str | None:
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, indent=1) if isinstance(value, dict | list) else str(value)
