"""What the help of each command says besides its options: examples, exit codes, and where to read on."""

from dataclasses import dataclass

import click

USUAL_CODES = "0 fine, 2 the input or the state refuses it, 3 the registry or the vault cannot be used."


@dataclass(frozen=True, slots=True)
class Page:
    """The end of one command's help; `codes` are its exit codes unless its own text says them."""

    examples: tuple[str, ...]
    see: tuple[str, ...] = ()
    codes: str = USUAL_CODES


PAGES: dict[str, Page] = {
    "": Page(
        (
            "tui-registry",
            "tui-registry --demo",
            "tui-registry catalog import --all",
            "tui-registry --read-only model list --filter 'ctx>=200k in<1' --json",
        ),
        codes="0 fine, 1 the answer is no, 2 the input or the state refuses it, 3 the registry or the vault"
        " cannot be used, 4 a provider could not be reached.",
    ),
    "provider list": Page(
        ("tui-registry provider list", "tui-registry provider list --json"), ("provider show",)
    ),
    "provider show": Page(("tui-registry provider show Groq",), ("key check", "model list")),
    "provider add": Page(
        (
            "tui-registry provider add Groq",
            "tui-registry provider add 'My vLLM' --custom --endpoint https://llm.example.com/v1",
        ),
        ("catalog list", "key set"),
    ),
    "provider edit": Page(
        (
            "tui-registry provider edit Groq --description 'Team key, rotate in May'",
            "tui-registry provider edit 'Azure OpenAI' --endpoint https://mine.openai.azure.com/openai/v1",
        ),
        ("key move",),
    ),
    "provider activate": Page(("tui-registry provider activate Groq",), ("key check",)),
    "provider deactivate": Page(("tui-registry provider deactivate Groq",), ("provider activate",)),
    "provider delete": Page(
        ("tui-registry provider delete Groq",), ("provider purge", "provider deactivate")
    ),
    "provider purge": Page(("tui-registry provider purge Groq --confirm Groq",), ("provider delete",)),
    "key set": Page(
        (
            "tui-registry key set Groq",
            "tui-registry key set Groq --from-env GROQ_API_KEY",
            "pass show groq | tui-registry key set Groq",
        ),
        ("key check", "run"),
    ),
    "key check": Page(
        ("tui-registry key check Groq", "tui-registry key check Groq --json"), ("provider activate", "verify")
    ),
    "key remove": Page(("tui-registry key remove Groq",), ("key set",)),
    "key move": Page(("tui-registry key move Groq --to-host api.groq.com",), ("provider edit",)),
    "key show": Page(("tui-registry key show Groq --reveal",), ("run",)),
    "model list": Page(
        (
            "tui-registry model list --provider Groq",
            "tui-registry model list --filter 'claude ctx>=200k in<4 status:verified'",
        ),
        ("model show", "export"),
    ),
    "model show": Page(
        ("tui-registry model show Groq llama-3.3-70b-versatile",), ("pricing show", "history")
    ),
    "model add": Page(
        ("tui-registry model add Groq llama-4 --max-input-tokens 128k --streaming yes",),
        ("model discover", "pricing set"),
    ),
    "model edit": Page(("tui-registry model edit Groq llama-4 --max-output-tokens 8192",), ("model show",)),
    "model delete": Page(("tui-registry model delete Groq llama-4",), ("provider purge",)),
    "model discover": Page(
        ("tui-registry model discover Groq", "tui-registry model discover Groq --apply"), ("catalog import",)
    ),
    "pricing show": Page(
        ("tui-registry pricing show Groq", "tui-registry pricing show Groq llama-4"), ("pricing set",)
    ),
    "pricing set": Page(
        (
            "tui-registry pricing set Groq --input 0.15 --output 0.60",
            "tui-registry pricing set Groq llama-4 --input 1.5e-7 --output free --per token",
        ),
        ("pricing show",),
    ),
    "pricing delete": Page(("tui-registry pricing delete Groq llama-4",), ("pricing set",)),
    "limits show": Page(("tui-registry limits show Groq",), ("limits set",)),
    "limits set": Page(("tui-registry limits set Groq --rpm 30 --tpm 10k",), ("limits show",)),
    "limits delete": Page(("tui-registry limits delete Groq",), ("limits set",)),
    "catalog list": Page(("tui-registry catalog list",), ("provider add", "catalog import")),
    "catalog import": Page(
        ("tui-registry catalog import Groq OpenAI", "tui-registry catalog import --all"), ("model discover",)
    ),
    "catalog refresh": Page(
        (
            "tui-registry catalog refresh --here",
            "tui-registry catalog refresh --here --apply",
            "tui-registry catalog refresh --from api.json",
        ),
        ("catalog import", "import"),
    ),
    "import": Page(
        (
            "tui-registry import registry.json",
            "tui-registry import registry.json --apply",
            "tui-registry import .env --apply --skip-bad",
        ),
        ("export", "catalog refresh"),
    ),
    "verify": Page(
        (
            "tui-registry verify Groq --dry-run",
            "tui-registry verify Groq llama-4 --suite full",
            "tui-registry verify --all --budget 0.05 --fail-on regression --yes --json",
        ),
        ("history", "key check"),
    ),
    "history list": Page(
        ("tui-registry history list --provider Groq --since 7d", "tui-registry history list --status fail"),
        ("history show", "verify"),
    ),
    "history show": Page(("tui-registry history show 42",), ("history list",)),
    "export": Page(
        (
            "tui-registry export opencode --output opencode.json",
            "tui-registry export litellm --provider Groq > config.yaml",
            "tui-registry export json --output registry.json --force --json",
        ),
        ("run", "model list"),
    ),
    "run": Page(
        ("tui-registry run OpenAI -- python ask.py", "tui-registry run --env LLM_KEY Groq -- make test"),
        ("key set", "export"),
    ),
    "backup": Page(
        (
            "tui-registry backup",
            "tui-registry backup ~/registry-copy.db",
            "tui-registry backup --with-secrets all.sealed",
        ),
        ("restore", "vault recovery-code"),
    ),
    "restore": Page(
        (
            "tui-registry restore",
            "tui-registry restore registry-hand-20261126T230501563033.db",
            "tui-registry restore all.sealed",
            "tui-registry restore --salvage",
        ),
        ("backup", "doctor"),
    ),
    "vault status": Page(("tui-registry vault status", "tui-registry vault status --json"), ("doctor",)),
    "vault passphrase": Page(
        (
            "tui-registry vault passphrase set",
            "pass show registry | tui-registry vault passphrase set",
            "tui-registry vault passphrase remove",
        ),
        ("vault recovery-code", "vault rotate"),
    ),
    "vault rotate": Page(("tui-registry vault rotate --yes",), ("vault status", "backup")),
    "vault recovery-code": Page(("tui-registry vault recovery-code",), ("vault restore",)),
    "vault restore": Page(
        (
            "tui-registry vault restore --code",
            "tui-registry vault restore --from vault.key.copy",
            "tui-registry vault restore --new",
        ),
        ("vault recovery-code", "vault status"),
    ),
    "doctor": Page(("tui-registry doctor", "tui-registry doctor --json"), ("key check",)),
    "keys": Page(
        ("tui-registry keys", "tui-registry keys --check"),
    ),
    "help": Page(
        ("tui-registry help", "tui-registry help files", "tui-registry help protection"),
        codes="0 fine, 2 there is no such topic.",
    ),
}
"""The pages by their commands' words."""

SHORT = {
    "backup": "A checked copy of the registry; for another machine too.",
    "catalog": "Known providers; import the catalogue, refresh it.",
    "catalog import": "Take in models and prices of these providers.",
    "catalog list": "List the known providers.",
    "catalog refresh": "Compare models.dev with the registry, or take it in.",
    "doctor": "Is everything as it should be? Changes nothing.",
    "export": "Hand out models for other tools, or the registry.",
    "history show": "Show one result with its evidence.",
    "import": "Compare a file with the registry, or take it in.",
    "key check": "Prove by real calls that the key works.",
    "model discover": "Ask a provider which models it has.",
    "pricing delete": "Delete a provider's default price, or a model's own.",
    "pricing set": "Set the prices that are given, leave the others.",
    "provider add": "Add a provider, with what is known of it.",
    "restore": "List the backups, or bring one back.",
    "vault": "Status, passphrase, rotation and recovery of the vault.",
    "vault passphrase": "Set, change or remove the passphrase.",
    "vault recovery-code": "Show the vault key as a code to write down.",
    "vault restore": "Bring back a vault key that is lost.",
    "vault rotate": "Seal every API key anew with a new vault key.",
    "vault status": "Where the vault key is, and whether it fits.",
    "verify": "Ask models and judge their answers.",
}
"""What a list of commands says of those whose own first sentence finds no room in 80 columns."""


def add_pages(command: click.Command, path: str) -> None:
    """Put its page under the help of a command that has one, and of those below it."""
    command.short_help = SHORT.get(path, command.short_help)
    page = PAGES.get(path)
    if page is not None:
        command.epilog = written(page, command.help or "", command.epilog or "")
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            add_pages(each, f"{path} {name}")


def written(page: Page, text: str = "", end: str = "") -> str:
    """The page as click sets it, after what a command's text and its end say already."""
    examples = "\n".join(["\b", "Examples:", *(f"  {line}" for line in page.examples)])
    codes = "" if "xit code" in text + end else f"Exit codes: {page.codes}"
    see = f"See also: {', '.join(page.see)}." if page.see else ""
    return "\n\n".join(filter(None, (end, examples, codes, see)))
