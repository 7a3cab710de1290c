"""`tui-registry catalog`: the known providers, the catalogue of the package, and that of models.dev."""

from pathlib import Path

import click

from tui_registry.cli.opening import Session, pass_session
from tui_registry.cli.output import json_option, print_json, print_table, tell
from tui_registry.errors import InvalidInput


@click.group()
def catalog() -> None:
    """Known providers and catalogues: list, import the bundled one, refresh from models.dev."""


@catalog.command("list")
@json_option
@pass_session
def list_known(session: Session, as_json: bool) -> None:
    """List the known providers, and whether this shell has a variable for their key."""
    known = session.store.reads.known_providers()
    held = {row.name for row in session.store.reads.providers()}
    found = {row.name: _set_variables(session, row.env_vars) for row in known}
    if as_json:
        print_json(
            [
                {
                    "name": row.name,
                    "endpoint": row.endpoint,
                    "website": row.website,
                    "docs": row.docs,
                    "console_url": row.console_url,
                    "env_vars": (row.env_vars or "").split(),
                    "env_vars_set": found[row.name],
                    "dialect": row.dialect,
                    "auth": row.auth,
                    "source": row.source,
                    "in_registry": row.name in held,
                }
                for row in known
            ]
        )
        return
    print_table(
        ("Name", "Here", "Key variable", "Base URL"),
        [
            (
                row.name,
                "yes" if row.name in held else None,
                _shown(row.env_vars, found[row.name]),
                row.endpoint,
            )
            for row in known
        ],
    )


@catalog.command("import")
@click.argument("providers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every provider of the catalogue.")
@json_option
@pass_session
def import_bundled(session: Session, providers: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Take in models and prices of these providers; what you set yourself stays."""
    from tui_registry.catalog import bundled_catalogue, summary

    if not providers and not everything:
        raise InvalidInput({"providers": "Name the providers to import, or write --all."})
    batch = bundled_catalogue(session.clock(), only=None if everything else providers)
    report = session.write(lambda writes: writes.import_catalog(batch))
    if as_json:
        print_json({**report.counts(), "skipped": list(report.skipped)})
        return
    for sentence in summary(report):
        tell(sentence)


@catalog.command("refresh")
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read this file; - is standard input.",
)
@click.option(
    "--url", "address", metavar="URL", help="Fetch from here instead of https://models.dev/api.json."
)
@click.option("--apply", "applies", is_flag=True, help="Take it in; without this it is only compared.")
@click.option("--skip-bad", is_flag=True, help="Take in the rest of a catalogue that has bad entries.")
@click.option("--here", is_flag=True, help="Leave out providers that are not in the registry yet.")
@click.option("--custom", multiple=True, metavar="ID", help="Take in this unknown provider as a custom one.")
@json_option
@pass_session
def refresh(
    session: Session,
    file: Path | None,
    address: str | None,
    applies: bool,
    skip_bad: bool,
    here: bool,
    custom: tuple[str, ...],
    as_json: bool,
) -> None:
    """Compare models.dev's catalogue with the registry and, with --apply, take it in.

    It is fetched without any key, unless --from names a file. What you or a provider stated stays, nothing
    is deleted. Exit codes: 2 bad entries, and nothing was taken in; 4 it could not be fetched.
    """
    from tui_registry.cli import importing

    wish = importing.Wish(applies, skip_bad, here, custom, as_json)
    importing.refresh(session, file, address, wish)


def _set_variables(session: Session, env_vars: str | None) -> list[str]:
    return [name for name in (env_vars or "").split() if session.environ.get(name, "").strip()]


def _shown(env_vars: str | None, found: list[str]) -> str | None:
    """The variable that is set in this shell, else the first that could be."""
    if found:
        return f"{found[0]} (set)"
    return (env_vars or "").split()[0] if env_vars else None
