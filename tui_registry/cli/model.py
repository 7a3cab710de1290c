"""`tui-registry model`: the models of providers, headless."""

from collections.abc import Callable
from typing import TypeVar

import click

from tui_registry.cli.discover import discover
from tui_registry.cli.given import counts_given, only_given, warn
from tui_registry.cli.model_facts import model_record, model_records, print_model, print_models
from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import json_option, print_json, tell

F = TypeVar("F", bound=Callable[..., object])

YES_NO = click.Choice(["yes", "no", "unknown"])


def model_options(command: F) -> F:
    """Give a command one option per fact of a model."""
    for option in (
        click.option("--reasoning", type=YES_NO, help="Whether it reasons before it answers."),
        click.option("--streaming", type=YES_NO, help="Whether it can stream its answer."),
        click.option("--max-output-tokens", metavar="N", help="Such as 8192 or 64k; unknown clears it."),
        click.option("--max-input-tokens", metavar="N", help="Such as 128k or 1M; unknown clears it."),
        click.option("--architecture", metavar="TEXT", help="What it is built on."),
        click.option("--version", "version", metavar="TEXT", help="The model's version."),
        click.option("--description", metavar="TEXT", help="What it is, in your words."),
        click.option("--name", metavar="TEXT", help="A name to show; the id when left out."),
    ):
        command = option(command)
    return command


@click.group()
def model() -> None:
    """Models: list, show, add, edit, delete, discover."""


model.add_command(discover)


@model.command("list")
@click.option("--provider", metavar="NAME", help="Only this provider's.")
@click.option("--filter", "expression", metavar="EXPR", default="", help="As in the app: 'ctx>=128k in<1'.")
@json_option
@pass_session
def list_models(session: Session, provider: str | None, expression: str, as_json: bool) -> None:
    """List models with the prices that apply to them."""
    if as_json:
        print_json(model_records(session, provider, expression))
    else:
        print_models(session, provider, expression)


@model.command("show")
@click.argument("provider")
@click.argument("model_id", metavar="MODEL")
@json_option
@pass_session
def show_model(session: Session, provider: str, model_id: str, as_json: bool) -> None:
    """Show one model in full."""
    owner = session.store.reads.provider(provider)
    row = session.store.reads.model(owner.id, model_id)
    if as_json:
        print_json(model_record(session, row))
    else:
        print_model(session, owner.name, row)


@model.command("add")
@click.argument("provider")
@click.argument("model_id", metavar="MODEL")
@model_options
@json_option
@pass_session
def add_model(session: Session, /, provider: str, model_id: str, as_json: bool, **facts: str | None) -> None:
    """Add a model to a provider."""
    from tui_registry.store.drafts import ModelDraft

    owner = session.store.reads.provider(provider)
    draft = ModelDraft.parse({"model_id": model_id, **_as_form(facts)})
    warn(draft.warnings())
    row = session.write(lambda writes: writes.add_model(owner, draft))
    if as_json:
        print_json(model_record(session, row))
    else:
        tell(f"Added {row.model_id} to {owner.name}.")


@model.command("edit")
@click.argument("provider")
@click.argument("model_id", metavar="MODEL")
@click.option("--model-id", "new_id", metavar="ID", help="Another id for it.")
@model_options
@json_option
@pass_session
def edit_model(
    session: Session,
    /,
    provider: str,
    model_id: str,
    new_id: str | None,
    as_json: bool,
    **facts: str | None,
) -> None:
    """Change only what is given; an empty text clears a field."""
    from tui_registry.store.drafts import ModelDraft

    owner = session.store.reads.provider(provider)
    base = session.store.reads.model(owner.id, model_id)
    given = only_given({"model_id": new_id}) | _as_form(facts)
    draft = ModelDraft.parse({**ModelDraft.shown(base), **given})
    warn(draft.warnings())
    row = session.write(lambda writes: writes.save_model(draft, base))
    if as_json:
        print_json(model_record(session, row))
    else:
        tell(f"Saved {row.model_id} of {owner.name}.")


@model.command("delete")
@click.argument("provider")
@click.argument("model_id", metavar="MODEL")
@json_option
@pass_session
def delete_model(session: Session, provider: str, model_id: str, as_json: bool) -> None:
    """Delete a model that has no results, with its price."""
    owner = session.store.reads.provider(provider)
    row = session.store.reads.model(owner.id, model_id)
    row = session.write(lambda writes: writes.delete_model(row))
    if as_json:
        print_json({"deleted": row.model_id, "provider": owner.name})
    else:
        tell(f"Deleted {row.model_id} of {owner.name}.")


def _as_form(facts: dict[str, str | None]) -> dict[str, str]:
    """The options as a model's form names and writes them."""
    named = {
        "supports_streaming": facts.pop("streaming"),
        "supports_reasoning": facts.pop("reasoning"),
    }
    tokens = {name: facts.pop(name) for name in ("max_input_tokens", "max_output_tokens")}
    return only_given(facts) | counts_given(tokens) | only_given(named)
