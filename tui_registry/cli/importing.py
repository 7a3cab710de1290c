"""`tui-registry import`: a file taken in as data, after its differences were shown."""

import sys
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import is_terminal, json_option, print_json, remark, tell
from tui_registry.errors import InvalidInput, Refused

if TYPE_CHECKING:
    from tui_registry.intake import EnvKeys, Intake, Offer, Source
    from tui_registry.store.import_rows import ImportPlan

SHOWN = 12
"""Models of each kind that are named for a provider; --json names all."""

BLOCKED = 2
"""The exit code of an import that bad entries stopped."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with what was read."""

    applies: bool
    skip_bad: bool
    here: bool
    custom: tuple[str, ...]
    as_json: bool

    def words(self) -> str:
        """The options to write again so that the same is taken in."""
        here = " --here" if self.here else ""
        return here + "".join(f" --custom {quote(id)}" for id in self.custom)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "kind",
    type=click.Choice(("auto", "registry", "csv", "models.dev", "litellm", "env")),
    default="auto",
    show_default=True,
    help="What the file is; auto tells by its shape.",
)
@click.option("--apply", "applies", is_flag=True, help="Take it in; without this it is only compared.")
@click.option("--skip-bad", is_flag=True, help="Take in the rest of a file that has bad entries.")
@click.option("--here", is_flag=True, help="Leave out providers that are not in the registry yet.")
@click.option(
    "--custom",
    multiple=True,
    metavar="ID",
    help="Take in this provider of models.dev, which is not known here, as a custom one.",
)
@json_option
@pass_session
def importing(
    session: Session,
    file: Path,
    kind: str,
    applies: bool,
    skip_bad: bool,
    here: bool,
    custom: tuple[str, ...],
    as_json: bool,
) -> None:
    """Compare a file with the registry and, with --apply, take it in; - is standard input.

    A registry as JSON or CSV, models.dev's api.json, LiteLLM's price list, or a .env file, of whose
    variables those are sealed that hold a known provider's key. Values that you set stay, sealed keys stay
    where they are, nothing is deleted. Exit code 2: bad entries, and nothing was taken in.
    """

    source = _source(file)
    again = f"tui-registry import {quote(str(file))}"
    wish = Wish(applies, skip_bad, here, custom, as_json)
    take_in(session, source, kind, again, wish)


def _source(file: Path) -> "Source":
    from tui_registry import intake

    return intake.read_stream(sys.stdin.buffer) if str(file) == "-" else intake.read_file(file)


def take_in(session: Session, source: "Source", kind: str, again: str, wish: Wish) -> None:
    """Show what a source would bring and take it in where that is wanted; `again` is the command itself."""
    from tui_registry import intake
    from tui_registry.intake import EnvKeys

    if source.note is not None:
        remark(source.note)
    found = intake.read(source, kind, session.store.reads.known_providers(), wish.custom)
    blocked = bool(found.problems) and not wish.skip_bad
    if isinstance(found, EnvKeys):
        _take_keys(session, found, source, again, wish, blocked)
    else:
        if wish.here:
            found = intake.of_providers(found, {row.name for row in session.store.reads.providers()})
        _take_batch(session, found, again, wish, blocked)
    if blocked:
        if wish.applies or not wish.as_json:
            them = "it" if len(found.problems) == 1 else "them"
            why = _bad(len(found.problems))
            remark(f"Nothing was taken in: {why}. --skip-bad takes in the rest without {them}.")
        click.get_current_context().exit(BLOCKED)


def _bad(number: int) -> str:
    return "the file has a bad entry" if number == 1 else f"the file has {number:,} bad entries"


def _take_batch(session: Session, found: "Intake", again: str, wish: Wish, blocked: bool) -> None:
    from tui_registry import intake

    done = wish.applies and not blocked
    if done:
        plan = session.write(lambda writes: writes.take_in(found.batch))
    else:
        plan = session.store.reads.import_plan(found.batch)
    if wish.as_json:
        counts = dict(plan.report().counts())
        print_json({**intake.plan_record(plan, found), "counts": counts, "applied": done})
        return
    tell(f"{found.said}.")
    for line in intake.difference_lines(plan, found, SHOWN):
        tell(f"{'  ' * line.depth}{line.text}")
    tell(intake.summary(plan))
    if any(each.refusal is None for each in found.unknown):
        tell("One that is not known here is taken in as a custom provider with --custom and its id.")
    _say_what_next(plan, done, blocked, f"{again}{wish.words()}")


def _say_what_next(plan: "ImportPlan", done: bool, blocked: bool, again: str) -> None:
    if not plan.differs or blocked:
        return
    tell("Taken in; nothing was deleted." if done else f"Nothing was changed. To take it in: {again} --apply")


def _take_keys(
    session: Session, found: "EnvKeys", source: "Source", again: str, wish: Wish, blocked: bool
) -> None:
    from tui_registry import intake

    edition = session.store.reads.edition()
    offers = intake.offers(found.keys, session.store.reads.providers())
    wanted = [offer for offer in offers if offer.refusal is None]
    applies = wish.applies
    if not wish.as_json:
        _tell_offers(found, offers, source)
        applies = applies or (bool(wanted) and not blocked and _affirmed(source, len(wanted)))
    done = applies and not blocked and bool(wanted)
    rows = session.write(lambda writes: intake.seal(writes, wanted, edition)) if done else []
    if wish.as_json:
        print_json(
            {
                "format": "env",
                "keys": [offer.record() for offer in offers],
                "others": found.others,
                "problems": [{"path": each.path, "problem": each.sentence} for each in found.problems],
                "applied": done,
            }
        )
    elif done:
        places = ", ".join(f"{row.name} for {session.store.sealed_for(row)}" for row in rows)
        tell(f"Sealed: {places}. No key is checked yet: tui-registry key check NAME")
    elif wanted and not blocked:
        tell(f"Nothing was sealed. To seal them: {again} --apply")


def _tell_offers(found: "EnvKeys", offers: "list[Offer]", source: "Source") -> None:
    if not offers:
        tell(f"{source.name} holds no variable that is known for the key of a provider.")
    for offer in offers:
        tell(str(offer))
    if found.others:
        tell(f"Other variables, not looked at: {found.others:,}.")
    for problem in found.problems:
        tell(f"Bad: {problem}")


def _affirmed(source: "Source", number: int) -> bool:
    """Whether a person at a terminal types yes; without one nobody is asked."""
    if source.name == "standard input" or not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        return False
    keys = "this key" if number == 1 else f"these {number} keys"
    try:
        typed = click.prompt(f"Type yes to seal {keys} for the hosts above", default="no", show_default=False)
    except click.Abort:
        raise Refused("Nothing was sealed.") from None
    return str(typed).strip().lower() == "yes"


def refresh(session: Session, file: Path | None, address: str | None, wish: Wish) -> None:
    """Compare models.dev's catalogue, from a file or fetched from its address, and take it in if wanted."""
    import asyncio

    from tui_registry import intake

    if file is not None and address is not None:
        raise InvalidInput({"from": "Write --from or --url, not both."})
    again = "tui-registry catalog refresh"
    if file is not None:
        source = _source(file)
        again += f" --from {quote(str(file))}"
    else:
        place = address or intake.MODELS_DEV
        again += f" --url {quote(place)}" if address else ""
        if is_terminal(sys.stderr):
            remark(f"Asking {place} …")
        source = asyncio.run(intake.fetch(place, session.environ))
    take_in(session, source, "models.dev", again, wish)
