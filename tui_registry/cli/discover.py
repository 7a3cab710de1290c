"""`tui-registry model discover`: a provider's own model list against the registry."""

from collections.abc import Iterator
from shlex import quote
from typing import TYPE_CHECKING

import click

from tui_registry.cli.endings import UNREACHED
from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import json_option, print_json, remark, tell

if TYPE_CHECKING:
    from tui_registry.store import DiscoveryReport, Provider
    from tui_registry.verification import Discovery

_NO_ANSWER = frozenset({"server", "timeout", "protocol", "edge", "rate", "daily"})
"""Outcomes after which the same question may be answered later."""


@click.command()
@click.argument("provider")
@click.option("--apply", "takes_in", is_flag=True, help="Take the list in; nothing is deleted.")
@json_option
@pass_session
def discover(session: Session, provider: str, takes_in: bool, as_json: bool) -> None:
    """Ask a provider which models it has, and show what is new, gone and changed.

    Facts that you set yourself stay. Exit codes: 1 the provider gives no list, 4 it could not be reached.
    """
    import asyncio

    seen = session.store.reads.provider(provider)
    session.unlock()
    found, report = asyncio.run(_asked(session, seen, takes_in))
    if as_json:
        print_json(_record(found, report))
    elif found.was_read:
        _tell(found, report)
    else:
        remark(f"{found.provider} gave no list of its models. {found.sentence}")
    if not found.was_read:
        click.get_current_context().exit(UNREACHED if found.outcome in _NO_ANSWER else 1)


async def _asked(
    session: Session, seen: "Provider", takes_in: bool
) -> "tuple[Discovery, DiscoveryReport | None]":
    """The provider's list, and what taking it in did where that was wanted."""
    from tui_registry.verification import apply_discovery, discover

    found = await discover(session.store, seen, session.asking)
    applied = takes_in and found.was_read
    return found, await apply_discovery(session.store, found) if applied else None


def _tell(found: "Discovery", report: "DiscoveryReport | None") -> None:
    """The differences, one a line, and what was or can be done about them."""
    tell(found.sentence)
    for line in _lines(found):
        tell(line)
    for note in found.notes:
        remark(note)
    if report is not None:
        from tui_registry.verification.discovery_words import taken_words

        tell(f"{found.provider}: {taken_words(report)}")
    elif found.new or found.changed or found.gone:
        tell(
            f"Nothing was changed. To take it in: tui-registry model discover {quote(found.provider)} --apply"
        )


def _lines(found: "Discovery") -> Iterator[str]:
    from tui_registry.verification.discovery_words import changed_words, new_words

    listed = {model.model_id: model for model in found.listed}
    for model_id in found.new:
        facts = new_words(listed[model_id])
        yield f"  new      {model_id}{f': {facts}' if facts else ''}"
    for model_id in found.gone:
        yield f"  gone     {model_id}"
    for model in found.changed:
        yield f"  changed  {model.model_id}: {'; '.join(changed_words(model))}"


def _record(found: "Discovery", report: "DiscoveryReport | None") -> dict[str, object]:
    """The differences for scripts; prices are USD per token."""
    from dataclasses import asdict

    return {
        "provider": found.provider,
        "was_read": found.was_read,
        "outcome": found.outcome,
        "sentence": found.sentence,
        "new": list(found.new),
        "gone": list(found.gone),
        "changed": [
            {
                "model_id": model.model_id,
                "fields": {name: {"was": was, "now": now} for name, (was, now) in model.fields.items()},
            }
            for model in found.changed
        ],
        "unchanged": found.unchanged,
        "notes": list(found.notes),
        "applied": None if report is None else asdict(report),
    }
