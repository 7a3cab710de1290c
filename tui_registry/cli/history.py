"""`tui-registry history`: what was verified, with its evidence."""

from typing import TYPE_CHECKING

import click

from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import json_option, print_facts, print_json, print_table, remark
from tui_registry.cli.result_facts import ResultNames, result_facts, result_record
from tui_registry.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from tui_registry.store import Result

STATUSES = click.Choice(["pass", "partial", "fail", "unsupported", "blocked", "error", "skipped"])
DEFAULT_LIMIT = 100
LARGEST = 2**63 - 1
"""The largest number the registry can hold."""

_EXAMPLES = {
    "outcome": "Write one outcome, such as rate, auth or timeout.",
    "since": "Write a date such as 2026-09-01, or an age such as 7d.",
}


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
@click.option(
    "--outcome", metavar="WORD", help="Only results with this outcome, such as rate, auth or timeout."
)
@click.option("--since", metavar="DAY", help="This day or later: 2026-09-01, 2026-09, 24h, 7d, 4w.")
@click.option("--until", metavar="DAY", help="This day or earlier, written the same way.")
@click.option(
    "--limit",
    type=click.IntRange(1, LARGEST),
    default=DEFAULT_LIMIT,
    show_default=True,
    help="How many at most.",
)
@json_option
@pass_session
def list_history(
    session: Session,
    /,
    provider: str | None,
    model_id: str | None,
    limit: int,
    as_json: bool,
    **wanted: str | None,
) -> None:
    """List results, newest first."""
    found = _found(session, provider, model_id, wanted, limit)
    names = ResultNames(session.store.reads)
    if as_json:
        print_json([result_record(names, row) for row in found])
        return
    print_table(
        ("Id", "When (UTC)", "Provider", "Model", "Test", "Status", "Outcome", "ms"),
        [
            (
                str(row.id),
                row.created_at[:19].replace("T", " "),
                names.provider(row),
                names.model(row),
                row.test_type,
                row.status,
                row.outcome,
                None if row.latency_ms is None else f"{row.latency_ms:,.0f}",
            )
            for row in found
        ],
        numbers=("Id", "When (UTC)", "ms"),
    )
    if not found:
        asked = provider or model_id or any(wanted.values())
        remark("No result fits." if asked else "Nothing was verified yet.")


@history.command("show")
@click.argument("result_id", type=click.IntRange(1, LARGEST))
@json_option
@pass_session
def show_result(session: Session, result_id: int, as_json: bool) -> None:
    """Show one result: what was asked, what came back, what was checked, and the rest of its evidence."""
    reads = session.store.reads
    row = reads.result(result_id)
    if as_json:
        print_json(result_record(ResultNames(reads), row))
    else:
        print_facts(result_facts(ResultNames(reads), row))


def _found(
    session: Session, provider: str | None, model_id: str | None, wanted: dict[str, str | None], limit: int
) -> "list[Result]":
    """The newest results that fit; raises InvalidInput for a day or an outcome that is none."""
    from tui_registry.store.views import Scope

    reads = session.store.reads
    owner = None if provider is None else reads.provider(provider).id
    scopes = [Scope(provider_id=owner)]
    if model_id is not None:
        scopes = [Scope(model_id=id) for id in _models_with_id(session, owner, model_id)]
    text = " ".join(_term(session, name, value) for name, value in wanted.items() if value is not None)
    sources = [session.views.source("history", text=text, scope=scope) for scope in scopes]
    ids = sorted((int(str(row[0])) for each in sources for row in each.head(limit)), reverse=True)
    return [reads.result(id) for id in ids[:limit]]


def _term(session: Session, name: str, value: str) -> str:
    """A condition as the filter of the app reads it; raises InvalidInput where it would not be understood."""
    from tui_registry.store.filters import compile_filter

    term = f'{name}="{value}"'
    if '"' in value or not value.strip() or compile_filter("history", term, clock=session.clock).notes:
        raise InvalidInput({name: _EXAMPLES.get(name, _EXAMPLES["since"])})
    return term


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
