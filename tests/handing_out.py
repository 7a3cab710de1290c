"""A registry with a provider of every kind that the forms tell apart, and readers of the forms."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from tests.registries import Home, Seed, check_key, done, limits_draft, pricing_draft, provider_draft
from tui_registry.store import KnownProvider, Store
from tui_registry.text import Secret

BORN = "2026-01-01T00:00:00.000Z"
KEY = "sk-canary-0a1b2c3d4e5f60718293"

KNOWN = (
    KnownProvider("Groq", "https://api.groq.com/openai/v1", env_vars="GROQ_API_KEY"),
    KnownProvider(
        "Anthropic",
        "https://api.anthropic.com/v1",
        env_vars="ANTHROPIC_API_KEY",
        dialect="anthropic",
        auth="x-api-key",
    ),
    KnownProvider(
        "Google",
        "https://generativelanguage.googleapis.com/v1beta",
        env_vars="GEMINI_API_KEY GOOGLE_API_KEY",
        dialect="gemini",
        auth="x-goog-api-key",
    ),
    KnownProvider("Cohere", "https://api.cohere.com/v2", env_vars="COHERE_API_KEY", dialect="cohere"),
    KnownProvider(
        "Baseten", "https://inference.baseten.co/v1", env_vars="BASETEN_API_KEY", auth="api-key-scheme"
    ),
    KnownProvider("Ollama", "http://localhost:11434/v1", local_token="ollama"),
    KnownProvider("Azure OpenAI", "https://{resource}.openai.azure.com/openai/v1", env_vars="AZURE_API_KEY"),
    KnownProvider("Nameless", "https://api.nameless.example/v1"),
    KnownProvider("Quiet", "https://api.quiet.example/v1", env_vars="QUIET_API_KEY"),
)
SEED = Seed("handing out", KNOWN)


def handed_out(home: Home) -> Store:
    """The open registry, with every provider but Quiet switched on and some models verified."""
    home.database.parent.mkdir(parents=True, exist_ok=True)
    with home.open(known=SEED) as store:
        for known in KNOWN:
            endpoint = known.endpoint.replace("{resource}.openai.azure.com", "resource.invalid")
            switched_on(store, known.name, endpoint, on=known.name not in ("Quiet", "Azure OpenAI"))
        groq = store.reads.provider("Groq")
        done(store, lambda write: write.save_pricing(groq, pricing_draft(5e-8, 8e-8), None))
        done(store, lambda write: write.save_limits(groq, limits_draft(requests_per_minute=30), None))
    with closing(sqlite3.connect(home.database)) as connection:
        for name, *facts in MODELS:
            put_model(connection, name, *facts)
        connection.commit()
    return home.open(known=SEED)


MODELS: tuple[tuple[Any, ...], ...] = (
    ("Groq", "llama-4", "Llama 4", 131_072, 8_192, (1.1e-7, 3.4e-7, 2e-8, None), True),
    ("Groq", "openai/gpt-oss-20b", "GPT OSS", 131_072, None, None, True),
    ("Groq", "never-asked", "Never asked", 8_192, None, None, False),
    ("Groq", "text-embed-2", "Embed", 8_192, None, (1e-8, None, None, None), True),
    ("Anthropic", "claude-opus-4-5", "Claude Opus 4.5", 200_000, 64_000, (5e-6, 2.5e-5, 5e-7, 6.25e-6), True),
    ("Anthropic", "claude-sonnet-4-5", "Sonnet 4.5", 200_000, 64_000, (3e-6, 1.5e-5, 3e-7, 3.75e-6), True),
    ("Anthropic", "claude-haiku-4-5", "Claude Haiku 4.5", 200_000, 32_000, (1e-6, 5e-6, 1e-7, 1.25e-6), True),
    ("Google", "gemini-3-pro", "Gemini 3 Pro", 1_048_576, 65_536, (2e-6, 1.2e-5, None, None), True),
    ("Cohere", "command-a", "Command A", 256_000, 8_000, (2.5e-6, 1e-5, None, None), True),
    ("Baseten", "deepseek-v4", "DeepSeek V4", None, None, None, True),
    ("Ollama", "qwen3:8b", "qwen3:8b", 40_960, None, (0.0, 0.0, None, None), True),
    ("Azure OpenAI", "gpt-5", "GPT-5", None, None, None, True),
    ("Nameless", "house", "House", None, None, None, True),
    ("Quiet", "whisper-less", "Quiet one", None, None, None, True),
)  # fmt: skip


def switched_on(store: Store, name: str, endpoint: str, *, on: bool = True) -> None:
    """Add a provider, and switch it on by a key that passed its check."""
    added = done(store, lambda write: write.add_provider(provider_draft(name, endpoint)))
    if on:
        row = done(store, lambda write: write.set_key(added, Secret(KEY)))
        check_key(store, row, "pass")
        done(store, lambda write: write.activate(row))


def put_model(
    connection: sqlite3.Connection,
    owner: str,
    model_id: str,
    name: str,
    context: int | None = None,
    output: int | None = None,
    prices: tuple[float | None, ...] | None = None,
    verified: bool = False,
) -> None:
    """Put a model into the file past every form, verified by a result of its own."""
    (provider,) = connection.execute("SELECT id FROM provider WHERE name = ?", (owner,)).fetchone()
    id = connection.execute(
        "INSERT INTO model (provider_id, model_id, name, max_input_tokens, max_output_tokens, source,"
        " created_at, updated_at) VALUES (?,?,?,?,?,'catalogue',?,?)",
        (provider, model_id, name, context, output, BORN, BORN),
    ).lastrowid
    if prices is not None:
        connection.execute(
            "INSERT INTO model_pricing (model_id, input_price_per_token, output_price_per_token,"
            " cache_read_price_per_token, cache_write_price_per_token, note, source, source_date,"
            " last_updated) VALUES (?,?,?,?,?,'as listed','catalogue','2026-01-01',?)",
            (id, *prices, BORN),
        )
    if verified:
        connection.execute(
            "INSERT INTO verification_result (model_id, provider_id, test_type, status, created_at)"
            " VALUES (?,?,'chat','pass',?)",
            (id, provider, BORN),
        )
        connection.execute(
            "UPDATE model SET verification_state = 'verified', row_version = 2 WHERE id = ?", (id,)
        )


def read_yaml(text: str) -> list[dict[str, Any]]:
    """The deployments of a LiteLLM file, read strictly by the few rules that it keeps to."""
    assert text.isascii()
    lines = text.splitlines()
    if lines == ["model_list: []"]:
        return []
    assert lines[0] == "model_list:"
    found: list[dict[str, Any]] = []
    for line in lines[1:]:
        matched = re.fullmatch(r"  - model_name: (.*)|    ([a-z_]+):|      ([a-z_]+): (.*)", line)
        assert matched is not None, line
        name, section, key, value = matched.groups()
        if name is not None:
            found.append({"model_name": _scalar(name)})
        elif section is not None:
            found[-1][section] = {}
        else:
            *_, last = found[-1]
            found[-1][last][key] = _scalar(value)
    return found


def _scalar(written: str) -> Any:  # noqa: ANN401
    """A YAML 1.1 scalar: a text in double quotes, a flag, a whole number, or one with a point."""
    if written.startswith('"'):
        wide = re.sub(r"\\(?:U([0-9a-f]{8})|(.))", _narrowed, written)
        return json.loads(wide)
    if written in ("true", "false"):
        return written == "true"
    assert re.fullmatch(r"[0-9]+|[0-9]+\.[0-9]*(?:e[-+][0-9]+)?", written), written
    return float(written) if "." in written else int(written)


def _narrowed(escape: "re.Match[str]") -> str:
    return json.dumps(chr(int(escape[1], 16)))[1:-1] if escape[1] else escape[0]


def texts(value: Any) -> Iterator[str]:  # noqa: ANN401
    """Every text in a parsed document, names of fields too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
