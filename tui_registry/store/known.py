"""What is known of a provider before anything of it is kept."""

from dataclasses import dataclass

KEY_REJECTED = "key rejected by the provider"
"""Why a provider whose key was proved to be no good is off."""


@dataclass(frozen=True, slots=True)
class KnownProvider:
    """A provider name that may be used, with the facts about it; `endpoint` may hold {placeholders}."""

    name: str
    endpoint: str
    website: str | None = None
    docs: str | None = None
    console_url: str | None = None
    env_vars: str | None = None
    dialect: str = "openai"
    auth: str = "bearer"
    key_proof: str | None = None
    limit_headers: str | None = None
    local_token: str | None = None
    source: str = "package"
