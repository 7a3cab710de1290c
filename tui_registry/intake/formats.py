"""Which kind of file it is, told by its shape, and the reader that goes with it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, get_args

from tui_registry.catalog import known_providers
from tui_registry.errors import Refused
from tui_registry.export import registry_json
from tui_registry.intake.env_file import EnvKeys, looks_like_env, read_env
from tui_registry.intake.found import Format, Intake
from tui_registry.intake.litellm import NO_MODELS, read_litellm
from tui_registry.intake.models_dev import read_models_dev
from tui_registry.intake.plainjson import read_json
from tui_registry.intake.registry_file import read_registry
from tui_registry.intake.registry_table import is_table, read_table
from tui_registry.intake.source import Source
from tui_registry.store.tables import KnownProvider

FORMATS: tuple[str, ...] = ("auto", *get_args(Format))
"""What a file may be said to be; `auto` tells by its shape."""

_LOOKED_AT = 50
_NOT_TOLD = (
    "{name} is none of the files that can be imported: a registry as JSON or CSV, models.dev's api.json,"
    " LiteLLM's price list, or a .env file. If it is one, say which with --format."
)


def read(
    source: Source, wanted: str, known: Sequence[KnownProvider], custom: Collection[str] = ()
) -> Intake | EnvKeys:
    """The file as what it is wanted to be; `known` are the names known here, `custom` those to take in.

    Raises Refused for what cannot be read at all; bad entries are problems of the answer.
    """
    found = _read(source, wanted, known, custom)
    if custom and not (isinstance(found, Intake) and found.format == "models.dev"):
        raise Refused(
            f"{source.name} is not models.dev's api.json, so no provider of it can be taken in by its id."
        )
    return found


def _read(
    source: Source, wanted: str, known: Sequence[KnownProvider], custom: Collection[str]
) -> Intake | EnvKeys:
    text = _text(source)
    if wanted == "env" or (wanted == "auto" and _is_env(text)):
        return read_env(text, {found.variable for found in known_providers().variables()})
    own = [row for row in known if row.source == "user"]
    names = [row.name for row in own]
    if wanted == "csv" or (wanted == "auto" and is_table(text)):
        document, problems = read_table(text, source.name)
        found = read_registry(document, names, "csv")
        return replace(found, problems=(*problems, *found.problems))
    if wanted == "auto" and not text.lstrip().startswith(("{", "[")):
        raise Refused(_NOT_TOLD.format(name=source.name))
    document = read_json(text, source.name)
    kind = _shape(document) if wanted == "auto" else wanted
    if kind == "registry":
        return read_registry(document, names)
    if kind == "models.dev":
        return read_models_dev(document, custom, own)
    if kind == "litellm":
        return read_litellm(document)
    raise Refused(_NOT_TOLD.format(name=source.name))


def _text(source: Source) -> str:
    try:
        return source.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{source.name} is not UTF-8 text, so it was not read.") from None


def _is_env(text: str) -> bool:
    return not text.lstrip().startswith(("{", "[")) and not is_table(text) and looks_like_env(text)


def _shape(document: Any) -> str | None:  # noqa: ANN401 - it is foreign
    """The kind of a document, told by what every one of its kind has; None for no kind known."""
    if not isinstance(document, dict):
        return None
    if document.get("format") == registry_json.FORMAT:
        return "registry"
    looked_at = [value for value in list(document.values())[:_LOOKED_AT] if isinstance(value, dict)]
    if any(isinstance(value.get("models"), dict) for value in looked_at):
        return "models.dev"
    if NO_MODELS & document.keys() or any("litellm_provider" in value for value in looked_at):
        return "litellm"
    return None
