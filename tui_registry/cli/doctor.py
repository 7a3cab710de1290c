"""`tui-registry doctor`: what is well and what is not, with what to do about it."""

from collections.abc import Iterator
from shlex import quote

import click

from tui_registry.cli.backup_findings import backup_findings, leftover_findings
from tui_registry.cli.findings import Finding, place_findings
from tui_registry.cli.opening import Session
from tui_registry.cli.output import json_option, print_json, print_table
from tui_registry.cli.surrounding_findings import clock_findings, environment_findings, file_system_findings
from tui_registry.endpoint import stored_endpoint
from tui_registry.errors import Refused, RegistryError, StoreError
from tui_registry.text import counted
from tui_registry.vault import KeyState, VaultState

UNHEALTHY = 1
UNUSABLE = 3


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check places, file, vault, keys, states, backups, clock and terminal; changes nothing.

    Exit code: 0 no problem, 1 a problem, 3 the registry cannot be opened.
    """
    session = context.find_object(Session)
    assert session is not None
    findings = [
        *place_findings(session),
        *file_system_findings(session),
        *leftover_findings(session),
        *_registry_findings(session),
        *backup_findings(session),
        *environment_findings(session),
    ]
    if as_json:
        print_json([finding.record() for finding in findings])
    else:
        print_table(("What", "State", "Finding"), [finding.cells() for finding in findings])
    if any(finding.unusable for finding in findings):
        context.exit(UNUSABLE)
    if any(finding.state == "problem" for finding in findings):
        context.exit(UNHEALTHY)


def _registry_findings(session: Session) -> Iterator[Finding]:
    """What the file, the vault and the rows say, as far as the file can be opened."""
    try:
        present = session.is_there()
    except StoreError as error:
        yield Finding("registry", "problem", str(error), unusable=True)
        return
    if not present:
        traces = session.traces()
        if traces:
            words = f"There is none, but {' and '.join(traces)}. Run: tui-registry restore"
            yield Finding("registry", "problem", words, unusable=True)
        else:
            yield Finding("registry", "warning", "There is none yet; the first start makes one.")
        return
    try:
        store = session.open_as_found()
    except StoreError as error:
        yield Finding("registry", "problem", str(error), unusable=True)
        return
    note = store.banner
    yield Finding("registry", "warning" if note else "ok", note or "It opens, in the format of this version.")
    looks = {
        "integrity": _integrity,
        "clock": clock_findings,
        "vault": _vault,
        "keys": _keys,
        "purge": _purges,
        "states": _states,
        "content": _counts,
    }
    for what, look in looks.items():
        try:
            yield from look(session)
        except RegistryError as error:
            yield Finding(what, "problem", str(error))


def _integrity(session: Session) -> Iterator[Finding]:
    session.open_as_found().check()
    yield Finding("integrity", "ok", "Every page and every reference is as it should be.")
    yield Finding("schema", "ok", "Every table, rule and index is the one of this version.")


def _vault(session: Session) -> Iterator[Finding]:
    status = session.open_as_found().vault_status()
    fine = status.state in (VaultState.READY, VaultState.EMPTY, VaultState.LOCKED)
    yield Finding("vault", "ok" if fine else "problem", status.sentence)


def _keys(session: Session) -> Iterator[Finding]:
    """Each key, really opened; what is opened is let go of at once."""
    store = session.open_as_found()
    if session.passphrases.given() is not None:
        session.unlock()
    if session.vault.needs_unlocking():
        yield Finding("keys", "ok", "The vault is locked, so none of them was opened.")
        return
    for row in store.reads.providers():
        try:
            stored_endpoint(row.name, row.endpoint)
        except Refused as error:
            yield Finding(f"endpoint of {row.name}", "problem", str(error))
            continue
        state, sentence = store.proven_key(row)
        if state is KeyState.SET:
            checked = "checked" if row.key_validated_at else "not checked yet"
            yield Finding(f"key of {row.name}", "ok", f"It opens for its host; {checked}.")
        elif state is KeyState.OTHER_HOST:
            yield Finding(f"key of {row.name}", "warning", sentence)
        elif state is not KeyState.NONE:
            yield Finding(f"key of {row.name}", "problem", sentence)


def _purges(session: Session) -> Iterator[Finding]:
    """A mark that lets results be deleted; a purge takes its own away when it ends."""
    store = session.open_as_found()
    if (marked := store.reads.setting("purge")) is not None:
        names = [row.name for row in store.reads.providers() if str(row.id) == marked]
        statement = "DELETE FROM meta WHERE key = 'purge'"
        sentence = (
            f"Something else than this program has marked {names[0] if names else 'a deleted provider'} for a"
            f" purge, so its results can be deleted. Run: sqlite3 {quote(str(store.path))} {quote(statement)}"
        )
        yield Finding("purge", "problem", sentence)


def _states(session: Session) -> Iterator[Finding]:
    reads = session.open_as_found().reads
    differences = reads.recompute_states()
    for each in differences[:5]:
        model = reads.model_by_id(each.model_id).model_id
        sentence = f"{model}: {each.field} is {each.stored}, its results say {each.computed}."
        yield Finding("states", "problem", sentence)
    if len(differences) > 5:
        yield Finding("states", "problem", f"And {len(differences) - 5:,} more differences.")
    if not differences:
        yield Finding("states", "ok", "Every model's state is what its results say.")


def _counts(session: Session) -> Iterator[Finding]:
    counts = session.open_as_found().reads.counts()
    yield Finding(
        "content",
        "ok",
        f"{counted(counts.providers, 'provider')} ({counts.active_providers:,} active,"
        f" {counts.keyed_providers:,} with a key), {counted(counts.models, 'model')}"
        f" ({counts.verified_models:,} verified), {counted(counts.prices, 'price')},"
        f" {counted(counts.limits, 'record')} of limits, {counted(counts.results, 'result')}.",
    )
